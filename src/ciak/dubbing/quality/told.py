"""What the quality check tells: a check of the film or of a line, and the whole, as ``ciak qc --json`` writes it.

A check has a value, what it is held to, whose rule that is, and a verdict. ``basis`` says where the value is from: read
again from the delivered files (``delivered``) or the film's own sounds (``film``), or told by its papers (``told``).
What cannot be said is ``not measured``, with the reason; it is never a number. Codes and reasons are stable; their
words are in ``words.toml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field

from ciak.film.model import FilmModel

__all__ = ["NOTHING", "Basis", "Check", "LineQuality", "Quality", "Verdict", "between", "unmeasured", "worst"]

NOTHING: Mapping[str, str | float] = MappingProxyType({})


class Verdict(StrEnum):
    """What a check comes to."""

    OK = "ok"
    LOOK = "look"
    """A person should look or listen; it may be right."""
    FAIL = "fail"
    UNMEASURED = "not measured"


_GRAVITY = {Verdict.FAIL: 3, Verdict.LOOK: 2, Verdict.UNMEASURED: 1, Verdict.OK: 0}


class Basis(StrEnum):
    """Where a value comes from."""

    DELIVERED = "delivered"
    FILM = "film"
    TOLD = "told"


class Check(FilmModel):
    """One check. ``least`` and ``most``: the limits of a number, in ``unit``; ``source``: who set them; ``why``: a
    reason by its code, with what it names in ``details``."""

    code: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    verdict: Verdict
    value: float | int | str | None = None
    unit: str = ""
    least: float | None = None
    most: float | None = None
    source: str = ""
    basis: Basis = Basis.TOLD
    why: str = ""
    details: dict[str, str | float] = Field(default_factory=dict)


class LineQuality(FilmModel):
    """A line with its checks, and what is known of it without a limit: who speaks it, with which voice, whose words."""

    id: str
    character: str
    name: str
    """Of the character, as people call it."""
    named_by: str
    """``person`` where a person set the cast's row, else ``machine``."""
    timecode: str
    start: float
    """Seconds of film time."""
    text: str
    kind: str
    """Of the take: ``synthetic``, ``recorded``, ``imported``; empty where the original is heard."""
    voice: str
    likeness: bool = False
    """Whether the voice is a performer's likeness; ``consent``: its number, 0 for none."""
    consent: int = 0
    consent_until: str = ""
    """Last day of the consent; empty: no end."""
    origin: str = ""
    """Whose the words are."""
    confidence: float | None = None
    pitch_likeness: float | None = None
    energy_likeness: float | None = None
    flags: tuple[str, ...] = ()
    verdict: Verdict = Verdict.OK
    checks: tuple[Check, ...] = ()


class Quality(FilmModel):
    """All of a dub's quality. ``lines``: the worst first; ``counts``: how many checks have which verdict."""

    schema_: int = Field(default=1, alias="schema")
    film: str
    source: str
    language: str
    verdict: Verdict
    counts: dict[str, int]
    profile: str
    """Of the subtitles; ``loudness``: of the mix."""
    loudness: str
    checks: tuple[Check, ...]
    lines: tuple[LineQuality, ...]


def worst(checks: Iterable[Check]) -> Verdict:
    """The gravest verdict; what was not measured is no fault."""
    found = max((one.verdict for one in checks), key=_GRAVITY.__getitem__, default=Verdict.OK)
    return Verdict.OK if found is Verdict.UNMEASURED else found


def unmeasured(code: str, why: str, details: Mapping[str, str | float] = NOTHING) -> Check:
    """A check that cannot be made, and why."""
    return Check(code=code, verdict=Verdict.UNMEASURED, why=why, details=dict(details))


def between(value: float, least: float | None = None, most: float | None = None,
            bad: Verdict = Verdict.FAIL) -> Verdict:
    """``bad`` for a value outside its limits."""
    outside = (least is not None and value < least) or (most is not None and value > most)
    return bad if outside else Verdict.OK
