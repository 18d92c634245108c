"""The lens: which part of a painted picture the frame shows, at fractions of a pixel, and the print it makes.

A view is a corner and a magnification. It knows neither shots nor shapes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from last_reel.shapes import HEIGHT, WIDTH, Image

__all__ = ["View", "printed", "seen", "weave"]


@dataclass(frozen=True, slots=True)
class View:
    """Upper left corner in the painted picture, pixels, and how much larger than painted it is shown."""

    left: float
    top: float
    zoom: float = 1

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where in the frame a point of the picture is."""
        return (x - self.left) * self.zoom, (y - self.top) * self.zoom


def seen(picture: Image, view: View) -> Image:
    """The frame, (720, 1280) or with channels, interpolated between pixels; always a copy."""
    rows, row_part = _steps(view.top, view.zoom, HEIGHT, picture.shape[0])
    columns, column_part = _steps(view.left, view.zoom, WIDTH, picture.shape[1])
    tail = (1,) * (picture.ndim - 2)
    down, across = row_part.reshape(-1, 1, *tail), column_part.reshape(1, -1, *tail)
    if view.zoom == 1 and picture.shape[0] > HEIGHT and picture.shape[1] > WIDTH:
        top, left = int(rows[0]), int(columns[0])
        block = picture[top:top + HEIGHT + 1, left:left + WIDTH + 1]
        mixed = block[:-1] * (1 - down) + block[1:] * down
        shown: Image = mixed[:, :-1] * (1 - across) + mixed[:, 1:] * across
        return shown
    part = picture[rows[0]:rows[-1] + 2, columns[0]:columns[-1] + 2]
    rows, columns = rows - rows[0], columns - columns[0]
    upper = part.take(rows, axis=0)
    upper += (part.take(rows + 1, axis=0) - upper) * down
    shown = upper.take(columns, axis=1)
    shown += (upper.take(columns + 1, axis=1) - shown) * across
    return shown


def _steps(start: float, zoom: float, count: int, size: int) -> tuple[NDArray[np.intp], Image]:
    """Pixel before each of ``count`` places, and how far beyond it the place is."""
    places = np.clip(start + np.arange(count) / zoom, 0, size - 1.001)
    whole = np.minimum(places.astype(np.intp), size - 2)
    if zoom == 1 and size > count:
        whole = np.clip(int(start), 0, size - count - 1) + np.arange(count)
    return whole, np.clip(places - whole, 0, 1).astype(np.float32)


def weave(frame: int, amount: float) -> tuple[float, float]:
    """How far the film stands off its place in the gate at a frame, pixels: slow, never regular."""
    return (amount * float(np.sin(frame * .61) + .5 * np.sin(frame * 1.37 + 1)),
            amount * float(np.sin(frame * .83 + 2) + .5 * np.sin(frame * 1.91)))


_Y, _X = np.mgrid[-1:1:HEIGHT * 1j, -1:1:WIDTH * 1j].astype(np.float32)
_VIGNETTE = (1 - .42 * np.clip(_X * _X * .7 + _Y * _Y * .6, 0, 1))[..., None]


def printed(image: Image, fade: float, grain: Image, shift: tuple[int, int]) -> NDArray[np.uint8]:
    """Linear light as a uint8 frame: vignette, a curve with a soft shoulder, grain. ``image`` is used up."""
    image *= _VIGNETTE
    bright = np.sqrt(np.maximum(image, 0, out=image), out=image)
    shoulder = np.square(bright)
    np.square(shoulder, out=shoulder)
    bright *= np.float32(fade * 255) / (1 + np.float32(.12) * shoulder)
    y, x = shift
    bright += grain[y:y + HEIGHT, x:x + WIDTH] * np.float32(.35 + .65 * fade)
    return np.clip(bright, 0, 255, out=bright).astype(np.uint8)
