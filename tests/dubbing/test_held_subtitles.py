"""Subtitles that a person set are delivered as they are, whatever is spotted, fixed or captioned around them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciak.dubbing.adaptation import is_a_persons
from ciak.dubbing.checking import violations
from ciak.dubbing.fixing import fix
from ciak.dubbing.merging import merged
from ciak.dubbing.profile import BASIC, profile_named
from ciak.dubbing.sdh import captioned_cues, labelled
from ciak.dubbing.spotting import paced_words, spot
from ciak.film import (
    Caption,
    CaptionKind,
    Cast,
    CastMember,
    Dialogue,
    HeldSubtitle,
    Loop,
    Rate,
    Span,
    SubtitleCue,
    SubtitleDocument,
)
from ciak.film.editing import Subtitle, apply

RATE = Rate.parse("24")
NETFLIX = profile_named("netflix-en")
WORDS = ("I saw the light go out,", "and nobody went to look.", "Why would they?", "It was late.", "We were tired.")


def frames(first: int, end: int) -> Span:
    return Span(start=RATE.time(first), end=RATE.time(end))


def talk(*spans: tuple[int, int]) -> Dialogue:
    """Lines at those frames."""
    loops = []
    for number, (first, end) in enumerate(spans):
        text, span = WORDS[number % len(WORDS)], frames(first, end)
        loops.append(Loop(id=f"L{number}", character=f"S{number % 2}", span=span, text=text,
                          words=paced_words(text, span)))
    return Dialogue(language="en", loops=tuple(loops))


def held(first: int, end: int, *lines: str) -> HeldSubtitle:
    return HeldSubtitle(span=frames(first, end), lines=lines)


TALK = talk((48, 90), (96, 140), (150, 180), (240, 260))


def spotted(dialogue: Dialogue) -> tuple[SubtitleCue, ...]:
    return spot(dialogue.loops, RATE, "en", NETFLIX)


def test_they_stand_to_the_frame_and_the_others_around_them() -> None:
    mine = (held(100, 118, "and nobody", "went"), held(119, 163, "...to look ."))
    cues = spotted(apply(TALK, [Subtitle(loops=("L1",), shown=mine)]))
    ours = [cue for cue in cues if cue.held]
    assert [(cue.span, cue.lines, cue.loops) for cue in ours] == [(one.span, one.lines, ("L1",)) for one in mine]
    others = [cue for cue in cues if not cue.held]
    assert [cue.loops for cue in others] == [("L0",), ("L2",), ("L3",)], "none is joined with what a person set"
    assert others[0].span.end <= RATE.time(100 - NETFLIX.gap_frames), "the one before makes room"
    assert others[1].span.start >= RATE.time(163 + NETFLIX.gap_frames), "the one after waits"


def test_a_line_may_have_none_and_two_may_share_them() -> None:
    none = spotted(apply(TALK, [Subtitle(loops=("L1",), shown=())]))
    assert [cue.loops for cue in none] == [("L0",), ("L2",), ("L3",)]
    both = spotted(apply(TALK, [Subtitle(loops=("L1", "L2"), shown=(held(96, 180, "- Nobody looked.", "- Why?"),))]))
    assert [cue.loops for cue in both] == [("L0",), ("L1", "L2"), ("L3",)]


def test_what_was_made_for_other_words_is_not_shown() -> None:
    changed = apply(TALK, [Subtitle(loops=("L1",), shown=(held(96, 140, "Old."),))])
    loop = changed.loops[1].model_copy(update={"text": "New words.", "words": ()})
    cues = spotted(changed.model_copy(update={"loops": (changed.loops[0], loop, *changed.loops[2:])}))
    assert not any(cue.held for cue in cues) and any("New words." in cue.text for cue in cues)


@pytest.mark.parametrize("profile", ["netflix-en", "netflix-it", "ebu", "netflix-sdh", "netflix-children"])
def test_fixing_leaves_them_and_tells_what_they_break(profile: str) -> None:
    rules = profile_named(profile)
    mine = (held(96, 104, "and nobody  went...", "to look."), held(105, 149, "x" * 60))
    cues = spot(apply(TALK, [Subtitle(loops=("L1",), shown=mine)]).loops, RATE, "en", rules)
    document = SubtitleDocument(language="en", cues=cues)
    fixed = fix(document, rules, RATE, (100, 147, 200))
    kept = [cue for cue in fixed.document.cues if cue.held]
    assert [(cue.span, cue.lines) for cue in kept] == [(one.span, one.lines) for one in mine]
    told = {(rest.rule, rest.code) for rest in fixed.rest if fixed.document.cues[rest.cue - 1].held}
    assert {("characters", "by-hand"), ("shortest", "by-hand")} <= told
    assert {rule for rule, _ in told} == {one.rule for one in violations(fixed.document.cues, rules, RATE, "en",
                                          (100, 147, 200)) if fixed.document.cues[one.cue - 1].held}
    assert fix(fixed.document, rules, RATE, (100, 147, 200)).document == fixed.document


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 80), st.integers(1, 70)), min_size=1, max_size=3),
       st.sets(st.integers(1, 400), max_size=6))
def test_whatever_a_person_sets_comes_out_as_it_was_set(wishes: list[tuple[int, int, int]], cuts: set[int]) -> None:
    dialogue = TALK
    wanted = {}
    for number, (first, length, letters) in enumerate(wishes):
        wanted[f"L{number}"] = held(first, first + length, "a" * letters)
        dialogue = apply(dialogue, [Subtitle(loops=(f"L{number}",), shown=(wanted[f"L{number}"],))])
    document = SubtitleDocument(language="en", cues=spotted(dialogue))
    for told in (document, fix(document, NETFLIX, RATE, cuts).document):
        kept = {cue.loops[0]: (cue.span, cue.lines) for cue in told.cues if cue.held}
        assert kept == {name: (one.span, one.lines) for name, one in wanted.items()}
        assert all(cue.span.duration > 0 for cue in told.cues)
        said = " ".join(cue.text for cue in told.cues if not cue.held)
        for number, text in enumerate(WORDS[:4]):
            assert f"L{number}" in wanted or all(word in said for word in text.split()), "no word is lost around them"


def test_for_those_who_do_not_hear_they_get_the_speaker_and_no_sound() -> None:
    cast = Cast(members=(CastMember(id="S0", name="Ada"), CastMember(id="S1", name="Leo")))
    rules = profile_named("netflix-sdh")
    set_so = apply(TALK, [Subtitle(loops=("L1",), shown=(held(96, 150, "and nobody went", "to look."),)),
                          Subtitle(loops=("L2",), shown=(held(151, 200, "W" * 40),))])
    cues = spot(labelled(set_so.loops, cast, rules), RATE, "en", rules)
    lines = {cue.loops[0]: cue.lines for cue in cues if cue.held}
    assert lines == {"L1": ("[Leo] and nobody went", "to look."), "L2": ("[Ada]", "W" * 40)}
    music = Caption(id="C1", kind=CaptionKind.MUSIC, span=frames(152, 190), text="music")
    told = captioned_cues(cues, [music], RATE, rules, None)
    assert [cue.lines for cue in told.cues if cue.held] == [cue.lines for cue in cues if cue.held]


def test_no_machine_takes_the_line_from_under_them() -> None:
    line = apply(TALK, [Subtitle(loops=("L1",), shown=(held(96, 140, "Mine."),))]).loops[1]
    assert is_a_persons(line) and not is_a_persons(TALK.loops[1])
    heard = [loop.model_copy(update={"text": "something else"}) for loop in TALK.loops]
    loops, notes = merged(heard, [line])
    assert line in loops and len(notes) == 1


def test_nothing_else_changes_where_nothing_is_held() -> None:
    plain = spot(TALK.loops, RATE, "en", BASIC)
    assert not any(cue.held for cue in plain)
    far = apply(talk((48, 90), (96, 140), (150, 180), (240, 260), (2000, 2050)),
                [Subtitle(loops=("L4",), shown=(held(2000, 2050, "Tired."),))])
    assert spot(far.loops, RATE, "en", BASIC)[:len(plain)] == plain
    assert Fraction(0) <= plain[0].span.start
