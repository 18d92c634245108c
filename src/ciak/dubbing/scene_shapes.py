"""Shapes for drawn pictures, with numpy alone: signed distances turned into coverage, smoothed outlines, light.

A :class:`Canvas` holds a floating-point RGB picture, linear light, shape (height, width, 3); what moves (reels,
dust) is painted into copies of it. It knows nothing of what is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["COOL", "HEIGHT", "INK", "MARGIN", "WARM", "WIDTH", "Canvas", "Dust", "Image", "Points", "Reel",
           "beam_of", "person", "travelled"]

WIDTH, HEIGHT = 1280, 720
MARGIN = 64
"""Pixels that a picture is wider than the frame, so that the camera can travel."""

Image = NDArray[np.float32]
Points = Sequence[tuple[float, float]]
Colour = tuple[float, float, float]

INK: Colour = (0.004, 0.006, 0.014)
WARM: Colour = (1.0, 0.78, 0.46)
COOL: Colour = (0.42, 0.58, 0.90)


class Canvas:
    """A floating-point picture that shapes are laid on; coordinates are pixels, y downwards."""

    def __init__(self, width: int = WIDTH + MARGIN, height: int = HEIGHT) -> None:
        self.y, self.x = np.mgrid[0:height, 0:width].astype(np.float32)
        self.image: Image = np.zeros((height, width, 3), np.float32)

    def sky(self, top: Sequence[float], bottom: Sequence[float]) -> None:
        """Paint everything, from the colour ``top`` down to ``bottom``."""
        mixed = (self.y / HEIGHT)[..., None]
        self.image[:] = np.asarray(top, np.float32) * (1 - mixed) + np.asarray(bottom, np.float32) * mixed

    def circle(self, cx: float, cy: float, radius: float) -> Image:
        """Signed distance to a circle."""
        distance: Image = np.hypot(self.x - cx, self.y - cy) - np.float32(radius)
        return distance

    def box(self, left: float, top: float, right: float, bottom: float, round_by: float = 0) -> Image:
        """Signed distance to a box with rounded corners."""
        dx = np.abs(self.x - (left + right) / 2) - (right - left) / 2 + round_by
        dy = np.abs(self.y - (top + bottom) / 2) - (bottom - top) / 2 + round_by
        outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
        distance: Image = outside + np.minimum(np.maximum(dx, dy), 0) - np.float32(round_by)
        return distance

    def line(self, a: tuple[float, float], b: tuple[float, float], width: float) -> Image:
        """Signed distance to a stroke with round ends."""
        bx, by = b[0] - a[0], b[1] - a[1]
        along = np.clip(((self.x - a[0]) * bx + (self.y - a[1]) * by) / (bx * bx + by * by + 1e-6), 0, 1)
        distance: Image = np.hypot(self.x - a[0] - along * bx, self.y - a[1] - along * by) - np.float32(width / 2)
        return distance

    def outline(self, points: Points) -> Image:
        """Coverage of a closed outline, its corners rounded by two passes of corner cutting (Chaikin)."""
        ring = np.array(points, np.float32)
        for _ in range(3):
            after = np.roll(ring, -1, axis=0)
            ring = np.stack([.75 * ring + .25 * after, .25 * ring + .75 * after], axis=1).reshape(-1, 2)
        cover = np.zeros(self.x.shape, np.float32)
        low = np.maximum(ring.min(axis=0).astype(int) - 2, 0)
        high = ring.max(axis=0).astype(int) + 3
        area = (slice(low[1], high[1]), slice(low[0], high[0]))
        for dx, dy in ((.25, .25), (.75, .25), (.25, .75), (.75, .75)):
            cover[area] += _inside(self.x[area] + dx - .5, self.y[area] + dy - .5, ring) / 4
        return cover

    def fill(self, cover: Image, colour: Sequence[float], opacity: float = 1) -> None:
        """Lay ``colour`` over the picture where ``cover`` is."""
        self.image += (np.asarray(colour, np.float32) - self.image) * (cover * np.float32(opacity))[..., None]

    def shape(self, distance: Image, colour: Sequence[float], opacity: float = 1, soft: float = 1) -> None:
        """Fill a signed distance, its edge ``soft`` pixels wide."""
        self.fill(np.clip(.5 - distance / np.float32(soft), 0, 1), colour, opacity)

    def glow(self, distance: Image, colour: Sequence[float], reach: float, strength: float) -> None:
        """Add light that falls off outside a shape."""
        self.image += (np.exp(-np.maximum(distance, 0) / np.float32(reach)) * np.float32(strength))[..., None] \
            * np.asarray(colour, np.float32)


def _inside(x: Image, y: Image, ring: Image) -> Image:
    """1 where the point lies in the polygon (even-odd rule)."""
    odd = np.zeros(x.shape, bool)
    for (ax, ay), (bx, by) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if ay != by:
            odd ^= ((ay > y) != (by > y)) & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return odd.astype(np.float32)


def person(canvas: Canvas, x: float, foot: float, height: float, *, coat: bool, colour: Sequence[float]) -> None:
    """A standing silhouette: with long hair and a coat, or with a cap and braces."""
    h = height
    canvas.shape(canvas.circle(x, foot - .90 * h, .062 * h), colour)
    canvas.shape(canvas.line((x, foot - .86 * h), (x, foot - .80 * h), .055 * h), colour)
    if coat:
        hair = [(-.07, .985), (.07, .985), (.085, .88), (.07, .815), (-.075, .81), (-.085, .88)]
        body = [(-.12, .815), (.12, .815), (.135, .60), (.085, .52), (.135, .15), (-.135, .15), (-.085, .52),
                (-.135, .60)]
    else:
        hair = [(-.085, .955), (-.06, .985), (.05, .985), (.075, .95), (.13, .935), (.12, .925), (-.08, .925)]
        body = [(-.13, .81), (.13, .81), (.165, .62), (.12, .42), (-.12, .42), (-.165, .62)]
    for part in (hair, body):
        canvas.fill(canvas.outline([(x + px * h, foot - py * h) for px, py in part]), colour)
    hip, width = (.2, .045) if coat else (.46, .10)
    for side in (-1, 1):
        leg = canvas.line((x + side * .055 * h, foot - hip * h), (x + side * .05 * h, foot), width * h)
        canvas.shape(leg, colour)


def travelled(wide: Image, offset: float) -> Image:
    """The frame at ``offset`` pixels (between 0 and the margin) of a wider picture, blended between pixels."""
    whole = min(int(offset), MARGIN - 1)
    part = np.float32(offset - whole)
    view: Image = wide[:, whole:whole + WIDTH] * (1 - part) + wide[:, whole + 1:whole + 1 + WIDTH] * part
    return view


class Reel:
    """A turning reel with round openings, painted within its own square."""

    def __init__(self, cx: float, cy: float, radius: float, colour: Colour, light: Colour) -> None:
        size = int(radius) + 6
        self.left, self.top, self.radius = round(cx) - size, round(cy) - size, radius
        self.y, self.x = np.mgrid[-size:size, -size:size].astype(np.float32)
        self.far = np.hypot(self.x, self.y)
        self.angle = np.arctan2(self.y, self.x)
        self.colour, self.light = np.asarray(colour, np.float32), np.asarray(light, np.float32)

    def paint(self, frame: Image, turned: float, dx: float = 0) -> None:
        """Onto ``frame``, ``turned`` radians on, moved ``dx`` pixels; what lies outside is cut off."""
        radius = np.float32(self.radius)
        disc = np.clip(.5 - (self.far - radius), 0, 1)
        step = 2 * np.pi / 5
        nearest = np.mod(self.angle - turned + step / 2, step) - step / 2
        hole = np.hypot(self.far * np.cos(nearest) - .58 * radius, self.far * np.sin(nearest)) - .235 * radius
        solid = disc * np.clip(.5 + hole, 0, 1)
        solid = np.maximum(solid, np.clip(.5 - (self.far - .16 * radius), 0, 1))
        rim = np.exp(-np.abs(self.far - radius + 2.5) / 2.2) * (.35 + .65 * np.cos(self.angle + .5) ** 2)
        rim += .5 * np.exp(-np.abs(hole) / 1.6) * disc * (.3 + .7 * np.cos(self.angle + .5) ** 2)
        left = self.left + round(dx)
        x0, y0 = max(0, left), max(0, self.top)
        x1, y1 = min(frame.shape[1], left + self.x.shape[1]), min(frame.shape[0], self.top + self.x.shape[0])
        if x0 >= x1 or y0 >= y1:
            return
        own = (slice(y0 - self.top, y1 - self.top), slice(x0 - left, x1 - left))
        target = frame[y0:y1, x0:x1]
        target += (self.colour - target) * solid[own][..., None]
        target += self.light * (rim[own] * .8)[..., None]


class Dust:
    """Specks that drift through a beam of light."""

    def __init__(self, rng: np.random.Generator, count: int, area: tuple[float, float, float, float]) -> None:
        left, top, right, bottom = area
        self.area = area
        self.start = rng.uniform((left, top), (right, bottom), (count, 2))
        self.drift = rng.normal((-9, 4), (6, 5), (count, 2))
        self.size, self.light = rng.uniform(1.0, 2.6, count), rng.uniform(.05, .35, count)

    def paint(self, frame: Image, time: float, beam: Image, dx: float = 0) -> None:
        """Onto ``frame``, as bright as ``beam`` (2-D) is there."""
        left, top, right, bottom = self.area
        for (sx, sy), (vx, vy), size, light in zip(self.start, self.drift, self.size, self.light, strict=True):
            x = left + (sx - left + vx * time) % (right - left) + dx
            y = top + (sy - top + vy * time + 3 * np.sin(time + sx)) % (bottom - top)
            ix, iy = int(x), int(y)
            if not (4 <= ix < frame.shape[1] - 4 and 4 <= iy < frame.shape[0] - 4):
                continue
            yy, xx = np.mgrid[iy - 4:iy + 5, ix - 4:ix + 5]
            speck = np.exp(-((xx - x) ** 2 + (yy - y) ** 2) / (size * size)).astype(np.float32)
            patch = frame[iy - 4:iy + 5, ix - 4:ix + 5]
            patch += (speck * np.float32(light * min(1.0, 3 * float(beam[iy, ix]))))[..., None] \
                * np.asarray(WARM, np.float32)


def beam_of(canvas: Canvas, source: tuple[float, float], direction: float, spread: float, reach: float) -> Image:
    """Light of a cone from ``source``: ``direction`` half ``spread`` in radians, fading over ``reach``."""
    dx, dy = canvas.x - source[0], canvas.y - source[1]
    far = np.hypot(dx, dy)
    away = np.abs(np.mod(np.arctan2(dy, dx) - direction + np.pi, 2 * np.pi) - np.pi)
    edge = np.clip((spread - away) / (.12 * spread + 2 / (far + 1)), 0, 1)
    light: Image = (edge * (.55 + .45 * np.cos(away / spread * 1.5)) * np.exp(-far / reach)).astype(np.float32)
    return light
