"""Fixing subtitles: each rule mended, nothing lost, the same again; held against a search of its own."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciak.dubbing.checking import check, violations
from ciak.dubbing.fixing import Fixed, fix
from ciak.dubbing.profile import profile_named
from ciak.film import Edge, Place, Rate, Span, StyledRun, StyleKind, SubtitleCue, SubtitleDocument

NETFLIX = profile_named("netflix-en")
RATE = Rate(Fraction(24))
Frames = tuple[int, int, str]


def document(*events: Frames, rate: Rate = RATE, **more: object) -> SubtitleDocument:
    return SubtitleDocument(language="en", cues=tuple(
        SubtitleCue(span=Span(start=rate.time(first), end=rate.time(end)), lines=tuple(text.split("|")), **more)
        for first, end, text in events))


def frames(fixed: Fixed | SubtitleDocument, rate: Rate = RATE) -> list[Frames]:
    cues = fixed.document.cues if isinstance(fixed, Fixed) else fixed.cues
    return [(rate.nearest_frame(cue.span.start), rate.nearest_frame(cue.span.end), "|".join(cue.lines)) for cue in cues]


def rules(made: SubtitleDocument, cuts: tuple[int, ...] = (), rate: Rate = RATE) -> list[tuple[int, str]]:
    return [(one.cue, one.rule) for one in check(made, NETFLIX, rate, cuts)]


SHORT = "I never thought I would see you!"
LONG = "I never thought I would see you again, not after what happened"


@pytest.mark.parametrize(("events", "cuts", "broken"), [
    ([(100, 170, "One.|Two.|And then there were three of them.")], (), (1, "lines")),
    ([(100, 200, "a" * 43)], (), (1, "characters")),
    ([(100, 150, "All|right.")], (), (1, "one-line")),
    ([(100, 119, "Oh.")], (), (1, "shortest")),
    ([(100, 269, "Oh.")], (), (1, "longest")),
    ([(100, 150, "a" * 40 + "|" + "b" * 30)], (), (1, "reading-speed")),
    ([(100, 150, "Oh."), (151, 190, "No.")], (), (1, "gap")),
    ([(100, 150, "Oh."), (161, 190, "No.")], (), (1, "chain")),
    ([(100, 150, "Oh."), (149, 190, "No.")], (), (1, "overlap")),
    ([(100, 150, "Oh.")], (108,), (1, "shot-in")),
    ([(100, 150, "Oh.")], (149,), (1, "shot-out")),
    ([(100, 150, "Oh...")], (), (1, "ellipsis")),
    ([(100, 150, "- Oh.|- No.")], (), (1, "dash")),
    ([(100, 150, "Oh,  no.")], (), (1, "blanks")),
])
def test_each_rule_is_found_alone(events: list[Frames], cuts: tuple[int, ...], broken: tuple[int, str]) -> None:
    assert rules(document(*events), cuts) == [broken]


@pytest.mark.parametrize(("events", "cuts"), [
    ([(100, 120, "Oh.")], ()), ([(100, 268, "Oh.")], ()), ([(100, 150, "Oh."), (152, 190, "No.")], ()),
    ([(100, 150, "Oh."), (162, 190, "No.")], ()), ([(100, 150, "Oh.")], (100, 152)),
    ([(100, 150, "Oh.")], (88, 162)), ([(100, 150, "-Oh.|-No.")], ()), ([(100, 150, "Oh… no.")], ()),
])
def test_what_keeps_every_rule_is_left_alone(events: list[Frames], cuts: tuple[int, ...]) -> None:
    made = document(*events)
    assert rules(made, cuts) == []
    fixed = fix(made, NETFLIX, RATE, cuts)
    assert fixed.document == made and fixed.rest == () and (fixed.moved, fixed.reworded) == (0, 0)


@pytest.mark.parametrize(("events", "cuts", "after"), [
    ([(100, 110, "Oh.")], (), [(100, 120, "Oh.")]),
    ([(100, 400, "Oh.")], (), [(100, 268, "Oh.")]),
    ([(100, 140, SHORT)], (), [(100, 140, SHORT)]),
    ([(100, 120, SHORT)], (), [(100, 139, SHORT)]),
    ([(100, 150, "Oh."), (151, 190, "No.")], (), [(100, 149, "Oh."), (151, 190, "No.")]),
    ([(100, 150, "Oh."), (161, 190, "No.")], (), [(100, 159, "Oh."), (161, 190, "No.")]),
    ([(100, 150, "Oh.")], (108,), [(108, 150, "Oh.")]),
    ([(100, 150, "Oh.")], (109,), [(97, 150, "Oh.")]),
    ([(100, 150, "Oh.")], (95,), [(95, 150, "Oh.")]),
    ([(100, 150, "Oh.")], (145,), [(100, 143, "Oh.")]),
    ([(100, 150, "Oh.")], (155,), [(100, 153, "Oh.")]),
    ([(100, 150, "All|right...")], (), [(100, 150, "All right…")]),
    ([(100, 150, "– Oh.|— No.")], (), [(100, 150, "-Oh.|-No.")]),
    ([(100, 220, LONG)], (), [(100, 220, "I never thought I would see you again,|not after what happened")]),
])
def test_each_rule_is_mended(events: list[Frames], cuts: tuple[int, ...], after: list[Frames]) -> None:
    fixed = fix(document(*events), NETFLIX, RATE, cuts)
    assert frames(fixed) == after
    assert fixed.rest == ()


def test_a_long_text_is_divided_at_its_sentence() -> None:
    text = "I told you so many times that it was dangerous. But you never listened to me, not once in all these years."
    fixed = fix(document((100, 260, text)), NETFLIX, RATE)
    made = frames(fixed)
    assert fixed.divided == 1 and fixed.rest == () and len(made) == 2
    assert made[0][2].replace("|", " ").endswith("dangerous.") and made[1][0] - made[0][1] == 2


def test_two_that_have_no_time_become_one() -> None:
    fixed = fix(document((78, 98, "-Johnny?|-Yes?"), (100, 104, "Wait!"), (106, 110, "Come back."),
                         (112, 190, "-She is gone.|-Gone?")), NETFLIX, RATE)
    assert fixed.joined == 1 and fixed.rest == ()
    assert frames(fixed)[1][2] == "Wait! Come back."


def test_dialogue_by_dashes_is_never_joined_nor_folded() -> None:
    fixed = fix(document((100, 112, "-Wait!|-No."), (113, 125, "Come back."), (126, 190, "She is gone.")), NETFLIX,
                RATE)
    assert frames(fixed)[0][2] == "-Wait!|-No."


def test_italics_stay_on_their_words() -> None:
    text = "She said... that the  letter was never sent, and that nobody knew why it had been written."
    first = text.index("letter was never")
    run = StyledRun(kind=StyleKind.ITALIC, first=first, end=first + len("letter was never"))
    fixed = fix(document((100, 280, text), runs=(run,)), NETFLIX, RATE)
    marked = [cue.text[run.first:run.end].replace("\n", " ") for cue in fixed.document.cues for run in cue.runs]
    assert " ".join(marked) == "letter was never"


def test_top_and_bottom_do_not_stand_in_each_others_way() -> None:
    top = document((100, 180, "A SIGN"), place=Place(edge=Edge.TOP)).cues
    both = SubtitleDocument(language="en", cues=(*document((110, 170, "I see it.")).cues, *top))
    assert rules(both) == []
    assert fix(both, NETFLIX, RATE).rest == ()


@pytest.mark.parametrize(("events", "cuts", "code"), [
    ([(100, 140, "a" * 50)], (), "long-word"),
    ([(100, 130, LONG), (131, 170, "-Oh.|-No."), (10, 98, "-Yes.|-Yes.")], (), "no-room"),
    ([(100 + 8 * n, 107 + 8 * n, "-Oh.|-No.") for n in range(8)], (), "crowded"),
])
def test_what_cannot_be_mended_says_why(events: list[Frames], cuts: tuple[int, ...], code: str) -> None:
    fixed = fix(document(*sorted(events)), NETFLIX, RATE, cuts)
    assert code in {rest.code for rest in fixed.rest}
    assert all(len(rest.cause) > 10 for rest in fixed.rest)
    assert [(rest.cue, rest.rule) for rest in fixed.rest] == rules(fixed.document, cuts)


texts = st.lists(st.sampled_from(["oh", "the", "night", "remember", "impossible...", "wait,", "never.", "è", "–",
                                  "you?", "extraordinarily"]), min_size=1, max_size=20).map(" ".join)


@st.composite
def crowds(draw: st.DrawFn) -> tuple[SubtitleDocument, Rate, tuple[int, ...]]:
    rate = Rate(draw(st.sampled_from([Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001)])))
    events, at = [], draw(st.integers(0, 50))
    for text in draw(st.lists(texts, min_size=1, max_size=8)):
        length = draw(st.integers(1, 250))
        events.append((at, at + length, text))
        at = max(at + 1, at + length + draw(st.integers(-8, 40)))
    cuts = draw(st.lists(st.integers(1, at + 50), max_size=12, unique=True))
    return document(*events, rate=rate), rate, tuple(cuts)


def words(made: SubtitleDocument) -> Counter[str]:
    return Counter(re.findall(r"\w+", " ".join(cue.text for cue in made.cues)))


@settings(max_examples=150, deadline=None)
@given(crowds())
def test_no_word_is_lost_and_twice_is_once(made: tuple[SubtitleDocument, Rate, tuple[int, ...]]) -> None:
    before, rate, cuts = made
    fixed = fix(before, NETFLIX, rate, cuts)
    assert words(fixed.document) == words(before)
    assert fix(fixed.document, NETFLIX, rate, cuts).document == fixed.document
    assert [(rest.cue, rest.rule) for rest in fixed.rest] == rules(fixed.document, cuts, rate)
    assert len(fixed.rest) <= len(check(before, NETFLIX, rate, cuts))
    starts = [cue.span.start for cue in fixed.document.cues]
    assert all(one <= two for one, two in pairwise(starts))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 60), st.integers(-6, 20)), min_size=2, max_size=2), st.integers(0, 140))
def test_two_subtitles_are_as_right_as_any_search_finds(shape: list[tuple[int, int]], cut: int) -> None:
    """Every start within half a second, every end up to two seconds later: nothing breaks fewer rules."""
    (one, gap), (two, _) = shape
    first, second = (100, 100 + one), (100 + one + gap, 100 + one + gap + two)
    made = document((*first, "-Wait for me.|-No."), (*second, "-Why?|-Run!"))
    fixed = fix(made, NETFLIX, RATE, [cut])
    fewest = len(fixed.rest)
    best = 9
    for start in range(second[0] - 12, second[0] + 13, 2):
        for end in (second[1], second[1] + 12, start + 20, start + 32, cut - 2, cut + 12):
            for earlier in (100, 88, 112, cut, cut - 12):
                for stop in (first[1], start - 2, start - 12, cut - 2):
                    if stop > earlier and end > start and abs(earlier - 100) <= 12:
                        tried = document((earlier, stop, "-Wait for me.|-No."), (start, end, "-Why?|-Run!"))
                        best = min(best, len(violations(tried.cues, NETFLIX, RATE, "en", [cut])))
    assert fewest <= best
