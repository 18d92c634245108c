"""A survey draws what is missing and nothing twice; what is known is told without a computation or a written byte."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.media.clips import ClipPlan, SoundPlan, make_clip, read_code, tone

from ciak.errors import Cancelled, NotFound, NothingToDo, StoreDamaged
from ciak.film import Rate, Shot, Signal
from ciak.media import Peaks, SoundWriter, count_thumbnails, read_thumbnail
from ciak.project import (
    Film,
    Step,
    Survey,
    Surveyed,
    check_film,
    import_media,
    once,
    proxy_of,
    survey,
    surveyed,
)
from ciak.project.survey import _chosen

SIZE = (320, 180)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    make_clip(folder / "both.mp4", ClipPlan(72, Fraction(24), SIZE, sounds=(SoundPlan(tone(144000)),)))
    make_clip(folder / "mute.mp4", ClipPlan(48, Fraction(24), SIZE))
    sound(folder / "voice.wav", 0.5)
    return folder


def sound(path: Path, level: float, seconds: int = 3) -> Path:
    with SoundWriter(path, 48000, 2, "pcm24") as out:
        out.write(Signal(np.full((48000 * seconds, 2), level, np.float32), 48000))
    return path


def film_of(clip: Path, folder: Path) -> Film:
    film = Film.create(folder / "film", "T")
    import_media(film, clip, True)
    return film


@pytest.fixture
def film(clips: Path, tmp_path: Path) -> Film:
    return film_of(clips / "both.mp4", tmp_path)


def steps(film: Film) -> list[str]:
    return [entry.what for entry in film.history.entries() if entry.kind == "step" and entry.what != "proxy"]


def files(film: Film) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in film.path.rglob("*")}


def made(film: Film, name: str, inputs: dict[str, str], settings: dict[str, str],
         outputs: dict[str, bytes | Path]) -> dict[str, str]:
    """A step as a department would do it."""
    def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
        paths = {}
        for key, value in outputs.items():
            paths[key] = temporary(value.suffix if isinstance(value, Path) else ".bin")
            paths[key].write_bytes(value.read_bytes() if isinstance(value, Path) else value)
        return paths

    return once(film, Step(name, "1", inputs, dict(settings)), make)


def dubbed(film: Film, folder: Path, language: str, level: float, *, released: bool = True) -> dict[str, str]:
    assert film.source is not None
    take = made(film, "speak", {}, {"text": str(level), "language": language},
                {"take": f"{language} {level}".encode()})["take"]
    divided = made(film, "divide", {"media": film.source.sha256}, {},
                   {"dialogue": f"dialogue {film.source.sha256}".encode()})
    stems = {name: sound(folder / f"{name}.wav", level * part)
             for name, part in (("DX", 0.25), ("ME", 0.5), ("MIX", 1.0))}
    mixed = made(film, "mix", {"dialogue": divided["dialogue"], "take0": take}, {}, stems)
    if released:
        made(film, "release", {"mix": mixed["MIX"]}, {"target": language}, {"film": b"film"})
    return mixed


def loudest(film: Film, identity: str) -> int:
    with Peaks(film.artefacts.path(identity)) as peaks:
        return max(np.frombuffer(peaks.window(0, peaks.duration, 100), np.int8))


def test_shots_thumbnails_and_the_sound(film: Film) -> None:
    told: list[float] = []
    found = survey(film, told.append)
    assert found.complete and found.shots == (Shot(first=0, end=72),) and found.frames == (24,)
    assert told == sorted(told) and told[-1] == 1.0
    assert found.thumbnails is not None
    with film.artefacts.open(found.thumbnails) as file:
        assert count_thumbnails(file) == 1
        with av.open(io.BytesIO(read_thumbnail(file, 0)), format="jpeg_pipe") as jpeg:
            assert read_code(next(jpeg.decode(video=0)).to_ndarray(format="rgb24")) == 24
    assert list(found.peaks) == ["original"]
    with film.artefacts.open(found.peaks["original"]) as file:
        assert abs(Peaks(file).duration - 3) < Fraction(1, 10)
    assert surveyed(film) == surveyed(Film.open(film.path)) == found
    assert check_film(film.path) == []
    with pytest.raises(FrozenInstanceError):
        found.complete = False  # type: ignore[misc]


def test_a_second_survey_computes_nothing(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    first = survey(film)
    film.artefacts.path(proxy_of(film).path.name).unlink()  # type: ignore[union-attr]
    before = files(film)
    for name in ("find_shots", "write_thumbnails", "write_peaks", "sound_blocks", "make_proxy"):
        monkeypatch.setattr(f"ciak.media.{name}", None)
    assert survey(film) == first
    again = files(film)
    assert {path: mark for path, mark in again.items() if "locks" not in path and "index" not in path} == {
        path: mark for path, mark in before.items() if "locks" not in path and "index" not in path}


@pytest.mark.parametrize("at", [0.0, 0.3, 0.75, 0.8, 0.9])
def test_a_cancelled_survey_goes_on(film: Film, at: float) -> None:
    def stop(done: float) -> None:
        if done >= at:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        survey(film, stop)
    done = steps(film)
    partly = surveyed(film)
    assert not partly.complete and bool(partly.shots) == ("shots" in done)
    found = survey(film)
    assert found.complete and steps(film) == ["shots", "thumbnails", "peaks"]
    assert steps(film)[:len(done)] == done


def test_without_picture_without_sound_without_anything(clips: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    alone = film_of(clips / "voice.wav", tmp_path / "a")
    found = survey(alone)
    assert found == Survey(peaks=found.peaks, complete=True) and loudest(alone, found.peaks["original"]) == 64
    mute = film_of(clips / "mute.mp4", tmp_path / "b")
    assert not surveyed(mute).complete
    found = survey(mute)
    assert found.complete and found.peaks == {} and len(found.shots) == 1 and surveyed(mute) == found
    survey(mute)
    assert steps(mute) == ["shots", "thumbnails", "peaks"]
    empty = Film.create(tmp_path / "c", "T")
    assert surveyed(empty) == Survey()
    with pytest.raises(NothingToDo):
        survey(empty)


def test_the_stems_of_each_language(film: Film, tmp_path: Path) -> None:
    survey(film)
    dubbed(film, tmp_path, "it", 0.3)
    dubbed(film, tmp_path, "es", 0.8, released=False)
    assert not surveyed(film).complete
    found = survey(film)
    assert list(found.peaks) == ["original", "DX.es", "ME.es", "MIX.es", "DX.it", "ME.it", "MIX.it"]
    assert [loudest(film, found.peaks[name]) for name in ("DX.es", "ME.es", "MIX.es", "MIX.it")] == [25, 51, 102, 38]
    newer = dubbed(film, tmp_path, "it", 0.6)
    assert not surveyed(film).complete and "MIX.it" not in surveyed(film).peaks
    assert loudest(film, survey(film).peaks["MIX.it"]) == 76
    film.artefacts.path(newer["MIX"]).unlink()
    assert surveyed(film).complete and "MIX.it" not in surveyed(film).peaks


def test_the_mix_that_the_proxy_plays(film: Film, tmp_path: Path) -> None:
    older, newer = dubbed(film, tmp_path, "it", 0.3), dubbed(film, tmp_path, "it", 0.6)
    kept = Surveyed()
    assert kept.stems(film)["MIX.it"] == newer["MIX"]
    played = made(film, "proxy-sound", {"sound": older["MIX"]}, {"language": "it"}, {"proxy": b"a proxy"})["proxy"]
    note = film.private("") / "proxies.json"
    for text in ("", "[]", '{"it": 3, "es": {"artefact": 5}, "fr": {"artefact": "no"}}'):
        note.write_text(text)
        assert kept.stems(film)["MIX.it"] == newer["MIX"]
    note.write_text(json.dumps({"it": {"artefact": played}}))
    assert kept.stems(film)["MIX.it"] == older["MIX"]


def test_mixes_of_another_source_are_left_out(film: Film, clips: Path, tmp_path: Path) -> None:
    dubbed(film, tmp_path, "it", 0.3)
    import_media(film, clips / "mute.mp4", True)
    assert Surveyed().stems(film) == {} and surveyed(film) == Survey()


def test_what_is_known_is_told_without_writing(film: Film, tmp_path: Path) -> None:
    dubbed(film, tmp_path, "it", 0.3)
    found = survey(film)
    film.close()
    for part in (film.path / ".ciak").glob("index.sqlite*"):
        part.unlink()
    before = files(film)
    assert surveyed(Film.open(film.path)) == found
    assert files(film) == before
    for folder in (film.path / ".ciak", film.path):
        folder.chmod(0o555)
    try:
        assert surveyed(Film.open(film.path)) == found
    finally:
        for folder in (film.path / ".ciak", film.path):
            folder.chmod(0o755)


def test_asked_often_it_is_quick_and_never_old(film: Film, tmp_path: Path) -> None:
    kept = Surveyed()
    assert not kept(film).complete
    found = survey(film)
    lines = film.history.path.read_bytes()
    filler = lines.splitlines(keepends=True)[-1]
    film.history.path.write_bytes(lines + filler * 5000)
    assert kept(film) == found
    best = 1.0
    for _ in range(20):
        begun = time.perf_counter()
        assert kept(Film.open(film.path)) == found
        best = min(best, time.perf_counter() - begun)
    assert best < 0.010
    with film.history.path.open("ab") as file:
        file.write(filler)
    assert kept(film) == found
    film.artefacts.path(found.peaks["original"]).unlink()
    assert kept(film) == replace(found, peaks={}, complete=False)
    film.history.path.write_bytes(b"")
    assert kept(film) == Survey()
    film.history.path.write_bytes(lines)
    assert survey(film) == kept(film) == found


def test_a_broken_proxy_is_one_clear_error(film: Film) -> None:
    proxy = proxy_of(film)
    assert proxy is not None
    whole = proxy.path.read_bytes()
    proxy.path.chmod(0o644)
    for broken in (whole[:len(whole) // 2], b"", whole[:-2000] + bytes(2000)):
        proxy.path.write_bytes(broken)
        with pytest.raises(StoreDamaged, match="proxy is damaged") as told:
            survey(film)
        assert "\n" not in str(told.value) and steps(film) == []
    proxy.path.unlink()
    assert survey(film).complete


def test_a_source_that_is_gone_is_one_clear_error(film: Film) -> None:
    film.source_path().unlink()
    with pytest.raises(NotFound, match="put it back"):
        survey(film)
    assert steps(film) == []


def test_an_artefact_that_was_changed_is_one_clear_error(film: Film) -> None:
    survey(film)
    entry = next(entry for entry in film.history.entries() if entry.what == "shots")
    path = film.artefacts.path(entry.outputs["shots"])
    path.chmod(0o644)
    path.write_text('{"shots": [{"first": -1}]}')
    with pytest.raises(StoreDamaged, match="cannot be read"):
        surveyed(film)


def test_long_shots_have_more_thumbnails() -> None:
    rate = Rate(Fraction(24))
    shots = (Shot(first=0, end=24), Shot(first=24, end=264), Shot(first=264, end=505), Shot(first=505, end=1465),
             Shot(first=1465, end=1466))
    assert _chosen(shots, rate) == (8, 104, 304, 424, 585, 825, 1065, 1305, 1465)



@pytest.mark.material
def test_the_trailer(material: Path, tmp_path: Path) -> None:
    film = film_of(material / "media" / "sintel" / "trailer.mp4", tmp_path)
    found = survey(film)
    assert found.complete and 15 <= len(found.shots) <= 40 and found.shots[-1].end == 1252
    assert len(found.frames) >= len(found.shots)
    assert found.thumbnails is not None
    with film.artefacts.open(found.thumbnails) as file:
        sizes = [len(read_thumbnail(file, number)) for number in range(len(found.frames))]
    assert max(sizes) < 12_000
    with Peaks(film.artefacts.path(found.peaks["original"])) as peaks:
        assert 51 < peaks.duration < 54
        assert max(np.frombuffer(peaks.window(20, 50, 300), np.int8)) > 60
