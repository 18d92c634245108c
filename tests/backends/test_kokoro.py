"""The embedded voice: exact lengths, word times, blends, and what it refuses. (Intelligibility: the benchmarks.)"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from ciak.backends.embedded.kokoro import KokoroVoice
from ciak.backends.embedded.voices import BLENDS, STOCK
from ciak.backends.protocols import Delivery
from ciak.config import Settings
from ciak.errors import BackendError, ModelAbsent, ModelDamaged
from ciak.models import Store

LINE = "Non lo so, davvero."


@pytest.fixture(scope="module")
def voice() -> KokoroVoice:
    settings = Settings(threads=1)
    try:
        Store(settings).folder("kokoro")
    except ModelAbsent as error:
        pytest.skip(str(error))
    return KokoroVoice(settings)


def test_stock_and_blends() -> None:
    assert all(abs(sum(mixture.values()) - 1) < 1e-9 for mixture in BLENDS.values())
    recorded = {one.id for one in STOCK} - set(BLENDS)
    assert set(BLENDS) <= {one.id for one in STOCK}
    assert all(part in recorded for mixture in BLENDS.values() for part in mixture)


@pytest.mark.models
@pytest.mark.parametrize("rate", [Fraction(78, 100), Fraction(1), Fraction(132, 100)])
def test_length_is_exact_to_the_sample(voice: KokoroVoice, rate: Fraction) -> None:
    wanted = voice.length(LINE, "if_sara", "it") / rate + Fraction(1, 7919)
    spoken = voice.speak(LINE, Delivery("if_sara", "it", wanted))
    assert spoken.signal.frames == round(wanted * 24000)
    assert spoken.words[0].span.start == 0
    assert spoken.words[-1].span.end <= spoken.signal.duration
    assert [word.text for word in spoken.words] == ["Non", "lo", "so", "davvero"]
    level = np.sqrt((spoken.signal.samples[:, 0].reshape(-1) ** 2).mean())
    assert 0.01 < level < 0.5


@pytest.mark.models
def test_the_pitch_stays_when_the_length_changes(voice: KokoroVoice) -> None:
    def middle_pitch(rate: Fraction) -> float:
        spoken = voice.speak("La luna.", Delivery("if_sara", "it", voice.length("La luna.", "if_sara", "it") / rate))
        samples = spoken.signal.samples[:, 0]
        best = []
        for start in range(0, len(samples) - 2400, 1200):
            part = samples[start:start + 2400] * np.hanning(2400)
            if np.abs(part).max() > 0.05:
                echo = np.correlate(part, part, "full")[2399:]
                best.append(24000 / (60 + int(echo[60:300].argmax())))
        return float(np.median(best))

    assert middle_pitch(Fraction(4, 5)) == pytest.approx(middle_pitch(Fraction(13, 10)), rel=0.08)


@pytest.mark.models
def test_rates_outside_the_bounds_say_by_how_much(voice: KokoroVoice) -> None:
    natural = voice.length(LINE, "if_sara", "it")
    with pytest.raises(BackendError) as raised:
        voice.speak(LINE, Delivery("if_sara", "it", natural / 2))
    assert raised.value.details["rate"] == pytest.approx(2)
    assert raised.value.details["natural"] == pytest.approx(float(natural))


@pytest.mark.models
def test_length_is_cheap_the_second_time(voice: KokoroVoice, monkeypatch: pytest.MonkeyPatch) -> None:
    first = voice.length(LINE, "im_nicola", "it")
    monkeypatch.setattr("ciak.backends.embedded.kokoro.open_onnx", None)
    assert voice.length(LINE, "im_nicola", "it") == first


@pytest.mark.models
@pytest.mark.parametrize(("text", "language", "id"), [
    ("Ho 17 gatti, il 50%!", "it", "im_nicola"), ("HAI VISTO JOHN SMITH DELL'FBI?", "it", "if_sara"),
    ("¿Dónde estás?", "es", "ef_dora"), ("Où es-tu?", "fr", "ff_siwis"), ("Oh no.", "en", "bm_george"),
    ("Ciao 😀 東京 ciao", "it", next(iter(BLENDS))),
])
def test_lengths_of_all_kinds_of_lines(voice: KokoroVoice, text: str, language: str, id: str) -> None:  # noqa: A002
    assert Fraction(1, 5) < voice.length(text, id, language) < 8


@pytest.mark.models
def test_a_british_voice_speaks_british(voice: KokoroVoice) -> None:
    assert voice.length("The car is over there.", "bf_emma", "en") != voice.length("The car is over there.", "bf_emma",
                                                                                   "en-us")


@pytest.mark.models
def test_long_lines_are_spoken_in_parts(voice: KokoroVoice) -> None:
    sentence = "Questa è una frase, credo, abbastanza lunga. "
    single, many = (voice.length(sentence * count, "if_sara", "it") for count in (1, 12))
    assert 10 < many / single < 14
    with pytest.raises(BackendError, match="too long"):
        voice.length("parola " * 1000, "if_sara", "it")


def test_an_absent_or_damaged_model_names_the_remedy(tmp_path) -> None:
    absent = KokoroVoice(Settings(models=tmp_path))
    with pytest.raises(ModelAbsent, match="ciak models pull kokoro"):
        absent.length(LINE, "if_sara", "it")


@pytest.mark.models
def test_a_damaged_voice_is_named(voice: KokoroVoice, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices" / "if_sara.bin").write_bytes(b"short")
    monkeypatch.setattr(Store, "folder", lambda self, name: tmp_path)
    with pytest.raises(ModelDamaged, match="if_sara"):
        KokoroVoice(Settings()).length(LINE, "if_sara", "it")


@pytest.mark.models
def test_without_a_contour_the_samples_are_those_of_the_three_graphs(voice: KokoroVoice) -> None:
    """What was so before a performance could be carried: timing, prosody and sound, bent evenly, and nothing else."""
    from ciak.backends.embedded.pacing import bend

    spoken = voice.speak(LINE, Delivery("if_sara", "it", voice.length(LINE, "if_sara", "it") * Fraction(11, 10)))
    (part,) = voice._parts(LINE, "if_sara", "it")
    performance = bend(part.natural, part.steps * 1.1)
    sound = voice._sound(part, performance)[round(performance.start * 300):][:spoken.signal.frames]
    peak = max(1.0, float(np.abs(sound).max()) / 0.98)
    assert np.array_equal(spoken.signal.samples[100:-300, 0], (sound / peak).astype(np.float32)[100:-300])
