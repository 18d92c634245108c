"""takes, sheet and export, as a user types them; and what a film folder says of a recording, for all versions after."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.program import ciak
from tests.dubbing.recorded import speech, write_wav

from ciak.film import Cast, CastMember, Dialogue, Loop, Rate, Recording, Span, Take
from ciak.project import Film


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Three Italian lines, none spoken yet, and a folder ``rec`` with two files for them and one for nobody."""
    film = Film.create(tmp_path / "night", "Night", language="en", rate=Rate.parse("25"))
    film.save_cast(Cast(members=(CastMember(id="ada", name="Ada"),)))
    for language in ("en", "it"):
        film.save_dialogue(Dialogue(language=language, source=None if language == "en" else "en", loops=tuple(
            Loop(id=f"L{number:04}", character="ada", span=Span.of(2 * number, 2 * number + 1), text="Dove sei?")
            for number in (1, 2, 3))))
    write_wav(tmp_path / "rec" / "l0001.wav", speech(0.8))
    write_wav(tmp_path / "rec" / "0001_take2.wav", speech(0.9))
    write_wav(tmp_path / "rec" / "atmo.wav", speech(0.9))
    return film.path


def test_from_a_folder_to_a_locked_take(film: Path) -> None:
    rec = film.parent / "rec"
    tried = ciak("takes", "import", film, rec, "--dry-run", "--json")
    assert (tried.code, tried.json["left"]) == (1, 1) and not (film / "takes").exists()
    (rec / "atmo.wav").unlink()
    taken = ciak("takes", "import", film, rec, "--actor", "Anna", "--no-hearing")
    assert taken.code == 0 and "0001_take2.wav: line L0001, take T" in taken.out
    told = ciak("takes", film, "--json").json["lines"][0]["takes"]
    assert [(one["number"], one["chosen"], one["who"], one["file"]) for one in told] == [
        (1, False, "Anna", "l0001.wav"), (2, True, "Anna", "0001_take2.wav")]
    assert told[0]["when"].startswith("20") and told[0]["word_error"] is None
    assert ciak("takes", "choose", film, "l0001", "1").code == 0
    compared = ciak("takes", "compare", film, "L0001", "--no-hearing", "--out", film.parent / "side", "--json").json
    assert [one["chosen"] for one in compared["takes"]] == [True, False]
    assert all(one["pitch"] and one["loudness"] and one["over"] == 0 for one in compared["takes"])
    assert len(list((film.parent / "side").glob("L0001_T0*_imported*.wav"))) == 2
    assert ciak("takes", "lock", film, "L0001").code == 0
    assert ciak("takes", "drop", film, "L0001", "2").code == 2
    assert ciak("takes", "unlock", film, "L0001").code == 0
    assert ciak("takes", "drop", film, "L0001", "2").code == 0
    assert len(ciak("takes", "list", film, "--line", "L0001", "--json").json["lines"][0]["takes"]) == 1
    assert ciak("check", film).code == 0


@pytest.mark.parametrize(("arguments", "words"), [
    (("takes", "choose", "night", "L0009", "1"), "no line"), (("takes", "choose", "night", "L0001", "1"), "no take"),
    (("takes", "import", "night", "nowhere"), "no folder"), (("takes", "night", "--language", "de"), "no dialogue"),
    (("export", "night", "--format", "avid"), "no export"), (("export", "night", "--format", "otio"), "has a take"),
    (("export", "night", "--format", "edl", "--out", "a.xml"), "not written as"),
    (("sheet", "booking", "night", "--loops-per-hour", "0"), "loops an hour"),
    (("sheet", "booking", "night", "--out", "b.doc"), "not written as"),
    (("takes", "nobody"), "no folder"),
])
def test_what_is_wrong_is_one_line(film: Path, arguments: tuple[str, ...], words: str) -> None:
    run = ciak(*arguments, cwd=film.parent)
    assert run.code == 2 and words in run.err


def test_exports_and_the_booking_sheet(film: Path) -> None:
    assert ciak("takes", "import", film, film.parent / "rec", "--no-hearing").code == 1
    done = ciak("export", film, "--format", "otio", "--json").json
    assert [Path(path).name for path in done["files"]] == ["night.it.otio", "L0001_T02.wav"]
    assert "written: " in ciak("export", film, "--format", "cue-sheet").out
    booked = ciak("sheet", "booking", film, "--actor", "Ada=Anna Rossi", "--out", film.parent / "b.xlsx", "--json").json
    assert booked["characters"] == [{"character": "Ada", "actor": "Anna Rossi", "loops": 1, "lines": 3, "pay lines": 3,
                                     "words": 6, "seconds": 3.0, "hours": 0.08, "scenes": "", "in loops": "1"}]
    assert (film.parent / "b.xlsx").read_bytes()[:2] == b"PK"


def test_what_is_written_about_a_recording_stays_readable() -> None:
    golden = ('{"id": "T1c043a164f8f", "kind": "imported", "sound": "' + "1" * 64 + '.wav", "text": "Dove sei?", '
              '"span": {"start": "2", "end": "14/5"}, "natural": "4/5", "rate": 1.0, "voice": "Anna", "heard": null, '
              '"word_error": null, "recording": {"path": "takes/it/L0001.0123456789ab.wav", "sha256": "' + "0" * 64 +
              '", "name": "l0001.wav", "first": "12/25", "actor": "Anna"}}')
    take = Take.model_validate(json.loads(golden))
    assert isinstance(take.recording, Recording) and take.recording.first * 25 == 12
    written = json.loads(take.model_dump_json())
    assert {name: written[name] for name in json.loads(golden)} == json.loads(golden)
    before = {name: value for name, value in json.loads(golden).items() if name != "recording"}
    assert Take.model_validate(before).recording is None, "dialogues of before are read"
