"""Takes by the API: a WAV that was sent becomes one, in a worker; a take is dropped; what cannot be is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.dubbing.recorded import speech, write_wav
from tests.server.asking import Page, of
from tests.server.routes import UPLOAD
from tests.server.small_film import speak
from tests.server.test_edits import do, lines
from tests.server.test_jobs import done, start, until

from ciak.config import Settings
from ciak.project import Film
from ciak.server.studio import Session, build


@pytest.fixture
def page(film: Path, session: Session, known: dict[str, str], settings: Settings) -> Page:
    """A page whose work runs with backends that need no model."""
    return Page(build(film, session, settings), known)


def send(page: Page, film: Path, data: bytes, name: str = "l0003.wav") -> str:
    """Send a file whole; the upload."""
    upload = page.post(of(film, "uploads"), {"name": name, "size": len(data)}).json["id"]
    assert page.put(of(film, f"uploads/{upload}?offset=0"), data).status == 200
    return str(upload)


def test_a_recording_that_was_sent_is_the_lines_take(page: Page, film: Path, tmp_path: Path) -> None:
    data = write_wav(tmp_path / "t.wav", speech(0.6)).read_bytes()
    upload = send(page, film, data)
    done(page, film, start(page, film, {"verb": "take", "language": "it", "line": "l0003", "upload": upload,
                                        "actor": "Anna Rossi"}))
    take = lines(page, film)["l0003"]["takes"][-1]
    assert (take["kind"], take["voice"], take["chosen"], take["seconds"]) == ("imported", "Anna Rossi", True, 0.6)
    assert not (film / ".ciak" / "uploads" / upload).exists()
    sound = page.get(of(film, f"takes/it/l0003/{take['id']}"))
    assert sound.status == 200 and sound.body[:4] == b"RIFF"
    loop = Film.open(film).dialogue("it").loop("l0003")  # type: ignore[union-attr]
    assert loop is not None and loop.take is not None and loop.take.recording is not None
    assert (film / loop.take.recording.path).read_bytes() == data
    Film.open(film).artefacts.path(loop.take.sound).unlink()
    again = page.get(of(film, f"takes/it/l0003/{take['id']}"))
    assert again.body == sound.body, "made of the recording again"
    assert page.post(of(film, "undo")).status == 200
    assert not lines(page, film)["l0003"]["takes"]
    assert page.post(of(film, "redo")).status == 200
    assert lines(page, film)["l0003"]["takes"][-1]["chosen"]


def test_what_is_no_recording_is_told_and_given_up(page: Page, film: Path, tmp_path: Path) -> None:
    before = (film / "dialogue" / "it.json").read_bytes()
    for data, word in ((write_wav(tmp_path / "s.wav", np.zeros(4800)).read_bytes(), "silent"),
                       (b"this is a text" * 9, "not a WAV")):
        upload = send(page, film, data)
        work = start(page, film, {"verb": "take", "language": "it", "line": "l0003", "upload": upload})
        now = until(page, film, work, lambda now: now["state"] not in ("queued", "running"))
        assert now["state"] == "failed" and word in now["error"]
        assert not (film / ".ciak" / "uploads" / upload).exists()
    assert (film / "dialogue" / "it.json").read_bytes() == before
    missing = {"verb": "take", "language": "it", "line": "l0003", "upload": UPLOAD}
    assert page.post(of(film, "jobs"), missing).status == 404


def test_a_take_is_dropped_unless_it_is_the_chosen_one(page: Page, film: Path) -> None:
    speak(Film.open(film), "it", "l0001", b"RIFFone")
    assert do(page, film, {"do": "drop-take", "loop": "l0001", "take": "t1"}).status == 422
    assert do(page, film, {"do": "choose", "loop": "l0001", "take": None}).status == 200
    assert do(page, film, {"do": "drop-take", "loop": "l0001", "take": "t1"}).status == 200
    assert lines(page, film)["l0001"]["takes"] == []
    assert do(page, film, {"do": "drop-take", "loop": "l0001", "take": "t1"}).status == 404
    assert page.post(of(film, "undo")).status == 200
    assert [take["id"] for take in lines(page, film)["l0001"]["takes"]] == ["t1"]
