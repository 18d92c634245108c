"""Captions: proposed once, decided by a person, carried into a translation, and put where there is room."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciak.backends import registry
from ciak.backends.protocols import Heard
from ciak.config import Settings
from ciak.dubbing.captioning import approved, brought, carried, proposed, waiting, wording
from ciak.dubbing.profile import profile_named
from ciak.dubbing.sdh import captioned_cues, labelled, nameless, shown
from ciak.dubbing.sounds import audible, together
from ciak.film import (
    Caption,
    CaptionKind,
    Cast,
    CastMember,
    Dialogue,
    Edge,
    Loop,
    Rate,
    Span,
    SubtitleCue,
    SubtitleDocument,
    Verdict,
)
from ciak.film.captions import AddCaption, JudgeCaption, RewordCaption
from ciak.film.editing import apply

SDH = profile_named("netflix-sdh")
RATE = Rate(Fraction(24))
EMPTY = Dialogue(language="en")


def music(start: int, end: int) -> Heard:
    return Heard("music", Span.of(start, end), 0.8)


def cue(start: int, end: int, *lines: str) -> SubtitleCue:
    return SubtitleCue(span=Span.of(start, end), lines=lines or ("Hello.",))


def said(number: int, who: str, text: str = "Hello there.") -> Loop:
    return Loop(id=f"L{number}", character=who, span=Span.of(3 * number, 3 * number + 2), text=text)


def test_the_words_are_those_of_the_language() -> None:
    assert [wording("music", code) for code in ("en", "it", "es", "fr", "de", "pt-BR")] == [
        "music", "musica", "música", "musique", "Musik", "music"]
    assert wording("bagpipe", "it") == "bagpipe"


def test_what_is_heard_again_is_proposed_once() -> None:
    first = proposed(EMPTY, [music(0, 10), music(20, 30)], "ina")
    assert [(one.id, one.verdict) for one in first.captions] == [("C1", Verdict.UNDECIDED), ("C2", Verdict.UNDECIDED)]
    assert proposed(first, [music(0, 10), music(20, 30)], "ina") is first
    assert [one.id for one in proposed(first, [music(21, 30)], "ina").captions] == ["C2"]


def test_what_a_person_decided_stays_and_is_not_proposed_again() -> None:
    first = proposed(EMPTY, [music(0, 10), music(20, 30)], "ina")
    decided = apply(first, [JudgeCaption(caption="C1", verdict=Verdict.REJECTED),
                            RewordCaption(caption="C2", text="a waltz"),
                            AddCaption(kind=CaptionKind.SOUND, span=Span.of(40, 41), text="a door")])
    again = proposed(decided, [music(1, 9), music(20, 31)], "ina")
    assert again == decided
    assert proposed(decided, [], "ina") == decided
    assert [one.text for one in approved(decided)] == ["a waltz", "a door"] and not waiting(decided)


def test_a_translation_has_the_same_in_its_own_words_and_with_the_same_verdicts() -> None:
    original = apply(proposed(EMPTY, [music(0, 10), music(20, 30), music(40, 50)], "ina"), [
        JudgeCaption(caption="C1", verdict=Verdict.APPROVED), JudgeCaption(caption="C2", verdict=Verdict.REJECTED),
        RewordCaption(caption="C3", text="a waltz")])
    target = carried(original, Dialogue(language="it", source="en"))
    assert [(one.id, one.text, str(one.verdict)) for one in target.captions] == [
        ("C1", "musica", "approved"), ("C2", "musica", "rejected"), ("C3", "a waltz", "undecided")]
    worded = apply(target, [RewordCaption(caption="C3", text="un valzer")])
    assert carried(original, worded) == worded
    changed = apply(original, [JudgeCaption(caption="C1", verdict=Verdict.REJECTED)])
    assert carried(changed, worded).captions[0].verdict is Verdict.REJECTED
    gone = original.model_copy(update={"captions": ()})
    assert [one.text for one in carried(gone, worded).captions] == ["un valzer"]


def test_what_a_file_brings_replaces_what_an_earlier_one_brought() -> None:
    def document(*texts: str) -> SubtitleDocument:
        return SubtitleDocument(cues=tuple(cue(n, n + 1, text) for n, text in enumerate(texts)))
    first = brought(proposed(EMPTY, [music(0, 10)], "ina"), document("POLICE", "EXIT"))
    assert [one.text for one in approved(first)] == ["POLICE", "EXIT"]
    worded = apply(first, [RewordCaption(caption="T2", text="WAY OUT")])
    assert sorted(one.text for one in brought(worded, document("HOTEL")).captions) == ["HOTEL", "WAY OUT", "music"]


CAST = Cast(members=(CastMember(id="S1", name="Anna"), CastMember(id="S2", name="Speaker 2"),
                     CastMember(id="ben", name="Ben")))


def test_lines_are_labelled_where_the_speaker_changes_by_names_that_are_names() -> None:
    loops = [said(0, "S1"), said(1, "S1"), said(2, "S2"), said(3, "ben"), said(4, "S1")]
    assert [loop.text for loop in labelled(loops, CAST, SDH)] == [
        "[Anna] Hello there.", "Hello there.", "Hello there.", "[Ben] Hello there.", "[Anna] Hello there."]
    assert nameless(loops, CAST) == ("S2",)
    assert labelled(loops[:2], CAST, SDH) == tuple(loops[:2]), "one person speaks: no label"


@pytest.mark.parametrize(("kind", "lines"), [
    (CaptionKind.SOUND, ("[music]",)), (CaptionKind.MUSIC, ("[music]",)), (CaptionKind.LYRIC, ("♪ music ♪",)),
    (CaptionKind.ON_SCREEN, ("music",)), (CaptionKind.FORCED, ("music",))])
def test_each_kind_is_shown_in_its_own_way(kind: CaptionKind, lines: tuple[str, ...]) -> None:
    assert shown(Caption(id="C1", kind=kind, span=Span.of(0, 1), text="music"), SDH) == lines


def told(span: Span, cues: list[SubtitleCue], kind: CaptionKind = CaptionKind.MUSIC,
         limit: Fraction | None = None) -> tuple[list[SubtitleCue], int]:
    made = captioned_cues(cues, [Caption(id="C1", kind=kind, span=span, text="music")], RATE, SDH, limit)
    return list(made.cues), len(made.untold)


def test_a_sound_is_told_in_the_first_gap_that_is_long_enough() -> None:
    cues, untold = told(Span.of(2, 12), [cue(1, 4), cue(5, 8), cue(12, 14)])
    assert untold == 0
    assert [one.lines for one in cues] == [("Hello.",), ("[music]",), ("Hello.",), ("Hello.",)]
    assert cues[1].span == Span.of(Fraction(98, 24), Fraction(118, 24)), "two frames from either neighbour"
    assert [one.id for one in cues] == ["1", "2", "3", "4"]


def test_where_all_is_spoken_it_stands_above_a_line_or_is_reported() -> None:
    cues, untold = told(Span.of(2, 9), [cue(1, 5), cue(5, 10)])
    assert [one.lines for one in cues] == [("[music]", "Hello."), ("Hello.",)] and untold == 0
    full = [cue(1, 5, "Two", "lines"), cue(5, 10, "- Yes.", "- No.")]
    assert told(Span.of(2, 9), full) == ([one.model_copy(update={"id": str(n)}) for n, one in enumerate(full, 1)], 1)


def test_what_is_written_keeps_its_time_at_the_top_while_somebody_speaks() -> None:
    cues, _ = told(Span.of(2, 3), [cue(1, 5)], CaptionKind.ON_SCREEN)
    assert cues[1].span == Span.of(2, 3) and cues[1].place is not None and cues[1].place.edge is Edge.TOP
    assert cues[1].forced and not cues[0].forced
    cues, _ = told(Span.of(6, 7), [cue(1, 5)], CaptionKind.LYRIC)
    assert cues[1].place is None and cues[1].lines == ("♪ music ♪",) and not cues[1].forced


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 5)), max_size=8), st.integers(0, 60), st.integers(1, 20))
def test_a_sound_never_stands_on_a_line_nor_beyond_the_film(rows: list[tuple[int, int]], start: int,
                                                              length: int) -> None:
    at, lines = 0, []
    for pause, shown_for in rows:
        lines.append(cue(at + pause, at + pause + shown_for))
        at += pause + shown_for
    limit = Fraction(max(at, start + length))
    made = captioned_cues(lines, [Caption(id="C1", kind=CaptionKind.MUSIC, span=Span.of(start, start + length),
                                          text="music")], RATE, SDH, limit)
    for one in made.cues:
        assert one.span.end <= limit
        if one.lines == ("[music]",):
            assert one.span.duration >= SDH.shortest
            assert all(other is one or one.span.overlap(other.span) == 0 for other in made.cues)
    words = [line for one in made.cues for line in one.lines]
    assert words.count("[music]") + len(made.untold) == 1 and words.count("Hello.") == len(lines)


def test_music_that_pauses_goes_on_and_a_moment_of_it_is_none() -> None:
    heard = [music(0, 4), music(5, 9), music(20, 21), Heard("door", Span.of(7, 8), 0.5)]
    assert [(one.label, one.span) for one in together(heard)] == [("music", Span.of(0, 9)), ("door", Span.of(7, 8))]


def test_what_is_heard_in_the_bed_alone_counts_where_it_is_sure_and_loud_enough() -> None:
    whole, bed = np.full(500, -20, np.float32), np.full(500, -60, np.float32)
    bed[100:300] = -40
    loud, quiet = Heard("music", Span.of(2, 6), 0.9), Heard("music", Span.of(6, 9), 0.9)
    unsure, thunder = Heard("music", Span.of(2, 6), 0.7), Heard("thunder", Span.of(2, 6), 0.9)
    assert audible([loud, quiet, unsure, thunder], whole, bed) == [loud], "traces of speech sound like thunder"
    assert audible([loud], whole[:0], bed[:0]) == []


def test_all_that_the_embedded_hearers_tell_has_words_in_five_languages() -> None:
    for _, name in registry.entries("hearer"):
        labels = registry.resolve("hearer", Settings().with_backends({"hearer": name})).labels()
        for label in labels if name != "fake" else ():
            said = {language: wording(label, language) for language in ("en", "it", "es", "fr", "de")}
            assert all(said.values()) and len(set(said.values())) > 1, f"{label}: {said}"
