"""Loudness against the standard's own signals and another implementation; the gain curve against its promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
from scipy.signal import sosfilt

from ciak.errors import BadInput
from ciak.film.sound import Loudness, Signal
from ciak.media import SoundFile, SoundWriter, apply_gain, measure, plan_gain
from ciak.media.loudness import LoudnessMeter, k_weighting


def sine(levels: list[tuple[float, float]], rate: int = 48000, hz: float = 1000.0) -> np.ndarray:
    """Pieces of a sine at (dBFS, seconds)."""
    amplitude = np.concatenate([np.full(round(rate * long), 10 ** (level / 20)) for level, long in levels])
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(len(amplitude)) / rate)).astype(np.float32)


def stereo(mono: np.ndarray) -> np.ndarray:
    return np.stack([mono, mono], axis=1)


def blocks(samples: np.ndarray, rate: int = 48000, size: int = 30011) -> list[Signal]:
    return [Signal(samples[start:start + size], rate) for start in range(0, len(samples), size)]


EBU = {  # EBU Tech 3341, table 1: test signals 1 to 5
    "1": ([(-23, 20)], -23), "2": ([(-33, 20)], -33), "3": ([(-36, 10), (-23, 60), (-36, 10)], -23),
    "4": ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23),
    "5": ([(-26, 20), (-20, 20.1), (-26, 20)], -23),
}


@pytest.mark.parametrize("case", EBU)
@pytest.mark.parametrize("rate", [48000, 44100])
def test_ebu_3341(case: str, rate: int) -> None:
    levels, wanted = EBU[case]
    found = measure(blocks(stereo(sine(levels, rate)), rate)).integrated
    assert found == pytest.approx(wanted, abs=0.1)


def test_ebu_3341_five_channels() -> None:
    """Signal 6: L R at -28, C at -24, Ls Rs at -30 dBFS."""
    five = np.stack([sine([(level, 20)]) for level in (-28, -28, -24, -30, -30)], axis=1)
    assert measure(blocks(five)).integrated == pytest.approx(-23, abs=0.1)
    six = np.insert(five, 3, 0.9, axis=1)  # LFE is not counted
    assert measure(blocks(six)).integrated == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(("phase", "height", "divisor", "wanted"), [
    (0, 0.5, 4, -6.0), (45, 0.5, 4, -6.0), (60, 0.5, 6, -6.0), (67.5, 0.5, 8, -6.0), (45, 1.41, 4, 3.0)])
def test_ebu_3341_true_peak(phase: float, height: float, divisor: int, wanted: float) -> None:
    """Signals 15 to 19: tolerance +0.2 / -0.4 dB."""
    wave = height * np.sin(2 * np.pi * np.arange(48000) / divisor + np.deg2rad(phase))
    wave[:480] *= np.linspace(0, 1, 480)
    wave[-480:] *= np.linspace(1, 0, 480)
    found = measure(blocks(stereo(wave.astype(np.float32)))).true_peak
    assert found is not None and -0.4 <= found - wanted <= 0.2


@pytest.mark.parametrize("rate", [16000, 24000, 44100, 48000, 96000])
def test_agrees_with_another_implementation(rate: int) -> None:
    rng = np.random.default_rng(rate)
    envelope = np.repeat(rng.uniform(0.005, 0.3, 40), rate // 2)[:, None]
    samples = (rng.normal(0, 0.3, (len(envelope), 2)) * envelope).astype(np.float32)
    other = pyloudnorm.Meter(rate).integrated_loudness(samples.astype(np.float64))
    assert measure(blocks(samples, rate)).integrated == pytest.approx(other, abs=0.1 if rate > 16000 else 0.2)


def test_the_filter_is_the_standards_at_48k() -> None:
    shelf, high = k_weighting(48000)
    assert shelf == pytest.approx([1.53512485958697, -2.69169618940638, 1.19839281085285, 1, -1.69065929318241,
                                   0.73248077421585], abs=1e-6)
    assert high == pytest.approx([1, -2, 1, 1, -1.99004745483398, 0.99007225036621], abs=1e-6)


@pytest.mark.parametrize("rate", [8000, 11025, 44100, 48000, 192000])
@pytest.mark.parametrize("offset", [0.0, 0.5])
def test_convolution_is_as_good_as_the_recursion(rate: int, offset: float) -> None:
    """Rumble, noise and a constant, which the recursion takes to nothing after a while."""
    rng = np.random.default_rng(rate)
    time = np.arange(6 * rate)[:, None] / rate
    samples = (0.05 * rng.standard_normal((6 * rate, 2)) * (time % 2 < 1) + 0.1 * np.sin(2 * np.pi * 30 * time)
               + offset).astype(np.float32)
    step = round(rate / 10)
    exact = sosfilt(k_weighting(rate), samples.astype(np.float64), axis=0)[:len(samples) // step * step]
    energies = np.square(exact).sum(axis=1).reshape(-1, step).mean(axis=1)
    sums = np.convolve(energies, np.full(4, 0.25), mode="valid")
    loud = sums[sums > 10 ** ((-70 + 0.691) / 10)]
    wanted = -0.691 + 10 * np.log10(loud[loud > loud.mean() * 0.1].mean())
    assert measure(blocks(samples, rate, size=7001)).integrated == pytest.approx(wanted, abs=1e-6)


def test_a_meter_can_be_read_on_the_way() -> None:
    samples = programme(3, 10)
    meter = LoudnessMeter(48000, 2)
    for block in blocks(samples, size=3001):
        meter.feed(block.samples)
        meter.integrated()
    assert meter.integrated() == pytest.approx(measure(blocks(samples)).integrated, abs=1e-9)


def test_block_sizes_do_not_matter() -> None:
    samples = stereo(sine([(-30, 2), (-20, 3)]))
    whole = measure([Signal(samples, 48000)])
    for size in (1, 479, 4800, 100_000):
        part = samples[:9600] if size == 1 else samples
        want = measure([Signal(part, 48000)]) if size == 1 else whole
        found = measure(blocks(part, size=size))
        assert found.true_peak == pytest.approx(want.true_peak, abs=1e-4)
        assert found.integrated == (pytest.approx(want.integrated, abs=1e-6) if want.integrated else None)


def test_silence_has_no_loudness() -> None:
    assert measure([]) == Loudness(integrated=None, true_peak=None)
    assert measure(blocks(np.zeros((96000, 2), np.float32))) == Loudness(integrated=None, true_peak=None)
    assert measure(blocks(stereo(sine([(-80, 5)])))).integrated is None
    assert measure(blocks(stereo(sine([(-20, 0.2)])))).integrated is None
    with pytest.raises(BadInput):
        LoudnessMeter(48000, 7)


def saved(path: Path, samples: np.ndarray, rate: int = 48000) -> SoundFile:
    with SoundWriter(path, rate, samples.shape[1]) as writer:
        writer.write(Signal(samples.astype(np.float32), rate))
    return SoundFile(path)


def programme(seconds: int, crest: float, seed: int = 5) -> np.ndarray:
    """Speech-like noise with sudden peaks ``crest`` times higher."""
    rng = np.random.default_rng(seed)
    count = seconds * 48000
    voice = rng.normal(0, 0.03, (count, 2)) * (0.2 + np.abs(np.sin(np.arange(count) / 20000)))[:, None]
    for place in rng.integers(0, count - 4000, seconds):
        voice[place:place + 300] *= crest
    return voice.astype(np.float32)


@pytest.mark.parametrize(("crest", "level"), [(1, 1.0), (12, 1.0), (12, 0.1), (40, 3.0), (1, 20.0)])
def test_a_programme_meets_target_and_ceiling(crest: float, level: float, tmp_path: Path) -> None:
    mix = saved(tmp_path / "mix.wav", programme(20, crest) * level)
    curve = plan_gain(mix, -23.0, -1.5)
    after = measure(apply_gain(mix.blocks(7001), curve))
    assert curve.note == ""
    assert after.integrated == pytest.approx(-23, abs=0.2)
    assert after.true_peak is not None and after.true_peak <= -1.5 + 0.01
    assert curve.after.integrated == pytest.approx(after.integrated, abs=0.01)
    assert (curve.reduction > 1) == (crest >= 12)


def test_stems_add_up_to_the_mix_after_the_curve(tmp_path: Path) -> None:
    dialogue, effects = programme(15, 30, 1), programme(15, 20, 2)
    mix = saved(tmp_path / "mix.wav", dialogue + effects)
    curve = plan_gain(mix, -16.0, -3.0)
    assert curve.reduction > 3
    parts = [np.concatenate([b.samples for b in apply_gain(blocks(stem, size=size), curve)])
             for stem, size in ((dialogue, 1000), (effects, 48000))]
    whole = np.concatenate([b.samples for b in apply_gain(mix.blocks(4096), curve)])
    rest = np.abs(parts[0] + parts[1] - whole).max()
    assert 20 * np.log10(max(rest, 1e-12)) <= -110


def test_a_curve_is_the_same_from_anywhere(tmp_path: Path) -> None:
    curve = plan_gain(saved(tmp_path / "mix.wav", programme(10, 30)), -16.0, -3.0)
    whole = curve.at(0, 480_000)
    for start, count in ((0, 1), (239, 3), (240, 240), (99_999, 5000), (479_000, 1000)):
        assert (curve.at(start, count) == whole[start:start + count]).all()
    assert len(curve.at(480_000, 5000)) == 5000
    steps = np.abs(np.diff(20 * np.log10(whole)))
    assert steps.max() < 0.1, "the gain never jumps"


def test_silence_and_whispers_are_not_blown_up(tmp_path: Path) -> None:
    quiet = plan_gain(saved(tmp_path / "a.wav", np.zeros((96000, 2))))
    assert quiet.gain == 1 and "not measured" in quiet.note and quiet.before.integrated is None
    empty = plan_gain(saved(tmp_path / "b.wav", np.zeros((0, 2))))
    assert empty.gain == 1 and "not measured" in empty.note
    whisper = plan_gain(saved(tmp_path / "c.wav", stereo(sine([(-65, 10)]))))
    assert whisper.gain == pytest.approx(10 ** (30 / 20)) and "so quiet" in whisper.note
    short = plan_gain(saved(tmp_path / "d.wav", stereo(sine([(6, 0.2)]))))
    after = measure(apply_gain(SoundFile(tmp_path / "d.wav").blocks(), short))
    assert "not measured" in short.note and after.true_peak is not None and after.true_peak <= -1.49


@pytest.mark.material
def test_a_real_programme(material: Path, tmp_path: Path) -> None:
    from ciak.media import sound_blocks

    with SoundWriter(tmp_path / "mix.wav", 48000, 2) as writer:
        for block in sound_blocks(material / "media" / "sintel" / "trailer.mp4"):
            writer.write(block)
    with SoundFile(tmp_path / "mix.wav") as mix:
        for target in (-23.0, -14.0):
            after = measure(apply_gain(mix.blocks(), plan_gain(mix, target, -1.5)))
            assert after.integrated == pytest.approx(target, abs=0.1)
            assert after.true_peak is not None and after.true_peak <= -1.5
