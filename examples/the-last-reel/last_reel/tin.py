"""Shot three: from the wet window down to a round tin under the lamp, and the name on its label."""

from __future__ import annotations

import numpy as np

from last_reel.camera import View, seen
from last_reel.moment import Moment, Painter
from last_reel.props import Dust, Rain, beam_of, lettered, spot
from last_reel.shapes import COOL, INK, WARM, WIDTH, Canvas, Image, blurred, cover_of, eased
from last_reel.street import NEON

__all__ = ["tin"]

CX, CY, RX, RY = 690, 820, 345, 148


def _window(c: Canvas, rng: np.random.Generator) -> None:
    """The night behind, out of focus."""
    c.sky((.028, .046, .095), (.020, .026, .050))
    for _ in range(46):
        x, y, size = rng.uniform(0, c.width), rng.uniform(10, 470), rng.uniform(12, 46)
        tint = NEON if rng.random() < .3 else WARM if rng.random() < .45 else COOL
        disc = c.circle(x, y, size)
        c.light(cover_of(disc, 5) * (.75 + .25 * np.clip(1 + disc / 6, 0, 1)), tint, float(rng.uniform(.03, .13)))
    c.shape(c.box(612, -10, 636, 540), (.010, .014, .026), 1, 6)
    c.shape(c.box(-10, 520, c.width + 10, 548), (.014, .018, .032), 1, 6)


def _table(c: Canvas, rng: np.random.Generator) -> Image:
    """The table in the lamp's light; gives the lamp's pool, for what lies on it."""
    edge = np.clip((c.y - 590) / 3, 0, 1)
    pool: Image = np.exp(-(((c.x - CX) / 430) ** 2 + ((c.y - CY) / 190) ** 2) * .8).astype(np.float32)
    wood = blurred(rng.standard_normal(c.x.shape).astype(np.float32), 61, 3)
    wood = 1 + .16 * wood / float(wood.std())
    c.fill(edge, (.012, .011, .012))
    c.light(edge * pool * wood, (.62, .34, .15), .50)
    return pool


def _tin(c: Canvas, pool: Image) -> None:
    """The tin: shadow, wall, lid, rings, label."""
    shadow = np.exp(-np.maximum(c.ellipse(CX + 46, CY + 74, RX, RY), 0) / 26)
    c.image *= (1 - .82 * shadow * (c.y > 590))[..., None]
    wall = np.maximum(cover_of(c.ellipse(CX, CY + 58, RX, RY)), cover_of(c.box(CX - RX, CY, CX + RX, CY + 58)))
    shine = np.clip(np.cos((c.x - CX + 90) / RX * 1.5), 0, 1) ** 3 + .7 * np.exp(-((c.x - CX - 230) / 26) ** 2)
    c.fill(wall, (.020, .020, .024))
    c.light(wall * shine, (.86, .66, .44), .24)
    lid = c.ellipse(CX, CY, RX, RY)
    c.fill(cover_of(lid), (.115, .105, .098))
    angle = np.arctan2((c.y - CY) * RX / RY, c.x - CX)
    sheen = np.abs(np.cos(angle * 1 + .5)) ** 6 + .6 * np.abs(np.cos(angle + 1.6)) ** 14
    c.light(cover_of(lid) * (.30 + .70 * sheen) * pool, (.95, .76, .52), .44)
    for inset in (5, 26, 40):
        ring = np.abs(c.ellipse(CX, CY, RX - inset, RY - inset * .43))
        c.light(np.exp(-ring / 1.3) * (.3 + .7 * np.clip(np.sin(-angle), 0, 1)), (1.0, .84, .60), .34)
    c.light(np.exp(-np.abs(c.ellipse(CX, CY + 2, RX, RY)) / 1.6) * np.clip(np.sin(-angle - .3), 0, 1), WARM, .5)
    paper = c.outline([(CX - 196, CY - 42), (CX + 196, CY - 42), (CX + 214, CY + 56), (CX - 214, CY + 56)], 0)
    c.fill(paper, (.74, .58, .36))
    c.fill(paper * np.clip((c.x - CX) / 420 + .15, 0, 1), (.40, .27, .14), .7)
    words = np.minimum(lettered(c, "FOR", (CX - 46, CY - 30), (24, 22), (36, 0), 3),
                       lettered(c, "VITTORIO", (CX - 164, CY + 4), (30, 36), (43, 0), 4.2))
    c.shape(words, (.10, .055, .045), .88, 1.6)
    c.shape(c.line((CX - 150, CY + 49), (CX + 165, CY + 47), 2), (.10, .055, .045), .5, 1.6)


def _hand(c: Canvas) -> None:
    """Her hand on the rim of the tin, dark against the light."""
    arm = c.outline([(-40, 1010), (70, 905), (190, 836), (300, 800), (352, 806), (368, 838), (340, 872), (250, 905),
                     (170, 960), (110, 1100), (-60, 1120)])
    fingers = [((318, 812), (420, 786), 30), ((424, 786), (470, 800), 25), ((330, 836), (440, 826), 31),
               ((440, 826), (488, 842), 26), ((330, 858), (430, 862), 29), ((430, 862), (472, 880), 24),
               ((300, 800), (352, 758), 30), ((352, 758), (398, 752), 24)]
    hand = np.maximum.reduce([arm, *(cover_of(c.line(*finger)) for finger in fingers)])
    soft = blurred(hand, 15)
    c.image *= (1 - .5 * np.roll(soft, (16, 12), axis=(0, 1)) * (c.y > 600))[..., None]
    c.fill(hand, (.016, .012, .013))
    c.light(np.clip(hand - np.roll(hand, (5, 0), axis=(0, 1)), 0, 1), (1.0, .70, .44), .40)
    c.light(hand * np.clip(1 - soft, 0, 1), (1.0, .62, .38), .16)


def tin(rng: np.random.Generator) -> Painter:
    """The painter of the shot: the camera tilts down."""
    c = Canvas(WIDTH + 62, 1052)
    _window(c, rng)
    pool = _table(c, rng)
    _tin(c, pool)
    _hand(c)
    cone = beam_of(c, (CX, 240), np.pi / 2, .62, 900) * np.clip((c.y - 420) / 260, 0, 1)
    c.light(cone, WARM, .06)
    c.image[:6] = c.image[6]
    layers = np.concatenate([c.image, cone[..., None]], axis=2)
    dust, rain = Dust(rng, 80, (300, 480, 1100, 980)), Rain(rng, 40, .03)

    def paint(moment: Moment) -> Image:
        part = eased(moment.part * 1.25)
        view = View(20 + 14 * part, 40 + 286 * part)
        both = seen(layers, view)
        image, light = np.ascontiguousarray(both[..., :3]), both[..., 3]
        rain.paint(image, moment.time, (0, 0, WIDTH, max(0.0, 520 - view.top)), (COOL, .16))
        for n in range(7):
            phase = (moment.time * (.05 + .018 * n) + n * .37) % 1
            spot(image, view.at(90 + n * 190 + 9 * np.sin(phase * 20 + n), 60 + phase * 440), 2.6, (.8, .9, 1), .34)
        spot(image, view.at(CX, CY - 60), 210, WARM, .016 * (1 + np.sin(moment.time * 2.2)))
        dust.paint(image, moment.time, light, view, WARM)
        image += INK
        return image

    return paint
