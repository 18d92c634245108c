"""Finds shot changes in a picture: content that changes at once, judged against what changes around it.

For each frame of the grid, a small picture (64 x 36) is compared with the one before by colour histograms and by
the mean difference of hue, saturation and value; a cut is a local maximum that stands out from its neighbourhood
(the adaptive rule that PySceneDetect made popular). A flash is told from a cut by what comes after it: if the
picture is again what it was before, nothing was cut. Fades to or from black are given as one change at the
darkest frame. Dissolves are not looked for.
"""

from __future__ import annotations

import os
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ciak.film.cut import Shot
from ciak.film.time import Rate
from ciak.media.picture import grid_frames, rgb
from ciak.media.progress import Tick, no_tick
from ciak.media.timeline import read_timeline

__all__ = ["changes", "find_shots"]

_WIDE, _HIGH = 64, 36
_LEAST = 0.10
"""Change below which nothing is a cut, of 1."""
_STANDS_OUT = 3.0
"""How often the mean change of its neighbourhood a cut is, at least."""
_AROUND = 5
"""Frames on each side that make the neighbourhood."""
_FLASH = 4
"""Frames after which a picture that came back was only lit by a flash."""
_DARK = 0.08
_SHORTEST_SECONDS = 0.25


def find_shots(path: str | os.PathLike[str], rate: Rate | None = None, tick: Tick = no_tick) -> tuple[Shot, ...]:
    """The shots of a file in frames of the grid at ``rate`` (its own by default), from 0 to the last frame.

    Decodes the whole picture once; memory grows by some bytes a frame. Raises what :func:`read_timeline` raises.
    """
    timeline = read_timeline(path)
    rate = rate or timeline.rate
    total = timeline.count(rate)
    watcher = _Watcher()
    before: Any = None
    for n, _, frame in grid_frames(path, timeline, rate):
        if frame is before:
            watcher.repeat()
        else:
            watcher.see(rgb(frame, 0, (_WIDE, _HIGH)))
            before = frame
        if n % 25 == 0:
            tick(n / total)
    cuts = changes(np.array(watcher.scores), np.array(watcher.returns), np.array(watcher.light),
                   max(2, round(float(rate.fps) * _SHORTEST_SECONDS)))
    edges = [0, *cuts, total]
    tick(1.0)
    return tuple(Shot(first=first, end=end) for first, end in pairwise(edges))


class _Watcher:
    """Keeps, for each frame: how much it differs from the last, and from the one some frames before it."""

    def __init__(self) -> None:
        self.scores: list[float] = []
        self.returns: list[float] = []
        """``returns[n]``: how much frame ``n + _FLASH`` differs from frame ``n - 1``."""
        self.light: list[float] = []
        self._seen: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []

    def see(self, image: NDArray[np.uint8]) -> None:
        """The next frame, uint8 (36, 64, 3)."""
        look = _look(image)
        self.scores.append(_difference(look, self._seen[-1]) if self._seen else 0.0)
        self.light.append(float(look[0][..., 2].mean()))
        self._keep(look)

    def repeat(self) -> None:
        """The same frame again."""
        self.scores.append(0.0)
        self.light.append(self.light[-1])
        self._keep(self._seen[-1])

    def _keep(self, look: tuple[NDArray[np.float32], NDArray[np.float32]]) -> None:
        self._seen.append(look)
        if len(self._seen) > _FLASH + 2:
            self._seen.pop(0)
        self.returns.append(_difference(look, self._seen[0]) if len(self._seen) == _FLASH + 2 else 1.0)


def _look(image: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Hue, saturation and value in [0, 1], shape (36, 64, 3), and a colour histogram that sums to 1."""
    colour = image.astype(np.float32) / 255
    value, least = colour.max(axis=2), colour.min(axis=2)
    spread = value - least
    safe = np.where(spread > 0, spread, 1)
    red, green, blue = colour[..., 0], colour[..., 1], colour[..., 2]
    hue = np.where(value == red, (green - blue) / safe % 6,
                   np.where(value == green, (blue - red) / safe + 2, (red - green) / safe + 4)) / 6
    hsv = np.stack([hue, np.where(value > 0, spread / np.where(value > 0, value, 1), 0), value], axis=2)
    bins = (image >> 5).astype(np.int64)
    flat = (bins[..., 0] << 6 | bins[..., 1] << 3 | bins[..., 2]).ravel()
    histogram = np.bincount(flat, minlength=512).astype(np.float32)
    return hsv.astype(np.float32), histogram / histogram.sum()


def _difference(one: tuple[NDArray[np.float32], NDArray[np.float32]],
                other: tuple[NDArray[np.float32], NDArray[np.float32]]) -> float:
    """How much two frames differ, about 0 to 1."""
    apart = np.abs(one[0] - other[0])
    hue = np.minimum(apart[..., 0], 1 - apart[..., 0]) * 2 * np.minimum(one[0][..., 1], other[0][..., 1])
    content = float(hue.mean() + apart[..., 1].mean() * 0.5 + apart[..., 2].mean()) / 1.5
    colours = float(np.abs(one[1] - other[1]).sum()) / 2
    return 0.6 * content + 0.4 * colours


def changes(scores: NDArray[np.float64], returns: NDArray[np.float64], light: NDArray[np.float64],
            shortest: int) -> list[int]:
    """Frames at which a new shot begins.

    ``scores[n]``: difference from frame ``n - 1``; ``returns[n]``: difference between ``n`` and the frame
    ``_FLASH + 1`` before it; ``light[n]``: mean value; ``shortest``: frames a shot lasts at least.
    """
    found: list[tuple[float, int]] = []
    for n in range(1, len(scores)):
        if scores[n] < _LEAST:
            continue
        around = np.concatenate([scores[max(1, n - _AROUND):n], scores[n + 1:n + 1 + _AROUND]])
        usual = float(around.mean()) if len(around) else 0.0
        if scores[n] < _STANDS_OUT * usual or (len(around) and scores[n] < around.max()):
            continue
        back = returns[n + 1:n + 1 + _FLASH]
        if len(back) and back.min() < scores[n] * 0.35:
            continue
        found.append((float(scores[n]), n))
    found += [(0.05, n) for n in _fades(light)]
    kept: list[int] = []
    for _, n in sorted(found, key=lambda pair: (-pair[0], pair[1])):
        if all(abs(n - other) >= shortest for other in [*kept, 0, len(scores)]):
            kept.append(n)
    return sorted(kept)


def _fades(light: NDArray[np.float64]) -> list[int]:
    """The darkest frame of each stretch of darkness between two that are not."""
    dark = light < _DARK
    edges = np.flatnonzero(np.diff(np.concatenate([[False], dark, [False]]).astype(np.int8)))
    return [int(start + np.argmin(light[start:end])) for start, end in zip(edges[::2], edges[1::2], strict=True)
            if start > 0 and end < len(light)]
