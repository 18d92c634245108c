"""Idioms: found in their forms, put plainly, in the person and tense of the line; and not where there is none."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciak.dubbing.idioms import Part, reworded
from ciak.dubbing.inflection import Form, form_of, forms, inflected
from ciak.dubbing.rewording import also_asked, with_idioms
from ciak.film import Reason, Variant


def first(line: str) -> str:
    ways = reworded(line, "en", "it")
    return " ".join(part.text for part in ways[0].parts) if ways else ""


@pytest.mark.parametrize(("line", "wanted"), [
    ("My uncle kicked the bucket in May.", "My uncle died in May."),
    ("They are pulling his leg.", "They are making fun of him."),
    ("Ann gave Peter the cold shoulder.", "Ann ignored Peter."),
    ("It's a piece of cake, really.", "It's very easy, really."),
    ("Hello. He kicked the bucket.", "Hello. He died."),
])
def test_an_idiom_is_put_plainly(line: str, wanted: str) -> None:
    assert first(line) == wanted


@pytest.mark.parametrize(("line", "wanted"), [
    ("Break a leg!", (Part("In bocca al lupo!", done=True),)),
    ("Break a leg, Martha!", (Part("In bocca al lupo", done=True), Part(", Martha!"))),
    ("Speak of the devil.", (Part("Parli del diavolo...", done=True),)),
])
def test_a_saying_is_said_as_the_other_language_says_it(line: str, wanted: tuple[Part, ...]) -> None:
    assert reworded(line, "en", "it")[0].parts == wanted


@pytest.mark.parametrize("line", ["", "The bucket is in the kitchen.", "He pulled the leg of the table.", "?!",
                                  "a" * 3000])
def test_a_line_without_an_idiom_is_left_alone(line: str) -> None:
    assert reworded(line, "en", "it") == ()


def test_other_languages_have_no_dictionary() -> None:
    assert reworded("He kicked the bucket.", "en", "fr") == () == reworded("He kicked the bucket.", "it", "en")


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_taken(line: str) -> None:
    for way in reworded(line, "en", "it"):
        assert way.idioms and all(part.text for part in way.parts)


def test_the_dictionary_is_well_formed() -> None:
    rows = (files("ciak.dubbing") / "idiom_lists" / "en-it.tsv").read_text(encoding="utf-8").splitlines()
    written = [row for row in rows if row and not row.startswith("#")]
    assert rows[0] == "# version 1" and len(written) > 1500
    names = [row.split("\t")[0] for row in written]
    assert len(set(names)) == len(names)
    for row in written:
        idiom, plain, whole = [*row.split("\t"), "", ""][:3]
        assert row.count("\t") <= 2 and idiom and (plain or whole), row
        assert re.fullmatch(r"[\w '’~$()/,.!?-]+", idiom), row


@pytest.mark.parametrize(("verb", "word", "before", "form"), [
    ("hit", "hit", "he will ", Form.BASE), ("hit", "hit", "she has ", Form.DONE), ("kick", "kicked", "he ", Form.PAST),
    ("run", "running", "we are ", Form.GOING), ("go", "goes", "it ", Form.THIRD)])
def test_the_form_of_a_verb_is_told_by_what_is_before_it(verb: str, word: str, before: str, form: Form) -> None:
    assert form_of(verb, word, before) is form


@pytest.mark.parametrize(("verb", "form", "word"), [
    ("die", Form.GOING, "dying"), ("carry", Form.PAST, "carried"), ("stop", Form.GOING, "stopping"),
    ("watch", Form.THIRD, "watches"), ("write", Form.DONE, "written"), ("make", Form.GOING, "making")])
def test_verbs_are_inflected(verb: str, form: Form, word: str) -> None:
    assert inflected(verb, form) == word
    assert form in forms(verb)[word]


def test_plain_wordings_come_first_and_the_words_last() -> None:
    line = "He kicked the bucket."
    assert also_asked([line, "Good evening."], "en", "it") == ["He died."]
    found = {line: ((Variant(text="Ha calciato il secchio.", confidence=0.9, origin="translator:x"),), ("secchio",)),
             "He died.": ((Variant(text="È morto.", confidence=0.8, origin="translator:x"),
                           Variant(text="Morì.", confidence=0.7, origin="translator:x")), ())}
    variants, doubts = with_idioms(line, "en", "it", found)
    assert [one.text for one in variants] == ["È morto.", "Morì.", "Ha calciato il secchio."] and doubts == ()
    assert variants[0].reasons == (Reason(code="idiom", about="kick the bucket"),)
    assert variants[2].reasons == (Reason(code="word-for-word"),)
    assert with_idioms("He died.", "en", "it", found) == found["He died."]


def test_who_is_called_is_translated_and_put_behind_the_saying() -> None:
    found = {line: ((Variant(text=text, confidence=trust, origin="translator:x"),), ()) for line, text, trust in (
        ("Break a leg, Mother!", "Rompi una gamba, mamma!", 0.7), ("Mother!", "Mamma!", 0.95))}
    variants, _ = with_idioms("Break a leg, Mother!", "en", "it", found)
    assert variants[0].text == "In bocca al lupo, Mamma!" and variants[0].confidence == 0.9
