"""From a script, from a list, from subtitles: the lines of a film, and what was edited by hand stays."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.dubbing.journeys import FAKES

import ciak
from ciak.config import Settings
from ciak.dubbing.sources import Source
from ciak.errors import BadInput
from ciak.film import Loop, Signal, SubtitleDocument
from ciak.film.editing import Retype
from ciak.media import SoundWriter
from ciak.project import edit

SETTINGS = Settings().with_backends(FAKES)
SAID = ((1.0, 2.0, "house"), (4.0, 5.0, "night"), (7.0, 8.0, "mother"), (10.0, 11.0, "window"))
TONES = {"house": 700, "night": 800, "mother": 1800, "window": 2000}
SCRIPT = ("INT. A ROOM - NIGHT\n\nLENA (V.O.)\nHouse!\n\nBEN\n(low)\nNight?\n\nLENA\nTomorrow, says nobody.\n\n"
          "BEN (CONT'D)\nWindow...\n")


@pytest.fixture
def radio(tmp_path: Path) -> Path:
    """A sound in which the fake recogniser hears a word in each burst."""
    time = np.arange(13 * 48000) / 48000
    sound = 0.001 * np.sin(2 * np.pi * 60 * time)
    for start, end, word in SAID:
        gate = (time >= start) & (time < end)
        sound += gate * 0.2 * (np.sin(2 * np.pi * TONES[word] * time) + np.sin(2 * np.pi * 140 * time))
    with SoundWriter(tmp_path / "radio.wav", 48000, 2) as writer:
        writer.write(Signal(np.repeat(sound.astype(np.float32)[:, None], 2, axis=1), 48000))
    return tmp_path / "radio.wav"


def given(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def film(folder: Path) -> ciak.Film:
    return ciak.open_film(folder / "out" / "radio.film")


def hand_edit(folder: Path, which: int, text: str, language: str = "en") -> Loop:
    """A line retyped by a person."""
    mine = film(folder)
    dialogue = mine.dialogue(language)
    assert dialogue is not None
    edit(mine, language, [Retype(loop=dialogue.loops[which].id, text=text)], {})
    after = film(folder).dialogue(language)
    assert after is not None and after.loops[which].origin == "person"
    return after.loops[which]


def loops(folder: Path, language: str = "en") -> tuple[Loop, ...]:
    dialogue = film(folder).dialogue(language)
    assert dialogue is not None
    return dialogue.loops


def test_a_script_names_who_speaks_and_its_words_are_the_lines(radio: Path, tmp_path: Path) -> None:
    script = given(tmp_path, "s.fountain", SCRIPT)
    report = ciak.subtitle(radio, out=tmp_path / "out", to="it", script=script, settings=SETTINGS)
    told = [(line.source, line.character, [flag.code for flag in line.flags]) for line in report.lines]
    assert told[:2] == [("House!", "LENA", []), ("Night?", "BEN", [])]
    assert told[3] == ("Window...", "BEN", [])
    assert told[2][0] == "Tomorrow, says nobody." and "unsure-place" in told[2][2], "speech that nobody claims"
    assert [row.name for row in film(tmp_path).cast().members] == ["LENA", "BEN"]
    assert all(abs(line.span[0] - said[0]) < 0.1 for line, said in zip(report.lines, SAID, strict=True))
    again = ciak.subtitle(radio, out=tmp_path / "out", to="it", settings=SETTINGS)
    assert [line.source for line in again.lines] == [line.source for line in report.lines], "kept without being given"


def test_the_same_script_again_changes_nothing_and_a_mended_one_replaces_it(radio: Path, tmp_path: Path) -> None:
    script = given(tmp_path, "s.fountain", SCRIPT)
    ciak.subtitle(radio, out=tmp_path / "out", script=script, settings=SETTINGS)
    before = loops(tmp_path)
    ciak.subtitle(radio, out=tmp_path / "out", script=script, settings=SETTINGS)
    assert loops(tmp_path) == before
    text = SCRIPT.replace("Night?", "Night, dear?").replace("Tomorrow, says nobody.", "")
    mended = given(tmp_path, "t.fountain", text)
    ciak.subtitle(radio, out=tmp_path / "out", script=mended, settings=SETTINGS)
    after = loops(tmp_path)
    assert [loop.id for loop in after] == [loop.id for loop in before], "lines keep their ids where they are"
    assert after[1].text == "Night, dear?" and [flag.code for flag in after[2].flags] == ["not-in-script"]
    assert after[2].text == "mother" and after[2].character in {"LENA", "BEN"}, "named by the voice"


@pytest.mark.parametrize("option", ["script", "as_recorded", "subtitles"])
def test_what_was_edited_by_hand_stays_whatever_is_given(option: str, radio: Path, tmp_path: Path) -> None:
    ciak.subtitle(radio, out=tmp_path / "out", settings=SETTINGS)
    mine = hand_edit(tmp_path, 1, "My own words")
    files = {"script": SCRIPT, "as_recorded": "in,out,character,text\n1,2,LENA,House!\n3.9,5.1,BEN,Night?\n",
             "subtitles": "1\n00:00:01,000 --> 00:00:02,000\nHouse!\n\n2\n00:00:03,900 --> 00:00:05,100\nNight?\n"}
    path = given(tmp_path, "given", files[option])
    report = ciak.subtitle(radio, out=tmp_path / "out", settings=SETTINGS, **{option: path})
    after = loops(tmp_path)
    assert mine in after and "House!" in [loop.text for loop in after] and "Night?" not in [loop.text for loop in after]
    assert any("your line at" in note and "Night?" in note for note in report.notes)


def test_a_translation_edited_by_hand_stays_too(radio: Path, tmp_path: Path) -> None:
    ciak.subtitle(radio, out=tmp_path / "out", to="it", settings=SETTINGS)
    hand_edit(tmp_path, 0, "La mia casa", "it")
    ours = given(tmp_path, "ours.srt", "1\n00:00:01,000 --> 00:00:02,000\nUna casa\n\n"
                 "2\n00:00:04,000 --> 00:00:05,000\nDi notte\n")
    first = ciak.dub(radio, out=tmp_path / "out", to="it", translation=ours, settings=SETTINGS)
    assert [line.translation for line in first.lines[:2]] == ["La mia casa", "Di notte"]
    assert any("Una casa" in note for note in first.notes)
    ours = given(tmp_path, "ours.srt", "1\n00:00:04,000 --> 00:00:05,000\nNella notte\n")
    again = ciak.dub(radio, out=tmp_path / "out", to="it", translation=ours, settings=SETTINGS)
    assert [line.translation for line in again.lines[:2]] == ["La mia casa", "Nella notte"], "a mended file counts"


def test_an_as_recorded_list_becomes_lines_with_their_characters(radio: Path, tmp_path: Path) -> None:
    path = given(tmp_path, "list.csv", "Inizio;Fine;Personaggio;Battuta\n00:00:01.000;00:00:02.000;Lena;House!\n"
                 "00:00:04.000;00:00:05.500;;Night?\n00:00:05.000;00:00:06.000;Ben;Yes.\n;;;SCENE 2\n"
                 "00:01:00.000;00:01:01.000;Ben;Far out\n")
    report = ciak.subtitle(radio, out=tmp_path / "out", as_recorded=path, settings=SETTINGS)
    assert [(line.source, line.span) for line in report.lines] == [
        ("House!", (1.0, 2.0)), ("Night?", (4.0, 5.0)), ("Yes.", (5.0, 6.0))], "overlaps end where the next begins"
    assert report.lines[0].character == "Lena" and report.lines[2].character == "Ben" and report.lines[1].character
    assert all(loop.origin == "given:list" for loop in loops(tmp_path))
    told = " ".join(report.notes)
    assert "line 5" in told and "after the film's end" in told


def test_what_is_not_of_this_film_is_refused_in_one_line(radio: Path, tmp_path: Path) -> None:
    strange = given(tmp_path, "s.fountain", "ANN\nCall me whatever pleases you.\n\nBOB\nVery well then, madam.\n")
    with pytest.raises(BadInput, match="is it the script of this film"):
        ciak.subtitle(radio, out=tmp_path / "out", script=strange, settings=SETTINGS)
    late = given(tmp_path, "l.csv", "in,out,text\n100,101,x\n")
    with pytest.raises(BadInput, match="after the film's end"):
        ciak.subtitle(radio, out=tmp_path / "out", as_recorded=late, settings=SETTINGS)
    with pytest.raises(BadInput, match="one place only"):
        Source(subtitles=SubtitleDocument(), recorded=())
    assert Source(recorded=()).given and not Source().given


def test_a_list_counts_by_the_films_timecode(radio: Path, tmp_path: Path) -> None:
    path = given(tmp_path, "list.csv", "in,out,text\n01:00:01:00,01:00:02:12,House!\n")
    ciak.subtitle(radio, out=tmp_path / "out", as_recorded=path, settings=SETTINGS)
    rate = film(tmp_path).rate
    assert loops(tmp_path)[0].span.start == 1 and loops(tmp_path)[0].span.end == 2 + Fraction(12) / rate.fps
