"""The film folder: made, opened, saved; nobody's work is lost."""

from __future__ import annotations

import os
import threading
from fractions import Fraction
from pathlib import Path

import pytest

from ciak.config import Settings
from ciak.errors import (
    BadInput,
    CiakError,
    Conflict,
    Damaged,
    Hostile,
    NotFound,
    NothingToDo,
    Refused,
    StorageError,
)
from ciak.film import Cast, CastMember, Dialogue, Loop, Rate, Span
from ciak.project import Film, check_film


def loop(number: int, **changes: object) -> Loop:
    return Loop.model_validate({"id": f"l{number}", "character": "", "span": Span.of(number, number + 1),
                                "text": f"line {number}", **changes})


@pytest.fixture
def film(tmp_path: Path) -> Film:
    return Film.create(tmp_path / "film", "A film", language="en", rate=Rate.parse("23.976"))


def test_a_new_film_opens_as_it_was_made(film: Film) -> None:
    again = Film.open(film.path)
    assert (again.title, again.language, again.rate, str(again.start)) == (
        "A film", "en", Rate(Fraction(24000, 1001)), "01:00:00:00")
    assert again.cast() == Cast()
    assert again.languages() == ()
    assert check_film(film.path) == []


@pytest.mark.parametrize("title", ["Ł'été 💥 " + "x" * 480, '"; rm -rf \\', "שלום", "=1+1", "-x"])
def test_any_printable_title_will_do(tmp_path: Path, title: str) -> None:
    assert Film.open(Film.create(tmp_path / "f", title).path).title == title


@pytest.mark.parametrize("title", ["", " ", "a\x00b", "a\nb", "\ud800", "x" * 501, "\x1b[31mred"])
def test_a_title_that_is_no_title_is_refused(tmp_path: Path, title: str) -> None:
    with pytest.raises(BadInput, match="title"):
        Film.create(tmp_path / "f", title)
    assert not (tmp_path / "f").exists()


@pytest.mark.parametrize("name", ["-x", "a b", "é💥", os.fsdecode(b"odd\xff"), "x" * 255, "new\nline", "a'b\"c",
                                  "%s{}"])
def test_any_folder_name_will_do(tmp_path: Path, name: str) -> None:
    film = Film.create(tmp_path / name, "T", rate=Rate.parse("25"))
    film.save_dialogue(Dialogue(language="it"))
    assert Film.open(film.path).languages() == ("it",)
    assert check_film(film.path) == []


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(Refused, match=r"mine\.txt"):
        Film.create(tmp_path, "T")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_hidden_files_and_what_a_killed_create_left_are_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "media").mkdir()
    Film.create(tmp_path, "T")
    with pytest.raises(Refused, match="a film already"):
        Film.create(tmp_path, "T")
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="is a file"):
        Film.create(tmp_path / "file", "T")
    with pytest.raises(CiakError):
        Film.create(tmp_path / "file" / "below", "T")


def test_what_is_no_film_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no folder"):
        Film.open(tmp_path / "none")
    with pytest.raises(NotFound, match="not a film"):
        Film.open(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(NotFound, match="not a film folder"):
        Film.open(tmp_path / "file")
    (tmp_path / "film.toml").symlink_to("/etc/passwd")
    with pytest.raises(Hostile):
        Film.open(tmp_path)


def test_a_dialogue_reads_back_with_its_revision(film: Film) -> None:
    saved = film.save_dialogue(Dialogue(language="it", loops=(loop(1), loop(2))))
    assert saved.revision == 1
    assert Film.open(film.path).dialogue("it") == saved
    assert film.dialogue("fr") is None
    with pytest.raises(BadInput):
        film.dialogue("../it")


def test_saving_the_same_again_changes_nothing(film: Film) -> None:
    saved = film.save_dialogue(Dialogue(language="it", loops=(loop(1),)))
    before = film.history.path.read_bytes()
    assert film.save_dialogue(saved) == saved
    assert film.history.path.read_bytes() == before


def test_the_later_of_two_savers_gets_both_versions(film: Film) -> None:
    film.save_dialogue(Dialogue(language="it"))
    one, two = Film.open(film.path), Film.open(film.path)
    first, second = one.dialogue("it"), two.dialogue("it")
    assert first is not None
    assert second is not None
    theirs = one.save_dialogue(first.model_copy(update={"loops": (loop(1),)}))
    mine = second.model_copy(update={"loops": (loop(2),)})
    with pytest.raises(Conflict) as caught:
        two.save_dialogue(mine)
    assert caught.value.theirs == theirs
    assert caught.value.mine == mine
    assert two.dialogue("it") == theirs


def test_an_edit_by_hand_is_not_overwritten(film: Film) -> None:
    cast = film.save_cast(Cast(members=(CastMember(id="a", name="Anna"),)))
    path = film.path / "cast.json"
    path.write_text(path.read_text().replace("Anna", "Ada"))
    with pytest.raises(Conflict):
        film.save_cast(cast.with_member(CastMember(id="b", name="Bo")))
    assert "Ada" in path.read_text()
    film.save_cast(film.cast().with_member(CastMember(id="b", name="Bo")))
    assert [member.name for member in film.cast().members] == ["Ada", "Bo"]


def test_an_edit_of_the_sheet_by_hand_is_not_overwritten(film: Film) -> None:
    path = film.path / "film.toml"
    path.write_text(path.read_text().replace("A film", "Another"))
    with pytest.raises(Conflict):
        film.save_sheet(film.sheet.model_copy(update={"language": "it"}))
    assert Film.open(film.path).title == "Another"


def test_twenty_savers_lose_nothing(film: Film) -> None:
    film.save_dialogue(Dialogue(language="it"))

    def add(number: int) -> None:
        while True:
            mine = Film.open(film.path)
            read = mine.dialogue("it")
            assert read is not None
            try:
                mine.save_dialogue(read.model_copy(update={"loops": (*read.loops, loop(number))}))
            except Conflict:
                continue
            return

    threads = [threading.Thread(target=add, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    final = film.dialogue("it")
    assert final is not None
    assert sorted(one.id for one in final.loops) == sorted(f"l{number}" for number in range(20))
    assert final.revision == 21
    assert [entry.sequence for entry in film.history.entries()] == list(range(1, 22))
    assert check_film(film.path) == []


def test_a_damaged_paper_is_never_overwritten(film: Film) -> None:
    saved = film.save_dialogue(Dialogue(language="it", loops=(loop(1),)))
    path = film.path / "dialogue" / "it.json"
    path.write_bytes(path.read_bytes()[:-40])
    torn = path.read_bytes()
    with pytest.raises(Damaged):
        film.save_dialogue(saved.model_copy(update={"loops": ()}))
    assert path.read_bytes() == torn


def test_links_are_not_followed(film: Film, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (film.path / "dialogue").rmdir()
    (film.path / "dialogue").symlink_to(outside)
    with pytest.raises(Hostile):
        film.save_dialogue(Dialogue(language="it"))
    with pytest.raises(Hostile):
        film.dialogue("it")
    assert list(outside.iterdir()) == []


def test_a_film_without_rate_says_what_to_do(tmp_path: Path) -> None:
    film = Film.create(tmp_path / "f", "T")
    for ask in (lambda: film.rate, lambda: film.start, film.source_path):
        with pytest.raises(NothingToDo, match="ciak import"):
            ask()


def test_a_film_chooses_its_backends(film: Film) -> None:
    film.save_sheet(film.sheet.model_copy(update={"backends": {"voice": "other"}}))
    assert Film.open(film.path).settings(Settings()).backends["voice"] == "other"


def test_a_full_disk_leaves_no_half_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StorageError, match="no room"):
        Film.create(tmp_path / "a" / "b", "T")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(os, "write", real)
    film = Film.create(tmp_path / "f", "T")
    saved = film.save_dialogue(Dialogue(language="it", loops=(loop(1),)))
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(StorageError):
        film.save_dialogue(saved.model_copy(update={"loops": ()}))
    monkeypatch.setattr(os, "write", real)
    assert Film.open(film.path).dialogue("it") == saved
    assert check_film(film.path) == []
