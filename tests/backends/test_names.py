"""Names are found, exchanged, and put back whole."""

from __future__ import annotations

import pytest

from ciak.backends.embedded.lexicon import Lexicon
from ciak.backends.embedded.names import find_names, masks, unmask

_WORDS = ["Tom", "Mary", "Boston", "I", "the", "is", "here", "of", "in", "house", "new", "run", "where", "did", "go",
          "see", "to", "and", "sword", "Monday", "who", "are", "you"]
ENGLISH = Lexicon(dict.fromkeys(_WORDS, 30) | {"Florence": 3})


def found(sentence: str, *names: str, language: str = "en", lexicon: Lexicon | None = ENGLISH) -> list[str]:
    return [name.text for name in find_names(sentence, language, lexicon, names)]


@pytest.mark.parametrize(("sentence", "names"), [
    ("Sintel is here.", ["Sintel"]),
    ("Where is Sintel?", ["Sintel"]),
    ("Tom and Mary are here.", []),
    ("The house of Minas Morgul", ["Minas Morgul"]),
    ("New Aldera is here", ["Aldera"]),
    ("Who is New Aldera?", ["New Aldera"]),
    ("Sintel's sword", ["Sintel"]),
    ("Mr. Thorne is here.", ["Thorne"]),
    ("Monday I see you", []),
    ("Run! Zorg is here", ["Zorg"]),
    ("Kira and Zorg", ["Kira", "Zorg"]),
    ("Привет is here", []),
    ("Where is Florence?", ["Florence"]),
])
def test_found(sentence: str, names: list[str]) -> None:
    assert found(sentence) == names


def test_names_that_are_asked_for() -> None:
    assert found("the house of scales", "Scales") == ["scales"]
    assert found("Scales, Scales and Scalesman", "Scales", lexicon=None) == ["Scales", "Scales"]
    assert found("Van Der Blum is here", "Blum", "Van Der Blum") == ["Van Der Blum"]
    assert found("a (b) c", "(b)", "", "  ") == ["(b)"]


def test_each_name_has_a_stand_in_of_its_own() -> None:
    sentence = "Tom and Kira and Zorg are here."
    for masked in masks(sentence, find_names(sentence, "en", ENGLISH)):
        stand_ins = [stand_in for stand_in, _ in masked.pairs]
        assert len(set(stand_ins)) == 2 and "Tom" not in stand_ins
        assert unmask(masked.text, masked, "en") == sentence


def test_a_lost_or_doubled_stand_in_is_noticed() -> None:
    (masked, *_) = masks("Zorg is here.", find_names("Zorg is here.", "en", ENGLISH))
    assert masked.text == "Tom is here."
    assert unmask("Tom è qui.", masked, "it") == "Zorg è qui."
    assert unmask("È qui.", masked, "it") is None
    assert unmask("Tom e Tom sono qui.", masked, "it") is None
    assert unmask("Tommaso è qui.", masked, "it") is None


@pytest.mark.parametrize(("sentence", "translation", "put_back"), [
    ("Mr. Thorne is here.", "Tom è qui.", "Il signor Thorne è qui."),
    ("Who are you, Mr. Thorne?", "Chi sei, Tom?", "Chi sei, signor Thorne?"),
    ("Mr. Thorne, go!", "Tom, vai!", "Signor Thorne, vai!"),
    ("the house of Mr. Thorne", "la casa di Tom", "la casa del signor Thorne"),
    ("go to Mrs. Thorne and see", "vai a Mary e guarda", "vai alla signora Thorne e guarda"),
    ("the house of Agent Ramirez is here", "la casa di Tom è qui", "la casa dell'agente Ramirez è qui"),
    ("Agent Ramirez is here", "Tom è qui", "L'agente Ramirez è qui"),
])
def test_titles_become_italian(sentence: str, translation: str, put_back: str) -> None:
    masked = masks(sentence, find_names(sentence, "en", ENGLISH))[0]
    assert unmask(translation, masked, "it") == put_back


@pytest.mark.parametrize(("sentence", "shown", "translation", "put_back"), [
    ("Il signor Bianchi è qui.", "Tom è qui.", "Tom is here.", "Mr. Bianchi is here."),
    ("La casa della signora Bianchi.", "La casa di Mary.", "Mary's house.", "Mrs. Bianchi's house."),
    ("Dottor Rossi, venga!", "Tom, venga!", "Tom, come!", "Dr. Rossi, come!"),
    ("L'agente Ramirez è qui.", "Tom è qui.", "Tom is here.", "Agent Ramirez is here."),
])
def test_titles_become_english(sentence: str, shown: str, translation: str, put_back: str) -> None:
    lexicon = Lexicon(dict.fromkeys(["casa", "la", "è", "qui", "il", "agente", "l'amico"], 1))
    masked = masks(sentence, find_names(sentence, "it", lexicon))[0]
    assert masked.text == shown
    assert unmask(translation, masked, "en") == put_back


def test_more_names_than_stand_ins() -> None:
    sentence = "to " + " and ".join(f"Zork{letter}" for letter in "abcdefghijkl")
    names = find_names(sentence, "en", ENGLISH)
    assert len(names) == 12
    assert masks(sentence, names) == []
