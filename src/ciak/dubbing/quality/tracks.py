"""The delivered film's own tracks, decoded again: whose languages they say, whether the dubbed one is the mix, how high
it peaks. A film without picture has no film file; its mix is the delivery."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ciak.dubbing.listening import united
from ciak.dubbing.quality.dubbed import Dubbed
from ciak.dubbing.quality.meters import RATE
from ciak.dubbing.quality.places import front
from ciak.dubbing.quality.sounding import OWN, Opened, loudness_of, peak
from ciak.dubbing.quality.told import Basis, Check, Verdict, between, unmeasured
from ciak.errors import BadInput
from ciak.media import SoundFile, probe_limited, sound_blocks
from ciak.media.languages import container_code
from ciak.media.loudness import PeakMeter, decibels

__all__ = ["track_checks"]

SAME_TRACK = 0.9
"""Correlation of a lossy track with its mix, under the takes, at least."""

Tick = Callable[[float], None]


def track_checks(film: Dubbed, stems: Opened, tick: Tick) -> list[Check]:
    """The delivered film's tracks: whose languages they say, whether the dubbed one is the mix, how high it is."""
    path = film.there("film")
    if path is None or path.suffix.lower() == ".wav":
        why = "no-film" if path is None else "no-picture"
        return [unmeasured(code, why) for code in ("tracks", "track-sound", "track-peak")]
    try:
        info = probe_limited(path)
    except (BadInput, OSError) as error:
        return [Check(code="tracks", verdict=Verdict.FAIL, value="unreadable", source=OWN, basis=Basis.DELIVERED,
                      why="unreadable", details={"said": getattr(error, "message", str(error))[:200]}),
                *(unmeasured(code, "unreadable") for code in ("track-sound", "track-peak"))]
    said = [container_code(sound.language) for sound in info.sounds]
    wanted = [container_code(film.language), container_code(film.original.language)]
    right = said == wanted
    tracks = Check(code="tracks", verdict=Verdict.OK if right else Verdict.FAIL, value=" ".join(said),
                   source=f"{OWN}: {' '.join(wanted)}", basis=Basis.DELIVERED, why="" if right else "other-tracks",
                   details={"wanted": " ".join(wanted)})
    mix = stems.stems.get("MIX")
    if wanted[0] not in said or mix is None or mix.rate != RATE:
        why = "stems-missing" if mix is None else "no-track"
        return [tracks, *(unmeasured(code, why) for code in ("track-sound", "track-peak"))]
    try:
        return [tracks, *_track(film, mix, path, said.index(wanted[0]), tick)]
    except BadInput as error:
        return [tracks, *(unmeasured(code, "unreadable", {"said": error.message[:200]})
                          for code in ("track-sound", "track-peak"))]


def _track(film: Dubbed, mix: SoundFile, path: Path, stream: int, tick: Tick) -> list[Check]:
    """The track beside the mix, under the takes; and its true peak."""
    spans = list(united([loop.take.span for loop in film.target.loops if loop.take]))
    edges = [(round(span.start * RATE), round(span.end * RATE)) for span in spans]
    channels = 6 if mix.channels == 6 else 2
    both = one = other = 0.0
    peaks, start = PeakMeter(channels), 0
    for block in sound_blocks(path, stream=stream, rate=RATE, channels=channels):
        peaks.feed(block.samples)
        for first, last in edges:
            low, high = max(first, start), min(last, start + block.frames)
            if low < high and mix.channels == channels:
                wanted = front(mix.read(low, high - low)).astype(np.float64)
                heard = block.samples[low - start:high - start]
                told = (heard[:, 2] if channels == 6 else heard.mean(axis=1)).astype(np.float64)[:len(wanted)]
                both += float(told @ wanted[:len(told)])
                one += float(told @ told)
                other += float(wanted @ wanted)
        start += block.frames
        tick(min(1.0, start / max(1, mix.frames)))
    peaks.finish()
    wanted_loudness = loudness_of(film)
    highest = peak("track-peak", decibels(peaks.highest), wanted_loudness, dict(wanted_loudness.sources))
    if one * other <= 0:
        return [unmeasured("track-sound", "nothing-dubbed"), highest]
    alike = both / float(np.sqrt(one * other))
    verdict = between(alike, SAME_TRACK)
    return [Check(code="track-sound", verdict=verdict, value=round(alike, 3), unit="correlation", least=SAME_TRACK,
                  source=f"{OWN}: a lossy track of the same mix", basis=Basis.DELIVERED,
                  why="" if verdict is Verdict.OK else "another-track"), highest]
