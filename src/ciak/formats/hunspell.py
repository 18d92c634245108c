"""Dictionaries of Hunspell, the spelling program of most systems: a list of stems (``.dic``) and of affixes (``.aff``).

Read: stems with their flags in all four ways of writing flags, aliases of flags, prefixes and suffixes with their
conditions, both together where the file allows it, a second suffix on the first, and the marks for what is forbidden,
never stands alone or is part of a compound only (hunspell(5)). A word is taken apart, forms are never made, so that a
language of millions of forms costs the memory of its stems.

Not known: compounds (German joins freely: such words are not found here), spelling by sound, circumfixes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from ciak.errors import BadInput, TooLarge

__all__ = ["HunspellWords", "read_hunspell"]

BUDGET = 32 * 2**20
"""Bytes of either file."""
_MOST = 2_000_000
"""Stems and affixes, at most."""
_CODE_PAGES = {"UTF-8": "utf-8", "ISO8859-1": "latin-1", "ISO8859-15": "iso8859-15", "ISO8859-2": "iso8859-2",
               "MICROSOFT-CP1251": "cp1251", "KOI8-R": "koi8-r"}

Flags = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Affix:
    """``added`` in place of ``stripped`` for stems that have ``flag`` and meet ``condition``; ``more``: the flags of
    the form; ``crosses``: whether a prefix and a suffix go together."""

    flag: str
    stripped: str
    condition: str
    more: Flags
    crosses: bool


@dataclass
class HunspellWords:
    """The words of a dictionary."""

    stems: dict[str, list[Flags]] = field(default_factory=dict)
    prefixes: dict[str, list[_Affix]] = field(default_factory=dict)
    suffixes: dict[str, list[_Affix]] = field(default_factory=dict)
    forbidden: str = ""
    never_alone: Flags = frozenset()
    """Flags of stems that are words with an affix or in a compound only."""

    @property
    def letters(self) -> str:
        """The small letters of the stems, sorted."""
        return "".join(sorted({sign for stem in self.stems for sign in stem if sign.islower()}))

    def knows(self, word: str) -> bool:
        """Whether ``word``, written so, is a stem or a form of one; not when it is marked as forbidden."""
        whole = self.stems.get(word, [])
        if self.forbidden and any(self.forbidden in flags for flags in whole):
            return False
        return any(not flags & self.never_alone for flags in whole) or self._formed(word)

    def _formed(self, word: str) -> bool:
        if any(self._has(stem, suffix) or self._twice(stem, suffix) for stem, suffix in self._without_suffix(word)):
            return True
        for stem, prefix in self._without_prefix(word):
            if self._has(stem, prefix):
                return True
            if prefix.crosses and any(suffix.crosses and self._has(bare, suffix, prefix.flag)
                                      for bare, suffix in self._without_suffix(stem)):
                return True
        return False

    def _has(self, stem: str, affix: _Affix, besides: str = "") -> bool:
        """Whether there is a stem that takes an affix, and one more."""
        return any(affix.flag in flags and (not besides or besides in flags or besides in affix.more)
                   for flags in self.stems.get(stem, ()))

    def _twice(self, form: str, suffix: _Affix) -> bool:
        """Whether ``form`` is itself a stem with a suffix on which ``suffix`` goes."""
        return any(suffix.flag in first.more and self._has(stem, first) for stem, first in self._without_suffix(form))

    def _without_suffix(self, word: str) -> Iterator[tuple[str, _Affix]]:
        for at in range(1, len(word) + 1):
            for affix in self.suffixes.get(word[at:], ()):
                stem = word[:at] + affix.stripped
                if _meets(affix.condition, stem, end=True):
                    yield stem, affix

    def _without_prefix(self, word: str) -> Iterator[tuple[str, _Affix]]:
        for at in range(1, len(word)):
            for affix in self.prefixes.get(word[:at], ()):
                stem = affix.stripped + word[at:]
                if _meets(affix.condition, stem, end=False):
                    yield stem, affix


_SIGN = re.compile(r"\[\^?[^\]]+\]|[^\[\]]")


@lru_cache(maxsize=4096)
def _signs(condition: str) -> tuple[str, ...]:
    """Each sign of a condition: a letter, ``.`` or a group in brackets."""
    return tuple(_SIGN.findall(condition))


def _meets(condition: str, stem: str, *, end: bool) -> bool:
    """Whether a stem begins, or ends, as a condition has it."""
    signs = _signs(condition)
    if len(stem) < len(signs):
        return False
    part = stem[len(stem) - len(signs):] if end else stem[:len(signs)]
    for sign, wanted in zip(part, signs, strict=True):
        if wanted.startswith("[^"):
            good = sign not in wanted[2:-1]
        elif wanted.startswith("["):
            good = sign in wanted[1:-1]
        else:
            good = wanted in (".", sign)
        if not good:
            return False
    return True


def read_hunspell(affixes: bytes, stems: bytes) -> HunspellWords:
    """The words of ``NAME.aff`` and ``NAME.dic``. Raises :class:`BadInput` for what is none, :class:`TooLarge`."""
    if max(len(affixes), len(stems)) > BUDGET:
        raise TooLarge(f"a dictionary has {max(len(affixes), len(stems))} bytes; {BUDGET} are the most")
    said = re.search(rb"^SET[ \t]+([\w-]+)", affixes, re.MULTILINE)
    page = _CODE_PAGES.get(said[1].decode().upper() if said else "ISO8859-1")
    if page is None:
        raise BadInput(f"a dictionary is written in {said[1].decode()[:20] if said else ''!r}, which is not read")
    reader = _Reader()
    for line in affixes.decode(page, errors="replace").splitlines():
        reader.affix_line(line.split("#")[0].split())
    rows = stems.decode(page, errors="replace").lstrip("\ufeff").splitlines()
    if not rows or not rows[0].strip().isdigit():
        raise BadInput("a dictionary does not begin with the number of its stems", remedy="it is no .dic of Hunspell")
    if len(rows) > _MOST:
        raise TooLarge(f"a dictionary has {len(rows)} stems; {_MOST} are the most")
    for row in rows[1:]:
        reader.stem_line(row)
    words = reader.words
    words.never_alone = frozenset(reader.never)
    return words


class _Reader:
    """Both files on their way."""

    def __init__(self) -> None:
        self.words = HunspellWords()
        self.kind = ""
        self.aliases: list[Flags] = []
        self.counted = False
        """Whether the first line of aliases, which says how many there are, was read."""
        self.crossing: dict[tuple[str, str], bool] = {}
        self.never: set[str] = set()

    def flags(self, text: str) -> Flags:
        """The flags in ``text``, by the file's way of writing them."""
        if self.aliases and text.isdigit():
            number = int(text[:9])
            return self.aliases[number - 1] if 0 < number <= len(self.aliases) else frozenset()
        return self._written(text)

    def _written(self, text: str) -> Flags:
        if self.kind == "long":
            return frozenset(text[at:at + 2] for at in range(0, len(text), 2))
        return frozenset(text.split(",") if self.kind == "num" else text)

    def affix_line(self, parts: list[str]) -> None:
        if len(parts) < 2:
            return
        name, value = parts[0], parts[1]
        if name == "FLAG":
            self.kind = value.lower()
        elif name == "AF" and not self.counted:
            self.counted = True
        elif name == "AF":
            self.aliases.append(self._written(value))
        elif name == "FORBIDDENWORD":
            self.words.forbidden = value
        elif name in ("NEEDAFFIX", "ONLYINCOMPOUND", "PSEUDOROOT"):
            self.never.add(value)
        elif name in ("PFX", "SFX"):
            self._affix(name, parts)

    def _affix(self, name: str, parts: list[str]) -> None:
        flag = parts[1]
        if (name, flag) not in self.crossing:
            self.crossing[name, flag] = len(parts) > 2 and parts[2] == "Y"
            return
        if len(parts) < 4:
            return
        added, _, more = parts[3].partition("/")
        stripped, added = ("" if part == "0" else part for part in (parts[2], added))
        condition = parts[4] if len(parts) > 4 and parts[4] != "." else ""
        table = self.words.prefixes if name == "PFX" else self.words.suffixes
        table.setdefault(added, []).append(
            _Affix(flag, stripped, condition, self.flags(more) if more else frozenset(), self.crossing[name, flag]))

    def stem_line(self, row: str) -> None:
        text = row.split("\t")[0].strip()
        if not text or text.startswith("#"):
            return
        stem, _, flags = text.replace("\\/", "\0").partition("/")
        stem = stem.replace("\0", "/")
        known = self.words.stems.setdefault(stem, [])
        known.append(self.flags(flags.split(" ")[0]) if flags else frozenset())
