"""The embedded ears: detector, separator, transcriber, embedder; first their arithmetic, then the real models."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ciak.backends.embedded import silero, spleeter, voicefilter, whisper
from ciak.config import Settings
from ciak.errors import BackendError, ModelAbsent, NothingToDo
from ciak.film.sound import Signal
from ciak.media import sound_blocks
from ciak.models import HeardSegment, HeardWord, Store, open_onnx

SETTINGS = Settings()


@pytest.fixture
def pulled() -> None:
    """Skips, visibly, where the models have not been pulled."""
    for name in ("silero-vad", "spleeter-2stems", "deepfilternet3", "whisper-base", "voicefilter-embedder", "kokoro"):
        try:
            Store(SETTINGS).folder(name)
        except ModelAbsent as error:
            pytest.skip(str(error))


def load(path: Path, rate: int = 16_000, channels: int = 1) -> NDArray[np.float32]:
    samples = np.concatenate([block.samples for block in sound_blocks(path, rate=rate, channels=channels)])
    return samples[:, 0] if channels == 1 else samples


def in_blocks(samples: NDArray[np.float32], rate: int, size: int = 65_536) -> Iterator[Signal]:
    shaped = samples if samples.ndim == 2 else samples[:, None]
    for start in range(0, len(shaped), size):
        yield Signal(shaped[start:start + size], rate)


def fleurs(material: Path, language: str) -> list[tuple[NDArray[np.float32], str]]:
    return [(load(path), path.with_suffix(".txt").read_text("utf-8"))
            for path in sorted((material / "speech" / "fleurs").glob(f"{language}-*.ogg"))]


# The gate of the detector.

def stretches(probabilities: Sequence[float], **settings: float) -> list[tuple[int, int]]:
    usual = {"threshold": 0.5, "release": 0.35, "shortest_speech": 3, "shortest_silence": 2}
    gate = silero.SpeechGate(**{**usual, **settings})
    found = [ended for one in probabilities if (ended := gate.push(one)) is not None]
    return found + ([last] if (last := gate.finish()) is not None else [])


@pytest.mark.parametrize(("probabilities", "expected"), [
    ([], []),
    ([0.9] * 5, [(0, 5)]),
    ([0.9] * 2, []),
    ([0, 0, 0.9, 0.9, 0.9, 0, 0, 0], [(2, 5)]),
    ([0.9, 0.9, 0, 0.9, 0.9], [(0, 5)]),
    ([0.9, 0.4, 0.4, 0.4, 0.9], [(0, 5)]),
    ([0.4] * 9, []),
    ([0.9] * 4 + [0] * 3 + [0.9] * 4 + [0], [(0, 4), (7, 11)]),
    ([0.9, 0, 0, 0.9, 0.9, 0.9], [(3, 6)]),
])
def test_the_gate_has_hysteresis(probabilities: list[float], expected: list[tuple[int, int]]) -> None:
    assert stretches(probabilities) == expected


# The stream of the separator, with a network that thinks nothing of its own.

class ConstantNetwork:
    """Says that the voice has ``share`` of the power everywhere."""

    def __init__(self, share: float) -> None:
        self._share, self.calls = share, 0

    def run(self, feeds: Mapping[str, NDArray[Any]], outputs: Sequence[str] | None = None) -> list[NDArray[Any]]:
        assert feeds["spectrum"].shape == (1, 2, 512, 1024)
        self.calls += 1
        return [np.sqrt(self._share) * feeds["spectrum"], np.sqrt(1 - self._share) * feeds["spectrum"]]


def separated(monkeypatch: pytest.MonkeyPatch, samples: NDArray[np.float32], size: int,
              share: float = 0.36) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    monkeypatch.setattr(spleeter, "open_onnx", lambda *_: ConstantNetwork(share))
    pairs = list(spleeter.create(SETTINGS).separate(in_blocks(samples, 44_100, size)))
    empty = np.zeros((0, 2), np.float32)
    return (np.concatenate([empty, *(pair.dialogue.samples for pair in pairs)]),
            np.concatenate([empty, *(pair.music_effects.samples for pair in pairs)]))


@pytest.mark.parametrize("frames", [0, 1, 1023, 1024, 4096, 5000, 448 * 1024, 512 * 1024 + 1, 1_100_000])
def test_every_frame_comes_out_once_and_in_its_place(monkeypatch: pytest.MonkeyPatch, frames: int) -> None:
    samples = (np.random.default_rng(1).normal(size=(frames, 2)) * 0.1).astype(np.float32)
    dialogue, rest = separated(monkeypatch, samples, 100_000)
    assert dialogue.shape == rest.shape == samples.shape
    assert np.abs(dialogue + rest - samples).max(initial=0) <= 1e-7
    assert np.abs(dialogue - 0.36 * samples).max(initial=0) < 2e-6, "a constant mask is a gain, also at the seams"


def test_block_sizes_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = (np.random.default_rng(2).normal(size=(600_000, 2)) * 0.1).astype(np.float32)
    first, _ = separated(monkeypatch, samples, 1_000)
    second, _ = separated(monkeypatch, samples, 600_000)
    assert np.array_equal(first, second)


def test_the_separator_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spleeter, "open_onnx", lambda *_: ConstantNetwork(0.5))
    given = 0

    def endless() -> Iterator[Signal]:
        nonlocal given
        while True:
            given += 1
            yield Signal(np.full((44_100, 2), 0.1, np.float32), 44_100)

    out = spleeter.create(SETTINGS).separate(endless())
    for _ in range(20):
        next(out)
    assert given < 20 * 11 + 15, "what it holds back must not grow"


# What the transcriber believes.

def segment(*probabilities: float, length: float = 0.3, logprob: float = -0.3, no_speech: float = 0.1,
            compression: float = 1.2) -> HeardSegment:
    words = tuple(HeardWord("word", n * length, (n + 1) * length, p) for n, p in enumerate(probabilities))
    return HeardSegment("words", 0.0, len(words) * length, words, no_speech, logprob, compression)


@pytest.mark.parametrize(("heard", "why"), [
    (segment(0.9, 0.8), ""),
    (segment(), "no words"),
    (segment(0.9, 0.9, compression=2.5), "repeats itself"),
    (segment(0.9, 0.9, logprob=-1.01), "improbable"),
    (segment(0.9, 0.9, logprob=-0.6, no_speech=0.7), "no speech"),
    (segment(0.9, 0.9, logprob=-0.4, no_speech=0.7), ""),
    (segment(0.9, 0.05), "improbable words"),
    (segment(0.9, 0.9, length=2.5), "odd words"),
    (segment(0.9, 0.9, length=0.02), "odd words"),
])
def test_doubts(heard: HeardSegment, why: str) -> None:
    assert whisper.Doubts().about(heard) == why


def test_bad_company_needs_better_words() -> None:
    doubts, poor, fair, good = whisper.Doubts(), segment(0.2), segment(0.7), segment(0.9)
    assert doubts.believed([poor, fair]) == []
    assert doubts.believed([poor, good]) == [good]
    said = dataclasses.replace(fair, text="said")
    assert doubts.believed([poor, said, good]) == [said, good]
    other = dataclasses.replace(fair, average_logprob=-0.2)
    assert doubts.believed([poor, poor, other]) == [other], "another decoding is other company"


def test_the_same_thing_three_times_must_be_sure() -> None:
    doubts, fair, good = whisper.Doubts(), segment(0.6), segment(0.9)
    assert doubts.believed([fair, fair]) == [fair, fair]
    assert doubts.believed([fair, fair, fair]) == []
    assert doubts.believed([fair, good, fair]) == [good]


# The embedder's front end.

def test_silence_has_no_voice() -> None:
    assert len(voicefilter.voiced(np.zeros(16_000, np.float32))) == 0
    with pytest.raises(NothingToDo):
        voicefilter.create(SETTINGS).embed(Signal.mono(np.zeros(16_000), 16_000))
    loud = np.sin(np.arange(16_000) * 0.2).astype(np.float32)
    pauses = np.concatenate([loud, np.zeros(16_000, np.float32), 0.5 * loud])
    assert len(voicefilter.voiced(pauses)) == pytest.approx(32_000, abs=1_500)


def test_loudness_is_taken_out() -> None:
    noise = np.random.default_rng(3).normal(size=32_000).astype(np.float32)
    assert voicefilter.voiced(0.2 * noise) == pytest.approx(voicefilter.voiced(0.002 * noise), rel=1e-4)
    assert np.sqrt(np.mean(np.square(voicefilter.voiced(noise)))) == pytest.approx(10 ** (-25 / 20), rel=1e-3)


def test_a_tone_lights_its_band() -> None:
    for frequency in (200.0, 1000.0, 5000.0):
        tone = np.sin(2 * np.pi * frequency * np.arange(16_000) / 16_000).astype(np.float32)
        features = voicefilter.log_mel(tone)
        assert features.shape == ((16_000 - 512) // 160 + 1, 40)
        bands = voicefilter._mel_bands()
        assert bands[features.mean(axis=0).argmax()][round(frequency * 512 / 16_000)] > 0


@pytest.mark.parametrize("wrong", [Signal(np.zeros((800, 2), np.float32), 16_000),
                                   Signal(np.zeros((800, 1), np.float32), 8_000)])
def test_sound_of_another_kind_is_refused(wrong: Signal) -> None:
    for refused in (lambda: list(silero.create(SETTINGS).detect([wrong])),
                    lambda: voicefilter.create(SETTINGS).embed(wrong),
                    lambda: whisper.create(SETTINGS).transcribe(wrong, "en"),
                    lambda: whisper.create(SETTINGS).identify(wrong)):
        with pytest.raises(BackendError, match="16000 Hz mono"):
            refused()


# The real models on real sound.

@pytest.mark.models
@pytest.mark.material
class TestRealModels:
    """Figures here are floors with room below what was measured; the measurements are in ``benchmarks``."""

    @pytest.fixture(autouse=True)
    def _models(self, pulled: None) -> None:
        return None

    def test_the_detector_hears_speech_and_only_speech(self, material: Path) -> None:
        detector = silero.create(SETTINGS)
        speech = load(material / "media/night-of-the-living-dead/60s_i_dont_want_anyones_life_on_my_hands.wav")
        battle = load(material / "media/tears-of-steel/battle.webm")
        spans = list(detector.detect(in_blocks(speech, 16_000)))
        assert spans == list(detector.detect(in_blocks(speech, 16_000, 777)))
        assert all(one.end < two.start for one, two in pairwise(spans))
        assert sum(span.duration for span in spans) > 45
        # Recall goes first (the module says why): a fifth of a battle may pass, the transcriber believes none of it.
        assert sum(span.duration for span in detector.detect(in_blocks(battle, 16_000))) < 14

    def test_the_separator_gains_and_is_quick(self, material: Path) -> None:
        voice = np.concatenate([load(path, 44_100) for path in sorted(
            (material / "speech/fleurs").glob("en-[01].ogg"))])[:14 * 44_100]
        music = load(material / "media/sintel/trailer.mp4", 44_100, 2)[25 * 44_100:][:len(voice)]
        music *= np.sqrt(np.mean(voice**2) / np.mean(music**2))
        mix = music + voice[:, None]
        begun = time.process_time()
        pairs = list(spleeter.create(SETTINGS).separate(in_blocks(mix, 44_100)))
        spent = (time.process_time() - begun) / (len(mix) / 44_100)
        dialogue = np.concatenate([pair.dialogue.samples for pair in pairs]).mean(axis=1)
        rest = np.concatenate([pair.music_effects.samples for pair in pairs]).mean(axis=1)
        before = si_sdr(voice, mix.mean(axis=1)), si_sdr(music.mean(axis=1), mix.mean(axis=1))
        after = si_sdr(voice, dialogue), si_sdr(music.mean(axis=1), rest)
        assert after[0] - before[0] > 6 and after[1] - before[1] > 6, f"{before} {after}"
        assert spent < 0.4, f"{spent:.2f} CPU seconds a second"

    def test_the_transcriber_reads_what_is_said(self, material: Path) -> None:
        transcriber = whisper.create(SETTINGS)
        errors = words = 0
        for samples, text in fleurs(material, "en")[:3]:
            signal = Signal.mono(samples, 16_000)
            heard = transcriber.transcribe(signal, "en")
            assert all(0 <= word.span.start <= word.span.end <= signal.duration for word in heard.words)
            errors += edits(plain(text), plain(heard.text))
            words += len(plain(text))
        assert errors / words < 0.2, f"{errors} of {words}"

    @pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
    def test_the_language_is_known(self, material: Path, language: str) -> None:
        guess = whisper.create(SETTINGS).identify(Signal.mono(fleurs(material, language)[0][0], 16_000))
        assert guess.language == language and guess.probability > 0.5

    @pytest.mark.slow
    def test_nothing_is_heard_where_nobody_speaks(self, material: Path) -> None:
        transcriber = whisper.create(SETTINGS)
        battle = load(material / "media/tears-of-steel/battle.webm")
        music = load(material / "media/sintel/trailer.mp4")[:11 * 16_000]
        chance = np.random.default_rng(1)
        hum = 0.1 * np.sin(2 * np.pi * 50 * np.arange(16_000 * 8) / 16_000)
        sounds = [battle[start:start + 30 * 16_000] for start in range(0, len(battle), 30 * 16_000)]
        sounds += [music, chance.normal(size=16_000 * 5) * 0.01, hum, hum * 1e-4]
        for number, sound in enumerate(sounds):
            assert transcriber.transcribe(Signal.mono(sound, 16_000), "en").text == "", f"sound {number}"

    def test_speakers_are_told_apart(self, material: Path) -> None:
        embedder = voicefilter.create(SETTINGS)
        halves = []
        for language in ("en", "fr"):
            for samples, _ in fleurs(material, language)[:3]:
                middle = len(samples) // 2
                # The same voice at another distance must stay the same voice.
                halves.append((embedder.embed(Signal.mono(samples[:middle], 16_000)),
                               embedder.embed(Signal.mono(0.1 * samples[middle:], 16_000))))
        same = [float(one @ two) for one, two in halves]
        other = [float(one @ two) for i, (one, _) in enumerate(halves) for j, (_, two) in enumerate(halves) if i != j]
        assert all(np.linalg.norm(one) == pytest.approx(1, abs=1e-5) for one, _ in halves)
        assert min(same) > 0.6 and np.median(same) > 0.75, same
        assert np.median(other) < 0.5 and np.median(same) - np.median(other) > 0.3, other


@pytest.mark.models
class TestKokoroGraphs:
    """The three graphs that the conversion cuts."""

    @pytest.fixture(autouse=True)
    def _models(self, pulled: None) -> None:
        return None

    def test_durations_drive_the_length_and_the_samples_repeat(self) -> None:
        folder = Store(SETTINGS).folder("kokoro")
        voice = np.fromfile(folder / "voices" / "if_sara.bin", "<f4").reshape(510, 256)
        tokens = np.array([[0, 44, 63, 57, 156, 46, 51, 123, 56, 57, 4, 0]])
        given = {"tokens": tokens, "style": voice[tokens.size - 2][None]}
        timing, prosody, sound = (open_onnx("kokoro", f"{name}.onnx", SETTINGS)
                                  for name in ("timing", "prosody", "sound"))
        natural = timing.run({**given, "speed": np.ones(1, np.float32)}, ["durations"])[0]
        assert natural.shape == tokens.shape and (natural >= 1).all() and (natural == np.round(natural)).all()
        for durations in (natural, natural + 1):
            pitch, energy = prosody.run({**given, "durations": durations}, ["pitch", "energy"])
            assert pitch.shape == energy.shape == (1, 2 * durations.sum())
            feeds = {**given, "durations": durations, "pitch": pitch, "energy": energy}
            audio = sound.run(feeds, ["audio"])[0]
            assert audio.shape == (600 * durations.sum(),)
            assert np.abs(audio).max() > 0.05
        assert np.array_equal(audio, sound.run(feeds, ["audio"])[0])
        flat = sound.run({**feeds, "pitch": np.where(pitch > 20, 150.0, pitch).astype(np.float32)}, ["audio"])[0]
        assert flat.shape == audio.shape and not np.array_equal(flat, audio), "the melody can be given"


def si_sdr(reference: NDArray[Any], estimate: NDArray[Any]) -> float:
    """Scale-invariant signal-to-distortion ratio, dB (Le Roux et al. 2019)."""
    reference, estimate = reference - reference.mean(), estimate - estimate.mean()
    target = (estimate @ reference) / (reference @ reference) * reference
    return float(10 * np.log10((target @ target) / ((estimate - target) @ (estimate - target))))


def plain(text: str) -> list[str]:
    return re.sub(r"[^\w' ]", " ", text.lower()).split()


def edits(asked: Sequence[str], heard: Sequence[str]) -> int:
    """Levenshtein distance in words."""
    row = list(range(len(heard) + 1))
    for i, one in enumerate(asked, 1):
        before, row[0] = row[0], i
        for j, two in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (one != two))
    return row[-1]


def test_edits_counts() -> None:
    assert [edits(["a", "b", "c"], text.split()) for text in ("a b c", "a c", "", "x b c d")] == [0, 1, 3, 2]
    assert Fraction(1, 1) == whisper.WhisperTranscriber.longest / 30
