"""``ciak subtitle --sdh``, ``--on-screen`` and ``ciak subtitle captions``: nothing undecided leaves the house."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.cli.program import Run, ciak
from tests.dubbing.journeys import bursts
from tests.media.clips import ClipPlan, SoundPlan, make_clip

from ciak.config import TASKS
from ciak.project import Film, edit_cast

FAKES = {f"CIAK_BACKEND_{task.upper()}": "fake" for task in TASKS}
LINES = ("1\n00:00:00,500 --> 00:00:01,900\nThe house.\n\n2\n00:00:03,000 --> 00:00:04,200\nThe night.\n\n"
         "3\n00:00:11,000 --> 00:00:12,500\nThe water.\n")
SIGNS = "1\n00:00:05,000 --> 00:00:06,500\nPOLIZIA\n\n2\n00:00:11,500 --> 00:00:13,000\nUSCITA\nCHIUSA\n"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three lines in 14 seconds; from 6 to 10 bells ring, on the left."""
    folder = tmp_path_factory.mktemp("scene")
    sound = bursts(14, ((0.5, 1.9), (3.0, 4.2), (11.0, 12.5)))
    time = np.arange(4 * 48000) / 48000
    sound[6 * 48000:10 * 48000, 0] += (0.2 * np.sin(2 * np.pi * 3500 * time)).astype(np.float32)
    make_clip(folder / "night.mp4", ClipPlan(frames=14 * 24, rate=Fraction(24), sounds=[SoundPlan(sound)]))
    (folder / "lines.srt").write_text(LINES)
    (folder / "signs.srt").write_text(SIGNS)
    return folder


def run(folder: Path, *arguments: str | Path) -> Run:
    return ciak("subtitle", *arguments, cwd=folder, **FAKES)


@pytest.fixture
def made(scene: Path, tmp_path: Path) -> Path:
    """A folder in which SDH was asked for, once."""
    ran = run(tmp_path, scene / "night.mp4", "--language", "en", "--to", "it", "--subtitles", scene / "lines.srt",
              "--sdh", "--json")
    assert ran.code == 1, ran.err
    assert ran.json["waiting"] == {"en": 1, "it": 1}
    assert "wait for a person" in ran.err and not list(tmp_path.rglob("*.sdh.*"))
    return tmp_path


def film(folder: Path) -> Path:
    return folder / "night-ciak" / "night.film"


def test_what_is_heard_waits_for_a_person_and_is_delivered_then(made: Path, scene: Path) -> None:
    listed = run(made, "captions", film(made), "--json").json
    (music,) = listed["captions"]
    assert (music["kind"], music["text"], music["verdict"], music["origin"]) == (
        "music", "music", "undecided", "hearer:fake")
    assert abs(music["start"] - 6) <= 0.5 and abs(music["end"] - 10) <= 0.5
    assert listed["tellable"] == ["music"]
    told = run(made, "captions", scene / "night.mp4", "--approve", "all")
    assert told.code == 0 and "1 captions in en, 0 undecided" in told.out and "heard are: music; all else" in told.out
    again = run(made, scene / "night.mp4", "--language", "en", "--to", "it", "--sdh", "--format", "imsc", "--json")
    assert again.code == 0 and again.json["waiting"] == {}, again.err
    out = made / "night-ciak"
    assert "[music]" in (out / "night.en.sdh.srt").read_text()
    assert "[musica]" in (out / "night.it.sdh.ttml").read_text(), "the verdict holds for the translation"
    assert "music" not in (out / "night.en.srt").read_text()
    checked = run(made, "check", out / "night.en.sdh.srt", "--profile", "netflix-sdh", "--rate", "24", "--json")
    assert {row["rule"] for row in checked.json["violations"]} <= {"reading-speed", "shortest"}


def test_what_is_rejected_is_not_delivered_nor_asked_again(made: Path, scene: Path) -> None:
    assert run(made, "captions", film(made), "--reject", "C1").code == 0
    again = run(made, scene / "night.mp4", "--language", "en", "--sdh", "--json")
    assert again.code == 0
    assert "[" not in (made / "night-ciak" / "night.en.sdh.srt").read_text()
    assert len(run(made, "captions", film(made), "--json").json["captions"]) == 1


def test_a_person_words_and_adds_and_names_speakers(made: Path, scene: Path) -> None:
    rows = run(made, "captions", film(made), "--reword", "C1", "bells ring", "--add", "sound", "01:00:02:06", "2.9",
               "a door", "--add", "lyric", "13", "13.9", "la la", "--json").json["captions"]
    assert [(row["id"], row["text"], row["verdict"]) for row in rows] == [
        ("C2", "a door", "approved"), ("C1", "bells ring", "approved"), ("C3", "la la", "approved")]
    assert rows[0]["start"] == 2.25 and rows[0]["in"] == "01:00:02:06"
    edit_cast(Film.open(film(made)), "S1", name="Anna")
    edit_cast(Film.open(film(made)), "S2", name="Ben")
    opened = Film.open(film(made))
    dialogue = opened.dialogue("en")
    assert dialogue is not None
    loops = tuple(loop.model_copy(update={"character": who})
                  for loop, who in zip(dialogue.loops, ("S1", "S2", "S2"), strict=True))
    opened.save_dialogue(dialogue.model_copy(update={"loops": loops}))
    assert run(made, scene / "night.mp4", "--language", "en", "--sdh", "--json").code == 0
    text = (made / "night-ciak" / "night.en.sdh.srt").read_text()
    for words in ("[Anna] The house.", "[Ben] The night.", "[bells ring]", "♪ la la ♪"):
        assert words in text
    assert text.count("[Ben]") == 1
    assert "[" not in (made / "night-ciak" / "night.en.srt").read_text()


def test_what_is_written_in_the_picture_is_a_file_of_its_own(scene: Path, tmp_path: Path) -> None:
    ran = run(tmp_path, scene / "night.mp4", "--language", "en", "--to", "it", "--subtitles", scene / "lines.srt",
              "--on-screen", scene / "signs.srt", "--format", "imsc", "--json")
    assert ran.code == 0, ran.err
    out = tmp_path / "night-ciak"
    forced = (out / "night.it.forced.srt").read_text()
    assert "POLIZIA" in forced and "USCITA\r\nCHIUSA" in forced.replace("\r\n", "\n").replace("\n", "\r\n")
    assert "1\r\n" in forced or "1\n" in forced
    assert "casa" not in forced and not (out / "night.en.forced.srt").exists()
    whole = (out / "night.it.ttml").read_text()
    assert whole.count('itts:forcedDisplay="true"') == 2 and "POLIZIA" in whole and "casa" in whole
    assert ran.json["files"]["srt.it.forced"] == "night.it.forced.srt"
    stands = run(tmp_path, "captions", film(tmp_path), "--language", "it", "--stands", "T2", "bottom", "--json")
    assert [one["edge"] for one in stands.json["captions"]] == [None, "bottom"], stands.err


@pytest.mark.parametrize("arguments", [
    ("--approve", "C9"), ("--approve", "../C1"), ("--reword", "C1", " "), ("--add", "smell", "1", "2", "x"),
    ("--add", "sound", "2", "1", "x"), ("--add", "sound", "later", "2", "x"), ("--add", "sound", "-1", "2", "x"),
    ("--stands", "C1", "bottom"), ("--stands", "T1", "aside"),
    ("--remove", "C9"), ("--language", "xx"), ("--language", "../en")])
def test_what_cannot_be_is_one_clear_line(made: Path, arguments: tuple[str, ...]) -> None:
    before = (film(made) / "dialogue" / "en.json").read_bytes()
    assert run(made, "captions", film(made), *arguments).code == 2
    assert (film(made) / "dialogue" / "en.json").read_bytes() == before


def test_films_that_are_none_are_told(scene: Path, tmp_path: Path) -> None:
    Film.create(tmp_path / "empty.film", "T")
    assert "no lines yet" in run(tmp_path, "captions", tmp_path / "empty.film").err
    for other in (tmp_path, tmp_path / "nowhere", scene / "night.mp4"):
        assert run(tmp_path, "captions", other).code == 2
    told = run(tmp_path, "captions", tmp_path / "nowhere", "--json")
    assert told.code == 2 and json.loads(told.out)["error"]
    for wrong in (scene / "none.srt", scene / "night.mp4"):
        assert run(tmp_path, scene / "night.mp4", "--on-screen", wrong).code == 2
