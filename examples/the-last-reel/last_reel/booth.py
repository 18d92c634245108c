"""Shot two: the projection room. A woman in the door, an old man at a machine that is switched off."""

from __future__ import annotations

import numpy as np

from last_reel.camera import View, seen
from last_reel.figures import lit_from, standing
from last_reel.moment import Moment, Painter
from last_reel.props import Dust, Rain, beam_of, reel, spot
from last_reel.shapes import COOL, HEIGHT, INK, WARM, Canvas, Image, cover_of, eased
from last_reel.street import NEON

__all__ = ["booth"]

FLOOR = 628


def _room(c: Canvas, rng: np.random.Generator) -> None:
    """Wall, floor, shelf of tins, and the window with the rain and the sign outside."""
    c.sky((.024, .040, .078), (.018, .026, .048))
    c.plaster(rng, 19, .06)
    for seam in range(70, c.width, 128):
        c.shape(c.box(seam, 0, seam + 2, FLOOR), (.015, .022, .040), .7)
    c.shape(c.box(0, FLOOR, c.width, HEIGHT), (.016, .019, .030))
    for n, (x, y) in enumerate(((430, 300), (492, 300), (554, 300), (436, 278), (500, 280), (436, 258), (556, 278))):
        c.shape(c.box(x - 28, y - 10, x + 28, y + 10, 4), (.060, .074, .104 + .01 * (n % 3)))
        c.shape(c.box(x - 28, y - 10, x + 28, y - 8, 1), (.14, .15, .17), .7)
    c.shape(c.box(392, 311, 594, 318), (.034, .040, .060))
    glass = c.box(1176, 150, 1400, 420, 4)
    c.shape(glass, (.070, .110, .200))
    inside = cover_of(glass)
    c.light(inside * np.exp(-np.hypot(c.x - 1330, c.y - 330) / 90), NEON, .34)
    for _ in range(40):
        px, py, size = rng.uniform(1180, 1398), rng.uniform(230, 415), rng.uniform(2, 10)
        tint = NEON if rng.random() < .35 else WARM if rng.random() < .4 else COOL
        c.fill(np.clip(.5 - c.circle(px, py, size) / 4, 0, 1) * inside, tint, float(rng.uniform(.08, .36)))
    for x0, y0, x1, y1 in ((1164, 138, 1178, 432), (1284, 150, 1290, 420), (1164, 284, 1412, 290),
                           (1398, 138, 1412, 432), (1156, 420, 1420, 436)):
        c.shape(c.box(x0, y0, x1, y1), (.015, .020, .036))


def _door(c: Canvas) -> None:
    """The open door: warm light from the stairs, along the floor, and who stands in it."""
    door = c.box(118, 150, 306, FLOOR + 16)
    c.glow(door, WARM, 85, .20)
    c.shape(door, (.95, .66, .32))
    c.fill(cover_of(door) * np.clip((c.y - 150) / 480, 0, 1), (.55, .27, .11), .75)
    c.light(cover_of(door) * np.exp(-np.hypot(c.x - 212, c.y - 150) / 160), WARM, .35)
    slant = (c.y - FLOOR - 16) * .9
    wedge = np.clip(1 - (np.abs(c.x - 214 - slant * .8) - 78 - slant * .45) / 22, 0, 1) * (c.y > FLOOR + 14)
    shadow = np.clip(1 - (np.abs(c.x - 216 - slant * .8) - 34 - slant * .2) / 18, 0, 1)
    c.light(wedge * (1 - .86 * shadow) * np.exp(-(c.y - FLOOR) / 90), WARM, .40)
    lena = standing(c, (214, FLOOR + 18), 398, coat=True)
    c.fill(lena, INK)
    c.light(lit_from(lena, 3, -1) + lit_from(lena, -3, -1), WARM, .42)


def _man_and_machine(c: Canvas) -> None:
    """Vittorio under the hanging lamp, beside the projector."""
    cone = beam_of(c, (702, 92), np.pi / 2, .44, 620)
    c.light(cone, WARM, .34)
    c.light(np.exp(-(((c.x - 720) / 235) ** 2 + ((c.y - 668) / 30) ** 2)) * (c.y > FLOOR), WARM, .22)
    c.shape(c.line((702, 0), (702, 70), 3), INK)
    c.fill(c.outline([(664, 96), (682, 70), (722, 70), (740, 96)], 1), (.03, .026, .026))
    c.shape(c.ellipse(702, 97, 30, 4), (1.0, .86, .60))
    c.glow(c.circle(702, 100, 4), (1.0, .80, .52), 16, .9)
    man = standing(c, (648, 668), 432, coat=False)
    c.fill(man, (.008, .009, .015))
    c.light(lit_from(man, 2, -3) * np.clip(1 - (c.y - 230) / 330, 0, 1), WARM, .55)
    machine = np.maximum.reduce([cover_of(one) for one in (
        c.box(820, 545, 910, 700, 4), c.box(772, 360, 982, 550, 18), c.box(978, 432, 1050, 474, 8),
        c.line((690, 330), (790, 415), 34), c.line((850, 250), (870, 380), 12), c.line((985, 270), (950, 380), 12))])
    c.fill(machine, (.010, .012, .020))
    c.light(lit_from(machine, -2, -3) * np.clip(1 - np.abs(c.x - 760) / 420, 0, 1), WARM, .42)
    for y in (402, 424, 446):
        c.shape(c.box(802, y, 872, y + 6, 3), (.05, .045, .045))


def booth(rng: np.random.Generator) -> Painter:
    """The painter of the shot: the camera goes from the door to the machine."""
    c = Canvas(1490, HEIGHT + 2)
    _room(c, rng)
    _door(c)
    _man_and_machine(c)
    cone = beam_of(c, (702, 92), np.pi / 2, .44, 620)
    layers = np.concatenate([c.image, cone[..., None]], axis=2)
    dust, rain = Dust(rng, 70, (560, 120, 850, 620)), Rain(rng, 46, .02)

    def paint(moment: Moment) -> Image:
        view = View(6 + 186 * eased(moment.part), .5)
        both = seen(layers, view)
        image, light = np.ascontiguousarray(both[..., :3]), both[..., 3]
        swing = .03 * np.sin(moment.time * 1.3)
        spot(image, view.at(702, 104), 60, WARM, .16 + swing)
        left, top = view.at(1178, 150)
        rain.paint(image, moment.time, (left, top, left + 220, top + 268), (COOL, .22))
        spot(image, view.at(1330, 330), 70, NEON, .06 * (1 + np.sin(moment.time * 2.6)))
        reel(image, view.at(846, 230), 104, .3, (INK, WARM, .55, -2.4))
        reel(image, view.at(992, 258), 82, 1.1, (INK, WARM, .40, -2.6))
        dust.paint(image, moment.time, light, view, WARM)
        return image

    return paint
