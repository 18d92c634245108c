"""The sections, styles and events of a SubStation Alpha script: what :mod:`ciak.formats.ass` reads.

Styles may stand behind the events that use them, so events wait for the end. A line of fields is cut at as many
commas as its Format line has; the text comes last and may hold more. What is dropped is told once for each kind, with
the line where it comes first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from ciak.errors import TooLarge
from ciak.film.language import LANGUAGE, Align, Edge, SubtitleCue, SubtitleDocument
from ciak.film.time import Span
from ciak.formats.ass_place import USUAL, Margins, place_read
from ciak.formats.ass_text import Look, marked_text, unguard_name
from ciak.formats.base import Finding, Reading
from ciak.formats.clock import BadClock
from ciak.formats.colours import from_bgr
from ciak.formats.encoding import is_blank
from ciak.formats.places import from_a, from_an
from ciak.formats.timed_text import check_count

__all__ = ["EVENT_FORMAT", "STYLE", "STYLE_FORMAT", "Script"]

STYLE_FORMAT = ("Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
                "Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, "
                "MarginL, MarginR, MarginV, Encoding")
"""The fields of styles, as they are written."""
STYLE = ("Default,Arial,58,&H00FFFFFF,&H000000FF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,"
         f"{USUAL.left},{USUAL.right},{USUAL.vertical},1")
"""The one style that is written."""
EVENT_FORMAT = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"
"""The fields of events, as they are written."""

_OLD_STYLE_FORMAT = ("Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, TertiaryColour, BackColour, Bold, "
                     "Italic, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, AlphaLevel, Encoding")
_SECTION = re.compile(r"[ \t]*+\[([A-Za-z0-9+_ ]{1,60})\][ \t]*+")
_STYLES = {"v4+ styles": False, "v4 styles+": False, "v4 styles": True}
"""Names of the sections of styles, and whether they are of the older version."""
_ENCODED = frozenset({"fonts", "graphics"})
"""Sections whose lines may look like the name of a section."""
_KNOWN = frozenset({"script info", "events", *_STYLES, *_ENCODED})
_INFO = frozenset({"title", "language", "scripttype", "playresx", "playresy", "wrapstyle", "scaledborderandshadow"})
_TIME = re.compile(r"[ \t]*+([0-9]{1,6}):([0-9]{1,2}):([0-9]{1,2})(?:\.([0-9]{1,9}))?[ \t]*+")
_INTEGER = re.compile(r"[ \t]*+([-+]?[0-9]{1,6})(?:\.[0-9]{1,9})?[ \t]*+")
_STYLE_COUNT = 5_000
"""Most styles of one file."""
_KINDS = 100
"""Most kinds of what was dropped that are told apart."""


def _names(line: str) -> tuple[str, ...]:
    names = (part.strip(" \t").lower() for part in line.split(","))
    return tuple("name" if name == "actor" else name for name in names)


_LOOKS = dict(zip(_names(STYLE_FORMAT), STYLE.split(","), strict=True))
_READ = frozenset({"name", "primarycolour", "bold", "italic", "underline", "alignment", "marginl", "marginr",
                   "marginv"})


@dataclass(frozen=True, slots=True)
class _Style:
    """What is kept of a style; ``is_all``: whether it sets nothing besides."""

    look: Look
    key: tuple[Align, Edge]
    margins: Margins
    is_all: bool


_NO_STYLE = _Style(Look(), (Align.CENTRE, Edge.BOTTOM), Margins(), is_all=True)


@dataclass(frozen=True, slots=True)
class _Event:
    """A line of dialogue that waits for the styles."""

    line: int
    fields: tuple[str, ...]
    values: str


class Script:
    """One pass over the lines of a script, then :meth:`finish`."""

    def __init__(self) -> None:
        self._section = ""
        self._format: tuple[str, ...] = ()
        self._info: dict[str, str] = {}
        self._styles: dict[str, _Style] = {}
        self._looks: dict[str, Look] = {}
        self._events: list[_Event] = []
        self._findings: list[Finding] = []
        self._lost: dict[str, list[int]] = {}
        self._has_events = False

    def line(self, number: int, line: str) -> None:
        """Take the next line; ``number`` counts from 1. Raises :class:`TooLarge` over the budgets."""
        match = _SECTION.fullmatch(line)
        name = match[1].strip(" ").lower() if match else ""
        if match and (name in _KNOWN or self._section not in _ENCODED):
            self._enter(number, name, line.strip(" \t"))
        elif self._section in _ENCODED or is_blank(line) or line.lstrip(" \t").startswith((";", "!:")):
            return
        elif self._section == "script info":
            self._inform(number, line)
        elif self._section in _STYLES:
            self._style(number, line)
        elif self._section == "events":
            self._event(number, line)

    def _enter(self, number: int, name: str, line: str) -> None:
        self._section = name
        if name in _STYLES:
            self._format = _names(_OLD_STYLE_FORMAT if _STYLES[name] else STYLE_FORMAT)
        elif name == "events":
            self._has_events = True
            self._format = _names(EVENT_FORMAT)
        elif name != "script info":
            self._lose(number, f"the section {line[:40]}")

    def _find(self, number: int, code: str, message: str, *, fatal: bool = False) -> None:
        self._findings.append(Finding(number, code, message, fatal))

    def _lose(self, number: int, *kinds: str) -> None:
        for kind in kinds:
            if kind not in self._lost and len(self._lost) >= _KINDS:
                kind = "and more"
            self._lost.setdefault(kind, [number, 0])[1] += 1

    def _inform(self, number: int, line: str) -> None:
        key, colon, value = line.partition(":")
        key = key.strip(" \t").lower()
        if colon and key in _INFO:
            self._info[key] = value.strip(" \t")
        else:
            self._lose(number, "what [Script Info] says besides")

    def _style(self, number: int, line: str) -> None:
        kind, _, rest = line.partition(":")
        kind = kind.strip(" \t").lower()
        if kind == "format":
            self._format = _names(rest)
        elif kind != "style":
            self._lose(number, "lines that are none of the section's")
        else:
            values = dict(zip(self._format, (part.strip(" \t") for part in rest.split(",")), strict=False))
            self._styles[values.get("name", "").lstrip("*")] = _style_of(values, old=_STYLES[self._section])
            if len(self._styles) > _STYLE_COUNT:
                raise TooLarge(f"more than {_STYLE_COUNT:,} styles in one file")

    def _event(self, number: int, line: str) -> None:
        kind, _, rest = line.partition(":")
        kind = kind.strip(" \t").lower()
        if kind == "format":
            fields = _names(rest)
            if {"start", "end"} <= {*fields} and fields[-1] == "text":
                self._format = fields
            else:
                self._find(number, "bad-format", "the fields of events must be start, end and, last, text", fatal=True)
        elif kind == "dialogue":
            check_count(len(self._events) + 1)
            self._events.append(_Event(number, self._format, rest))
        elif kind in ("comment", "picture", "sound", "movie", "command"):
            self._lose(number, f"{kind} events")
        else:
            self._lose(number, "lines that are none of the section's")

    def finish(self) -> Reading[SubtitleDocument]:
        """The document, with findings."""
        if not self._has_events:
            self._find(0, "no-events", "there is no [Events] section")
        self._looks = {name: style.look for name, style in self._styles.items()}
        read = [cue for event in self._events if (cue := self._cue(event)) is not None]
        cues = sorted(read, key=lambda cue: cue.span.start)
        if cues != read:
            self._find(0, "unsorted", "subtitles were not in order and have been sorted by time")
        for kind, (number, count) in self._lost.items():
            self._find(number, "not-kept", f"dropped: {kind}" + (f" ({count} times)" if count > 1 else ""))
        language, _, region = self._info.get("language", "").partition("-")
        language = f"{language.lower()}-{region}" if region else language.lower()
        document = SubtitleDocument(cues=tuple(cues), title=self._info.get("title", ""),
                                    language=language if re.fullmatch(LANGUAGE, language) else "und")
        return Reading(document, tuple(sorted(self._findings, key=lambda finding: finding.line)))

    def _cue(self, event: _Event) -> SubtitleCue | None:
        number, values = event.line, event.values.split(",", len(event.fields) - 1)
        if len(values) < len(event.fields):
            self._find(number, "bad-event", f"{len(values)} fields where {len(event.fields)} should be", fatal=True)
            return None
        told = {name: value.strip(" \t") for name, value in zip(event.fields, values, strict=True)}
        try:
            span = _span(told["start"], told["end"])
        except BadClock as problem:
            self._find(number, "bad-time", f"{told['start'][:30]!r} to {told['end'][:30]!r}: {problem}", fatal=True)
            return None
        style = self._style_of(number, told.get("style", ""))
        text = marked_text(told["text"], style.look, self._looks, wrapped=self._info.get("wrapstyle") != "2",
                           voice=unguard_name(told.get("name", "")))
        if told.get("layer", "0") not in ("", "0"):
            self._lose(number, "layers")
        if told.get("effect"):
            self._lose(number, "effects")
        self._lose(number, *sorted(text.lost))
        if not text.lines:
            if text.drawn:
                return None
            self._find(number, "empty", "a subtitle without text")
        if span.duration == 0:
            self._find(number, "no-duration", "a subtitle that is never shown")
        own = Margins(*(max(0, _integer(told.get(name, ""))) for name in ("marginl", "marginr", "marginv")))
        place, is_lost = place_read(text.key or style.key, own, style.margins, text.pos, self._picture())
        if is_lost:
            self._lose(number, "how far a centred subtitle is from the middle")
        return SubtitleCue(span=span, lines=text.lines, runs=text.runs, place=place)

    def _style_of(self, number: int, name: str) -> _Style:
        style = self._styles.get(name.lstrip("*"))
        if style is None:
            self._lose(number, "styles that are not in the file")
            style = self._styles.get("Default", _NO_STYLE)
        if not style.is_all:
            self._lose(number, "fonts, sizes, outlines and all else of styles")
        return style

    def _picture(self) -> tuple[int, int]:
        """Width and height of the script's picture; 384 by 288 where it does not say, 4 by 3 where it says one."""
        width, height = (_integer(self._info.get(name, "")) for name in ("playresx", "playresy"))
        if width <= 0 and height <= 0:
            return 384, 288
        return (width if width > 0 else max(1, height * 4 // 3)), (height if height > 0 else max(1, width * 3 // 4))


def _style_of(values: dict[str, str], *, old: bool) -> _Style:
    colour = from_bgr(values.get("primarycolour", ""))
    look = Look(italic=_integer(values.get("italic", "")) != 0, bold=_is_bold(_integer(values.get("bold", ""))),
                underline=_integer(values.get("underline", "")) != 0, colour=None if colour == "#ffffff" else colour)
    key = (from_a if old else from_an)(_integer(values.get("alignment", "")))
    margins = Margins(*(max(0, _integer(values.get(name, ""))) for name in ("marginl", "marginr", "marginv")))
    is_all = all(value == _LOOKS.get(name) for name, value in values.items() if name not in _READ)
    return _Style(look, key or (Align.CENTRE, Edge.BOTTOM), margins, is_all)


def _is_bold(weight: int) -> bool:
    """0 and 1 (or -1) are off and on, from 100 on they are weights, and 600 is the first that is bold."""
    return weight != 0 and not 100 <= weight < 600


def _integer(text: str) -> int:
    match = _INTEGER.fullmatch(text)
    return int(match[1]) if match else 0


def _span(start: str, end: str) -> Span:
    first, last = _seconds(start), _seconds(end)
    if last < first:
        raise BadClock("it ends before it starts")
    return Span(start=first, end=last)


def _seconds(text: str) -> Fraction:
    match = _TIME.fullmatch(text)
    if not match:
        raise BadClock("not times like 0:00:01.00")
    hours, minutes, secs = int(match[1]), int(match[2]), int(match[3])
    if minutes > 59 or secs > 59:
        raise BadClock("minutes and seconds end at 59")
    return (hours * 60 + minutes) * 60 + secs + Fraction(int(match[4] or 0), 10 ** len(match[4] or "0"))
