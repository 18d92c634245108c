"""Lines only grow, keep to their width, and lose no word."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ciak.dubbing.live.board import KEPT, Board
from ciak.dubbing.live.rolling import LiveLine, Roll
from ciak.film import Span, Word

TEXTS = st.lists(st.text(alphabet="abcdé,.?'", min_size=1, max_size=12).filter(str.strip), max_size=60)


def spoken(texts: list[str], step: Fraction = Fraction(1, 4)) -> list[Word]:
    return [Word(text=text, span=Span(start=step * at, end=step * (at + 1))) for at, text in enumerate(texts)]


@given(TEXTS, st.integers(16, 50), st.integers(1, 7))
def test_a_line_only_grows_and_keeps_its_width(texts: list[str], width: int, bunch: int) -> None:
    roll, stands = Roll("en", width), {}
    words = spoken(texts)
    for at in range(0, len(words), bunch):
        for line in roll.add(words[at:at + bunch]):
            assert line.text.startswith(stands.get(line.number, "")), "what stands stays"
            assert len(line.text) <= width
            stands[line.number] = line.text
    for line in roll.close():
        assert line.whole and line.text == stands[line.number]
    assert list(stands) == list(range(len(stands)))
    assert " ".join(stands.values()).split() == " ".join(texts).split()


def test_a_line_ends_at_a_comma_when_it_is_well_filled_and_after_a_pause() -> None:
    roll = Roll("en", 20)
    lines = roll.add(spoken(["Yes,", "my", "dear", "friend,", "come"]))
    assert [line.text for line in lines] == ["Yes, my dear friend,", "come"]
    later = Word(text="in", span=Span(start=Fraction(10), end=Fraction(11)))
    assert [(line.number, line.text) for line in roll.add([later])] == [(1, "come"), (2, "in")]


def test_what_belongs_to_the_word_before_stands_without_a_blank() -> None:
    assert Roll("en").add(spoken(["by", "25", "-30", "years", "-", "no"]))[-1].text == "by 25-30 years - no"


def line(number: int, text: str = "x", language: str = "en") -> LiveLine:
    return LiveLine(language, number, text, Fraction(0), Fraction(1))


def test_a_slow_reader_gets_each_line_once_as_it_stands() -> None:
    board, rung = Board(), []
    board.listen(lambda: rung.append(1))
    assert board.since(0).lines == ()
    board.put(line(0, "a"))
    board.put(line(1, "b"))
    first = board.since(0)
    assert [one.text for one in first.lines] == ["a", "b"]
    board.put(line(0, "a c"))
    board.put(line(0, "ciao", "it"))
    assert [one.text for one in board.since(first.version).lines] == ["a c", "ciao"]
    assert board.since(board.since(0).version).lines == ()
    board.end()
    assert board.since(0).ended and len(rung) == 5


def test_a_board_keeps_the_last_lines_of_each_language() -> None:
    board = Board()
    for number in range(3 * KEPT):
        board.put(line(number))
        board.put(line(number, language="it"))
    lines = board.since(0).lines
    assert len(lines) == 2 * KEPT and min(one.number for one in lines) == 2 * KEPT
