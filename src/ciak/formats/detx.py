"""DetX, the XML of rythmo bands that Cappella (Chinkel) writes and others (Joker, Subtitle Edit, LibreRythmo) read.

There is no public schema. Written is what all readers of it agree on: ``detx``, a ``header`` with ``cappella`` and
``last_position``, ``roles``, and a ``body`` of ``line`` (``role``, ``track``) with ``lipsync`` (``timecode``
HH:MM:SS:FF, ``type``) around ``text``; shot changes as ``shot``. How lips are (open, closed) is not known, so lines
begin ``in_open`` and end ``out_open``. The file does not say its rate: it is written as an attribute ``rate`` of the
root, beside ``start``, which other readers leave alone; without them 25 and 00:00:00:00 are taken, with a finding.

Read: a line's text pieces as one, from its first sync to its last; the signs between (``mpb``) are not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from pydantic import ValidationError

from ciak.errors import BadInput, Damaged, WrongFormat
from ciak.film.band import BandCharacter, BandLine, RythmoBand
from ciak.film.time import Rate, Span, Timecode
from ciak.formats.base import Finding, Reading, Sample, strictly
from ciak.formats.strict_xml import Element, clean_text, escaped, parse_xml

__all__ = ["DETX", "Detx"]

_ROOT = re.compile(r"(?:<!--(?s:.*?)-->|<[?!](?!--)[^>]*>|\s)*+<detx[\s>]")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_LINES = 50_000


class Detx:
    """The format (see the module). Documents are :class:`ciak.film.band.RythmoBand`."""

    name = "detx"
    title = "DetX rythmo bands"
    suffixes = (".detx",)
    media_type = "application/xml"

    def sniff(self, sample: Sample) -> float:
        """Sure when the root element is ``detx``."""
        return 0.95 if _ROOT.match(sample.text[:65536]) else 0.0

    def read(self, data: bytes) -> RythmoBand:
        """All of a band. Raises :class:`ciak.errors.Damaged` with the line of what cannot be read."""
        return strictly(self.examine(data), self.title)

    def examine(self, data: bytes) -> Reading[RythmoBand]:
        """What can be read, with findings. Raises as :func:`ciak.formats.strict_xml.parse_xml` does, and
        ``WrongFormat`` for other XML."""
        root = parse_xml(data)
        if root.name != "detx":
            raise WrongFormat("this is no DetX file")
        return _Reader(root).read()

    def write(self, document: RythmoBand) -> bytes:
        """The band as DetX. Raises :class:`BadInput` for a time before the film or beyond a day."""
        return "\n".join([*_written(document), ""]).encode("utf-8")

    def losses(self, document: RythmoBand) -> tuple[str, ...]:
        """What DetX has no place for."""
        fps = Rate.parse(document.rate).fps
        times = [time for line in document.lines for time in (line.span.start, line.span.end)]
        times += [shot.start for shot in document.shots]
        texts = [document.title, *(line.text for line in document.lines), *(one.name for one in document.characters)]
        lost = {
            "the language": document.language != "und",
            "names of lines": any(line.loop != f"L{number:04}" for number, line in enumerate(document.lines, 1)),
            "the original's words": any(line.original for line in document.lines),
            "times of words": any(line.words for line in document.lines),
            "times between frames": any((time * fps).denominator != 1 for time in times),
            "lines of no length": any(not line.span.duration for line in document.lines),
            "lines out of order": list(document.lines) != sorted(document.lines, key=_order),
            "ends of shots": any(one.end != two.start for one, two in pairwise(document.shots))
            or any(not shot.duration for shot in document.shots),
            "blanks": any(" ".join(text.split()) != text for text in texts),
            "characters that XML cannot hold": any(clean_text(text) != text for text in texts),
        }
        return tuple(what for what, is_lost in lost.items() if is_lost)


DETX = Detx()


def _order(line: BandLine) -> tuple[Fraction, int]:
    return line.span.start, line.track


def _written(band: RythmoBand) -> Iterator[str]:
    rate = Rate.parse(band.rate)
    start = Timecode.parse(band.start, rate)
    lines = sorted(band.lines, key=_order)
    last = lines[-1].span.end if lines else Fraction(0)
    yield '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>'
    yield f'<detx copyright="Ciak" rate="{rate}" start="{band.start}">'
    yield "  <header>"
    yield '    <cappella version="3.7.0"/>'
    if band.title:
        yield f"    <title>{escaped(' '.join(band.title.split()))}</title>"
    yield f'    <last_position timecode="{_label(start, rate, last)}" track="0"/>'
    yield "  </header>"
    yield "  <roles>"
    for one in band.characters:
        yield (f'    <role color="{one.colour}" description="{escaped(_plain(one.actor))}" id="{one.id}" '
               f'name="{escaped(_plain(one.name))}"/>')
    yield "  </roles>"
    yield "  <body>"
    for shot in band.shots:
        yield f'    <shot timecode="{_label(start, rate, shot.start)}"/>'
    if band.shots:
        yield f'    <shot timecode="{_label(start, rate, band.shots[-1].end)}"/>'
    for line in lines:
        yield f'    <line role="{line.character}" track="{line.track}">'
        yield f'      <lipsync timecode="{_label(start, rate, line.span.start)}" type="in_open"/>'
        yield f"      <text>{escaped(_plain(line.text))}</text>"
        yield f'      <lipsync timecode="{_label(start, rate, line.span.end)}" type="out_open"/>'
        yield "    </line>"
    yield "  </body>"
    yield "</detx>"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _label(start: Timecode, rate: Rate, time: Fraction) -> str:
    frame = rate.nearest_frame(time)
    if frame < 0 or start.frames + frame > Timecode(-1, rate, start.drop).frames:
        raise BadInput(f"{float(time):.2f} s is outside the day that a timecode counts")
    return str(start + frame).replace(";", ":")


class _Reader:
    """A file on its way in."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.findings: list[Finding] = []
        told, begin = _value(root, "rate"), _value(root, "start")
        try:
            self.rate = Rate.parse(told or "25")
            self.start = Timecode.parse(begin or "00:00:00:00", self.rate)
        except BadInput as problem:
            raise Damaged(f"the file's rate or start: {problem.message}", line=root.line) from None
        if not told:
            self.find(root, "no-rate", "the file says no frame rate: 25 is taken")

    def find(self, where: Element, code: str, message: str, *, fatal: bool = False) -> None:
        self.findings.append(Finding(where.line, code, message, fatal))

    def read(self) -> Reading[RythmoBand]:
        parts = {part.name: part for part in self.root.elements()}
        header = parts.get("header")
        title = next((part.text() for part in (header.elements() if header else ()) if part.name == "title"), "")
        characters = {one.id: one for one in self.characters(parts.get("roles"))}
        body = list(parts["body"].elements()) if "body" in parts else []
        lines = [line for part in body if part.name == "line" and (line := self.line(part, characters)) is not None]
        lines = [line.model_copy(update={"loop": f"L{number:04}"})
                 for number, line in enumerate(sorted(lines, key=_order), 1)]
        cuts = [time for part in body if part.name == "shot" and (time := self.time(part)) is not None]
        shots = tuple(Span(start=one, end=two) for one, two in pairwise(cuts) if two > one)
        try:
            band = RythmoBand(title=title, rate=str(self.rate), start=str(self.start), lines=tuple(lines),
                              characters=tuple(characters.values()), shots=shots)
        except ValidationError as problem:
            raise Damaged(f"the file holds what no band can: {problem.errors()[0]['msg']}") from None
        return Reading(band, tuple(self.findings))

    def characters(self, roles: Element | None) -> Iterator[BandCharacter]:
        seen: set[str] = set()
        for role in roles.elements() if roles else ():
            name = _value(role, "id")
            if role.name != "role" or not _ID.fullmatch(name) or name in seen:
                self.find(role, "role", f"a role is left out: {name[:40]!r}", fatal=bool(role.name == "role"))
                continue
            seen.add(name)
            colour = _value(role, "color").lower()
            yield BandCharacter(id=name, name=_value(role, "name")[:200], actor=_value(role, "description")[:200],
                                colour=colour if _COLOUR.fullmatch(colour) else "#000000")

    def line(self, part: Element, characters: dict[str, BandCharacter]) -> BandLine | None:
        syncs = [time for one in part.elements() if one.name == "lipsync" and (time := self.time(one)) is not None]
        text = " ".join(words for one in part.elements() if one.name == "text" and (words := one.text()))
        role, track = _value(part, "role"), _value(part, "track") or "0"
        if len(syncs) < 2 or max(syncs) <= min(syncs):
            self.find(part, "no-times", "a line without two times is left out", fatal=True)
            return None
        if role not in characters:
            self.find(part, "role", f"a line of {role[:40]!r}, who is not among the roles, is left out", fatal=True)
            return None
        if not re.fullmatch(r"\d{1,2}", track, re.ASCII) or int(track) > 63 or len(text) > 2000:
            self.find(part, "bad-line", "a line with a strange track, or of more than 2,000 characters, is left out",
                      fatal=True)
            return None
        return BandLine(loop="L0", character=role, track=int(track), text=text,
                        span=Span(start=min(syncs), end=max(syncs)))

    def time(self, part: Element) -> Fraction | None:
        label = _value(part, "timecode")
        try:
            label = label[:8] + (";" if self.start.drop else ":") + label[9:] if len(label) > 9 else label
            frames = Timecode.parse(label, self.rate).frames - self.start.frames
            if frames < 0:
                raise BadInput(f"{label} is before the start {self.start}")
        except BadInput as problem:
            self.find(part, "bad-time", problem.message, fatal=True)
            return None
        return self.rate.time(frames)


def _value(part: Element, name: str) -> str:
    return part.attributes.get(("", name), "")
