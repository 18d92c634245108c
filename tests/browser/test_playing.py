"""The clock as a person uses it: seeking, playing, shuttling, languages, subtitles, timecode."""

from __future__ import annotations

import random
import statistics

import pytest
from tests.browser.conftest import Watched
from tests.browser.steps import READ_FRAME, STILL, row, shown
from tests.server.small_film import FRAMES

from ciak.film import Rate, Timecode

pytestmark = pytest.mark.browser


def test_every_seek_lands_on_the_frame_that_was_asked_for(page: Watched) -> None:
    asked = random.Random(7).sample(range(FRAMES), 60)
    found = page.js(
        "const found = []; for (const frame of argument) { const begun = performance.now(); clock.seek(frame);"
        + STILL.replace("10)", "1)")
        + "const spent = performance.now() - begun;"
        + READ_FRAME
        + "found.push([number, spent, clock.frame]); } return found;",
        asked,
    )
    assert [number for number, _, _ in found] == asked
    assert [frame for _, _, frame in found] == asked
    times = sorted(spent for _, spent, _ in found)
    print(f"seek, ms: median {statistics.median(times):.0f}, 95 % {times[56]:.0f}, most {times[-1]:.0f}")
    assert statistics.median(times) < 500, "150 ms is the aim on a quiet machine"


def test_steps_go_frame_by_frame(page: Watched) -> None:
    page.js("clock.seek(100)")
    for key, expected in (
        ("ArrowRight", 101),
        ("ArrowRight", 102),
        ("ArrowLeft", 101),
        ("Shift+ArrowRight", 125),
        ("Shift+ArrowLeft", 101),
        ("End", FRAMES - 1),
        ("ArrowRight", FRAMES - 1),
        ("Home", 0),
        ("ArrowLeft", 0),
        ("ArrowDown", 12),
        ("ArrowDown", 48),
        ("ArrowUp", 12),
    ):
        page.page.keyboard.press(key)
        assert shown(page) == expected, key


def test_a_storm_of_seeks_ends_on_the_last(page: Watched) -> None:
    page.js("for (let frame = 0; frame < 200; frame += 1) clock.seek((frame * 37) % 288); clock.seek(77)")
    assert shown(page) == 77


def test_a_seek_while_the_file_opens_is_not_lost(page: Watched) -> None:
    """Asked at every stage of opening: before its length is known, while its first frame is sought, after."""
    for stage in ("", "loadedmetadata", "opened"):
        page.js(
            "const video = studio.picture.video; const next = studio.state.sound === 'it' ? 'en' : 'it';"
            "studio.state.chooseSound(next); await Promise.resolve(); await new Promise((r) => setTimeout(r));"
            "const at = { loadedmetadata: video, opened: clock }[argument];"
            "if (at) await new Promise((r) => at.addEventListener(argument, r, { once: true })); clock.seek(60);",
            stage,
        )
        assert shown(page) == 60, stage
        page.js("clock.seek(5)")
        assert shown(page) == 5


def test_playing_goes_on_and_the_list_follows(page: Watched) -> None:
    page.js("clock.seek(90)")
    page.page.keyboard.press("Space")
    row(page, "It is raining").and_(page.page.locator("[aria-current=true]")).wait_for()
    row(page, "the rain finds").and_(page.page.locator("[aria-current=true]")).wait_for()
    page.page.keyboard.press("k")
    stopped = page.js("return clock.frame")
    assert 132 <= stopped < FRAMES
    assert shown(page) == stopped
    page.page.wait_for_timeout(150)
    assert page.js("return clock.frame") == stopped


def test_shuttle_goes_faster_and_backwards(page: Watched) -> None:
    page.js("clock.seek(200)")
    for key, speed in (("l", 1), ("l", 2), ("l", 4), ("k", 0), ("j", -1), ("j", -2)):
        page.page.keyboard.press(key)
        assert page.js("return clock.speed") == speed
    page.page.wait_for_timeout(400)
    page.page.keyboard.press("k")
    assert page.js("return clock.frame") < 195
    assert shown(page) == page.js("return clock.frame")


def test_the_language_switches_at_the_same_frame(page: Watched) -> None:
    assert page.js("return studio.state.sound") == "it"
    page.js("clock.seek(150)")
    assert shown(page) == 150
    page.page.get_by_role("group", name="Sound").get_by_text("EN", exact=True).click()
    assert shown(page) == 150
    assert "/media/en" in page.js("return studio.picture.video.src")
    page.page.keyboard.press("Space")
    page.page.wait_for_timeout(300)
    page.page.keyboard.press("a")
    page.js("while (clock.loading) await new Promise((r) => setTimeout(r, 10))")
    assert "/media/it" in page.js("return studio.picture.video.src")
    assert page.js("return clock.speed") == 1, "it goes on playing"
    assert page.js("return clock.frame") > 150
    page.page.keyboard.press("k")


def test_subtitles_come_and_go_at_their_frames(page: Watched) -> None:
    overlay = page.page.locator("ciak-picture .cues")
    page.page.get_by_role("group", name="Subtitles").get_by_text("IT", exact=True).click()
    page.js("clock.seek(12)")
    overlay.get_by_text("Dove hai lasciato le bobine?").wait_for()
    page.js("clock.seek(11)")
    assert overlay.inner_text() == ""
    page.page.keyboard.press("s")
    page.js("clock.seek(12)")
    assert overlay.inner_text() == "", "after Italian comes none"
    page.page.keyboard.press("s")
    overlay.get_by_text("Where did you leave the reels?").wait_for()


def test_a_typed_timecode_is_gone_to(page: Watched) -> None:
    field = page.page.get_by_label("Timecode")
    for typed, expected in (
        ("01:00:05:12", 132),
        ("1000512", 132),
        ("+12", 144),
        ("-1", 143),
        ("01:00:00:00", 0),
        ("23:00:00:00", 0),
        ("02:00:00:00", FRAMES - 1),
    ):
        page.page.keyboard.press("t")
        field.fill(typed)
        field.press("Enter")
        assert shown(page) == expected, typed
    page.page.keyboard.press("t")
    field.fill("01:00:61:00")
    field.press("Enter")
    assert field.get_attribute("aria-invalid") == "true"
    field.press("Escape")
    assert field.input_value() == "01:00:11:23"


@pytest.mark.parametrize(
    ("rate", "start"),
    [
        ("24", "00:00:00:00"),
        ("24000/1001", "01:00:00:00"),
        ("25", "10:00:00:00"),
        ("30000/1001", "00:59:50;00"),
        ("60000/1001", "01:00:00;00"),
        ("30000/1001", "23:59:58:00"),
        ("120", "01:00:00:000"),
    ],
)
def test_labels_are_those_of_the_domain(page: Watched, rate: str, start: str) -> None:
    parsed = Rate.parse(rate)
    first = Timecode.parse(start, parsed)
    draw = random.Random(rate)
    frames = [
        *range(120),
        *(draw.randrange(0, 3_000_000) for _ in range(1500)),
        1798,
        1799,
        1800,
        17981,
        17982,
        17983,
    ]
    expected = [str(first + frame) for frame in frames]
    told = page.js(
        "const { Timebase } = await import('/static/strip/timebase.js'); const base = new Timebase(argument.film);"
        "return argument.frames.map((frame) => [base.label(frame), base.parse(base.label(frame))]);",
        {"film": {"rate": rate, "nominal": parsed.nominal, "drop": ";" in start, "start": start}, "frames": frames},
    )
    assert [label for label, _ in told] == expected
    day = len(frames)
    wrong = [
        (frame, back)
        for frame, (_, back) in zip(frames, told, strict=True)
        if (frame - back) % (86400 * parsed.nominal - (1296 * parsed.dropped if ";" in start else 0))
    ]
    assert wrong == [] and day
