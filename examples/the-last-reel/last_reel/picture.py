"""The whole picture: each shot's painter asked for each of its frames, printed, faded in and out.

Two frames are painted at a time (numpy lets go of the interpreter while it works); they come out in order and are
the same whatever the number of threads.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from last_reel.beam import beam
from last_reel.booth import booth
from last_reel.camera import printed
from last_reel.faces import faces
from last_reel.hall import hall
from last_reel.machine import machine
from last_reel.moment import Painter
from last_reel.screen import screen
from last_reel.shapes import HEIGHT, WIDTH, Image
from last_reel.street import street
from last_reel.timing import Plan, PlannedShot
from last_reel.tin import tin

__all__ = ["PAINTERS", "drawn", "frame_of", "grain_of"]

PAINTERS: dict[str, Callable[[np.random.Generator], Painter]] = {
    "street": street, "booth": booth, "tin": tin, "machine": machine, "beam": beam, "faces": faces, "screen": screen,
    "hall": hall}
_FADE_IN, _FADE_OUT, _AHEAD = 30, 46, 4


def grain_of(seed: int) -> Image:
    """The film's grain, larger than the frame so that it can lie elsewhere on each."""
    return np.random.default_rng(seed).normal(0, 2.6, (HEIGHT + 64, WIDTH + 64, 1)).astype(np.float32)


def frame_of(plan: Plan, shot: PlannedShot, frame: int, paint: Painter, grain: Image) -> NDArray[np.uint8]:
    """Frame ``frame`` of a shot as it is seen: uint8 RGB, (720, 1280, 3)."""
    place = shot.first + frame
    fade = min(1.0, (place + 1) / _FADE_IN, (plan.frames - place) / _FADE_OUT)
    lots = np.random.default_rng(place)
    return printed(paint(plan.moment(shot, frame)), fade, grain, (int(lots.integers(64)), int(lots.integers(64))))


def drawn(plan: Plan, seed: int, threads: int = 2) -> Iterator[NDArray[np.uint8]]:
    """All frames of the film in order."""
    grain = grain_of(seed)
    with ThreadPoolExecutor(threads) as pool:
        for number, shot in enumerate(plan.shots):
            paint = PAINTERS[shot.name](np.random.default_rng((seed, number)))
            waiting: deque[Future[NDArray[np.uint8]]] = deque()
            for frame in range(shot.end - shot.first):
                waiting.append(pool.submit(frame_of, plan, shot, frame, paint, grain))
                if len(waiting) > _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
