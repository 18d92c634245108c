"""Media come into a film whole or not at all, on the film's rate, with a proxy; bad media are one clear line."""

from __future__ import annotations

import errno
import os
import shutil
from collections import namedtuple
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from tests.media.clips import ClipPlan, SoundPlan, make_clip, tone

from ciak.errors import (
    BadInput,
    Cancelled,
    CiakError,
    Damaged,
    Hostile,
    NotFound,
    Refused,
    StorageError,
    WrongFormat,
)
from ciak.film import Rate, Signal
from ciak.media import Frames, SoundWriter
from ciak.project import Film, check_film, import_media, proxy_of

SIZE = (128, 72)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    sound = (SoundPlan(tone(48000)),)
    make_clip(folder / "24.mp4", ClipPlan(24, Fraction(24), SIZE, sounds=sound))
    make_clip(folder / "25.mp4", ClipPlan(25, Fraction(25), SIZE))
    make_clip(folder / "ntsc.mp4", ClipPlan(24, Fraction(24000, 1001), SIZE))
    uneven = [0, 42, 83, 125, 300, 342, 383, 425, 600, 642, 683, 725, 767, 808, 850, 892]
    make_clip(folder / "vfr.mkv", ClipPlan(len(uneven), Fraction(24), SIZE, times=uneven))
    with SoundWriter(folder / "voice.wav", 48000, 2, "pcm24") as out:
        out.write(Signal(tone(24000), 48000))
    return folder


@pytest.fixture
def film(tmp_path: Path) -> Film:
    return Film.create(tmp_path / "film", "T")


def files(film: Film) -> list[str]:
    return sorted(path.name for path in (film.path / "media").iterdir())


def test_the_first_video_gives_the_rate_and_a_proxy(film: Film, clips: Path) -> None:
    fractions: list[float] = []
    done = import_media(film, clips / "ntsc.mp4", True, fractions.append)
    assert film.rate == Rate(Fraction(24000, 1001))
    again = Film.open(film.path)
    assert again.source == done.source
    assert again.source_path().read_bytes() == (clips / "ntsc.mp4").read_bytes()
    assert done.proxy is not None
    with Frames(done.proxy.path) as frames:
        assert frames.frame(5).shape[2] == 3
    assert done.proxy.frames.source == tuple(range(24))
    assert all(after > before - 1e-9 for before, after in pairwise(fractions))
    assert fractions[-1] == 1.0
    assert [entry.kind for entry in film.history.entries()] == ["edit", "import", "step"]
    assert check_film(film.path) == []


@pytest.mark.parametrize("copy", [True, False])
def test_doing_it_twice_does_it_once(film: Film, clips: Path, copy: bool) -> None:
    first = import_media(film, clips / "24.mp4", copy)
    before = film.history.path.read_bytes(), (film.path / "film.toml").read_bytes()
    assert import_media(Film.open(film.path), clips / "24.mp4", copy) == first
    assert (film.history.path.read_bytes(), (film.path / "film.toml").read_bytes()) == before
    assert files(film) == (["24.mp4"] if copy else [])
    assert proxy_of(film) == first.proxy


def test_a_reference_stays_where_it_is(film: Film, clips: Path) -> None:
    done = import_media(film, clips / "24.mp4", False)
    assert done.source.path == str(clips / "24.mp4")
    assert film.source_path() == clips / "24.mp4"


def test_a_film_that_moves_takes_its_own_files_along(film: Film, clips: Path, tmp_path: Path) -> None:
    import_media(film, clips / "24.mp4", True)
    film.close()
    moved = Path(shutil.move(film.path, tmp_path / "elsewhere"))
    assert check_film(moved) == []
    assert Film.open(moved).source_path() == moved / "media" / "24.mp4"


def test_another_rate_is_refused_unless_conformed(film: Film, clips: Path) -> None:
    import_media(film, clips / "24.mp4", True)
    before = (film.path / "film.toml").read_bytes()
    with pytest.raises(Refused, match="--conform"):
        import_media(film, clips / "25.mp4", True)
    assert (film.path / "film.toml").read_bytes() == before
    assert files(film) == ["24.mp4"]
    done = import_media(film, clips / "25.mp4", True, conform=True)
    assert film.rate == Rate(Fraction(24))
    assert done.source.conformed
    assert done.source.rate == "25"
    assert "conformed" in done.notes[0]
    assert done.proxy is not None
    assert len(done.proxy.frames.source) == 24
    assert files(film) == ["24.mp4", "25.mp4"]


def test_a_varying_rate_is_laid_on_the_nearest(film: Film, clips: Path) -> None:
    done = import_media(film, clips / "vfr.mkv", True)
    assert film.rate in (Rate(Fraction(24)), Rate(Fraction(24000, 1001)))
    assert done.source.conformed
    assert "constant" in done.notes[0]
    assert done.proxy is not None
    assert len(done.proxy.frames.source) > 16


def test_sound_alone_is_a_film_without_picture(film: Film, clips: Path) -> None:
    done = import_media(film, clips / "voice.wav", True)
    assert (str(film.rate), done.proxy, done.source.picture) == ("25", None, False)
    assert done.source.duration == Fraction(1, 2)
    assert "sound alone" in done.notes[0]


def test_sound_alone_keeps_a_given_rate(tmp_path: Path, clips: Path) -> None:
    film = Film.create(tmp_path / "f", "T", rate=Rate.parse("23.976"))
    import_media(film, clips / "voice.wav", True)
    assert str(film.rate) == "24000/1001"


def test_a_start_that_does_not_fit_is_said_before_anything_is_copied(tmp_path: Path, clips: Path) -> None:
    film = Film.create(tmp_path / "f", "T", start="01:00:00;00")
    with pytest.raises(Refused, match="start"):
        import_media(film, clips / "24.mp4", True)
    assert files(film) == []


@pytest.mark.parametrize("name", ["-x.mp4", "a b.mp4", os.fsdecode(b"odd\xff.mp4"), "é💥.mp4", "new\nline.mp4",
                                  "x" * 251 + ".mp4", ".mp4", "http:..evil.mp4", "concat:a|b.mp4", "%03d.mp4"])
def test_any_file_name_can_be_copied(film: Film, clips: Path, tmp_path: Path, name: str) -> None:
    video = tmp_path / name
    shutil.copy(clips / "24.mp4", video)
    import_media(film, video, True)
    assert check_film(film.path) == []
    assert len(files(film)) == 1
    assert files(film)[0].isprintable()


def test_a_name_that_is_no_text_cannot_be_referred_to(film: Film, clips: Path, tmp_path: Path) -> None:
    video = tmp_path / os.fsdecode(b"odd\xff.mp4")
    shutil.copy(clips / "24.mp4", video)
    with pytest.raises(BadInput, match="import a copy"):
        import_media(film, video, False)
    assert film.source is None


def test_two_files_of_one_name_both_stay(film: Film, clips: Path, tmp_path: Path) -> None:
    other = tmp_path / "24.mp4"
    shutil.copy(clips / "24.mp4", other)
    other.write_bytes(other.read_bytes() + b"\0" * 8)
    import_media(film, clips / "24.mp4", True)
    done = import_media(film, other, True)
    assert done.source.path == f"media/24-{done.source.sha256[:8]}.mp4"
    assert len(files(film)) == 2


def _bad(folder: Path, clips: Path) -> dict[str, tuple[Path, type[CiakError]]]:
    whole = (clips / "24.mp4").read_bytes()
    texts = {"empty.mp4": b"", "text.mp4": b"hello " * 100, "cut.mp4": whole[:len(whole) // 2],
             "list.mp4": b"#EXTM3U\n/etc/passwd\n", "noise.mp4": bytes(range(256)) * 40}
    for name, data in texts.items():
        (folder / name).write_bytes(data)
    os.mkfifo(folder / "pipe.mp4")
    return {"missing": (folder / "none.mp4", NotFound), "folder": (folder, WrongFormat),
            "empty": (folder / "empty.mp4", Damaged), "text": (folder / "text.mp4", WrongFormat),
            "truncated": (folder / "cut.mp4", Damaged), "playlist": (folder / "list.mp4", Hostile),
            "noise": (folder / "noise.mp4", WrongFormat), "pipe": (folder / "pipe.mp4", WrongFormat),
            "device": (Path("/dev/zero"), WrongFormat)}


@pytest.mark.parametrize("case", ["missing", "folder", "empty", "text", "truncated", "playlist", "noise", "pipe",
                                  "device"])
def test_bad_media_leave_the_film_as_it_was(film: Film, clips: Path, tmp_path: Path, case: str) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    path, kind = _bad(folder, clips)[case]
    before = (film.path / "film.toml").read_bytes()
    with pytest.raises(kind) as caught:
        import_media(film, path, True)
    assert "\n" not in str(caught.value)
    assert (film.path / "film.toml").read_bytes() == before
    assert files(film) == []


def test_a_full_disk_leaves_no_half_copy(film: Film, clips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10, 10, 10))
    with pytest.raises(StorageError, match="--reference"):
        import_media(film, clips / "24.mp4", True)
    monkeypatch.undo()
    real, written = os.write, [0]

    def filling(descriptor: int, data: bytes) -> int:
        written[0] += len(data)
        if written[0] > 3000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, data)

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", filling)
        with pytest.raises(StorageError, match="no room"):
            import_media(film, clips / "24.mp4", True)
    assert files(film) == []
    assert film.source is None
    import_media(film, clips / "24.mp4", True)
    assert check_film(film.path) == []


@pytest.mark.parametrize("at", [0.0, 0.1, 0.29, 0.31, 0.6, 0.95])
def test_cancelled_at_any_moment_it_can_go_on(film: Film, clips: Path, at: float) -> None:
    def stop(fraction: float) -> None:
        if fraction >= at:
            raise Cancelled("stop")

    with pytest.raises(Cancelled):
        import_media(film, clips / "24.mp4", True, stop)
    assert not list((film.path / "media").glob(".ciak-*"))
    film.close()
    again = Film.open(film.path)
    assert check_film(film.path) == []
    assert import_media(again, clips / "24.mp4", True).proxy is not None
    assert check_film(film.path) == []


def test_a_file_that_grows_while_it_is_copied_is_refused(film: Film, clips: Path, tmp_path: Path) -> None:
    video = tmp_path / "growing.mp4"
    shutil.copy(clips / "24.mp4", video)

    def grow(fraction: float) -> None:
        if 0.13 < fraction < 0.2:
            with video.open("ab") as file:
                file.write(b"\0" * 100)

    with pytest.raises(CiakError, match="changed while it was read"):
        import_media(film, video, True, grow)
    assert files(film) == []


def test_a_copy_that_became_a_link_is_not_opened(film: Film, clips: Path) -> None:
    import_media(film, clips / "24.mp4", True)
    path = film.path / "media" / "24.mp4"
    path.unlink()
    path.symlink_to(clips / "24.mp4")
    with pytest.raises(Hostile):
        film.source_path()
    assert [finding.code for finding in check_film(film.path)] == ["source-hostile"]


@pytest.mark.material
def test_the_real_trailer_comes_in(film: Film, material: Path) -> None:
    done = import_media(film, material / "media" / "sintel" / "trailer.mp4", False)
    assert str(film.rate) == "24"
    assert done.proxy is not None
    assert len(done.proxy.frames.source) == round(done.source.duration * 24)
