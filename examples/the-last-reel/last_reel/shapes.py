"""A canvas for drawn pictures, with numpy alone: signed distances turned into coverage, outlines, light.

A :class:`Canvas` holds a floating-point RGB picture, linear light, shape (height, width, 3), larger than the frame
where the camera is to move over it. It knows nothing of what is drawn, nor of time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["COOL", "FPS", "HEIGHT", "INK", "SILVER", "WARM", "WIDTH", "Canvas", "Colour", "Image", "Points", "blurred",
           "cover_of", "eased"]

WIDTH, HEIGHT, FPS = 1280, 720, 24

Image = NDArray[np.floating]
"""Linear light or coverage, (height, width) or with channels; float32 wherever a frame is painted."""
Points = Sequence[tuple[float, float]]
Colour = tuple[float, float, float]

INK: Colour = (.004, .006, .014)
WARM: Colour = (1.0, .74, .40)
COOL: Colour = (.40, .56, .92)
SILVER: Colour = (.82, .88, 1.0)


def eased(part: float) -> float:
    """Of a movement, ``part`` (held to 0 to 1) of its time: slow, quick, slow."""
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)


def blurred(image: Image, across: int, down: int | None = None) -> Image:
    """``image`` (2-D or 3-D) smoothed by three running means of ``across`` and ``down`` pixels; edges repeat."""
    for axis, width in ((1, across), (0, across if down is None else down)):
        for _ in range(3 if width > 1 else 0):
            half = width // 2
            padding = [(0, 0)] * image.ndim
            padding[axis] = (half + 1, half)
            total = np.cumsum(np.pad(image, padding, mode="edge"), axis=axis, dtype=np.float64)
            count = image.shape[axis]
            high = np.take(total, range(2 * half + 1, 2 * half + 1 + count), axis=axis)
            low = np.take(total, range(count), axis=axis)
            image = ((high - low) / (2 * half + 1)).astype(np.float32)
    return image


def cover_of(distance: Image, soft: float = 1) -> Image:
    """How much of each pixel lies inside a signed distance, its edge ``soft`` pixels wide."""
    cover: Image = np.clip(np.float32(.5) - distance / np.float32(soft), 0, 1)
    return cover


class Canvas:
    """A picture that shapes are laid on; coordinates are pixels, y downwards."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.y, self.x = np.mgrid[0:height, 0:width].astype(np.float32)
        self.image: Image = np.zeros((height, width, 3), np.float32)

    def sky(self, top: Sequence[float], bottom: Sequence[float]) -> None:
        """Paint everything, from the colour ``top`` down to ``bottom``."""
        mixed = (self.y / self.height)[..., None]
        self.image[:] = np.asarray(top, np.float32) * (1 - mixed) + np.asarray(bottom, np.float32) * mixed

    def ellipse(self, cx: float, cy: float, rx: float, ry: float) -> Image:
        """Roughly the signed distance to an upright ellipse (exact for a circle)."""
        dx, dy = (self.x - cx) / np.float32(rx), (self.y - cy) / np.float32(ry)
        far = np.hypot(dx, dy)
        slope = np.hypot(dx / rx, dy / ry) / np.maximum(far, 1e-6)
        distance: Image = ((far - 1) / np.maximum(slope, 1e-6)).astype(np.float32)
        return distance

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

    def outline(self, points: Points, rounds: int = 3) -> Image:
        """Coverage of a closed outline, its corners rounded by ``rounds`` passes of corner cutting (Chaikin)."""
        ring = np.array(points, np.float32)
        for _ in range(rounds):
            after = np.roll(ring, -1, axis=0)
            ring = np.stack([.75 * ring + .25 * after, .25 * ring + .75 * after], axis=1).reshape(-1, 2)
        cover = np.zeros(self.x.shape, np.float32)
        low = np.maximum(ring.min(axis=0).astype(int) - 2, 0)
        high = np.maximum(ring.max(axis=0).astype(int) + 3, 0)
        area = (slice(low[1], high[1]), slice(low[0], high[0]))
        for dx, dy in ((.25, .25), (.75, .25), (.25, .75), (.75, .75)):
            cover[area] += _inside(self.x[area] + dx - .5, self.y[area] + dy - .5, ring) / 4
        return cover

    def fill(self, cover: Image, colour: Sequence[float], opacity: float = 1) -> None:
        """Lay ``colour`` over the picture where ``cover`` is."""
        self.image += (np.asarray(colour, np.float32) - self.image) * (cover * np.float32(opacity))[..., None]

    def shape(self, distance: Image, colour: Sequence[float], opacity: float = 1, soft: float = 1) -> None:
        """Fill a signed distance, its edge ``soft`` pixels wide."""
        self.fill(cover_of(distance, soft), colour, opacity)

    def light(self, amount: Image, colour: Sequence[float], strength: float = 1) -> None:
        """Add light."""
        self.image += (amount * np.float32(strength))[..., None] * np.asarray(colour, np.float32)

    def glow(self, distance: Image, colour: Sequence[float], reach: float, strength: float) -> None:
        """Add light that falls off outside a shape."""
        self.light(np.exp(-np.maximum(distance, 0) / np.float32(reach)), colour, strength)

    def plaster(self, rng: np.random.Generator, grain: int, depth: float) -> None:
        """Make the surface uneven: patches of about ``grain`` pixels, lighter and darker by ``depth``."""
        rough = blurred(rng.standard_normal(self.x.shape).astype(np.float32), grain)
        self.image *= (1 + depth * rough / max(float(rough.std()), 1e-9)).clip(.2, 2)[..., None]


def _inside(x: Image, y: Image, ring: Image) -> Image:
    """1 where the point lies in the polygon (even-odd rule)."""
    odd = np.zeros(x.shape, bool)
    for (ax, ay), (bx, by) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if ay != by:
            odd ^= ((ay > y) != (by > y)) & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return odd.astype(np.float32)
