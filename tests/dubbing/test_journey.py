"""The whole journey with fakes for ears and voices: what comes out is complete, consistent, and made only once."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.dubbing.journeys import FAKES, bursts, talking_clip
from tests.media.clips import ClipPlan, make_clip

import ciak
from ciak.bootstrap import redo
from ciak.config import Settings
from ciak.dubbing import Report
from ciak.errors import BadInput, NothingToDo, Refused
from ciak.film import CastMember, Sex
from ciak.formats import read_cut, read_dialogue_list, read_subtitles
from ciak.media import SoundFile, probe, sound_blocks

SETTINGS = Settings().with_backends(FAKES)


@pytest.fixture(scope="module")
def dubbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    folder = tmp_path_factory.mktemp("journey")
    clip = talking_clip(folder / "night.mp4")
    return folder / "out", ciak.dub(clip, to="it", out=folder / "out", settings=SETTINGS)


def test_every_promised_file_is_there_and_named_in_the_report(dubbed: tuple[Path, Report]) -> None:
    out, report = dubbed
    written = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert written["schema"] == 1
    assert written["languages"] == ["en", "it"]
    roles = {"film", "srt.en", "srt.it", "webvtt.en", "webvtt.it", "timeline", "dialogue-list", "report",
             "stem.DX", "stem.ME", "stem.MIX"}
    assert roles <= written["files"].keys()
    for path in written["files"].values():
        assert (out / path).is_file()
    assert (out / "night.film" / "deliveries" / "report.json").is_file(), "the studio's copy"
    assert report.summary["spoken"] == len(report.lines) == 3


def test_the_film_has_both_languages_and_both_subtitles_labelled(dubbed: tuple[Path, Report]) -> None:
    out, _ = dubbed
    info = probe(out / "night.it.mp4")
    assert [sound.language for sound in info.sounds] == ["ita", "eng"]
    assert [text.language for text in info.subtitles] == ["ita", "eng"]
    assert info.picture is not None
    assert info.picture.frames == 192


def test_lines_lie_in_their_slots_and_do_not_overlap(dubbed: tuple[Path, Report]) -> None:
    _, report = dubbed
    before = 0.0
    for line in report.lines:
        assert line.spoken is not None and line.slot is not None and line.rate is not None
        assert before <= line.spoken[0] + 1e-6
        assert line.spoken[1] <= line.slot[1] + 1e-6
        assert 0.77 <= line.rate <= 1.33 or line.flags
        before = line.spoken[1]


def test_stems_sum_to_the_mix_and_carry_the_start_timecode(dubbed: tuple[Path, Report]) -> None:
    out, report = dubbed
    stems = {name: SoundFile(out / report.files[f"stem.{name}"]) for name in ("DX", "ME", "MIX")}
    whole = {name: file.read(0, file.frames).samples.astype(np.float64) for name, file in stems.items()}
    residue = whole["DX"] + whole["ME"] - whole["MIX"]
    assert 20 * np.log10(np.abs(residue).max() + 1e-12) < -80
    assert report.mix is not None and report.mix.integrated is not None
    assert abs(report.mix.integrated + 23) <= 0.5
    assert all(file.rate == 48000 and file.channels == 2 for file in stems.values())
    head = (out / report.files["stem.DX"]).read_bytes()[:2000]
    at = head.index(b"bext") + 8 + 338
    assert int.from_bytes(head[at:at + 8], "little") == 3600 * 48000


def test_where_nobody_is_dubbed_the_bed_is_the_original(dubbed: tuple[Path, Report]) -> None:
    out, report = dubbed
    assert report.mix is not None
    bed = SoundFile(out / report.files["stem.ME"])
    heard = np.concatenate([block.samples for block in sound_blocks(out.parent / "night.mp4")])
    gain = 10 ** (report.mix.gain_db / 20)
    quiet = slice(int(7.3 * 48000), int(7.9 * 48000))
    original = heard[quiet] * gain
    residue = bed.read(quiet.start, quiet.stop - quiet.start).samples - original
    assert np.abs(original).max() > 1e-4, "there is something to keep"
    assert 20 * np.log10(np.abs(residue).max() / np.abs(original).max()) < -60


def test_the_timeline_and_the_list_say_what_the_report_says(dubbed: tuple[Path, Report]) -> None:
    out, report = dubbed
    cut = read_cut((out / report.files["timeline"]).read_bytes())
    clips = [clip for lane in cut.lanes for clip in lane.clips if clip.loop]
    assert {clip.loop for clip in clips} == {line.id for line in report.lines}
    assert all((out / clip.path).is_file() for lane in cut.lanes for clip in lane.clips)
    assert cut.start == "01:00:00:00"
    rows = read_dialogue_list((out / report.files["dialogue-list"]).read_bytes())
    assert [row.translation for row in rows] == [line.translation for line in report.lines]
    cues = read_subtitles(out / report.files["srt.it"]).cues
    said = " ".join(cue.text for cue in cues).split()
    assert said == " ".join(str(line.translation) for line in report.lines).split()


def test_a_second_run_makes_nothing_and_writes_nothing(dubbed: tuple[Path, Report]) -> None:
    out, first = dubbed
    history = (out / "night.film" / "history.jsonl").read_bytes()
    files = [path for path in out.rglob("*") if path.is_file() and ".ciak" not in path.parts]
    times = {path: path.stat().st_mtime_ns for path in files}
    second = ciak.dub(out.parent / "night.mp4", to="it", out=out, settings=SETTINGS)
    assert second == first
    assert (out / "night.film" / "history.jsonl").read_bytes() == history
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_what_a_person_changes_is_kept_and_only_that_line_is_made_again(tmp_path: Path) -> None:
    clip = talking_clip(tmp_path / "night.mp4")
    before = ciak.dub(clip, to="it", out=tmp_path / "out", settings=SETTINGS)
    film = ciak.open_film(tmp_path / "out" / "night.film")
    dialogue = film.dialogue("it")
    assert dialogue is not None
    first = dialogue.loops[0].model_copy(update={"text": "casa", "origin": "person", "variants": ()})
    film.save_dialogue(dialogue.model_copy(update={"loops": (first, *dialogue.loops[1:])}))
    cast = film.cast()
    film.save_cast(cast.with_member(CastMember(
        **{**cast.members[0].model_dump(), "name": "Ben", "sex": Sex.MALE, "edited": True})))
    after = ciak.dub(clip, to="it", out=tmp_path / "out", settings=SETTINGS)
    assert after.lines[0].translation == "casa"
    assert after.lines[0].take != before.lines[0].take
    assert [line.take for line in after.lines[1:]] == [line.take for line in before.lines[1:]]
    assert ciak.open_film(tmp_path / "out" / "night.film").cast().members[0].name == "Ben"


def test_a_persons_own_subtitles_and_translation_are_used_word_for_word(tmp_path: Path) -> None:
    clip = talking_clip(tmp_path / "night.mp4")
    mine = tmp_path / "mine.srt"
    mine.write_text("1\n00:00:00,500 --> 00:00:02,000\nnight house\n\n2\n00:00:03,000 --> 00:00:04,200\nthe door\n",
                    encoding="utf-8")
    ours = tmp_path / "ours.srt"
    ours.write_text("1\n00:00:00,500 --> 00:00:02,000\nUna casa, di notte.\n", encoding="utf-8")
    report = ciak.dub(clip, to="it", out=tmp_path / "out", subtitles=mine, translation=ours, settings=SETTINGS)
    assert [line.source for line in report.lines] == ["night house", "the door"]
    assert report.lines[0].translation == "Una casa, di notte."
    again = ciak.dub(clip, to="it", out=tmp_path / "out", settings=SETTINGS)
    assert [line.source for line in again.lines] == ["night house", "the door"], "kept without being given again"
    assert again.notes


def own_words(folder: Path) -> tuple[Path, Path]:
    """Two Spanish lines, and an Italian translation of the first."""
    mine, ours = folder / "mine.srt", folder / "ours.srt"
    mine.write_text("1\n00:00:00,500 --> 00:00:02,000\nuna casa\n\n2\n00:00:03,000 --> 00:00:04,200\nla puerta\n",
                    encoding="utf-8")
    ours.write_text("1\n00:00:00,500 --> 00:00:02,000\nUna casa, di notte.\n", encoding="utf-8")
    return mine, ours


def test_a_persons_translation_is_spoken_where_the_translator_does_not_know_the_languages(tmp_path: Path) -> None:
    clip = talking_clip(tmp_path / "noche.mp4")
    mine, ours = own_words(tmp_path)
    report = ciak.dub(clip, to="it", language="es", out=tmp_path / "out", subtitles=mine, translation=ours,
                      settings=SETTINGS)
    first, second = report.lines
    assert first.translation == "Una casa, di notte."
    assert "untranslated" not in {flag.code for flag in first.flags}
    assert first.take is not None
    assert (second.translation, second.take) == ("", None), "no words, so the original is heard"
    assert [flag.code for flag in second.flags] == ["untranslated"]
    assert any("3.00 s has no words" in note for note in report.notes)
    cues = read_subtitles(tmp_path / "out" / "noche.it.srt").cues
    assert [cue.text for cue in cues] == ["Una casa, di notte."]
    again = ciak.dub(clip, to="it", language="es", out=tmp_path / "out", settings=SETTINGS)
    assert [line.take for line in again.lines] == [first.take, None]
    with pytest.raises(Refused, match="does not go from 'es' to 'it'"):
        redo(tmp_path / "out" / "noche.film", "it", [second.id], settings=SETTINGS)


def test_languages_that_nobody_translates_are_refused_in_one_line(tmp_path: Path) -> None:
    clip = talking_clip(tmp_path / "noche.mp4")
    mine, _ = own_words(tmp_path)
    with pytest.raises(BadInput, match="does not go from 'es' to 'it'") as caught:
        ciak.dub(clip, to="it", language="es", out=tmp_path / "out", subtitles=mine, settings=SETTINGS)
    assert "--translation" in str(caught.value.remedy)
    assert ciak.open_film(tmp_path / "out" / "noche.film").dialogue("it") is None


def test_sound_alone_is_subtitled_and_dubbed_without_a_picture(tmp_path: Path) -> None:
    from ciak.film import Signal
    from ciak.media import SoundWriter

    with SoundWriter(tmp_path / "radio.wav", 48000, 2) as writer:
        writer.write(Signal(bursts(6, ((1.0, 2.5), (3.5, 5.0))), 48000))
    subtitled = ciak.subtitle(tmp_path / "radio.wav", to="it", out=tmp_path / "subs", settings=SETTINGS)
    assert (tmp_path / "subs" / "radio.it.vtt").is_file()
    assert subtitled.mix is None
    dubbed = ciak.dub(tmp_path / "radio.wav", to="it", out=tmp_path / "dub", settings=SETTINGS)
    assert dubbed.files["film"].endswith(".MIX.wav")


def test_a_film_that_cannot_be_dubbed_says_why(tmp_path: Path) -> None:
    silent = make_clip(tmp_path / "silent.mp4", ClipPlan(frames=48))
    with pytest.raises(NothingToDo, match="no sound"):
        ciak.dub(silent, to="it", out=tmp_path / "a", settings=SETTINGS)
    from tests.media.clips import SoundPlan

    mute = make_clip(tmp_path / "mute.mp4", ClipPlan(frames=48, sounds=[SoundPlan(np.zeros((96000, 2), np.float32))]))
    with pytest.raises(NothingToDo, match="nobody speaks"):
        ciak.dub(mute, to="it", language="en", out=tmp_path / "b", settings=SETTINGS)
    with pytest.raises(BadInput, match="already speaks"):
        clip = talking_clip(tmp_path / "night.mp4")
        ciak.dub(clip, to="en", language="en", out=tmp_path / "c", settings=SETTINGS)


def test_a_rate_of_23_976_keeps_subtitles_on_its_frames(tmp_path: Path) -> None:
    clip = talking_clip(tmp_path / "ntsc.mp4", rate=Fraction(24000, 1001))
    ciak.subtitle(clip, out=tmp_path / "out", settings=SETTINGS)
    film = ciak.open_film(tmp_path / "out" / "ntsc.film")
    assert str(film.rate) == "24000/1001"
    for cue in read_subtitles(tmp_path / "out" / "ntsc.en.srt").cues:
        for time in (cue.span.start, cue.span.end):
            assert abs(film.rate.snap(time) - time) <= Fraction(1, 1000)
