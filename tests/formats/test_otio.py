"""The cut through OpenTimelineIO: exact, readable by the library itself, and careful with strangers."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import opentimelineio as otio
import pytest
from tests.formats.made_documents import grafted

from ciak.errors import BadInput, CiakError, Damaged, TooLarge, WrongFormat
from ciak.film import Clip, Cut, Lane, Marker, Rate, Span
from ciak.formats import examine_cut, read_cut, write_cut
from ciak.formats.otio import OTIO


def clip(start: Fraction | int, end: Fraction | int, **more: Any) -> Clip:
    fields = {"name": "c", "path": "stems/dx it.wav", "span": Span.of(start, end), "source": Fraction(start)}
    return Clip(**{**fields, **more})


def cut(*clips: Clip, rate: str = "24000/1001", start: str = "01:00:00:00", kind: str = "Audio") -> Cut:
    return Cut(name="Dub", rate=rate, start=start, lanes=(Lane(name="DX", kind=kind, language="it", clips=clips),))


def as_library(made: Cut) -> Any:
    return otio.adapters.read_from_string(write_cut(made).decode(), "otio_json")


def test_the_library_reads_what_is_written() -> None:
    picture = clip(0, Fraction(1001, 24) * Fraction(24, 100), path="film.mp4", available=Span.of(0, 60))
    timeline = as_library(Cut(
        name="Dub", rate="24000/1001", start="01:00:00:00",
        lanes=(Lane(name="V1", kind="Video", clips=(picture,)),
               Lane(name="DX", kind="Audio", clips=(clip(1, 2, text="Ciao", loop="L1"), clip(5, 6)))),
        markers=(Marker(time=Fraction(3), name="look", text="at this"),)))
    assert timeline.global_start_time.to_timecode() == "01:00:00:00"
    video, audio = timeline.tracks
    assert (video.kind, audio.kind) == ("Video", "Audio")
    assert (video[0].source_range.duration.value, video[0].source_range.duration.rate) == (240, 24000 / 1001)
    assert [type(item).__name__ for item in audio] == ["Gap", "Clip", "Gap", "Clip"]
    assert (audio[1].source_range.duration.value, audio[1].source_range.duration.rate) == (48000, 48000)
    assert audio[1].media_reference.target_url == "stems/dx%20it.wav"
    assert dict(audio[1].metadata["ciak"]) == {"loop": "L1", "text": "Ciao"}
    assert audio.range_of_child_at_index(3).start_time.to_seconds() == 5
    assert timeline.tracks.markers[0].comment == "at this"


@pytest.mark.parametrize("rate", ["24", "25", "30", "24000/1001", "30000/1001", "60000/1001", "25/2"])
def test_frames_and_samples_come_back_exact_even_late_in_a_film(rate: str) -> None:
    fps = Rate.parse(rate)
    made = cut(clip(fps.time(1), fps.time(2)), clip(fps.time(100), Fraction(9_999_999, 48000)),
               clip(Fraction(7_199_999, 1000), fps.time(fps.frame(Fraction(7201)))), rate=rate)
    assert read_cut(write_cut(made)) == made
    assert OTIO.losses(made) == ()


def test_drop_frame_starts_are_kept() -> None:
    made = cut(clip(0, 1), rate="30000/1001", start="01:00:00;00")
    assert as_library(made).global_start_time.value == 107892
    assert read_cut(write_cut(made)).start == "01:00:00;00"


def test_times_finer_than_a_sample_are_rounded_and_said() -> None:
    made = cut(clip(Fraction(1, 3_000_007), Fraction(10**9, 10**9 + 7)))
    assert OTIO.losses(made)
    span = read_cut(write_cut(made)).lanes[0].clips[0].span
    assert abs(span.end - made.lanes[0].clips[0].span.end) <= Fraction(1, 96000)


@pytest.mark.parametrize("clips", [(clip(0, 2), clip(1, 3)), (clip(-1, 1),), (clip(0, 200_000),)])
def test_clips_that_no_lane_can_hold(clips: tuple[Clip, ...]) -> None:
    with pytest.raises(BadInput):
        write_cut(cut(*clips))


@pytest.mark.parametrize(("rate", "start"), [("0", "00:00:00:00"), ("x", "00:00:00:00"), ("25", "x"),
                                             ("25", "00:00:00;00")])
def test_clocks_that_cannot_be(rate: str, start: str) -> None:
    with pytest.raises(BadInput):
        write_cut(cut(rate=rate, start=start))


def test_a_timeline_of_a_stranger() -> None:
    """Transition, disabled clip, effect, marker on a track, other metadata, absolute media, no rate of ours."""
    schema, time = otio.schema, otio.opentime
    track = schema.Track("V1", kind="Video")

    def piece(name: str, start: int, length: int) -> Any:
        return schema.Clip(name, schema.ExternalReference("file:///media/a%20b.mov"),
                           time.TimeRange(time.RationalTime(start, 29.97), time.RationalTime(length, 29.97)))

    off = piece("off", 10, 30)
    off.enabled = False
    fast = piece("fast", 0, 60)
    fast.effects.append(schema.LinearTimeWarp(time_scalar=2.0))
    track.extend([piece("one", 0, 30), schema.Transition(in_offset=time.RationalTime(2, 29.97)), off, fast])
    timeline = schema.Timeline("theirs", global_start_time=time.RationalTime(108000, 29.97))
    timeline.metadata["ciak"] = ["not", "ours"]
    timeline.tracks.append(track)
    timeline.tracks.append(schema.Track("CC", kind="Subtitle"))
    reading = examine_cut(timeline.to_json_string().encode())
    made = reading.document
    assert (made.rate, made.start) == ("30000/1001", "01:00:00:00")
    assert [(one.name, one.span.start, one.span.end) for one in made.lanes[0].clips] == [
        ("one", 0, Fraction(1001, 1000)), ("off", Fraction(1001, 1000), Fraction(2002, 1000)),
        ("fast", Fraction(2002, 1000), Fraction(4004, 1000))]
    assert made.lanes[0].clips[0].path == "file:///media/a%20b.mov"
    assert [finding.code for finding in reading.findings] == ["not-kept"] * 3
    assert [one.speed for one in made.lanes[0].clips] == [1, 1, 2]
    assert read_cut(timeline.to_json_string().encode()) == made


@pytest.mark.parametrize(("scalars", "speed", "codes"), [
    ([0.5], Fraction(1, 2), []), ([2.0, 1.5], Fraction(3), []), ([-1.0], Fraction(1), ["backwards"]),
    ([0.0], Fraction(1, 50), ["frozen"]), ([1e9], Fraction(1), ["not-kept"]), ([1 / 3], Fraction(1, 3), [])])
def test_steady_speeds_are_kept_and_others_told(scalars: list[float], speed: Fraction, codes: list[str]) -> None:
    timeline = as_library(cut(clip(0, 2), rate="25", kind="Video"))
    timeline.tracks[0][0].effects.extend([otio.schema.LinearTimeWarp(time_scalar=scalar) for scalar in scalars])
    reading = examine_cut(timeline.to_json_string().encode())
    assert reading.document.lanes[0].clips[0].speed == speed
    assert [finding.code for finding in reading.findings] == codes


def test_a_speed_is_written_as_a_linear_time_warp() -> None:
    (warp,) = as_library(cut(clip(0, 2, speed=Fraction(3, 2)))).tracks[0][0].effects
    assert warp.time_scalar == 1.5
    made = cut(clip(0, 2, speed=Fraction(123_456_789, 98_765_432)))
    assert read_cut(write_cut(made)) == made


def test_without_a_start_the_first_picture_tells_the_rate() -> None:
    schema, time = otio.schema, otio.opentime
    timeline = schema.Timeline("x")
    with pytest.raises(Damaged, match="no frame rate"):
        read_cut(timeline.to_json_string().encode())
    track = schema.Track(kind="Video")
    track.append(schema.Gap(source_range=time.TimeRange(time.RationalTime(0, 25), time.RationalTime(25, 25))))
    timeline.tracks.append(track)
    assert read_cut(timeline.to_json_string().encode()).rate == "25"


def test_nesting_cannot_be_read() -> None:
    timeline = otio.schema.Timeline("x", global_start_time=otio.opentime.RationalTime(0, 24))
    timeline.tracks.append(otio.schema.Stack("inner"))
    with pytest.raises(Damaged, match="instead of a track"):
        read_cut(timeline.to_json_string().encode())
    timeline.tracks[:] = [otio.schema.Track("V", children=[otio.schema.Stack("inner"), otio.schema.Clip("long")])]
    assert [finding.code for finding in examine_cut(timeline.to_json_string().encode()).findings] == [
        "nested", "no-length"]


@pytest.mark.parametrize("value", [[], {}, 1, "x", {"OTIO_SCHEMA": 5}, {"OTIO_SCHEMA": "Clip.1"},
                                   {"OTIO_SCHEMA": "Timeline.99"}, {"OTIO_SCHEMA": "Timeline."},
                                   {"OTIO_SCHEMA": "SerializableCollection.1", "children": []}])
def test_what_is_no_timeline(value: object) -> None:
    with pytest.raises((WrongFormat, Damaged)):
        read_cut(json.dumps(value).encode())


def test_hostile_json_never_reaches_the_library() -> None:
    whole = write_cut(cut(clip(0, 1))).decode()
    for old, new in (('"enabled": true', '"enabled": NaN'), ('"value": 0.0', '"value": 1e999'),
                     ('"effects": []', '"effects": ' + "[" * 200_000)):
        assert old in whole
        with pytest.raises((Damaged, TooLarge)):
            read_cut(whole.replace(old, new, 1).encode())


def scrambled(value: Any, wrong: Any) -> Any:
    """Every JSON value that differs from ``value`` in one place, which holds ``wrong`` instead."""
    yield wrong
    if isinstance(value, dict):
        for key in value:
            for other in scrambled(value[key], wrong):
                yield {**value, key: other}
            yield {name: part for name, part in value.items() if name != key}
    elif isinstance(value, list):
        for place in range(len(value)):
            for other in scrambled(value[place], wrong):
                yield [*value[:place], other, *value[place + 1:]]


@pytest.mark.parametrize("wrong", [None, 0, -1, 1e300, 5e-324, "", "x", [], {}, True, [None],
                                   {"OTIO_SCHEMA": "Gap.1"}, {"OTIO_SCHEMA": "Timeline.1"},
                                   {"OTIO_SCHEMA": "RationalTime.1", "rate": 0, "value": 1},
                                   {"OTIO_SCHEMA": "SerializableObjectRef.1", "id": "Stack-1"}])
def test_any_one_wrong_value_anywhere_is_read_or_refused(wrong: Any) -> None:
    value = json.loads(write_cut(Cut(
        name="Dub", rate="25", start="01:00:00:00", markers=(Marker(time=Fraction(1), name="m"),),
        lanes=(Lane(name="DX", kind="Audio", clips=(clip(1, 2, available=Span.of(0, 3)),)),))))
    for other in scrambled(value, wrong):
        try:
            made = read_cut(json.dumps(other).encode())
        except CiakError:
            continue
        assert isinstance(made, Cut)


def test_a_timeline_of_misplaced_parts_is_read_or_refused() -> None:
    made = cut(clip(1, 2, available=Span.of(0, 3), text="Ciao"), clip(3, 4))
    read = 0
    for data in grafted(json.loads(write_cut(made)), 500):
        try:
            read += isinstance(read_cut(data), Cut)
        except CiakError:
            continue
    assert 50 < read < 450
