"""Media: the only user of PyAV (FFmpeg). Probe, decode, encode, proxy, loudness, shots, thumbnails, waveforms, mux.

Film time 0 is the first frame of the picture, everywhere. Whole films stay in files: sound comes in blocks,
pictures one by one. Names are loaded when they are used, so that importing this package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ciak.media.capture import Capture
    from ciak.media.delivery import MuxPlan, MuxReport, SoundTrack, SubtitleTrack
    from ciak.media.gain import GainCurve, apply_gain, plan_gain
    from ciak.media.info import MediaInfo, PictureStream, SoundStream, SubtitleStream
    from ciak.media.languages import container_code
    from ciak.media.limited import probe_limited
    from ciak.media.loudness import LoudnessMeter, measure
    from ciak.media.muxing import delivery_path, mux
    from ciak.media.picture import Frames
    from ciak.media.probing import probe
    from ciak.media.progress import Tick, no_tick
    from ciak.media.proxy import FrameMap, make_proxy, with_sound
    from ciak.media.resample import resample_blocks
    from ciak.media.shots import find_shots
    from ciak.media.sound import sound_blocks
    from ciak.media.thumbnails import count_thumbnails, read_thumbnail, write_thumbnails
    from ciak.media.timeline import Timeline, read_timeline
    from ciak.media.wav import SoundFile, SoundWriter
    from ciak.media.waveform import Peaks, write_peaks

__all__ = [
    "Capture", "FrameMap", "Frames", "GainCurve", "LoudnessMeter", "MediaInfo", "MuxPlan",
    "MuxReport", "Peaks", "PictureStream", "SoundFile", "SoundStream", "SoundTrack", "SoundWriter", "SubtitleStream",
    "SubtitleTrack", "Tick", "Timeline", "apply_gain", "container_code", "count_thumbnails", "delivery_path",
    "find_shots", "make_proxy", "measure", "mux", "no_tick", "plan_gain", "probe", "probe_limited", "read_thumbnail",
    "read_timeline", "resample_blocks", "sound_blocks", "with_sound", "write_peaks", "write_thumbnails",
]

_WHERE = {
    "capture": ("Capture",),
    "delivery": ("MuxPlan", "MuxReport", "SoundTrack", "SubtitleTrack"),
    "gain": ("GainCurve", "apply_gain", "plan_gain"),
    "info": ("MediaInfo", "PictureStream", "SoundStream", "SubtitleStream"),
    "languages": ("container_code",),
    "limited": ("probe_limited",),
    "loudness": ("LoudnessMeter", "measure"),
    "muxing": ("delivery_path", "mux"),
    "picture": ("Frames",),
    "probing": ("probe",),
    "progress": ("Tick", "no_tick"),
    "proxy": ("FrameMap", "make_proxy", "with_sound"),
    "resample": ("resample_blocks",),
    "shots": ("find_shots",),
    "sound": ("sound_blocks",),
    "thumbnails": ("count_thumbnails", "read_thumbnail", "write_thumbnails"),
    "timeline": ("Timeline", "read_timeline"),
    "wav": ("SoundFile", "SoundWriter"),
    "waveform": ("Peaks", "write_peaks"),
}
_HOME = {name: module for module, names in _WHERE.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'ciak.media' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"ciak.media.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
