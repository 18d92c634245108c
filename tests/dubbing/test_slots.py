"""Slots and the choice of a wording: naturalness first, nothing overlaps, nothing is cut in silence."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ciak.dubbing.slots import FASTEST, HURRIED, SLOWEST, at_rate, choose, rates_in, slots, weighed
from ciak.film import Loop, Rate, Reason, Span, Variant


def way(length: float, text: str = "ecco") -> Variant:
    return Variant(text=text, length=Fraction(length).limit_denominator(1000))


def test_a_slot_reaches_to_two_frames_before_the_next_line() -> None:
    rate = Rate.parse("24")
    loops = [Loop(id="L1", character="S1", text="a", span=Span.of(1, 2)),
             Loop(id="L2", character="S2", text="b", span=Span.of(4, 5))]
    first, last = slots(loops, rate, Fraction(9))
    assert first == Span.of(1, 4 - Fraction(2, 24))
    assert last == Span.of(4, 9)


def test_a_comfortable_line_takes_the_originals_length() -> None:
    assert choose([way(2.0)], Fraction(2), Fraction(5)).length == 2


def test_silence_after_the_line_is_used_before_the_voice_hurries() -> None:
    fit = choose([way(3.0)], Fraction(2), Fraction(5))
    assert fit.rate < 1.13
    assert fit.length is not None
    assert fit.length > 2


def test_the_most_trusted_wording_wins_until_it_does_not_fit() -> None:
    assert choose([way(2.1, "lungo"), way(1.9, "corto")], Fraction(2), Fraction(3)).variant.text == "lungo"
    assert choose([way(4.5, "lungo"), way(1.9, "corto")], Fraction(2), Fraction(3)).variant.text == "corto"


def test_what_cannot_fit_is_flagged_and_beyond_hurry_not_spoken() -> None:
    hurried = choose([way(3.2)], Fraction(2), Fraction(2))
    assert hurried.flag is not None
    assert hurried.flag.code == "too-fast"
    assert hurried.length == 2
    crowded = choose([way(5.0)], Fraction(2), Fraction(2))
    assert crowded.flag is not None
    assert crowded.flag.code == "no-room"
    assert crowded.length is None


times = st.fractions(min_value=Fraction(1, 5), max_value=Fraction(12), max_denominator=480)


@given(st.lists(times, min_size=1, max_size=6), times, times)
def test_a_spoken_line_lies_in_its_slot_and_an_unflagged_one_at_a_natural_rate(
        lengths: list[Fraction], source: Fraction, room: Fraction) -> None:
    slot = source + room
    fit = choose([Variant(text=str(n), length=length) for n, length in enumerate(lengths)], source, slot)
    if fit.length is None:
        assert fit.flag is not None
        return
    assert fit.length <= slot
    if fit.flag is None:
        assert SLOWEST - 1e-9 <= fit.rate <= FASTEST + 1e-9
    else:
        assert fit.rate <= HURRIED + 1e-9


def test_a_wording_tells_how_its_length_fits() -> None:
    def told(natural: str) -> tuple[str, str]:
        once = weighed(Variant(text="x", length=Fraction(natural)), Fraction(2), Fraction(3))
        assert weighed(once, Fraction(2), Fraction(3)) == once, "told again it is told once"
        return once.reasons[-1].code, once.reasons[-1].about

    assert told("2") == ("easy", "1.00")
    assert told("3.6") == ("hurried", "1.20")
    assert told("1.6") == ("easy", "0.90"), "it is spoken in less than the original's two seconds"
    assert told("4.5") == ("too-long", "1.50")
    kept = weighed(Variant(text="x", length=Fraction(2), reasons=(Reason(code="idiom", about="y"),)), Fraction(2),
                   Fraction(3))
    assert [one.code for one in kept.reasons] == ["idiom", "easy"]
    assert weighed(Variant(text="x"), Fraction(2), Fraction(3)).reasons == ()


@given(st.fractions(Fraction(1, 2), 8), st.fractions(Fraction(1, 2), 8), st.floats(0.77, 1.33))
def test_a_line_at_another_rate_stays_in_its_slot(natural: Fraction, slot: Fraction, rate: float) -> None:
    fit = choose([Variant(text="x", length=natural)], slot, slot)
    if fit.length is None or fit.flag:
        return
    low, high = rates_in(fit, slot)
    other = at_rate(fit, min(max(rate, low), high), slot)
    assert other.length is not None and other.length <= slot and low - 1e-3 <= other.rate <= high + 1e-2
