"""Subtitles keep the basic profile, lose no word, and say so where they cannot."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciak.dubbing.checking import violations
from ciak.dubbing.folding import fold
from ciak.dubbing.profile import BASIC
from ciak.dubbing.spotting import paced_words, spot
from ciak.film import Loop, Rate, Span, Word

RATES = [Rate.parse(text) for text in ("23.976", "24", "25", "29.97", "50")]


def loop(number: int, text: str, start: Fraction, end: Fraction) -> Loop:
    span = Span(start=start, end=end)
    return Loop(id=f"L{number:04}", character="S1", text=text, span=span, words=paced_words(text, span))


def test_a_short_text_is_one_line_and_a_long_one_is_balanced_at_the_comma() -> None:
    assert fold("How are you?") == ("How are you?",)
    assert fold("If anything should try to break in here, I can hear it from up there.") == (
        "If anything should try to break in here,", "I can hear it from up there.")


def test_a_line_never_ends_with_a_word_that_likes_to_begin_one() -> None:
    lines = fold("They told me that the lord of the universe and his wife are in")
    assert lines is not None
    assert lines[0].rsplit(" ", 1)[-1] not in {"that", "the", "of", "and"}


def test_what_needs_three_lines_cannot_be_folded() -> None:
    assert fold("word " * 30) is None


@given(st.text(alphabet="abc ,.", max_size=84))
def test_folding_loses_nothing(text: str) -> None:
    lines = fold(text)
    if lines is not None:
        assert " ".join(lines).split() == text.split()
        assert all(len(line) <= BASIC.characters for line in lines)
        assert len(lines) <= BASIC.lines


@given(st.lists(st.tuples(st.integers(1, 14), st.integers(2, 60), st.integers(1, 40)), min_size=1, max_size=12),
       st.sampled_from(RATES))
@settings(max_examples=150, deadline=None)
def test_hard_rules_hold_and_no_word_is_lost(shape: list[tuple[int, int, int]], rate: Rate) -> None:
    at, loops = Fraction(1, 3), []
    for number, (words, tenths, pause) in enumerate(shape, 1):
        end = at + Fraction(max(tenths, words * 2), 10)
        loops.append(loop(number, " ".join(f"word{i}," for i in range(words)), at, end))
        at = end + Fraction(pause, 10)
    cues = spot(loops, rate, "en")
    assert " ".join(cue.text for cue in cues).split() == " ".join(item.text for item in loops).split()
    broken = {item.rule for item in violations(cues, BASIC, rate, "en")}
    assert not broken & {"lines", "characters", "longest", "gap"}
    for cue in cues:
        assert (cue.span.start * rate.fps).denominator == 1, "on the frame grid"


def test_a_subtitle_comes_in_with_the_first_word_and_stays_to_be_read() -> None:
    rate = Rate.parse("25")
    cues = spot([loop(1, "Minutes?", Fraction(2), Fraction(23, 10))], rate, "en")
    assert cues[0].span.start == 2
    assert cues[0].span.duration >= BASIC.shortest


def test_small_gaps_are_closed_to_two_frames() -> None:
    rate = Rate.parse("24")
    cues = spot([loop(1, "I can hear it from up there.", Fraction(0), Fraction(2)),
                 loop(2, "Everything is all right for now.", Fraction(9, 4), Fraction(4))], rate, "en")
    assert (cues[1].span.start - cues[0].span.end) * rate.fps == 2


def test_two_people_who_leave_no_room_share_a_screen_with_dashes() -> None:
    first = loop(1, "Minutes?", Fraction(2), Fraction(24, 10))
    second = loop(2, "Only a few.", Fraction(5, 2), Fraction(33, 10)).model_copy(update={"character": "S2"})
    cues = spot([first, second], Rate.parse("25"), "en")
    assert [cue.lines for cue in cues] == [("- Minutes?", "- Only a few.")]
    assert cues[0].loops == ("L0001", "L0002")


def test_nothing_stays_after_the_film() -> None:
    cues = spot([loop(1, "Shut up!", Fraction(9), Fraction(98, 10))], Rate.parse("25"), "en", limit=Fraction(10))
    assert cues[-1].span.end <= 10


@pytest.mark.parametrize(("lines", "start", "end", "rule"), [
    (("x" * 43,), 0, 3, "characters"), (("a", "b", "c"), 0, 2, "lines"), (("hi",), 0, Fraction(1, 2), "shortest"),
    (("hi",), 0, 8, "longest"), (("x" * 42, "y" * 42), 0, 2, "reading-speed")])
def test_each_rule_is_found_when_broken(lines: tuple[str, ...], start: int, end: Fraction, rule: str) -> None:
    from ciak.film import SubtitleCue

    cue = SubtitleCue(span=Span.of(start, end), lines=lines)
    assert rule in {item.rule for item in violations([cue], BASIC, Rate.parse("25"), "en")}


def test_a_gap_of_one_frame_is_found() -> None:
    from ciak.film import SubtitleCue

    cues = [SubtitleCue(span=Span.of(0, 2), lines=("a",)),
            SubtitleCue(span=Span.of(2 + Fraction(1, 25), 4), lines=("b",))]
    assert [item.rule for item in violations(cues, BASIC, Rate.parse("25"), "en")] == ["gap"]


def test_words_without_times_are_paced_by_their_letters() -> None:
    words = paced_words("a bbbbbbb", Span.of(0, 1))
    assert isinstance(words[0], Word)
    assert words[0].span.end == Fraction(1, 5)
    assert words[-1].span.end == 1
