"""Voices matched to a performer: whom the search resembles, what is kept of it, and that it is a likeness (figure F9)
in every verb: refused without a consent, put apart when it is withdrawn, erased with the performer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.dubbing.journeys import FAKES, talking_clip

import ciak
from ciak.backends.fake_voices import FakeVoice
from ciak.backends.fakes import FakeEmbedder
from ciak.backends.protocols import Delivery
from ciak.bootstrap import check_film, redo
from ciak.bootstrap.rights import allow, erase_performer, rights_report, withdraw
from ciak.bootstrap.voices import match_voice, matchable, matched_voices
from ciak.config import Settings
from ciak.dubbing.exporting import export
from ciak.dubbing.likening import REACH, liken
from ciak.dubbing.matched import marks_of, recipe_of
from ciak.dubbing.pitch import median_pitch
from ciak.errors import BackendError, NoConsent, NotFound, NothingToDo, Refused, StoreDamaged
from ciak.film import Signal
from ciak.media.wav import note_of
from ciak.project import Film, edit_cast

WHO = "Berta Inventata"
SETTINGS = Settings().with_backends(FAKES)


def humming(pitch: float, length: float = 4.0) -> Signal:
    """A voice-like hum at 16 kHz."""
    time = np.arange(round(length * 16000)) / 16000
    return Signal.mono(np.asarray(sum(np.sin(2 * np.pi * pitch * n * time) / n for n in range(1, 6)) * 0.1, np.float32),
                       16000)


# The search

@pytest.mark.parametrize("pitch", [115.0, 180.0, 230.0])
def test_what_is_found_is_nearer_than_what_it_was_begun_from(pitch: float) -> None:
    voice, ear = FakeVoice(), FakeEmbedder()
    found = liken(humming(pitch), "it", voice, ear, seed=3)
    assert found.after >= found.before and found.after > 0.6
    assert abs(sum(weight for _, weight in found.recipe.timbre) - 1) < 1e-3
    assert liken(humming(pitch), "it", FakeVoice(), ear, seed=3) == found, "same sound, voices, seed: the same recipe"


def test_too_little_speech_and_a_language_without_a_line_are_refused() -> None:
    with pytest.raises(NothingToDo, match=r"1\.0 s of speech"):
        liken(humming(120, 1.0), "it", FakeVoice(), FakeEmbedder())
    with pytest.raises(BackendError, match="no voice can be matched in 'de'"):
        liken(humming(120), "de", FakeVoice(), FakeEmbedder())


# In a film

@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film dubbed with stock voices. Not to be changed."""
    folder = tmp_path_factory.mktemp("plain")
    ciak.dub(talking_clip(folder / "night.mp4"), to="it", out=folder / "out", settings=SETTINGS)
    return folder


@pytest.fixture(scope="module")
def agreed(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a voice matched to her, who agreed, and dubbed by it. Not to be changed."""
    folder = tmp_path_factory.mktemp("agreed") / "all"
    shutil.copytree(plain, folder)
    film = Film.open(folder / "out" / "night.film")
    allow(film, WHO, "contract 7", languages=["it"], titles=[film.title])
    match_voice(film.path, matchable(film, who(film), "it", WHO), "it", settings=SETTINGS)
    ciak.dub(film.path, to="it", settings=SETTINGS)
    return folder


@pytest.fixture
def stock(plain: Path, tmp_path: Path) -> Film:
    shutil.copytree(plain, tmp_path / "here")
    return Film.open(tmp_path / "here" / "out" / "night.film")


@pytest.fixture
def film(agreed: Path, tmp_path: Path) -> Film:
    shutil.copytree(agreed, tmp_path / "here")
    return Film.open(tmp_path / "here" / "out" / "night.film")


def who(film: Film) -> str:
    """Who speaks the first line."""
    dialogue = Film.open(film.path).dialogue("it")
    assert dialogue is not None
    return dialogue.loops[0].character


def given(film: Film) -> str:
    row = Film.open(film.path).cast().member(who(film))
    assert row is not None
    return row.voices["it"]


def takes(film: Film) -> list:  # type: ignore[type-arg]
    dialogue = Film.open(film.path).dialogue("it")
    assert dialogue is not None
    return [loop.take for loop in dialogue.loops if loop.take]


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(NoConsent) as told:
        act()
    line = str(told.value)
    assert "\n" not in line and WHO in line and "'it'" in line and "'night'" in line and "ciak rights add" in line, line
    return line


def test_the_character_speaks_with_it_and_every_take_says_whose_it_is(film: Film) -> None:
    voice = given(film)
    mine = [take for take in takes(film) if take.voice == voice]
    assert voice.startswith(f"matched-{who(film)}-") and mine
    for take in mine:
        assert (take.likeness, take.consent) == (WHO, 1) and WHO in note_of(film.artefacts.path(take.sound))
    (mark,) = marks_of(film)
    told = recipe_of(film, mark)
    assert (mark.performer, mark.consent, mark.voice) == (WHO, 1, voice) and told.seconds >= 2.5
    history = (film.path / "history.jsonl").read_text()
    assert not any(f"{weight}" in history for weight in told.timbre.values() if len(str(weight)) > 5), "no weight in it"
    assert not [one for one in check_film(film.path, settings=SETTINGS) if one.code == "voice-unknown"]
    (listed,) = matched_voices(film)
    assert (listed.voice, listed.characters, listed.refused) == (voice, (who(film),), "")


def test_matched_again_it_is_the_same_voice(film: Film) -> None:
    before = given(film)
    size = film.history.size
    assert match_voice(film.path, who(film), "it", settings=SETTINGS, give=False).voice == before
    assert Film.open(film.path).history.size == size, "it is recalled"


def test_without_a_consent_nothing_is_heard_or_kept(stock: Film) -> None:
    refused(lambda: matchable(stock, who(stock), "it", WHO))
    assert all(row.performer != WHO for row in Film.open(stock.path).cast().members)
    edit_cast(stock, who(stock), performer=WHO)
    size = Film.open(stock.path).history.size
    refused(lambda: match_voice(stock.path, who(stock), "it", settings=SETTINGS))
    allow(stock, WHO, "contract 7", languages=["fr"])
    assert "it is for fr" in refused(lambda: match_voice(stock.path, who(stock), "it", settings=SETTINGS))
    assert not marks_of(stock) and Film.open(stock.path).history.size == size


def test_nobody_named_nobody_there_and_too_little_speech_are_told_in_a_line(stock: Film) -> None:
    with pytest.raises(Refused, match="nobody is named who plays"):
        matchable(stock, who(stock), "it")
    with pytest.raises(NotFound, match="not in the cast"):
        matchable(stock, "Nessuno", "it", WHO)
    allow(stock, WHO, "contract 7")
    edit_cast(stock, "X9", name="Silent", performer=WHO)
    with pytest.raises(NothingToDo, match=r"0\.0 s of clean speech of Silent"):
        match_voice(stock.path, "silent", "it", settings=SETTINGS)


def test_withdrawn_recipe_and_takes_lie_apart_and_every_verb_refuses(film: Film, tmp_path: Path) -> None:
    (mark,) = marks_of(film)
    voice, mine = given(film), [take.sound for take in takes(film) if take.likeness]
    _, done = withdraw(film, 1)
    assert {mark.sound, *mine} <= set(done.apart) and not film.artefacts.has(mark.sound)
    assert all(take.quarantined for take in takes(film) if take.likeness)
    now = Film.open(film.path)
    refused(lambda: ciak.dub(now.path, to="it", settings=SETTINGS))
    line = next(loop.id for loop in now.dialogue("it").loops if loop.take and loop.take.likeness)  # type: ignore[union-attr]
    refused(lambda: redo(now.path, "it", [line], settings=SETTINGS))
    refused(lambda: match_voice(now.path, who(now), "it", settings=SETTINGS))
    for kind in ("otio", "edl", "aaf"):
        refused(lambda kind=kind: export(now, kind, "it", tmp_path / f"x.{kind}"))
    assert any(voice in one for one in rights_report(now, SETTINGS).refused)
    assert matched_voices(now)[0].refused
    _, back = allow(film, WHO, "contract 8", languages=["it"])
    assert mark.sound in back.back
    ciak.dub(film.path, to="it", settings=SETTINGS)


def test_a_recipe_put_back_by_hand_or_given_another_name_is_refused(film: Film) -> None:
    allow(film, "Leo Marsh", "contract 8")
    (mark,) = marks_of(film)
    withdraw(film, 1)
    apart, place = film.path / ".ciak" / "quarantine" / mark.sound, film.artefacts.root / mark.sound[:2] / mark.sound
    shutil.copy(apart, place)
    edit_cast(film, who(film), performer="Leo Marsh")
    refused(lambda: ciak.dub(film.path, to="it", settings=SETTINGS))
    allow(film, WHO, "contract 9", languages=["it"])
    place.chmod(0o600)
    told = json.loads(place.read_text())
    place.write_text(json.dumps({**told, "pitch": told["pitch"] + 1}))
    with pytest.raises(StoreDamaged):
        ciak.dub(film.path, to="it", settings=SETTINGS)


def test_in_another_film_or_without_records_nobody_knows_it(film: Film, plain: Path, tmp_path: Path) -> None:
    voice = given(film)
    shutil.copytree(plain, tmp_path / "other")
    other = Film.open(tmp_path / "other" / "out" / "night.film")
    (mark,) = marks_of(film)
    other.artefacts.put_bytes(film.artefacts.path(mark.sound).read_bytes(), ".json")
    edit_cast(other, who(other), voices={"it": voice}, performer=WHO)
    allow(other, WHO, "contract 7")
    with pytest.raises(NoConsent, match="do not say to whom"):
        ciak.dub(other.path, to="it", settings=SETTINGS)
    shutil.rmtree(film.path / "records")
    with pytest.raises(NoConsent, match="do not say to whom"):
        ciak.dub(film.path, to="it", settings=SETTINGS)


def test_erased_no_byte_of_the_recipe_is_left(film: Film) -> None:
    (mark,) = marks_of(film)
    told = recipe_of(film, mark)
    weights = [repr(weight).encode() for weight in (*told.timbre.values(), *told.tone) if len(repr(weight)) >= 6]
    samples = film.artefacts.path(mark.sound).read_bytes()[20:200]
    assert weights
    erase_performer(Film.open(film.path), WHO)
    for path in film.path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert samples not in data and WHO.encode() not in data, path
            assert path.suffix not in (".json", ".jsonl") or not any(
                b":" + weight in data for weight in weights), path
    assert not marks_of(film) and "it" not in (Film.open(film.path).cast().member(who(film)).voices)  # type: ignore[union-attr]


def test_a_backend_that_cannot_mix_says_so(stock: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(stock, WHO, "contract 7")
    edit_cast(stock, who(stock), performer=WHO)
    monkeypatch.delattr(FakeVoice, "learn")
    with pytest.raises(BackendError, match="cannot be mixed"):
        match_voice(stock.path, who(stock), "it", settings=SETTINGS)


@pytest.mark.parametrize("actor", [70.0, 95.0, 260.0, 390.0])
def test_the_pitch_is_moved_towards_the_performers_and_no_further_than_it_may(actor: float) -> None:
    voice = FakeVoice()
    recipe = liken(humming(actor), "it", voice, FakeEmbedder(), seed=1).recipe
    native = median_pitch(voice.speak("la finestra sul fiume", Delivery(recipe.manner[0][0], "it")).signal)
    assert native is not None and abs(recipe.pitch) <= REACH
    assert abs(recipe.pitch) <= 0.6 or np.sign(recipe.pitch) == np.sign(actor - native)
    assert abs(recipe.pitch) <= abs(12 * np.log2(actor / native)) + 0.6
    assert len(recipe.manner) == 1, "melody and accent are of one voice of the language"
    assert dict(recipe.timbre)[recipe.manner[0][0]] > 0
