"""Every fault has its file and its line, all of them are told, and looking changes nothing."""

from __future__ import annotations

import json
import time
from fractions import Fraction
from pathlib import Path

import pytest

from ciak.errors import NewerSchema, NotFound
from ciak.film import Cast, CastMember, Dialogue, Loop, Rate, Span, Take
from ciak.project import Film, Finding, Known, Sheet, Source, check_film
from ciak.project.papers import json_lines

Spec = tuple[str, int, str]


def loop(number: int, **changes: object) -> Loop:
    return Loop.model_validate({"id": f"l{number}", "character": "anna", "span": Span.of(number, number + 1),
                                "text": "t", **changes})


@pytest.fixture
def film(tmp_path: Path) -> Film:
    film = Film.create(tmp_path / "film", "T", language="en", rate=Rate.parse("25"))
    (film.path / "media" / "a.wav").write_bytes(b"RIFF")
    source = Source(mode="copy", path="media/a.wav", size=4, modified=0, duration=Fraction(100), picture=False,
                    sha256="a40ff3d5900fb7698b8c865041347cb49eccedc8f93945f89629ad104aaecce4")
    film.save_sheet(Sheet.model_validate(film.sheet.model_dump() | {"source": source.model_dump()}))
    film.save_cast(Cast(members=(CastMember(id="anna", name="Anna", voices={"it": "if_sara"}),)))
    film.save_dialogue(Dialogue(language="en", loops=(loop(1), loop(5))))
    return film


def found(film: Film, **known: object) -> list[Spec]:
    return [(one.file, one.line, one.code) for one in check_film(film.path, Known(**known))]  # type: ignore[arg-type]


def line_of(film: Film, file: str, words: str, nth: int = 1) -> int:
    lines = (film.path / file).read_text().splitlines()
    return [number for number, line in enumerate(lines, 1) if words in line][nth - 1]


def test_a_film_without_fault_has_no_findings(film: Film) -> None:
    assert check_film(film.path) == []


@pytest.mark.parametrize(("old", "new", "code"), [
    ('title = "T"', 'title = ""', "invalid"),
    ('title = "T"', 'title = "T"\ncolour = 1', "unknown-field"),
    ('mode = "copy"', 'mode = "steal"', "invalid"),
    ('path = "media/a.wav"', 'path = "media/../../x"', "invalid"),
    ('sha256 = "a', 'sha256 = "z', "invalid"),
    ('rate = "25"', 'rate = "25" 7', "unreadable"),
])
def test_a_fault_of_the_sheet_is_on_its_line(film: Film, old: str, new: str, code: str) -> None:
    path = film.path / "film.toml"
    path.write_text(path.read_text().replace(old, new))
    line = line_of(film, "film.toml", new.splitlines()[-1])
    assert found(film) == [("film.toml", line, code)]


def test_all_faults_of_a_sheet_are_told(film: Film) -> None:
    path = film.path / "film.toml"
    path.write_text(path.read_text().replace('"T"', '""').replace('"25"', '"x"') + "unknown = 1\n")
    assert len(check_film(film.path)) == 3


@pytest.mark.parametrize(("change", "code", "words"), [
    ({"character": "ghost"}, "character-unknown", '"character": "ghost"'),
    ({"id": "l1"}, "loop-twice", '"id": "l1"'),
    ({"chosen": "t9"}, "take-unknown", '"chosen": "t9"'),
    ({"span": Span.of(99, 200)}, "time-out-of-range", '"span"'),
    ({"slot": Span.of(-1, 2)}, "time-out-of-range", '"slot"'),
])
def test_a_fault_of_a_loop_is_on_its_line(film: Film, change: dict[str, object], code: str, words: str) -> None:
    film.save_dialogue(Dialogue(language="it", loops=(loop(1), loop(7, **change))))
    nth = 2 if words in ('"id": "l1"', '"span"', '"slot"') else 1
    assert found(film) == [("dialogue/it.json", line_of(film, "dialogue/it.json", words, nth), code)]


def test_slots_overlap_only_where_the_original_does_not(film: Film) -> None:
    slots = [loop(1, slot=Span.of(1, 3)), loop(2, slot=Span.of(2, 5)), loop(4, slot=Span.of(Fraction(9, 2), 6))]
    film.save_dialogue(Dialogue(language="it", loops=tuple(slots)))
    assert [code for _, _, code in found(film)] == ["slots-overlap", "slots-overlap"]
    together = [loop(1, span=Span.of(1, 4), slot=Span.of(1, 4)), loop(2, slot=Span.of(2, 3))]
    film.save_dialogue(Dialogue(revision=1, language="it", loops=tuple(together)))
    assert found(film) == []


def test_takes_stand_on_their_artefacts(film: Film) -> None:
    sounds = [film.artefacts.put_bytes(text, ".wav") for text in (b"one", b"two", b"three")]
    takes = tuple(Take(id=f"t{number}", kind="synthetic", sound=sound, text="t", span=Span.of(1, 2),
                       natural=Fraction(1), rate=1.0) for number, sound in enumerate(sounds))
    film.save_dialogue(Dialogue(language="it", loops=(loop(1, takes=takes, chosen="t0"),)))
    assert found(film) == []
    film.artefacts.path(sounds[1]).unlink()
    damaged = film.artefacts.path(sounds[2])
    damaged.chmod(0o644)
    damaged.write_bytes(b"thref")
    lines = [line_of(film, "dialogue/it.json", sounds[number]) for number in (1, 2)]
    assert found(film) == [("dialogue/it.json", lines[0], "take-missing"),
                           ("dialogue/it.json", lines[1], "take-damaged")]


def test_the_source_is_the_file_that_was_imported(film: Film) -> None:
    path = film.path / "media" / "a.wav"
    line = line_of(film, "film.toml", "path =")
    path.write_bytes(b"RIFG")
    assert found(film) == [("film.toml", line, "source-changed")]
    path.write_bytes(b"RIFFF")
    assert found(film) == [("film.toml", line, "source-changed")]
    path.unlink()
    assert found(film) == [("film.toml", line, "source-missing")]


def test_what_is_chosen_is_installed(film: Film) -> None:
    film.save_sheet(film.sheet.model_copy(update={"backends": {"voice": "other"}}))
    asked: list[str] = []

    def voices(backend: str) -> set[str]:
        asked.append(backend)
        return {"im_nicola"}

    line = line_of(film, "film.toml", "voice =")
    assert found(film, backends={"voice": {"kokoro"}}, voices=voices) == [
        ("cast.json", line_of(film, "cast.json", "if_sara"), "voice-unknown"), ("film.toml", line, "backend-unknown")]
    assert asked == ["other"]
    assert found(film, backends={"voice": {"other"}}, voices=lambda _: {"if_sara"}) == []


@pytest.mark.parametrize(("text", "code"), [
    ("", "unreadable"), ("{", "unreadable"), ("[]", "invalid"), ('{"loops": 7}', "invalid"),
    ("[" * 10_000, "unreadable"),
    ('{"language": "it", "language": "it"}', "unreadable"), ('{"language": "it", "x": NaN}', "unreadable"),
    ('{"language": "it", "hologram": 1}', "unknown-field"), ('{"language": "it", "revision": 1e999}', "unreadable"),
    ('{"language": "it", "loops": [{"id": "a"}]}', "invalid"),
    ('{\n"language": "it",\n"loops": [\n{"id": "../x",\n"character": "",\n"span": {"start": "1"}}]}', "invalid"),
])
def test_a_paper_that_is_none_is_told(film: Film, text: str, code: str) -> None:
    (film.path / "dialogue" / "it.json").write_text(text)
    told = [one for one in check_film(film.path) if one.file == "dialogue/it.json"]
    assert told
    assert {one.code for one in told} == {code}
    assert all(one.line >= 1 for one in told)


def test_a_dialogue_says_its_own_language(film: Film) -> None:
    path = film.path / "dialogue" / "en.json"
    path.rename(path.with_name("fr.json"))
    assert found(film) == [("dialogue/fr.json", 3, "language-differs")]
    (film.path / "dialogue" / "notes.txt").write_text("")
    assert ("dialogue/notes.txt", 0, "stray") in found(film)


def test_one_bad_paper_hides_no_other(film: Film) -> None:
    (film.path / "dialogue" / "fr.json").write_bytes(b"\xff")
    (film.path / "cast.json").write_text("{")
    files = {one.file for one in check_film(film.path)}
    assert files == {"cast.json", "dialogue/fr.json", "dialogue/en.json"}


def test_what_is_no_film_cannot_be_checked(tmp_path: Path, film: Film) -> None:
    for path in (tmp_path / "none", tmp_path, film.path / "film.toml"):
        with pytest.raises(NotFound):
            check_film(path)
    (film.path / "film.toml").write_text("schema = 2")
    with pytest.raises(NewerSchema):
        check_film(film.path)


def test_looking_changes_nothing(film: Film) -> None:
    (film.path / "dialogue" / "en.json").write_text("{")
    before = {path: path.stat().st_mtime_ns for path in film.path.rglob("*")}
    check_film(film.path)
    assert {path: path.stat().st_mtime_ns for path in film.path.rglob("*")} == before


def test_a_finding_is_a_line_that_editors_understand() -> None:
    assert str(Finding("film.toml", 3, "invalid", "'title': too short")) == "film.toml:3: 'title': too short [invalid]"


def test_places_in_json_are_found_in_one_pass() -> None:
    value = {"a": [{"b": 1, "c": [1, 2]}, {"b": "x\"}]\\", "²": 1}], "loops": [{"id": number} for number in range(9)]}
    text = json.dumps(value, indent=1, ensure_ascii=False)
    lines = text.splitlines()
    places = [("a", 0, "c", 1), ("a", 1, "b"), ("a", 1, "²"), ("loops", 8, "id"), ("loops", 8, "gone"), ()]
    found = json_lines(text, places)
    assert [lines[number - 1].strip() for number in found] == [
        "2", '"b": "x\\"}]\\\\",', '"²": 1', '"id": 8', "{", "{"]


def test_the_time_to_find_places_grows_with_the_text_only() -> None:
    times = []
    for size in (4000, 8000, 16000):
        text = json.dumps({"loops": [{"id": number, "text": "\\" * 20} for number in range(size)]}, indent=1)
        places = [("loops", number, "id") for number in range(size)]
        begun = time.process_time()
        assert json_lines(text, places)[-1] > size
        times.append(time.process_time() - begun)
    assert times[2] / times[0] < 4 * 2.5
