"""Shot six: two faces at the little window of the projection room, and the light of the screen on them."""

from __future__ import annotations

import numpy as np

from last_reel.camera import View, seen
from last_reel.figures import LENA, VITTORIO, lit_from
from last_reel.moment import Moment, Painter
from last_reel.props import Dust, beam_of
from last_reel.shapes import COOL, HEIGHT, WIDTH, Canvas, Image, Points, blurred, cover_of, eased

__all__ = ["PRINT", "faces"]

PRINT = (1.0, .80, .52)
"""The colour of light that comes back from the old film."""


def _placed(points: Points, dx: float, dy: float, size: float) -> Points:
    return [(x * size + dx, y * size + dy) for x, y in points]


def _relief(cover: Image) -> Image:
    """Light from the left on a head: a sharp edge, a soft cheek."""
    sharp, soft = lit_from(cover, -4, 1), blurred(lit_from(cover, -22, 5), 15)
    wide = blurred(lit_from(cover, -64, 12), 45)
    relief: Image = (.62 * sharp + .22 * soft + .10 * wide) * cover
    return relief


def faces(rng: np.random.Generator) -> Painter:
    """The painter of the shot: a slow push to the two."""
    c = Canvas(1440, 812)
    c.sky((.026, .024, .036), (.016, .015, .024))
    for _ in range(22):
        x, y, size = rng.uniform(560, 1440), rng.uniform(20, 420), rng.uniform(16, 60)
        tint = (1.0, .62, .30) if rng.random() < .75 else COOL
        c.shape(c.circle(x, y, size), tint, float(rng.uniform(.03, .10)), 7)
    c.light(np.exp(-np.hypot(c.x - 1180, c.y - 150) / 260), (1.0, .52, .22), .13)
    wall = cover_of(c.box(-20, -20, 214, 850), 4)
    port = c.box(-60, 190, 172, 600, 8)
    c.fill(wall, (.010, .010, .016))
    glow = np.exp(-np.maximum(port, 0) / 60) * .30 + cover_of(port, 3) * (.66 + .34 * np.clip((c.y - 190) / 410, 0, 1))
    old = c.outline(_placed(VITTORIO, -20, 66, .92))
    young = c.outline(_placed(LENA, -66, 22, .98))
    young = np.maximum(young, cover_of(c.ellipse(644, 500, 44, 56)))
    shine = beam_of(c, (150, 400), 0, .50, 620) * .20 + glow
    c.fill(old, (.010, .009, .013))
    c.light(lit_from(old, 4, -3), (1.0, .58, .28), .30)
    light = shine * (1 - old) + _relief(old) * .8
    c.fill(young, (.010, .009, .014))
    c.light(lit_from(young, 4, -3), (1.0, .58, .28), .24)
    light = light * (1 - young) + _relief(young)
    clear = (1 - np.maximum(old, young)) * beam_of(c, (150, 400), 0, .50, 700)
    layers = np.concatenate([c.image, np.stack([light, clear], axis=2)], axis=2).astype(np.float32)
    dust = Dust(rng, 90, (180, 200, 900, 640))
    warm = np.asarray(PRINT, np.float32)

    def paint(moment: Moment) -> Image:
        zoom = .905 + .10 * eased(moment.part)
        view = View((1440 - WIDTH / zoom) * .42, (812 - HEIGHT / zoom) * .40, zoom)
        both = seen(layers, view)
        image = np.ascontiguousarray(both[..., :3])
        scene = .86 + .07 * np.sin(moment.frame * 2.3) + .05 * np.sin(moment.frame * .9)
        scene += .10 * np.sin(moment.time * 1.1)
        image += (both[..., 3] * np.float32(scene))[..., None] * warm
        dust.paint(image, moment.time, both[..., 4], view, PRINT)
        return image

    return paint
