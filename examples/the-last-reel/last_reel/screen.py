"""Shot seven: the screen, full frame. The girl by the sea lifts her arm."""

from __future__ import annotations

import numpy as np

from last_reel.camera import View, seen
from last_reel.girl import OldFilm
from last_reel.moment import Moment, Painter
from last_reel.shapes import HEIGHT, WIDTH, Image, eased

__all__ = ["screen"]


def screen(rng: np.random.Generator) -> Painter:
    """The painter of the shot: the film itself, and a slow push to her."""
    film = OldFilm(rng)

    def paint(moment: Moment) -> Image:
        zoom = 1.01 + .10 * eased(moment.part)
        view = View((WIDTH - WIDTH / zoom) * .72, (HEIGHT - HEIGHT / zoom) * .35, zoom)
        image = seen(film.picture(moment.frame, moment.time), view)
        image += np.asarray((.006, .006, .010), np.float32)
        return image

    return paint
