"""What belongs together stays together: by language, and without one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from ciak.dubbing.folding import fits, fold
from ciak.dubbing.phrasing import LANGUAGES, break_cost, is_abbreviation, sentence_ends, small_words
from ciak.dubbing.profile import BASIC, profile_named


def broken(text: str, language: str, characters: int = 42) -> str:
    rules = tuple((name, replace(rule, limit=Fraction(characters)) if name == "characters" else rule)
                  for name, rule in BASIC.rules)
    return " | ".join(fold(text, replace(BASIC, rules=rules), language) or ())


@pytest.mark.parametrize(("language", "text", "wanted"), [
    ("en", "The tired baker has locked the old green door of his shop.",
     "The tired baker has locked | the old green door of his shop."),
    ("en", "We met Mr. Harold Finch at the station on Monday.",
     "We met Mr. Harold Finch | at the station on Monday."),
    ("it", "Ho visto la signora Carla Bruni uscire dalla porta della scuola.",
     "Ho visto la signora Carla Bruni uscire | dalla porta della scuola."),
    ("es", "Compramos una maleta vieja en el mercado de la plaza.",
     "Compramos una maleta vieja | en el mercado de la plaza."),
    ("fr", "Nous avons trouvé une valise noire dans le grenier de l'école.",
     "Nous avons trouvé une valise noire | dans le grenier de l'école."),
    ("de", "Gestern haben wir eine schwarze Katze auf dem Dach gesehen.",
     "Gestern haben wir eine schwarze Katze | auf dem Dach gesehen."),
])
def test_a_line_ends_where_a_phrase_does(language: str, text: str, wanted: str) -> None:
    assert broken(text, language) == wanted


@pytest.mark.parametrize(("language", "words", "at"), [
    ("en", "into the cold cellar", 3), ("en", "she has gone", 2), ("en", "don't worry", 1), ("en", "told him", 1),
    ("en", "my mother's house", 2), ("en", "forty thieves", 1), ("en", "put it on.", 2), ("en", "Anna Keller", 1),
    ("en", "the busiest airports", 2),
    ("it", "della scuola", 1), ("it", "non so", 1), ("it", "un po' tardi", 1), ("it", "c'è qualcuno", 1),
    ("es", "más grande", 1), ("es", "para que venga", 1), ("fr", "qu'il vienne", 1), ("fr", "propre ?", 1),
    ("fr", "Pourriez-vous venir", 1),
    ("fr", "l'ancien capitaine Leroy", 2), ("de", "letzten Dienstag", 1), ("de", "zog den Mantel an und", 3)])
def test_what_belongs_together_costs_more_than_any_imbalance(language: str, words: str, at: int) -> None:
    assert break_cost(words.split(), at, language) >= 22


@pytest.mark.parametrize(("language", "text", "wanted"), [
    ("it", "Hanno trovato un vecchio manoscritto medievale nascosto dietro un armadio.",
     "Hanno trovato un vecchio manoscritto medievale | nascosto dietro un armadio."),
    ("it", "Un uomo alto con un cappello nero aspettava fuori dal bar della piazza.",
     "Un uomo alto con un cappello nero | aspettava fuori dal bar della piazza."),
    ("it", "Non riesco a capire perché tu debba sempre mentire ai tuoi migliori amici.",
     "Non riesco a capire perché tu debba sempre mentire | ai tuoi migliori amici."),
    ("it", "Tua madre sarebbe molto orgogliosa di te se potesse vederti adesso.",
     "Tua madre sarebbe molto orgogliosa di te | se potesse vederti adesso."),
    ("es", "Mi vecino de arriba toca siempre el violín pasada la medianoche.",
     "Mi vecino de arriba toca siempre | el violín pasada la medianoche."),
    ("fr", "Cette nuit j'ai rêvé que je volais au-dessus des toits mouillés de la ville.",
     "Cette nuit j'ai rêvé que je volais | au-dessus des toits mouillés de la ville."),
    ("fr", "Je ne comprends pas pourquoi tu dois toujours mentir à tes meilleurs amis du village.",
     "Je ne comprends pas pourquoi tu dois toujours mentir | à tes meilleurs amis du village."),
])
def test_adjectives_and_adverbs_keep_to_what_they_follow(language: str, text: str, wanted: str) -> None:
    assert broken(text, language, 52) == wanted


@pytest.mark.parametrize(("language", "text", "wanted"), [
    ("en", "I told you all of this and you never listened to me.",
     "I told you all of this | and you never listened to me."),
    ("en", "They wanted more but nobody had any money left.", "They wanted more | but nobody had any money left."),
    ("it", "Ho visto tutto questo e non ho detto una parola.", "Ho visto tutto questo | e non ho detto una parola."),
    ("it", "Non volevo dirti tutto ma ormai lo sai anche tu.", "Non volevo dirti tutto | ma ormai lo sai anche tu."),
])
def test_a_clause_is_joined_after_a_word_that_stands_for_its_noun(language: str, text: str, wanted: str) -> None:
    assert broken(text, language) == wanted


@pytest.mark.parametrize(("language", "words", "at"), [
    ("en", "this and that", 1), ("en", "you and I", 1), ("en", "you and your sister", 1), ("en", "the and then", 1),
    ("it", "questo o quello", 1), ("de", "dieser oder jener", 1), ("fr", "vous et moi", 1)])
def test_two_that_are_joined_are_not_parted(language: str, words: str, at: int) -> None:
    assert break_cost(words.split(), at, language) >= 22


@pytest.mark.parametrize(("language", "words", "at"), [
    ("it", "storie incredibili", 1), ("es", "camión frigorífico", 1), ("fr", "fleurs fraîches", 1),
    ("it", "i testimoni uno per uno", 3), ("fr", "n'aurais jamais accepté", 1)])
def test_a_follower_costs_more_than_two_words_that_are_not_known(language: str, words: str, at: int) -> None:
    assert break_cost(words.split(), at, language) > break_cost(["barca", "mondo"], 1, language)


def test_the_end_of_a_noun_and_its_adjective_costs_less_than_their_middle() -> None:
    words = ["gli", "uomini", "armati", "aspettavano"]
    assert break_cost(words, 3, "it") < break_cost(words, 2, "it")


def test_a_german_clause_ends_after_its_last_verb() -> None:
    words = ["Der", "Fahrer", "der", "uns", "geholfen", "hat", "wollte", "kein", "Geld", "nehmen"]
    assert break_cost(words, 5, "de") > break_cost(words, 6, "de")
    words = ["Du", "hättest", "mich", "anrufen", "sollen", "als", "du", "davon", "hörtest"]
    assert break_cost(words, 4, "de") >= 45 > 0 > break_cost(words, 5, "de")


@pytest.mark.parametrize(("language", "words"), [
    ("en", "cold and clear"), ("de", "kalter und klarer")])
def test_two_adjectives_of_one_noun_are_parted_less_gladly_than_two_clauses(language: str, words: str) -> None:
    assert break_cost(["x", *words.split()], 2, language) >= 20 > break_cost(["x", words.split()[1], "y"], 1, language)


def test_a_word_counts_in_its_own_language_only() -> None:
    assert break_cost(["die", "Lampe"], 1, "en") < break_cost(["die", "Lampe"], 1, "de")
    assert break_cost(["die", "Lampe"], 1, "de-AT") == break_cost(["die", "Lampe"], 1, "de")
    assert break_cost(["den", "lampan"], 1, "sv") == 0, "no list, no opinion"


def test_a_particle_ends_a_line_where_a_preposition_does_not() -> None:
    assert break_cost(["to", "take", "off", "and", "land"], 3, "en") < 0
    assert break_cost(["it", "fell", "off", "the", "table"], 3, "en") >= 60
    assert break_cost(["the", "one", "of", "them"], 2, "en") < 10
    assert break_cost(["con", "lei", "al", "cinema"], 2, "it") < 0 < break_cost(["che", "lei", "parli"], 2, "it")


def test_a_full_stop_after_a_title_or_an_initial_ends_no_sentence() -> None:
    assert is_abbreviation("Mr.") and is_abbreviation("J.") and is_abbreviation("“Dott.")
    assert not is_abbreviation("No.") and not is_abbreviation("I.") and not is_abbreviation("king")
    assert sentence_ends("door.”", "He") and not sentence_ends("Mrs.", "Wood") and not sentence_ends("Well...", "no")


def test_two_sentences_stand_on_a_line_each_unless_the_profile_asks_for_one() -> None:
    assert fold("Come in. We were waiting.", BASIC, "en") == ("Come in.", "We were waiting.")
    assert fold("Come in. We were waiting.", profile_named("netflix"), "en") == ("Come in. We were waiting.",)
    assert fold("Ask Dr. Brown.", BASIC, "en") == ("Ask Dr. Brown.",)


def test_what_fits_is_what_can_be_folded() -> None:
    for text in ("", "word", "word " * 8 + "x", "word " * 30 + "x", "x" * 43, "x" * 42 + " " + "y" * 42):
        assert fits(text) == (fold(text) is not None), text


def test_every_language_has_every_kind_of_small_word() -> None:
    for language in LANGUAGES:
        assert break_cost(["x", "x"], 1, language) > 0
    assert {"the", "della", "porque", "dans", "und"} <= small_words()
    assert "captain" not in small_words()
