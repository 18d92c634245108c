"""From a script to what is delivered: voices over and through a telephone in italics in every format that has them,
a line at the top while something is written at the bottom, a person's word over the script's."""

from __future__ import annotations

from pathlib import Path

from tests.cli.program import ciak as program
from tests.dubbing.journeys import talking_clip
from tests.dubbing.test_sources import SETTINGS, film, given, loops, radio  # noqa: F401 - a fixture

import ciak
from ciak.dubbing.files import Against, check_file, fix_file
from ciak.dubbing.given import italic_share
from ciak.film import Edge, PresenceKind, SubtitleCue
from ciak.film.captions import StandCaption
from ciak.film.editing import Present, Sing
from ciak.formats import read_subtitles, subtitle_losses
from ciak.project import edit, undo

SCRIPT = ("INT. A ROOM - NIGHT\n\nLENA (V.O.)\nHouse!\n\nBEN\n(al telefono)\nNight?\n\n"
          "MOTHER (AL TELEFONO)\nMother.\n\nBEN (FUORI CAMPO)\nWindow...\n")
SIGNS = "1\n00:00:03,500 --> 00:00:05,500\nCINEMA\n"
FORMATS = ("imsc", "ebu-stl", "ass", "dcp")


def made(radio: Path, folder: Path, **asked: object) -> ciak.Film:  # noqa: F811
    ciak.subtitle(radio, out=folder / "out", to="it", settings=SETTINGS, formats=FORMATS, profile="netflix",
                  **asked)  # type: ignore[arg-type]
    return film(folder)


def delivered(folder: Path, language: str, ending: str) -> tuple[SubtitleCue, ...]:
    found = read_subtitles(next((folder / "out").glob(f"radio.{language}{ending}"))).cues
    return tuple(cue for cue in found if "CINEMA" not in cue.text)


def test_what_the_script_says_is_in_every_format_and_both_languages(radio: Path, tmp_path: Path) -> None:  # noqa: F811
    mine = made(radio, tmp_path, script=given(tmp_path, "s.fountain", SCRIPT),
                on_screen=given(tmp_path, "signs.srt", SIGNS))
    assert [loop.presence and loop.presence.kind for loop in loops(tmp_path)] == [
        PresenceKind.VOICE_OVER, None, PresenceKind.DEVICE, PresenceKind.OFF_SCREEN]
    assert all(loop.presence is None for loop in loops(tmp_path, "it")), "said of the original alone"
    for language in ("en", "it"):
        for ending in (".srt", ".vtt", ".ttml", ".stl", ".ass", ".xml"):
            assert [italic_share(cue) for cue in delivered(tmp_path, language, ending)] == [1, 0, 1, 0], ending
    dialogue = mine.dialogue("it")
    assert dialogue is not None and dialogue.captions[0].edge is None
    edit(mine, "it", [StandCaption(caption="T1", edge=Edge.BOTTOM)], {})
    made(radio, tmp_path)
    for ending in (".srt", ".vtt", ".ttml", ".stl", ".ass", ".xml"):
        edges = [cue.place.edge if cue.place else Edge.BOTTOM for cue in delivered(tmp_path, "it", ending)]
        assert edges == [Edge.BOTTOM, Edge.TOP, Edge.BOTTOM, Edge.BOTTOM], ending
    assert "<i>House!</i>" in (tmp_path / "out" / "radio.en.srt").read_text()
    assert 'tts:fontStyle="italic"' in (tmp_path / "out" / "radio.it.ttml").read_text()
    for ending, name in ((".ttml", "imsc"), (".stl", "ebu-stl")):
        told = read_subtitles(tmp_path / "out" / f"radio.it{ending}")
        assert not [loss for loss in subtitle_losses(told, name) if "italic" in loss or "place" in loss]


def test_a_persons_word_stands_whatever_comes_and_is_taken_back(radio: Path, tmp_path: Path) -> None:  # noqa: F811
    script = given(tmp_path, "s.fountain", SCRIPT)
    mine = made(radio, tmp_path, script=script)
    first, second, *_ = loops(tmp_path)
    edit(mine, "en", [Present(loop=first.id, kind=PresenceKind.ON_SCREEN), Sing(loop=second.id, sung=True)], {})
    mended = given(tmp_path, "t.fountain", SCRIPT.replace("Night?", "Night, dear?"))
    made(radio, tmp_path, script=mended)
    one, other, *_ = loops(tmp_path)
    assert one.presence is not None and (one.presence.kind, one.presence.origin) == (PresenceKind.ON_SCREEN, "person")
    assert other.text == "Night, dear?" and (other.sung, other.sung_origin) == (True, "person")
    assert [italic_share(cue) for cue in delivered(tmp_path, "it", ".ttml")] == [0, 1, 1, 0]
    edit(mine := film(tmp_path), "en", [Present(loop=one.id, kind=None)], {})
    assert loops(tmp_path)[0].presence is None
    undo(mine)
    assert loops(tmp_path)[0].presence == one.presence


def test_lines_that_a_machine_heard_again_keep_a_persons_word(radio: Path, tmp_path: Path) -> None:  # noqa: F811
    mine = made(radio, tmp_path)
    first = loops(tmp_path)[0]
    edit(mine, "en", [Present(loop=first.id, kind=PresenceKind.VOICE_OVER)], {})
    made(radio, tmp_path)
    again = loops(tmp_path)[0]
    assert again.origin.startswith("transcriber:") and again.presence is not None
    assert again.presence.origin == "person"


def test_the_command_lists_and_says_it(radio: Path, tmp_path: Path) -> None:  # noqa: F811
    mine = made(radio, tmp_path, script=given(tmp_path, "s.fountain", SCRIPT))
    ids = [loop.id for loop in loops(tmp_path)]
    listed = program("subtitle", "presence", mine.path, "--json").json
    assert [row["presence"] for row in listed["lines"]] == ["voice-over", None, "device", "off-screen"]
    assert listed["known"] == 3 and listed["lines"][0]["origin"] == "given:script"
    told = program("subtitle", "presence", mine.path, "--is", ids[0], "unknown", "--is", ids[1], "voice-over",
                   "--sung", ids[3])
    assert told.code == 0 and "of 3 it is known" in told.out and "voice-over" in told.out, told.err
    for wrong in (("--is", ids[0], "shouted"), ("--is", "L 1", "device"), ("--sung", "nobody")):
        ran = program("subtitle", "presence", mine.path, *wrong)
        assert ran.code == 2 and "Traceback" not in ran.err, wrong


def test_a_file_is_held_against_the_film_and_put_right(tmp_path: Path) -> None:
    clip = talking_clip(tmp_path / "night.mp4")
    ciak.subtitle(clip, out=tmp_path / "out", settings=SETTINGS)
    mine = ciak.open_film(tmp_path / "out" / "night.film")
    dialogue = mine.dialogue("en")
    assert dialogue is not None
    old = tmp_path / "out" / "night.en.srt"
    against = Against(profile="netflix-en", video=mine.path)
    assert "italics" not in check_file(old, against).counts, "nothing is known of the film's voices"
    edit(mine, "en", [Present(loop=dialogue.loops[1].id, kind=PresenceKind.DEVICE)], {})
    before = check_file(old, against)
    assert before.counts["italics"] == 1
    done = fix_file(old, against, tmp_path / "right.srt")
    assert any(italic_share(cue) == 1 for cue in read_subtitles(done.out).cues)
    assert "italics" not in check_file(done.out, against).counts
    again = fix_file(done.out, against, tmp_path / "again.srt")
    assert again.out.read_bytes() == done.out.read_bytes()
    assert "italics" not in check_file(done.out, Against(profile="netflix-en")).counts, "no film is given"
