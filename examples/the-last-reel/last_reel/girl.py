"""What the old reel shows: a girl by the sea who lifts her arm and waves. A little film of its own, worn and warm.

:class:`OldFilm` gives its pictures; the shots that show the screen take them from here.
"""

from __future__ import annotations

import numpy as np

from last_reel.camera import View, seen, weave
from last_reel.faces import PRINT
from last_reel.figures import stroke
from last_reel.shapes import HEIGHT, WIDTH, Canvas, Image, blurred, cover_of, eased

__all__ = ["OldFilm"]

_X, _FOOT, _SIZE = 770, 770, 620
"""Where the girl stands, and how tall she is, in the painted picture."""


def _at(x: float, y: float) -> tuple[float, float]:
    return _X + x * _SIZE, _FOOT - y * _SIZE


def _sea(c: Canvas, rng: np.random.Generator) -> None:
    """Sky, low sun, sea, sand."""
    c.sky((.40, .40, .40), (.84, .84, .84))
    clouds = blurred(rng.standard_normal(c.x.shape).astype(np.float32), 181, 25)
    c.image += (clouds / clouds.std() * .045 * np.clip(1 - c.y / 470, 0, 1))[..., None]
    c.light(np.exp(-c.circle(470, 250, 40).clip(0) / 170), (1, 1, 1), .42)
    c.shape(c.circle(470, 250, 40), (1.25, 1.25, 1.25), 1, 6)
    sea = np.clip((c.y - 452) / 2, 0, 1) * np.clip((662 - c.y) / 2, 0, 1)
    c.fill(sea, (.20, .20, .20))
    c.fill(np.clip((c.y - 660 - 7 * np.sin(c.x / 90)) / 3, 0, 1), (.42, .42, .42))
    c.light(np.exp(-np.abs(c.y - 661 - 7 * np.sin(c.x / 90)) / 3), (1, 1, 1), .30)


def _body(c: Canvas) -> Image:
    """Coverage of the girl without the arm that waves; hat, hair and dress are laid on as she is drawn."""
    dress = [_at(*one) for one in ((-.085, .79), (-.03, .80), (.03, .80), (.085, .79), (.080, .68), (.058, .60),
                                   (.11, .46), (.20, .27), (.10, .245), (.0, .262), (-.10, .24), (-.15, .27),
                                   (-.10, .46), (-.062, .60), (-.083, .68))]
    limbs = [c.line(_at(-.035, .28), _at(-.045, .02), 21), c.line(_at(.04, .28), _at(.05, .015), 21),
             c.line(_at(-.045, .02), _at(-.085, .008), 14), c.line(_at(.05, .015), _at(.01, .003), 14),
             c.line(_at(0, .84), _at(0, .79), 24), c.line(_at(.07, .77), _at(.118, .64), 20),
             c.line(_at(.118, .64), _at(.085, .53), 17)]
    skin = np.maximum.reduce([*(cover_of(one) for one in limbs), cover_of(c.ellipse(*_at(0, .885), 33, 41))])
    hair = c.outline([_at(*one) for one in ((-.058, .93), (0, .965), (.058, .93), (.075, .87), (.085, .79), (.05, .77),
                                            (.045, .84), (-.045, .85), (-.06, .87))])
    cloth = c.outline(dress)
    c.fill(skin, (.085, .085, .085))
    c.fill(cloth, (.40, .40, .40))
    c.fill(cloth * np.clip((c.x - _X) / 90 + .2, 0, 1), (.17, .17, .17), .75)
    folds = np.sin((c.x - _X) / 13 + (c.y - 400) * (c.x - _X) / 9000) * np.clip((c.y - 410) / 150, 0, 1)
    c.image *= (1 + .16 * folds * cloth)[..., None]
    c.fill(hair, (.055, .055, .055))
    hat = np.maximum(cover_of(c.ellipse(*_at(-.004, .944), 76, 13)), c.outline([_at(*one) for one in (
        (-.056, .94), (-.05, .985), (-.02, 1.0), (.02, 1.0), (.05, .985), (.056, .94))]))
    c.fill(hat, (.25, .25, .25))
    c.fill(cover_of(c.box(_X - 36, _FOOT - .966 * _SIZE, _X + 36, _FOOT - .95 * _SIZE)), (.07, .07, .07))
    cover: Image = np.maximum.reduce([skin, cloth, hair, hat])
    return cover


class OldFilm:
    """Pictures of the old reel. The same frame gives the same picture, whoever asks. ``gate``: the light of the
    projector's gate without a film in it, (720, 1280, 3)."""

    def __init__(self, rng: np.random.Generator) -> None:
        c = Canvas(WIDTH + 48, HEIGHT + 48)
        _sea(c, rng)
        girl = _body(c)
        shadow = np.exp(-(((c.x - _X - 120) / 150) ** 2 + ((c.y - _FOOT + 4) / 9) ** 2))
        c.image *= (1 - .5 * shadow * (c.y > 660))[..., None]
        edge = np.clip(girl - np.roll(girl, (2, 5), axis=(0, 1)), 0, 1)
        c.light(edge, (1, 1, 1), .55)
        self._still = c.image
        self._glints = rng.uniform((40, 462, 0), (1240, 640, 6.3), (170, 3))
        gate = Canvas(WIDTH, HEIGHT)
        frame = gate.box(14, 12, WIDTH - 14, HEIGHT - 12, 40)
        worn = 1 - .50 * np.clip(np.hypot((gate.x - 640) / 760, (gate.y - 360) / 470), 0, 1.2) ** 3
        self.gate: Image = (cover_of(frame, 5) * worn).astype(np.float32)[..., None] * np.asarray(PRINT, np.float32)

    def picture(self, frame: int, time: float) -> Image:
        """The picture at a frame of the show; ``time``: seconds since the girl was first seen."""
        dx, dy = weave(frame, 1.5)
        view = View(24 + dx, 24 + dy)
        image = seen(self._still, view)
        for x, y, phase in self._glints:
            shine = max(0.0, float(np.sin(time * 3.1 + phase * 5))) ** 3
            if shine > .1:
                wide = 3 + (y - 450) * .05
                px, py = view.at(x, y)
                stroke(image, (px - wide, py), (px + wide, py), 1.6 + (y - 450) * .006, [.30 + .62 * shine] * 3)
        self._arm(image, view, time)
        for n in range(3):
            sway = np.sin(time * 5 - n * .8) * 5 * (n + 1)
            a, b = _at(.05 + n * .035, .955 - n * .012), _at(.085 + n * .035, .945 - n * .014)
            stroke(image, view.at(a[0], a[1] + sway * .6), view.at(b[0], b[1] + sway), 6 - n, (.07, .07, .07))
        self._wear(image, frame)
        image *= self.gate * np.float32(.93 + .05 * np.sin(frame * 2.6) + .03 * np.sin(frame * 1.13))
        return image

    @staticmethod
    def _arm(image: Image, view: View, time: float) -> None:
        """The arm goes up in the first second, then the hand swings."""
        lift = eased(time / .9)
        wave = np.sin(time * 6.2) * .42 * eased((time - .6) * 2)
        shoulder = (-.068, .768)
        up = -1.25 + 1.62 * lift
        elbow = (shoulder[0] - .135 * np.cos(up), shoulder[1] + .135 * np.sin(up))
        over = up + .85 * lift + wave
        hand = (elbow[0] - .135 * np.cos(over), elbow[1] + .135 * np.sin(over))
        tip = (hand[0] - .040 * np.cos(over + wave * .6), hand[1] + .040 * np.sin(over + wave * .6))
        dark = (.08, .08, .08)
        for a, b, width in ((shoulder, elbow, 22), (elbow, hand, 18), (hand, tip, 22)):
            stroke(image, view.at(*_at(*a)), view.at(*_at(*b)), width, dark)

    @staticmethod
    def _wear(image: Image, frame: int) -> None:
        """Scratches that stay a while, specks that do not."""
        lots = np.random.default_rng(frame // 5)
        for x in lots.uniform(60, WIDTH - 60, int(lots.integers(0, 4))):
            column = int(x + 3 * np.sin(frame * .9))
            image[:, column] += np.float32(lots.choice([-.22, .20]))
        lots = np.random.default_rng(frame + 9000)
        for x, y, size, tone in lots.uniform((40, 40, 1.5, -.4), (WIDTH - 40, HEIGHT - 40, 6, .5), (6, 4)):
            stroke(image, (x, y), (x + size, y + size * tone * 3), size * .8, [.06 if tone < .25 else 1.0] * 3)
