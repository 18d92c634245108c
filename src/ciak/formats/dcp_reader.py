"""Subtitles of digital cinema as a subtitle document: SMPTE ST 428-7 of any year, and the older Interop (CineCanvas).

A ``Subtitle`` has one ``Text`` for each line, ordered here by where they stand; lines at the top and at the bottom
of the picture become subtitles of their own. ``Font`` around or inside them styles them. Times are frames at
``TimeCodeRate``; in Interop they are ticks of 4 ms. Names of attributes are taken in capital or small letters.

Fonts, sizes, effects, fades, depth and ruby are dropped with a finding. A file of pictures is refused, a picture
between texts is a fatal finding. It does not know ``Direction`` (the text says it), nor line spacing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from ciak.errors import BadInput, WrongFormat
from ciak.film.language import Align, Edge, Place, StyleKind, SubtitleCue, SubtitleDocument
from ciak.film.time import Rate, Span
from ciak.formats.base import Finding, Reading
from ciak.formats.clock import BadClock
from ciak.formats.markup import MarkedText
from ciak.formats.percent_places import fitted, usual
from ciak.formats.strict_xml import Element
from ciak.formats.timed_text import check_count, language_code
from ciak.formats.xml_colours import PLAIN

__all__ = ["USUAL_ASIDE", "USUAL_INSET", "DcpClock", "read_dcp"]

USUAL_INSET, USUAL_ASIDE = Fraction(8), Fraction(10)
"""Percent from the top or the bottom, and from a side, where nothing else is said."""

_TIME = re.compile(r"(\d{1,5}):(\d{1,2}):(\d{1,2})(?:([:.,])(\d{1,9}))?", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,4}(?:\.\d{1,6})?", re.ASCII)
_COLOUR = re.compile(r"(?:[0-9a-f]{2})?([0-9a-f]{6})", re.ASCII)
_BLANKS = re.compile(r"[ \t\r\n]+")
_LONGEST = 1000 * 3600
_SILENT = frozenset({("effect", "border"), ("effectcolor", "FF000000"), ("size", "42"), ("script", "normal"),
                     ("aspectadjust", "1.0"), ("spacing", "0em")})
_HEADER = frozenset({"Id", "SubtitleID", "IssueDate", "SubtitleList", "Font", "Subtitle", "ContentTitleText",
                     "MovieTitle", "Language", "EditRate", "TimeCodeRate", "StartTime"})

Styles = dict[StyleKind, str]


@dataclass(frozen=True, slots=True)
class DcpClock:
    """How a file counts: ``labels`` frames or ticks in a second of a label, which last ``labels / rate`` seconds."""

    rate: Fraction
    labels: int

    def read(self, text: str) -> Fraction:
        """The seconds of a time. Raises :class:`BadClock`."""
        match = _TIME.fullmatch(text.strip())
        if not match:
            raise BadClock("not a time like 00:00:01:12")
        hours, minutes, secs = (int(match[part]) for part in (1, 2, 3))
        if minutes > 59 or secs > 59:
            raise BadClock("minutes and seconds end at 59")
        whole = Fraction((hours * 60 + minutes) * 60 + secs)
        if match[4] == ":":
            if int(match[5]) >= self.labels:
                raise BadClock(f"what follows the seconds ends at {self.labels - 1}")
            whole += Fraction(int(match[5]), self.labels)
        elif match[4]:
            whole += Fraction(int(match[5]), 10 ** len(match[5]))
        if whole > _LONGEST:
            raise BadClock("more than a thousand hours")
        return whole * self.labels / self.rate

    def written(self, frame: int) -> str:
        """The label of a frame, or of so many ticks."""
        secs, frame = divmod(frame, self.labels)
        minutes, secs = divmod(secs, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours:02}:{minutes:02}:{secs:02}:{frame:02}"


@dataclass(slots=True)
class _Text:
    """One ``Text``: a line, and where it stands."""

    edge: Edge
    down: Fraction
    align: Align
    across: Fraction
    pieces: list[tuple[str, Styles]] = field(default_factory=list)


def read_dcp(root: Element) -> Reading[SubtitleDocument]:
    """The subtitles of a ``SubtitleReel`` or ``DCSubtitle``. Raises :class:`WrongFormat` for another root and for
    a file of pictures."""
    if root.name not in ("SubtitleReel", "DCSubtitle"):
        raise WrongFormat(f"the XML is no DCP subtitle file: it begins with {root.name[:40]!r}")
    return _Reader(root).reading()


class _Reader:
    """One document on its way."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.interop = root.name == "DCSubtitle"
        self.header = {part.name: part.text() for part in reversed(list(root.elements())) if part.name in _HEADER}
        self.findings: list[Finding] = []
        self.said: set[str] = set()
        self.dropped: dict[str, int] = {}
        self.cues: list[SubtitleCue] = []
        self.pictures: list[int] = []
        self.clock = DcpClock(Fraction(250), 250) if self.interop else self._clock()
        self.start = Fraction(0)

    def once(self, line: int, code: str, message: str) -> None:
        """A finding that a file needs only once."""
        if message not in self.said:
            self.said.add(message)
            self.findings.append(Finding(line, code, message))

    def fatal(self, line: int, code: str, message: str) -> None:
        """Something that is missing from the document."""
        self.findings.append(Finding(line, code, message, fatal=True))

    def reading(self) -> Reading[SubtitleDocument]:
        label = self._start()
        for part in self.root.elements():
            if part.name not in _HEADER and (part.name, part.text()) not in (("ReelNumber", "1"),
                                                                             ("DisplayType", "MainSubtitle")):
                self.dropped.setdefault(part.name, part.line)
        self._block(self.root, {})
        if self.pictures and not self.cues:
            raise WrongFormat("its subtitles are pictures, not text",
                              remedy="have the pictures recognised by an OCR program")
        for line in self.pictures:
            self.fatal(line, "picture", "a subtitle that is a picture")
        if self.dropped:
            names = sorted(self.dropped, key=lambda name: (self.dropped[name], name))
            self.findings.append(Finding(min(self.dropped.values()), "not-kept",
                                         f"dropped: {', '.join(name[:30] for name in names[:8])}"))
        said = self.header.get("Language", "")
        language = language_code(said)
        if said and language is None:
            self.once(self.root.line, "language", f"{said[:30]!r} is no language code")
        document = SubtitleDocument(
            language=language or "und", title=self.header.get("ContentTitleText", self.header.get("MovieTitle", "")),
            rate=None if self.interop else self.clock.rate, start=label,
            cues=tuple(sorted(self.cues, key=lambda cue: cue.span.start)))
        return Reading(document, tuple(sorted(self.findings, key=lambda finding: finding.line)))

    def _clock(self) -> DcpClock:
        """Frames as ``EditRate`` and ``TimeCodeRate`` have them; 24 when neither is there."""
        edit = re.fullmatch(r"(\d{1,6})(?:[ /](\d{1,6}))?", self.header.get("EditRate", ""), re.ASCII)
        labels = re.fullmatch(r"\d{1,3}", self.header.get("TimeCodeRate", ""), re.ASCII)
        if (edit and not int(edit[2] or 1)) or (labels and not int(labels[0])):
            raise BadInput("EditRate or TimeCodeRate is zero", remedy="a rate is written as 24 1, and as 24")
        if not edit and not labels:
            self.once(self.root.line, "rate", "no frame rate is given; 24 is assumed")
        whole = int(labels[0]) if labels else None
        rate = Rate(Fraction(int(edit[1]), int(edit[2] or 1)) if edit else Fraction(whole or 24))
        whole = whole or rate.nominal
        return DcpClock(Rate(whole * rate.fps / rate.nominal).fps, whole)

    def _start(self) -> str:
        """The label of ``StartTime``, which every time of the file counts from; empty when it is zero."""
        text = self.header.get("StartTime", "")
        if self.interop or not text:
            return ""
        try:
            start = self.clock.read(text)
        except BadClock as problem:
            self.fatal(self.root.line, "bad-time", f"StartTime {text[:40]!r}: {problem}")
            return ""
        frame = start * self.clock.rate
        if not start:
            return ""
        if frame.denominator != 1 or frame >= 24 * 3600 * self.clock.labels:
            self.fatal(self.root.line, "bad-time", f"StartTime {text[:40]!r} is no timecode of a day")
            return ""
        self.start = start
        return self.clock.written(int(frame))

    def _block(self, element: Element, styles: Styles) -> None:
        """A list, or a ``Font`` around subtitles."""
        for part in element.elements():
            if part.name == "Font":
                self._block(part, self._font(part, styles))
            elif part.name == "SubtitleList":
                self._block(part, styles)
            elif part.name == "Subtitle":
                self._subtitle(part, styles)
            elif element is not self.root:
                self.dropped.setdefault(part.name, part.line)

    def _font(self, element: Element, outer: Styles) -> Styles:
        """The styles inside a ``Font``."""
        styles = dict(outer)
        for name, value in _attributes(element).items():
            kind = {"italic": StyleKind.ITALIC, "underline": StyleKind.UNDERLINE, "underlined": StyleKind.UNDERLINE,
                    "weight": StyleKind.BOLD}.get(name)
            if kind is not None:
                styles.pop(kind, None)
                if value.lower() in ("yes", "true", "1", "bold"):
                    styles[kind] = ""
            elif name == "color":
                match = _COLOUR.fullmatch(value.lower())
                styles.pop(StyleKind.COLOUR, None)
                if match and f"#{match[1]}" != PLAIN:
                    styles[StyleKind.COLOUR] = f"#{match[1]}"
                elif not match:
                    self.once(element.line, "colour", f"{value[:30]!r} is no colour")
            elif (name, value) not in _SILENT:
                self.dropped.setdefault(f"Font {name}", element.line)
        return styles

    def _subtitle(self, element: Element, styles: Styles) -> None:
        attributes = _attributes(element)
        texts: list[_Text] = []
        self._texts(element, styles, texts)
        if any(re.search("[1-9]", attributes.get(name, "")) for name in ("fadeuptime", "fadedowntime")):
            self.dropped.setdefault("fades", element.line)
        try:
            times = [self.clock.read(attributes.get(name, "")) - self.start for name in ("timein", "timeout")]
        except BadClock as problem:
            wrong = f"{attributes.get('timein', '')[:20]!r} to {attributes.get('timeout', '')[:20]!r}"
            return self.fatal(element.line, "bad-time", f"{wrong}: {problem}")
        if times[1] < times[0] or times[0] < 0:
            return self.fatal(element.line, "bad-time", "it ends before it starts" if times[0] >= 0 else
                              "it starts before StartTime")
        if times[1] == times[0]:
            self.findings.append(Finding(element.line, "no-duration", "a subtitle that is never shown"))
        shown = False
        for edge in Edge:
            if group := [text for text in texts if text.edge is edge]:
                shown |= self._cue(Span(start=times[0], end=times[1]), group, element.line)
        if not shown and not any(part.name == "Image" for part in element.elements()):
            self.findings.append(Finding(element.line, "empty", "a subtitle without text is left out"))
        return None

    def _texts(self, element: Element, styles: Styles, texts: list[_Text]) -> None:
        """Gather the lines of a subtitle, with or without fonts around them."""
        for part in element.elements():
            if part.name == "Font":
                self._texts(part, self._font(part, styles), texts)
            elif part.name == "Text":
                texts.append(text := self._placed(part))
                self._pieces(part, styles, text.pieces)
            elif part.name == "Image":
                self.pictures.append(part.line)
            else:
                self.dropped.setdefault(part.name, part.line)

    def _placed(self, element: Element) -> _Text:
        said = _attributes(element)
        edge = {"top": Edge.TOP, "bottom": Edge.BOTTOM}.get(said.get("valign", "").lower(), Edge.MIDDLE)
        align = {"left": Align.LEFT, "right": Align.RIGHT}.get(said.get("halign", "").lower(), Align.CENTRE)
        down, across = (self._number(said.get(name, "0"), element.line) for name in ("vposition", "hposition"))
        if align is Align.CENTRE and across:
            self.once(element.line, "place", "centred beside the middle; centred in the whole picture instead")
        if said.keys() & {"zposition", "variablez"} and said.get("zposition", "0").strip("0."):
            self.dropped.setdefault("depth", element.line)
        return _Text(edge, down, align, across)

    def _number(self, text: str, line: int) -> Fraction:
        if _NUMBER.fullmatch(text.strip()):
            return Fraction(text.strip())
        self.once(line, "place", f"{text[:20]!r} is no number; 0 is taken")
        return Fraction(0)

    def _pieces(self, element: Element, styles: Styles, pieces: list[tuple[str, Styles]]) -> None:
        for part in element.content:
            if isinstance(part, str):
                pieces.append((_BLANKS.sub(_one_line, part), styles))
            elif part.name == "Font":
                self._pieces(part, self._font(part, styles), pieces)
            elif part.name in ("HGroup", "Rotate", "Rb"):
                self._pieces(part, styles, pieces)
            elif part.name == "Ruby":
                self.dropped.setdefault("Ruby", part.line)
                for inner in part.elements():
                    if inner.name == "Rb":
                        self._pieces(inner, styles, pieces)
            elif part.name == "Space":
                pieces.append((" ", styles))
            else:
                self.dropped.setdefault(part.name, part.line)

    def _cue(self, span: Span, texts: list[_Text], line: int) -> bool:
        """Make a subtitle of lines at one edge; False when there is no text in them."""
        bottom = texts[0].edge is Edge.BOTTOM
        texts = sorted(texts, key=lambda text: -text.down if bottom else text.down)
        marked = MarkedText()
        for text in texts:
            for piece, styles in text.pieces:
                for kind, value in styles.items():
                    marked.open(kind, value)
                marked.add(piece)
                for kind in styles:
                    marked.close(kind)
            marked.add("\n")
        lines, runs = marked.finish()
        if not lines:
            return False
        first, last = texts[0], texts[-1]
        if any((text.align, text.across) != (first.align, first.across) for text in texts):
            self.once(line, "place", "lines of one subtitle stand on different sides; all stand as the first does")
        inset = {Edge.TOP: first.down, Edge.BOTTOM: last.down}.get(first.edge, (first.down + last.down) / 2)
        place = fitted(Place(align=first.align, edge=first.edge, inset=inset, aside=first.across))
        check_count(len(self.cues) + 1)
        self.cues.append(SubtitleCue(span=span, lines=lines, runs=runs, place=usual(place, USUAL_INSET, USUAL_ASIDE)))
        return True


def _one_line(match: re.Match[str]) -> str:
    return " " if "\n" in match[0] or "\r" in match[0] else match[0]


def _attributes(element: Element) -> dict[str, str]:
    return {name.lower(): value.strip() for (_, name), value in element.attributes.items()}
