"""Channel matrices: any layout of up to eight channels folded to mono, stereo or 5.1, and back up.

Down to stereo by ITU-R BS.775-4 (annex 4): left + 0.7071 centre + 0.7071 left surround, without LFE and without
normalisation, so that dialogue keeps the level of the centre; the sum may exceed full scale, which float
samples hold. Mono is the mean of left and right of that. Upwards nothing is invented: mono goes to the centre of
5.1 or alike to both of stereo, stereo to the front pair.

Order of 5.1 everywhere in the house: L R C LFE Ls Rs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ciak.errors import BadInput

__all__ = ["LAYOUTS", "matrix"]

LAYOUTS = {1: ("FC",), 2: ("FL", "FR"), 3: ("FL", "FR", "FC"), 4: ("FL", "FR", "BL", "BR"),
           5: ("FL", "FR", "FC", "BL", "BR"), 6: ("FL", "FR", "FC", "LFE", "BL", "BR"),
           7: ("FL", "FR", "FC", "LFE", "BC", "SL", "SR"), 8: ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR")}
"""What channels mean when a file only counts them."""

_HALF = 0.5**0.5
_LEFT = {"FL": 1.0, "FC": _HALF, "BL": _HALF, "SL": _HALF, "FLC": 1.0, "BC": 0.5, "WL": 1.0, "TFL": _HALF}
_RIGHT = {"FR": 1.0, "FC": _HALF, "BR": _HALF, "SR": _HALF, "FRC": 1.0, "BC": 0.5, "WR": 1.0, "TFR": _HALF}
_FIVE_ONE = {"FL": 0, "FR": 1, "FC": 2, "LFE": 3, "BL": 4, "BR": 5, "SL": 4, "SR": 5}


def matrix(names: tuple[str, ...], channels: int) -> NDArray[np.float32]:
    """Float32 of shape (len(names), channels): ``samples @ matrix`` has ``channels`` channels.

    ``names``: libav's short channel names; unknown ones are taken by number (:data:`LAYOUTS`), and beyond eight
    all channels are spread evenly. Raises :class:`BadInput` for a target that is not 1, 2 or 6, unless it is the
    source's own number, which changes nothing.
    """
    count = len(names)
    if channels == count and (channels > 2 or set(names) <= {"FC", "FL", "FR"} or "FL" not in names):
        return np.eye(count, dtype=np.float32)
    if not set(names) <= set(_LEFT) | set(_RIGHT) | {"LFE"}:
        names = LAYOUTS.get(count, names)
    if channels == 6:
        result = np.zeros((count, 6), np.float32)
        for row, name in enumerate(names):
            if name in _FIVE_ONE:
                result[row, _FIVE_ONE[name]] = 1
            else:
                result[row, 0], result[row, 1] = _LEFT.get(name, 0) * _HALF, _RIGHT.get(name, 0) * _HALF
        return result
    if channels not in (1, 2):
        raise BadInput(f"sound can be had in 1, 2 or 6 channels, not {channels}")
    if names == ("FC",):
        return np.ones((1, channels), np.float32)
    if count > 8 and not set(names) & {"FL", "FR"}:
        return np.full((count, channels), 1 / count, np.float32)
    stereo = np.array([[_LEFT.get(name, 0.0), _RIGHT.get(name, 0.0)] for name in names], np.float32)
    return stereo if channels == 2 else stereo.mean(axis=1, keepdims=True)
