"""Shot five: the beam over the empty hall, followed from the projection room's window to the screen."""

from __future__ import annotations

import numpy as np

from last_reel.camera import View, seen
from last_reel.faces import PRINT
from last_reel.figures import lit_from
from last_reel.girl import OldFilm
from last_reel.moment import Moment, Painter
from last_reel.props import Dust, beam_of, spot
from last_reel.shapes import HEIGHT, WARM, WIDTH, Canvas, Image, blurred, cover_of, eased

__all__ = ["beam"]

PORT = (1985, 150)
CORNERS = ((120, 96), (352, 152), (352, 470), (120, 520))
"""The screen, seen from the side."""


def _hall(c: Canvas, rng: np.random.Generator) -> None:
    """Ceiling, wall with its lamps out, balcony."""
    c.sky((.014, .019, .042), (.026, .021, .036))
    c.plaster(rng, 31, .05)
    for n in range(9):
        x = 470 + n * 190
        c.shape(c.box(x, 120 - n * 6, x + 34, 640), (.062, .022, .028), .75, 10)
        c.shape(c.box(x + 4, 120 - n * 6, x + 10, 640), (.12, .045, .045), .5, 6)
    c.fill(c.outline([(1700, 270), (2140, 200), (2140, 420), (1760, 380)], 1), (.014, .013, .022))
    c.shape(c.box(1880, 96, 2140, 210, 4), (.016, .015, .024))
    c.shape(c.box(PORT[0] - 14, PORT[1] - 20, PORT[0] + 14, PORT[1] + 20, 4), (.9, .62, .3))


def _seats(c: Canvas) -> Image:
    """Coverage of rows of seats seen from the side, nearer ones larger."""
    cover = np.zeros(c.x.shape, np.float32)
    for y, pitch, start in ((520, 74, 430), (566, 98, 380), (628, 132, 300)):
        for x in np.arange(start, c.width + pitch, pitch):
            back = c.outline([(x - pitch * .18, y + 220), (x - pitch * .24, y + 40), (x - pitch * .05, y - 12),
                              (x + pitch * .34, y - 12), (x + pitch * .50, y + 60), (x + pitch * .56, y + 220)], 2)
            cover = np.maximum(cover, back)
        cover = np.maximum(cover, cover_of(c.box(start - 30, y + 46, c.width + 40, 900)))
    return cover


def _oblique(film: Image) -> tuple[tuple[slice, slice], tuple[np.ndarray, np.ndarray], Image]:
    """Where the screen lies in the painted picture, which pixel of the film each of its pixels shows, and which
    of them the screen covers."""
    (left, top), (right, upper), (_, lower), (_, bottom) = CORNERS
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    part = (x - left) / (right - left)
    part = part * (1 - .18 * (1 - part))
    high, low = top + (upper - top) * part, bottom + (lower - bottom) * part
    down = (y - high) / (low - high)
    cover = np.clip(.5 + (y - high), 0, 1) * np.clip(.5 + (low - y), 0, 1)
    rows = np.clip(down * film.shape[0], 0, film.shape[0] - 1).astype(int)
    columns = np.clip((.12 + .76 * part) * film.shape[1], 0, film.shape[1] - 1).astype(int)
    return (slice(top, bottom), slice(left, right)), (rows, columns), cover.astype(np.float32)


def beam(rng: np.random.Generator) -> Painter:
    """The painter of the shot: a pan along the beam."""
    c = Canvas(2100, HEIGHT + 2)
    _hall(c, rng)
    middle = np.mean(CORNERS, axis=0)
    toward = float(np.arctan2(middle[1] - PORT[1], middle[0] - PORT[0]))
    cone = beam_of(c, PORT, toward, .108, 2600)
    smoke = blurred(rng.standard_normal((HEIGHT + 2, 2100)).astype(np.float32), 121, 15)
    cone *= (1 + .16 * smoke / float(smoke.std())).clip(.5, 1.6) * np.clip((c.x - 250) / 200, 0, 1)
    wide = beam_of(c, PORT, toward, .22, 900) * .10
    glow = np.exp(-np.hypot((c.x - 240) / 300, (c.y - 300) / 330) * 2.1) * .24
    seats = _seats(c)
    rims = lit_from(seats, -1, -3) * np.clip(1.25 - c.x / 2100, 0, 1) * .36
    floor = np.clip((c.y - 430) / 200, 0, 1) * .012
    light = ((cone * .62 + wide + glow + floor) * (1 - seats) + rims).astype(np.float32)
    c.fill(seats, (.008, .008, .014))
    layers = np.concatenate([c.image, light[..., None], (cone * (1 - seats))[..., None]], axis=2).astype(np.float32)
    film, dust = OldFilm(rng), Dust(rng, 260, (330, 120, 1980, 520))
    area, pixels, cover = _oblique(np.zeros((HEIGHT, WIDTH)))
    tint = np.asarray(PRINT, np.float32)

    def paint(moment: Moment) -> Image:
        view = View(815 - 806 * eased(moment.part * 1.12), .5)
        both = seen(layers, view)
        image, shine = np.ascontiguousarray(both[..., :3]), both[..., 3]
        flicker = .92 + .06 * np.sin(moment.frame * 2.4) + .03 * np.sin(moment.frame * 1.1)
        image += (shine * np.float32(1.25 * flicker))[..., None] * tint
        left = int(view.left)
        if left < area[1].stop:
            shown = film.picture(moment.frame, .3)[pixels]
            cut = max(0, left - area[1].start)
            target = image[area[0], area[1].start + cut - left:area[1].stop - left]
            target += (shown[:, cut:] - target) * cover[:, cut:, None]
        spot(image, view.at(*PORT), 30, (1.0, .86, .62), 1.3 * flicker)
        spot(image, view.at(*PORT), 120, WARM, .25 * flicker)
        dust.paint(image, moment.time * 1.4, both[..., 4], view, PRINT)
        return image

    return paint
