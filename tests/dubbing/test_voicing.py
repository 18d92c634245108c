"""Italics, notes and places by a client's convention: spotted, fixed, checked, with a person's subtitles left alone."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from ciak.dubbing.fixing import fix
from ciak.dubbing.given import italic_share, loops_from, partly_italic, spoken_text
from ciak.dubbing.italicising import italicised, wrong_italics
from ciak.dubbing.merging import heard_as_said, merged
from ciak.dubbing.profile import Profile, profile_named
from ciak.dubbing.sdh import captioned_cues
from ciak.dubbing.spotting import spot
from ciak.dubbing.titling import titled_lines
from ciak.dubbing.voicing import voicing
from ciak.dubbing.wording import divided, joined_text
from ciak.errors import BadInput
from ciak.film import (
    Caption,
    CaptionKind,
    Dialogue,
    Edge,
    HeldSubtitle,
    HeldSubtitles,
    Loop,
    Place,
    Presence,
    PresenceKind,
    Rate,
    Span,
    StyledRun,
    StyleKind,
    SubtitleCue,
    SubtitleDocument,
    Verdict,
)
from ciak.formats import read_subtitles

RATE = Rate(Fraction(24))
ON, OFF, OVER, DEVICE = PresenceKind
LONG = "She left on a night like this one and nobody in the whole town said a word about it to anybody for years"


def loop(at: float, text: str, kind: PresenceKind | None = None, *, who: str = "S1", sung: bool = False,
         length: float = 3.0) -> Loop:
    return Loop(id=f"L{int(at * 10)}", character=who, span=Span.of(str(at), str(at + length)), text=text, sung=sung,
                presence=Presence(kind=kind, origin="given:script") if kind else None)


def shown(loops: Sequence[Loop], profile: str = "netflix-en") -> tuple[SubtitleCue, ...]:
    rules = profile_named(profile)
    return spot(loops, RATE, "en", rules, voices=voicing(loops, rules))


def italic(cue: SubtitleCue) -> list[str]:
    return [cue.text[run.first:run.end] for run in cue.runs if run.kind is StyleKind.ITALIC]


@pytest.mark.parametrize(("profile", "slanted"), [
    ("basic", {OVER, DEVICE, "sung"}), ("netflix", {OVER, DEVICE, "sung"}), ("netflix-it", {OVER, DEVICE, "sung"}),
    ("netflix-fr", {OVER, DEVICE, "sung"}), ("netflix-children", {OVER, DEVICE, "sung"}),
    ("netflix-sdh", {OVER, DEVICE}), ("ebu", set()),
])
def test_which_voices_are_in_italics(profile: str, slanted: set[str]) -> None:
    for kind in PresenceKind:
        (cue,) = shown([loop(1, "Once there was a house.", kind)], profile)
        assert italic(cue) == (["Once there was a house."] if kind in slanted else []), kind
    (song,) = shown([loop(1, "O the sea", sung=True)], profile)
    assert bool(italic(song)) is ("sung" in slanted)
    assert song.text == ("♪ O the sea ♪" if profile == "netflix-sdh" else "O the sea")
    (unknown,) = shown([loop(1, "Once there was a house.")], profile)
    assert unknown.runs == ()


def test_every_part_of_a_long_line_is_in_italics_over_both_rows_and_stays_so_when_it_is_fixed() -> None:
    for profile in ("netflix-en", "netflix-sdh"):
        rules = profile_named(profile)
        cues = shown([loop(1, LONG, OVER, length=9, sung=profile == "netflix-sdh")], profile)
        assert len(cues) > 1 and any(len(cue.lines) > 1 for cue in cues)
        document = SubtitleDocument(language="en", cues=cues)
        once = fix(document, rules, RATE).document
        for cue in (*cues, *once.cues):
            assert italic_share(cue) == 1
            assert max(map(len, cue.lines)) <= rules.characters
            if profile == "netflix-sdh":
                assert cue.text.startswith("♪ ") and cue.text.endswith(" ♪") and cue.text.count("♪") == 2
                assert all(row.strip("♪ ") for row in cue.lines), "no note stands alone"
        assert fix(once, rules, RATE).document == once


def test_two_people_on_one_screen_are_each_in_their_own() -> None:
    pair = [loop(1, "Who is it?", length=0.4), loop(1.5, "Me, on the telephone.", DEVICE, who="S2", length=0.4)]
    (cue,) = shown(pair)
    assert len(cue.lines) == 2 and italic(cue) == ["Me, on the telephone."]


def test_two_lines_of_one_person_that_are_joined_keep_theirs() -> None:
    one, other = loop(1, "Wait.", OVER, length=0.3), loop(1.4, "I remember.", length=0.3)
    (cue,) = shown([one, other])
    assert cue.text.replace("\n", " ") == "Wait. I remember." and italic(cue) == ["Wait."]
    both = other.model_copy(update={"presence": one.presence})
    (cue,) = shown([one, both])
    assert len(cue.runs) == 1 and italic_share(cue) == 1
    songs = [one.model_copy(update={"sung": True}), both.model_copy(update={"sung": True})]
    (cue,) = shown(songs, "netflix-sdh")
    assert cue.text.replace("\n", " ") == "♪ Wait. I remember. ♪" and italic_share(cue) == 1 and len(cue.runs) == 1


def test_what_a_person_set_keeps_words_and_times_and_is_in_italics() -> None:
    said = loop(1, "Once there was a house.", OVER, sung=True)
    mine = HeldSubtitles(text=said.text, shown=(HeldSubtitle(span=Span.of(2, 3), lines=("Once,", "a house.")),))
    (cue,) = shown([said.model_copy(update={"subtitles": mine})], "netflix-sdh")
    assert cue.held and cue.lines == ("Once,", "a house.") and cue.span == Span.of(2, 3)
    assert italic(cue) == ["Once,\na house."]


def test_a_label_is_upright() -> None:
    (cue,) = shown([loop(1, "[ANNA] I was there.", OVER)], "netflix-sdh")
    assert italic(cue) == ["I was there."]


def sign(first: float, end: float, edge: Edge | None, **given: object) -> Caption:
    return Caption(id="T1", kind=CaptionKind.ON_SCREEN, span=Span.of(str(first), str(end)), text="CINEMA", edge=edge,
                   origin="given:on-screen", verdict=Verdict.APPROVED).model_copy(update=given)


def edges_of(edge: Edge | None, at: tuple[float, float] = (1, 4), profile: str = "netflix-en",
             **given: object) -> tuple[Edge, Edge]:
    """Where the line and the sign's translation stand."""
    told = Dialogue(language="it", source="en", loops=(loop(1, "Dov'è?"),), captions=(sign(*at, edge, **given),))
    rules: Profile = profile_named(profile)
    lines = titled_lines(told, told, RATE, rules, None)
    cues = captioned_cues(lines, told.captions, RATE, rules, None).cues
    at_edge = {cue.forced: cue.place.edge if cue.place else Edge.BOTTOM for cue in cues}
    return at_edge[False], at_edge[True]


def test_dialogue_makes_way_for_what_is_written_at_the_bottom_and_nothing_stands_over_anything() -> None:
    assert edges_of(Edge.BOTTOM) == (Edge.TOP, Edge.BOTTOM)
    assert edges_of(Edge.TOP) == (Edge.BOTTOM, Edge.TOP)
    assert edges_of(None) == (Edge.BOTTOM, Edge.TOP), "nobody knows where: as ever"
    assert edges_of(Edge.BOTTOM, (20, 24)) == (Edge.BOTTOM, Edge.TOP), "alone it does not stand on what it translates"
    assert edges_of(Edge.BOTTOM, profile="ebu") == (Edge.TOP, Edge.BOTTOM)
    assert edges_of(Edge.BOTTOM, verdict=Verdict.REJECTED)[0] is Edge.BOTTOM


def test_the_original_knows_of_writing_for_its_translation_too() -> None:
    original = Dialogue(language="en", loops=(loop(1, "Where?"),), captions=(sign(1, 4, Edge.BOTTOM),))
    target = Dialogue(language="it", source="en", loops=(loop(1, "Dove?"),))
    (cue,) = titled_lines(target, original, RATE, profile_named("netflix-it"), None)
    assert cue.place == Place(edge=Edge.TOP)


def test_a_translation_is_heard_as_its_original_is() -> None:
    original = Dialogue(language="en", loops=(loop(1, "Where?", OVER),))
    target = Dialogue(language="it", source="en", loops=(loop(1, "Dove?"),))
    (cue,) = titled_lines(target, original, RATE, profile_named("netflix-it"), None)
    assert italic(cue) == ["Dove?"]


def cue(first: float, end: float, *lines: str, share: bool = False) -> SubtitleCue:
    runs = (StyledRun(kind=StyleKind.ITALIC, first=0, end=len("\n".join(lines))),) if share else ()
    return SubtitleCue(span=Span.of(str(first), str(end)), lines=lines, runs=runs)


def test_italics_of_a_file_are_held_against_the_film_and_put_right() -> None:
    loops = [loop(1, "Over.", OVER), loop(5, "Here.", ON), loop(9, "Who knows."), loop(13, "Off.", OFF)]
    cues = (cue(1, 4, "Sopra."), cue(5, 8, "Qui.", share=True), cue(9, 12, "Chissà.", share=True),
            cue(13, 16, "Fuori."))
    rules = profile_named("netflix-it")
    found = wrong_italics(cues, loops, rules)
    assert [(one.cue, one.rule, one.measured, one.limit) for one in found] == [
        (1, "italics", 0, 1), (2, "italics", 1, 0)]
    right = italicised(SubtitleDocument(language="it", cues=cues), loops, rules)
    assert [italic(one) for one in right.cues] == [["Sopra."], [], ["Chissà."], []]
    assert not wrong_italics(right.cues, loops, rules) and italicised(right, loops, rules) is right
    assert not wrong_italics(cues, loops, profile_named("ebu")), "no such rule"
    title = SubtitleCue(span=Span.of(5, 8), lines=("Leggi Moby Dick.",), runs=(
        StyledRun(kind=StyleKind.ITALIC, first=6, end=15),))
    assert not wrong_italics((title,), loops, rules), "a title may be in italics anywhere"
    over = title.model_copy(update={"span": Span.of(1, 4)})
    assert [one.measured for one in wrong_italics((over,), loops, rules)] == [pytest.approx(8 / 13, abs=0.001)]


def test_given_subtitles_say_how_they_are_heard(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\n<i>Once there\nwas a house.</i>\n\n"
                    "2\n00:00:03,000 --> 00:00:04,000\n♪ O the sea ♪\n\n3\n00:00:05,000 --> 00:00:06,000\n# La la #\n\n"
                    "4\n00:00:07,000 --> 00:00:08,000\nRead <i>Moby Dick</i>.\n\n"
                    "5\n00:00:09,000 --> 00:00:10,000\n#1 is mine.\n\n6\n00:00:11,000 --> 00:00:12,000\n♪\n", "utf-8")
    document = read_subtitles(path)
    house, sea, la, book, first = loops_from(document)
    assert house.presence == Presence(kind=OVER, origin="given:subtitles") and not house.sung
    assert (sea.text, sea.sung, sea.sung_origin, sea.presence) == ("O the sea", True, "given:subtitles", None)
    assert (la.text, la.sung) == ("La la", True)
    assert (book.text, book.presence, book.sung) == ("Read Moby Dick.", None, False)
    assert (first.text, first.sung) == ("#1 is mine.", False)
    assert partly_italic(document) == 1 and spoken_text(document.cues[5]) == ""


def test_what_a_person_said_stays_when_lines_come_anew() -> None:
    said = loop(1, "Once.", DEVICE).model_copy(update={
        "presence": Presence(kind=DEVICE, origin="person"), "sung_origin": "person", "origin": "transcriber:x"})
    machine = loop(5, "Twice.", OVER)
    new = [loop(1.2, "Once!", OVER, sung=True), loop(5, "Twice!", ON)]
    one, other = heard_as_said(new, [said, machine])
    assert one.presence == said.presence and not one.sung and other.presence == new[1].presence
    assert heard_as_said(merged(new, [said, machine])[0], [said, machine])[0].presence == said.presence


def test_what_is_sung_is_divided_and_joined_between_its_notes() -> None:
    rules = profile_named("netflix-sdh")
    song = cue(1, 4, "♪ la la la, lo lo lo ♪", share=True)
    one, other = divided(song, song.text.index(", ") + 1, rules)
    assert (one.text, other.text) == ("♪ la la la, ♪", "♪ lo lo lo ♪")
    back = joined_text(one, other, rules)
    assert back is not None and back.text == song.text and italic_share(back) == 1


def test_a_profile_of_ones_own_says_what_is_in_italics(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    entry = '[rules.italics]\nlimit = {}\nsource = "Festival handbook, page 4"\ndate = "2026-11"\n'
    path.write_text('name = "mine"\nextends = "netflix-it"\n' + entry.format('["off-screen"]'), "utf-8")
    assert profile_named(str(path)).italics == {"off-screen"}
    path.write_text('name = "mine"\nextends = "netflix-it"\n' + entry.format("[]"), "utf-8")
    assert profile_named(str(path)).italics == frozenset() and profile_named("netflix-it").italics
    for wrong in ('["shouted"]', '"voice-over"', "[1]"):
        path.write_text('name = "mine"\n' + entry.format(wrong), "utf-8")
        with pytest.raises(BadInput, match="no list of voices"):
            profile_named(str(path))
