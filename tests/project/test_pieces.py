"""Dialogues that are remembered loop by loop are what a strict reading of their bytes says."""

from __future__ import annotations

import hashlib
import json
import os
import time
from fractions import Fraction
from pathlib import Path

import pytest

from ciak.errors import Damaged
from ciak.film import Dialogue, Flag, Loop, Rate, Span, Word
from ciak.formats.strict_json import write_json
from ciak.project import Film, pieces
from ciak.project.papers import read_paper, write_paper
from ciak.project.pieces import SETTLED


def loop(number: int, **changes: object) -> Loop:
    return Loop.model_validate({
        "id": f"L{number}", "character": "S1", "span": Span(start=Fraction(number), end=Fraction(number) + 1),
        "text": "NaN «\n    },\n    {\n\u2028\x7f\\\"" if number % 2 else "Infinity", "confidence": 0.1 + number / 97,
        "words": (Word(text="è", span=Span(start=Fraction(number), end=Fraction(1001, 24) + number),
                       probability=1e-7),),
        "flags": (Flag(code="a", message="b"),), **changes})


@pytest.fixture
def talk(monkeypatch: pytest.MonkeyPatch) -> Dialogue:
    monkeypatch.setattr(pieces, "_LATELY", type(pieces._LATELY)())
    return Dialogue(language="it", source="en", loops=tuple(loop(number) for number in range(9)))


def strictly(data: bytes) -> Dialogue:
    return Dialogue.model_validate(json.loads(data))


def test_a_dialogue_is_written_as_the_strict_writer_lays_it_out(talk: Dialogue) -> None:
    data, digest = write_paper(talk)
    assert strictly(data) == talk and digest == hashlib.sha256(data).hexdigest()
    assert json.loads(data) == json.loads(write_json(talk.model_dump(mode="json")))
    assert data.replace(b"1e-7", b"1e-07") == write_json(talk.model_dump(mode="json"))
    empty = Dialogue(language="it")
    assert write_paper(empty)[0] == write_json(empty.model_dump(mode="json"))


def test_what_is_remembered_is_what_the_bytes_say(talk: Dialogue, tmp_path: Path) -> None:
    (tmp_path / "it.json").write_bytes(write_paper(talk)[0])
    for number in range(6):
        paper = read_paper(tmp_path, "it.json", Dialogue)
        assert paper is not None
        data = (tmp_path / "it.json").read_bytes()
        assert paper.value == strictly(data) and paper.digest == hashlib.sha256(data).hexdigest()
        kept = list(paper.value.loops)
        kept[number] = loop(number, text=f"new {number}")
        now = paper.value.model_copy(update={"loops": tuple(kept), "revision": number})
        data, digest = write_paper(now)
        (tmp_path / "it.json").write_bytes(data)
        recalled = pieces.recall(data)
        assert recalled is not None and recalled == (strictly(data), digest)
        assert sum(one is other for one, other in zip(recalled[0].loops, kept, strict=True)) >= 8
    assert len(pieces._LATELY) == pieces.MOST


def test_what_another_program_saved_is_read_where_it_is_new(talk: Dialogue, tmp_path: Path) -> None:
    before, _digest = write_paper(talk)
    other = before.replace(b'"Infinity"', b'"by hand"', 1).replace(b'"revision": 0', b'"revision":   7')
    (tmp_path / "it.json").write_bytes(other)
    paper = read_paper(tmp_path, "it.json", Dialogue)
    known = pieces.recall(before)
    assert paper is not None and known is not None
    assert paper.value == strictly(other) and (paper.value.revision, paper.value.loops[0].text) == (7, "by hand")
    assert all(one is there for one, there in zip(paper.value.loops[1:], known[0].loops[1:], strict=True))


@pytest.mark.parametrize("layout", [{"indent": None}, {"indent": 4}, {"indent": 2, "sort_keys": True}])
def test_any_layout_is_read(talk: Dialogue, tmp_path: Path, layout: dict[str, bool]) -> None:
    data = json.dumps(talk.model_dump(mode="json"), **layout).encode()  # type: ignore[arg-type]
    write_paper(talk)
    (tmp_path / "it.json").write_bytes(data)
    paper = read_paper(tmp_path, "it.json", Dialogue)
    assert paper is not None and paper.value == talk
    assert write_paper(paper.value) == write_paper(talk)


@pytest.mark.parametrize(("old", "new"), [
    (b'"id": "L3"', b'"id": "L 3"'), (b'"id": "L3"', b'"id": "L3", "id": "L3"'), (b'"language"', b'"loops": [], "x"'),
    (b"\n    },\n    {\n", b"\n    }\n    {\n"), (b'"id": "L3"', b'"id": "L3", "more": 1'),
    (b'"L8"', b'NaN'), (b"  ]\n}\n", b"  ]\n}\n}\n")])
def test_what_is_damaged_is_told_by_its_line(talk: Dialogue, tmp_path: Path, old: bytes, new: bytes) -> None:
    data, _digest = write_paper(talk)
    assert old in data
    (tmp_path / "it.json").write_bytes(data.replace(old, new, 1))
    with pytest.raises(Damaged, match=r"it\.json"):
        read_paper(tmp_path, "it.json", Dialogue)


def test_what_json_cannot_say_is_refused_and_nothing_is_written(talk: Dialogue, tmp_path: Path) -> None:
    film = Film.create(tmp_path / "f", "T")
    saved = film.save_dialogue(talk)
    for bad in ({"confidence": float("nan")}, {"text": "\ud800"}):
        loops = (saved.loops[0].model_copy(update=bad), *saved.loops[1:])
        with pytest.raises(Damaged):
            film.save_dialogue(saved.model_copy(update={"loops": loops}))
    assert film.dialogue("it") == saved


def test_a_file_in_the_same_state_is_not_read_again_but_one_changed_just_now_is(tmp_path: Path) -> None:
    film = Film.create(tmp_path / "film", "T", language="en", rate=Rate.parse("24"))
    film.save_dialogue(Dialogue(language="en", loops=(Loop(id="L1", character="S1", text="one", span=Span.of(0, 1)),)))
    path = film.path / "dialogue" / "en.json"

    def text() -> str:
        dialogue = Film.open(film.path).dialogue("en")
        assert dialogue is not None
        return dialogue.loops[0].text

    def overwrite(old: bytes, new: bytes, at: int) -> None:
        """As another program does, in place, the time of the change the same to the nanosecond."""
        with path.open("r+b") as file:
            data = file.read()
            file.seek(0)
            file.write(data.replace(old, new))
        os.utime(path, ns=(at, at))

    now = time.time_ns()
    os.utime(path, ns=(now, now))
    assert text() == "one"
    overwrite(b'"one"', b'"two"', now)
    assert text() == "two", "it was changed too short a time before it was read to be known by its time"
    long_ago = now - 10 * SETTLED
    os.utime(path, ns=(long_ago, long_ago))
    assert text() == "two"
    overwrite(b'"two"', b'"six"', long_ago + 1)
    assert text() == "six", "its time tells"
    os.utime(path, ns=(long_ago, long_ago))
    assert text() == "six"
    overwrite(b'"six"', b'"ten"', long_ago)
    assert text() == "six", "which nobody can tell, and no program does"
