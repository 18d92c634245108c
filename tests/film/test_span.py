"""Spans as an algebra, and film time through JSON."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from ciak.film.time import FilmTime, Span

times = st.fractions(0, 10**5, max_denominator=240_000)
spans = st.tuples(times, times).map(lambda pair: Span(start=min(pair), end=max(pair)))
film_time = TypeAdapter(FilmTime)


@given(spans, spans)
def test_overlap_is_symmetric_and_never_more_than_either(one: Span, other: Span) -> None:
    shared = one.overlap(other)
    assert shared == other.overlap(one)
    assert 0 <= shared <= min(one.duration, other.duration)
    assert one.overlap(one) == one.duration


@given(spans, spans)
def test_join_covers_both_and_nothing_beyond(one: Span, other: Span) -> None:
    both = one.join(other)
    assert both == other.join(one)
    assert both.overlap(one) == one.duration and both.overlap(other) == other.duration
    assert {both.start, both.end} <= {one.start, one.end, other.start, other.end}


@given(spans, spans)
def test_lengths_add_up(one: Span, other: Span) -> None:
    gap = max(Fraction(0), max(one.start, other.start) - min(one.end, other.end))
    assert one.duration + other.duration - one.overlap(other) + gap == one.join(other).duration


@given(spans, st.fractions(0, 1000, max_denominator=10**9))
def test_shifting_keeps_the_length_and_comes_back(span: Span, by: Fraction) -> None:
    assert span.shifted(by).duration == span.duration
    assert span.shifted(by).shifted(-by) == span


@given(spans)
def test_a_span_holds_its_start_and_not_its_end(span: Span) -> None:
    assert span.holds(span.start) == (span.duration > 0)
    assert not span.holds(span.end)


def test_a_span_does_not_run_backwards() -> None:
    with pytest.raises(ValidationError, match="ends"):
        Span.of(2, 1)


def test_a_span_is_frozen_and_knows_no_other_fields() -> None:
    span = Span.of(1, 2)
    with pytest.raises(ValidationError):
        span.start = Fraction(0)  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Span.model_validate({"start": "1", "end": "2", "middle": "3/2"})
    assert hash(span) == hash(Span.of(1, 2))


@given(st.fractions(max_denominator=10**18))
def test_film_time_goes_through_json_and_comes_back_exact(time: Fraction) -> None:
    text = film_time.dump_json(time)
    assert film_time.validate_json(text) == time
    assert json.loads(text) == str(time)


@given(spans)
def test_a_span_goes_through_json(span: Span) -> None:
    assert Span.model_validate_json(span.model_dump_json()) == span


@pytest.mark.parametrize("value", [1.5, True, None, "", "1.5", "1/0", "1e3", "nan", " 1", "1 ", "1/2/3", "--1",
                                   "1/-2", "٣", "1\n", "9" * 41, [], {}])
def test_what_is_no_film_time(value: object) -> None:
    with pytest.raises(ValidationError):
        film_time.validate_python(value)


def test_a_time_too_fine_to_be_written_is_refused_at_once_not_when_read_back() -> None:
    with pytest.raises(ValidationError, match="digits"):
        Span.of(0, Fraction(1, 10**41))
