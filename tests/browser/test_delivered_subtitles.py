"""The strip shows the subtitles that are delivered: by the film's profile, whatever a person does meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.browser.conftest import Room, Watched, leave
from tests.browser.steps import row, saved
from tests.browser.test_subtitles import choose, field, held

from ciak.dubbing.profile import profile_for
from ciak.dubbing.titling import delivered, film_titling
from ciak.project import Film, shots_of

pytestmark = pytest.mark.browser
Desk = tuple[Watched, Film]
CUES = "state.cuesOf.get('it').map(({ first, end, lines }) => [first, end, lines.join('\\n')])"


@pytest.fixture
def kept(room: Room, surveyed: Path, tmp_path: Path) -> Iterator[Desk]:
    """A film that was looked through and keeps the rules of European broadcast, shown."""
    shutil.copytree(surveyed, tmp_path / "film")
    film = Film.open(tmp_path / "film")
    film.save_sheet(film.sheet.model_copy(update={"profile": "ebu"}))
    watched = room.show(room.key(film))
    watched.until("!clock.loading && clock.shown !== null && studio.strip.lanes.length > 4 && state.delivered('it')")
    yield watched, film
    leave(watched, room.served.origin, "Canvas2D", "status of 404")


def leaves_the_house(film: Film) -> list[list[object]]:
    """The Italian subtitles as they are delivered, by frame."""
    now = Film.open(film.path)
    told = now.dialogue("it")
    assert told is not None
    cuts = [shot.first for shot in shots_of(now)]
    made = delivered(now, told, film_titling(now), lambda done: None, known=cuts)
    return [[now.rate.nearest_frame(cue.span.start), now.rate.nearest_frame(cue.span.end), "\n".join(cue.lines)]
            for cue in made.document.cues]


def test_the_lane_has_what_is_delivered_also_after_an_edit(kept: Desk) -> None:
    watched, film = kept
    assert watched.js(f"return {CUES}") == leaves_the_house(film)
    before = watched.js("return state.cuesOf.get('it')")
    saved(watched, lambda: watched.js("await state.edit([{ do: 'retype', loop: 'l0004',"
                                      " text: 'Allora abbiamo tempo, ma non tanto quanto credi.' }])"))
    watched.until("state.cuesOf.get('it').some(({ lines }) => lines.join(' ').includes('quanto credi'))"
                  " && state.delivered('it')")
    assert watched.js(f"return {CUES}") == leaves_the_house(film)
    assert watched.js("return state.cuesOf.get('it')") != before


def test_a_lane_that_is_not_final_says_so(kept: Desk) -> None:
    watched, _ = kept
    label = "studio.strip.lanes.find(({ id }) => id === 'subtitles-it').label()"
    assert watched.js(f"return {label}") == "Subtitles, Italian"
    assert watched.js(f"state.delivered = () => false; return {label}") == "Subtitles, Italian, not final yet"


def test_one_that_is_divided_leaves_the_gap_of_the_profile(kept: Desk) -> None:
    watched, film = kept
    gap = profile_for("ebu", "it").gap_frames
    assert gap != 2
    told = choose(watched, 60)
    watched.js("clock.seek(argument)", (told["first"] + told["end"]) // 2)
    saved(watched, lambda: watched.page.keyboard.press("x"))
    loop = told["loops"][0]
    one, other = held(film, loop)
    assert other[0] - one[1] == gap


def answer_with(watched: Watched, change: str) -> None:
    """The server's next Italian subtitles are others; they are asked for."""
    watched.js("const { api } = state; const ask = api.subtitles.bind(api); api.subtitles = async (code) => {"
               f" const told = await ask(code); if (code === 'it') ({change})(told); return told; }};"
               "await state.edit([{ do: 'retype', loop: 'l0006', text: 'Sto correndo.' }]);")


def test_what_is_selected_stays_selected_when_others_come(kept: Desk) -> None:
    watched, _ = kept
    told = choose(watched, 60)
    answer_with(watched, "(told) => { const at = told.cues.findIndex(({ frames }) => 60 < frames.end);"
                " const cue = told.cues[at]; cue.frames.first += 1; told.cues.splice(at, 0,"
                " { ...cue, frames: { first: cue.frames.first - 1, end: cue.frames.first } }); }")
    watched.until("state.cuesOf.get('it').some(({ first }) => first === argument)", told["first"] + 1)
    assert watched.js("return state.subtitle.first") == told["first"] + 1, "the one that has most of its time"


def test_who_types_is_not_interrupted_and_what_was_typed_is_saved_once(kept: Desk) -> None:
    watched, film = kept
    told = choose(watched, 60)
    field(watched).focus()
    field(watched).fill("In macchina.\nSotto.")
    answer_with(watched, "(told) => { const cue = told.cues.find(({ frames }) => 60 < frames.end);"
                " cue.frames.end -= 1; cue.lines = ['Altro']; }")
    watched.until("state.subtitle?.lines[0] === 'Altro'")
    now = watched.js("return [state.subtitle.first, state.subtitle.end]")
    assert field(watched).input_value() == "In macchina.\nSotto."
    assert field(watched).evaluate("(field) => field.getRootNode().activeElement === field")
    saved(watched, lambda: row(watched, "Run.").click())
    assert held(film, told["loops"][0]) == [(*now, ("In macchina.", "Sotto."))]


def test_an_answer_that_was_asked_for_before_an_edit_is_not_shown(kept: Desk) -> None:
    watched, _ = kept
    watched.js("const { api } = state; const ask = api.subtitles.bind(api); window.late = 0;"
               "api.subtitles = async (code) => { const told = await ask(code);"
               " if (code === 'it' && !window.late) { window.late = 1; await new Promise((go) => { window.go = go; });"
               " told.cues = []; window.late = 2; } return told; };"
               "await state.edit([{ do: 'retype', loop: 'l0006', text: 'Sto correndo.' }]);")
    watched.until("window.go")
    watched.js("const done = state.edit([{ do: 'retype', loop: 'l0005', text: 'Corri, corri.' }]);"
               "window.go(); await done;")
    watched.until("window.late === 2")
    assert watched.js("return state.cuesOf.get('it').length"), "what was empty was late"
    watched.until("state.cuesOf.get('it').some(({ lines }) => lines.join(' ').includes('Corri, corri'))")


def test_shots_that_are_found_meanwhile_are_kept_to(kept: Desk) -> None:
    watched, film = kept
    watched.js("const ask = state.api.subtitles.bind(state.api); window.asked = 0;"
               "state.api.subtitles = async (code) => { window.asked += 1; return ask(code); };")
    thumbnails = sorted((film.path / ".ciak" / "artefacts").rglob("*.thumbs"))
    (film.path / "seen").mkdir()
    for one in thumbnails:
        one.rename(film.path / "seen" / one.name)
    watched.until("window.asked >= 2")
