"""What the last mix decided and the next one holds: its gain and the fits of its takes.

As on a desk, where nobody moves the master fader or another line's equaliser for one line. It is looked up in the
history: the last mix of the same film sound in the same language, finished alike. A mix that changed nothing is the
same step as that one, and is recalled. Does not judge whether the gain is still good (``media.gain`` does).
"""

from __future__ import annotations

import json

from ciak.dubbing.fitting import Fit
from ciak.errors import CiakError
from ciak.project import Entry, Film, Step

__all__ = ["held_fits", "held_gain"]

_SAME = ("loudness", "fit", "fit_recorded", "start", "language")


def held_gain(film: Film, step: Step) -> float | None:
    """The gain in dB that the mix ``step`` (told without it) is to hold; None for the first mix."""
    last = _last(film, step)
    if last is None:
        return None
    before = last.settings.get("held")
    same = {name: value for name, value in last.settings.items() if name != "held"} == dict(step.settings)
    if same and last.inputs == dict(step.inputs):
        return float(before) if isinstance(before, str) else None
    try:
        about = json.loads(film.artefacts.path(last.outputs["about"]).read_bytes())
        return float(about["gain_db"])
    except (CiakError, OSError, ValueError, KeyError, TypeError):
        return None


def held_fits(film: Film, step: Step) -> dict[tuple[str, int], Fit]:
    """The fits of the last mix by a take's sound and place (samples at 48 kHz), for the mix ``step``; a take that was
    not there gets its own."""
    last = _last(film, step)
    if last is None:
        return {}
    placed = last.settings.get("placed")
    found: dict[tuple[str, int], Fit] = {}
    for number, row in enumerate(placed if isinstance(placed, list) else ()):
        match row:
            case [int(start), _, list(bands), int() | float() as decay, int() | float() as wet, _]:
                fit = Fit(tuple(float(str(one)) for one in bands), float(decay), float(wet))
                found[last.inputs.get(f"take{number}", ""), start] = fit
    return found


def _last(film: Film, step: Step) -> Entry | None:
    found = None
    for line in film.history.lines():
        entry = line.entry
        if (entry is not None and entry.kind == "step" and entry.what == step.name and entry.version == step.version
                and all(entry.inputs.get(name) == step.inputs[name] for name in ("dialogue", "music_effects"))
                and all(entry.settings.get(name) == step.settings[name] for name in _SAME)):
            found = entry
    return found
