"""Draws the demo's own scene: three shots in and around a projection room at night.

What stands still is painted once per shot; what moves (reels, beam, dust, rain, the leader's hand, grain) is
painted into each frame. Pictures are uint8 RGB of shape (720, 1280, 3). Everything random is drawn from the given
seed. It knows nothing of actors: figures are silhouettes and do not move their lips.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ciak.dubbing.scene_shapes import (
    COOL,
    HEIGHT,
    INK,
    MARGIN,
    WARM,
    WIDTH,
    Canvas,
    Dust,
    Image,
    Points,
    Reel,
    beam_of,
    person,
    travelled,
)

__all__ = ["FPS", "HEIGHT", "WIDTH", "draw_scene"]

FPS = 24

Painter = Callable[[int, float], Image]
"""``paint(frame, part)``: frame of the shot and the part of it gone by, 0 to 1."""


def _booth(rng: np.random.Generator) -> Painter:
    """Shot one: the projection room, the man at the machine, the woman in the door."""
    c = Canvas()
    c.sky((.040, .062, .105), (.022, .030, .055))
    for seam in range(0, WIDTH + MARGIN, 112):
        c.shape(c.box(seam, 0, seam + 2, 600), (.015, .022, .042), .8)
    c.shape(c.box(0, 600, WIDTH + MARGIN, HEIGHT), (.013, .016, .028))
    door = c.box(120, 170, 300, 640)
    c.glow(door, WARM, 90, .20)
    c.shape(door, (.93, .68, .36))
    c.fill(np.where(door < 0, np.clip((c.y - 170) / 470, 0, 1), 0), (.62, .34, .16), .75)
    c.image += (np.clip(1 - np.abs(c.x - 210 - (c.y - 640) * .35) / 130, 0, 1) * (c.y > 640)
                * np.clip(1 - (c.y - 640) / 90, 0, 1) * .22)[..., None] * np.asarray(WARM, np.float32)
    person(c, 214, 640, 400, coat=True, colour=INK)
    for n, (sx, sy) in enumerate([(410, 330), (470, 330), (530, 330), (415, 262), (480, 262)]):
        c.shape(c.box(sx - 26, sy - 8, sx + 26, sy + 8 + n % 2 * 6, 4), (.050, .066, .100))
    c.shape(c.box(380, 342, 570, 348), (.030, .040, .064))
    glass = c.box(1120, 180, 1330, 400, 6)
    c.shape(glass, (.055, .085, .150))
    for _ in range(26):
        x, y, size = rng.uniform(1130, 1325), rng.uniform(250, 392), rng.uniform(3, 9)
        spot = np.where(glass < 0, np.clip(.5 - c.circle(x, y, size) / 4, 0, 1), 0)
        c.fill(spot, WARM if rng.random() < .6 else COOL, float(rng.uniform(.1, .4)))
    bars = ((1112, 172, 1122, 408), (1222, 180, 1227, 400), (1112, 286, 1340, 291), (1112, 400, 1340, 410))
    for x0, y0, x1, y1 in bars:
        c.shape(c.box(x0, y0, x1, y1), (.016, .022, .040))
    person(c, 640, 665, 440, coat=False, colour=INK)
    c.shape(c.line((668, 320), (765, 405), 34), INK)
    c.shape(c.box(790, 540, 900, 690, 4), INK)
    c.shape(c.box(745, 350, 955, 545, 18), INK)
    c.shape(c.box(950, 425, 1020, 468, 8), INK)
    c.glow(c.box(765, 360, 940, 362), WARM, 10, .12)
    for slit in (395, 420, 445):
        c.shape(c.box(780, slit, 850, slit + 7, 3), (.98, .66, .28), .85, 2)
    c.glow(c.box(780, 395, 850, 452), WARM, 34, .16)
    reels = [Reel(770, 240, 104, INK, WARM), Reel(945, 262, 82, INK, WARM)]
    light, still = beam_of(c, (1018, 446), .06, .20, 420), c.image
    dust, rain = Dust(rng, 46, (1025, 380, 1344, 560)), rng.uniform((1125, 180, 200), (1330, 390, 420), (34, 3))

    def paint(frame: int, part: float) -> Image:
        offset, time = part * MARGIN * .9, frame / FPS
        view = travelled(still, offset)
        flicker = .75 + .08 * np.sin(frame * 2.4) + .05 * np.sin(frame * 1.1)
        lit = light[:, int(offset):int(offset) + WIDTH] * np.float32(flicker)
        view += lit[..., None] * np.asarray(WARM, np.float32)
        for x, y, speed in rain:
            top, column = int(180 + (y - 180 + speed * time) % 205), int(x - offset)
            if 0 <= column < WIDTH:
                view[top:min(top + 15, 398), column] += np.float32(.07)
        reels[0].paint(view, time * 1.9, -offset)
        reels[1].paint(view, time * 2.4, -offset)
        dust.paint(view, time, light, -offset)
        return view

    return paint


_PROFILE = [(980, 800), (968, 640), (985, 560), (1040, 520), (1030, 478), (985, 474), (968, 462), (972, 440),
            (962, 428), (968, 414), (950, 404), (956, 388), (975, 360), (968, 322), (975, 286), (930, 276),
            (925, 262), (985, 248), (1010, 204), (1080, 180), (1160, 190), (1210, 240), (1222, 330), (1200, 420),
            (1190, 500), (1260, 560), (1420, 620), (1420, 800)]


def _machine(rng: np.random.Generator) -> Painter:
    """Shot two: the reel turns, close, and the projectionist watches it."""
    c = Canvas()
    c.sky((.030, .046, .082), (.018, .020, .036))
    c.glow(c.circle(560, 420, 60), WARM, 260, .26)
    for _ in range(14):
        x, y, size = rng.uniform(0, WIDTH), rng.uniform(40, 300), rng.uniform(14, 46)
        c.shape(c.circle(x, y, size), COOL if rng.random() < .5 else WARM, float(rng.uniform(.02, .06)), 8)
    light = beam_of(c, (700, 452), np.pi + .10, .26, 900)
    lamp = c.circle(702, 452, 26)
    face = c.outline(_PROFILE)
    rim = np.clip(face - np.roll(face, 5, axis=1), 0, 1) * np.clip(1 - (c.y - 180) / 620, 0, 1)
    still = c.image
    reel, small = Reel(395, 330, 268, (.012, .016, .030), WARM), Reel(770, 640, 120, (.012, .016, .030), WARM)
    dust = Dust(rng, 90, (20, 250, 690, 640))
    ink = np.asarray(INK, np.float32)

    def paint(frame: int, part: float) -> Image:
        offset, time = (1 - part) * MARGIN * .9, frame / FPS
        whole = int(offset)
        view = travelled(still, offset)
        flicker = np.float32(.62 + .10 * np.sin(frame * 2.1) + .05 * np.sin(frame * .7))
        view += (light[:, whole:whole + WIDTH] * flicker)[..., None] * np.asarray(WARM, np.float32)
        reel.paint(view, time * 1.3, -offset)
        small.paint(view, time * 2.6, -offset)
        view += np.exp(-np.maximum(lamp[:, whole:whole + WIDTH], 0) / 30)[..., None] * (
            flicker * np.asarray(WARM, np.float32))
        cover = face[:, whole:whole + WIDTH, None]
        view += (ink - view) * cover
        view += (rim[:, whole:whole + WIDTH] * flicker)[..., None] * np.asarray(WARM, np.float32)
        dust.paint(view, time, light, -offset)
        return view

    return paint


_DIGITS: dict[int, Points] = {
    5: [(.78, 0), (.24, 0), (.20, .44), (.50, .36), (.78, .48), (.85, .68), (.74, .90), (.48, 1), (.15, .92)],
    4: [(.65, 1), (.65, 0), (.1, .68), (.9, .68)],
    3: [(.18, .08), (.42, 0), (.70, .06), (.78, .24), (.66, .42), (.42, .47), (.70, .54), (.84, .72), (.72, .93),
        (.44, 1), (.14, .92)],
    2: [(.16, .22), (.30, .04), (.55, 0), (.78, .12), (.80, .32), (.66, .55), (.14, 1), (.88, 1)],
}


def _hall(rng: np.random.Generator) -> Painter:
    """Shot three: the empty hall, the leader counting down on the screen, the two in the front."""
    c = Canvas()
    c.sky((.020, .028, .050), (.010, .012, .022))
    left, top, right, bottom = 372, 70, 972, 408
    screen = c.box(left, top, right, bottom, 3)
    cx, cy = (left + right) / 2, (top + bottom) / 2
    c.glow(screen, (.80, .86, 1.0), 120, .16)
    for side in (-1, 1):
        for n in range(4):
            x = cx + side * (355 + n * 74)
            c.shape(c.box(x - 20, 30 - n * 20, x + 20, 470 + n * 36), (.085 - n * .014, .018, .022), .9, 30)
    c.shape(screen, (.86, .88, .84))
    inside = np.clip(.5 - screen, 0, 1)
    for radius in (118, 140):
        c.shape(np.abs(c.circle(cx, cy, radius)) - 2, (.10, .11, .12))
    cross = np.clip(1.2 - np.abs(c.y - cy), 0, 1) + np.clip(1.2 - np.abs(c.x - cx), 0, 1)
    c.fill(inside * cross, (.12, .13, .14))
    still, angle = c.image.copy(), np.mod(np.arctan2(c.x - cx, cy - c.y), 2 * np.pi)
    digits = {n: _stroke(c, points, cx - 52, cy - 70, 104, 140) for n, points in _DIGITS.items()}
    front = Canvas()
    shade, near = np.zeros(c.x.shape, np.float32), np.zeros(c.x.shape, np.float32)
    for row in range(5):
        y, pitch = 470 + row * row * 13 + row * 14, 62 + row * 24
        for n in range(-14, 15):
            x = cx + (n + .5 * (row % 2)) * pitch
            back = front.box(x - pitch * .42, y, x + pitch * .42, y + 190, pitch * .17)
            shade = np.maximum(shade, np.clip(.5 - back, 0, 1) * np.float32((row + 1) / 5))
            if row > 1:
                near = np.maximum(near, np.clip(.5 - back, 0, 1))
    heads = np.zeros(c.x.shape, np.float32)
    for x, coat in ((cx - 66, False), (cx + 60, True)):
        heads = np.maximum(heads, np.clip(.5 - front.circle(x, 478, 33), 0, 1))
        body = [(-74, 640), (-70, 548), (-34, 522), (-16, 500), (16, 500), (34, 522), (70, 548), (74, 640)]
        heads = np.maximum(heads, front.outline([(x + px, py) for px, py in body]))
        extra = ([(-40, 455), (0, 438), (40, 455), (46, 520), (30, 544), (-30, 544), (-46, 520)] if coat
                 else [(-38, 462), (-26, 440), (26, 440), (38, 462)])
        heads = np.maximum(heads, front.outline([(x + px, py) for px, py in extra]))
    heads *= 1 - near
    edge = np.clip(heads - np.roll(heads, 4, axis=0), 0, 1)
    rows = np.clip(shade - np.roll(shade, 4, axis=0), 0, 1)
    seat = np.clip(np.ceil(shade), 0, 1)

    def paint(frame: int, part: float) -> Image:
        time, offset = frame / FPS, MARGIN / 2 + 8 * np.sin(part * 3)
        wide = still.copy()
        swept = inside * (angle < (time % 1) * 2 * np.pi)
        wide -= (swept * .20)[..., None]
        number = max(2, 5 - int(time) % 4)
        wide += (np.asarray((.05, .05, .06), np.float32) - wide) * (digits[number] * inside)[..., None]
        flicker = np.float32(.92 + .05 * np.sin(frame * 2.7) + .04 * np.sin(frame * 1.3))
        wide *= 1 - inside[..., None] * (1 - flicker)
        wide += (np.asarray((.012, .015, .026), np.float32) - wide) * seat[..., None]
        wide += (rows * .16 * flicker)[..., None] * np.asarray((.75, .82, 1.0), np.float32)
        wide += (np.asarray((.008, .010, .018), np.float32) - wide) * heads[..., None]
        wide += (edge * .34 * flicker)[..., None] * np.asarray((.80, .86, 1.0), np.float32)
        return travelled(wide, offset)

    return paint


def _stroke(canvas: Canvas, points: Points, x: float, y: float, width: float, height: float) -> Image:
    """Coverage of a digit drawn as one thick line."""
    at = [(x + px * width, y + py * height) for px, py in points]
    distance = np.minimum.reduce([canvas.line(a, b, 17) for a, b in pairwise(at)])
    cover: Image = np.clip(.5 - distance, 0, 1)
    return cover


def draw_scene(lengths: Sequence[int], seed: int) -> Iterator[NDArray[np.uint8]]:
    """The frames of three shots of so many frames each, fading in from and out to black."""
    rng = np.random.default_rng(seed)
    total, done = sum(lengths), 0
    grain = rng.normal(0, 1.1, (HEIGHT + 64, WIDTH + 64, 1)).astype(np.float32)
    y, x = np.mgrid[-1:1:HEIGHT * 1j, -1:1:WIDTH * 1j].astype(np.float32)
    vignette = (1 - .34 * np.clip(x * x * .7 + y * y * .6, 0, 1))[..., None]
    for shot, length in zip((_booth, _machine, _hall), lengths, strict=True):
        paint = shot(rng)
        for frame in range(length):
            image = paint(frame, frame / max(1, length - 1))
            image *= vignette
            fade = min(1.0, (done + 1) / 18, (total - done) / 24)
            # the root is the display's gamma, roughly; a gentle shoulder keeps the lamp from clipping
            bright = np.sqrt(np.maximum(image, 0, out=image), out=image)
            bright *= np.float32(fade * 255) / (1 + .12 * np.square(np.square(bright)))
            gy, gx = rng.integers(0, 64, 2)
            bright += grain[gy:gy + HEIGHT, gx:gx + WIDTH] * np.float32(fade)
            yield np.clip(bright, 0, 255, out=bright).astype(np.uint8)
            done += 1
