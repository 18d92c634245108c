"""The embedded translator: names, doubts, confidence, marked-up lines; and its ranking and phrase book alone."""

from __future__ import annotations

import pytest

from ciak.backends.embedded.candidates import Candidate, Judge, loops, various
from ciak.backends.embedded.lexicon import Lexicon, open_lexicon
from ciak.backends.embedded.phrasebook import phrase
from ciak.backends.embedded.translator import EmbeddedTranslator, LineTranslator
from ciak.config import Settings
from ciak.errors import BackendError, ModelDamaged
from ciak.models import Hypothesis

ITALIAN = Lexicon(dict.fromkeys(["il", "cane", "gatto", "è", "qui", "non", "lo", "so", "l'amico", "amico",
                                 "dell'acqua", "acqua", "casa"], 5))
ENGLISH = Lexicon(dict.fromkeys(["the", "dog", "is", "here", "I", "do", "not", "know", "water"], 5))


@pytest.fixture(scope="module")
def translator() -> EmbeddedTranslator:
    return EmbeddedTranslator(Settings(threads=1))


def best(translator: EmbeddedTranslator, line: str, source: str = "en", target: str = "it", **more) -> str:
    return translator.translate([line], source, target, **more)[0][0].text


@pytest.mark.parametrize(("line", "parts"), [
    ("- Who are you? - I'm Zorgwyn.", ["- ", "Zorgwyn"]),
    ("<i>I don't know.</i>", ["<i>", "</i>"]),
    ("♪ I love you ♪", ["♪ ", " ♪"]),
    ("TOM: I don't know.", ["TOM: "]),
    ("- Yes.\n- No.", ["- Sì.", "\n- No."]),
    ("I saw John McClane in Tenebra yesterday.", ["John McClane", "Tenebra"]),
    ("Mr. Thorne is my friend.", ["signor Thorne"]),
    ("I have 17 dogs and 43 cats.", ["17", "43"]),
])
def test_what_must_survive_survives(translator: EmbeddedTranslator, line: str, parts: list[str]) -> None:
    text = best(translator, line)
    assert all(part in text for part in parts), text


def test_case_and_points_are_as_in_the_source(translator: EmbeddedTranslator) -> None:
    assert best(translator, "WHERE IS THE DOG?").isupper()
    assert best(translator, "where is the dog")[0].islower()
    assert best(translator, "where is the dog")[-1].isalpha()
    assert best(translator, "I don't know...")[-1] == "…"
    assert best(translator, "Where is the dog?").endswith("?")


def test_shouting_and_clean_text_mean_the_same(translator: EmbeddedTranslator) -> None:
    for line in ("Where is the dog?", "I'm not hungry.", "She lives in Boston."):
        assert best(translator, line.upper()) == best(translator, line).upper()


def test_confidence_falls_with_strange_words(translator: EmbeddedTranslator) -> None:
    plain, strange = (translator.translate([line], "en", "it")[0][0]
                      for line in ("The dogs are here.", "The gatekeepers are here."))
    assert plain.confidence is not None and strange.confidence is not None
    assert plain.confidence > 0.8 and strange.confidence < plain.confidence - 0.2
    assert "gatekeepers" in strange.doubts and not plain.doubts


def test_of_several_sentences_the_shortest_way_is_among_the_ways(translator: EmbeddedTranslator) -> None:
    sentences = ["I don't want to go home.", "Is there anything I can do for you?"]
    ways = translator.translate([" ".join(sentences)], "en", "it", ways=6)[0]
    alone = [min(len(way.text) for way in ways) for ways in translator.translate(sentences, "en", "it", ways=6)]
    assert min(len(way.text) for way in ways) <= sum(alone) + 1


def test_ways_differ(translator: EmbeddedTranslator) -> None:
    (ways,) = translator.translate(["We need to get out of here, now!"], "en", "it", ways=5)
    assert len(ways) == 5 and len({way.text for way in ways}) == 5
    assert len({len(way.text) for way in ways}) >= 2


def test_a_line_alone_and_among_others_is_the_same(translator: EmbeddedTranslator) -> None:
    lines = ["The dog is here.", "I don't know. Where is Zorg?", "She isn't my mother."]
    together = translator.translate(lines, "en", "it", ways=3)
    assert [translator.translate([line], "en", "it", ways=3)[0] for line in lines] == together


def test_another_pair_is_refused(translator: EmbeddedTranslator) -> None:
    with pytest.raises(BackendError, match="en to it"):
        translator.translate(["ciao"], "it", "de")


class Parrot:
    """Gives the same hypotheses whatever is asked."""

    def __init__(self, *texts: str) -> None:
        self.texts = texts

    def hypotheses(self, sentences, ways):
        return [[Hypothesis(text, -0.1 - 0.01 * rank, ()) for rank, text in enumerate(self.texts)] for _ in sentences]


def test_a_name_that_never_comes_through_is_kept_by_force() -> None:
    translator = LineTranslator(Parrot("Il cane è qui."), ("en", "it"), (ENGLISH, ITALIAN), (1, 1))
    (ways,) = translator.translate(["The dog is Zorg here."], 1, ["Zorg"])
    assert "Zorg" in ways[0].text and ways[0].confidence is not None and ways[0].confidence <= 0.2
    assert "Zorg" in ways[0].doubts


def test_a_loop_and_invented_words_lose() -> None:
    texts = ("Il cane cane cane cane è qui.", "Il canicchio è qui.", "Il cane è qui.")
    translator = LineTranslator(Parrot(*texts), ("en", "it"), (ENGLISH, ITALIAN), (8, 5))
    (ways,) = translator.translate(["The dog is here."], 3, ())
    assert ways[0].text == "Il cane è qui." and not ways[0].doubts
    assert [way.doubts for way in ways if "canicchio" in way.text] == [("canicchio",)]


@pytest.mark.parametrize(("text", "looped"), [
    ("no no no no", True), ("la la", False), ("GUERRAAAAAAA", True), ("il il il cane", True),
    ("non lo so non lo so non lo so", True), ("aaaah", False), ("mai, mai più", False), ("", False),
])
def test_loops(text: str, looped: bool) -> None:
    assert loops(text) is looped


def test_judging() -> None:
    judge = Judge((ENGLISH, ITALIAN), (8.0, 5.0))
    good = judge.judge("Il cane è qui.", -0.2, "The dog is here.", ())
    assert good.doubts == () and good.confidence > 0.9
    assert judge.judge("L'amico dell'acqua è qui.", -0.2, "The dog is here.", ()).doubts == ()
    assert judge.judge("Il cane è qui.", -0.2, "The dog 17 is here.", ()).doubts == ("17",)
    assert judge.judge("3 è tre.", -0.2, "3 is here.", ("tre",)).doubts == ()
    assert judge.judge("Zorg è qui.", -0.2, "The dog is here.", ("Zorg",)).doubts == ()
    assert judge.judge("Zorg è qui.", -0.2, "Zorg is here.", ()).doubts == ("Zorg",)
    assert judge.judge("Il cane è qui", -0.2, "The dog is here.", ()).rank < good.rank
    assert judge.judge("Il cane", -0.2, "The dog is here. " * 3, ()).rank < good.rank


def test_variety_prefers_other_lengths() -> None:
    pool = [Candidate("una frase lunga abbastanza", -0.2, 1), Candidate("una frase lunga parecchio", -0.22, 1),
            Candidate("frase corta", -0.4, 1), Candidate("pessima", -2.0, 1),
            Candidate("Una frase lunga abbastanza!", -0.3, 1)]
    assert [one.text for one in various(pool, 2)] == ["una frase lunga abbastanza", "frase corta"]
    assert len(various(pool, 9)) == 3
    assert various([], 3) == []


def test_phrase_book() -> None:
    assert phrase("Hello!", "en", "it")[0] == "Ciao!"
    assert phrase("I'm sorry.", "en", "it")[0] == "Mi dispiace."
    assert phrase("OH MY GOD!", "en", "it")[0] == "Mio Dio!"
    assert phrase("Grazie.", "it", "en")[0] == "Thanks."
    assert phrase("Mi dispiace.", "it", "en")[0] in ("Sorry.", "I'm sorry.")
    assert phrase("The dog is here.", "en", "it") == ()
    assert phrase("Hello!", "en", "fr") == ()


def test_lexicon(tmp_path) -> None:
    lexicon = open_lexicon(_list(tmp_path, "Boston\t9\ncasa\t5\ndell'acqua\t2\n"))
    assert lexicon.has("BOSTON") and lexicon.has("dell'acqua") and lexicon.has("dell'casa") and not lexicon.has("zorg")
    assert lexicon.usual("boston") == "Boston" and lexicon.usual("zorg") == "zorg"
    assert lexicon.copies("Casa") and not lexicon.copies("Boston") and not lexicon.copies("Zorg") and len(lexicon) == 3
    broken = tmp_path / "broken.gz"
    broken.write_bytes(b"no gzip")
    for path in (broken, tmp_path / "absent.gz"):
        with pytest.raises(ModelDamaged):
            open_lexicon(path)


def _list(folder, text: str):
    import gzip

    path = folder / "words.xx.txt.gz"
    path.write_bytes(gzip.compress(text.encode()))
    return path
