"""Shot eight: the hall from behind. The film runs out, the dark, two heads in the front row; then the light again."""

from __future__ import annotations

import numpy as np

from last_reel.camera import View, seen
from last_reel.faces import PRINT
from last_reel.figures import lit_from, seated
from last_reel.girl import OldFilm
from last_reel.moment import Moment, Painter
from last_reel.props import Dust
from last_reel.shapes import HEIGHT, WIDTH, Canvas, Image, blurred, cover_of, eased

__all__ = ["hall"]

LEFT, TOP, WIDE, HIGH = 384, 92, 640, 360
"""The screen: half as large as the frame, so that every second pixel of the film falls on one of its own."""
CX = LEFT + WIDE / 2


def _room(c: Canvas) -> None:
    """Curtains left and right of the screen, the stage, the screen without light."""
    c.sky((.014, .020, .044), (.020, .024, .044))
    for side in (-1, 1):
        for n in range(6):
            x, tone = CX + side * (362 + n * 62), 1 - n * .10
            fold = np.clip(1 - np.abs(c.x - x) / 34, 0, 1)
            c.fill(fold * cover_of(c.box(x - 40, -20, x + 40, 500 + n * 34), 6), (.150 * tone, .022, .030), .85)
    c.shape(c.box(-10, TOP + HIGH + 34, c.width + 10, TOP + HIGH + 60), (.020, .016, .024), 1, 8)
    c.shape(c.box(LEFT - 8, TOP - 8, LEFT + WIDE + 8, TOP + HIGH + 8, 3), (.006, .006, .010))
    screen = c.box(LEFT, TOP, LEFT + WIDE, TOP + HIGH)
    c.shape(screen, (.014, .018, .032))
    c.light(cover_of(screen) * np.exp(-np.hypot((c.x - CX) / 330, (c.y - TOP - 90) / 230)), (.40, .52, .90), .13)


def _front(c: Canvas) -> tuple[Image, Image]:
    """Coverage of seats and heads, and the light of the screen on their edges."""
    cover, rims = np.zeros(c.x.shape, np.float32), np.zeros(c.x.shape, np.float32)
    for row in range(5):
        y, pitch = 500 + row * row * 15 + row * 14, 64 + row * 26
        if row == 1:
            pair = np.maximum(seated(c, CX - 74, y - 34, 36, hair=False), seated(c, CX + 70, y - 34, 36, hair=True))
            rims = rims * (1 - pair) + lit_from(pair, 0, -3) * (c.y < 512) * .62
            cover = np.maximum(cover, pair)
        for n in range(-15, 16):
            x = CX + (n + .5 * (row % 2)) * pitch
            back = cover_of(c.box(x - pitch * .42, y, x + pitch * .42, y + 240, pitch * .17))
            rims = rims * (1 - back) + lit_from(back, 0, -3) * (.34 - .05 * row)
            cover = np.maximum(cover, back)
    far = np.clip(1.15 - np.abs(c.x - CX) / 720, .12, 1)
    return cover, (rims * far).astype(np.float32)


def hall(rng: np.random.Generator) -> Painter:
    """The painter of the shot: the camera draws back, very slowly."""
    c = Canvas(1408, 800)
    _room(c)
    glow = np.exp(-np.maximum(c.box(LEFT, TOP, LEFT + WIDE, TOP + HIGH), 0) / 105) * .30
    across = (c.x - CX) / (54 + 300 * np.clip((c.y + 130) / (TOP + HIGH + 130), 0, 1))
    smoke = blurred(rng.standard_normal(c.x.shape).astype(np.float32), 61, 41)
    fan = np.clip(1.06 - np.abs(across), 0, .12) / .12 * np.exp(-((c.y - 10) / 250).clip(0)) * .16
    fan *= (1 + .14 * smoke / float(smoke.std())).clip(.4, 1.8)
    fan *= 1 - .8 * cover_of(c.box(LEFT, TOP, LEFT + WIDE, TOP + HIGH))
    front, rims = _front(c)
    glow *= 1 - .85 * cover_of(c.box(LEFT, TOP, LEFT + WIDE, TOP + HIGH))
    light = ((glow + fan) * (1 - front) + rims).astype(np.float32)
    c.fill(front, (.010, .011, .019))
    c.light(lit_from(front, 0, -3), (.30, .42, .80), .09)
    still, film, dust = c.image, OldFilm(rng), Dust(rng, 120, (430, 0, 980, 470))
    area, near = (slice(TOP, TOP + HIGH), slice(LEFT, LEFT + WIDE)), front[TOP:TOP + HIGH, LEFT:LEFT + WIDE, None]
    fan3, tint = (fan * (1 - front) * 2.4).astype(np.float32), np.asarray(PRINT, np.float32)

    def paint(moment: Moment) -> Image:
        zoom = 1.075 - .145 * eased(moment.part)
        view = View((1408 - WIDTH / zoom) * .5, (800 - HEIGHT / zoom) * .42, zoom)
        flicker = np.float32(.94 + .045 * np.sin(moment.frame * 2.7) + .03 * np.sin(moment.frame * 1.3))
        lamp = np.float32(moment.lamp)
        wide = still + (light * (lamp * flicker * np.float32(1.1)))[..., None] * tint
        if lamp > 0:
            if moment.again is None:
                shown = film.gate[::2, ::2] * np.float32(.92 * flicker)
            else:
                shown = film.picture(moment.frame, moment.again - 1.2)[::2, ::2]
            target = wide[area]
            target += (shown * lamp) * (1 - near)
        image = seen(wide, view)
        if lamp > .05:
            dust.paint(image, moment.time, seen(fan3, view) * lamp, view, PRINT)
        return image

    return paint
