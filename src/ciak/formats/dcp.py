"""Subtitles of digital cinema packages: SMPTE ST 428-7, read in all its editions and written in that of 2014.

Read too: Interop (``DCSubtitle``), see :mod:`ciak.formats.dcp_reader`. Written: one ``Text`` a line, frames at the
document's rate (24 when it has none), no fades. The same document gives the same file: its ``Id`` is made from its
content (a UUID of version 5), and ``IssueDate`` is the beginning of 1970, because a document does not know its
date. No ``LoadFont`` is written: the font is chosen when the package is made.

A DCP has no place for who speaks; white is the colour of plain text. It does not know ``ReelNumber`` (1 is
written), pictures, nor the time that a theatre's server needs between two subtitles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from uuid import NAMESPACE_URL, uuid5

from ciak.errors import BadInput
from ciak.film.language import Align, Edge, Place, StyledRun, StyleKind, SubtitleCue, SubtitleDocument
from ciak.film.time import Rate
from ciak.formats.base import Reading, Sample, strictly
from ciak.formats.dcp_reader import USUAL_ASIDE, USUAL_INSET, DcpClock, read_dcp
from ciak.formats.markup import tidied
from ciak.formats.percent_places import decimal, fitted, placed_exactly
from ciak.formats.strict_xml import XmlLimits, clean_text, escaped, parse_xml
from ciak.formats.timed_text import SIZE
from ciak.formats.xml_colours import PLAIN, is_colour

__all__ = ["DCP", "Dcp"]

_NAMESPACE = "http://www.smpte-ra.org/schemas/428-7/2014/DCST"
_ROOT = re.compile(r"(?:<!--(?s:.*?)-->|<[?!](?!--)[^>]*>|\s)*+<(?:[\w.-]+:)?(?:DCSubtitle|SubtitleReel)[\s>]")
_LINE = Fraction(13, 2)
"""Percent of the picture's height from one line to the next."""
_TAGS = {StyleKind.ITALIC: 'Italic="yes"', StyleKind.BOLD: 'Weight="bold"', StyleKind.UNDERLINE: 'Underline="yes"'}
_ALIGN = {Align.LEFT: "left", Align.CENTRE: "center", Align.RIGHT: "right"}
_EDGE = {Edge.TOP: "top", Edge.MIDDLE: "center", Edge.BOTTOM: "bottom"}


class Dcp:
    """The format (see the module). Documents are :class:`ciak.film.language.SubtitleDocument`."""

    name = "dcp"
    title = "DCP subtitles"
    suffixes = (".xml",)
    media_type = "text/xml"

    def sniff(self, sample: Sample) -> float:
        """Sure when the root element is that of SMPTE or of Interop."""
        return 0.95 if _ROOT.match(sample.text[:65536]) else 0.0

    def read(self, data: bytes) -> SubtitleDocument:
        """All subtitles. Raises :class:`ciak.errors.Damaged` with the line of the first that cannot be read."""
        return strictly(self.examine(data), self.title)

    def examine(self, data: bytes) -> Reading[SubtitleDocument]:
        """What can be read, with findings. Raises as :func:`ciak.formats.strict_xml.parse_xml` does, and
        ``WrongFormat`` for other XML and for subtitles that are pictures."""
        return read_dcp(parse_xml(data, limits=XmlLimits(size=SIZE)))

    def write(self, document: SubtitleDocument) -> bytes:
        """The document as a SMPTE file. Raises :class:`ciak.errors.BadInput` for a time before the film."""
        body = _written(document)
        return body.replace(_NO_ID, f"urn:uuid:{uuid5(NAMESPACE_URL, body)}", 1).encode("utf-8")

    def losses(self, document: SubtitleDocument) -> tuple[str, ...]:
        """What a DCP has no place for."""
        cues = document.cues
        rate = _rate(document)
        runs = [run for cue in cues for run in cue.runs]
        colours = {run.value for run in runs if run.kind is StyleKind.COLOUR}
        texts = [document.title, *(line for cue in cues for line in cue.lines)]
        times = {time for cue in cues for time in (cue.span.start, cue.span.end)}
        lost = {
            "who speaks": any(run.kind is StyleKind.VOICE for run in runs),
            "cue settings of WebVTT": any(cue.settings for cue in cues),
            "names of subtitles": any(cue.id not in ("", str(place)) for place, cue in enumerate(cues, 1)),
            "comments and style blocks": bool(document.notes),
            "subtitles without text": not all(tidied(cue).lines for cue in cues),
            "times between frames": any((time * rate.fps).denominator != 1 for time in times),
            "the frame rate": document.rate not in (None, rate.fps),
            "the first timecode": bool(document.start) and _start(document, rate) is None,
            "the exact place of subtitles on the picture": not all(placed_exactly(cue.place) for cue in cues),
            "white as a colour, which is that of plain text": PLAIN in colours,
            "colours that are none": not all(is_colour(colour) for colour in colours),
            "characters that XML cannot hold": any(clean_text(text) != text for text in texts),
            "blanks in the title": " ".join(document.title.split()) != document.title,
        }
        return tuple(what for what, is_lost in lost.items() if is_lost)


DCP = Dcp()

_NO_ID = "urn:uuid:00000000-0000-0000-0000-000000000000"
_DATE = "1970-01-01T00:00:00.000+00:00"


def _rate(document: SubtitleDocument) -> Rate:
    """The document's rate, 24 when it has none or one that cannot be written."""
    rate = document.rate
    known = rate is not None and 1 <= rate <= 1000 and max(rate.numerator, rate.denominator) < 10**6
    found = Rate(rate if known and rate is not None else Fraction(24))
    return found if found.nominal < 1000 else Rate(Fraction(24))


def _start(document: SubtitleDocument, rate: Rate) -> int | None:
    """The first timecode in frames; None for one that cannot be written."""
    match = re.fullmatch(r"(\d\d):(\d\d):(\d\d):(\d{2,3})", document.start or "00:00:00:00", re.ASCII)
    if not match:
        return None
    hours, minutes, secs, frames = (int(part) for part in match.groups())
    if hours > 23 or minutes > 59 or secs > 59 or frames >= rate.nominal:
        return None
    return ((hours * 60 + minutes) * 60 + secs) * rate.nominal + frames


def _written(document: SubtitleDocument) -> str:
    """The file, with :data:`_NO_ID` where its own goes."""
    rate = _rate(document)
    clock = DcpClock(rate.fps, rate.nominal)
    start = _start(document, rate) or 0
    language = [f"  <Language>{document.language}</Language>"] if document.language != "und" else []
    shown = [tidy for cue in document.cues if (tidy := tidied(cue)).lines]
    shown.sort(key=lambda cue: rate.nearest_frame(cue.span.start))
    subtitles: list[str] = []
    for number, cue in enumerate(shown, 1):
        first, end = (rate.nearest_frame(time) for time in (cue.span.start, cue.span.end))
        if first < 0:
            raise BadInput(f"a subtitle at {float(cue.span.start):.3f} s is before the film",
                           remedy="shift the subtitles first")
        subtitles += [f'      <Subtitle SpotNumber="{number}" TimeIn="{clock.written(start + first)}" TimeOut='
                      f'"{clock.written(start + end)}" FadeUpTime="00:00:00:00" FadeDownTime="00:00:00:00">',
                      *_texts(cue), "      </Subtitle>"]
    return "\n".join([
        '<?xml version="1.0" encoding="UTF-8"?>', f'<SubtitleReel xmlns="{_NAMESPACE}">', f"  <Id>{_NO_ID}</Id>",
        f"  <ContentTitleText>{escaped(' '.join(document.title.split()))}</ContentTitleText>",
        f"  <IssueDate>{_DATE}</IssueDate>", "  <ReelNumber>1</ReelNumber>", *language,
        f"  <EditRate>{rate.fps.numerator} {rate.fps.denominator}</EditRate>",
        f"  <TimeCodeRate>{rate.nominal}</TimeCodeRate>", f"  <StartTime>{clock.written(start)}</StartTime>",
        "  <SubtitleList>",
        '    <Font Color="FFFFFFFF" Effect="border" EffectColor="FF000000" Italic="no" Size="42" Underline="no" '
        'Weight="normal">',
        *subtitles, "    </Font>", "  </SubtitleList>", "</SubtitleReel>", ""])


def _texts(cue: SubtitleCue) -> list[str]:
    """One ``Text`` for each line of a tidied subtitle, at its place."""
    place = fitted(cue.place)
    aside = Fraction(0) if place.align is Align.CENTRE else USUAL_ASIDE if place.aside is None else place.aside
    lines = _stretches(cue)
    where = f'Halign="{_ALIGN[place.align]}" Hposition="{decimal(aside)}" Valign="{_EDGE[place.edge]}"'
    return [f'        <Text {where} Vposition="{decimal(_down(place, number, len(lines)))}">{line}</Text>'
            for number, line in enumerate(lines)]


def _down(place: Place, number: int, count: int) -> Fraction:
    """The ``Vposition`` of line ``number`` of ``count``."""
    if place.edge is Edge.MIDDLE:
        return (place.inset or 0) + _LINE * (2 * number - count + 1) / 2
    inset = USUAL_INSET if place.inset is None else place.inset
    return min(Fraction(100), inset + _LINE * (number if place.edge is Edge.TOP else count - 1 - number))


def _stretches(cue: SubtitleCue) -> list[str]:
    """The lines with one ``Font`` for each stretch of the same styles: the schema has none inside another's text."""
    lines, first = [], 0
    for line in cue.lines:
        end = first + len(line)
        runs = [run for run in cue.runs if run.first < end and first < run.end]
        edges = sorted({first, end, *(min(max(at, first), end) for run in runs for at in (run.first, run.end))})
        parts = []
        for start, stop in pairwise(edges):
            styles = _styles([run for run in runs if run.first <= start and stop <= run.end])
            text = escaped(cue.text[start:stop])
            parts.append(f"<Font {styles}>{text}</Font>" if styles else text)
        lines.append("".join(parts))
        first = end + 1
    return lines


def _styles(runs: Sequence[StyledRun]) -> str:
    """The attributes of a ``Font``; empty for none."""
    colours = [run.value for run in runs if run.kind is StyleKind.COLOUR and is_colour(run.value)]
    found = [f'Color="FF{colours[-1][1:].upper()}"'] if colours else []
    return " ".join([*found, *(tag for kind, tag in _TAGS.items() if any(run.kind is kind for run in runs))])
