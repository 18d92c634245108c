"""A source that was moved is found again by its bytes, and by nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.media.clips import ClipPlan, make_clip

from ciak.errors import NotFound, NothingToDo, Refused
from ciak.project import Film, find_source, import_media


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "night.mp4", ClipPlan())


@pytest.mark.parametrize("copy", [True, False], ids=["copy", "reference"])
def test_the_moved_file_is_taken(tmp_path: Path, clip: Path, copy: bool) -> None:
    film = Film.create(tmp_path / "film", "Night")
    import_media(film, clip, copy)
    elsewhere = tmp_path / "other disk" / "renamed.mp4"
    elsewhere.parent.mkdir()
    if copy:
        (film.path / film.source.path).unlink()  # type: ignore[union-attr]
        clip.rename(elsewhere)
    else:
        clip.rename(elsewhere)
    with pytest.raises(NotFound):
        film.source_path()
    told: list[float] = []
    found = find_source(film, elsewhere, told.append)
    again = Film.open(film.path)
    assert again.source_path() == found and found.read_bytes() == elsewhere.read_bytes()
    assert again.source is not None and again.source.mode == ("copy" if copy else "reference")
    assert told[-1] == 1.0 and sorted(told) == told


def test_another_file_is_refused_and_nothing_changes(tmp_path: Path, clip: Path) -> None:
    film = Film.create(tmp_path / "film", "Night")
    with pytest.raises(NothingToDo):
        find_source(film, clip)
    import_media(film, clip, False)
    sheet = (film.path / "film.toml").read_bytes()
    other = tmp_path / "other.mp4"
    other.write_bytes(clip.read_bytes()[:-1] + b"x")
    longer = tmp_path / "longer.mp4"
    longer.write_bytes(clip.read_bytes() + b"x")
    for wrong in (other, longer):
        with pytest.raises(Refused):
            find_source(film, wrong)
    with pytest.raises(NotFound):
        find_source(film, tmp_path / "nowhere.mp4")
    assert (film.path / "film.toml").read_bytes() == sheet
