"""Scenarist closed captions (SCC): the bytes of line 21 (CEA-608) as text. Ciak reads SCC and does not write it.

A line has a timecode at 29.97 frames a second (``;`` before the frames: drop-frame, also ``.`` as some programs
have it) and pairs of bytes in hexadecimal, of which each takes a frame to send: a subtitle appears when the pair that
shows it has been sent, not at the line's time. A line that begins before the one above it is through waits.

Film time 0 is 00:00:00:00, unless the first subtitle stands in a later hour: films for television begin at
01:00:00:00, so that full hour is then the document's ``start``, which a finding says. A subtitle that nothing erases
is shown for three seconds. What the codes mean, and what becomes of places, is told in ``scc_decoder``.
"""

from __future__ import annotations

import re
from fractions import Fraction

from ciak.errors import BadInput, WrongFormat
from ciak.film.language import SubtitleCue, SubtitleDocument
from ciak.film.time import Rate, Span, Timecode
from ciak.formats.base import Finding, Reading, Sample, strictly
from ciak.formats.encoding import is_blank
from ciak.formats.scc_decoder import Caption, Decoder
from ciak.formats.timed_text import subtitle_lines

__all__ = ["SCC", "Scc"]

RATE = Rate(Fraction(30000, 1001))
_HEADER = re.compile(r"Scenarist_SCC V\d{1,2}\.\d{1,2}[ \t]*", re.ASCII)
_LINE = re.compile(r"[ \t]*(\d\d:\d\d:\d\d)([:;.])(\d\d)(?:[ \t]+(.*))?", re.ASCII)
_WORD = re.compile(r"[0-9a-fA-F]{4}", re.ASCII)
_ODD = frozenset(byte for byte in range(256) if byte.bit_count() % 2)
_LEFT_OVER = 90
"""Frames for which a subtitle is shown that nothing erases."""


class Scc:
    """The format (see the module). Documents are :class:`ciak.film.language.SubtitleDocument`."""

    name = "scc"
    title = "SCC subtitles"
    suffixes = (".scc",)
    media_type = "text/x-scc"
    writes = False

    def sniff(self, sample: Sample) -> float:
        """Sure when the first line with something on it is the signature."""
        return 1.0 if _HEADER.match(sample.text.lstrip(" \t\r\n")) else 0.0

    def read(self, data: bytes) -> SubtitleDocument:
        """All subtitles. Raises :class:`ciak.errors.Damaged` with the line of the first that cannot be read."""
        return strictly(self.examine(data), self.title)

    def examine(self, data: bytes) -> Reading[SubtitleDocument]:
        """What can be read, with findings. Raises ``WrongFormat`` without the signature ``Scenarist_SCC``."""
        lines = subtitle_lines(data)
        first = next((number for number, line in enumerate(lines) if not is_blank(line)), 0)
        if not _HEADER.fullmatch(lines[first].strip(" \t")):
            raise WrongFormat("the first line is not Scenarist_SCC V1.0")
        reader = _Reader()
        for number, line in enumerate(lines[first + 1:], first + 2):
            if not is_blank(line):
                reader.line(number, line)
        return reader.reading()

    def write(self, document: SubtitleDocument) -> bytes:
        """Raises :class:`ciak.errors.WrongFormat`."""
        raise WrongFormat("Ciak reads SCC subtitles but does not write them", remedy="write another format")

    def losses(self, document: SubtitleDocument) -> tuple[str, ...]:
        """Everything: the format is not written."""
        return ("everything: Ciak does not write SCC subtitles",)


SCC = Scc()


class _Reader:
    """One pass over the lines."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.decoder = Decoder()
        self.frame = 0
        """The first that is free."""
        self.begun: list[tuple[int, int]] = []
        """Frame and number of each line, in order."""
        self.before = 0
        self.mark = ""

    def find(self, number: int, code: str, message: str, *, fatal: bool = False) -> None:
        """Note something about line ``number``."""
        self.findings.append(Finding(number, code, message, fatal))

    def line(self, number: int, line: str) -> None:
        """A timecode and what is sent from there."""
        match = _LINE.fullmatch(line)
        if not match:
            return self.find(number, "bad-line", f"{line[:60]!r}: not a timecode and pairs of bytes", fatal=True)
        mark = ":" if match[2] == ":" else ";"
        try:
            frame = Timecode.parse(f"{match[1]}{mark}{match[3]}", RATE).frames
        except BadInput as problem:
            return self.find(number, "bad-time", problem.message, fatal=True)
        if frame < self.before:
            return self.find(number, "bad-time", "its timecode is before that of the line above it", fatal=True)
        self.before = frame
        self.mark = self.mark or mark
        self.frame = max(self.frame, frame)
        self.begun.append((self.frame, number))
        self._send(number, (match[4] or "").split())
        return None

    def _send(self, number: int, words: list[str]) -> None:
        odd = True
        for word in words:
            if not _WORD.fullmatch(word):
                self.find(number, "bad-pair", f"{word[:20]!r} is not two bytes in hexadecimal", fatal=True)
                break
            first, second = bytes.fromhex(word)
            odd = odd and first in _ODD and second in _ODD
            self.decoder.pair(first & 0x7F, second & 0x7F, self.frame)
            self.frame += 1
        if not odd:
            self.find(number, "parity", "bytes without the odd parity of CEA-608 are read all the same")

    def reading(self) -> Reading[SubtitleDocument]:
        """The document: all captions, timed from the film's start."""
        if self.decoder.finish(self.frame + _LEFT_OVER):
            self.find(0, "no-end", "nothing erases the last subtitle: it is shown for three seconds")
        for what, frame in self.decoder.skipped.items():
            number = max((begun for begun in self.begun if begun[0] <= frame), default=(0, 0))[1]
            self.find(number, "not-kept", f"left out: {what}")
        captions = self.decoder.captions
        start, label = self._start(captions[0].first if captions else 0)
        cues = tuple(SubtitleCue(span=self._span(caption, start), lines=caption.lines, runs=caption.runs,
                                 place=caption.place) for caption in captions)
        self.findings.sort(key=lambda finding: finding.line)
        return Reading(SubtitleDocument(cues=cues, rate=RATE.fps, start=label), tuple(self.findings))

    def _start(self, first: int) -> tuple[int, str]:
        """The frame of the last full hour before the first subtitle, and its timecode; none in the first hour."""
        mark = self.mark or ":"
        hours = Timecode(first, RATE, drop=mark == ";")
        start = Timecode.parse(f"{str(hours)[:2]}:00:00{mark}00", RATE)
        if start.frames == 0:
            return 0, ""
        self.find(0, "start", f"the film is taken to start at {start}, the hour of its first subtitle")
        return start.frames, str(start)

    def _span(self, caption: Caption, start: int) -> Span:
        return Span(start=RATE.time(caption.first - start), end=RATE.time(caption.end - start))
