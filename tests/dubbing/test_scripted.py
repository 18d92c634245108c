"""A script laid on words that were heard: its words win, what is only heard and only written is told."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciak.dubbing.edges import STEP, levels_of, refined
from ciak.dubbing.script import ScriptLine, names_of, script_lines
from ciak.dubbing.scripted import NOT_IN_SCRIPT, SCRIPT, Laid, laid
from ciak.errors import BadInput
from ciak.film import Cast, CastMember, Presence, PresenceKind, Signal, Span, Word
from ciak.formats import format_named

SAID = ("Good evening. Is the cinema still open?", "The last show is over, I am afraid.",
        "I found this film in my mother's house.", "There is a name on the box.", "Yes, it is your name.",
        "Turn off the lamp, please.", "She left on a night like this one.")


def heard(*sentences: str, pause: float = 1.0, loose: float = 0.0) -> tuple[tuple[Word, ...], list[Span], Signal]:
    """Words as a recogniser gives them, ``loose`` seconds early, the true spans, and the sound."""
    at, words, spans = 1.0, list[Word](), list[Span]()
    for sentence in sentences:
        start = at
        for word in sentence.split():
            length = 0.08 + 0.05 * len(word)
            early = loose if word == sentence.split()[0] else 0.0
            words.append(Word(text=word, probability=0.9, span=Span(
                start=Fraction(at - early).limit_denominator(1000), end=Fraction(at + length).limit_denominator(1000))))
            at += length
        spans.append(Span(start=Fraction(start).limit_denominator(1000), end=Fraction(at).limit_denominator(1000)))
        at += pause
    sound = np.random.default_rng(1).normal(0, 1e-4, int((at + 1) * 16000))
    for span in spans:
        first, end = int(span.start * 16000), int(span.end * 16000)
        sound[first:end] += 0.2 * np.sin(np.arange(end - first) * 0.08)
    return tuple(words), spans, Signal(sound.astype(np.float32)[:, None], 16000)


def lay(script: list[str], *sentences: str, **how: float) -> tuple[Laid, list[Span]]:
    words, spans, sound = heard(*sentences, **how)
    lines = [ScriptLine("AB"[at % 2], text, "INT. ROOM") for at, text in enumerate(script)]
    return laid(lines, words, levels_of([sound]), "en", "transcriber:x"), spans


def test_the_scripts_words_win_and_lie_where_the_voice_is() -> None:
    written = [*SAID[:2], "I found that film at my mother's house!", *SAID[3:]]
    done, spans = lay(written, *SAID, loose=0.3)
    assert [loop.text for loop in done.loops] == written and not done.notes
    assert all(loop.origin == SCRIPT and not loop.flags for loop in done.loops)
    for loop, span in zip(done.loops, spans, strict=True):
        assert abs(loop.span.start - span.start) < 0.06 and abs(loop.span.end - span.end) < 0.12
        assert " ".join(word.text for word in loop.words) == loop.text
        assert loop.words[0].span.start == loop.span.start and loop.words[-1].span.end == loop.span.end
        times = [time for word in loop.words for time in (word.span.start, word.span.end)]
        assert times == sorted(times)


def test_what_nobody_speaks_is_told_and_not_placed() -> None:
    done, _ = lay([*SAID[:3], "Would anybody care for coffee?", *SAID[3:]], *SAID)
    assert [loop.text for loop in done.loops] == list(SAID)
    assert done.notes == ("not heard: B, 'Would anybody care for coffee?' (INT. ROOM)",)


def test_what_is_not_written_keeps_the_words_that_were_heard() -> None:
    done, spans = lay([*SAID[:2], *SAID[3:]], *SAID)
    strange = [loop for loop in done.loops if loop.flags]
    assert [(loop.text, loop.flags[0].code, loop.origin, loop.character) for loop in strange] == [
        (SAID[2], NOT_IN_SCRIPT, "transcriber:x", "")]
    assert abs(strange[0].span.start - spans[2].start) < 0.06


def test_lines_that_were_swapped_are_found() -> None:
    done, _ = lay([*SAID[:3], SAID[4], SAID[3], *SAID[5:]], *SAID)
    assert [loop.text for loop in done.loops] == list(SAID)


def test_a_line_worded_beyond_recognition_is_placed_by_its_neighbours_and_flagged() -> None:
    done, spans = lay([*SAID[:5], "Put out that light now!", SAID[6]], *SAID)
    loop = done.loops[5]
    assert loop.text == "Put out that light now!" and [flag.code for flag in loop.flags] == ["unsure-place"]
    assert loop.confidence is not None and loop.confidence < 0.5
    assert abs(loop.span.start - spans[5].start) < 0.06


def test_the_script_of_another_film_is_refused() -> None:
    with pytest.raises(BadInput, match="is it the script of this film"):
        lay(["Mrs Dalloway would buy flowers herself.", "Call me whatever you want."], *SAID)


def test_a_scene_of_a_long_script_is_enough_and_notes_stay_few() -> None:
    others = [f"Completely different remark number {number} about weather." for number in range(400)]
    done, _ = lay([*others[:200], *SAID, *others[200:]], *SAID)
    assert [loop.text for loop in done.loops] == list(SAID)
    assert len(done.notes) == 21 and done.notes[-1] == "and 380 more lines of the script were not heard"


WORDS = st.sampled_from(["the", "a", "night", "lamp", "film", "mother", "1987", "never", "—", "é...", "open?", "yes.",
                         "no,"])
TEXTS = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=8), st.lists(TEXTS, min_size=1, max_size=8))
def test_whatever_is_written_and_heard_comes_out_in_order(script: list[str], said: list[str]) -> None:
    try:
        done, _ = lay(script, *said)
    except BadInput:
        return
    assert all(one.span.end <= other.span.start for one, other in itertools.pairwise(done.loops)), "in turn"
    written = {word for text in script for word in text.split()}
    assert all(set(loop.text.split()) <= written for loop in done.loops if loop.origin == SCRIPT)
    assert all(loop.character or loop.flags for loop in done.loops)


def test_edges_keep_still_without_sound_and_in_noise() -> None:
    lines = [Span.of(1, 2), Span.of(2, 3)]
    said = [(Word(text="one", span=line),) for line in lines]
    assert refined(levels_of([]), said) == lines
    noise = Signal(np.random.default_rng(2).normal(0, 0.1, (64000, 1)).astype(np.float32), 16000)
    for before, after in zip(lines, refined(levels_of([noise]), said), strict=True):
        assert abs(before.start - after.start) <= Fraction(1, 2) and abs(before.end - after.end) <= Fraction(1, 2)


def test_a_line_neither_begins_after_its_first_word_nor_ends_before_its_last() -> None:
    rng = np.random.default_rng(4)
    samples = rng.normal(0, 1e-4, (16000 * 4, 1))
    for start, end in ((1.0, 1.3), (1.6, 1.9), (2.2, 2.6)):
        samples[int(start * 16000):int(end * 16000)] = rng.normal(0, .1, (int(end * 16000) - int(start * 16000), 1))
    spans = (Span.of(Fraction(9, 10), Fraction(13, 10)), Span.of(Fraction(16, 10), Fraction(19, 10)),
             Span.of(Fraction(22, 10), Fraction(24, 10)))
    words = [tuple(Word(text="a", span=span) for span in spans)]
    found = refined(levels_of([Signal(samples.astype(np.float32), 16000)]), words)[0]
    assert abs(found.start - 1) <= Fraction(3, 100) and abs(found.end - Fraction(26, 10)) <= Fraction(3, 100)


def test_levels_are_the_same_however_the_sound_is_cut() -> None:
    sound = np.random.default_rng(3).normal(0, 0.1, (16001, 1)).astype(np.float32)
    whole = levels_of([Signal(sound, 16000)])
    parts = levels_of(Signal(sound[at:at + 777], 16000) for at in range(0, len(sound), 777))
    assert len(whole) == 100 == round(1 / STEP) and np.allclose(whole, parts)


def test_a_screenplay_as_lines() -> None:
    text = ("INT. ROOM - NIGHT\n\nLENA (V.O.) (CONT'D)\n(softly)\nOne *two*,\n(louder)\nthree. [[a note]]\n\n"
            "She goes.\n\n"
            "@Ben ^\nFour_five _six_.\n\n.ANOTHER PLACE\n\nLENA\n...\n\nNight.\n\n~Nobody's song is no line\n")
    lines = script_lines(format_named("fountain").read(text.encode()))
    assert lines == (ScriptLine("LENA", "One two, three.", "INT. ROOM - NIGHT", PresenceKind.VOICE_OVER),
                     ScriptLine("Ben", "Four_five six.", "INT. ROOM - NIGHT"))


def test_lyrics_below_a_name_are_sung_by_it() -> None:
    text = "INT. ROOM - NIGHT\n\nLENA (ON RADIO)\nListen.\n~O the sea\n~brings him not\n\nShe stops.\n\n~Nobody's\n"
    assert script_lines(format_named("fountain").read(text.encode())) == (
        ScriptLine("LENA", "Listen.", "INT. ROOM - NIGHT", PresenceKind.DEVICE),
        ScriptLine("LENA", "O the sea brings him not", "INT. ROOM - NIGHT", PresenceKind.DEVICE, sung=True))


def test_lines_are_heard_as_the_script_says() -> None:
    words, _, sound = heard(*SAID[:3])
    script = [ScriptLine("A", SAID[0], presence=PresenceKind.VOICE_OVER), ScriptLine("B", SAID[1]),
              ScriptLine("A", SAID[2], sung=True)]
    first, second, third = laid(script, words, levels_of([sound]), "en", "transcriber:x").loops
    assert first.presence == Presence(kind=PresenceKind.VOICE_OVER, origin=SCRIPT) and not first.sung
    assert second.presence is None and not second.sung and second.sung_origin == ""
    assert third.presence is None and third.sung and third.sung_origin == SCRIPT


def test_names_get_ids_of_the_cast() -> None:
    cast = Cast(members=(CastMember(id="S1", name="Lena"),
                         CastMember(id="S2", name="Ben"), CastMember(id="BO", name="Bob")))
    found = names_of(["LENA", "S2", "Bo!", "Élodie d'Arc", "李雷", "王芳", "LENA"], cast)
    assert found == {"LENA": "S1", "S2": "S2", "Bo!": "Bo", "Élodie d'Arc": "Elodie-d-Arc", "李雷": "C", "王芳": "C-2"}


def test_the_sentences_of_a_line_are_placed_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence of one word is too short to tell how loud its voice is, and was placed by what music was left."""
    asked: list[str] = []

    def watched(levels: object, rows: list[tuple[Word, ...]]) -> list[Span]:
        asked.extend(" ".join(word.text for word in row) for row in rows)
        return refined(levels, rows)  # type: ignore[arg-type]

    monkeypatch.setattr("ciak.dubbing.scripted.refined", watched)
    done, _ = lay(["Look! She is waving at you.", SAID[3]], "Look! She is waving at you.", SAID[3])
    assert asked == ["Look! She is waving at you.", SAID[3]]
    assert [loop.text for loop in done.loops] == asked
