"""The cut as an edit decision list of the CMX 3600 kind, the oldest and plainest exchange between editing programs.

One event a line: number, reel, channel (V, A, A2, B: both, AA/V: both and picture), transition, source in and out,
record in and out. Below it M2 (frames a second at which the source plays), ``* FROM CLIP NAME:``, ``* SOURCE FILE:``
and ``* LOC:``, a marker. Written to the layout that GVG and CMX manuals of the 3600 describe.

The rate. An EDL counts frames and does not say how many make a second. It is read at the ``rate`` that :func:`read_edl`
and :meth:`Edl.examine` are given; else at the one of a line ``* FRAME RATE:``, which is written here and which other
programs take for a comment; else at the least of 24, 25 and 30 that has all frames of its timecodes (29.97 where the
list counts drop-frame), with a finding. M2 and all timecodes,
of sources too, are taken to count at that rate. The film starts at ``* START:`` where that line stands (it is written
only where needed), else at the earliest record in, rounded down to the hour.

Read as cuts: dissolves and wipes, at their start, with a finding. Black (reel BL) is a gap. A frozen frame is read as
one that passes very slowly, a source played backwards as forwards, both with a finding; of two events at one moment on
one channel, the later in the list is left out.

Not written: lanes of picture but the first with clips, sound beyond two channels, names of lanes, languages, what
belongs to loops. Reels are eight letters or digits, made of the file's name; the true names stand in the comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from ciak.errors import BadInput
from ciak.film.cut import Clip, Cut, Lane, Marker
from ciak.film.time import Rate, Span, Timecode
from ciak.formats.base import Finding, Reading, Sample, strictly
from ciak.formats.edl_parts import EVENT, EditList, Event, parsed
from ciak.formats.encoding import decode_text, lines_of

__all__ = ["EDL", "Edl", "examine_edl", "read_edl"]

_LIKELY, _DROPPING = tuple(Rate(Fraction(fps)) for fps in (24, 25, 30)), Rate(Fraction(30000, 1001))
_WRITTEN = {"V": "V", "A1": "A", "A2": "A2"}


class Edl:
    """The format (see the module). Documents are :class:`ciak.film.cut.Cut`."""

    name = "edl"
    title = "CMX 3600 edit decision lists"
    suffixes = (".edl",)
    media_type = "text/x-edl"

    def sniff(self, sample: Sample) -> float:
        """Sure when an event is there, or a title and how frames are counted."""
        heads = [line.strip(" \t") for line in lines_of(sample.text[:8192])[:200]]
        if any(EVENT.fullmatch(line) for line in heads):
            return 0.9
        titled = any(line.startswith("TITLE:") for line in heads[:5])
        return 0.8 if titled and any(line.startswith("FCM:") for line in heads[:10]) else 0.0

    def read(self, data: bytes) -> Cut:
        """All of a list. Raises :class:`ciak.errors.Damaged`, with the line, for what cannot be read."""
        return strictly(self.examine(data), "this edit decision list")

    def examine(self, data: bytes, rate: Rate | None = None) -> Reading[Cut]:
        """What can be read, with findings. Raises ``WrongFormat`` when it is no edit decision list."""
        found = parsed(decode_text(data)[0])
        counted = _rate(found, rate)
        reader = _Reader(found, counted)
        return Reading(reader.cut(), tuple(sorted(found.findings, key=lambda finding: finding.line)))

    def write(self, document: Cut) -> bytes:
        """The cut as an EDL. Raises :class:`BadInput` for one that reaches beyond a day, or begins before its start."""
        return "\r\n".join([*_written(document), ""]).encode("utf-8")

    def losses(self, document: Cut) -> tuple[str, ...]:
        """What an EDL has no place for."""
        rate = Rate.parse(document.rate)
        kept = _kept(document)
        clips = [clip for _, lane in kept for clip in lane.clips]
        times = [time for clip in clips for time in (clip.span.start, clip.span.end, clip.source)]
        times += [marker.time for marker in document.markers]
        texts = [document.name, *(text for clip in clips for text in (clip.name, clip.path)),
                 *(text for marker in document.markers for text in (marker.name, marker.text))]
        lost = {
            "lanes beyond one of picture and two of sound": len(kept) < len(document.lanes),
            "names of lanes": any(lane.name != name for name, lane in kept),
            "the language": any(lane.language for _, lane in kept),
            "what the files hold": any(clip.available for clip in clips),
            "lines and characters of dialogue": any(clip.loop or clip.character or clip.text for clip in clips),
            "times between frames": any((time * rate.fps).denominator != 1 for time in times),
            "clips of no length": any(not clip.span.duration for clip in clips),
            "speeds finer than a thousandth of a frame a second":
                any((clip.speed * rate.nominal * 1000).denominator != 1 or not _marked(clip.speed, rate)
                    for clip in clips),
            "line breaks and outer blanks of names": any(text != _line(text) for text in texts),
            "files without a name": any(not clip.name for clip in clips),
            "the text of markers": any(marker.text for marker in document.markers),
        }
        return tuple(what for what, is_lost in lost.items() if is_lost)


EDL = Edl()


def examine_edl(data: bytes, rate: Rate | None = None) -> Reading[Cut]:
    """The cut of an EDL that counts at ``rate`` (None: see the module), with findings."""
    return EDL.examine(data, rate)


def read_edl(data: bytes, rate: Rate | None = None) -> Cut:
    """The cut of an EDL that counts at ``rate`` (None: see the module). Raises as :meth:`Edl.read` does."""
    return strictly(EDL.examine(data, rate), "this edit decision list")


def _rate(found: EditList, given: Rate | None) -> Rate:
    """At which rate the list counts (see the module)."""
    if given is not None:
        if found.drop and not given.dropped:
            found.findings.append(Finding(0, "drop-frame", f"the list counts drop-frame, which {given} does not have"))
        return given
    if found.rate:
        try:
            return Rate.parse(found.rate)
        except BadInput as problem:
            found.findings.append(Finding(0, "bad-rate", problem.message, fatal=True))
    highest = max((int(stamp[-2:]) for event in found.events for stamp in (*event.source, *event.record)
                   if stamp[-2:].isdecimal()), default=0)
    rate = _DROPPING if found.drop else next((one for one in _LIKELY if highest < one.nominal), _LIKELY[0])
    found.findings.append(Finding(0, "rate", f"the list does not say its rate; it is read at {rate}"))
    return rate


class _Reader:
    """A list on its way in, counted at ``rate``."""

    def __init__(self, found: EditList, rate: Rate) -> None:
        self.found, self.rate = found, rate
        self.drop = found.drop and bool(rate.dropped)
        self.day = Timecode(-1, rate, self.drop).frames + 1

    def cut(self) -> Cut:
        events = [pair for event in self.found.events if (pair := self.counted(event))]
        start = self.start([frames[2] for _, frames in events])
        lanes: dict[str, list[Clip]] = {}
        reached: dict[str, Fraction] = {}
        ordered = sorted(((one, ((frames[2] - start.frames) % self.day, frames)) for one, frames in events),
                         key=lambda pair: pair[1][0])
        for event, (first, frames) in ordered:
            if event.reel == "BL" or frames[3] == frames[2]:
                continue
            span = Span(start=self.rate.time(first), end=self.rate.time(first + frames[3] - frames[2]))
            clip = Clip(name=event.name or event.reel, path=event.path, span=span, source=self.rate.time(frames[0]),
                        speed=self.speed(event, frames))
            for channel in event.channels:
                if span.start < reached.get(channel, Fraction(0)):
                    self.find(event.line, "overlap", f"another event is at this moment on {channel}", fatal=True)
                    continue
                lanes.setdefault(channel, []).append(clip)
                reached[channel] = span.end
        return Cut(name=self.found.title, rate=str(self.rate), start=str(start), markers=tuple(self.markers(start)),
                   lanes=tuple(Lane(name=name, kind="Video" if name == "V" else "Audio", clips=tuple(lanes[name]))
                               for name in ("V", "A1", "A2") if name in lanes))

    def find(self, line: int, code: str, message: str, *, fatal: bool = False) -> None:
        self.found.findings.append(Finding(line, code, message, fatal))

    def frames(self, text: str) -> int:
        """The frame that a label names, drop-frame where the list counts so, whatever stands before the frames."""
        return Timecode.parse(f"{text[:8]}{';' if self.drop else ':'}{text[9:]}", self.rate).frames

    def counted(self, event: Event) -> tuple[Event, tuple[int, int, int, int]] | None:
        try:
            source, source_end, record, record_end = (self.frames(text) for text in (*event.source, *event.record))
        except BadInput as problem:
            self.find(event.line, "bad-time", problem.message, fatal=True)
            return None
        if (record_end - record) % self.day > self.day // 2:
            self.find(event.line, "bad-time", "it ends before it starts", fatal=True)
            return None
        record_end = record + (record_end - record) % self.day
        if event.speed is None and record_end != record and (source_end - source) % self.day != record_end - record \
                and event.reel != "BL":
            self.find(event.line, "lengths", "source and record are not equally long, and no M2 says why; the record "
                                             "counts")
        return event, (source, source_end, record, record_end)

    def start(self, records: Sequence[int]) -> Timecode:
        """Film time 0: as the list says, or the hour of the earliest record in (the first one's, past midnight)."""
        if self.found.start:
            try:
                return Timecode(self.frames(self.found.start[:12]), self.rate, self.drop)
            except BadInput as problem:
                self.find(0, "bad-time", f"the start: {problem.message}")
        if not records:
            return Timecode(0, self.rate, self.drop)
        first = min(records) if records[0] - min(records) < self.day // 2 else records[0]
        return _hour_of(Timecode(first, self.rate, self.drop))

    def speed(self, event: Event, frames: tuple[int, int, int, int]) -> Fraction:
        if event.speed is None:
            return Fraction(1)
        sign, count = event.speed
        speed = Fraction(count) / self.rate.nominal
        if not speed:
            self.find(event.line, "frozen", "a frozen frame is read as one that passes very slowly")
            return Fraction(1, frames[3] - frames[2])
        if sign:
            self.find(event.line, "backwards", "a source played backwards is read as forwards")
        return speed

    def markers(self, start: Timecode) -> Iterable[Marker]:
        for line, label, name in self.found.markers:
            try:
                frames = (self.frames(label) - start.frames) % self.day
            except BadInput as problem:
                self.find(line, "bad-time", f"a marker is left out: {problem.message}")
                continue
            yield Marker(time=self.rate.time(frames), name=name)


def _hour_of(moment: Timecode) -> Timecode:
    """The full hour before it."""
    mark, frames = (";" if moment.drop else ":"), ("000" if moment.rate.nominal > 100 else "00")
    return Timecode.parse(f"{str(moment)[:2]}:00:00{mark}{frames}", moment.rate)


# --- writing ---------------------------------------------------------------------------------------------------

def _kept(cut: Cut) -> list[tuple[str, Lane]]:
    """The lanes that are written, by channel."""
    pictures = [lane for lane in cut.lanes if lane.kind == "Video" and lane.clips][:1]
    sounds = [lane for lane in cut.lanes if lane.kind == "Audio" and lane.clips][:2]
    return [*(("V", lane) for lane in pictures), *zip(("A1", "A2"), sounds, strict=False)]


def _line(text: str) -> str:
    """``text`` on one line."""
    return " ".join(part for part in re.split(r"[\x00-\x1f\x7f\x85\u2028\u2029]", text) if part).strip(" \t")


def _marked(speed: Fraction, rate: Rate) -> bool:
    return Fraction(1, 1000) <= speed * rate.nominal < 10_000


def _written(cut: Cut) -> Iterator[str]:
    rate = Rate.parse(cut.rate)
    start = Timecode.parse(cut.start, rate)
    day = Timecode(-1, rate, start.drop).frames + 1
    reels: dict[str, str] = {}
    events = sorted(((rate.nearest_frame(clip.span.start), channel, rate.nearest_frame(clip.span.end), clip)
                     for channel, lane in _kept(cut) for clip in lane.clips), key=lambda event: event[:3])
    events = [event for event in events if event[2] > event[0]]
    _check(events, day)
    yield f"TITLE: {_line(cut.name)}"
    yield f"FCM: {'DROP FRAME' if start.drop else 'NON-DROP FRAME'}"
    yield f"* FRAME RATE: {rate}"
    first = (start + events[0][0]) if events else Timecode(0, rate, start.drop)
    if start.frames != _hour_of(first).frames:
        yield f"* START: {_label(start)}"
    for number, (begin, channel, end, clip) in enumerate(events, 1):
        reel, source = _reel(clip, reels), Timecode(0, rate, start.drop) + rate.nearest_frame(clip.source)
        mark = _mark(clip.speed, rate)
        passed = rate.nearest_frame(rate.time(end - begin) * Fraction(mark) / rate.nominal)
        stamps = " ".join(map(_label, (source, source + passed, start + begin, start + end)))
        yield f"{number:03}  {reel:<8} {_WRITTEN[channel]:<5} C        {stamps}"
        if Fraction(mark) != rate.nominal:
            yield f"M2   {reel:<8}       {mark}                {_label(source)}"
        if _line(clip.name):
            yield f"* FROM CLIP NAME: {_line(clip.name)}"
        if _line(clip.path):
            yield f"* SOURCE FILE: {_line(clip.path)}"
    for marker in cut.markers:
        frame = rate.nearest_frame(marker.time)
        if not 0 <= frame < day:
            raise BadInput(f"the marker {marker.name[:40]!r} is outside the day that an EDL counts")
        yield f"* LOC: {_label(start + frame)} RED     {_line(marker.name)}"


def _check(events: Iterable[tuple[int, str, int, Clip]], day: int) -> None:
    """Raises :class:`BadInput` for clips that no EDL can hold."""
    reached: dict[str, int] = {}
    for begin, channel, end, clip in events:
        if begin < reached.get(channel, 0):
            raise BadInput(f"clip {clip.name[:40]!r} begins too early on its lane",
                           remedy="put it on a lane of its own")
        if end >= day or end - begin > day // 2 or not 0 <= clip.source < 24 * 3600:
            raise BadInput(f"clip {clip.name[:40]!r} is outside the day that an EDL counts",
                           remedy="export the cut as OTIO")
        reached[channel] = end


def _label(timecode: Timecode) -> str:
    return str(timecode).replace(";", ":")


def _mark(speed: Fraction, rate: Rate) -> str:
    """Frames of the source a second, as M2 has them: one decimal, three where needed."""
    count = min(9_999_999, max(1, round(speed * rate.nominal * 1000)))
    decimals = f"{count % 1000:03}"
    return f"{count // 1000:03}.{decimals[0] if decimals.endswith('00') else decimals}"


def _reel(clip: Clip, reels: dict[str, str]) -> str:
    """Eight letters and digits that stand for the clip's file and for no other."""
    media = clip.path or f"\n{clip.name}"
    if media not in reels:
        stem = re.sub(r"[^A-Z0-9]", "", re.split(r"[/\\]", clip.path or clip.name)[-1].split(".")[0].upper())[:8]
        taken = {*reels.values(), "BL", ""}
        names = (stem, *(f"{stem[:8 - len(str(number))]}{number}" for number in range(1, len(reels) + 3)))
        reels[media] = next(name for name in names if name not in taken)
    return reels[media]
