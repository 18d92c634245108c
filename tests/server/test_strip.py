"""What the strip draws of a film that was really surveyed: shots, thumbnails, waveforms; and the sound of takes."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from tests.server.asking import Page, of
from tests.server.conftest import CLIP
from tests.server.small_film import FRAMES, SQUARE, make_film

from ciak.config import Settings
from ciak.server.studio import Session, build


def test_shots_cover_the_film_and_have_pictures(desk: Page, whole: Path) -> None:
    told = desk.get(of(whole, "shots")).json
    assert told["complete"] is False or set(told["sounds"]) == {"original"}
    assert told["shots"][0]["first"] == 0 and told["shots"][-1]["end"] == FRAMES
    for before, after in zip(told["shots"], told["shots"][1:], strict=False):
        assert before["end"] == after["first"]
    assert told["shots"][0]["picture"] == 0
    assert len(told["pictures"]) >= len(told["shots"]) and told["version"] and len(told["sounds"]["original"]) == 16


def test_each_thumbnail_shows_its_frame(desk: Page, whole: Path) -> None:
    told = desk.get(of(whole, "shots")).json
    for number, frame in enumerate(told["pictures"]):
        answer = desk.get(of(whole, f"thumbnails/{number}?v={told['version']}"))
        assert answer.status == 200 and answer.headers["content-type"] == "image/jpeg"
        assert "immutable" in answer.headers["cache-control"]
        with av.open(io.BytesIO(answer.body), format="jpeg_pipe") as file:
            picture = next(file.decode(video=0)).to_ndarray(format="gray")
        step, high = picture.shape[1] * SQUARE / 480, int(picture.shape[0] * SQUARE / 270)
        bits = [picture[2:high - 2, int(bit * step) + 2:int((bit + 1) * step) - 2].mean() > 128 for bit in range(16)]
        assert sum(1 << bit for bit, lit in enumerate(bits) if lit) == frame
    for number in (len(told["pictures"]), 999_999):
        assert desk.get(of(whole, f"thumbnails/{number}")).status == 404
    for odd in ("-1", "x", "1.5", "1000001", "", "9" * 900):
        assert desk.get(of(whole, f"thumbnails/{odd}")).status in (400, 404, 422), odd


def test_waves(desk: Page, whole: Path) -> None:
    answer = desk.get(of(whole, "peaks/original?start=0&end=12&width=100&v=x"))
    assert answer.status == 200 and answer.headers["content-type"] == "application/octet-stream"
    pairs = np.frombuffer(answer.body, np.int8).reshape(-1, 2)
    assert pairs.shape == (100, 2) and (pairs[:, 0] <= pairs[:, 1]).all()
    assert (pairs[5:95, 1] > 3).all() and (pairs[5:95, 0] < -3).all(), "a tone of 0.05"
    past = np.frombuffer(desk.get(of(whole, "peaks/original?start=100&end=200&width=10")).body, np.int8)
    assert past.size == 20 and not past.any()


@pytest.mark.parametrize("query", [
    "", "start=0&end=1", "start=0&end=1&width=0", "start=0&end=1&width=8193", "start=-1&end=1&width=9",
    "start=1&end=1&width=9", "start=2&end=1&width=9", "start=nan&end=1&width=9", "start=0&end=inf&width=9",
    "start=0&end=1e400&width=9", "start=x&end=1&width=9", "start=0&end=1&width=1e9", "start=0&end=1e7&width=9"])
def test_a_window_of_a_wave_that_is_none(desk: Page, whole: Path, query: str) -> None:
    answer = desk.get(of(whole, f"peaks/original?{query}"))
    assert answer.status == 422 and answer.json["message"]


def test_what_was_not_surveyed_is_said(page: Page, film: Path) -> None:
    assert page.get(of(film, "shots")).json == {
        "complete": False, "shots": [], "pictures": [], "version": "", "sounds": {}}
    assert page.get(of(film, "thumbnails/0")).status == 404
    assert page.get(of(film, "peaks/original?start=0&end=1&width=9")).status == 404


def test_damaged_drawings_are_said_and_nothing_else_suffers(desk: Page, whole: Path) -> None:
    for path in (whole / ".ciak" / "artefacts").rglob("*"):
        if path.is_file() and path.suffix not in (".mp4", ".wav", ".json"):
            path.chmod(0o644)
            path.write_bytes(b"x" * 50)
    assert desk.get(of(whole, "shots")).status in (200, 507)
    assert desk.get(of(whole, "thumbnails/0")).status in (404, 422, 507)
    assert desk.get(of(whole, "peaks/original?start=0&end=1&width=9")).status in (404, 422, 507)
    assert desk.get(of(whole, "dialogue/it")).status == 200


def test_a_take_by_ranges(desk: Page, whole: Path) -> None:
    sound = b"RIFF" + CLIP
    at = of(whole, "takes/it/l0001/t1")
    answer = desk.get(at)
    assert (answer.status, answer.headers["content-type"], answer.body) == (200, "audio/wav", sound)
    desk.known["range"] = "bytes=100-1099"
    part = desk.get(at)
    assert part.status == 206 and part.body == sound[100:1100]
    assert part.headers["content-range"] == f"bytes 100-1099/{len(sound)}"
    del desk.known["range"]
    for odd in ("takes/it/l0001/t2", "takes/it/l9/t1", "takes/xx/l0001/t1", "takes/en/l0001/t1"):
        assert desk.get(of(whole, odd)).status == 404, odd


@pytest.mark.parametrize("sound", ["../../../../etc/passwd", "/etc/passwd", "a" * 64 + ".sh", "", "a" * 64 + ".wav",
                                   "film.toml"])
def test_a_take_opens_artefacts_only(
    tmp_path: Path, session: Session, known: dict[str, str], settings: Settings, sound: str
) -> None:
    film = make_film(tmp_path / "odd")
    told = film.dialogue("it")
    assert told is not None
    from ciak.film import Take, TakeKind

    line = told.loops[0]
    take = Take(id="t1", kind=TakeKind.SYNTHETIC, sound=sound, text="x", span=line.span, natural=line.span.duration,
                rate=1.0)
    film.save_dialogue(told.model_copy(update={"loops": (line.model_copy(update={"takes": (take,)}), *told.loops[1:])}))
    answer = Page(build(film.path, session, settings), known).get(of(film.path, "takes/it/l0001/t1"))
    assert answer.status == 404 and b"root:" not in answer.body
