"""Subtitle documents as the XML formats hold them, made up by hypothesis: with places, colours, a title and a rate."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st
from tests.formats.made_documents import lines, milliseconds

from ciak.film import Align, Edge, Place, Rate, Span, StyledRun, StyleKind, SubtitleCue, SubtitleDocument
from ciak.formats.markup import tidied
from ciak.formats.percent_places import fitted, usual
from ciak.formats.strict_xml import clean_text

RATES = ["24", "25", "24000/1001", "30000/1001", "50"]
VALUES = {StyleKind.VOICE: ["Ann", "Il conte", "A & B <x>"], StyleKind.COLOUR: ["#ff0000", "#00ff7f"]}
percents = st.integers(-5_000, 15_000).map(lambda count: Fraction(count, 100))


@st.composite
def places(draw: st.DrawFn, inset: Fraction) -> Place | None:
    """A place as the reader of a format with that usual distance gives it; None often."""
    made = Place(align=draw(st.sampled_from(Align)), edge=draw(st.sampled_from(Edge)),
                 inset=draw(st.none() | percents), aside=draw(st.none() | percents))
    return draw(st.none() | st.just(usual(fitted(made), inset, Fraction(10))))


@st.composite
def xml_cues(draw: st.DrawFn, rate: Fraction | None, cinema: bool) -> SubtitleCue:
    """A tidied cue, on frames where there is a ``rate``."""
    start, length = draw(milliseconds), draw(milliseconds)
    if rate:
        start, length = int(start) / rate, int(length) / rate
    text = tuple(map(clean_text, draw(st.lists(lines, max_size=3))))
    size = len("\n".join(text))
    runs = []
    for kind in StyleKind:
        marks = sorted(draw(st.lists(st.integers(0, size), max_size=4)))
        for first, end in zip(marks[::2], marks[1::2], strict=False):
            if not (cinema and kind is StyleKind.VOICE):
                value = draw(st.sampled_from(VALUES.get(kind, [""])))
                runs.append(StyledRun(kind=kind, first=first, end=end, value=value))
    return tidied(SubtitleCue(span=Span(start=start, end=start + length), lines=text, runs=tuple(runs),
                              place=draw(places(Fraction(8 if cinema else 10)))))


@st.composite
def xml_documents(draw: st.DrawFn, *, cinema: bool = False) -> SubtitleDocument:
    """Sorted cues; ``cinema``: what a DCP holds, on frames, with a first timecode, without voices and names."""
    rate = Rate.parse(draw(st.sampled_from(RATES))).fps if cinema or draw(st.booleans()) else None
    by_frame = rate if cinema or draw(st.booleans()) else None
    made = draw(st.lists(xml_cues(by_frame, cinema), max_size=4))
    if not cinema:
        made = [cue.model_copy(update={"id": draw(st.sampled_from(["", f"s{place}", "plain"[:5 * (not place)]]))})
                for place, cue in enumerate(made)]
    return SubtitleDocument(
        language=draw(st.sampled_from(["und", "it", "pt-BR"])), rate=rate,
        title=draw(st.sampled_from(["", "Il conte", "A & B <x> \"y\""])),
        start=draw(st.sampled_from(["", "01:00:00:00", "10:59:58:12"])) if cinema else "",
        cues=tuple(sorted((cue for cue in made if cue.lines or not cinema), key=lambda cue: cue.span.start)))
