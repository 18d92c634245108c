"""The bed is the untouched original where nobody is dubbed, and only the bed where somebody is."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ciak.dubbing.listening import RATE
from ciak.dubbing.mixing import FADE, FOOT, HEAD, speech_gate
from ciak.film import Loop, Span, Take, TakeKind, Word


def loop(start: int, end: int, spoken: bool = True) -> Loop:
    span = Span.of(start, end)
    take = Take(id="T1", kind=TakeKind.SYNTHETIC, sound="0" * 64, text="x", span=span, natural=Fraction(1),
                rate=1.0)
    return Loop(id="L1", character="S1", text="x", span=span, takes=(take,) if spoken else (),
                chosen="T1" if spoken else None, words=(Word(text="x", span=span),))


def test_the_gate_is_shut_outside_and_open_inside_a_dubbed_line() -> None:
    gate = speech_gate([loop(2, 3)], 0, RATE * 5)
    edge = int((FADE + HEAD) * RATE) + 2
    assert gate.dtype == np.float32
    assert np.all(gate[: 2 * RATE - edge] == 0)
    assert np.all(gate[2 * RATE: 3 * RATE] == 1)
    assert np.all(gate[3 * RATE + int((FADE + FOOT) * RATE) + 2:] == 0)
    assert float(np.abs(np.diff(gate)).max()) < 1.01 / float(FADE * RATE), "it fades"


def test_a_line_that_is_not_spoken_keeps_its_original() -> None:
    assert not speech_gate([loop(2, 3, spoken=False)], 0, RATE * 5).any()


def test_the_gate_is_the_same_however_the_film_is_cut_into_blocks() -> None:
    loops = [loop(1, 2), loop(3, 4)]
    whole = speech_gate(loops, 0, RATE * 5)
    parts = np.concatenate([speech_gate(loops, at, RATE // 2) for at in range(0, RATE * 5, RATE // 2)])
    np.testing.assert_array_equal(whole, parts)
