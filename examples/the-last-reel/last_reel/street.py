"""Shot one: the cinema in the rain, a neon sign and its reflection, a woman who walks to the door."""

from __future__ import annotations

import numpy as np

from last_reel.camera import View, seen
from last_reel.figures import walker
from last_reel.moment import Moment, Painter
from last_reel.props import Rain, lettered, spot
from last_reel.shapes import COOL, HEIGHT, INK, WARM, WIDTH, Canvas, Image, blurred, cover_of, eased

__all__ = ["street"]

NEON = (1.0, .22, .13)
GROUND = 650


def _houses(c: Canvas, rng: np.random.Generator) -> None:
    c.sky((.016, .030, .070), (.075, .105, .180))
    sky = c.image.copy()
    for left, right, top, tone in ((-10, 210, 260, .7), (200, 425, 190, .85), (1115, 1300, 230, .8),
                                   (1290, 1450, 300, .6)):
        c.shape(c.box(left, top, right, GROUND), (.030 * tone, .042 * tone, .078 * tone))
        for y in range(top + 40, GROUND - 120, 78):
            for x in range(left + 36, right - 50, 62):
                lit = rng.random() < .09
                c.shape(c.box(x, y, x + 26, y + 42), WARM if lit else (.012, .018, .036), .35 if lit else .9)
    c.shape(c.box(430, 120, 1110, GROUND), (.032, .041, .074))
    for y in (120, 132, 428):
        c.shape(c.box(420, y, 1120, y + 7), (.062, .076, .120))
    for x in range(610, 1080, 118):
        c.shape(c.box(x, 190, x + 64, 350, 30), (.014, .020, .040))
    built = np.any(c.image != sky, axis=2, keepdims=True)
    c.plaster(rng, 7, .07)
    c.image[:] = np.where(built, c.image, sky)


def _front(c: Canvas) -> None:
    """The lit window, the canopy with its bulbs, the doors, the neon."""
    window = c.box(964, 220, 1030, 330, 30)
    c.glow(window, WARM, 46, .16)
    c.shape(window, (.95, .66, .30))
    c.shape(c.ellipse(1003, 268, 11, 14), INK)
    c.fill(c.outline([(975, 331), (980, 300), (996, 284), (1010, 284), (1024, 300), (1030, 331)]), INK)
    c.shape(c.box(995, 220, 998, 331), INK)
    doors = c.box(650, 515, 920, GROUND)
    c.glow(doors, WARM, 70, .22)
    c.shape(doors, (.90, .60, .27))
    c.fill(np.clip((c.y - 520) / 140, 0, 1) * cover_of(doors), (.52, .26, .10), .8)
    for x in range(650, 930, 54):
        c.shape(c.box(x - 4, 515, x + 4, GROUND), INK)
    c.shape(c.box(655, 585, 915, 589), INK, .8)
    c.shape(c.box(560, 452, 1010, 512, 3), (.060, .040, .045))
    c.light(np.clip((c.y - 470) / 46, 0, 1) * cover_of(c.box(560, 452, 1010, 512)), WARM, .16)
    for x in range(572, 1006, 24):
        c.glow(c.circle(x, 512, 2.5), (1.0, .80, .50), 6, .75)
    letters = lettered(c, "CINEMA", (490, 166), (34, 36), (0, 46), 5)
    c.shape(c.box(468, 146, 546, 444, 6), (.020, .018, .030))
    c.glow(letters, NEON, 34, .34)
    c.glow(letters, NEON, 9, .85)
    c.shape(letters + 1.2, (1.0, .72, .62))


def _wet(c: Canvas, rng: np.random.Generator) -> None:
    """The street below ``GROUND`` mirrors what stands above it, drawn long and broken by ripples."""
    deep = c.height - GROUND
    mirror = c.image[GROUND - deep * 2:GROUND][::-1]
    mirror = np.concatenate([mirror[::2], mirror[-1:]], axis=0)[:deep]
    ripple = blurred(rng.standard_normal((deep, c.width)).astype(np.float32), 41, 3)
    rows = np.clip(np.arange(deep)[:, None] + ripple / ripple.std() * 5, 0, deep - 1).astype(int)
    mirror = blurred(mirror[rows, np.arange(c.width)[None]], 5, 13)
    fall = np.linspace(.62, .28, deep, dtype=np.float32)[:, None, None]
    c.image[GROUND:] = mirror * fall + np.asarray((.010, .015, .030), np.float32)
    c.shape(c.box(-5, GROUND - 3, c.width + 5, GROUND + 2), (.055, .060, .085))


def street(rng: np.random.Generator) -> Painter:
    """The painter of the shot: a slow push towards the canopy."""
    c = Canvas(1440, 830)
    _houses(c, rng)
    _front(c)
    _wet(c, rng)
    still = c.image
    near, far = Rain(rng, 120), Rain(rng, 260, -.08)
    splashes = rng.uniform((0, GROUND + 6, 0), (1440, 826, 1), (150, 3))

    def paint(moment: Moment) -> Image:
        zoom = .90 + .11 * eased(.1 + .9 * moment.part)
        view = View((1440 - WIDTH / zoom) * .56, (830 - HEIGHT / zoom) * .62, zoom)
        image = seen(still, view)
        buzz = .10 * (np.sin(moment.frame * 1.9) > .93) + .03 * np.sin(moment.frame * .9)
        spot(image, view.at(508, 300), 90 * zoom, NEON, .10 - buzz)
        for x, y, phase in splashes:
            age = (moment.time * 1.7 + phase) % 1
            if age < .3:
                spot(image, view.at(x, y), 1.6 + 5 * age, COOL, .32 * (1 - age / .3))
        x = 318 + 235 * moment.part
        walker(image, view.at(x, GROUND + 34), 150 * zoom, x / 33, (1.0, .55, .32))
        far.paint(image, moment.time, (0, 0, WIDTH, HEIGHT), (COOL, .085))
        near.paint(image, moment.time * 1.5, (0, 0, WIDTH, HEIGHT), (COOL, .20))
        return image

    return paint
