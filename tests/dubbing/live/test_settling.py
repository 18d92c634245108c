"""Words settle once, in order, and are never said twice, whatever the recogniser says in between."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ciak.dubbing.live.settling import PATIENCE, Settling
from ciak.film import Span, Word

EACH = Fraction(3, 10)


def heard(text: str, start: Fraction = Fraction(0)) -> list[Word]:
    """Words of three tenths of a second each."""
    return [Word(text=word, span=Span(start=start + EACH * at, end=start + EACH * (at + 1)))
            for at, word in enumerate(text.split())]


def said(words: list[Word]) -> str:
    return " ".join(word.text for word in words)


def test_a_word_settles_when_two_hearings_agree_and_a_word_follows() -> None:
    settling = Settling()
    assert settling.hear(heard("the night is"), Fraction(1)) == []
    assert said(settling.hear(heard("the night is long"), Fraction(3, 2))) == "the night is"
    assert settling.hear(heard("the night is long"), Fraction(2)) == [], "nothing follows yet"
    assert said(settling.close(heard("the night is long"))) == "long"


def test_what_two_hearings_do_not_agree_on_waits() -> None:
    settling = Settling()
    settling.hear(heard("the knight was here"), Fraction(1))
    assert said(settling.hear(heard("the night was here and"), Fraction(3, 2))) == "the"
    assert said(settling.hear(heard("the night was here and there"), Fraction(9, 5))) == "night was here and"


def test_capitals_and_marks_are_no_disagreement_and_the_newer_writing_counts() -> None:
    settling = Settling()
    settling.hear(heard("However. due to"), Fraction(1))
    assert said(settling.hear(heard("However, due to the"), Fraction(6, 5))) == "However, due to"


def test_a_word_that_lies_back_settles_without_agreement() -> None:
    settling = Settling()
    settling.hear(heard("one two three"), Fraction(1))
    later = heard("won too tree four five")
    assert settling.hear(later, EACH + PATIENCE - Fraction(1, 100)) == []
    assert said(settling.hear(heard("wan tow three fore fife"), EACH * 2 + PATIENCE)) == "wan tow"


def test_a_settled_word_that_is_heard_otherwise_later_is_not_said_again() -> None:
    settling = Settling()
    settling.hear(heard("I found this film"), Fraction(1))
    settling.hear(heard("I found this film in"), Fraction(3, 2))
    assert said(settling.close(heard("You found this film in my house"))) == "in my house"
    assert said(settling.settled) == "I found this film in my house"


def test_a_settled_word_that_grows_gives_the_rest_of_it() -> None:
    settling = Settling()
    settling.hear(heard("by 25 to"), Fraction(1))
    settling.hear(heard("by 25 to"), Fraction(1))
    assert said(settling.close(heard("by 25-30 years"))) == "-30 years"


def test_what_was_forgotten_is_not_looked_for() -> None:
    settling = Settling()
    settling.hear(heard("one two three four"), Fraction(1))
    settling.hear(heard("one two three four five"), Fraction(3, 2))
    settling.forget(3)
    assert said(settling.close(heard("four five six", EACH * 3))) == "five six"


@given(st.lists(st.sampled_from(["a", "bee", "sea", "dee", "eagle", "f", "gee"]), min_size=1, max_size=25),
       st.lists(st.integers(0, 25), max_size=12))
def test_hearings_that_only_grow_lose_and_double_nothing(text: list[str], cuts: list[int]) -> None:
    whole, settling, out = heard(" ".join(text)), Settling(), []
    for cut in sorted(cuts):
        out += settling.hear(whole[:cut], EACH * cut)
    out += settling.close(whole)
    assert out == whole


@given(st.lists(st.lists(st.sampled_from(["a", "bee", "sea", "dee", "eagle"]), max_size=12), min_size=1, max_size=8))
def test_what_settled_never_changes(hearings: list[list[str]]) -> None:
    settling = Settling()
    shown: list[Word] = []
    for number, text in enumerate(hearings, 1):
        shown += settling.hear(heard(" ".join(text)), EACH * 3 * number)
        assert list(settling.settled) == shown
    shown += settling.close(heard(" ".join(hearings[-1])))
    assert list(settling.settled) == shown
