"""Subtitle profiles: the rules that a client sets, each with its source and date, in versioned files.

A profile is a TOML file: ``name``, ``title``, ``version``, the profile that it ``extends``, a ``language`` where it
is for one, and a table ``[rules.NAME]`` with ``limit``, ``source`` and ``date`` for each rule. Ours lie in
``profiles/``; a person's own is named by its path and may extend one of ours. ``[speeds]`` gives reading speeds of
languages where a profile is for several.

A rule that a profile does not name does not hold. What the rules mean is in :mod:`ciak.dubbing.checking`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from importlib.resources import files
from math import ceil, floor
from pathlib import Path
from typing import Any

from ciak.errors import BadInput, NotFound
from ciak.film import PresenceKind, Rate
from ciak.formats import load, shown

__all__ = ["BASIC", "RULES", "SUNG", "Profile", "Rule", "narrowed", "profile_for", "profile_named", "profiles"]

RULES: dict[str, str] = {
    "lines": "lines of a subtitle, at most",
    "characters": "characters of a line, at most",
    "one-line": "what fits on one line stands on one",
    "shortest": "seconds that a subtitle is shown, at least",
    "longest": "seconds that a subtitle is shown, at most",
    "reading-speed": "characters a second, at most",
    "gap": "frames between two subtitles, at least",
    "chain": "seconds: a smaller gap is closed to the least one",
    "shots": "seconds: what is nearer to a shot change keeps to it",
    "linger": "seconds after the speech that a subtitle stays when nothing asks for more",
    "ellipsis": "how an ellipsis is written",
    "dash": "what begins a line where two people share a subtitle",
    "labels": "what speakers and sounds are put in",
    "italics": "which voices are in italics: where they come from, and what is sung",
    "lyrics": "what a subtitle of what is sung begins and ends with",
    "writing": "subtitles make way for what is written in the picture",
}
"""Every rule that a profile can set, and what its limit is."""
SUNG = "sung"
"""What the rule of italics calls lines that are sung."""
_TEXTS = ("ellipsis", "dash", "labels", "lyrics")
_VOICES = (*PresenceKind, SUNG)
_BUDGET = 65536
_NEAR = Fraction(3, 4)
"""Share of the shots' half second in which a start before a shot change goes to it: 1 to 8 frames of 12."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A limit, and who set it when: for times seconds, for gaps frames, for italics names with commas between."""

    limit: Fraction | str
    source: str
    date: str


@dataclass(frozen=True, eq=False)
class Profile:
    """The rules of a client. Numbers that no rule sets are those that never bind."""

    name: str
    title: str = ""
    version: str = ""
    language: str | None = None
    rules: tuple[tuple[str, Rule], ...] = ()
    speeds: tuple[tuple[str, int], ...] = ()

    @cached_property
    def _known(self) -> dict[str, Rule]:
        return dict(self.rules)

    def _number(self, rule: str, otherwise: int) -> Fraction:
        return Fraction(self._known[rule].limit if rule in self._known else otherwise)

    def has(self, rule: str) -> bool:
        """Whether the profile sets that rule."""
        return rule in self._known

    def text(self, rule: str) -> str | None:
        """The limit of a rule that is written, None where it is not set."""
        return str(self._known[rule].limit) if rule in self._known else None

    @cached_property
    def italics(self) -> frozenset[str]:
        """What is in italics: kinds of presence, and :data:`SUNG`."""
        return frozenset((self.text("italics") or "").split(", ")) - {""}

    @cached_property
    def lines(self) -> int:
        """Lines of a subtitle, at most."""
        return int(self._number("lines", 99))

    @cached_property
    def characters(self) -> int:
        """Characters of a line, at most."""
        return int(self._number("characters", 999))

    @cached_property
    def shortest(self) -> Fraction:
        """Seconds."""
        return self._number("shortest", 0)

    @cached_property
    def longest(self) -> Fraction:
        """Seconds."""
        return self._number("longest", 3600)

    @cached_property
    def linger(self) -> Fraction:
        """Seconds after the speech."""
        return self._number("linger", 0)

    @cached_property
    def gap_frames(self) -> int:
        """Frames between two subtitles, at least."""
        return int(self._number("gap", 0))

    def speed(self, language: str) -> int:
        """Characters a second, at most, in that language."""
        own = dict(self.speeds).get(language.split("-")[0])
        return own or int(self._number("reading-speed", 999))

    def shortest_frames(self, rate: Rate) -> int:
        """Frames that a subtitle is shown, at least one."""
        return max(1, ceil(self.shortest * rate.fps))

    def longest_frames(self, rate: Rate) -> int:
        """Frames that a subtitle is shown, at most."""
        return floor(self.longest * rate.fps)

    def chain_frames(self, rate: Rate) -> int:
        """Gaps below this many frames are closed; 0 where no rule asks for it. Half a second is 12 frames at 25 too,
        as its industry counts (halves go to the even frame)."""
        return round(self._number("chain", 0) * rate.fps)

    def shot_frames(self, rate: Rate) -> int:
        """Nearer to a shot change than this many frames, starts and ends keep to it; 0 without the rule."""
        return round(self._number("shots", 0) * rate.fps)

    def near_frames(self, rate: Rate) -> int:
        """A start fewer frames than this before a shot change goes to it; one further off is drawn away from it."""
        return round(self.shot_frames(rate) * _NEAR)

    def reading_frames(self, letters: int, rate: Rate, language: str) -> int:
        """Frames that ``letters`` characters ask for."""
        return ceil(letters * rate.fps / self.speed(language))


def narrowed(profile: Profile, by: int) -> Profile:
    """``profile`` with that many characters less on each line."""
    old = dict(profile.rules).get("characters")
    if old is None:
        return profile
    fewer = replace(old, limit=Fraction(max(1, profile.characters - by)))
    return replace(profile, rules=tuple((name, fewer if name == "characters" else rule)
                                        for name, rule in profile.rules))


def profiles() -> tuple[str, ...]:
    """The names of the profiles that Ciak brings."""
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in files(__package__).joinpath("profiles").iterdir()
                        if entry.name.endswith(".toml")))


def profile_named(name: str) -> Profile:
    """One of ours by its name, or a person's own by the path of its file.

    Raises :class:`NotFound`, which lists those there are, and :class:`BadInput` for a file that is no profile.
    """
    if name in profiles():
        return _ours(name)
    path = Path(name)
    if path.suffix == ".toml":
        return _read(load(path, _BUDGET), shown(path))
    raise NotFound(f"there is no profile {name[:60]!r}",
                   remedy=f"choose {', '.join(profiles())}, or name a .toml file of your own")


def profile_for(name: str, language: str) -> Profile:
    """As :func:`profile_named`; where there is one of that name for the language (``netflix`` and ``it``), that one."""
    own = f"{name}-{language.split('-')[0]}"
    return profile_named(own if own in profiles() else name)


@lru_cache(maxsize=64)
def _ours(name: str) -> Profile:
    return _read(files(__package__).joinpath("profiles", f"{name}.toml").read_bytes(), name)


def _read(data: bytes, name: str) -> Profile:
    """A profile with what it extends folded in. Raises :class:`BadInput` that names the file and the rule."""
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise BadInput(f"{name} is no profile: {problem}", remedy="write it as TOML, like those of Ciak") from None
    unknown = set(table) - {"name", "title", "version", "extends", "language", "rules", "speeds"}
    if unknown or not isinstance(table.get("name"), str):
        what = f"it does not know {sorted(unknown)[0]!r}" if unknown else "it has no name"
        raise BadInput(f"{name} is no profile: {what}")
    base = None
    if "extends" in table:
        if table["extends"] not in profiles():
            raise BadInput(f"{name} extends {str(table['extends'])[:60]!r}, which is not a profile of Ciak's",
                           remedy=f"choose {', '.join(profiles())}")
        base = _ours(table["extends"])
    rules = dict(base.rules) if base else {}
    for rule, entry in _table(table.get("rules"), name).items():
        rules[rule] = _rule(rule, entry, name)
    speeds = dict(base.speeds) if base else {}
    for language, speed in _table(table.get("speeds"), name).items():
        if not isinstance(speed, int) or isinstance(speed, bool) or speed < 1:
            raise BadInput(f"{name}: the reading speed of {language!r} is no number of characters")
        speeds[language] = speed
    if "reading-speed" in table.get("rules", {}) and "speeds" not in table:
        speeds = {}
    return Profile(name=table["name"], title=str(table.get("title", "")), version=str(table.get("version", "")),
                   language=table.get("language") or (base.language if base else None),
                   rules=tuple(sorted(rules.items())), speeds=tuple(sorted(speeds.items())))


def _table(value: Any, name: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadInput(f"{name} is no profile: its rules and speeds are tables")
    return value


def _rule(rule: str, entry: Any, name: str) -> Rule:
    if rule not in RULES:
        raise BadInput(f"{name}: there is no rule {rule[:40]!r}", remedy=f"the rules are {', '.join(RULES)}")
    if not isinstance(entry, dict) or set(entry) != {"limit", "source", "date"}:
        raise BadInput(f"{name}: the rule {rule!r} needs a limit, a source and a date")
    limit = entry["limit"]
    if rule == "italics":
        if not isinstance(limit, list) or any(voice not in _VOICES for voice in limit):
            raise BadInput(f"{name}: the limit of {rule!r} is no list of voices", remedy=f"list {', '.join(_VOICES)}")
        return Rule(", ".join(dict.fromkeys(limit)), str(entry["source"]), str(entry["date"]))
    if rule in _TEXTS:
        if not isinstance(limit, str) or len(limit) > 8:
            raise BadInput(f"{name}: the limit of {rule!r} is a text of at most 8 characters")
        return Rule(limit, str(entry["source"]), str(entry["date"]))
    try:
        number = Fraction(limit) if isinstance(limit, int | str) else Fraction(str(limit))
    except (ValueError, ZeroDivisionError):
        number = Fraction(-1)
    if not 0 <= number <= 3600 or (number == 0 and rule in ("lines", "characters", "reading-speed")):
        raise BadInput(f"{name}: the limit of {rule!r} is no number that can be", remedy="write 42, 2.5 or \"5/6\"")
    return Rule(number, str(entry["source"]), str(entry["date"]))


BASIC = _ours("basic")
"""What spotting keeps to where nobody asked for another."""
