"""Words become lines, and a person's subtitles too."""

from __future__ import annotations

from fractions import Fraction

from ciak.dubbing.given import loops_from, spoken_text, wordings_from
from ciak.dubbing.hearing import plain, word_error
from ciak.dubbing.lines import joined, numbered, sentences
from ciak.film import Dialogue, Loop, Span, SubtitleCue, SubtitleDocument, Word


def words(*timed: tuple[str, float, float]) -> list[Word]:
    return [Word(text=text, span=Span.of(Fraction(a).limit_denominator(100), Fraction(b).limit_denominator(100)))
            for text, a, b in timed]


def test_sentences_end_at_full_stops_and_at_pauses_but_not_after_mister() -> None:
    parts = sentences(words(("Mr.", 0, .2), ("Cooper.", .3, .8), ("Go", .9, 1), ("ahead", 2, 2.4)))
    assert [" ".join(word.text for word in part) for part in parts] == ["Mr. Cooper.", "Go", "ahead"]


def test_close_lines_of_one_speaker_are_one_and_of_two_stay_two() -> None:
    first, second = tuple(words(("No.", 0, .5))), tuple(words(("You're", .6, .8), ("right.", .8, 1)))
    assert len(joined([(first, "S1"), (second, "S1")])) == 1
    assert len(joined([(first, "S1"), (second, "S2")])) == 2
    later = tuple(words(("Minutes?", 2, 2.5)))
    assert len(joined([(first, "S1"), (later, "S1")])) == 2


def test_a_sentence_keeps_its_pause_and_a_hurried_line_borrows_one() -> None:
    begun = tuple(words(("I", 0, .1), ("mean,", .1, .3)))
    rest = tuple(words(("Mr.", 1.1, 1.4), ("Cooper.", 1.4, 2)))
    assert len(joined([(begun, "S1"), (rest, "S1")])) == 1
    assert len(joined([(begun, "S1"), (rest, "S2")])) == 2
    calm = tuple(words(("Yes,", 0, .2), ("sir.", .2, .6)))
    assert len(joined([(calm, "S1"), (rest, "S1")])) == 2
    hurried = tuple(words(("Somebody", 0, .2), ("stole", .2, .4), ("jewels.", .4, .6)))
    assert len(joined([(hurried, "S1"), (rest, "S1")])) == 1
    assert len(joined([(hurried, "S1"), (tuple(words(("Late.", 1.4, 2))), "S1")])) == 2


def test_loops_are_numbered_in_time_order() -> None:
    late, early = tuple(words(("b", 2, 3))), tuple(words(("a", 0, 1)))
    loops = numbered([(late, "S2"), (early, "S1")], "person")
    assert [(loop.id, loop.text) for loop in loops] == [("L0001", "a"), ("L0002", "b")]


def cue(start: int, end: int, *lines: str) -> SubtitleCue:
    return SubtitleCue(span=Span.of(start, end), lines=lines)


def test_given_subtitles_become_loops_without_tags_sounds_and_overlap() -> None:
    document = SubtitleDocument(language="en", cues=(
        cue(0, 3, "<i>Hildy!</i>"), cue(2, 4, "- How are", "you?"), cue(5, 6, "[door slams]"), cue(6, 7, "♪")))
    loops = loops_from(document)
    assert [loop.text for loop in loops] == ["Hildy!", "How are you?"]
    assert loops[0].span == Span.of(0, 2)
    assert all(loop.origin == "given:subtitles" for loop in loops)
    assert spoken_text(cue(0, 1, "(sighs)", "Fine.")) == "Fine."


def test_a_given_translation_goes_to_the_line_it_overlaps_and_strays_are_named() -> None:
    loops = (Loop(id="L0001", character="S1", text="Hi.", span=Span.of(0, 2)),
             Loop(id="L0002", character="S1", text="Bye.", span=Span.of(3, 5)))
    original = Dialogue(language="en", loops=loops)
    target = Dialogue(language="it", source="en", loops=loops)
    document = SubtitleDocument(language="it", cues=(cue(0, 2, "Ciao."), cue(3, 5, "Addio."), cue(20, 22, "Chi?")))
    result, notes = wordings_from(document, original, target)
    assert [loop.text for loop in result.loops] == ["Ciao.", "Addio."]
    assert len(notes) == 1
    assert "20.00" in notes[0]


def test_word_error_counts_words_not_marks() -> None:
    assert word_error("L'amico, è qui!", "l’amico è qui") == 0
    assert word_error("L'amico è qui", "l'amico e qui") == 0.25
    assert word_error("Shut up!", "shut up") == 0
    assert word_error("one two three four", "one three four") == 0.25
    assert word_error("...", "anything") is None
    assert word_error("hello", "") == 1.0
    assert plain("Un'altra — volta") == "un' altra volta"
