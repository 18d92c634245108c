"""Shot four: his face and the reels in the dark; then the arc strikes, and everything turns and shines."""

from __future__ import annotations

import numpy as np

from last_reel.camera import View, seen
from last_reel.figures import VITTORIO, lit_from
from last_reel.moment import Moment, Painter
from last_reel.props import Dust, beam_of, reel, spot
from last_reel.shapes import COOL, HEIGHT, INK, WARM, Canvas, Image, blurred, cover_of, eased

__all__ = ["machine"]

LENS = (704, 470)
STEEL = (.010, .012, .021)


def _dark(c: Canvas, rng: np.random.Generator) -> None:
    """The room behind: cool, a last warm lamp far off, which he turns off."""
    c.sky((.034, .052, .098), (.016, .020, .040))
    for _ in range(16):
        x, y, size = rng.uniform(0, c.width), rng.uniform(30, 300), rng.uniform(14, 46)
        c.shape(c.circle(x, y, size), COOL if rng.random() < .7 else WARM, float(rng.uniform(.02, .07)), 8)


def _body(c: Canvas) -> Image:
    """Coverage of the machine around the lens."""
    cover: Image = np.maximum.reduce([cover_of(one) for one in (
        c.box(700, 420, 900, 800, 12), c.box(690, 446, 740, 494, 6), c.box(560, 520, 720, 800, 8),
        c.line((395, 330), (620, 560), 26), c.line((770, 640), (640, 560), 20))])
    return cover


def machine(rng: np.random.Generator) -> Painter:
    """The painter of the shot: a slow pan to his face, and the rack of light when the lamp strikes."""
    c = Canvas(1400, HEIGHT + 2)
    _dark(c, rng)
    body, face = _body(c), c.outline(VITTORIO)
    c.fill(body, STEEL)
    c.light(lit_from(body, -3, -3), COOL, .10)
    c.fill(face, INK)
    c.light(lit_from(face, 4, -2) * np.clip((c.x - 980) / 240, 0, 1), COOL, .22)
    beam = beam_of(c, LENS, np.pi + .06, .22, 950) * (1 - .75 * body)
    edge = lit_from(face, -5, 1) * np.clip(1 - (c.y - 200) / 560, 0, 1)
    cheek = blurred(lit_from(face, -40, 8), 27) * np.clip(1 - (c.y - 180) / 460, 0, 1) * face
    spill = np.exp(-c.circle(*LENS, 20) / 210).clip(0, 1) * (1 - face) * .30 + lit_from(body, 2, -3) * .35
    shine = (edge * .85 + cheek * .30 + spill).astype(np.float32)
    layers = np.concatenate([c.image, beam[..., None], shine[..., None]], axis=2)
    dust = Dust(rng, 130, (10, 300, 700, 640))
    warm = np.asarray(WARM, np.float32)

    def paint(moment: Moment) -> Image:
        view = View(96 - 88 * eased(moment.part), .5)
        both = seen(layers, view)
        image, light, shone = np.ascontiguousarray(both[..., :3]), both[..., 3], both[..., 4]
        arc = moment.lamp * (.90 + .07 * np.sin(moment.frame * 2.1) + .04 * np.sin(moment.frame * .7))
        far = 1 - eased((moment.part - .52) * 11)
        spot(image, view.at(470, 250), 120, WARM, .26 * far)
        reel(image, view.at(395, 330), 268, moment.turned * 1.5, (STEEL, WARM, .18 + .62 * arc, .55))
        reel(image, view.at(770, 640), 128, moment.turned * 3.1, (STEEL, WARM, .12 + .60 * arc, -1.9))
        image += (light * np.float32(.95 * arc))[..., None] * warm
        image += (shone * np.float32(.04 + 1.02 * arc))[..., None] * warm
        if arc > .01:
            spot(image, view.at(*LENS), 36, (1.0, .88, .66), 1.5 * arc)
            spot(image, view.at(*LENS), 110, WARM, .34 * arc)
            dust.paint(image, moment.time, light * np.float32(arc), view, WARM)
        return image

    return paint
