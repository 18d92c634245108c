"""SRT (SubRip) subtitles: the format that every player reads and nobody ever wrote down.

Read: any order, any or no numbers, comma or point, hours missing, blank lines inside a subtitle, every kind of
line end, coordinates behind the times. ``<i>``, ``<b>``, ``<u>`` and ``<font color=...>`` (a name or ``#rrggbb``)
become styled runs, ``{\\an1}`` to ``{\\an9}`` before the text its place; other marks of fonts and other tags in braces
are dropped with a finding. An arrow that stands where a subtitle begins must be a time line; elsewhere it is text.

Written: numbered from 1, in order of time, UTF-8, CRLF. SRT has no way to escape, so text that looks like an arrow
or a tag gets a WORD JOINER (U+2060, shows nothing) inside, which reading takes out again: what is written is read
back as it was. A place is written as the key of the number pad that it is nearest to; how far from the edges it is
has no place in SRT, nor have voices, cue settings, names of cues, comments, the language, the title, the frame rate
and the first timecode.
"""

from __future__ import annotations

import re
from itertools import count

from ciak.errors import WrongFormat
from ciak.film.language import Place, StyledRun, StyleKind, SubtitleCue, SubtitleDocument
from ciak.formats.base import Finding, Reading, Sample, strictly
from ciak.formats.clock import (
    ARROW,
    BadClock,
    Timing,
    clock,
    looks_like_timing,
    milliseconds,
    on_milliseconds,
    read_timing,
)
from ciak.formats.colours import colour_of
from ciak.formats.encoding import is_blank, lines_of
from ciak.formats.markup import JOINER, MarkedText, guard_arrow, tagged, tidied, unguard_arrow
from ciak.formats.places import an_of, edge_shown, from_a, from_an, settled
from ciak.formats.timed_text import check_count, subtitle_lines

__all__ = ["SRT", "Srt"]

_NUMBER = re.compile(r"[ \t]*\d{1,9}[ \t]*", re.ASCII)
_TAG = re.compile(r"<(/?)(i|b|u|font)\b([^<>\n]*)>|\{\\[^{}\n]*\}", re.IGNORECASE)
_KEY = re.compile(r"\{\\(an?)([0-9]{1,2})\}")
_FONT_COLOUR = re.compile(r"\bcolor[ \t]*+=[ \t]*+([\"']?)([#\w]++)\1", re.IGNORECASE | re.ASCII)
_LIKE_TAG = re.compile(rf"<({JOINER}*)(?=/?(?:i|b|u|font)\b)|\{{({JOINER}*)(?=\\)", re.IGNORECASE)
_GUARDED = re.compile(rf"([<{{]){JOINER}(?={JOINER}*(?:/?(?:i|b|u|font)\b|\\))", re.IGNORECASE)


class Srt:
    """The format (see the module). Documents are :class:`ciak.film.language.SubtitleDocument`."""

    name = "srt"
    title = "SRT subtitles"
    suffixes = (".srt",)
    media_type = "application/x-subrip"

    def sniff(self, sample: Sample) -> float:
        """Sure when a time line is there, doubtful when only an arrow is."""
        if sample.text.startswith("WEBVTT"):
            return 0.0
        if any(looks_like_timing(line) for line in lines_of(sample.text[:65536])):
            return 0.9
        return 0.3 if ARROW in sample.text else 0.0

    def read(self, data: bytes) -> SubtitleDocument:
        """All subtitles. Raises :class:`ciak.errors.Damaged` with the line of the first that cannot be read."""
        return strictly(self.examine(data), self.title)

    def examine(self, data: bytes) -> Reading[SubtitleDocument]:
        """What can be read, with findings. Raises ``WrongFormat`` when there is no time line at all."""
        lines = subtitle_lines(data)
        findings: list[Finding] = []
        starts = _starts(lines, findings)
        if not starts:
            raise WrongFormat("there is no subtitle in it: no line like 00:00:01,000 --> 00:00:02,000")
        cues: list[SubtitleCue] = []
        if any(not is_blank(line) for line in _body(lines, -1, starts[0][0])):
            findings.append(Finding(1, "stray-text", "text before the first subtitle is left out"))
        for place, (number, timing) in enumerate(starts):
            end = starts[place + 1][0] if place + 1 < len(starts) else len(lines)
            if timing is not None:
                cues.append(_cue(number, timing, _body(lines, number, end), findings))
        ordered = sorted(cues, key=lambda cue: cue.span.start)
        if ordered != cues:
            findings.append(Finding(0, "unsorted", "subtitles were not in order and have been sorted by time"))
        findings.sort(key=lambda finding: finding.line)
        return Reading(SubtitleDocument(cues=tuple(ordered)), tuple(findings))

    def write(self, document: SubtitleDocument) -> bytes:
        """The document as an SRT file. Raises :class:`ciak.errors.BadInput` for a time before the film."""
        parts: list[str] = []
        numbers = count(1)
        for cue in sorted(document.cues, key=lambda cue: milliseconds(cue.span.start)):
            times = f"{clock(cue.span.start, ',')} {ARROW} {clock(cue.span.end, ',')}"
            text = _key(cue.place) + tagged(tidied(cue), _opening, _closing, _guard)
            parts.append("\r\n".join([str(next(numbers)), times, *(text.split("\n") if text else ()), ""]))
        return "\r\n".join(parts).encode("utf-8")

    def losses(self, document: SubtitleDocument) -> tuple[str, ...]:
        """What SRT has no place for."""
        cues = document.cues
        lost = {
            "who speaks": any(run.kind is StyleKind.VOICE for cue in cues for run in cue.runs),
            "the exact place of subtitles on the picture": any(_is_placed_exactly(cue) for cue in cues),
            "names of subtitles": any(cue.id not in ("", str(place)) for place, cue in enumerate(cues, 1)),
            "comments and style blocks": bool(document.notes),
            "the language": document.language != "und",
            "the title": bool(document.title),
            "the frame rate and the first timecode": document.rate is not None or bool(document.start),
            "times between milliseconds": not all(on_milliseconds(cue.span) for cue in cues),
        }
        return tuple(what for what, is_lost in lost.items() if is_lost)


SRT = Srt()


def _starts(lines: list[str], findings: list[Finding]) -> list[tuple[int, Timing | None]]:
    """Where subtitles begin: the line of the times and the times, None when they cannot be read."""
    starts: list[tuple[int, Timing | None]] = []
    for number, line in enumerate(lines):
        if ARROW not in line and not looks_like_timing(line):
            continue
        try:
            starts.append((number, read_timing(line)))
        except BadClock as problem:
            before = lines[number - 1] if number else ""
            if not is_blank(before) and not _NUMBER.fullmatch(before):
                continue
            starts.append((number, None))
            findings.append(Finding(number + 1, "bad-time", f"{line[:60]!r}: {problem}", fatal=True))
        check_count(len(starts))
    return starts


def _body(lines: list[str], start: int, end: int) -> list[str]:
    """The text lines of the subtitle whose times are on line ``start``, without the number of the next one."""
    body = lines[start + 1:end]
    if end == len(lines):
        while body and is_blank(body[-1]):
            body.pop()
        cut_off = len(body) > 1 and _NUMBER.fullmatch(body[-1]) and is_blank(body[-2])
        return body[:-1] if cut_off else body
    inked = len(body)
    while inked and is_blank(body[inked - 1]):
        inked -= 1
    blanks = len(body) - inked
    if inked and _NUMBER.fullmatch(body[inked - 1]) and (not blanks or _spaced(body, inked)):
        inked -= 1
    return body[:inked]


def _spaced(body: list[str], inked: int) -> bool:
    """Whether the number at the end stands alone, as in files in which every second line is empty."""
    return inked > 1 and is_blank(body[inked - 2])


def _cue(number: int, timing: Timing, body: list[str], findings: list[Finding]) -> SubtitleCue:
    lost: set[str] = set()
    if timing.rest:
        lost.add(f"{timing.rest[:40]!r} behind the times")
    text = _Text(lost)
    lines, runs = text.read("\n".join(body))
    if lost:
        findings.append(Finding(number + 1, "not-kept", f"dropped: {', '.join(sorted(lost)[:5])}"))
    if not lines:
        findings.append(Finding(number + 1, "empty", "a subtitle without text"))
    if timing.span.duration == 0:
        findings.append(Finding(number + 1, "no-duration", "a subtitle that is never shown"))
    return SubtitleCue(span=timing.span, lines=lines, runs=runs, place=settled(text.place))


class _Text:
    """The text of one subtitle while it is read; what is dropped goes into ``lost``."""

    def __init__(self, lost: set[str]) -> None:
        self.place: Place | None = None
        self._lost = lost
        self._marked = MarkedText()
        self._fonts: list[bool] = []
        """Of each open ``<font>``, whether it has a colour."""

    def read(self, raw: str) -> tuple[tuple[str, ...], tuple[StyledRun, ...]]:
        """Lines and runs."""
        done, inked = 0, False
        for match in _TAG.finditer(raw):
            between = raw[done:match.start()]
            inked = inked or bool(between.strip(" \t\n"))
            self._marked.add(_unguard(between))
            done = match.end()
            tag = (match[2] or "").lower()
            if tag == "font":
                self._font(match)
            elif tag:
                (self._marked.close if match[1] else self._marked.open)(StyleKind(tag))
            elif inked or not self._placed(match[0]):
                self._lost.add(match[0][:40])
        self._marked.add(_unguard(raw[done:]))
        return self._marked.finish()

    def _font(self, match: re.Match[str]) -> None:
        if match[1]:
            if self._fonts and self._fonts.pop():
                self._marked.close(StyleKind.COLOUR)
            return
        said = _FONT_COLOUR.search(match[3])
        colour = colour_of(said[2]) if said else None
        if colour:
            self._marked.open(StyleKind.COLOUR, colour)
        if not said or not colour or match[3].replace(said[0], "", 1).strip(" \t"):
            self._lost.add(match[0][:40])
        self._fonts.append(colour is not None)

    def _placed(self, tag: str) -> bool:
        """Whether a tag tells the place, and is the first that does."""
        match = _KEY.fullmatch(tag)
        if not match or self.place is not None:
            return False
        found = (from_an if match[1] == "an" else from_a)(int(match[2]))
        if found:
            self.place = Place(align=found[0], edge=found[1])
        return found is not None


def _key(place: Place | None) -> str:
    """The tag for a place; empty for one at the bottom in the middle."""
    key = an_of(place.align, edge_shown(place)) if place else 2
    return f"{{\\an{key}}}" if key != 2 else ""


def _is_placed_exactly(cue: SubtitleCue) -> bool:
    place = settled(cue.place)
    return bool(cue.settings) or (place is not None and (place.inset, place.aside) != (None, None))


def _guard(text: str) -> str:
    return _LIKE_TAG.sub(lambda match: match[0] + JOINER, guard_arrow(text))


def _unguard(text: str) -> str:
    return unguard_arrow(_GUARDED.sub(r"\1", text))


def _opening(run: StyledRun) -> str:
    if run.kind is StyleKind.COLOUR:
        return f'<font color="{run.value}">'
    return "" if run.kind is StyleKind.VOICE else f"<{run.kind}>"


def _closing(run: StyledRun) -> str:
    return "</font>" if run.kind is StyleKind.COLOUR else f"</{run.kind}>"
