"""IMSC 1.1 subtitles, the text profile (W3C TTML Profiles for Internet Media Subtitles and Captions 1.1).

Read: any TTML that says text and when to show it: IMSC 1.0 and 1.1, EBU-TT-D, TTML1 and its draft DFXP, the TTML
of streaming services (see :mod:`ciak.formats.ttml_reader`). Written: IMSC 1.1 with the media time base, a region
for each place in use, ``itts:forcedDisplay`` for forced narratives, spans for styled text, agents (``ttm:agent``)
for who speaks, and times as exact frames where the document has a rate and all its times begin on a frame, else as
milliseconds.

Not kept: WebVTT settings and comments, the first timecode, and text in white, which is plain text. Of two runs of
one kind over each other the inner one holds. Whether an IMSC player can keep up with the document (its
hypothetical render model) is not checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from ciak.film.language import Align, Edge, Place, StyledRun, StyleKind, SubtitleCue, SubtitleDocument
from ciak.formats.base import Reading, Sample, strictly
from ciak.formats.clock import on_milliseconds
from ciak.formats.markup import tagged, tidied
from ciak.formats.percent_places import decimal, fitted, placed_exactly
from ciak.formats.strict_xml import XmlLimits, clean_text, escaped, parse_xml
from ciak.formats.timed_text import SIZE
from ciak.formats.ttml_clock import Grid, nominal_and_multiplier
from ciak.formats.ttml_reader import IS_ID, read_ttml
from ciak.formats.ttml_styles import box_of
from ciak.formats.xml_colours import PLAIN, is_colour

__all__ = ["IMSC", "Imsc"]

_ROOT = re.compile(r"(?:<!--(?s:.*?)-->|<[?!](?!--)[^>]*>|\s)*+<(?:[\w.-]+:)?tt[\s>]")
_PROFILE = "http://www.w3.org/ns/ttml/profile/imsc1.1/text"
_FORCED = "http://www.w3.org/ns/ttml/profile/imsc1#styling"
_NAMESPACES = {"": "", "ttm": "#metadata", "ttp": "#parameter", "tts": "#styling"}
_TAGS = {StyleKind.ITALIC: 'tts:fontStyle="italic"', StyleKind.BOLD: 'tts:fontWeight="bold"',
         StyleKind.UNDERLINE: 'tts:textDecoration="underline"'}
_ALIGN = {Align.LEFT: "left", Align.CENTRE: "center", Align.RIGHT: "right"}
_EDGE = {Edge.TOP: "before", Edge.MIDDLE: "center", Edge.BOTTOM: "after"}


class Imsc:
    """The format (see the module). Documents are :class:`ciak.film.language.SubtitleDocument`."""

    name = "imsc"
    title = "IMSC subtitles (TTML)"
    suffixes = (".ttml", ".xml", ".dfxp", ".imsc")
    media_type = "application/ttml+xml"

    def sniff(self, sample: Sample) -> float:
        """Sure when the root element is ``tt``."""
        return 0.95 if _ROOT.match(sample.text[:65536]) else 0.0

    def read(self, data: bytes) -> SubtitleDocument:
        """All subtitles. Raises :class:`ciak.errors.Damaged` with the line of the first that cannot be read."""
        return strictly(self.examine(data), self.title)

    def examine(self, data: bytes) -> Reading[SubtitleDocument]:
        """What can be read, with findings. Raises as :func:`ciak.formats.strict_xml.parse_xml` does, and
        ``WrongFormat`` for other XML and for subtitles that are pictures."""
        return read_ttml(parse_xml(data, limits=XmlLimits(size=SIZE)))

    def write(self, document: SubtitleDocument) -> bytes:
        """The document as an IMSC 1.1 file. Raises :class:`ciak.errors.BadInput` for a time before the film."""
        return _Writer(document).written().encode("utf-8")

    def losses(self, document: SubtitleDocument) -> tuple[str, ...]:
        """What IMSC has no place for."""
        cues = document.cues
        grid = _grid(document)
        colours = {run.value for cue in cues for run in cue.runs if run.kind is StyleKind.COLOUR}
        texts = [document.title, *(line for cue in cues for line in cue.lines),
                 *(run.value for cue in cues for run in cue.runs)]
        lost = {
            "cue settings of WebVTT": any(cue.settings for cue in cues),
            "comments and style blocks": bool(document.notes),
            "names of subtitles that XML cannot hold or that come twice": _ids(cues) != [cue.id for cue in cues],
            "the first timecode": bool(document.start),
            "times between milliseconds": not grid.exact and not all(on_milliseconds(cue.span) for cue in cues),
            "the frame rate": document.rate is not None and grid.rate is None,
            "the exact place of subtitles on the picture": not all(placed_exactly(cue.place) for cue in cues),
            "white as a colour, which is that of plain text": PLAIN in colours,
            "colours that are none": not all(is_colour(colour) for colour in colours),
            "characters that XML cannot hold": any(clean_text(text) != text for text in texts),
            "blanks in the title": " ".join(document.title.split()) != document.title,
        }
        return tuple(what for what, is_lost in lost.items() if is_lost)


IMSC = Imsc()


def _grid(document: SubtitleDocument) -> Grid:
    return Grid(document.rate, (time for cue in document.cues for time in (cue.span.start, cue.span.end)))


def _ids(cues: Iterable[SubtitleCue]) -> list[str]:
    """The name of each subtitle as it can be written: a name of XML, the first time that it comes."""
    seen: set[str] = set()
    names: list[str] = []
    for cue in cues:
        name = cue.id if IS_ID.fullmatch(cue.id) and cue.id not in seen and clean_text(cue.id) == cue.id else ""
        seen.add(name)
        names.append(name)
    return names


class _Writer:
    """One document on its way into text."""

    def __init__(self, document: SubtitleDocument) -> None:
        self.document = document
        self.grid = _grid(document)
        self.taken = set(_ids(document.cues))
        self.regions: dict[Place, str] = {}
        self.voices: dict[str, str] = {}
        self.plain = self._free("plain")

    def written(self) -> str:
        cues = sorted(self.document.cues, key=lambda cue: self.grid.snapped(cue.span.start))
        body = [self._cue(cue, name) for cue, name in zip(cues, _ids(cues), strict=True)]
        return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', f"<tt {self._root()}>", *self._head(),
                          f'  <body style="{self.plain}">', "    <div>", *body, "    </div>", "  </body>", "</tt>", ""])

    def _root(self) -> str:
        attributes = {f"xmlns:{prefix}" if prefix else "xmlns": f"http://www.w3.org/ns/ttml{part}"
                      for prefix, part in _NAMESPACES.items()}
        if any(cue.forced for cue in self.document.cues):
            attributes["xmlns:itts"] = _FORCED
        attributes |= {"ttp:contentProfiles": _PROFILE, "ttp:timeBase": "media", "ttp:cellResolution": "32 15"}
        if rate := nominal_and_multiplier(self.grid.rate):
            nominal, multiplier = rate
            attributes["ttp:frameRate"] = str(nominal)
            if multiplier != 1:
                attributes["ttp:frameRateMultiplier"] = f"{multiplier.numerator} {multiplier.denominator}"
        attributes |= {"xml:lang": self.document.language, "xml:space": "preserve"}
        return " ".join(f'{name}="{value}"' for name, value in attributes.items())

    def _head(self) -> list[str]:
        title = escaped(" ".join(self.document.title.split()))
        metadata = [f"      <ttm:title>{title}</ttm:title>"] if title else []
        metadata += [f'      <ttm:agent xml:id="{name}" type="character"><ttm:name type="full">{escaped(voice)}'
                     f"</ttm:name></ttm:agent>" for voice, name in self.voices.items()]
        return ["  <head>",
                *(["    <metadata>", *metadata, "    </metadata>"] if metadata else []),
                "    <styling>",
                f'      <style xml:id="{self.plain}" tts:fontFamily="proportionalSansSerif"/>',
                "    </styling>",
                *(["    <layout>", *map(_region, self.regions.items()), "    </layout>"] if self.regions else []),
                "  </head>"]

    def _cue(self, cue: SubtitleCue, name: str) -> str:
        tidy = tidied(cue)
        begin, end = self.grid.written(cue.span.start), self.grid.written(cue.span.end)
        named = f'xml:id="{name}" ' if name else ""
        text = tagged(tidy, self._opening, lambda _: "</span>", lambda part: escaped(part).replace("\n", "<br/>"))
        named += 'itts:forcedDisplay="true" ' if cue.forced else ""
        return f'      <p {named}region="{self._place(cue.place)}" begin="{begin}" end="{end}">{text}</p>'

    def _opening(self, run: StyledRun) -> str:
        if run.kind is StyleKind.COLOUR:
            return f'<span tts:color="{run.value}">' if is_colour(run.value) else ""
        if run.kind is StyleKind.VOICE:
            if not clean_text(run.value).strip():
                return ""
            if run.value not in self.voices:
                self.voices[run.value] = self._free(f"voice{len(self.voices) + 1}")
            return f'<span ttm:agent="{self.voices[run.value]}">'
        return f"<span {_TAGS[run.kind]}>"

    def _place(self, place: Place | None) -> str:
        """The name of the region for a place."""
        exact = fitted(place)
        if exact not in self.regions:
            plain = Place(align=exact.align, edge=exact.edge) == exact
            number = "" if plain else f"-{len(self.regions) + 1}"
            self.regions[exact] = self._free(f"{exact.edge}-{exact.align}{number}")
        return self.regions[exact]

    def _free(self, name: str) -> str:
        """``name``, longer where a subtitle is called so."""
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name


def _region(item: tuple[Place, str]) -> str:
    place, name = item
    left, top, width, height = map(_percent, box_of(place))
    return (f'      <region xml:id="{name}" tts:origin="{left} {top}" tts:extent="{width} {height}" '
            f'tts:displayAlign="{_EDGE[place.edge]}" tts:textAlign="{_ALIGN[place.align]}" tts:overflow="visible"/>')


def _percent(value: Fraction) -> str:
    return f"{decimal(value)}%"
