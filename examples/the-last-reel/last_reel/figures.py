"""People as silhouettes: standing, walking under an umbrella, in profile, from behind, and the girl by the sea.

They are outlines with light on their edges. They do not move their lips; nothing here knows what is said.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from last_reel.shapes import HEIGHT, INK, WIDTH, Canvas, Colour, Image, Points, cover_of

__all__ = ["LENA", "VITTORIO", "lit_from", "seated", "standing", "stroke", "walker"]

VITTORIO: Points = [
    (972, 700), (985, 575), (1040, 530), (1036, 492), (1000, 484), (974, 470), (968, 452), (975, 442),
    (963, 434), (962, 426), (970, 418), (956, 408), (948, 398), (956, 386), (972, 352), (966, 330), (968, 312),
    (972, 292), (925, 284), (915, 272), (975, 262), (1000, 214), (1080, 182), (1165, 190), (1215, 240), (1228, 330),
    (1206, 420), (1196, 500), (1266, 562), (1450, 622), (1640, 760), (1640, 980),
    (960, 980)]
"""An old man with a cap, looking left."""

LENA: Points = [
    (430, 980), (470, 720), (508, 640), (540, 612), (545, 574), (512, 572), (489, 562), (483, 548), (487, 540),
    (478, 532), (479, 524), (486, 518), (472, 508), (468, 501), (476, 490), (489, 462), (484, 446), (488, 420),
    (500, 392), (530, 362), (580, 346), (640, 356), (684, 392), (704, 450), (700, 512), (716, 570), (700, 612),
    (690, 640), (780, 676), (880, 760), (920, 980)]
"""A young woman with her hair tied back, looking left."""


def stroke(frame: Image, a: tuple[float, float], b: tuple[float, float], width: float, colour: Sequence[float]) -> None:
    """A line with round ends, painted into the frame."""
    pad = width / 2 + 2
    x0, x1 = max(0, int(min(a[0], b[0]) - pad)), min(WIDTH, int(max(a[0], b[0]) + pad) + 1)
    y0, y1 = max(0, int(min(a[1], b[1]) - pad)), min(HEIGHT, int(max(a[1], b[1]) + pad) + 1)
    if x0 >= x1 or y0 >= y1:
        return
    y, x = np.ogrid[y0:y1, x0:x1]
    bx, by = b[0] - a[0], b[1] - a[1]
    along = np.clip(((x - a[0]) * bx + (y - a[1]) * by) / (bx * bx + by * by + 1e-6), 0, 1)
    cover = np.clip(.5 + width / 2 - np.hypot(x - a[0] - along * bx, y - a[1] - along * by), 0, 1).astype(np.float32)
    target = frame[y0:y1, x0:x1]
    target += (np.asarray(colour, np.float32) - target) * cover[..., None]


def lit_from(cover: Image, dx: int, dy: int) -> Image:
    """The edge of a silhouette on the side that light falls on: ``dx``, ``dy`` pixels of it, towards the light."""
    edge: Image = np.clip(cover - np.roll(cover, (-dy, -dx), axis=(0, 1)), 0, 1)
    return edge


def standing(canvas: Canvas, place: tuple[float, float], height: float, *, coat: bool) -> Image:
    """Coverage of somebody who stands: with long hair, coat and a round tin under the arm, or with a cap."""
    (x, foot), h = place, height
    parts = [cover_of(canvas.ellipse(x, foot - .905 * h, .052 * h, .066 * h)),
             cover_of(canvas.line((x, foot - .86 * h), (x, foot - .80 * h), .05 * h))]
    if coat:
        hair = [(-.06, .975), (.0, .995), (.06, .975), (.08, .90), (.068, .82), (-.07, .815), (-.08, .90)]
        body = [(-.105, .805), (-.03, .83), (.03, .83), (.105, .805), (.125, .64), (.088, .55), (.15, .17),
                (-.15, .17), (-.088, .55), (-.125, .64)]
        parts += [cover_of(canvas.ellipse(x + .12 * h, foot - .565 * h, .088 * h, .088 * h)),
                  cover_of(canvas.line((x + .11 * h, foot - .77 * h), (x + .165 * h, foot - .58 * h), .058 * h))]
    else:
        hair = [(-.07, .955), (-.05, .985), (.04, .99), (.062, .95), (.125, .938), (.12, .925), (-.07, .925)]
        body = [(-.13, .80), (-.03, .835), (.03, .835), (.13, .80), (.155, .62), (.118, .42), (-.118, .42),
                (-.155, .62)]
    parts += [canvas.outline([(x + px * h, foot - py * h) for px, py in part]) for part in (hair, body)]
    hip, width = (.2, .045) if coat else (.46, .095)
    parts += [cover_of(canvas.line((x + side * .055 * h, foot - hip * h), (x + side * .052 * h, foot), width * h))
              for side in (-1, 1)]
    cover: Image = np.maximum.reduce(parts)
    return cover


def walker(frame: Image, place: tuple[float, float], height: float, stride: float, light: Colour) -> None:
    """A woman under an umbrella who walks to the right; ``stride`` counts steps. ``light`` edges her from there."""
    h, size = height, int(height * 1.5)
    left, top = int(place[0] - size / 2), int(place[1] - size)
    if left < 0 or top < 0 or left + size > WIDTH or top + size + 4 > HEIGHT:
        return
    c = Canvas(size, size + 4)
    x, y = place[0] - left, place[1] - top - abs(np.sin(stride * np.pi)) * .012 * h
    dome = [(-.36, .96), (-.33, 1.08), (-.18, 1.2), (0, 1.24), (.18, 1.2), (.33, 1.08), (.36, .96), (.24, .985),
            (.12, .965), (0, .985), (-.12, .965), (-.24, .985)]
    coat = [(-.05, .80), (.06, .80), (.095, .62), (.075, .5), (.14, .2), (-.13, .2), (-.085, .5), (-.085, .65)]
    cover = np.maximum.reduce([c.outline([(x + px * h, y - py * h) for px, py in part], 2) for part in (dome, coat)])
    swing = np.sin(stride * np.pi) * .11 * h
    for shape in (c.ellipse(x, y - .87 * h, .045 * h, .058 * h), c.line((x, y - h), (x + .06 * h, y - .62 * h), 2.5),
                  c.line((x, y - .3 * h), (x + swing, place[1] - top), .04 * h),
                  c.line((x, y - .3 * h), (x - swing, place[1] - top), .04 * h)):
        cover = np.maximum(cover, cover_of(shape))
    target = frame[top:top + size + 4, left:left + size]
    target += (np.asarray(INK, np.float32) - target) * cover[..., None]
    target += (lit_from(cover, 2, -1) * np.float32(.5))[..., None] * np.asarray(light, np.float32)


def seated(canvas: Canvas, x: float, y: float, size: float, *, hair: bool) -> Image:
    """Coverage of head and shoulders from behind, the head's middle at (x, y)."""
    body = [(-2.3, 5), (-2.2, 2.3), (-1.05, 1.5), (-.45, .8), (.45, .8), (1.05, 1.5), (2.2, 2.3), (2.3, 5)]
    extra = ([(-1.05, -.3), (-.8, -1.1), (0, -1.35), (.8, -1.1), (1.05, -.3), (1.0, .8), (.6, 1.3), (-.6, 1.3),
              (-1.0, .8)] if hair else [(-1.12, -.42), (-.85, -1.05), (.85, -1.05), (1.12, -.42)])
    parts = [canvas.outline([(x + px * size, y + py * size) for px, py in part]) for part in (body, extra)]
    cover: Image = np.maximum.reduce([*parts, cover_of(canvas.ellipse(x, y, .88 * size, 1.08 * size))])
    return cover
