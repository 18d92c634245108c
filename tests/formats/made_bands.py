"""Rythmo bands that hypothesis makes up."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import strategies as st
from tests.formats.made_documents import NASTY

from ciak.film import Rate, Span
from ciak.film.band import BandCharacter, BandLine, BandWord, RythmoBand
from ciak.formats.strict_xml import clean_text

said = st.one_of(st.text(max_size=12), st.lists(st.sampled_from(NASTY), max_size=4).map(" ".join)).map(
    lambda text: " ".join(clean_text(text.encode("utf-8", "ignore").decode()).split()))


@st.composite
def bands(draw: st.DrawFn, plain: bool = False) -> RythmoBand:
    """A band; ``plain``: one that DetX can hold."""
    rate = draw(st.sampled_from(["24", "25", "24000/1001", "30000/1001", "50"]).map(Rate.parse))
    characters = tuple(BandCharacter(id=name, name=draw(said), actor=draw(said), colour=colour)
                       for name, colour in (("ada", "#aa3300"), ("S1", "#000000"))[:draw(st.integers(1, 2))])
    made = []
    for _ in range(draw(st.integers(0, 4))):
        first, length = draw(st.integers(0, 100_000)), draw(st.integers(1, 500))
        span = Span(start=rate.time(first), end=rate.time(first + length))
        words = () if plain else (BandWord(text="a", span=Span.of(1, Fraction(3, 2))),)
        made.append(BandLine(loop="L", character=draw(st.sampled_from([one.id for one in characters])), span=span,
                             track=draw(st.integers(0, 63)), text=draw(said), words=words,
                             original="" if plain else draw(said)))
    if plain:
        made.sort(key=lambda line: (line.span.start, line.track))
    lines = tuple(line.model_copy(update={"loop": f"L{number:04}"}) for number, line in enumerate(made, 1))
    cuts = sorted(draw(st.sets(st.integers(0, 100_000), max_size=4)))
    shots = tuple(Span(start=rate.time(one), end=rate.time(two)) for one, two in pairwise(cuts))
    drop = ";" if rate.dropped and draw(st.booleans()) else ":"
    return RythmoBand(title=draw(said), language="und" if plain else "it", rate=str(rate),
                      start=f"{draw(st.sampled_from(['00', '01', '10']))}:00:00{drop}00", characters=characters,
                      lines=lines, shots=shots)
