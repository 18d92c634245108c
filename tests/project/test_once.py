"""Nothing is computed twice, by one process or by many, before or after the index was deleted."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ciak.errors import Cancelled, SettingsError, StoreDamaged
from ciak.project import Film, Maker, Step, check_film, once, once_told

STEP = Step("count", "1", inputs={"a": "ab" * 32}, settings={"b": 1, "c": [True, None]}, maker=Maker("ciak", "1"))


@pytest.fixture
def film(tmp_path: Path) -> Film:
    return Film.create(tmp_path / "film", "T")


class Counting:
    """Makes two outputs and counts how often."""

    def __init__(self, pause: float = 0.0) -> None:
        self.times = 0
        self.pause = pause

    def __call__(self, temporary: Callable[[str], Path]) -> dict[str, Path]:
        self.times += 1
        time.sleep(self.pause)
        text, sound = temporary(".txt"), temporary(".wav")
        text.write_text("words")
        sound.write_bytes(b"RIFF")
        return {"text": text, "sound": sound}


def test_the_second_time_is_recalled(film: Film) -> None:
    make = Counting()
    first = once(film, STEP, make)
    assert once(film, STEP, make) == first
    assert once(Film.open(film.path), STEP, make) == first
    assert make.times == 1
    assert film.artefacts.path(first["text"]).read_text() == "words"
    assert first["sound"].endswith(".wav")


@pytest.mark.parametrize("other", [
    replace(STEP, name="other"), replace(STEP, version="2"), replace(STEP, inputs={"a": "cd" * 32}),
    replace(STEP, settings={"b": 2, "c": [True, None]}), replace(STEP, seed=1),
    replace(STEP, maker=Maker("ciak", "2")), replace(STEP, maker=Maker("ciak", "1", {"m": "ab" * 32})),
])
def test_whatever_changes_the_result_changes_the_key(film: Film, other: Step) -> None:
    make = Counting()
    once(film, STEP, make)
    once(film, other, make)
    assert make.times == 2


def test_order_of_settings_does_not_matter() -> None:
    assert STEP.key == replace(STEP, settings={"c": [True, None], "b": 1}).key


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}])
def test_settings_that_cannot_be_written_down_are_refused(value: object) -> None:
    with pytest.raises(SettingsError):
        _ = replace(STEP, settings={"x": value}).key  # type: ignore[dict-item]


def test_the_index_can_be_deleted(film: Film) -> None:
    make = Counting()
    steps = [replace(STEP, settings={"n": number}) for number in range(30)]
    made = [once(film, step, make) for step in steps]
    film.close()
    for part in (film.path / ".ciak").glob("index.sqlite*"):
        part.unlink()
    again = Film.open(film.path)
    assert [once(again, step, make) for step in steps] == made
    assert make.times == 30
    assert check_film(film.path) == []


def test_a_damaged_index_is_begun_anew(film: Film) -> None:
    make = Counting()
    made = once(film, STEP, make)
    film.close()
    for part in (film.path / ".ciak").glob("index.sqlite-*"):
        part.unlink()
    (film.path / ".ciak" / "index.sqlite").write_bytes(b"not a database" * 1000)
    assert once(Film.open(film.path), STEP, make) == made
    assert make.times == 1


def test_a_lost_artefact_is_made_again(film: Film) -> None:
    make = Counting()
    made = once(film, STEP, make)
    film.artefacts.path(made["text"]).unlink()
    assert once(film, STEP, make) == made
    assert make.times == 2
    assert film.artefacts.has(made["text"])


@pytest.mark.parametrize("error", [Cancelled("stop"), ValueError("x"), KeyboardInterrupt()])
def test_a_step_that_fails_leaves_nothing(film: Film, error: BaseException) -> None:
    given: list[Path] = []

    def fails(temporary: Callable[[str], Path]) -> dict[str, Path]:
        given.append(temporary(".wav"))
        given[0].write_bytes(b"half")
        raise error

    with pytest.raises(type(error)):
        once(film, STEP, fails)
    assert not given[0].exists()
    assert list(film.history.entries()) == []
    assert list((film.path / ".ciak" / "locks").iterdir()) == []
    assert once(film, STEP, Counting())


def test_the_second_of_two_waits_and_recalls(film: Film) -> None:
    make = Counting(pause=0.5)
    results: list[dict[str, str]] = []
    asked: list[float] = []

    def run() -> None:
        results.append(once(Film.open(film.path), STEP, make, check=lambda: asked.append(time.monotonic())))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert make.times == 1
    assert results[0] == results[1] == results[2]
    assert asked


def test_who_waits_can_be_cancelled(film: Film) -> None:
    begun, end = threading.Event(), threading.Event()

    def slow(temporary: Callable[[str], Path]) -> dict[str, Path]:
        begun.set()
        end.wait(10)
        return Counting()(temporary)

    thread = threading.Thread(target=lambda: once(Film.open(film.path), STEP, slow))
    thread.start()
    begun.wait(10)

    def cancelled() -> None:
        raise Cancelled("stop")

    with pytest.raises(Cancelled):
        once(film, STEP, Counting(), check=cancelled)
    end.set()
    thread.join()
    assert len(list(film.history.entries())) == 1


def test_steps_may_stand_inside_steps(film: Film) -> None:
    def outer(temporary: Callable[[str], Path]) -> dict[str, Path]:
        once(film, replace(STEP, name="inner"), Counting())
        return Counting()(temporary)

    once(film, STEP, outer)
    assert [entry.what for entry in film.history.entries()] == ["inner", "count"]


def test_processes_share_their_work(film: Film) -> None:
    code = ("import sys, time; from pathlib import Path; from ciak.project import Film, Step, once\n"
            "def make(temporary):\n"
            "    path = temporary('.txt'); path.write_text('x'); time.sleep(0.5)\n"
            "    with open(sys.argv[2], 'a') as file: file.write('made\\n')\n"
            "    return {'a': path}\n"
            "print(once(Film.open(Path(sys.argv[1])), Step('s', '1'), make)['a'])\n")
    count = film.path.parent / "count"
    children = [subprocess.Popen([sys.executable, "-c", code, film.path, count], stdout=subprocess.PIPE)
                for _ in range(3)]
    answers = {child.communicate(timeout=60)[0] for child in children}
    assert len(answers) == 1
    assert count.read_text() == "made\n"


def test_what_a_step_tells_is_asked_once_and_damage_is_said(film: Film) -> None:
    asked = []

    def tell() -> list[str]:
        asked.append(True)
        return ["é", "1/3"]

    assert once_told(film, STEP, "words", tell) == ["é", "1/3"] == once_told(film, STEP, "words", tell)
    assert len(asked) == 1
    (kept,) = (path for path in film.artefacts.root.rglob("*.json"))
    kept.chmod(0o644)
    kept.write_text("[")
    with pytest.raises(StoreDamaged) as error:
        once_told(film, STEP, "words", tell)
    assert str(kept) in str(error.value.remedy)
