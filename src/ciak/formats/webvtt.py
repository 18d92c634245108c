"""WebVTT subtitles, after the W3C specification (https://www.w3.org/TR/webvtt1/), read more kindly than it asks.

Read: hours of any length, comma or point, blank lines inside a subtitle, unsorted cues. ``<i>``, ``<b>``, ``<u>``
and ``<v Name>`` become styled runs, as do the eight colours that the specification has a class for (``<c.yellow>``);
character references become characters; other classes, languages, ruby and times inside a text are dropped with a
finding. Cue settings give the place of a subtitle, as far as a place holds it (:mod:`ciak.formats.places`); they are
kept as they are besides, unless they are word for word what would be written for that place. Comments, style and
region blocks and what stands in the header are kept as the document's ``notes``; a ``Language:`` line of the header
is the document's language. An arrow outside a comment must belong to a time line.

Written: strictly what the specification allows, UTF-8, LF. ``&``, ``<`` and ``>`` are escaped, so that no text can
end a subtitle or begin a tag; in comments a WORD JOINER goes into an arrow. What is written is read back as it
was, except that all notes stand before the first cue. Settings are written where a cue has some, also against its
place; else those that its place needs. A colour without a class is left out, and ``losses`` says so: the nearest
of eight would be a colour that nobody chose. It does not know CSS: a style block is text to it.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from ciak.errors import WrongFormat
from ciak.film.language import LANGUAGE, StyledRun, StyleKind, SubtitleCue, SubtitleDocument
from ciak.formats.base import Finding, Reading, Sample, strictly
from ciak.formats.clock import ARROW, BadClock, clock, looks_like_timing, milliseconds, on_milliseconds, read_timing
from ciak.formats.colours import CLASSES
from ciak.formats.encoding import is_blank, lines_of
from ciak.formats.markup import MarkedText, guard_arrow, tagged, tidied, unguard_arrow
from ciak.formats.places import place_in, settings_for, settled
from ciak.formats.timed_text import check_count, subtitle_lines

__all__ = ["WEBVTT", "WebVtt"]

_HEADER = re.compile(r"WEBVTT(?:[ \t].*)?")
_KEYWORD = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?")
_LANGUAGE_LINE = re.compile(r"Language:[ \t]*([A-Za-z0-9-]{2,40})[ \t]*", re.IGNORECASE)
_SETTING = re.compile(r"(?:vertical|line|position|size|align|region):[^\s]+")
_TAG = re.compile(r"<(/?)([a-zA-Z]++|[0-9:.]++|)((?:\.[^\s.<>]++)*+)(?:\s([^<>]*+))?>")
_PAST_ALL = re.compile(r"&#(?:[xX][0-9a-fA-F]{8,}+|[0-9]{8,}+);?", re.ASCII)
_CLASS_OF = {colour: name for name, colour in CLASSES.items()}
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")


class WebVtt:
    """The format (see the module). Documents are :class:`ciak.film.language.SubtitleDocument`."""

    name = "webvtt"
    title = "WebVTT subtitles"
    suffixes = (".vtt",)
    media_type = "text/vtt"

    def sniff(self, sample: Sample) -> float:
        """Sure when the first line is the signature."""
        return 1.0 if _HEADER.fullmatch(lines_of(sample.text[:4096])[0]) else 0.0

    def read(self, data: bytes) -> SubtitleDocument:
        """All subtitles. Raises :class:`ciak.errors.Damaged` with the line of the first that cannot be read."""
        return strictly(self.examine(data), self.title)

    def examine(self, data: bytes) -> Reading[SubtitleDocument]:
        """What can be read, with findings. Raises ``WrongFormat`` without the signature ``WEBVTT``."""
        lines = subtitle_lines(data)
        if not _HEADER.fullmatch(lines[0]):
            raise WrongFormat("the first line is not WEBVTT")
        reader = _Reader(lines)
        reader.header()
        while reader.place < len(lines):
            reader.block()
        read = [reader.styled(*parts) for parts in reader.cues]
        cues = sorted(read, key=lambda cue: cue.span.start)
        if cues != read:
            reader.find(0, "unsorted", "subtitles were not in order and have been sorted by time")
        document = SubtitleDocument(language=reader.language, cues=tuple(cues), notes=tuple(reader.notes))
        return Reading(document, tuple(sorted(reader.findings, key=lambda finding: finding.line)))

    def write(self, document: SubtitleDocument) -> bytes:
        """The document as a WebVTT file. Raises :class:`ciak.errors.BadInput` for a time before the film."""
        notes = [_clean_note(note) for note in document.notes]
        header = notes.pop(0) if notes and _HEADER.fullmatch(notes[0]) else "WEBVTT"
        blocks = [header]
        if document.language != "und":
            blocks.append(f"NOTE Language: {document.language}")
        blocks += notes
        for cue in sorted(document.cues, key=lambda cue: milliseconds(cue.span.start)):
            settings = _written_settings(cue)
            times = f"{clock(cue.span.start, '.')} {ARROW} {clock(cue.span.end, '.')} {settings}".rstrip()
            text = tagged(tidied(cue), _opening, _closing, lambda part: html.escape(part, quote=False))
            blocks.append("\n".join(part for part in (_clean_id(cue.id), times, text) if part))
        return ("\n\n".join(blocks) + "\n").encode("utf-8")

    def losses(self, document: SubtitleDocument) -> tuple[str, ...]:
        """What WebVTT has no place for: little."""
        cues = document.cues
        lost = {
            "cue settings that WebVTT does not know": any(_settings(cue.settings)[1] for cue in cues),
            "the exact place of subtitles on the picture": any(
                place_in(_written_settings(cue)) != settled(cue.place) for cue in cues),
            "colours other than WebVTT's eight": any(
                run.value.lower() not in _CLASS_OF
                for cue in cues for run in cue.runs if run.kind is StyleKind.COLOUR),
            "the title": bool(document.title),
            "the frame rate and the first timecode": document.rate is not None or bool(document.start),
            "times between milliseconds": not all(on_milliseconds(cue.span) for cue in cues),
            "arrows in the names of subtitles": any(_clean_id(cue.id) != cue.id for cue in cues),
        }
        return tuple(what for what, is_lost in lost.items() if is_lost)


WEBVTT = WebVtt()


@dataclass
class _Reader:
    """One pass over the lines, block by block."""

    lines: list[str]
    place: int = 0
    language: str = "und"
    notes: list[str] = field(default_factory=list)
    cues: list[tuple[int, SubtitleCue, list[str]]] = field(default_factory=list)
    """Line of the times, cue without text, lines of its text with their tags."""
    findings: list[Finding] = field(default_factory=list)
    open: bool = False
    """Whether a block without times may belong to the last cue."""

    def find(self, number: int, code: str, message: str, *, fatal: bool = False) -> None:
        """Note something about line ``number``."""
        self.findings.append(Finding(number, code, message, fatal))

    def header(self) -> None:
        """The signature and what stands below it, up to the first empty line or arrow."""
        if (first := self.lines[0].rstrip(" \t")) != "WEBVTT":
            self.notes.append(first)
        self.place = 1
        below = []
        for line in self._gather():
            if line.startswith("X-TIMESTAMP-MAP"):
                self.find(self.place, "timestamp-map", "a shift of times for streaming is not applied")
            if not self._is_language(line):
                below.append(line)
        if below:
            self.notes.append("\n".join(["NOTE", *below]))

    def block(self) -> None:
        """A cue, a comment, a style or region block, or text that lost its cue."""
        if is_blank(self.lines[self.place]):
            self.place += 1
            return None
        first, start = self.lines[self.place], self.place
        if ARROW in first:
            return self._cue("")
        if start + 1 < len(self.lines) and ARROW in self.lines[start + 1]:
            self.place += 1
            return self._cue(first.strip(" \t"))
        block = self._gather()
        if _KEYWORD.fullmatch(block[0]):
            self._note(block)
        elif any(looks_like_timing(line) for line in block[:2]):
            self.find(start + 1, "bad-time", f"{block[0][:60]!r}: the arrow between the times must be -->", fatal=True)
        elif len(block) == 1 and block[0].strip(" \t").isdecimal():
            self.find(start + 1, "stray-number", "a number that belongs to no subtitle is left out")
        elif self.open:
            self.find(start + 1, "blank-line", "an empty line inside a subtitle is left out")
            self.cues[-1][2].extend(block)
        else:
            self.find(start + 1, "stray-text", "text before the first subtitle is left out")
        return None

    def _gather(self) -> list[str]:
        """Lines up to an empty one, or up to an arrow, from the second on."""
        start = self.place
        end = start
        while end < len(self.lines) and not is_blank(line := self.lines[end]) and ARROW not in line:
            end += 1
        self.place = end
        return [line.rstrip(" \t") for line in self.lines[start:end]]

    def _is_language(self, line: str) -> bool:
        match = _LANGUAGE_LINE.fullmatch(line)
        if not match or self.language != "und":
            return False
        code = match[1].split("-", 1)
        code[0] = code[0].lower()
        if not re.fullmatch(LANGUAGE, "-".join(code)):
            return False
        self.language = "-".join(code)
        return True

    def _note(self, block: list[str]) -> None:
        if len(block) == 1 and block[0].startswith("NOTE ") and not self.cues and self._is_language(block[0][5:]):
            return
        self.notes.append(unguard_arrow("\n".join(block)))

    def _cue(self, name: str) -> None:
        number, line = self.place + 1, self.lines[self.place]
        self.place += 1
        body = self._gather()
        self.open = False
        try:
            timing = read_timing(line)
        except BadClock as problem:
            return self.find(number, "bad-time", f"{line[:60]!r}: {problem}", fatal=True)
        check_count(len(self.cues) + 1)
        settings, strange = _settings(timing.rest)
        if strange:
            self.find(number, "not-kept", f"cue settings that WebVTT does not know: {' '.join(strange)[:60]!r}")
        if timing.span.duration == 0:
            self.find(number, "no-duration", "a subtitle that is never shown")
        said = " ".join(settings)
        place = place_in(said)
        bare = SubtitleCue(span=timing.span, lines=(), id=_clean_id(name), place=place,
                           settings="" if said == settings_for(place) else said)
        self.cues.append((number, bare, body))
        self.open = True
        return None

    def styled(self, number: int, bare: SubtitleCue, body: list[str]) -> SubtitleCue:
        """The cue with its text, tags turned into runs."""
        lines, runs, lost = _read_text("\n".join(body))
        if lost:
            self.find(number, "not-kept", f"dropped: {', '.join(sorted(lost)[:5])}")
        if not lines:
            self.find(number, "empty", "a subtitle without text")
        return bare.model_copy(update={"lines": lines, "runs": runs})


def _read_text(raw: str) -> tuple[tuple[str, ...], tuple[StyledRun, ...], set[str]]:
    marked, lost, place = MarkedText(), set[str](), 0
    classed: list[bool] = []  # of each open <c>, whether it is a colour
    for match in _TAG.finditer(raw):
        marked.add(_characters(raw[place:match.start()]))
        place = match.end()
        closing, tag, classes, annotation = match[1], match[2], match[3], match[4]
        if tag == "c":
            colour = None if closing else _colour(classes)
            if colour:
                marked.open(StyleKind.COLOUR, colour)
            elif closing and classed and classed.pop():
                marked.close(StyleKind.COLOUR)
            if not closing:
                classed.append(colour is not None)
                if _CLASS_OF.get(colour or "", "") != classes[1:]:
                    lost.add(match[0][:40])
        elif tag in ("i", "b", "u", "v"):
            if closing:
                marked.close(StyleKind(tag))
            else:
                marked.open(StyleKind(tag), _characters(annotation or "") if tag == "v" else "")
            if classes:
                lost.add(classes[:40])
        elif not closing:
            lost.add(match[0][:40])
    marked.add(_characters(raw[place:]))
    return *marked.finish(), lost


def _colour(classes: str) -> str | None:
    """The colour of the first class that is one."""
    return next((CLASSES[name] for name in classes.split(".") if name in CLASSES), None)


def _characters(text: str) -> str:
    """``text`` with character references resolved, those past all characters as HTML does: U+FFFD."""
    return html.unescape(_PAST_ALL.sub("\ufffd", text)) if "&" in text else text


def _settings(text: str) -> tuple[list[str], list[str]]:
    """Cue settings that WebVTT knows, and the rest."""
    known: list[str] = []
    strange: list[str] = []
    for part in text.split():
        (known if _SETTING.fullmatch(part) and ARROW not in part else strange).append(part)
    return known, strange


def _written_settings(cue: SubtitleCue) -> str:
    return " ".join(_settings(cue.settings)[0]) or settings_for(cue.place)


def _clean_id(name: str) -> str:
    return _CONTROLS.sub(" ", name).replace(ARROW, "→").strip(" \t")


def _clean_note(note: str) -> str:
    lines = [line for line in (_CONTROLS.sub(" ", line).rstrip(" \t") for line in lines_of(note)) if line]
    if not lines or not (_KEYWORD.fullmatch(lines[0]) or _HEADER.fullmatch(lines[0])):
        lines.insert(0, "NOTE")
    return guard_arrow("\n".join(lines))


def _opening(run: StyledRun) -> str:
    if run.kind is StyleKind.VOICE:
        return f"<v {html.escape(run.value, quote=False)}>"
    if run.kind is StyleKind.COLOUR:
        return f"<c.{_CLASS_OF[run.value]}>" if run.value in _CLASS_OF else ""
    return f"<{run.kind}>"


def _closing(run: StyledRun) -> str:
    return f"</{run.kind}>"
