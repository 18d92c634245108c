"""Test clips drawn on the spot: every frame carries its number, as digits and as a block code a machine reads.

The code is two rows of 16 blocks at the top: the number in binary and its complement, so that a torn or blurred
frame is noticed. It survives scaling to a quarter and strong compression.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

__all__ = ["ClipPlan", "SoundPlan", "draw", "impulses", "make_clip", "read_code", "tone"]

BITS = 16
FONT = {
    "0": ("111", "101", "101", "101", "111"), "1": ("010", "110", "010", "010", "111"),
    "2": ("111", "001", "111", "100", "111"), "3": ("111", "001", "111", "001", "111"),
    "4": ("101", "101", "111", "001", "001"), "5": ("111", "100", "111", "001", "111"),
    "6": ("111", "100", "111", "101", "111"), "7": ("111", "001", "010", "010", "010"),
    "8": ("111", "101", "111", "101", "111"), "9": ("111", "101", "111", "001", "111"),
}


def draw(number: int, width: int = 320, height: int = 180, tint: tuple[int, int, int] = (60, 90, 120)
         ) -> NDArray[np.uint8]:
    """A picture of frame ``number``: uint8 (height, width, 3), with block code, digits and a moving bar."""
    image = np.empty((height, width, 3), np.uint8)
    image[:] = tint
    high = height // 9
    for bit in range(BITS):
        left, right = bit * width // BITS, (bit + 1) * width // BITS
        lit = bool(number >> (BITS - 1 - bit) & 1)
        image[:high, left:right] = 235 if lit else 16
        image[high:2 * high, left:right] = 16 if lit else 235
    bar = number * 7 % width
    image[height * 7 // 8:, bar:bar + width // 16] = (220, 40, 40)
    scale = max(1, height // 30)
    x = scale * 2
    for digit in str(number):
        for row, line in enumerate(FONT[digit]):
            for column, mark in enumerate(line):
                if mark == "1":
                    top = height // 2 + row * scale
                    image[top:top + scale, x + column * scale:x + (column + 1) * scale] = 255
        x += 4 * scale
    return image


def read_code(image: NDArray[np.uint8]) -> int | None:
    """The number of a frame's block code, from RGB or grey of any size; None when it cannot be read."""
    grey = image.mean(axis=2) if image.ndim == 3 else image.astype(float)
    height, width = grey.shape
    value = 0
    for bit in range(BITS):
        centre = slice(int((bit + 0.3) * width / BITS), max(int((bit + 0.7) * width / BITS),
                                                           int((bit + 0.3) * width / BITS) + 1))
        upper = grey[int(height / 9 * 0.25):max(1, int(height / 9 * 0.75)), centre].mean()
        lower = grey[int(height / 9 * 1.25):max(2, int(height / 9 * 1.75)), centre].mean()
        if abs(upper - lower) < 60:
            return None
        value = value << 1 | int(upper > lower)
    return value


@dataclass(frozen=True)
class SoundPlan:
    """A sound stream: float32 (frames, channels) samples at ``rate``, in ``language``."""

    samples: NDArray[np.float32]
    rate: int = 48000
    language: str = "eng"
    codec: str = "aac"
    layout: str = "stereo"


@dataclass(frozen=True)
class ClipPlan:
    """A picture of ``frames`` frames. ``times``: when each is shown, ticks of 1/1000 s, for varying rates."""

    frames: int = 48
    rate: Fraction = Fraction(24)
    size: tuple[int, int] = (320, 180)
    codec: str = "libx264"
    options: dict[str, str] = field(default_factory=lambda: {"preset": "ultrafast", "crf": "20"})
    times: Sequence[int] | None = None
    rotation: int = 0
    """Clockwise degrees that set the stored picture upright."""
    sounds: Sequence[SoundPlan] = ()
    numbers: Sequence[int] | None = None
    """The number drawn on each frame; its place by default."""
    pixels: str = "yuv420p"
    delay: Fraction = Fraction(0)
    """Seconds by which the picture begins after the container's zero."""


LONG_GOP = {"preset": "fast", "crf": "22", "g": "250", "bf": "3", "x264-params": "open-gop=1:keyint=250:b-adapt=0"}
OPEN_GOP = {"preset": "fast", "crf": "22", "bf": "3",
            "x264-params": "open-gop=1:keyint=12:min-keyint=12:b-adapt=0:scenecut=0:b-pyramid=normal"}


def make_clip(path: Path, plan: ClipPlan) -> Path:
    """Write the clip; the container is chosen by the name's end."""
    with av.open(str(path), "w") as out:
        picture = out.add_stream(plan.codec, rate=plan.rate, options=dict(plan.options))
        picture.width, picture.height, picture.pix_fmt = plan.size[0], plan.size[1], plan.pixels
        base = Fraction(1, 1000) if plan.times is not None else 1 / plan.rate
        picture.time_base = picture.codec_context.time_base = base
        if plan.rotation:
            picture.set_display_rotation(float(-plan.rotation))
        tracks = []
        for sound in plan.sounds:
            track = out.add_stream(sound.codec, rate=sound.rate, layout=sound.layout)
            track.metadata["language"] = sound.language
            if sound.codec == "aac":
                track.bit_rate = 192_000
            tracks.append((track, sound))
        shift = round(plan.delay / base)
        for place in range(plan.frames):
            number = place if plan.numbers is None else plan.numbers[place]
            image = draw(number, *_upright(plan))
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(np.rot90(image, plan.rotation // 90)), "rgb24")
            frame = frame.reformat(format=plan.pixels)
            frame.pts = (place if plan.times is None else plan.times[place]) + shift
            frame.time_base = base
            out.mux(picture.encode(frame))
        out.mux(picture.encode(None))
        for track, sound in tracks:
            _encode_sound(out, track, sound)
    return path


def _upright(plan: ClipPlan) -> tuple[int, int]:
    return plan.size[::-1] if plan.rotation % 180 else plan.size


def _encode_sound(out: av.container.OutputContainer, track: av.audio.stream.AudioStream, sound: SoundPlan) -> None:
    for start in range(0, len(sound.samples), 48000):
        piece = np.ascontiguousarray(sound.samples[start:start + 48000].T)
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout=sound.layout)
        frame.sample_rate, frame.pts, frame.time_base = sound.rate, start, Fraction(1, sound.rate)
        if sound.codec.startswith("pcm"):
            for ready in av.AudioResampler(format=track.codec_context.format).resample(frame):
                out.mux(track.encode(ready))
        else:
            out.mux(track.encode(frame))
    out.mux(track.encode(None))


def impulses(length: int, at: Sequence[int], channels: int = 2, height: float = 0.9) -> NDArray[np.float32]:
    """Silence with single samples of ``height`` at the given frames."""
    samples = np.zeros((length, channels), np.float32)
    samples[list(at)] = height
    return samples


def tone(length: int, frequency: float = 440.0, rate: int = 48000, channels: int = 2, height: float = 0.1
         ) -> NDArray[np.float32]:
    """A sine, alike in all channels."""
    wave = height * np.sin(2 * np.pi * frequency * np.arange(length) / rate)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)
