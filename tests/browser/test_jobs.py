"""Long work from the page, with the fakes: it starts, tells how far it is, stops, goes on, and its result appears."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import Room, Watched, leave
from tests.browser.steps import on_disk, row

from ciak.bootstrap import import_media, survey
from ciak.project import Film

pytestmark = pytest.mark.browser
PATIENT = 40000


@pytest.fixture(scope="module")
def heard(spoken: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of the fakes' world that was imported and looked through; to be copied."""
    film = Film.create(tmp_path_factory.mktemp("heard") / "film", "Made up", language="en")
    import_media(film, spoken)
    survey(film)
    film.close()
    return film.path


@pytest.fixture
def made(room: Room, heard: Path, tmp_path: Path) -> Iterator[tuple[Watched, Film]]:
    """That film, shown."""
    shutil.copytree(heard, tmp_path / "film")
    film = Film.open(tmp_path / "film")
    watched = room.show(room.key(film))
    watched.page.get_by_text("No dialogue yet").wait_for()
    yield watched, film
    leave(watched, room.served.origin, "Canvas2D")


def begin(watched: Watched, kind: str) -> Any:
    """Start work by the button; the dialog that then shows it."""
    watched.page.get_by_role("button", name="New work").click()
    dialog = watched.page.get_by_role("dialog", name="New work")
    dialog.get_by_text(kind, exact=True).click()
    watched.until("studio.work.to.value === 'it'")
    assert "Takes about" in dialog.inner_text()
    dialog.get_by_role("button", name="Start", exact=True).click()
    work = watched.page.get_by_role("dialog", name="Work", exact=True)
    work.wait_for()
    return work


def test_a_dub_from_the_page_comes_with_everything(made: tuple[Watched, Film], room: Room) -> None:
    watched, film = made
    watched.js(
        "window.seen = []; state.addEventListener('change', () => { for (const job of state.jobs)"
        " window.seen.push([job.state, job.done, job.left, job.what]); });"
    )
    work = begin(watched, "Dubbing")
    work.get_by_role("progressbar", name="Dubbing").wait_for()
    watched.page.keyboard.press("Escape")
    key = watched.js("return state.key")
    watched.page.close()
    watched = room.show(key)
    watched.page.locator("ciak-lines .row").first.wait_for(timeout=PATIENT)
    watched.until("state.jobs[0].state === 'done' && state.report?.present")
    assert "casa" in watched.page.locator("ciak-lines .translation").first.inner_text()
    assert {"en", "it"} <= set(
        watched.js("return state.film.languages.filter((one) => one.proxy).map((one) => one.code)")
    )
    watched.until("studio.strip.lanes.some((lane) => lane.id.startsWith('wave-MIX'))")
    lanes = watched.js("return studio.strip.lanes.map((lane) => lane.id)")
    assert {"shots", "wave-original", "subtitles-it"} <= set(lanes)
    assert len([lane for lane in lanes if lane.startswith("loops-")]) == 2
    watched.page.get_by_role("button", name="Work", exact=True).click()
    assert "done in" in watched.page.get_by_role("dialog", name="Work", exact=True).inner_text()
    watched.page.keyboard.press("Escape")
    watched.page.get_by_role("link", name="Report").click()
    watched.page.get_by_text("2 of 2").first.wait_for()
    watched.page.get_by_role("link", name="Dialogue").click()
    before = on_disk(film)
    first = min(before.values(), key=lambda loop: loop.span.start)
    watched.page.locator("ciak-lines .row").first.click()
    watched.page.get_by_role("button", name="Do it again").click()
    watched.until("state.jobs[0].verb === 'redo' && state.jobs[0].state === 'done'")
    again = on_disk(film)[first.id]
    assert again.chosen and again.kept, "the new take is chosen, and the next dub keeps it"
    watched.until("state.line.takes.some((take) => take.chosen)")
    loud = watched.js(
        "await new Promise((r) => setTimeout(r, 400));"
        "const row = [...studio.strip.body.children].find((node) => node.lane.id === 'wave-original');"
        "const canvas = row.querySelector('canvas'); const draw = canvas.getContext('2d');"
        "const tall = (frame) => {"
        " const { data } = draw.getImageData(Math.round(studio.strip.view.x(frame)), 0, 1, canvas.height);"
        " return data.filter((_, at) => at % 4 === 3 && data[at] > 0).length; };"
        "let most = 0; for (let frame = 24; frame < 48; frame += 1) most = Math.max(most, tall(frame));"
        "return [most, tall(8)];"
    )
    assert loud[0] > loud[1] + 4, "the waveform is high where somebody speaks"
    leave(watched, room.served.origin, "Canvas2D")
    made[0].page = room.context.new_page()
    made[0].page.goto(f"{room.served.origin}/#/")


def test_subtitles_for_who_does_not_hear_in_a_client_s_format(made: tuple[Watched, Film]) -> None:
    watched, film = made
    watched.page.get_by_role("button", name="New work").click()
    dialog = watched.page.get_by_role("dialog", name="New work")
    assert not dialog.get_by_label("Written as").is_visible(), "a dub has none"
    dialog.get_by_text("Subtitling", exact=True).click()
    dialog.get_by_label("Written as").select_option("ebu-stl")
    dialog.get_by_label("For the deaf and hard of hearing too").check()
    dialog.get_by_role("button", name="Start", exact=True).click()
    watched.until("state.jobs[0]?.state === 'done'")
    asked = watched.js("return state.jobs.map((job) => job.verb)")
    assert asked == ["subtitle"]
    assert list((film.path / "deliveries").glob("*.stl"))


def test_progress_is_told_and_work_stops_and_goes_on(made: tuple[Watched, Film]) -> None:
    watched, _ = made
    watched.js(
        "window.seen = []; state.addEventListener('change', () => { for (const job of state.jobs)"
        " window.seen.push([job.state, job.done, job.left]); });"
    )
    work = begin(watched, "Dubbing")
    bar = work.get_by_role("progressbar", name="Dubbing")
    bar.wait_for()
    watched.until("0 < state.jobs[0].done && state.jobs[0].done < 1")
    work.get_by_role("button", name="Stop").click()
    work.get_by_text("what was finished is kept").wait_for(timeout=PATIENT)
    assert watched.js("return state.jobs[0].state") == "cancelled"
    again = work.get_by_role("button", name="Take up again")
    again.hover()
    watched.page.mouse.down()
    watched.js("studio.jobs.jobs = [...state.jobs]; await null; await null;")
    watched.page.mouse.up()  # news of the work comes while the button is held: it is still the same button
    work.get_by_text("done in").wait_for(timeout=PATIENT)
    watched.until("studio.lines.lines.length === 2")
    watched.page.keyboard.press("Escape")
    row(watched, "notte").wait_for()
    seen = watched.js("return window.seen")
    assert any(0 < done < 1 for _, done, _ in seen), "it told how far it was"
    assert max(done for _, done, _ in seen) == 1


def test_work_that_fails_says_why(made: tuple[Watched, Film]) -> None:
    watched, film = made
    asked = "await state.api.start({ verb: 'import', path: argument, copy_file: false })"
    wrong = film.path / "letter.mp4"
    wrong.write_text("This is no film.")
    watched.js(asked, str(wrong))
    watched.until("state.jobs.length === 1 && state.jobs[0].state === 'failed'")
    watched.page.get_by_role("button", name="Work", exact=True).click()
    dialog = watched.page.get_by_role("dialog", name="Work", exact=True)
    assert len(dialog.locator(".failed .state").inner_text()) > 10
    assert dialog.get_by_role("button", name="Take up again").count() == 0, "another file is to be chosen"
    watched.page.keyboard.press("Escape")


def test_lines_from_a_list_that_is_chosen(made: tuple[Watched, Film]) -> None:
    watched, film = made
    watched.page.get_by_role("button", name="New work").click()
    dialog = watched.page.get_by_role("dialog", name="New work")
    dialog.get_by_text("Subtitling", exact=True).click()
    assert not dialog.get_by_label("The file").is_visible()
    assert "translation of your own" not in dialog.get_by_label("Lines from").inner_text()
    dialog.get_by_label("Lines from").select_option("as_recorded")
    dialog.get_by_role("button", name="Start", exact=True).click()
    dialog.get_by_text("Choose the file first").wait_for()
    dialog.get_by_label("The file").set_input_files({"name": "night.csv", "mimeType": "text/csv", "buffer": (
        b"in,out,character,text\n00:00:01.000,00:00:03.000,ADA,Where are the reels?\n")})
    dialog.get_by_role("button", name="Start", exact=True).click()
    watched.page.locator("ciak-lines .row", has_text="Where are the reels?").wait_for(timeout=PATIENT)
    watched.until("state.jobs[0].state === 'done'")
    assert [loop.text for loop in on_disk(film, "en").values()] == ["Where are the reels?"]
