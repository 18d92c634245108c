"""What moves or comes twice: reels, dust, rain, letters, the cone of light.

Everything is drawn at a place of the frame; the caller asks the camera where that is. Nothing here draws lots by
itself: it takes a generator, or keeps what one gave.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from last_reel.camera import View
from last_reel.shapes import HEIGHT, WIDTH, Canvas, Colour, Image, Points

__all__ = ["Dust", "Rain", "beam_of", "lettered", "reel", "spot"]

_LETTERS: dict[str, tuple[Points, ...]] = {
    "A": ([(0, 1), (.5, 0), (1, 1)], [(.2, .62), (.8, .62)]),
    "C": ([(.95, .2), (.6, 0), (.25, .08), (.03, .5), (.25, .92), (.6, 1), (.95, .8)],),
    "E": ([(.9, 0), (.05, 0), (.05, 1), (.9, 1)], [(.05, .5), (.72, .5)]),
    "F": ([(.9, 0), (.05, 0), (.05, 1)], [(.05, .48), (.7, .48)]),
    "I": ([(.5, 0), (.5, 1)],),
    "M": ([(0, 1), (.08, 0), (.5, .72), (.92, 0), (1, 1)],),
    "N": ([(.05, 1), (.05, 0), (.95, 1), (.95, 0)],),
    "O": ([(.5, 0), (.12, .15), (0, .5), (.12, .85), (.5, 1), (.88, .85), (1, .5), (.88, .15), (.5, 0)],),
    "R": ([(.05, 1), (.05, 0), (.7, .04), (.9, .26), (.7, .5), (.05, .54)], [(.45, .54), (.95, 1)]),
    "T": ([(0, 0), (1, 0)], [(.5, 0), (.5, 1)]),
    "V": ([(0, 0), (.5, 1), (1, 0)],),
}


def lettered(canvas: Canvas, text: str, place: tuple[float, float], size: tuple[float, float],
             step: tuple[float, float], pen: float) -> Image:
    """Signed distance to capitals: the first at ``place``, each ``size`` large, ``step`` from one to the next."""
    strokes = [canvas.line((x + ax * size[0], y + ay * size[1]), (x + bx * size[0], y + by * size[1]), pen)
               for n, letter in enumerate(text) if letter != " "
               for x, y in ((place[0] + n * step[0], place[1] + n * step[1]),)
               for stroke in _LETTERS[letter] for (ax, ay), (bx, by) in pairwise(stroke)]
    distance: Image = np.minimum.reduce(strokes)
    return distance


def _within(cx: float, cy: float, reach: float) -> tuple[slice, slice] | None:
    x0, x1 = max(0, int(cx - reach)), min(WIDTH, int(cx + reach) + 1)
    y0, y1 = max(0, int(cy - reach)), min(HEIGHT, int(cy + reach) + 1)
    return (slice(y0, y1), slice(x0, x1)) if x0 < x1 and y0 < y1 else None


def spot(frame: Image, place: tuple[float, float], reach: float, colour: Colour, strength: float) -> None:
    """Add a round glow that is gone at four times ``reach``."""
    area = _within(*place, reach * 4)
    if area is None or strength <= 0:
        return
    y, x = np.ogrid[area]
    far = np.hypot(x - np.float32(place[0]), y - np.float32(place[1])).astype(np.float32)
    shine = np.exp(-far / np.float32(reach)) * np.clip(1 - far / np.float32(4 * reach), 0, 1)
    frame[area] += (shine * np.float32(strength))[..., None] * np.asarray(colour, np.float32)


def reel(frame: Image, place: tuple[float, float], radius: float, turned: float,
         paint: tuple[Colour, Colour, float, float]) -> None:
    """A film reel with round openings, ``turned`` radians on.

    ``paint``: its colour, that of the light on its edges, how strong, and from which direction in radians.
    """
    area = _within(*place, radius + 4)
    if area is None:
        return
    colour, light, strength, side = paint
    y, x = np.ogrid[area]
    dx, dy = (x - place[0]).astype(np.float32), (y - place[1]).astype(np.float32)
    far, angle = np.hypot(dx, dy), np.arctan2(dy, dx)
    step = 2 * np.pi / 5
    nearest = np.mod(angle - np.float32(turned) + step / 2, step) - step / 2
    hole = np.hypot(far * np.cos(nearest) - .58 * radius, far * np.sin(nearest)) - .235 * radius
    disc = np.clip(.5 - (far - radius), 0, 1)
    solid = np.maximum(disc * np.clip(.5 + hole, 0, 1), np.clip(.5 - (far - .16 * radius), 0, 1))
    lit = .12 + .88 * np.clip(np.cos(angle - np.float32(side)), 0, 1) ** 2
    rim = np.exp(-np.abs(far - radius + 2.5) / 2.2) * lit + .55 * np.exp(-np.abs(hole) / 1.5) * disc * lit
    rim += .10 * disc * solid * lit * (far / radius) ** 2
    target = frame[area]
    target += (np.asarray(colour, np.float32) - target) * solid[..., None]
    target += (rim * np.float32(strength))[..., None] * np.asarray(light, np.float32)


class Dust:
    """Specks that drift through a beam of light, in the coordinates of the painted picture."""

    def __init__(self, rng: np.random.Generator, count: int, area: tuple[float, float, float, float]) -> None:
        left, top, right, bottom = area
        self.area = area
        self.start = rng.uniform((left, top), (right, bottom), (count, 2))
        self.drift = rng.normal((-8, 4), (7, 5), (count, 2))
        self.size, self.shine = rng.uniform(.9, 2.4, count) ** 1.3, rng.uniform(.06, .5, count)

    def _places(self, time: float) -> Iterator[tuple[float, float, float, float]]:
        left, top, right, bottom = self.area
        x = left + (self.start[:, 0] - left + self.drift[:, 0] * time) % (right - left)
        y = top + (self.start[:, 1] - top + self.drift[:, 1] * time + 4 * np.sin(time + self.start[:, 0])) \
            % (bottom - top)
        twinkle = self.shine * (.7 + .3 * np.sin(time * 2 + self.start[:, 1]))
        yield from zip(x.tolist(), y.tolist(), self.size.tolist(), twinkle.tolist(), strict=True)

    def paint(self, frame: Image, time: float, beam: Image, view: View, colour: Colour) -> None:
        """Onto ``frame``, as bright as ``beam`` (of the frame, 2-D) is there."""
        tint = np.asarray(colour, np.float32)
        for px, py, size, shine in self._places(time):
            x, y = view.at(px, py)
            ix, iy = int(x), int(y)
            if not (5 <= ix < WIDTH - 5 and 5 <= iy < HEIGHT - 5) or (here := float(beam[iy, ix])) < .004:
                continue
            yy, xx = np.ogrid[iy - 5:iy + 6, ix - 5:ix + 6]
            speck = np.exp(-((xx - x) ** 2 + (yy - y) ** 2) / (size * size)).astype(np.float32)
            frame[iy - 5:iy + 6, ix - 5:ix + 6] += (speck * np.float32(shine * min(1.0, 3 * here)))[..., None] * tint


class Rain:
    """Falling streaks over a part of the frame, slanted by ``slant`` pixels a pixel of fall."""

    def __init__(self, rng: np.random.Generator, count: int, slant: float = -.12) -> None:
        self.start, self.slant = rng.uniform(0, 1, (count, 2)), slant
        self.depth = rng.uniform(.35, 1, count) ** 2

    def paint(self, frame: Image, time: float, area: tuple[float, float, float, float],
              style: tuple[Colour, float]) -> None:
        """Onto ``frame`` within ``area`` (left, top, right, bottom); ``style``: colour and strength."""
        left, top, right, bottom = area
        colour, strength = np.asarray(style[0], np.float32), style[1]
        high = bottom - top
        for (sx, sy), depth in zip(self.start, self.depth, strict=True):
            length = 10 + 34 * depth
            y0 = top + (sy * high + time * (500 + 900 * depth)) % (high + length) - length
            x0 = left + (sx * (right - left) + self.slant * (y0 - top)) % (right - left)
            rows = np.arange(max(int(y0), int(top), 0), min(int(y0 + length), int(bottom), HEIGHT))
            columns = (x0 + self.slant * (rows - y0)).astype(int)
            fits = (columns >= max(0, left)) & (columns < min(WIDTH, right))
            frame[rows[fits], columns[fits]] += colour * np.float32(strength * depth)


def beam_of(canvas: Canvas, source: tuple[float, float], direction: float, spread: float, reach: float) -> Image:
    """Light of a cone from ``source``: ``direction``, half its ``spread`` in radians, fading over ``reach``."""
    dx, dy = canvas.x - source[0], canvas.y - source[1]
    far = np.hypot(dx, dy)
    away = np.abs(np.mod(np.arctan2(dy, dx) - direction + np.pi, 2 * np.pi) - np.pi)
    edge = np.clip((spread - away) / (.16 * spread + 2 / (far + 1)), 0, 1)
    light: Image = (edge * (.55 + .45 * np.cos(away / spread * 1.5)) * np.exp(-far / reach)).astype(np.float32)
    return light
