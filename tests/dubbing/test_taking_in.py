"""Recorded takes: taken in by name, placed by timecode, kept as they came, never half, used by the mix."""

from __future__ import annotations

import errno
import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.dubbing.journeys import FAKES, bursts
from tests.dubbing.recorded import speech, spoken, write_wav
from tests.media.clips import ClipPlan, SoundPlan, make_clip

import ciak
from ciak.bootstrap import redo
from ciak.config import Settings
from ciak.dubbing import taking_in
from ciak.dubbing.crew import Crew
from ciak.dubbing.recordings import with_sounds
from ciak.dubbing.taking_in import Intake, Told, find_takes, take_in, take_in_one
from ciak.errors import BadInput, NotFound, NothingToDo, StorageError
from ciak.film import Loop, TakeKind
from ciak.film.editing import Choose, DropTake, Lock
from ciak.media import SoundFile
from ciak.project import Film, check_film, edit, undo
from ciak.project import redo as do_again

LINES = ((0.5, 1.9), (3.0, 4.2), (5.0, 6.8), (8.0, 9.5), (10.5, 12.0), (13.5, 15.2), (16.5, 18.0), (19.5, 21.0))
"""Where somebody speaks: so many lines that one of them alone does not move the loudness of all."""
SETTINGS = Settings().with_backends(FAKES)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film that was dubbed once."""
    folder = tmp_path_factory.mktemp("takes")
    plan = ClipPlan(frames=576, rate=Fraction(24), sounds=[SoundPlan(bursts(24, LINES))])
    clip = make_clip(folder / "night.mp4", plan)
    ciak.dub(clip, to="it", out=folder / "out", settings=SETTINGS)
    return folder / "out" / "night.film"


@pytest.fixture
def film(made: Path, tmp_path: Path) -> Film:
    shutil.copytree(made, tmp_path / "night.film")
    shutil.copy(made.parent.parent / "night.mp4", tmp_path / "night.mp4")
    return Film.open(tmp_path / "night.film")


def bring(film: Film, folder: Path, intake: Intake | None = None, crew: Crew | None = None) -> dict[str, Told]:
    intake = intake or Intake(actor="Anna Rossi")
    found, left = find_takes(film, "it", folder, intake)
    return {one.name: one for one in (*take_in(film, crew, "it", found, intake), *left)}


def tree(film: Film) -> dict[str, bytes]:
    """Every file of the film but locks, the index and the history."""
    return {str(path.relative_to(film.path)): path.read_bytes() for path in sorted(film.path.rglob("*"))
            if path.is_file() and "index.sqlite" not in path.name and "lock" not in path.name
            and path.name != "history.jsonl"}


def test_a_folder_comes_in_by_name_and_everything_else_is_told(film: Film, tmp_path: Path) -> None:
    folder = tmp_path / "recorded"
    good = speech(1.0)
    write_wav(folder / "l0001.wav", speech(1.0, rate=44100), rate=44100, bits=16)
    write_wav(folder / "0002_take2.wav", good, bits=24)
    write_wav(folder / "NIGHT_it_0002_T03.wav", speech(0.8, rate=96000), rate=96000, bits=64, floats=True)
    write_wav(folder / "0003.wav", np.stack([speech(0.9), speech(0.9)], axis=1), bits=32)
    write_wav(folder / "0099.wav", good)
    write_wav(folder / "roomtone.wav", good)
    (folder / "l0003_t9.wav").write_bytes(b"")
    whole = write_wav(folder / "l0003_t8.wav", good).read_bytes()
    (folder / "l0003_t8.wav").write_bytes(whole[:len(whole) // 2])
    write_wav(folder / "l0003_t7.wav", np.zeros(48000))
    write_wav(folder / "l0003_t6.wav", np.clip(speech(1.0, level=2.0), -1, 1))
    (folder / "l0003_t5.wav").write_bytes(b"ID3 this is no WAV" * 40)
    write_wav(folder / "l0001_t4.wav", speech(9.0))
    write_wav(folder / "l0003_t3.wav", np.stack([good] * 4, axis=1), bits=16)
    (folder / "notes.txt").write_text("read me")
    told = bring(film, folder)
    taken = {name: one for name, one in told.items() if one.take}
    assert {name: one.line for name, one in taken.items()} == {
        "l0001.wav": "L0001", "0002_take2.wav": "L0002", "NIGHT_it_0002_T03.wav": "L0002", "0003.wav": "L0003"}
    assert taken["0003.wav"].notes == ("two channels are mixed to one",)
    why = {name: one.left for name, one in told.items() if not one.take}
    for name, word in {"0099.wav": "no line 0099", "roomtone.wav": "no line", "l0003_t9.wav": "empty",
                       "l0003_t8.wav": "cut short", "l0003_t7.wav": "silent", "l0003_t6.wav": "clipped",
                       "l0003_t5.wav": "not a WAV", "l0001_t4.wav": "too long for its slot",
                       "l0003_t3.wav": "4 channels", "notes.txt": "no WAV"}.items():
        assert word in why.pop(name), name
    assert not why
    second = spoken(film).loop("L0002")
    assert second is not None and second.take is not None and len(second.takes) == 3 and second.kept
    assert second.take.recording is not None and second.take.recording.name == "NIGHT_it_0002_T03.wav"
    assert (second.take.kind, second.take.voice, second.take.text) == (TakeKind.IMPORTED, "Anna Rossi", second.text)
    assert second.take.span.start == second.span.start and second.take.span.duration == Fraction(8, 10)
    assert not [finding for finding in check_film(film.path) if "take" in finding.code or "recording" in finding.code]


def test_what_was_recorded_is_kept_as_it_came_and_the_private_folder_can_go(film: Film, tmp_path: Path) -> None:
    source = write_wav(tmp_path / "recorded" / "l0001.wav", speech(1.0, rate=44100), rate=44100, bits=16)
    bring(film, source.parent)
    take = spoken(film).loops[0].take
    assert take is not None and take.recording is not None
    assert (film.path / take.recording.path).read_bytes() == source.read_bytes()
    sound = film.artefacts.path(take.sound).read_bytes()
    film.close()
    shutil.rmtree(film.path / ".ciak")
    again = Film.open(film.path)
    assert with_sounds(again, spoken(again)) == spoken(again)
    assert again.artefacts.path(take.sound).read_bytes() == sound
    ciak.dub(again.path, to="it", settings=SETTINGS)
    assert spoken(again).loops[0].take == take, "the next dub keeps it, though everything private was deleted"


def test_a_recording_that_is_gone_or_changed_is_found(film: Film, tmp_path: Path) -> None:
    bring(film, write_wav(tmp_path / "recorded" / "l0001.wav", speech(1.0)).parent)
    take = spoken(film).loops[0].take
    assert take is not None and take.recording is not None
    path = film.path / take.recording.path
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-2] + b"xx")
    assert "recording-damaged" in {finding.code for finding in check_film(film.path)}
    path.unlink()
    assert "recording-missing" in {finding.code for finding in check_film(film.path)}


def test_a_broadcast_wav_lies_where_its_time_says_and_else_at_its_line(film: Film, tmp_path: Path) -> None:
    line = spoken(film).loops[1]
    start = Fraction(film.start.frames) / film.rate.fps
    early = Fraction(3, 25)
    write_wav(tmp_path / "in" / "l0002.wav", speech(0.8, rate=96000), rate=96000, time=start + line.span.start + early)
    write_wav(tmp_path / "in" / "l0003.wav", speech(0.8), time=start)
    told = bring(film, tmp_path / "in")
    second, third = spoken(film).loop("L0002"), spoken(film).loop("L0003")
    assert second is not None and second.take is not None and third is not None and third.take is not None
    assert second.take.span.start == second.span.start + early and not told["l0002.wav"].notes
    assert third.take.span.start == third.span.start and "01:00:00:00" in told["l0003.wav"].notes[0]


def test_handles_are_left_out_of_the_take_and_kept_in_the_recording(film: Film, tmp_path: Path) -> None:
    frame = film.rate.time(1)
    handle = speech(float(frame * 12), hertz=1000.0)
    write_wav(tmp_path / "in" / "l0001.wav", np.concatenate([handle, speech(1.0), handle]))
    bring(film, tmp_path / "in", Intake(head=12, foot=12))
    line = spoken(film).loops[0]
    assert line.take is not None and line.take.recording is not None
    assert line.take.span.start == line.span.start and line.take.span.duration == 1
    assert line.take.recording.first == frame * 12
    with SoundFile(film.artefacts.path(line.take.sound)) as sound:
        assert (sound.rate, sound.channels, sound.frames) == (48000, 1, 48000)
        np.testing.assert_allclose(sound.read(0, 48000).samples[:, 0], speech(1.0), atol=1e-6)


def test_the_only_channel_that_sounds_is_taken(film: Film, tmp_path: Path) -> None:
    write_wav(tmp_path / "in" / "l0001.wav", np.stack([np.zeros(48000), speech(1.0)], axis=1))
    bring(film, tmp_path / "in")
    take = spoken(film).loops[0].take
    assert take is not None
    with SoundFile(film.artefacts.path(take.sound)) as sound:
        np.testing.assert_allclose(sound.read(0, 48000).samples[:, 0], speech(1.0), atol=1e-6)


def test_a_try_changes_nothing_and_the_same_files_come_in_once(film: Film, tmp_path: Path) -> None:
    folder = write_wav(tmp_path / "in" / "l0001.wav", speech(1.0)).parent
    before = tree(film)
    find_takes(film, "it", folder, Intake())
    assert tree(film) == before
    assert bring(film, folder)["l0001.wav"].take
    once = tree(film)
    assert bring(film, folder)["l0001.wav"].again
    assert tree(film) == once


def test_clipped_and_overlong_takes_come_in_when_a_person_wants_them(film: Film, tmp_path: Path) -> None:
    write_wav(tmp_path / "in" / "l0001.wav", np.clip(speech(9.0, level=2.0), -1, 1))
    told = bring(film, tmp_path / "in", Intake(anyway=True, choose=False))["l0001.wav"]
    assert told.take and len(told.notes) == 2
    line = spoken(film).loops[0]
    assert line.chosen != told.take and told.take in {take.id for take in line.takes}


def test_a_locked_line_is_told_and_left(film: Film, tmp_path: Path) -> None:
    edit(film, "it", [Lock(loop="L0001", locked=True)], {})
    before = spoken(film)
    told = bring(film, write_wav(tmp_path / "in" / "l0001.wav", speech(1.0)).parent)
    assert "locked" in told["l0001.wav"].left and spoken(film) == before


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
def test_nothing_is_half_taken_in(film: Film, tmp_path: Path, stop: BaseException,
                                  monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2, 3):
        write_wav(tmp_path / "in" / f"l000{number}.wav", speech(0.5 + number / 10))
    before = {name: data for name, data in tree(film).items() if "artefacts" not in name}
    real, calls = taking_in.keep, []

    def keep(*given: object) -> object:
        calls.append(given)
        if len(calls) == 3:
            raise stop
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(taking_in, "keep", keep)
    with pytest.raises(type(stop)):
        bring(film, tmp_path / "in")
    assert {name: data for name, data in tree(film).items() if "artefacts" not in name} == before
    monkeypatch.undo()
    assert all(one.take for one in bring(film, tmp_path / "in").values())


def test_a_full_disk_is_told_and_leaves_the_film_as_it_was(film: Film, tmp_path: Path,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    from ciak.dubbing import recordings

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = write_wav(tmp_path / "in" / "l0001.wav", speech(1.0)).parent
    before = spoken(film)
    monkeypatch.setattr(recordings, "commit_file", full)
    with pytest.raises(StorageError, match="no room"):
        bring(film, folder)
    assert spoken(film) == before and not list((film.path / "takes").rglob("*.wav"))


def test_more_than_one_edit_can_tell_is_refused_and_nothing_is_left(film: Film, tmp_path: Path,
                                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_wav(tmp_path / "in" / "l0001.wav", speech(1.0)).parent
    before = spoken(film)
    monkeypatch.setattr(taking_in, "_LARGEST", 100)
    with pytest.raises(BadInput, match="too many for one edit"):
        bring(film, folder)
    assert spoken(film) == before and not list((film.path / "takes").rglob("*.wav"))


def test_an_import_is_undone_and_done_again(film: Film, tmp_path: Path) -> None:
    before = spoken(film).loops
    bring(film, write_wav(tmp_path / "in" / "l0001.wav", speech(1.0)).parent)
    after = spoken(film).loops
    undo(film)
    assert spoken(film).loops == before
    do_again(film)
    assert spoken(film).loops == after


def test_a_take_is_chosen_dropped_and_the_chosen_one_is_not_dropped(film: Film, tmp_path: Path) -> None:
    told = bring(film, write_wav(tmp_path / "in" / "l0001.wav", speech(1.0)).parent)["l0001.wav"]
    machine = spoken(film).loops[0].takes[0].id
    assert told.take is not None
    with pytest.raises(ciak.errors.Refused):
        edit(film, "it", [DropTake(loop="L0001", take=told.take)], {})
    edit(film, "it", [Choose(loop="L0001", take=machine), DropTake(loop="L0001", take=told.take)], {})
    assert [take.id for take in spoken(film).loops[0].takes] == [machine]
    undo(film)
    assert spoken(film).loops[0].chosen == told.take


def test_one_file_for_one_line_whatever_it_is_called(film: Film, tmp_path: Path) -> None:
    path = write_wav(tmp_path / "in" / "buona questa.wav", speech(1.0))
    told = take_in_one(film, Crew(SETTINGS), "it", "L0002", path, Intake())
    line = spoken(film).loop("L0002")
    assert line is not None and line.chosen == told.take and line.take is not None
    assert line.take.word_error is not None and line.take.heard is not None, "it was heard back"
    with pytest.raises(NotFound):
        take_in_one(film, None, "it", "nobody", path, Intake())
    with pytest.raises(BadInput, match="silent"):
        take_in_one(film, None, "it", "L0002", write_wav(tmp_path / "in" / "s.wav", np.zeros(48000)), Intake())


def test_a_folder_that_is_none_or_empty_is_refused(film: Film, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        find_takes(film, "it", tmp_path / "nowhere", Intake())
    with pytest.raises(NothingToDo):
        (tmp_path / "empty").mkdir()
        find_takes(film, "it", tmp_path / "empty", Intake())
    with pytest.raises(NotFound):
        find_takes(film, "de", tmp_path / "empty", Intake())


def stem(film: Film, name: str) -> np.ndarray:
    file = next((film.path / "deliveries").rglob(f"*{name}*.wav"))
    with SoundFile(file) as sound:
        return sound.read(0, sound.frames).samples


def test_a_chosen_recorded_take_is_what_the_mix_plays(film: Film, tmp_path: Path) -> None:
    write_wav(tmp_path / "in" / "l0002.wav", speech(0.7, hertz=311.0, rate=44100), rate=44100, bits=16)
    bring(film, tmp_path / "in")
    ciak.dub(film.path, to="it", settings=SETTINGS)
    line = spoken(film).loop("L0002")
    assert line is not None and line.take is not None and line.take.kind is TakeKind.IMPORTED
    first = round(line.take.span.start * 48000)
    heard = stem(film, "DX")[first:first + 33600, 0]
    wanted = speech(0.7, hertz=311.0)
    assert float(np.corrcoef(heard, wanted[:len(heard)])[0, 1]) > 0.99


def test_a_take_that_lasts_into_the_next_line_of_its_character_is_mixed_and_delivered(film: Film,
                                                                                      tmp_path: Path) -> None:
    character = spoken(film).loops[0].character
    film.save_dialogue(spoken(film).model_copy(update={"loops": tuple(
        loop.model_copy(update={"character": character}) for loop in spoken(film).loops)}))
    write_wav(tmp_path / "in" / "l0001.wav", speech(4.0))
    bring(film, tmp_path / "in", Intake(anyway=True))
    ciak.dub(film.path, to="it", settings=SETTINGS)
    assert spoken(film).loops[0].take.span.duration == 4  # type: ignore[union-attr]
    assert next((film.path / "deliveries").rglob("*.otio")).stat().st_size


def equal_outside(film: Film, line: Loop | None, stems: dict[str, np.ndarray]) -> slice:
    """The stems are sample for sample as they were, but for the line and a quarter of a second: what is returned."""
    assert line is not None and line.take is not None
    spans = [line.span, *(take.span for take in line.takes)]
    first = round((min(span.start for span in spans) - Fraction(1, 4)) * 48000)
    last = round((max(span.end for span in spans) + Fraction(1, 4)) * 48000)
    for name, old in stems.items():
        new = stem(film, name)
        np.testing.assert_array_equal(new[:first], old[:first], err_msg=name)
        np.testing.assert_array_equal(new[last:], old[last:], err_msg=name)
    return slice(first, last)


def test_one_line_done_again_leaves_everything_else_bytewise(film: Film, tmp_path: Path) -> None:
    for number in (1, 3, 4, 5, 6, 7, 8):
        write_wav(tmp_path / "in" / f"l000{number}.wav", speech(1.0, hertz=200.0 + 10 * number))
    bring(film, tmp_path / "in")
    ciak.dub(film.path, to="it", settings=SETTINGS)
    before, files, stems = spoken(film), tree(film), {name: stem(film, name) for name in ("DX", "ME", "MIX")}
    redo(film.path, "it", ["L0002"], settings=SETTINGS)
    after = spoken(film)
    assert after.loop("L0002") != before.loop("L0002")
    others = [loop for loop in before.loops if loop.id != "L0002"]
    assert [loop for loop in after.loops if loop.id != "L0002"] == others
    kept = {name: data for name, data in files.items() if name != "dialogue/it.json"}
    now = tree(film)
    assert {name: now.get(name) for name in kept} == kept, "every artefact, recording and delivery is as it was"
    ciak.dub(film.path, to="it", settings=SETTINGS)
    now = tree(film)
    lasting = {name: data for name, data in files.items() if name.startswith((".ciak/artefacts", "takes/", "cast"))}
    assert {name: now.get(name) for name in lasting} == lasting
    around = equal_outside(film, after.loop("L0002"), stems)
    assert not np.array_equal(stem(film, "DX")[around], stems["DX"][around]), "and the line itself is another"


def test_synthetic_takes_keep_their_fit_when_another_line_is_done_again(film: Film) -> None:
    """The new wording of a tone that plays words is so much louder that the programme's gain has to move, as it says;
    nothing else may: one factor leads from every old sample to the new one, to two steps of 24 bits."""
    ciak.dub(film.path, to="it", settings=SETTINGS)
    stems = {name: stem(film, name) for name in ("DX", "ME", "MIX")}
    before = ciak.dub(film.path, to="it", settings=SETTINGS).mix
    redo(film.path, "it", ["L0002"], settings=SETTINGS)
    after = ciak.dub(film.path, to="it", settings=SETTINGS).mix
    assert before is not None and after is not None and before.fitted == len(LINES)
    line, gain = spoken(film).loop("L0002"), 10 ** ((after.gain_db - before.gain_db) / 20)
    assert line is not None and line.slot is not None
    near = slice(round((line.slot.start - Fraction(1, 4)) * 48000), round((line.slot.end + Fraction(1, 4)) * 48000))
    for name, old in stems.items():
        apart = np.abs(stem(film, name) - old * gain)
        apart[near] = 0
        assert apart.max() <= 2 * 2 ** -23, name
    assert not np.allclose(stem(film, "DX")[near], stems["DX"][near] * gain), "and the line itself is another"
