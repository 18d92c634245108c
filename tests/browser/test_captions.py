"""Captions on the strip and in the inspector: a person decides, rewords, moves, writes and takes away, by mouse and by
keys; each is one step back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.browser.conftest import Room, Watched, leave
from tests.browser.films import whole
from tests.browser.steps import drag, point, saved
from tests.server.small_film import RATE, make_film, span

from ciak.film import Caption, CaptionKind, Verdict
from ciak.project import Film

pytestmark = pytest.mark.browser
Desk = tuple[Watched, Film]
LANE = "captions-en"


@pytest.fixture
def heard(room: Room, clips: dict[str, Path], tmp_path: Path) -> Iterator[Desk]:
    """A film in which a machine heard music twice, shown."""
    film = whole(make_film(tmp_path / "film", clips=clips))
    told = film.dialogue("en")
    assert told is not None
    film.save_dialogue(told.model_copy(update={"captions": tuple(
        Caption(id=name, kind=CaptionKind.MUSIC, span=span(first, end), text="music", origin="hearer:fake",
                confidence=0.8) for name, first, end in (("C1", 84, 132), ("C2", 216, 240)))}))
    watched = room.show(room.key(film))
    watched.until("!clock.loading && clock.shown !== null")
    yield watched, film
    leave(watched, room.served.origin, "status of 409")


def captions(film: Film) -> dict[str, Caption]:
    """The captions as the film folder has them now."""
    told = Film.open(film.path).dialogue("en")
    assert told is not None
    return {caption.id: caption for caption in told.captions}


def choose(watched: Watched, frame: int) -> None:
    """Select a caption by a press on the strip."""
    watched.page.mouse.click(*point(watched, frame, LANE))
    watched.until("state.caption && studio.inspector.told.isConnected")


def frames(caption: Caption) -> tuple[int, int]:
    """First frame and end."""
    return RATE.nearest_frame(caption.span.start), RATE.nearest_frame(caption.span.end)


def test_what_waits_is_told_and_decided_by_keys(heard: Desk) -> None:
    watched, film = heard
    page, keys = watched.page, watched.page.keyboard
    state = page.locator("ciak-rail .room").first
    assert state.get_attribute("data-state") == "4 to check", "two lines and two captions"
    page.locator("ciak-inspector [data-part=waiting]").click()
    assert watched.js("return [state.caption.id, clock.frame]") == ["C1", 84]
    saved(watched, lambda: keys.press("y"))
    assert captions(film)["C1"].verdict is Verdict.APPROVED
    choose(watched, 230)
    saved(watched, lambda: keys.press("d"))
    assert captions(film)["C2"].verdict is Verdict.REJECTED
    assert state.get_attribute("data-state") == "2 to check"
    saved(watched, lambda: keys.press("d"))
    assert captions(film)["C2"].verdict is Verdict.UNDECIDED, "the same again takes it back"
    saved(watched, lambda: keys.press("Delete"))
    assert captions(film)["C2"].verdict is Verdict.REJECTED, "what a machine proposed stays, so that it is not again"
    page.reload()
    watched.until("state.film && !state.waiting")
    for expected in (Verdict.UNDECIDED, Verdict.REJECTED, Verdict.UNDECIDED):
        saved(watched, lambda: keys.press("Control+z"))
        assert captions(film)["C2"].verdict is expected
    saved(watched, lambda: keys.press("Control+z"))
    assert captions(film)["C1"].verdict is Verdict.UNDECIDED, "across a reload, step by step"
    saved(watched, lambda: keys.press("Control+Shift+z"))
    assert captions(film)["C1"].verdict is Verdict.APPROVED


def test_buttons_say_and_do_the_same(heard: Desk) -> None:
    watched, film = heard
    choose(watched, 100)
    desk = watched.page.locator("ciak-caption")
    said = [desk.locator(place) for place in ("p", "span.quiet")]
    assert [each.inner_text() for each in said] == ["Music · English · C1 · hearer:fake · sure by 80%", "to decide"]
    saved(watched, lambda: desk.get_by_role("button", name="Reject").click())
    assert captions(film)["C1"].verdict is Verdict.REJECTED and said[1].inner_text() == "rejected"
    saved(watched, lambda: desk.get_by_role("button", name="Approve").click())
    assert captions(film)["C1"].verdict is Verdict.APPROVED
    assert desk.get_by_role("button", name="Approve").get_attribute("aria-pressed") == "true"
    assert desk.get_by_role("button", name="Remove").count() == 0, "only what a person wrote"


def test_words_are_typed_and_times_moved(heard: Desk) -> None:
    watched, film = heard
    keys = watched.page.keyboard
    choose(watched, 100)
    keys.press("Enter")
    keys.type("a slow waltz")
    saved(watched, lambda: keys.press("Enter"))
    one = captions(film)["C1"]
    assert (one.text, one.origin, one.verdict) == ("a slow waltz", "person", Verdict.APPROVED)
    for key, expected in ((".", (85, 133)), (",", (84, 132)), (">", (94, 142)), ("<", (84, 132))):
        saved(watched, lambda key=key: keys.press(key))
        assert frames(captions(film)["C1"]) == expected, key
    watched.js("clock.seek(90)")
    saved(watched, lambda: keys.press("["))
    assert frames(captions(film)["C1"]) == (90, 132)
    saved(watched, lambda: drag(watched, LANE, 131.4, 140, keys=("Alt",)))
    assert frames(captions(film)["C1"])[0] == 90 and 138 <= frames(captions(film)["C1"])[1] <= 142
    field = watched.page.locator("ciak-caption [data-part=in]")
    field.fill("01:00:03:16")
    saved(watched, lambda: field.press("Enter"))
    assert frames(captions(film)["C1"])[0] == 88
    keys.press("Enter")
    watched.page.locator("ciak-caption textarea").fill("never said")
    keys.press("Escape")
    assert watched.page.locator("ciak-caption textarea").input_value() == "a slow waltz"
    assert watched.js("return studio.strip.focused.id") == LANE, "the keys go on where they were"
    keys.press("ArrowDown")
    assert watched.js("return state.caption.id") == "C2"


def test_one_is_written_at_the_playhead_and_taken_away(heard: Desk) -> None:
    watched, film = heard
    keys = watched.page.keyboard
    watched.js("clock.seek(180)")
    keys.press("c")
    watched.until("studio.inspector.told.shadowRoot.activeElement?.dataset.part === 'text'")
    keys.press("Escape")
    assert watched.js("return state.caption") is None and len(captions(film)) == 2, "nothing was begun"
    keys.press("c")
    watched.until("studio.inspector.told.shadowRoot.activeElement?.dataset.part === 'text'")
    watched.page.locator("ciak-caption textarea").fill("over the hills")
    watched.page.locator("ciak-caption [data-part=kind]").select_option("lyric")
    saved(watched, lambda: watched.page.locator("ciak-caption textarea").press("Enter"))
    new = captions(film)["C3"]
    assert (new.kind, new.text, new.verdict, frames(new)) == (
        CaptionKind.LYRIC, "over the hills", Verdict.APPROVED, (180, 228))
    watched.until("state.caption?.id === 'C3'")
    saved(watched, lambda: keys.press("Delete"))
    assert set(captions(film)) == {"C1", "C2"}
    watched.until("!state.caption")
    saved(watched, lambda: keys.press("Control+z"))
    assert captions(film)["C3"] == new


def test_a_film_without_captions_has_no_lane_for_them(page: Watched) -> None:
    assert page.js("return studio.strip.lanes.filter((lane) => lane.id.startsWith('captions')).length") == 0
    assert page.page.locator("ciak-inspector [data-part=waiting]").count() == 0


def test_somebody_else_decides_meanwhile(heard: Desk) -> None:
    watched, film = heard
    choose(watched, 100)
    other = Film.open(film.path)
    told = other.dialogue("en")
    assert told is not None
    watched.page.keyboard.press("Enter")
    watched.page.locator("ciak-caption textarea").fill("a slow waltz")
    changed = told.captions[0].model_copy(update={"text": "a march"})
    other.save_dialogue(told.model_copy(update={"captions": (changed, *told.captions[1:])}))
    dialog = watched.page.locator("ciak-conflict")
    dialog.get_by_text("a march").wait_for()
    assert "a slow waltz" in dialog.locator("dl").inner_text()
    assert captions(film)["C1"].text == "a march", "nothing is overwritten"
    saved(watched, lambda: dialog.get_by_role("button", name="Make my change all the same").click())
    assert captions(film)["C1"].text == "a slow waltz"
