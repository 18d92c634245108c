"""The clips that the judges listen to, and the films they are laid on: read, joined, mixed, decoded.

Decoding here is PyAV's own, apart from Ciak's ``media``, so that a fault of the measured code cannot hide itself.
Everything built lies in the judges' cache, outside the repository. Signals are float32 arrays in [-1, 1].
"""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
import sys
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from figures import cache, material

__all__ = ["Clip", "Sound", "decode", "film_of", "fleurs", "long_film", "night", "prompts", "read_lines",
           "write_wav"]

Sound = NDArray[np.float32]
PROMPT_WORDS = 1100
"""Prompts are taken in the order of their names until the transcripts hold this many words."""
SHORTEST_PROMPT = 8
"""Words below which a prompt is a label, not a sentence, and is left out."""


@dataclass(frozen=True)
class Clip:
    """A sound file and what is said in it."""

    name: str
    language: str
    path: Path
    text: str


def read_lines(path: Path) -> list[str]:
    """Lines of a text file, without comments and blank ones."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


# --- reading and writing sound ---------------------------------------------------------------------------------

def decode(path: Path, rate: int, channels: int = 1, stream: int = 0) -> Sound:
    """All of an audio stream, resampled: float32, shape (frames, channels)."""
    import av

    layout = {1: "mono", 2: "stereo"}[channels]
    parts: list[Any] = []
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout=layout, rate=rate)
        frames = container.decode(container.streams.audio[stream])
        for frame in [*frames, None]:  # None drains the resampler
            parts += [out.to_ndarray().reshape(-1, channels) for out in resampler.resample(frame)]
    return np.concatenate(parts).astype(np.float32) if parts else np.zeros((0, channels), np.float32)


def write_wav(path: Path, sound: Sound, rate: int) -> Path:
    """``sound`` (frames,) or (frames, channels) as 16-bit WAV."""
    shaped = sound.reshape(len(sound), -1)
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(shaped.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(shaped, -1, 1) * 32767).round().astype("<i2").tobytes())
    return path


# --- speech with transcripts -----------------------------------------------------------------------------------

def fleurs() -> list[Clip]:
    """The 20 FLEURS clips of the shared data."""
    folder = material() / "speech" / "fleurs"
    return [Clip(path.stem, path.stem[:2], path, path.with_suffix(".txt").read_text(encoding="utf-8").strip())
            for path in sorted(folder.glob("*-*.ogg"))]


def night() -> list[Path]:
    """The ten sound clips of Night of the Living Dead."""
    return sorted((material() / "media" / "night-of-the-living-dead").glob("*.wav"))


def prompts(language: str) -> list[Clip]:
    """Debian's Asterisk prompts with transcripts (``en``, ``it``): 1,000 words or more; [] where not to be had.

    Taken are prompts of eight words or more, in the order of their names, whose transcript is intact: no stage
    directions in brackets, no "?" (in the Italian list most stand for lost accents), no placeholders.
    """
    root = _prompt_packages(language)
    if root is None:
        return []
    listing = next((root / "usr/share/doc").rglob(f"core-sounds-{language}.txt.gz"))
    text = gzip.decompress(listing.read_bytes()).decode("utf-8-sig", errors="replace")
    folder = next(path for path in (root / "usr/share/asterisk/sounds").iterdir() if path.name.startswith(language))
    chosen: list[Clip] = []
    total = 0
    for line in sorted(text.splitlines()):
        name, colon, said = (part.strip() for part in line.partition(":"))
        source = folder / f"{name}.g722"
        count = len(re.findall(r"\w+", said))
        if not colon or name.startswith(";") or re.search(r"[\[\]?<>(){}\ufffd]", said) or count < SHORTEST_PROMPT:
            continue
        if not source.is_file() or total >= PROMPT_WORDS:
            continue
        target = cache() / "prompts" / language / f"{name.replace('/', '-')}.wav"
        if not target.is_file():
            write_wav(target, decode(source, 16000), 16000)
        chosen.append(Clip(f"prompt-{language}-{name}", language, target, said))
        total += count
    return chosen


def _prompt_packages(language: str) -> Path | None:
    """The two Debian packages of a language, unpacked in the cache; None where apt cannot give them."""
    root = cache() / f"asterisk-{language}"
    if (root / "complete").is_file():
        return root
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return None
    root.mkdir(exist_ok=True)
    for package in (f"asterisk-core-sounds-{language}-g722", f"asterisk-core-sounds-{language}"):
        subprocess.run(["apt-get", "-q", "download", package], cwd=root, capture_output=True, check=False)
        files = sorted(root.glob(f"{package}_*.deb"))
        if not files:
            print(f"Debian's {package} cannot be fetched here", file=sys.stderr)
            return None
        subprocess.run(["dpkg-deb", "-x", files[-1].name, "."], cwd=root, check=True)
    (root / "complete").touch()
    return root


# --- films -----------------------------------------------------------------------------------------------------

def film_of(name: str, sound: Sound, rate: int, picture: Path) -> Path:
    """A Matroska film in the cache: ``sound`` as PCM over the looped ``picture`` (its packets copied)."""
    import av

    target = cache() / "films" / f"{name}.mkv"
    if target.is_file():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    length = Fraction(len(sound), rate)
    part = target.with_suffix(".part.mkv")
    with av.open(str(picture)) as source, av.open(str(part), "w", format="matroska") as film:
        origin = source.streams.video[0]
        video = film.add_stream_from_template(origin)
        audio = film.add_stream("pcm_s16le", rate=rate, layout="mono" if sound.ndim == 1 else "stereo")
        for packet in _looped(source, origin, length):
            packet.stream = video
            film.mux(packet)
        shaped = (np.clip(sound.reshape(len(sound), -1), -1, 1) * 32767).astype("<i2")
        for start in range(0, len(shaped), rate):
            block = np.ascontiguousarray(shaped[start:start + rate].reshape(1, -1))
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout=audio.layout.name)
            frame.sample_rate, frame.pts = rate, start
            film.mux(audio.encode(frame))
        film.mux(audio.encode(None))
    return part.rename(target)


def _looped(source: Any, stream: Any, length: Fraction) -> Iterator[Any]:
    """Packets of ``stream``, again and again with growing times, until ``length`` seconds."""
    base = stream.time_base
    offset = 0
    while offset * base < length:
        last = 0
        source.seek(0)
        for packet in source.demux(stream):
            if packet.dts is None:
                continue
            packet.pts += offset
            packet.dts += offset
            last = max(last, packet.pts + (packet.duration or round(1 / (stream.average_rate * base))))
            if packet.pts * base < length:
                yield packet
        offset = last


def long_film(seconds: int = 600, rate: int = 48000) -> Path:
    """F9's film: the Night and Friday clips one after the other over the looped battle picture.

    Each further round of the clips is 1.5 dB quieter, so that no two stretches are alike sample by sample.
    """
    media = material() / "media"
    target = cache() / "films" / f"long-{seconds}.mkv"
    if target.is_file():
        return target
    clips = [decode(path, rate)[:, 0] for path in [*night(), media / "his-girl-friday" / "friday.mp4"]]
    once = np.concatenate(clips)
    rounds = -(-seconds * rate // len(once))
    sound = np.concatenate([once * np.float32(10 ** (-1.5 * i / 20)) for i in range(rounds)])[:seconds * rate]
    return film_of(f"long-{seconds}", sound, rate, media / "tears-of-steel" / "battle.webm")
