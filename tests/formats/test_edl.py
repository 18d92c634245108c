"""Edit decision lists: as other programs write them, as we write them, and what they cannot hold."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from ciak.errors import BadInput, Damaged, WrongFormat
from ciak.film import Clip, Cut, Lane, Marker, Rate, Span
from ciak.formats import examine_edl, read_edl
from ciak.formats.edl import EDL

THEIRS = b"""TITLE:   REEL 2
FCM: NON-DROP FRAME

001  A001C003 V     C        01:00:10:00 01:00:14:12 01:00:00:00 01:00:04:12
* FROM CLIP NAME:  A001C003_take 2.mov
* SOURCE FILE: /media/A001/A001C003.mov
* LOC: 01:00:02:00 RED     SIGN ON THE DOOR

002  BL       V     C        00:00:00:00 00:00:01:00 01:00:04:12 01:00:05:12
003  A001C004 AA/V  C        02:00:00:00 02:00:04:00 01:00:05:12 01:00:07:12
M2   A001C004       048.0                02:00:00:00
004  A001C004 V     C        02:00:09:00 02:00:09:00 01:00:07:12 01:00:07:12
004  B002     V     D    024 03:00:00:00 03:00:02:00 01:00:07:12 01:00:09:12
* FROM CLIP NAME: first
* TO CLIP NAME: second
005  C001     V     C        04:00:00:00 04:00:00:01 01:00:09:12 01:00:11:12
M2   C001           000.0                04:00:00:00
006  C002     NONE  C        04:00:00:00 04:00:00:01 01:00:09:12 01:00:11:12
"""


def test_a_list_of_another_program() -> None:
    reading = examine_edl(THEIRS)
    cut = reading.document
    assert (cut.name, cut.rate, cut.start) == ("REEL 2", "24", "01:00:00:00")
    picture, first, second = cut.lanes
    assert [(lane.name, lane.kind, len(lane.clips)) for lane in cut.lanes] == [
        ("V", "Video", 4), ("A1", "Audio", 1), ("A2", "Audio", 1)]
    assert first.clips == second.clips == (picture.clips[1],)
    one, fast, dissolved, frozen = picture.clips
    assert (one.name, one.path) == ("A001C003_take 2.mov", "/media/A001/A001C003.mov")
    assert (one.span, one.source) == (Span.of(0, Fraction(9, 2)), 3610)
    assert (fast.name, fast.speed, fast.span) == ("A001C004", 2, Span.of(Fraction(11, 2), Fraction(15, 2)))
    assert (dissolved.name, dissolved.span.start) == ("second", Fraction(15, 2))
    assert frozen.speed * frozen.span.duration == Fraction(1, 24)
    assert cut.markers == (Marker(time=Fraction(2), name="SIGN ON THE DOOR"),)
    assert [(finding.line, finding.code) for finding in reading.findings] == [
        (0, "rate"), (13, "not-kept"), (16, "frozen"), (18, "not-kept")]
    assert read_edl(THEIRS) == cut


def test_the_rate_is_given_and_a_given_one_counts() -> None:
    cut = read_edl(THEIRS, Rate.parse("23.976"))
    assert cut.lanes[0].clips[0].span.end == Fraction(108 * 1001, 24000)
    again = EDL.write(cut)
    assert b"* FRAME RATE: 24000/1001" in again and examine_edl(again).findings == ()
    assert read_edl(again, Rate.parse("25")).rate == "25"


@pytest.mark.parametrize(("frame", "rate"), [(23, 24), (24, 25), (25, 30), (29, 30)])
def test_a_list_that_does_not_say_counts_at_least_as_far_as_its_frames(frame: int, rate: int) -> None:
    text = f"TITLE: CUT\n001  AX  V  C  00:00:00:00 00:00:01:{frame} 01:00:00:00 01:00:01:{frame}\n"
    reading = examine_edl(text.encode())
    assert reading.document.rate == str(rate)
    assert [(finding.code, finding.fatal) for finding in reading.findings] == [("rate", False)]


def test_drop_frame_lists() -> None:
    data = (b"TITLE: x\nFCM: DROP FRAME\n"
            b"001  A  V  C  01:00:00;00 01:01:00;02 01:00:00;00 01:01:00;02\n")
    reading = examine_edl(data)
    assert (reading.document.rate, reading.document.start) == ("30000/1001", "01:00:00;00")
    assert reading.document.lanes[0].clips[0].span.end == Fraction(1800 * 1001, 30000)
    assert [finding.code for finding in examine_edl(data, Rate.parse("25")).findings] == ["drop-frame"]


def test_a_film_that_passes_midnight() -> None:
    data = (b"TITLE: x\nFCM: NON-DROP FRAME\n001  A  V  C  00:00:00:00 01:00:00:00 23:30:00:00 00:30:00:00\n"
            b"002  B  V  C  00:00:00:00 00:00:01:00 00:30:00:00 00:30:01:00\n")
    cut = read_edl(data)
    assert cut.start == "23:00:00:00"
    assert [clip.span for clip in cut.lanes[0].clips] == [Span.of(1800, 5400), Span.of(5400, 5401)]


@pytest.mark.parametrize(("line", "code"), [
    (b"002  B  V  C  00:00:00:00 00:00:01:00 01:00:00:12 01:00:01:12", "overlap"),
    (b"002  B  V  C  00:00:00:00 00:00:01:00 01:00:02:99 01:00:03:12", "bad-time"),
    (b"002  B  V  C  00:00:00:00 00:00:01:00 01:00:03:00 01:00:02:00", "bad-time"),
    (b"002  B  V  C  00:00:00:00", "bad-event"),
])
def test_events_that_cannot_be_are_told_with_their_line(line: bytes, code: str) -> None:
    data = b"TITLE: x\n001  A  V  C  00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00\n" + line + b"\n"
    fatal = [finding for finding in examine_edl(data).findings if finding.fatal]
    assert [(finding.line, finding.code) for finding in fatal] == [(3, code)]
    assert len(examine_edl(data).document.lanes[0].clips) == 1
    with pytest.raises(Damaged, match="line 3"):
        read_edl(data)


def test_lengths_that_differ_without_a_reason_are_told() -> None:
    data = b"TITLE: x\n001  A  V  C  00:00:00:00 00:00:01:00 01:00:00:00 01:00:02:00\n"
    assert [finding.code for finding in examine_edl(data, Rate.parse("24")).findings] == ["lengths"]


def test_what_is_no_list() -> None:
    for data in (b"", b"just words\n", b"* FROM CLIP NAME: x\n"):
        with pytest.raises(WrongFormat):
            read_edl(data)


def clip(start: Fraction | int, end: Fraction | int, **more: Any) -> Clip:
    return Clip(**{"name": "c", "path": "m/c.mov", "span": Span.of(start, end), "source": Fraction(0), **more})


def cut(*clips: Clip, **more: Any) -> Cut:
    return Cut(**{"name": "x", "rate": "25", "start": "01:00:00:00",
                  "lanes": (Lane(name="V", kind="Video", clips=clips),), **more})


def test_each_file_has_a_reel_of_its_own() -> None:
    paths = ["m/interview one.mov", "m/interview two.mov", "n/interview one.mov", "m/interview one.mov", "BL"]
    made = cut(*(clip(at, at + 1, path=path) for at, path in enumerate(paths)))
    rows = [line.split() for line in EDL.write(made).decode().splitlines() if line[:3].isdigit()]
    assert [row[1] for row in rows] == ["INTERVIE", "INTERVI1", "INTERVI2", "INTERVIE", "BL1"]
    assert read_edl(EDL.write(made)) == made


@pytest.mark.parametrize(("made", "words"), [
    (cut(clip(0, 1), lanes=(Lane(name="V", kind="Video", clips=(clip(0, 1),)),
                            Lane(name="V2", kind="Video", clips=(clip(0, 1),)))), "lanes beyond"),
    (cut(lanes=(Lane(name="Picture", kind="Video", clips=(clip(0, 1),)),)), "names of lanes"),
    (cut(lanes=(Lane(name="A1", kind="Audio", language="it", clips=(clip(0, 1),)),)), "language"),
    (cut(clip(0, Fraction(1, 3))), "between frames"),
    (cut(clip(0, 1, speed=Fraction(1, 7))), "speeds"),
    (cut(clip(0, 1, text="Ciao")), "dialogue"),
    (cut(clip(0, 1, name=" a\nb")), "line breaks"),
    (cut(markers=(Marker(time=Fraction(0), name="m", text="t"),)), "markers"),
])
def test_losses_are_told(made: Cut, words: str) -> None:
    assert any(words in told for told in EDL.losses(made))
    assert read_edl(EDL.write(made)).rate == "25"


@pytest.mark.parametrize("clips", [(clip(0, 2), clip(1, 3)), (clip(-1, 1),), (clip(0, 90_000),),
                                   (clip(0, 1, source=Fraction(-1)),)])
def test_clips_that_no_list_can_hold(clips: tuple[Clip, ...]) -> None:
    with pytest.raises(BadInput):
        EDL.write(cut(*clips))
