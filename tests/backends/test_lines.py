"""Lines are divided into clean sentences, and written again as they were."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciak.backends.embedded.lines import balanced, contracted, pieces, restore, tidy


def sentences(line: str) -> list[str]:
    return [piece.text for piece in pieces(line) if piece.sentence]


@pytest.mark.parametrize(("line", "found"), [
    ("Get out. Now! Why?", ["Get out.", "Now!", "Why?"]),
    ("Mr. Smith is here. So is Dr. Jones.", ["Mr. Smith is here.", "So is Dr. Jones."]),
    ("- Yes. - No.", ["Yes.", "No."]),
    ("- Yes.\n- No.", ["Yes.", "No."]),
    ("I was on\nthe wrong bus.", ["I was on the wrong bus."]),
    ("<i>Come here.</i>", ["Come here."]),
    ("I <i>really</i> mean it.", ["I really mean it."]),
    ("♪ I want to hold your hand ♪", ["I want to hold your hand"]),
    ("TOM: Hello!", ["Hello!"]),
    ("[door closes] What was that?", ["door closes", "What was that?"]),
    ("{\\an8}Up here", ["Up here"]),
    ("well... I don't know", ["well...", "I don't know"]),
    ("well... maybe not", ["well... maybe not"]),
    ("", []), ("...", []), ("😀", []), ("♪", []), ("東京", []),
])
def test_sentences(line: str, found: list[str]) -> None:
    assert sentences(line) == found


@pytest.mark.parametrize("line", ["- Yes. - No.", "- Yes.\n- No.", "<i>Come here.</i>", "♪ la la ♪", "TOM: Hello!",
                                  "{\\an8}Up here", "<i>- Who?\n- Me!</i>", "[sighs]", "...", "“Go,” he said. “Now.”"])
def test_what_is_kept_stays_where_it_was(line: str) -> None:
    assert balanced("".join(piece.text for piece in pieces(line))) == line


def test_a_very_long_sentence_is_divided() -> None:
    long = "I went to the market, and then " * 20
    assert all(len(part.split()) <= 60 for part in sentences(long))
    assert " ".join(sentences(long)).split() == long.split()


@pytest.mark.parametrize(("sentence", "clean"), [
    ("where are you", "Where are you?"),
    ("i think so", "I think so."),
    ("WHERE HAVE YOU BEEN?", "Where have you been?"),
    ("BOSTON IS BIG", "Boston is big."),
    ("I'm gonna go, buddy", "I'm going to go, friend."),
    ("I've gotta go.", "I have to go."),
    ("Wait…", "Wait."),
    ("and then,", "And then."),
    ("“Don’t go.”", '"Don\'t go."'),
])
def test_tidied(sentence: str, clean: str) -> None:
    usual = {"boston": "Boston"}
    assert tidy(sentence, "en", lambda word: usual.get(word, word)).text == clean


@pytest.mark.parametrize(("sentence", "translation", "written"), [
    ("where are you", "Dove sei?", "dove sei"),
    ("WHERE ARE YOU?", "Dove sei?", "DOVE SEI?"),
    ("Where are you?", "Dove sei?", "Dove sei?"),
    ("Wait…", "Aspetta.", "Aspetta…"),
    ("Wait...", "Aspetta.", "Aspetta…"),
    ("and then,", "E poi.", "e poi,"),
    ("but —", "Ma.", "ma —"),
])
def test_restored(sentence: str, translation: str, written: str) -> None:
    assert restore(translation, tidy(sentence, "en", str), False) == written


def test_a_name_keeps_its_capital() -> None:
    assert restore("Tom è qui.", tidy("tom is here", "en", str), True) == "Tom è qui"


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=120))
def test_nothing_makes_it_fall(line: str) -> None:
    for piece in pieces(line):
        if piece.sentence:
            tidied = tidy(piece.text, "en", str)
            assert tidied.text.strip()
            assert isinstance(restore("Una cosa.", tidied, False), str)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["<i>", "</i>", "- ", "♪", "\n", "Ciao. ", "Dove sei? ", "[", "]", "NO! ", "TOM: ",
                                 "{x}", " "]), max_size=12))
def test_marked_up_lines(parts: list[str]) -> None:
    line = "".join(parts)
    whole = "".join(piece.text for piece in pieces(line))
    assert whole.count("sei?") == line.count("sei?") and whole.count("NO!") == line.count("NO!")


@pytest.mark.parametrize("text", ["<" * 5000, "- " * 3000, "." * 5000, "[♪" * 3000, "A. " * 3000, "<i " * 3000,
                                  '!" ' * 3000, "a, " * 3000, "\n- " * 2000, "{" * 5000, "A" * 9000, "'" * 5000])
def test_hostile_lines_take_no_time(text: str) -> None:
    began = time.process_time()
    for piece in pieces(text):
        if piece.sentence:
            tidy(piece.text, "en", str)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(("apart", "together"), [
    ("le mani su le spalle", "le mani sulle spalle"), ("Di l'amico", "Dell'amico"), ("da i ragazzi", "dai ragazzi"),
    ("in il buio di gli anni", "nel buio degli anni"), ("a La Spezia", "a La Spezia"), ("va da lui", "va da lui"),
    ("comincia a lo vedere", "comincia a lo vedere"), ("di lì", "di lì"), ("in la", "nella"),
])
def test_italian_prepositions_and_articles_are_one_word(apart: str, together: str) -> None:
    assert contracted(apart) == together
