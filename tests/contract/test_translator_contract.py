"""What every translator promises."""

from __future__ import annotations

import pytest

from ciak.backends.protocols import Translator
from ciak.errors import BackendError

LINES = ("The house is near the river.", "", "Good night, mother!", "Where is the letter?")
ODD = ("\x00\x07", "\ud800", "😀👩‍👩‍👧", "…", "?!", "   ", "Привет", "東京へ行く", "a" * 3000, "no " * 700, "<i></i>",
       "<<<>>>", "\u202eabc", "-", "- -", "♪ ♪", "ﬀ ǅ İ ß", "١٢٣", "1" * 400, "Tom " * 40, "{\\an8}", "[",
       "'", "\n\n\n")


@pytest.fixture(params=["forwards", "backwards"])
def pair(request: pytest.FixtureRequest) -> tuple[str, str]:
    return ("en", "it") if request.param == "forwards" else ("it", "en")


def test_says_who_it_is(translator) -> None:
    assert isinstance(translator, Translator)
    assert translator.name
    assert all(source != target for source, target in translator.pairs())


def test_one_answer_for_each_line(translator, pair) -> None:
    if pair not in translator.pairs():
        pytest.skip("not one of its pairs")
    answers = translator.translate(LINES, *pair, ways=3)
    assert len(answers) == len(LINES)
    for line, ways in zip(LINES, answers, strict=True):
        assert 1 <= len(ways) <= 3
        assert len({way.text for way in ways}) == len(ways)
        assert all(way.confidence is None or 0 <= way.confidence <= 1 for way in ways)
        assert bool(ways[0].text.strip()) == bool(line)
    assert translator.translate(LINES, *pair, ways=3) == answers, "the same lines gave other translations"


def test_names_come_through(translator) -> None:
    names = ["Zorgwyn", "Scales", "Kaa-Tun", "Van Der Blum"]
    for line, name in (("The house of Zorgwyn is near the river.", "Zorgwyn"), ("Listen to me, Scales!", "Scales"),
                       ("Kaa-Tun and Scales are here.", "Kaa-Tun"), ("Van Der Blum is my friend.", "Van Der Blum")):
        (ways,) = translator.translate([line], "en", "it", ways=4, names=names)
        assert all(name in way.text for way in ways), (line, ways)


def test_translates(translator) -> None:
    (ways,) = translator.translate(["The house is near the river."], "en", "it")
    assert "casa" in ways[0].text.lower() and "fiume" in ways[0].text.lower()


def test_nothing_makes_it_fall(translator, pair) -> None:
    if pair not in translator.pairs():
        pytest.skip("not one of its pairs")
    answers = translator.translate(ODD, *pair, ways=2, names=["Tom", "", "(", "a"])
    assert len(answers) == len(ODD) and all(ways for ways in answers)


def test_refuses_a_pair_that_it_cannot_do(translator) -> None:
    with pytest.raises(BackendError):
        translator.translate(["hello"], "en", "xx")
