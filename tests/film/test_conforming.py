"""Conforming: an old cut found again in a new one, to the frame; subtitles and dialogues carried over."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciak.errors import BadInput
from ciak.film import (
    Changed,
    Clip,
    Cut,
    Dialogue,
    Fallen,
    Fate,
    Lane,
    Loop,
    Rate,
    Span,
    SubtitleCue,
    SubtitleDocument,
    Take,
    TakeKind,
    Word,
    conform,
    conform_dialogue,
    conform_subtitles,
)

Shot = tuple[str, int, int]
"""File, first frame in it, frames; no file: black."""


def cut(*shots: Shot, rate: str = "25", start: str = "01:00:00:00", **more: Any) -> Cut:
    """A film of ``shots``, one behind the other. ``speeds``: by number of shot; ``folder``: of the paths."""
    fps, at, clips = Rate.parse(rate), 0, []
    for number, (file, first, length) in enumerate(shots):
        if file:
            clips.append(Clip(name=file, path=more.get("folder", "m/") + file, source=fps.time(first),
                              span=Span(start=fps.time(at), end=fps.time(at + length)),
                              speed=Fraction(more.get("speeds", {}).get(number, 1))))
        at += length
    return Cut(name="c", rate=rate, start=start, lanes=(Lane(name="V", kind="Video", clips=tuple(clips)),))


def frames(first: int, end: int, rate: str = "25") -> Span:
    return Span(start=Rate.parse(rate).time(first), end=Rate.parse(rate).time(end))


A, B, C = ("a", 0, 100), ("b", 500, 100), ("c", 0, 100)
OLD = cut(A, B, C)


@pytest.mark.parametrize(("new", "span", "fate", "where"), [
    ((A, B, C), (90, 110), Fate.KEPT, (90, 110)),
    ((("x", 0, 50), A, B, C), (90, 110), Fate.MOVED, (140, 160)),
    ((B, A, C), (110, 120), Fate.MOVED, (10, 20)),
    ((A, C), (90, 110), Fate.TRIMMED, (90, 100)),
    ((A, ("x", 0, 9), B, C), (95, 110), Fate.SPLIT, (109, 119)),
    ((A, ("b", 520, 80), C), (90, 130), Fate.TRIMMED, (90, 110)),
    ((A, ("b", 500, 40), ("b", 560, 40), C), (130, 170), Fate.TRIMMED, (130, 150)),
    ((A, C), (110, 120), Fate.FELL, None),
    ((C, A), (110, 120), Fate.FELL, None),
    ((A, B, C, B), (110, 120), Fate.KEPT, (110, 120)),
    ((B, ("x", 0, 5), A, B, C), (110, 120), Fate.MOVED, (215, 225)),
    ((B, C, A), (90, 110), Fate.SPLIT, (290, 300)),
])
def test_where_a_span_stands_after_an_edit(new: tuple[Shot, ...], span: tuple[int, int], fate: Fate,
                                           where: tuple[int, int] | None) -> None:
    outcome = conform(OLD, cut(*new)).conform_span(frames(*span))
    assert outcome.fate is fate
    if where is None:
        assert outcome.new is None and outcome.between is not None
    elif where == (290, 300):
        assert outcome.new in (frames(0, 10), frames(290, 300))
    else:
        assert outcome.new == frames(*where)


def test_what_fell_tells_between_what_it_stood() -> None:
    assert conform(OLD, cut(A, C)).conform_span(frames(110, 120)).between == frames(100, 100)
    replaced = conform(OLD, cut(A, ("x", 0, 30), C)).conform_span(frames(110, 120))
    assert (replaced.between, replaced.lost) == (frames(100, 130), Fraction(10, 25))


def test_other_appearances_are_told() -> None:
    outcome = conform(OLD, cut(A, B, C, B)).conform_span(frames(110, 120))
    assert outcome.also == (frames(310, 320),)


def test_black_behind_the_film_lends_a_repeat_no_weight() -> None:
    late = ("c", 20, 80)
    assert conform(OLD, cut(A, B, C, ("x", 0, 5), late)).conform_span(frames(240, 250)).new == frames(240, 250)


def test_a_retimed_shot_carries_what_is_on_it() -> None:
    mapping = conform(OLD, cut(A, ("b", 500, 50), C, speeds={1: 2}))
    fast = mapping.conform_span(frames(120, 141))
    assert (fast.fate, fast.new) == (Fate.RETIMED, frames(110, 121))
    assert mapping.conform_span(frames(210, 220)).new == frames(160, 170)
    slow = conform(OLD, cut(A, ("b", 500, 200), C, speeds={1: Fraction(1, 2)})).conform_span(frames(120, 141))
    assert slow.new == frames(140, 182)


def test_a_picture_that_was_there_twice_belongs_to_one_of_them() -> None:
    mapping = conform(cut(A, B, C, B), cut(A, B, C))
    assert mapping.conform_span(frames(110, 120)).new == frames(110, 120)
    assert mapping.conform_span(frames(310, 320)).fate is Fate.FELL


def test_folders_move_and_names_stand_in_for_paths() -> None:
    assert conform(OLD, cut(B, A, C, folder="elsewhere/n/")).conform_span(frames(0, 9)).new == frames(100, 109)
    bare = OLD.model_copy(update={"lanes": tuple(lane.model_copy(update={"clips": tuple(
        clip.model_copy(update={"path": ""}) for clip in lane.clips)}) for lane in OLD.lanes)})
    assert conform(OLD, bare).conform_span(frames(90, 110)).fate is Fate.KEPT
    twins = [cut(("r/x", 0, 50), ("s/x", 0, 50), folder=folder) for folder in ("one/", "two/")]
    assert conform(twins[0], twins[1]).conform_span(frames(60, 70)).new == frames(60, 70)


def test_black_stays_with_what_it_adjoins() -> None:
    mapping = conform(cut(("", 0, 50), A, ("", 0, 50), B), cut(("", 0, 30), A, ("x", 0, 5), ("", 0, 50), B))
    assert mapping.conform_span(frames(5, 20)).new == frames(5, 20)
    assert mapping.conform_span(frames(160, 190)).new == frames(145, 175)
    assert mapping.conform_span(frames(400, 410)).new == frames(385, 395)


def test_other_rates_and_starts() -> None:
    seconds = conform(cut(A, B, rate="25"), cut(("b", 480, 96), ("a", 0, 96), rate="24", start="10:00:00:00"))
    outcome = seconds.conform_span(frames(10, 20))
    assert outcome.new == frames(106, 116, "24")
    assert (seconds.old_timecode(frames(10, 20).start), seconds.new_timecode(frames(106, 9999, "24").start)) == (
        "01:00:00:10", "10:00:04:10")
    by_frames = conform(cut(A, B, rate="24000/1001"), cut(B, A, rate="24"), by_frames=True)
    told = by_frames.conform_span(frames(10, 20, "24000/1001"))
    assert (told.fate, told.new) == (Fate.RETIMED, frames(110, 120, "24"))


def test_milliseconds_lose_no_frame_at_a_splice_and_hang_over_none() -> None:
    rate = Rate.parse("24000/1001")
    old, new = cut(A, B, C, rate=str(rate)), cut(C, B, A, rate=str(rate))
    for first, end in ((100, 200), (101, 143), (57, 100)):
        span = Span.of(*(Fraction(round(rate.time(frame) * 1000), 1000) for frame in (first, end)))
        outcome = conform(old, new).conform_span(span)
        by = {100: 0, 101: 0, 57: 200}[first]
        assert outcome.new is not None and outcome.whole
        assert rate.nearest_frame(outcome.new.start) == first + by and rate.nearest_frame(outcome.new.end) == end + by


def test_a_cut_without_clips_is_refused() -> None:
    with pytest.raises(BadInput, match="no clips"):
        conform(OLD, Cut(name="x", rate="25", start="00:00:00:00"))


shots = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 40), st.integers(1, 40)), min_size=1, max_size=6)
spans = st.tuples(st.integers(0, 5000), st.integers(0, 3000)).map(
    lambda pair: Span.of(Fraction(pair[0], 1000), Fraction(sum(pair), 1000)))


@given(shots, spans)
def test_the_same_cut_changes_nothing(made: list[Shot], span: Span) -> None:
    outcome = conform(cut(*made), cut(*made)).conform_span(span)
    assert (outcome.fate, outcome.new, outcome.lost) == (Fate.KEPT, span, 0)


@given(shots, shots, st.lists(st.integers(1, 30), min_size=1, max_size=12))
def test_every_cue_is_accounted_for_once_and_none_overlap(old: list[Shot], new: list[Shot], lengths: list[int]) -> None:
    marks = [sum(lengths[:count]) for count in range(len(lengths) + 1)]
    cues = tuple(SubtitleCue(span=frames(first, end), lines=(str(first),), id=str(first))
                 for first, end in pairwise(marks))
    after, notes = conform_subtitles(SubtitleDocument(cues=cues), conform(cut(*old), cut(*new)))
    fallen = [note.id for note in notes if isinstance(note, Fallen)]
    assert sorted([cue.id for cue in after.cues] + fallen) == sorted(cue.id for cue in cues)
    assert all(left.span.end <= right.span.start for left, right in pairwise(after.cues))
    assert not any(note.overlaps for note in notes if isinstance(note, Changed))
    assert all((time * 25).denominator == 1 for cue in after.cues for time in (cue.span.start, cue.span.end))


@given(st.permutations([A, B, C, ("d", 0, 30)]), st.permutations([A, B, C, ("d", 0, 30)]), st.integers(0, 300))
def test_two_conforms_are_as_one_where_shots_only_move(second: list[Shot], third: list[Shot], first: int) -> None:
    """Of spans inside a shot."""
    one, two, three = cut(A, B, C, ("d", 0, 30)), cut(*second), cut(*third)
    span = frames(first, first + 1)
    between = conform(one, two).conform_span(span).new
    assert between is not None
    assert conform(two, three).conform_span(between).new == conform(one, three).conform_span(span).new


def take(first: int, end: int) -> Take:
    return Take(id="t", kind=TakeKind.SYNTHETIC, sound="0" * 64, text="Sì.", span=frames(first, end),
                natural=Fraction(1), rate=1.0)


def loop(name: str, first: int, end: int, **more: Any) -> Loop:
    return Loop(id=name, character="C1", span=frames(first, end), text="Sì.", takes=(take(first, end - 1),), chosen="t",
                words=(Word(text="Sì.", span=frames(first + 2, first + 5)),), slot=frames(first, end), **more)


def test_a_dialogue_is_carried_with_all_that_is_timed_in_it() -> None:
    dialogue = Dialogue(language="it", loops=(
        loop("L1", 10, 30), loop("L2", 110, 130, locked=True), loop("L3", 290, 300), loop("L4", 250, 270),
        loop("L5", 195, 215)))
    mapping = conform(OLD, cut(("x", 0, 7), ("b", 500, 50), A, ("c", 0, 60), ("c", 60, 10), speeds={4: 2}))
    after, notes = conform_dialogue(dialogue, mapping)
    found = {one.id: one for one in after.loops}
    assert [one.id for one in after.loops] == ["L2", "L1", "L5", "L4"]
    moved = found["L1"]
    assert (moved.span, moved.slot, moved.words[0].span, moved.takes[0].span, moved.flags) == (
        frames(67, 87), frames(67, 87), frames(69, 72), frames(67, 86), ())
    assert found["L2"].locked and found["L2"].span == frames(17, 37)
    trimmed = found["L5"]
    assert (trimmed.span, trimmed.slot, trimmed.words) == (frames(157, 172), None, ())
    assert trimmed.takes[0].span == frames(157, 176) and [flag.code for flag in trimmed.flags] == ["trimmed"]
    retimed = found["L4"]
    assert (retimed.span, retimed.chosen) == (frames(207, 222), "t")
    assert [flag.code for flag in retimed.flags] == ["retimed"]
    assert {(note.id, note.code, note.locked) for note in notes} == {
        ("L1", Fate.MOVED, False), ("L2", Fate.MOVED, True), ("L3", Fate.FELL, False), ("L4", Fate.RETIMED, False),
        ("L5", Fate.TRIMMED, False)}
    assert conform_dialogue(dialogue, conform(OLD, OLD)) == (dialogue, ())


def test_a_subtitle_document_counts_by_the_new_cut() -> None:
    cue = SubtitleCue(span=frames(10, 20), lines=("x",))
    document = SubtitleDocument(cues=(cue,), rate=Fraction(25), start="01:00:00:00")
    after, notes = conform_subtitles(document, conform(OLD, cut(("a", 0, 96), rate="24", start="10:00:00:00")))
    assert (after.rate, after.start, after.cues[0].span) == (24, "10:00:00:00", frames(10, 20, "24"))
    assert [(note.id, note.code, note.old_timecode, note.new_timecode) for note in notes] == [
        ("1", Fate.MOVED, "01:00:00:10", "10:00:00:10")]
