"""EBU STL subtitles (EBU Tech 3264-E): the binary files in which European broadcasters exchange subtitles.

Read: the header (``stl_header``), then blocks of 128 bytes (TTI), extension blocks joined. Film time 0 is the
header's start of programme, where it has one; the document keeps it as ``start``. Where subtitles stand before it,
it cannot be meant, and times count from 00:00:00:00. A subtitle of a cumulative set stays until the set ends, so
that such subtitles overlap. Comments, user data and reserved blocks are left out with a finding. Findings name the
block, counted from 1, and have no line.

Written: times on the nearest frame of 25, 30000/1001, 24, 24000/1001 or 50 frames a second (25 for any other rate),
text as ``stl_writing`` tells. It does not know groups of subtitles, nor a file that goes on on another disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ciak.errors import TooLarge
from ciak.film.language import SubtitleCue, SubtitleDocument
from ciak.film.time import Rate, Span, Timecode
from ciak.formats.base import Finding, Reading, Sample, strictly
from ciak.formats.stl_header import GSI, RATES, Header, read_header, write_header
from ciak.formats.stl_place import Position
from ciak.formats.stl_text import decode_text_field
from ciak.formats.stl_writing import DAY, first_frame, losses, planned, refuse
from ciak.formats.timed_text import SIZE, check_count

__all__ = ["EBU_STL", "EbuStl"]

_BLOCK, _TEXT = 128, 112
_LAST, _USER, _EXTENSIONS = 0xFF, 0xFE, 0xF0
_FILLERS = b"\x00\x1a \x8f\r\n"


class EbuStl:
    """The format (see the module). Documents are :class:`ciak.film.language.SubtitleDocument`."""

    name = "ebu-stl"
    title = "EBU STL subtitles"
    suffixes = (".stl",)
    media_type = "application/octet-stream"

    def sniff(self, sample: Sample) -> float:
        """Sure when the header's disk format code is there."""
        return 1.0 if sample.data[3:11] in _SIGNATURES else 0.0

    def read(self, data: bytes) -> SubtitleDocument:
        """All subtitles. Raises :class:`ciak.errors.Damaged` for the first block that cannot be read."""
        return strictly(self.examine(data), self.title)

    def examine(self, data: bytes) -> Reading[SubtitleDocument]:
        """What can be read, with findings. Raises as :func:`ciak.formats.stl_header.read_header` does."""
        if len(data) > SIZE:
            raise TooLarge(f"{len(data):,} bytes of subtitles; at most {SIZE:,} are read")
        header, findings = read_header(data)
        reader = _Reader(header, findings)
        reader.blocks(data)
        cues = reader.cues()
        ordered = sorted(cues, key=lambda cue: cue.span.start)
        if ordered != cues:
            findings.append(Finding(0, "unsorted", "subtitles were not in order and have been sorted by time"))
        start = "" if header.start is None else str(Timecode(reader.start, Rate(header.rate)))
        return Reading(SubtitleDocument(language=header.language, cues=tuple(ordered), title=header.title,
                                        rate=header.rate, start=start), tuple(findings))

    def write(self, document: SubtitleDocument) -> bytes:
        """The document as an EBU STL file. Raises :class:`ciak.errors.BadInput` for times that have no timecode,
        :class:`ciak.errors.WrongEncoding` for characters in no table, :class:`ciak.errors.TooLarge`."""
        plan = planned(document)
        start = first_frame(document.start, plan.rate)
        refuse(plan, start)
        check_count(len(plan.cues))
        blocks: list[bytes] = []
        for number, (cue, text) in enumerate(zip(plan.cues, plan.texts, strict=True)):
            first, last = (start + plan.rate.nearest_frame(time) for time in (cue.span.start, cue.span.end))
            times = b"".join(_timecode(frame, plan.rate) for frame in (first, last))
            blocks += _blocks(number, times, text.position, text.data)
            if GSI + len(blocks) * _BLOCK > SIZE:
                raise TooLarge(f"these subtitles make an EBU STL file of more than {SIZE:,} bytes")
        first = start + plan.rate.nearest_frame(plan.cues[0].span.start) if plan.cues else start
        header = Header(rate=plan.rate.fps, start=start, table=plan.table, screen=plan.screen, title=document.title,
                        language=document.language, blocks=len(blocks), subtitles=len(plan.cues), first=first)
        return write_header(header) + b"".join(blocks)

    def losses(self, document: SubtitleDocument) -> tuple[str, ...]:
        """What EBU STL has no place for."""
        return losses(document)


EBU_STL = EbuStl()
_SIGNATURES = frozenset(code.encode() for code in RATES)


@dataclass
class _Subtitle:
    """A subtitle under construction: its first block, and the text of all its blocks."""

    block: int
    head: bytes
    texts: list[bytes] = field(default_factory=list)


@dataclass
class _Reader:
    """One pass over the blocks, then one over the subtitles that they make."""

    header: Header
    findings: list[Finding]
    subtitles: list[_Subtitle] = field(default_factory=list)
    start: int = 0

    def find(self, block: int, code: str, message: str, *, fatal: bool = False) -> None:
        """Note something about a block."""
        self.findings.append(Finding(0, code, f"block {block}: {message}", fatal))

    def blocks(self, data: bytes) -> None:
        """Take the file apart, joining extension blocks."""
        count, rest = divmod(len(data) - GSI, _BLOCK)
        pending: _Subtitle | None = None
        for number in range(1, count + 1):
            block = data[GSI + (number - 1) * _BLOCK:GSI + number * _BLOCK]
            kind = block[3]
            if _EXTENSIONS <= kind < _LAST:
                what = "user data" if kind == _USER else f"a block of the reserved kind {kind:02X}h"
                self.find(number, "not-kept", f"{what} is left out")
                continue
            if pending is not None and (block[:3] != pending.head[:3] or len(pending.texts) > _EXTENSIONS):
                self.find(number, "unfinished", "the subtitle before it has no last block; what is there is kept")
                pending = None
            if pending is None:
                pending = _Subtitle(number, block[:_BLOCK - _TEXT])
                self.subtitles.append(pending)
                check_count(len(self.subtitles))
            pending.texts.append(block[_BLOCK - _TEXT:])
            if kind == _LAST:
                pending = None
        if pending is not None:
            self.find(count, "unfinished", "the last subtitle has no last block; what is there is kept")
        if rest and data[-rest:].strip(_FILLERS):
            self.findings.append(Finding(0, "cut-off", f"the file ends inside block {count + 1}", fatal=True))
        if self.header.blocks != count:
            told = "no number" if self.header.blocks is None else self.header.blocks
            self.findings.append(Finding(0, "count", f"the header counts {told} blocks; there are {count}"))

    def cues(self) -> list[SubtitleCue]:
        """The subtitles, in the order of the file."""
        timed = list(self._timed())
        self.start = self.header.start or 0
        shift = [first for _, first, _ in timed if _since(first, self.start, self._day) < 0]
        if shift:
            self.start = 0
            self.findings.append(Finding(0, "early", "subtitles stand before the programme's start in the header: "
                                                     "times are counted from 00:00:00:00"))
        cues: list[SubtitleCue] = []
        cumulative: list[int] = []
        rate = Rate(self.header.rate)
        for subtitle, first, last in timed:
            begin, end = (_since(frame, self.start, self._day) for frame in (first, last))
            if end < begin:
                self.find(subtitle.block, "bad-time", "it ends before it starts", fatal=True)
                continue
            cues.append(self._cue(subtitle, Span(start=rate.time(begin), end=rate.time(end))))
            self._accumulate(subtitle, cues, cumulative)
        return cues

    @property
    def _day(self) -> int:
        return DAY * Rate(self.header.rate).nominal

    def _timed(self) -> Iterator[tuple[_Subtitle, int, int]]:
        """The subtitles that are meant to be shown, with their frame labels."""
        nominal = Rate(self.header.rate).nominal
        for subtitle in self.subtitles:
            head = subtitle.head
            if head[15] == 1:
                self.find(subtitle.block, "comment", "a comment is left out")
                continue
            labels = [_frames(head[place:place + 4], nominal) for place in (5, 9)]
            if labels[0] is None or labels[1] is None:
                wrong = head[5:9] if labels[0] is None else head[9:13]
                self.find(subtitle.block, "bad-time",
                          f"{':'.join(f'{part:02}' for part in wrong)} is no timecode at {nominal} frames a second",
                          fatal=True)
                continue
            yield subtitle, labels[0], labels[1]

    def _cue(self, subtitle: _Subtitle, span: Span) -> SubtitleCue:
        head, block = subtitle.head, subtitle.block
        if head[14] > 3:
            self.find(block, "bad-justification", f"the justification code {head[14]:02X}h is taken for centred")
        text = b"".join(part.partition(b"\x8f")[0] for part in subtitle.texts)
        read = decode_text_field(text, self.header.table, self.header.screen, Position(head[13], min(head[14], 4)))
        if read.lost:
            self.find(block, "not-kept", f"dropped: {', '.join(read.lost[:5])}")
        if not read.lines:
            self.find(block, "empty", "a subtitle without text")
        if span.duration == 0:
            self.find(block, "no-duration", "a subtitle that is never shown")
        return SubtitleCue(span=span, lines=read.lines, runs=read.runs, place=read.place)

    def _accumulate(self, subtitle: _Subtitle, cues: list[SubtitleCue], cumulative: list[int]) -> None:
        """Let the members of a cumulative set (01 the first, 02 more, 03 the last) stay until the last is over."""
        state = subtitle.head[4]
        if state not in (2, 3):
            cumulative.clear()
        if state in (1, 2, 3):
            cumulative.append(len(cues) - 1)
        if state == 3:
            end = max(cues[place].span.end for place in cumulative)
            for place in cumulative:
                span = Span(start=cues[place].span.start, end=end)
                cues[place] = cues[place].model_copy(update={"span": span})
            self.find(subtitle.block, "cumulative", f"{len(cumulative)} subtitles that add up are shown until it ends")
            cumulative.clear()


def _since(frame: int, start: int, day: int) -> int:
    """Frames from ``start`` to a label; one up to twelve hours past midnight is the next day's."""
    passed = frame - start
    return passed + day if passed < 0 and passed + day <= day // 2 else passed


def _frames(label: bytes, nominal: int) -> int | None:
    hours, minutes, seconds, frames = label
    if hours > 23 or minutes > 59 or seconds > 59 or frames >= nominal:
        return None
    return ((hours * 60 + minutes) * 60 + seconds) * nominal + frames


def _timecode(frame: int, rate: Rate) -> bytes:
    return bytes(int(part) for part in str(Timecode(frame, rate)).split(":"))


def _blocks(number: int, times: bytes, position: Position, text: bytes) -> Iterator[bytes]:
    """The blocks of a subtitle: as many as its text needs, the last one marked."""
    count = max(1, -(-len(text) // _TEXT))
    if count > _EXTENSIONS + 1:
        raise TooLarge(f"subtitle {number + 1} has a text of {len(text):,} bytes; EBU STL has room for "
                       f"{(_EXTENSIONS + 1) * _TEXT:,}")
    for place in range(count):
        kind = _LAST if place == count - 1 else place
        head = bytes((0, number & 0xFF, number >> 8, kind, 0)) + times + bytes(
            (position.row, position.justification, 0))
        yield head + text[place * _TEXT:(place + 1) * _TEXT].ljust(_TEXT, b"\x8f")
