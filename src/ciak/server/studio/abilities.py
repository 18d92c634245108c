"""What the chosen backends can do, for the page that starts work. Asked once a process: loading them takes time."""

from __future__ import annotations

from ciak import __version__
from ciak.backends.registry import resolve
from ciak.config import Settings
from ciak.errors import CiakError
from ciak.server.studio.house_views import SettingsView, VoiceView

__all__ = ["abilities"]


_KNOWN: dict[tuple[str, str], SettingsView] = {}


def abilities(settings: Settings) -> SettingsView:
    """Languages, voices and pairs of the backends that ``settings`` choose; asked anew while something is absent."""
    key = (settings.backends["translator"], settings.backends["voice"])
    found = _KNOWN.get(key) or _asked(settings)
    if not found.problem:
        _KNOWN[key] = found
    return found


def _asked(settings: Settings) -> SettingsView:
    pairs: tuple[tuple[str, str], ...] = ()
    voices: tuple[VoiceView, ...] = ()
    problem = ""
    try:
        pairs = tuple(sorted(resolve("translator", settings).pairs()))
    except CiakError as error:
        problem = str(error)
    try:
        voices = tuple(VoiceView(id=one.id, language=one.language, sex=str(one.sex))
                       for one in resolve("voice", settings).stock())
    except CiakError as error:
        problem = problem or str(error)
    spoken = tuple(sorted({one.language.split("-")[0] for one in voices}))
    return SettingsView(version=__version__, pairs=pairs, spoken=spoken, voices=voices, problem=problem)

