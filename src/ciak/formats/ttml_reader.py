"""TTML in all its dresses as a subtitle document: one walk down the tree, time and style handed from level to level.

Times are those of a parent's beginning (``par``; in ``seq`` of the end of the element before), cut off where the
parent ends; what nothing ends is shown until the last time that the file names, three seconds at least. A ``p`` is a
subtitle; a ``span`` with times of its own inside it is another. White space follows
``xml:space``. What the domain cannot hold (fonts, sizes, backgrounds, animation, descriptions, ruby, text that is
not displayed) is dropped with a finding. Pictures of subtitles (``smpte:backgroundImage``, the IMSC image profile)
are refused.

It does not know ``ttp:markerMode``, inline regions, conditions, nor text that stands outside a ``p``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ciak.errors import WrongFormat
from ciak.film.language import StyleKind, SubtitleCue, SubtitleDocument
from ciak.film.time import Span
from ciak.formats.base import Finding, Reading
from ciak.formats.clock import BadClock
from ciak.formats.markup import MarkedText
from ciak.formats.strict_xml import Element
from ciak.formats.timed_text import check_count, language_code
from ciak.formats.ttml_clock import TtmlClock
from ciak.formats.ttml_styles import Styles, attributes_of, name_of
from ciak.formats.xml_colours import PLAIN, read_colour

__all__ = ["IS_ID", "read_ttml"]

IS_ID = re.compile(r"[^\W\d][\w.-]{0,199}")
"""Names that ``xml:id`` may hold, or nearly."""
_BLANKS = re.compile(r"[ \t\r\n]+")
_LONGEST = 1000 * 3600
_UNENDED = 3
"""Seconds that a subtitle is shown at least that nothing ends."""
_CONTAINERS = frozenset({"head", "metadata", "styling", "layout"})


_FORCED = {"true": True, "false": False}
"""``itts:forcedDisplay``."""


@dataclass(frozen=True, slots=True)
class _Level:
    """What an element hands to those in it. ``end`` None: not said."""

    begin: Fraction = Fraction(0)
    end: Fraction | None = None
    style: dict[str, str] = field(default_factory=dict)
    region: str = ""
    voice: str = ""
    preserve: bool = False
    language: str = ""
    sequence: bool = False
    forced: bool = False


class _Shown:
    """The text of one subtitle under construction."""

    def __init__(self) -> None:
        self.marked = MarkedText()
        self.after_blank = True

    def add(self, text: str, preserve: bool, styles: dict[StyleKind, str]) -> None:
        if not preserve:
            text = _BLANKS.sub(" ", text)
            if self.after_blank:
                text = text.removeprefix(" ")
        if not text:
            return
        self.after_blank = text.endswith((" ", "\n"))
        for kind, value in styles.items():
            self.marked.open(kind, value)
        self.marked.add(text)
        for kind in styles:
            self.marked.close(kind)

    def end_line(self) -> None:
        self.marked.add("\n")
        self.after_blank = True


def read_ttml(root: Element) -> Reading[SubtitleDocument]:
    """The subtitles of a ``tt`` element. Raises :class:`WrongFormat` for another, and for pictures."""
    if name_of(root) != "tt":
        raise WrongFormat(f"the XML is not TTML: it begins with {root.name[:40]!r}")
    return _Reader(root).reading()


class _Reader:
    """One document on its way."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.attributes = attributes = attributes_of(root)
        self.clock = TtmlClock.of({name[4:]: value for name, value in attributes.items() if name.startswith("ttp:")})
        self.findings: list[Finding] = []
        self.said: set[str] = set()
        self.styles = Styles(attributes, self.once)
        self.title = ""
        self.voices: dict[str, str] = {}
        self.dropped: dict[str, int] = {}
        self.cues: list[SubtitleCue] = []
        self.unended: set[int] = set()
        self.latest = Fraction(0)
        self.languages: dict[str, int] = {}

    def once(self, line: int, code: str, message: str) -> None:
        """A finding that a file needs only once."""
        if message not in self.said:
            self.said.add(message)
            self.findings.append(Finding(line, code, message))

    def reading(self) -> Reading[SubtitleDocument]:
        _refuse_pictures(self.root, self.attributes)
        level = replace(_Level(), preserve=self.attributes.get("xml:space") == "preserve",
                        language=self.attributes.get("xml:lang", "").strip())
        bodies = []
        for part in self.root.elements():
            if name_of(part) == "head":
                self._head(part)
            elif name_of(part) == "body":
                bodies.append(part)
        for body in bodies:
            self._block(body, level)
        self._end_all()
        dropped = self.dropped | self.styles.dropped
        if dropped:
            names = sorted(dropped, key=lambda name: (dropped[name], name))
            self.findings.append(Finding(min(dropped.values()), "not-kept",
                                         f"dropped: {', '.join(name[:30] for name in names[:8])}"))
        document = SubtitleDocument(language=self._language(), title=self.title, rate=self.clock.rate,
                                    cues=tuple(sorted(self.cues, key=lambda cue: cue.span.start)))
        return Reading(document, tuple(sorted(self.findings, key=lambda finding: finding.line)))

    def _end_all(self) -> None:
        """Ends for the subtitles that nothing in the file ends."""
        for number in self.unended:
            cue = self.cues[number]
            span = Span(start=cue.span.start, end=max(self.latest, cue.span.start + _UNENDED))
            self.cues[number] = cue.model_copy(update={"span": span})

    def _language(self) -> str:
        said = self.attributes.get("xml:lang", "").strip()
        codes = [code for code in self.languages if code] if not said or len(self.languages) > 1 else []
        if len(codes) > 1:
            self.once(self.languages[codes[1]], "languages", f"more than one language: {', '.join(codes[:5])[:60]}")
        text = said or next(iter(codes), "")
        code = language_code(text)
        if text and code is None:
            self.once(self.root.line, "language", f"{text[:30]!r} is no language code")
        return code or "und"

    def _head(self, head: Element) -> None:
        waiting = [head]
        while waiting:
            element = waiting.pop()
            name = name_of(element)
            if name in _CONTAINERS:
                waiting += reversed(list(element.elements()))
            elif name in ("style", "initial", "region"):
                self.styles.add(element)
            elif name == "ttm:title" and not self.title:
                self.title = element.text()
            elif name == "ttm:agent":
                self._agent(element)
            else:
                self.dropped.setdefault(name.removeprefix("other:"), element.line)

    def _agent(self, element: Element) -> None:
        names = [part for part in element.elements() if name_of(part) == "ttm:name" and part.text()]
        names.sort(key=lambda part: attributes_of(part).get("type") != "full")
        if name := attributes_of(element).get("xml:id", ""):
            self.voices.setdefault(name, names[0].text() if names else name)

    def _inside(self, element: Element, outer: _Level, begin: Fraction) -> _Level | None:
        """What holds inside an element; ``begin``: when it begins if it says nothing. None: it is never shown."""
        attributes = attributes_of(element)
        _refuse_pictures(element, attributes)
        span = self._times(element.line, attributes, outer, begin)
        own = self.styles.own(element)
        hidden = own.get("display") == "none" or own.get("ruby") in ("text", "textContainer", "delimiter")
        if hidden:
            self.once(element.line, "not-kept", "text that is not displayed, or ruby beside the text, is left out")
        if span is None or hidden:
            return None
        agents = attributes.get("ttm:agent", "").split()
        space = attributes.get("xml:space")
        return _Level(
            begin=span[0], end=span[1], style=self.styles.inherited(outer.style, own),
            region=attributes.get("region", outer.region).strip(),
            voice=", ".join(self.voices.get(agent, agent) for agent in agents) if agents else outer.voice,
            preserve=outer.preserve if space is None else space == "preserve",
            language=attributes.get("xml:lang", outer.language).strip(),
            sequence=attributes.get("timeContainer") == "seq",
            forced=_FORCED.get(attributes.get("other:forcedDisplay", ""), outer.forced))

    def _times(self, line: int, attributes: dict[str, str], outer: _Level,
               begin: Fraction) -> tuple[Fraction, Fraction | None] | None:
        given: dict[str, Fraction] = {}
        for name in ("begin", "end", "dur"):
            if name in attributes:
                try:
                    given[name] = self.clock.read(attributes[name])
                except BadClock as problem:
                    self._bad(line, "bad-time", f"{name}={attributes[name][:40]!r}: {problem}")
                    return None
        start = begin + given.get("begin", Fraction(0))
        ends = [begin + given["end"]] if "end" in given else []
        ends += [start + given["dur"]] if "dur" in given else []
        if ends and min(ends) < start:
            self._bad(line, "bad-time", "it ends before it starts")
            return None
        if max([start, *ends]) > _LONGEST:
            self._bad(line, "bad-time", "more than a thousand hours")
            return None
        ends += [] if outer.end is None else [outer.end]
        if ends and min(ends) < start:
            self.findings.append(Finding(line, "never-shown", "it begins after what it is part of has ended"))
            return None
        self.latest = max([self.latest, start, *ends])
        return start, min(ends, default=None)

    def _bad(self, line: int, code: str, message: str) -> None:
        self.findings.append(Finding(line, code, message, fatal=True))

    def _block(self, element: Element, outer: _Level, begin: Fraction | None = None) -> Fraction | None:
        """A body or a div, and all in it. The time at which it ends, if it says so."""
        level = self._inside(element, outer, outer.begin if begin is None else begin)
        if level is None:
            return None
        cursor = level.begin
        for part in element.elements():
            name = name_of(part)
            if name in ("div", "p"):
                end = (self._block if name == "div" else self._paragraph)(part, level, cursor)
                if level.sequence and end is not None:
                    cursor = end
            else:
                self._other(part, name)
        return level.end

    def _paragraph(self, element: Element, outer: _Level, begin: Fraction) -> Fraction | None:
        level = self._inside(element, outer, begin)
        if level is None:
            return None
        before = len(self.cues)
        shown = _Shown()
        self._gather(element, level, shown)
        attributes = attributes_of(element)
        timed = any(name in attributes for name in ("begin", "end", "dur")) and len(self.cues) == before
        self._finish(element, level, shown, needed=timed)
        self.languages.setdefault(level.language, element.line)
        return level.end

    def _gather(self, element: Element, level: _Level, shown: _Shown) -> None:
        styles = self._look(level, element.line)
        cursor = level.begin
        for part in element.content:
            if isinstance(part, str):
                if styles is not None:
                    shown.add(part, level.preserve, styles)
                continue
            name = name_of(part)
            if name == "br":
                shown.end_line()
            elif name != "span":
                self._other(part, name)
            elif (inner := self._inside(part, level, cursor)) is not None:
                attributes = attributes_of(part)
                if not level.sequence and not any(key in attributes for key in ("begin", "end", "dur")):
                    self._gather(part, inner, shown)
                    continue
                own = _Shown()
                self._gather(part, inner, own)
                self._finish(part, inner, own, needed=False)
                if level.sequence and inner.end is not None:
                    cursor = inner.end

    def _look(self, level: _Level, line: int) -> dict[StyleKind, str] | None:
        """The styles of text at a level as the domain has them; None when it is hidden."""
        look = self.styles.look(level.region, level.style)
        if look.get("visibility") == "hidden":
            self.once(line, "not-kept", "text that is not displayed, or ruby beside the text, is left out")
            return None
        found: dict[StyleKind, str] = {}
        if level.voice:
            found[StyleKind.VOICE] = level.voice
        if look.get("fontStyle") in ("italic", "oblique", "reverseOblique"):
            found[StyleKind.ITALIC] = ""
        if look.get("fontWeight") == "bold":
            found[StyleKind.BOLD] = ""
        if "underline" in look.get("textDecoration", "").split():
            found[StyleKind.UNDERLINE] = ""
        colour = read_colour(look["color"]) if "color" in look else PLAIN
        if colour is None:
            self.once(line, "colour", f"{look['color'][:30]!r} is no colour that can be kept")
        elif colour != PLAIN:
            found[StyleKind.COLOUR] = colour
        return found

    def _finish(self, element: Element, level: _Level, shown: _Shown, *, needed: bool) -> None:
        """Make a subtitle of what was gathered, if there is text or it is ``needed``."""
        lines, runs = shown.marked.finish()
        if not lines and not needed:
            return
        if level.end is None:
            self.once(element.line, "no-end", "nothing ends it: shown until the last time that the file names")
            self.unended.add(len(self.cues))
        if not lines:
            self.findings.append(Finding(element.line, "empty", "a subtitle without text"))
        if level.begin == level.end:
            self.findings.append(Finding(element.line, "no-duration", "a subtitle that is never shown"))
        name = attributes_of(element).get("xml:id", "")
        check_count(len(self.cues) + 1)
        place = self.styles.place(level.region, self.styles.look(level.region, level.style), element.line)
        end = level.begin if level.end is None else level.end
        self.cues.append(SubtitleCue(span=Span(start=level.begin, end=end), lines=lines, runs=runs, place=place,
                                     id=name if IS_ID.fullmatch(name) else "", forced=level.forced))

    def _other(self, element: Element, name: str) -> None:
        _refuse_pictures(element, {})
        self.dropped.setdefault(name.removeprefix("other:"), element.line)


def _refuse_pictures(element: Element, attributes: dict[str, str]) -> None:
    profiles = attributes.get("ttp:contentProfiles", "") + attributes.get("ttp:profile", "")
    if (name_of(element) == "image" or "other:backgroundImage" in attributes
            or re.search(r"/imsc1(?:\.\d)?/image", profiles)):
        raise WrongFormat("its subtitles are pictures (the image profile of IMSC, or smpte:backgroundImage), not text",
                          remedy="ask for the text profile, or have the pictures recognised by an OCR program")
