"""Rates and timecode against numbers worked out by hand from SMPTE ST 12-1, and by properties."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciak.errors import BadInput
from ciak.film.time import Rate, Timecode, seconds

FILM, PAL, NTSC, NTSC60 = (Rate.parse(text) for text in ("23.976", "25", "29.97", "59.94"))
CLOCKS = [(FILM, False), (Rate.parse("24"), False), (PAL, False), (NTSC, False), (NTSC, True), (NTSC60, True),
          (Rate.parse("119.88"), False)]
clocks = st.sampled_from(CLOCKS)

BY_HAND = [
    # rate, drop, label, frames: 29.97 drops 2 labels a minute but each tenth, 59.94 drops 4
    (NTSC, True, "00:00:59;29", 1799), (NTSC, True, "00:01:00;02", 1800), (NTSC, True, "00:01:59;29", 3597),
    (NTSC, True, "00:02:00;02", 3598), (NTSC, True, "00:09:59;29", 17981), (NTSC, True, "00:10:00;00", 17982),
    (NTSC, True, "00:10:59;29", 19781), (NTSC, True, "00:11:00;02", 19782), (NTSC, True, "01:00:00;00", 107892),
    (NTSC, True, "23:59:59;29", 2589407), (NTSC60, True, "00:00:59;59", 3599),
    (NTSC60, True, "00:01:00;04", 3600), (NTSC60, True, "00:10:00;00", 35964),
    (NTSC60, True, "01:00:00;00", 215784), (NTSC60, True, "23:59:59;59", 5178815),
    (NTSC, False, "01:00:00:00", 108000), (FILM, False, "01:00:00:00", 86400), (FILM, False, "00:00:01:23", 47),
    (PAL, False, "01:00:00:00", 90000), (PAL, False, "10:11:12:13", 916813), (PAL, False, "23:59:59:24", 2159999),
]


@pytest.mark.parametrize(("rate", "drop", "label", "frames"), BY_HAND)
def test_labels_worked_out_by_hand(rate: Rate, drop: bool, label: str, frames: int) -> None:
    assert Timecode.parse(label, rate).frames == frames
    assert str(Timecode(frames, rate, drop)) == label


def test_drop_frame_follows_the_wall_clock_and_non_drop_does_not() -> None:
    hour = Timecode.parse("01:00:00;00", NTSC)
    assert NTSC.time(hour.frames) == 3600 - Fraction(36, 10000)  # 107892 * 1001 / 30000 = 3599.9964
    assert NTSC.time(Timecode.parse("01:00:00:00", NTSC).frames) == Fraction(36036, 10)
    assert FILM.time(Timecode.parse("01:00:00:00", FILM).frames) == Fraction(36036, 10)


@pytest.mark.parametrize(("text", "rate"), [
    ("00:01:00;00", NTSC), ("00:01:00;01", NTSC), ("00:59:00;01", NTSC), ("00:01:00;03", NTSC60),
    ("00:00:00:24", FILM), ("00:00:00:25", PAL), ("24:00:00:00", PAL), ("00:60:00:00", PAL), ("00:00:60:00", PAL),
    ("00:00:00;00", PAL), ("00:00:00;00", FILM), ("1:00:00:00", PAL), ("00:00:00", PAL), ("", PAL),
    ("٠٠:٠٠:٠٠:٠٠", PAL), ("-1:00:00:00", PAL), ("00:00:00:00\nx", PAL),
])
def test_what_is_no_timecode(text: str, rate: Rate) -> None:
    with pytest.raises(BadInput):
        Timecode.parse(text, rate)


def test_drop_frame_exists_only_at_ntsc_rates() -> None:
    with pytest.raises(BadInput, match="no drop-frame"):
        Timecode(0, FILM, drop=True)


@given(clocks, st.integers(0, 10**7))
def test_a_label_is_read_back_as_its_frame(clock: tuple[Rate, bool], frames: int) -> None:
    timecode = Timecode(frames, *clock)
    assert Timecode.parse(str(timecode), clock[0]) == timecode


@given(clocks, st.integers(0, 2 * 10**6), st.integers(1, 5000))
def test_labels_grow_with_frames(clock: tuple[Rate, bool], frames: int, more: int) -> None:
    first, later = Timecode(frames, *clock), Timecode(frames, *clock) + more
    if later.frames > first.frames:  # else past midnight
        assert str(later) > str(first)


@given(clocks, st.integers(-10**8, 10**8))
def test_a_day_goes_round(clock: tuple[Rate, bool], frames: int) -> None:
    rate, drop = clock
    day = 24 * 3600 * rate.nominal - 24 * 54 * rate.dropped * drop
    assert str(Timecode(frames, rate, drop)) == str(Timecode(frames + day, rate, drop))
    assert 0 <= Timecode(frames, rate, drop).frames < day


@given(st.integers(0, 2_000_000))
def test_drop_frame_is_never_further_than_two_frames_from_the_clock_in_ten_minutes(frames: int) -> None:
    label = str(Timecode(frames, NTSC, drop=True))
    hours, minutes, rest = label.split(":")
    secs, count = rest.split(";")
    shown = int(hours) * 3600 + int(minutes) * 60 + int(secs) + Fraction(int(count), 30)
    assert abs(shown - NTSC.time(frames)) < Fraction(2, 30) + Fraction(frames, 10**6)


def test_at_counts_frames_on_the_screen() -> None:
    start = Timecode.parse("01:00:00:00", FILM)
    assert str(start.at(Fraction(1001, 1000))) == "01:00:01:00"
    assert str(start.at(Fraction(1000, 1000))) == "01:00:00:23"
    assert str(start.at(Fraction(0))) == "01:00:00:00"


def test_three_digits_of_frames_above_a_hundred() -> None:
    fast = Rate.parse("119.88")
    assert fast.nominal == 120
    assert str(Timecode(119, fast)) == "00:00:00:119"
    assert Timecode.parse("00:00:01:000", fast).frames == 120


@pytest.mark.parametrize(("text", "fps"), [
    ("23.976", Fraction(24000, 1001)), ("23.98", Fraction(24000, 1001)), ("23.976024", Fraction(24000, 1001)),
    ("29.97", Fraction(30000, 1001)), ("59.94", Fraction(60000, 1001)), ("47.952", Fraction(48000, 1001)),
    ("24", Fraction(24)), ("24.000", Fraction(24)), ("25.0", Fraction(25)), ("12.5", Fraction(25, 2)),
    ("24000/1001", Fraction(24000, 1001)), (" 50 ", Fraction(50)), ("30000/1001", Fraction(30000, 1001)),
])
def test_rates_are_read_as_what_is_meant(text: str, fps: Fraction) -> None:
    assert Rate.parse(text).fps == fps


@pytest.mark.parametrize("text", ["", "x", "0", "-24", "24/0", "1001", "0/1", "1e3", "nan", "inf", "24,0", "٢٤",
                                  "24/", "9" * 30, "1/3", "24.", "0x18"])
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(BadInput):
        Rate.parse(text)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), 0.0, -5.0, 1e9])
def test_measured_rates_that_cannot_be(value: float) -> None:
    with pytest.raises(BadInput):
        Rate.nearest(value)


@given(st.text(max_size=12))
def test_any_text_is_a_rate_or_bad_input(text: str) -> None:
    try:
        rate = Rate.parse(text)
    except BadInput:
        return
    assert 1 <= rate.fps <= 1000


@given(st.fractions(1, 1000, max_denominator=1001).map(Rate))
def test_a_rate_is_read_back_from_its_own_text(rate: Rate) -> None:
    assert Rate.parse(str(rate)) == rate


@given(clocks, st.integers(0, 10**6))
def test_frames_and_times_agree(clock: tuple[Rate, bool], frame: int) -> None:
    rate = clock[0]
    time = rate.time(frame)
    assert rate.frame(time) == rate.nearest_frame(time) == frame
    assert rate.frame(time - Fraction(1, 10**9)) == frame - 1
    assert rate.nearest_frame(time - Fraction(1, 10**9)) == frame
    assert rate.snap(time + Fraction(1, 10**9)) == time


@given(clocks, st.fractions(0, 10**5))
def test_snapping_moves_by_half_a_frame_at_most(clock: tuple[Rate, bool], time: Fraction) -> None:
    rate = clock[0]
    assert abs(rate.snap(time) - time) <= 1 / rate.fps / 2
    assert rate.time(rate.frame(time)) <= time < rate.time(rate.frame(time) + 1)


def test_a_tie_goes_to_the_later_frame() -> None:
    assert PAL.nearest_frame(Fraction(1, 50)) == 1


@given(st.floats(-1e5, 1e5))
def test_float_seconds_land_on_the_sample_grid(value: float) -> None:
    time = seconds(value)
    assert 48000 % time.denominator == 0
    assert abs(time - Fraction(value)) <= Fraction(1, 96000)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_float_seconds_that_are_no_time(value: float) -> None:
    with pytest.raises(BadInput):
        seconds(value)
