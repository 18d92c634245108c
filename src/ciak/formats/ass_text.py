"""The text of a SubStation Alpha subtitle: override tags to styled runs, and plain text kept from being tags.

A block in braces holds tags, each a backslash, a name and what it is set to. ``\\N`` is a new line, ``\\n`` a blank
(a new line where lines are not wrapped: style 2), ``\\h`` a no-break space, ``\\{`` and ``\\}`` braces. Tags for the
look, movement and karaoke are told as lost, once each; a drawing (``\\p1``) leaves no text.

Text that is written must not be taken for a tag. Players do not agree on ``\\{``, so a brace is written as its full
width twin with a WORD JOINER (U+2060, shows nothing) behind it, and a joiner goes behind a backslash that would begin
an escape; reading takes them out again. Joiners that were there, behind a twin, are doubled, so nothing is ambiguous.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from ciak.film.language import Align, Edge, StyledRun, StyleKind
from ciak.formats.colours import bgr, from_bgr
from ciak.formats.markup import JOINER, MarkedText
from ciak.formats.places import from_a, from_an

__all__ = ["Look", "Marked", "closing", "guard", "guard_name", "marked_text", "opening", "unguard_name"]

_LOST = {
    "fonts, sizes and spacing": "fn fs fsp fscx fscy fsc fe",
    "strikeout": "s",
    "outlines, shadows, second colours and transparency":
        "2c 3c 4c 1a 2a 3a 4a alpha bord xbord ybord shad xshad yshad be blur",
    "turning and slanting": "fr frx fry frz fax fay org",
    "karaoke": "k K kf ko kt",
    "transforms": "t",
    "fades": "fad fade",
    "movement": "move",
    "clipping": "clip iclip",
    "drawings": "pbo",
}
_KINDS = {name: kind for kind, names in _LOST.items() for name in names.split()}
_KEPT = ("1c", "c", "an", "a", "b", "i", "u", "pos", "r", "p", "q")
_TAG = re.compile(rf"\\[ \t]*+({'|'.join(sorted({*_KINDS, *_KEPT}, key=lambda name: (-len(name), name)))}|)[ \t]*+")
_TOKEN = re.compile(r"\\([Nnh{}])|\{")
_PARENTHESIS = re.compile(r"[()]")
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_POS = re.compile(r"\([ \t]*+(-?[0-9]{1,6}(?:\.[0-9]{1,6})?)[ \t]*+,[ \t]*+(-?[0-9]{1,6}(?:\.[0-9]{1,6})?)[ \t]*+\)?")

_TWINS = {"{": "\uff5b", "}": "\uff5d", ",": "\uff0c"}
_PLAIN = {twin: sign for sign, twin in _TWINS.items()}
_BRACES = re.compile(rf"([{{}}\uff5b\uff5d])({JOINER}*+)")
_COMMAS = re.compile(rf"([,\uff0c])({JOINER}*+)")
_ESCAPE = re.compile(rf"\\({JOINER}*+)(?=[Nnh]|\Z)")
_GUARDED = re.compile(rf"\\{JOINER}({JOINER}*+)(?=[Nnh]|\Z)")


@dataclass(frozen=True, slots=True)
class Look:
    """What a style sets of what is kept. ``colour``: None for white, the usual one."""

    italic: bool = False
    bold: bool = False
    underline: bool = False
    colour: str | None = None


@dataclass(slots=True)
class Marked:
    """A text as read. ``key``: alignment and edge, of the first tag that tells; ``pos``: the first ``\\pos``;
    ``lost``: kinds of what was dropped; ``drawn``: whether there was a drawing."""

    lines: tuple[str, ...] = ()
    runs: tuple[StyledRun, ...] = ()
    key: tuple[Align, Edge] | None = None
    pos: tuple[Fraction, Fraction] | None = None
    lost: set[str] = field(default_factory=set)
    drawn: bool = False


def marked_text(raw: str, base: Look, named: dict[str, Look], *, wrapped: bool = True, voice: str = "") -> Marked:
    """The text of an event whose style is ``base``; ``named`` are the styles that ``\\r`` may name, ``voice`` is
    who speaks all of it, ``wrapped`` whether players break its lines (else ``\\n`` does)."""
    reader = _Reader(base, named, wrapped)
    if voice:
        reader.text.open(StyleKind.VOICE, voice)
    reader.look(base)
    done = place = 0
    last = raw.rfind("}")
    while match := _TOKEN.search(raw, place):
        place = match.end()
        if match[1] is None and match.start() > last:
            continue  # a brace that nothing closes is text
        reader.plain(raw[done:match.start()])
        if match[1] is None:
            place = raw.index("}", place) + 1
            reader.block(raw[match.end():place - 1])
        else:
            reader.escape(match[1])
        done = place
    reader.plain(raw[done:])
    reader.found.lines, reader.found.runs = reader.text.finish()
    return reader.found


class _Reader:
    """One pass over a text."""

    def __init__(self, base: Look, named: dict[str, Look], wrapped: bool) -> None:
        self.text, self.found = MarkedText(), Marked()
        self._base, self._named, self._wrapped = base, named, wrapped
        self._style = base
        self._drawing = False

    def plain(self, text: str) -> None:
        """Text between tags and escapes."""
        if not self._drawing:
            self.text.add(_untwinned(_GUARDED.sub(r"\\\1", text), _BRACES))

    def escape(self, letter: str) -> None:
        """A backslash and a letter in the text."""
        if not self._drawing:
            self.text.add({"N": "\n", "n": " " if self._wrapped else "\n", "h": "\u00a0"}.get(letter, letter))

    def look(self, style: Look) -> None:
        """All that a style sets."""
        self._style = style
        for kind, on in ((StyleKind.ITALIC, style.italic), (StyleKind.BOLD, style.bold),
                         (StyleKind.UNDERLINE, style.underline)):
            self._set(kind, on)
        self._set(StyleKind.COLOUR, style.colour is not None, style.colour or "")

    def _set(self, kind: StyleKind, on: bool, value: str = "") -> None:
        self.text.close(kind)
        if on:
            self.text.open(kind, value)

    def block(self, block: str) -> None:
        """What stands in a pair of braces."""
        place = block.find("\\")
        if block[:place if place >= 0 else None].strip(" \t"):
            self.found.lost.add("comments in braces")
        while place >= 0:
            match = _TAG.match(block, place)
            assert match is not None  # the name may be empty
            end = _end_of(block, match.end())
            self._tag(match[1], block[match.end():end].strip(" \t"))
            place = block.find("\\", end)

    def _tag(self, name: str, value: str) -> None:
        kind = _KINDS.get(name)
        if kind:
            self.found.lost.add(kind)
        elif name in ("i", "b", "u"):
            self._switch(name, value)
        elif name in ("c", "1c"):
            self._paint(value)
        elif name == "r":
            self.look(self._named.get(value, self._base) if value else self._base)
        elif name in ("an", "a"):
            key = (from_an if name == "an" else from_a)(int(value) if _NUMBER.fullmatch(value) else 0)
            if self.found.key is None and key is not None:
                self.found.key = key
            else:
                self.found.lost.add("alignments that are none, or a second one")
        elif name == "pos":
            match = _POS.fullmatch(value)
            if self.found.pos is None and match:
                self.found.pos = Fraction(match[1]), Fraction(match[2])
            else:
                self.found.lost.add("positions that are none, or a second one")
        elif name == "p":
            self._drawing = bool(_NUMBER.fullmatch(value)) and int(value) > 0
            if self._drawing:
                self.found.drawn = True
                self.found.lost.add("drawings")
        elif name == "q":
            self._wrapped = value != "2"
            self.found.lost.add("ways to wrap lines")
        else:
            self.found.lost.add("tags that SubStation Alpha does not know")

    def _switch(self, name: str, value: str) -> None:
        usual = {"i": self._style.italic, "b": self._style.bold, "u": self._style.underline}[name]
        number = int(value) if _NUMBER.fullmatch(value) else None
        if value and (number is None or not (number in (0, 1) or (name == "b" and number >= 100))):
            self.found.lost.add("tags that SubStation Alpha does not know")
        elif number is None:
            self._set(StyleKind(name), usual)
        else:
            self._set(StyleKind(name), number == 1 or number >= 600)

    def _paint(self, value: str) -> None:
        colour = from_bgr(value if value.startswith(("&", "0x")) else f"&H{value.lstrip('Hh')}") if value else None
        if value and colour is None:
            self.found.lost.add("colours that are none")
        elif colour is None:
            self._set(StyleKind.COLOUR, self._style.colour is not None, self._style.colour or "")
        else:
            self._set(StyleKind.COLOUR, True, colour)


def _end_of(block: str, place: int) -> int:
    """Where what a tag is set to ends: behind its parentheses, or before the next backslash."""
    if not block.startswith("(", place):
        end = block.find("\\", place)
        return end if end >= 0 else len(block)
    depth = 0
    for match in _PARENTHESIS.finditer(block, place):
        depth += 1 if match[0] == "(" else -1
        if depth == 0:
            return match.end()
    return len(block)


def guard(text: str) -> str:
    """Plain lines as text that no player takes for tags; the lines parted by ``\\N``."""
    return "\\N".join(_ESCAPE.sub(rf"\\{JOINER}\1", line) for line in _twinned(text, _BRACES).split("\n"))


def guard_name(name: str) -> str:
    """A speaker's name without the comma, which ends it."""
    return _twinned(name, _COMMAS)


def unguard_name(name: str) -> str:
    """The inverse of :func:`guard_name`."""
    return _untwinned(name, _COMMAS)


def _twinned(text: str, signs: re.Pattern[str]) -> str:
    return signs.sub(lambda match: _TWINS[match[1]] + JOINER + match[2] * 2 if match[1] in _TWINS
                     else match[1] + match[2] * 2, text)


def _untwinned(text: str, signs: re.Pattern[str]) -> str:
    def undo(match: re.Match[str]) -> str:
        twice, marked = divmod(len(match[2]), 2)
        if match[1] in _TWINS:
            return match[0]
        return (_PLAIN[match[1]] if marked else match[1]) + JOINER * twice

    return signs.sub(undo, text)


def opening(run: StyledRun) -> str:
    """The tags that a run begins with; empty for a voice, which is no tag."""
    if run.kind is StyleKind.VOICE:
        return ""
    return f"{{\\c{bgr(run.value)}}}" if run.kind is StyleKind.COLOUR else f"{{\\{run.kind}1}}"


def closing(run: StyledRun) -> str:
    """The tags that a run ends with."""
    return "{\\c}" if run.kind is StyleKind.COLOUR else f"{{\\{run.kind}0}}"
