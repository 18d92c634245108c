"""Terms in translations, names in what was heard, proposals, and the reading over."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dubbing.journeys import FAKES, talking_clip

import ciak
from ciak.backends.embedded.translator import EmbeddedTranslator, create
from ciak.config import Settings
from ciak.dubbing.agreed import TermPair, capital_like, no_house, put_in, says, term_pairs
from ciak.dubbing.dictionary import dictionary, system_dictionary
from ciak.dubbing.keeping import kept_terms
from ciak.dubbing.proposing import proposed
from ciak.dubbing.respelling import respelled
from ciak.dubbing.reviewing import review_document, review_film
from ciak.film import Glossary, GlossaryTerm, Loop, Span, SubtitleCue, SubtitleDocument, TermKind, Word
from ciak.project import add_terms, term_of

SETTINGS = Settings().with_backends(FAKES)


def term(text: str, kind: TermKind = TermKind.NAME, **renderings: str) -> GlossaryTerm:
    return GlossaryTerm(id=f"G{abs(hash(text)) % 9999}", term=text, language="en", kind=kind, renderings=renderings)


def heard(text: str, **more: object) -> Loop:
    return Loop.model_validate({"id": "L1", "character": "S1", "span": Span.of(0, 2), "text": text,
                                "origin": "transcriber:fake", "words": tuple(
                                    Word(text=word, span=Span.of(0, 1)) for word in text.split()), **more})


def test_the_longest_term_is_put_in_and_none_inside_another() -> None:
    glossary = Glossary(terms=(term("Tower", it="Torre"), term("Grey Tower", it="Torre Grigia"),
                               term("by the book", TermKind.PHRASE, it="secondo le regole")))
    pairs = term_pairs(glossary, no_house, "en", "it")
    assert put_in("The Grey Tower and the Tower, By The Book.", pairs) == (
        "The Torre Grigia and the Torre, secondo le regole.", ("secondo le regole", "Torre Grigia", "Torre"))
    assert put_in("a tower, Towers", pairs)[1] == (), "a name has its capitals, and is a word"
    assert term_pairs(glossary, no_house, "it", "en")[0].source == "secondo le regole"


def test_the_films_terms_go_before_those_of_the_house() -> None:
    pairs = term_pairs(Glossary(terms=(term("Pip", it="Pippo"),)), lambda one, other: [("Pip", "Gigi"), ("Bo", "Beo")],
                       "en", "it")
    assert {pair.source: pair.target for pair in pairs} == {"Pip": "Pippo", "Bo": "Beo"}


@given(st.text(st.sampled_from("ab .'AB"), max_size=30), st.text(st.sampled_from("abAB"), min_size=1, max_size=3))
def test_what_was_put_in_is_said_and_not_lacking(line: str, word: str) -> None:
    pairs = (TermPair(word, "Zed", False),)
    text, used = put_in(line, pairs)
    assert bool(used) == says(line, word)
    assert not used or says(text, "Zed")
    found = kept_terms([("1", line, text)], pairs)
    assert [(one.said, one.lacking) for one in found] == ([(1, [])] if used else [])
    assert (line == text) or used


def test_it_is_told_which_lines_keep_to_a_term() -> None:
    pairs = term_pairs(Glossary(terms=(term("Tower", it="Torre"), term("Grey Tower", it="Torre Grigia"),
                                       term("Aldera"))), no_house, "en", "it")
    lines = [("1", "The Grey Tower!", "La Torre Grigia!"), ("2", "Grey Tower, Grey Tower.", "La torre."),
             ("3", "A Tower; the Grey Tower.", "Una Torre; la Torre Grigia."), ("4", "Nothing.", "Niente.")]
    assert [(one.pair.source, one.said, one.kept, one.lacking) for one in kept_terms(lines, pairs)] == [
        ("Grey Tower", 3, 2, ["2"]), ("Tower", 1, 1, [])], "what never comes up is left out"


def test_a_capital_stands_where_the_line_begins_with_one() -> None:
    assert capital_like("«il ciak è qui»", "The board is here.") == "«Il ciak è qui»"
    assert capital_like("il ciak", "the board") == "il ciak"
    assert capital_like("…", "The") == "…"


@pytest.fixture(scope="module")
def translator() -> EmbeddedTranslator:
    return create(Settings.from_environment())


def test_the_real_translator_keeps_terms_through_the_whole_journey(tmp_path: Path) -> None:
    clip = talking_clip(tmp_path / "night.mp4")
    mine = tmp_path / "mine.srt"
    mine.write_text("1\n00:00:00,500 --> 00:00:02,000\nThe clapperboard is in the Old Mill.\n\n"
                    "2\n00:00:03,000 --> 00:00:04,200\nI love the Old Mill.\n", encoding="utf-8")
    settings = SETTINGS.with_backends({"translator": "embedded"})
    ciak.subtitle(clip, to="it", language="en", subtitles=mine, out=tmp_path / "out", settings=settings)
    film = ciak.open_film(tmp_path / "out" / "night.film")
    add_terms(film, [term_of("Old Mill", "en", {"it": "Vecchio Mulino"}),
                     term_of("clapperboard", "en", {"it": "ciak"}, TermKind.PHRASE)])
    report = ciak.subtitle(film.path, to="it", settings=settings)
    first, second = (str(line.translation) for line in report.lines)
    assert says(first, "Vecchio Mulino")
    assert says(first, "ciak")
    assert says(second, "Vecchio Mulino")
    again = ciak.subtitle(film.path, to="it", settings=settings)
    assert [line.translation for line in again.lines] == [first, second]


def test_names_that_were_heard_otherwise_are_put_right_with_their_words() -> None:
    words = dictionary("en")
    loops, notes = respelled([heard("Ask Quilfether's men, said Quilfether.")], ["Quillfeather", "Bo Marlow"], words)
    assert loops[0].text == "Ask Quillfeather's men, said Quillfeather."
    assert [word.text for word in loops[0].words] == ["Ask", "Quillfeather's", "men,", "said", "Quillfeather."]
    assert notes == ("heard as 'Quilfether', written 'Quillfeather' (2 times)",)


def test_what_a_person_wrote_and_words_of_the_language_stay() -> None:
    words = dictionary("en")
    mine = heard("Ask Quilfether.", origin="person")
    for loop in (mine, heard("Ask Quilfether.", locked=True), heard("A pillow feather, the marrow.")):
        assert respelled([loop], ["Quillfeather", "Marlow"], words) == ((loop,), ())
    assert respelled([heard("Ask Quilfether.")], ["Quillfeather"], None)[1] == (), "nothing without a dictionary"
    assert respelled([heard("Ask Aldora.")], ["Aldera", "Aldira"], words)[1] == (), "two names that sound alike"


def test_names_and_phrases_that_come_up_are_proposed() -> None:
    lines = ["We saw Aldera Marlow.", "Who knows Aldera? Yes, I'm sure, I’m sure.",
             "The silver compass broke.", "My silver compass is gone!",
             "Is that a silver compass?", "Then we left."]
    found = {one.term: (one.kind, one.count) for one in proposed(lines, dictionary("en"), ["Who"])}
    assert found == {"Aldera Marlow": (TermKind.NAME, 1), "Aldera": (TermKind.NAME, 1),
                     "silver compass": (TermKind.PHRASE, 3)}
    assert "Aldera" not in {one.term for one in proposed(lines, dictionary("en"), ["Aldera"])}


def document(*lines: str) -> SubtitleDocument:
    return SubtitleDocument(language="en", cues=tuple(
        SubtitleCue(span=Span.of(2 * at, 2 * at + 1), lines=tuple(line.split("|"))) for at, line in enumerate(lines)))


def test_a_file_is_read_over() -> None:
    report = review_document(document(
        "I recieve the letter.", "We met Kowalsky there.", "Call Kowalski and Kowalski's son.", "Wait , now..",
        "The the door.", "He said “no.", "I had had it, that's colour o'clock."), "en")
    found = {(remark.line, remark.code, remark.word) for remark in report.remarks}
    assert found == {("1", "spelling", "recieve"), ("2", "two-ways", "Kowalsky"), ("4", "signs", " "),
                     ("4", "signs", ".."), ("5", "word-twice", "The the"), ("6", "signs", "“")}
    assert {one.sign for one in report.remarks if one.code == "signs"} == {"blank-before", "two-stops", "unpaired"}
    assert next(one.meant for one in report.remarks if one.code == "spelling") [:1] == ("receive",)
    assert review_document(document("Xyzzy qwertzu."), "ja").dictionary is False


def test_a_film_is_read_over_in_every_language(tmp_path: Path) -> None:
    clip = talking_clip(tmp_path / "night.mp4")
    mine, ours = tmp_path / "mine.srt", tmp_path / "ours.srt"
    mine.write_text("1\n00:00:00,500 --> 00:00:02,000\nWe love the Old Mill.\n\n"
                    "2\n00:00:03,000 --> 00:00:04,200\nWe love the Old Mill.\n", encoding="utf-8")
    ours.write_text("1\n00:00:00,500 --> 00:00:02,000\nAmiamo il Vecchio Mulino.\n\n"
                    "2\n00:00:03,000 --> 00:00:04,200\nCi piace il mulino vecio.\n", encoding="utf-8")
    ciak.dub(clip, to="it", language="en", subtitles=mine, translation=ours, out=tmp_path / "out", settings=SETTINGS)
    film = ciak.open_film(tmp_path / "out" / "night.film")
    add_terms(film, [term_of("Old Mill", "en", {"it": "Vecchio Mulino"})])
    english, italian = review_film(film, ("en", "it"))
    assert english.remarks == ()
    assert (english.lines, english.written) == (2, {"person": 2})
    assert [(one.code, one.word) for one in italian.remarks] == [
        ("spelling", "vecio"), ("term", "Old Mill"), ("translated-twice", "We love the Old Mill.")]
    assert (italian.terms, italian.terms_kept, italian.profile) == (2, 1, "basic")
    assert [(one.pair.source, one.said, one.lacking) for one in italian.keeping] == [
        ("Old Mill", 2, [film.dialogue("it").loops[1].id])]  # type: ignore[union-attr]
    assert sum(italian.rules.values()) == len(italian.broken)


def test_the_machines_own_dictionary_adds_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "it_IT.aff").write_text("SET UTF-8\nSFX A Y 1\nSFX A o i o\n", encoding="utf-8")
    (tmp_path / "it_IT.dic").write_text("1\nquaglibolo/A\n", encoding="utf-8")
    (tmp_path / "es.aff").write_text("SET UTF-8\n", encoding="utf-8")
    (tmp_path / "es.dic").write_text("2\nárbol\nniño\n", encoding="utf-8")
    monkeypatch.setenv("DICPATH", str(tmp_path))
    dictionary.cache_clear()
    try:
        italian, spanish = dictionary("it"), dictionary("es-ES")
        assert italian is not None and spanish is not None
        assert italian.knows("quagliboli") and italian.knows("casa") and not italian.knows("quaglibola")
        assert spanish.knows("Árbol") and spanish.meant("arbol") == ("árbol",) and not spanish.knows("casa")
        (tmp_path / "es.dic").write_text("no dictionary", encoding="utf-8")
        monkeypatch.setattr("ciak.dubbing.dictionary.dictionary_folders", lambda: (tmp_path,))
        assert system_dictionary("es") is None, "what cannot be read is none"
    finally:
        dictionary.cache_clear()
