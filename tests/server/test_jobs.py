"""Long work in real worker processes, with backends that need no model: started, watched, stopped, taken up again."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.dubbing.journeys import talking_clip
from tests.server.asking import Page, of
from tests.server.routes import UPLOAD

from ciak.config import Settings
from ciak.project import Film
from ciak.server.studio import Session, build


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three lines in eight seconds of picture."""
    return talking_clip(tmp_path_factory.mktemp("clip") / "night.mp4")


@pytest.fixture
def new(tmp_path: Path, session: Session, known: dict[str, str], settings: Settings) -> Iterator[tuple[Page, Path]]:
    """A film without anything, and a page that shows it."""
    film = Film.create(tmp_path / "new", "New", language="en").path
    gate = build(film, session, settings)
    yield Page(gate, known), film
    gate._app.state.house.close()  # type: ignore[attr-defined]


def start(page: Page, film: Path, work: dict[str, Any]) -> str:
    """Start work; its id."""
    answer = page.post(of(film, "jobs"), work)
    assert answer.status == 201, answer.body
    assert answer.json["state"] in ("queued", "running") and answer.json["verb"] == work["verb"]
    return str(answer.json["id"])


def job(page: Page, film: Path, identity: str) -> dict[str, Any]:
    """A piece of work as it stands."""
    return next(one for one in page.get(of(film, "jobs")).json if one["id"] == identity)


def until(page: Page, film: Path, identity: str, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Look until work is so."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        now = job(page, film, identity)
        if fits(now):
            return now
        time.sleep(0.05)
    raise AssertionError(f"it never came to that: {now}")


def done(page: Page, film: Path, identity: str) -> dict[str, Any]:
    """Wait until work has ended well."""
    now = until(page, film, identity, lambda now: now["state"] not in ("queued", "running"))
    assert (now["state"], now["error"], now["done"]) == ("done", "", 1.0), now
    return now


def test_a_film_from_import_to_dub_to_redo(new: tuple[Page, Path], clip: Path) -> None:
    page, film = new
    done(page, film, start(page, film, {"verb": "import", "path": str(clip)}))
    told = page.get(of(film)).json
    assert told["imported"] and not told["missing"] and told["languages"][0]["proxy"]["frames"] == 192
    shots = page.get(of(film, "shots")).json
    assert shots["complete"] and "original" in shots["sounds"], "it was looked through too"
    done(page, film, start(page, film, {"verb": "subtitle"}))
    assert page.get(of(film, "dialogue/en")).json["lines"]
    dubbing = start(page, film, {"verb": "dub", "to": "it"})
    seen = until(page, film, dubbing, lambda now: now["what"] != "" or now["state"] == "done")
    assert 0 <= seen["done"] <= 1
    done(page, film, dubbing)
    lines = page.get(of(film, "dialogue/it")).json["lines"]
    assert lines and all(line["takes"] for line in lines)
    assert page.get(of(film, "report")).json["present"]
    assert {"original", "DX.it", "ME.it", "MIX.it"} <= set(page.get(of(film, "shots")).json["sounds"])
    take = lines[0]["takes"][-1]["id"]
    sound = page.get(of(film, f"takes/it/{lines[0]['id']}/{take}"))
    assert sound.status == 200 and sound.body.startswith(b"RIFF")
    assert page.get(of(film, "media/it")).status == 200
    done(page, film, start(page, film, {"verb": "redo", "language": "it", "lines": [lines[0]["id"]]}))
    again = page.get(of(film, "dialogue/it")).json["lines"][0]
    assert len(again["takes"]) > len(lines[0]["takes"]) or again["takes"] != lines[0]["takes"]
    assert [one["verb"] for one in page.get(of(film, "jobs")).json] == ["redo", "dub", "subtitle", "import"]


def test_subtitles_are_written_in_the_formats_that_were_asked_for(new: tuple[Page, Path], clip: Path) -> None:
    page, film = new
    done(page, film, start(page, film, {"verb": "import", "path": str(clip)}))
    done(page, film, start(page, film, {"verb": "subtitle", "sdh": True, "formats": ["imsc", "ebu-stl"]}))
    written = {path.suffix for path in (film / "deliveries").iterdir()}
    assert {".srt", ".vtt", ".ttml", ".stl"} <= written
    captions = page.get(of(film, "dialogue/en")).json["captions"]
    sdh = [path for path in (film / "deliveries").iterdir() if ".sdh." in path.name]
    assert bool(sdh) == (not captions), "what waits for a person is not delivered"
    assert page.post(of(film, "jobs"), {"verb": "subtitle", "formats": ["doc"]}).status == 422


def test_a_file_that_was_sent_is_imported_and_given_up(new: tuple[Page, Path], clip: Path) -> None:
    page, film = new
    data = clip.read_bytes()
    upload = page.post(of(film, "uploads"), {"name": "la mia notte.mp4", "size": len(data)}).json["id"]
    half = start_status(page, film, {"verb": "import", "upload": upload})
    assert half == 422, "not before it is whole"
    page.put(of(film, f"uploads/{upload}?offset=0"), data)
    done(page, film, start(page, film, {"verb": "import", "upload": upload}))
    assert (film / "media" / "la mia notte.mp4").read_bytes() == data
    assert not (film / ".ciak" / "uploads" / upload).exists()
    assert start_status(page, film, {"verb": "import", "upload": upload}) == 404


def start_status(page: Page, film: Path, work: dict[str, Any]) -> int:
    """What starting work is answered."""
    answer = page.post(of(film, "jobs"), work)
    assert answer.status < 500 and (answer.status == 201 or answer.json["message"]), answer.body
    return answer.status


def test_a_source_that_was_moved_is_found_again(new: tuple[Page, Path], clip: Path, tmp_path: Path) -> None:
    page, film = new
    first, second = tmp_path / "first.mp4", tmp_path / "second.mp4"
    shutil.copy(clip, first)
    done(page, film, start(page, film, {"verb": "import", "path": str(first), "copy_file": False}))
    first.rename(second)
    assert page.get(of(film)).json["missing"]
    assert start_status(page, film, {"verb": "dub", "to": "it"}) == 404, "said at once, not by a worker"
    assert start_status(page, film, {"verb": "find", "path": str(first)}) == 404
    (tmp_path / "third.mp4").write_bytes(b"another file")
    wrong = start(page, film, {"verb": "find", "path": str(tmp_path / "third.mp4")})
    failed = until(page, film, wrong, lambda now: now["state"] == "failed")
    assert "not the file" in failed["error"]
    done(page, film, start(page, film, {"verb": "find", "path": str(second)}))
    assert not page.get(of(film)).json["missing"]


@pytest.mark.parametrize(("work", "status"), [
    ({"verb": "dub", "to": "it"}, 422), ({"verb": "subtitle"}, 422), ({"verb": "import"}, 422),
    ({"verb": "import", "path": "/x", "upload": UPLOAD}, 422), ({"verb": "import", "upload": UPLOAD}, 404),
    ({"verb": "import", "path": "night.mp4"}, 422), ({"verb": "import", "path": "../night.mp4"}, 422),
    ({"verb": "import", "path": "/nowhere.mp4"}, 404), ({"verb": "import", "path": "/"}, 404),
    ({"verb": "import", "path": "/\0"}, 422), ({"verb": "find", "path": "/dev/zero"}, 404), ({"verb": "dub"}, 422),
    ({"verb": "dub", "to": "../it"}, 422), ({"verb": "remove"}, 422), ({}, 422),
    ({"verb": "redo", "language": "it"}, 422),
    ({"verb": "redo", "language": "it", "lines": []}, 422), ({"verb": "survey", "folder": "/"}, 422)])
def test_work_that_cannot_be_is_refused_before_it_starts(new: tuple[Page, Path], work: dict[str, Any], status: int
                                                         ) -> None:
    page, film = new
    assert start_status(page, film, work) == status
    assert page.get(of(film, "jobs")).json == []


def test_no_file_as_media_is_said_and_the_film_is_as_before(new: tuple[Page, Path], tmp_path: Path) -> None:
    page, film = new
    (tmp_path / "text.mp4").write_text("no film at all")
    failed = until(page, film, start(page, film, {"verb": "import", "path": str(tmp_path / "text.mp4")}),
                   lambda now: now["state"] == "failed")
    assert failed["error"] and "Traceback" not in failed["error"]
    assert not page.get(of(film)).json["imported"]


def test_work_is_stopped_and_taken_up_again(new: tuple[Page, Path], clip: Path) -> None:
    page, film = new
    done(page, film, start(page, film, {"verb": "import", "path": str(clip)}))
    first = start(page, film, {"verb": "dub", "to": "it"})
    until(page, film, first, lambda now: now["done"] > 0.05 or now["state"] == "done")
    assert page.post(of(film, f"jobs/{first}/cancel")).status == 200
    stopped = until(page, film, first, lambda now: now["state"] not in ("queued", "running"))
    assert stopped["state"] == "cancelled"
    answer = page.post(of(film, f"jobs/{first}/resume"))
    assert answer.status == 201 and answer.json["id"] != first
    assert page.post(of(film, f"jobs/{answer.json['id']}/resume")).status == 409, "it runs"
    done(page, film, answer.json["id"])
    assert page.get(of(film, "dialogue/it")).json["lines"]


@pytest.mark.parametrize("identity", ["0" * 16, "x", "..", "0" * 500])
def test_work_that_nobody_knows(new: tuple[Page, Path], identity: str) -> None:
    page, film = new
    for verb in ("cancel", "resume"):
        assert page.post(of(film, f"jobs/{identity}/{verb}")).status in (400, 404)


def test_closing_the_studio_stops_what_runs_and_leaves_it_to_be_taken_up(
    new: tuple[Page, Path], clip: Path, session: Session, settings: Settings
) -> None:
    page, film = new
    done(page, film, start(page, film, {"verb": "import", "path": str(clip)}))
    first = start(page, film, {"verb": "dub", "to": "it"})
    until(page, film, first, lambda now: now["done"] > 0.05)
    page.app._app.state.house.close()
    again = build(film, session, settings)
    page = Page(again, page.known)
    assert job(page, film, first)["state"] in ("cancelled", "interrupted")
    answer = page.post(of(film, f"jobs/{first}/resume"))
    done(page, film, answer.json["id"])
    again._app.state.house.close()  # type: ignore[attr-defined]


def sent(page: Page, film: Path, name: str, data: bytes) -> str:
    """Send a file; the id of the upload."""
    upload = str(page.post(of(film, "uploads"), {"name": name, "size": len(data)}).json["id"])
    assert page.put(of(film, f"uploads/{upload}?offset=0"), data).status == 200
    return upload


LIST = (b"in,out,character,text\n00:00:00.500,00:00:01.900,ADA,Where are the reels?\n"
        b"00:00:03.000,00:00:04.200,LEO,In the car.\n")


def test_lines_come_from_a_file_that_was_sent(new: tuple[Page, Path], clip: Path) -> None:
    page, film = new
    done(page, film, start(page, film, {"verb": "import", "path": str(clip)}))
    listed = sent(page, film, "night.csv", LIST)
    done(page, film, start(page, film, {"verb": "subtitle", "as_recorded": listed}))
    lines = page.get(of(film, "dialogue/en")).json["lines"]
    assert [line["text"] for line in lines] == ["Where are the reels?", "In the car."]
    assert all(line["origin"].startswith("given:") for line in lines)
    done(page, film, start(page, film, {"verb": "subtitle", "as_recorded": listed}))
    wrong = sent(page, film, "night.csv", b"nothing, that, is\na, list, here\n")
    now = until(page, film, start(page, film, {"verb": "subtitle", "as_recorded": wrong}),
                lambda now: now["state"] not in ("queued", "running"))
    assert now["state"] == "failed" and now["error"] and "\n" not in now["error"]
    both = page.post(of(film, "jobs"), {"verb": "subtitle", "as_recorded": listed, "screenplay": wrong})
    assert both.status == 422 and "not from both" in both.json["message"]
    assert page.post(of(film, "jobs"), {"verb": "subtitle", "screenplay": "0" * 32}).status == 404
    assert page.post(of(film, "jobs"), {"verb": "subtitle", "translation": listed}).status == 422, "only a dub has one"
