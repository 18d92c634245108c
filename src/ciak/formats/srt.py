"""SRT (SubRip) subtitles: the format that every player reads and nobody ever wrote down.

Read: any order, any or no numbers, comma or point, hours missing, blank lines inside a subtitle, every kind of
line end, coordinates behind the times. ``<i>``, ``<b>`` and ``<u>`` become styled runs; ``<font>`` and ``{\\an8}``
are dropped with a finding. An arrow that stands where a subtitle begins must be a time line; elsewhere it is text.

Written: numbered from 1, in order of time, UTF-8, CRLF. SRT has no way to escape, so text that looks like an arrow
or a tag gets a WORD JOINER (U+2060, shows nothing) inside, which reading takes out again: what is written is read
back as it was. Voices, cue settings, names of cues, comments and the language have no place in SRT.
"""

from __future__ import annotations

import re
from itertools import count

from ciak.errors import WrongFormat
from ciak.film.language import StyledRun, StyleKind, SubtitleCue, SubtitleDocument
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
from ciak.formats.encoding import is_blank, lines_of
from ciak.formats.markup import JOINER, MarkedText, guard_arrow, tagged, tidied, unguard_arrow
from ciak.formats.timed_text import check_count, subtitle_lines

__all__ = ["SRT", "Srt"]

_NUMBER = re.compile(r"[ \t]*\d{1,9}[ \t]*", re.ASCII)
_TAG = re.compile(r"<(/?)(i|b|u|font)\b[^<>\n]*>|\{\\[^{}\n]*\}", re.IGNORECASE)
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
            text = tagged(tidied(cue), _opening, _closing, _guard)
            parts.append("\r\n".join([str(next(numbers)), times, *(text.split("\n") if text else ()), ""]))
        return "\r\n".join(parts).encode("utf-8")

    def losses(self, document: SubtitleDocument) -> tuple[str, ...]:
        """What SRT has no place for."""
        cues = document.cues
        lost = {
            "who speaks": any(run.kind is StyleKind.VOICE for cue in cues for run in cue.runs),
            "the place of subtitles on the picture": any(cue.settings for cue in cues),
            "names of subtitles": any(cue.id not in ("", str(place)) for place, cue in enumerate(cues, 1)),
            "comments and style blocks": bool(document.notes),
            "the language": document.language != "und",
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
    marked = MarkedText()
    raw, place = "\n".join(body), 0
    for match in _TAG.finditer(raw):
        marked.add(_unguard(raw[place:match.start()]))
        place = match.end()
        tag = (match[2] or "").lower()
        if tag in ("i", "b", "u"):
            (marked.close if match[1] else marked.open)(StyleKind(tag))
        else:
            lost.add(match[0][:40])
    marked.add(_unguard(raw[place:]))
    lines, runs = marked.finish()
    if lost:
        findings.append(Finding(number + 1, "not-kept", f"dropped: {', '.join(sorted(lost)[:5])}"))
    if not lines:
        findings.append(Finding(number + 1, "empty", "a subtitle without text"))
    if timing.span.duration == 0:
        findings.append(Finding(number + 1, "no-duration", "a subtitle that is never shown"))
    return SubtitleCue(span=timing.span, lines=lines, runs=runs)


def _guard(text: str) -> str:
    return _LIKE_TAG.sub(lambda match: match[0] + JOINER, guard_arrow(text))


def _unguard(text: str) -> str:
    return unguard_arrow(_GUARDED.sub(r"\1", text))


def _opening(run: StyledRun) -> str:
    return "" if run.kind is StyleKind.VOICE else f"<{run.kind}>"


def _closing(run: StyledRun) -> str:
    return f"</{run.kind}>"
