"""Sound: exact to the sample, on the film's clock, whatever the container does."""

from __future__ import annotations

import resource
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.media.clips import ClipPlan, SoundPlan, impulses, make_clip, tone

from ciak.errors import BadInput, NothingToDo
from ciak.film.sound import Samples, Signal
from ciak.media import SoundFile, SoundWriter, probe, resample_blocks, sound_blocks
from ciak.media.channels import LAYOUTS, matrix

HITS = (48000, 100_001, 130_000)


def all_of(blocks: object) -> Samples:
    return np.concatenate([block.samples for block in blocks])  # type: ignore[attr-defined]


def peak_near(samples: Samples, place: int, around: int = 600) -> int:
    return place - around + int(np.abs(samples[place - around:place + around, 0]).argmax())


def sound_clip(path: Path, codec: str, **plan: object) -> Path:
    sound = SoundPlan(impulses(144_000, HITS), codec=codec)
    return make_clip(path, ClipPlan(72, sounds=[sound], **plan))  # type: ignore[arg-type]


@pytest.mark.parametrize(("end", "codec"), [("mp4", "aac"), ("mkv", "aac"), ("mkv", "flac"), ("mkv", "libmp3lame"),
                                            ("mov", "pcm_s16le"), ("mp4", "libmp3lame"), ("avi", "pcm_s16le")])
def test_impulses_are_where_they_were(end: str, codec: str, tmp_path: Path) -> None:
    samples = all_of(sound_blocks(sound_clip(tmp_path / f"film.{end}", codec)))
    for hit in HITS:
        assert abs(peak_near(samples, hit) - hit) <= (0 if codec != "libmp3lame" else 1)


@pytest.mark.parametrize("rate", [16000, 22050, 24000, 44100, 48000, 96000])
def test_impulses_keep_their_moment_at_every_rate(rate: int, tmp_path: Path) -> None:
    path = sound_clip(tmp_path / "film.mkv", "flac")
    samples = all_of(sound_blocks(path, rate=rate, channels=1))
    assert len(samples) == 3 * rate
    for hit in HITS:
        place = round(hit * rate / 48000)
        assert abs(peak_near(samples, place, 50) / rate - hit / 48000) <= 0.501 / rate


@pytest.mark.parametrize("rate", [16000, 44100, 48000])
@pytest.mark.parametrize(("end", "codec"), [("mp4", "alac"), ("mkv", "flac"), ("mp4", "libmp3lame"), ("ts", "aac")])
def test_a_piece_is_the_same_as_in_the_whole(rate: int, end: str, codec: str, tmp_path: Path) -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, (48000 * 5, 2)).astype(np.float32)
    path = make_clip(tmp_path / f"film.{end}", ClipPlan(125, Fraction(25), sounds=[SoundPlan(noise, codec=codec)]))
    whole = all_of(sound_blocks(path, rate=rate))
    second = Fraction(1)
    for start, stop in ((second / 3, 2 * second), (Fraction(1001, 240), Fraction(9, 2)), (0 * second, second)):
        piece = all_of(sound_blocks(path, rate=rate, start=start, end=stop, frames=1000))
        first = round(start * rate)
        assert len(piece) == round(stop * rate) - first
        assert np.abs(piece - whole[first:first + len(piece)]).max() < 1e-5


@pytest.mark.parametrize("end", ["mp4", "mkv"])
@pytest.mark.parametrize("bframes", ["0", "3"])
def test_time_zero_is_the_first_picture(end: str, bframes: str, tmp_path: Path) -> None:
    path = sound_clip(tmp_path / f"film.{end}", "flac" if end == "mkv" else "aac", delay=Fraction(1, 2),
                      options={"preset": "fast", "bf": bframes})
    samples = all_of(sound_blocks(path))
    assert abs(peak_near(samples, HITS[0] - 24000) - (HITS[0] - 24000)) <= 1
    assert probe(path).sounds[0].start < Fraction(-2, 5)


def test_beyond_the_end_is_silence_exactly_as_long_as_asked(tmp_path: Path) -> None:
    path = sound_clip(tmp_path / "film.mkv", "flac")
    piece = all_of(sound_blocks(path, start=Fraction(29, 10), end=Fraction(5)))
    assert len(piece) == round(2.1 * 48000)
    assert not piece[4800:].any()
    assert len(all_of(sound_blocks(path, start=Fraction(10), end=Fraction(11)))) == 48000
    assert list(sound_blocks(path, start=Fraction(10))) == []


def test_gaps_in_the_timestamps_become_silence(tmp_path: Path) -> None:
    import av

    path = tmp_path / "gap.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=48000, layout="mono")
        for start in (0, 96000, 96100):  # one second is missing, and 1,900 frames come twice
            array = np.full((1, 2000), 8000, np.int16)
            frame = av.AudioFrame.from_ndarray(array, "s16", "mono")
            frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    samples = all_of(sound_blocks(path, channels=1))[:, 0]
    assert abs(len(samples) - 98_100) <= 48
    assert samples[1990] > 0.2 and not samples[2050:95_900].any() and samples[96_050] > 0.2


def test_five_one_is_folded_with_the_dialogue_in_front(tmp_path: Path) -> None:
    six = np.zeros((48000, 6), np.float32)
    for channel in range(6):
        six[8000 * channel + 100:8000 * channel + 4000, channel] = tone(3900, 500, channels=1, height=0.5)[:, 0]
    path = make_clip(tmp_path / "film.mkv", ClipPlan(24, sounds=[SoundPlan(six, codec="flac", layout="5.1")]))
    assert probe(path).sounds[0].channels == 6
    stereo = all_of(sound_blocks(path))
    loud = [np.abs(stereo[8000 * c + 500:8000 * c + 3500]).max(axis=0).tolist() for c in range(6)]
    wanted = [[0.5, 0.0], [0.0, 0.5], [0.354, 0.354], [0.0, 0.0], [0.354, 0.0], [0.0, 0.354]]
    assert np.abs(np.array(loud) - wanted).max() < 0.005
    kept = all_of(sound_blocks(path, channels=6))
    assert np.abs(kept - six).max() < 1e-4
    mono = all_of(sound_blocks(path, channels=1))
    assert np.abs(mono[:, 0] - stereo.mean(axis=1)).max() < 1e-6


def test_matrices() -> None:
    assert matrix(("FC",), 2).tolist() == [[1, 1]]
    assert matrix(("FL", "FR"), 1).tolist() == [[0.5], [0.5]]
    assert matrix(("FC",), 6).tolist() == [[0, 0, 1, 0, 0, 0]]
    for names in LAYOUTS.values():
        for channels in (1, 2, 6):
            found = matrix(names, channels)
            assert np.isfinite(found).all() and found.shape == (len(names), channels)
    assert matrix(tuple(str(n) for n in range(12)), 2).shape == (12, 2)
    with pytest.raises(BadInput):
        matrix(("FL", "FR"), 4)


def test_streams_are_chosen_and_missed(tmp_path: Path) -> None:
    low, high = (SoundPlan(tone(48000, hz), codec="flac", language=language)
                 for hz, language in ((200, "eng"), (2000, "ita")))
    path = make_clip(tmp_path / "two.mkv", ClipPlan(24, sounds=[low, high]))
    assert [sound.language for sound in probe(path).sounds] == ["eng", "ita"]
    for number, hz in ((0, 200), (1, 2000)):
        samples = all_of(sound_blocks(path, stream=number, channels=1))[:48000, 0]
        assert np.abs(np.fft.rfft(samples)).argmax() == hz
    with pytest.raises(NothingToDo, match="no sound stream 2"):
        next(sound_blocks(path, stream=2))
    silent = make_clip(tmp_path / "silent.mp4", ClipPlan(5))
    with pytest.raises(NothingToDo, match="no sound"):
        next(sound_blocks(silent))
    with pytest.raises(BadInput):
        next(sound_blocks(path, start=Fraction(2), end=Fraction(1)))


def test_memory_stays_while_an_hour_goes_by(tmp_path: Path) -> None:
    path = tmp_path / "hour.wav"
    with SoundWriter(path, 16000, 1, "pcm24") as writer:
        minute = Signal(np.zeros((16000 * 60, 1), np.float32), 16000)
        for _ in range(60):
            writer.write(minute)
    blocks = sound_blocks(path, rate=16000, channels=1)
    for _ in range(20):
        next(blocks)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = sum(block.frames for block in blocks)
    assert count == 3600 * 16000 - 20 * 65536
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


@pytest.mark.material
def test_real_sound(material: Path) -> None:
    for name in ("sintel/trailer.mp4", "his-girl-friday/friday.mp4", "ambience/voices-around-a-fire.mp3"):
        path = material / "media" / name
        samples = all_of(sound_blocks(path))
        assert abs(len(samples) / 48000 - float(probe(path).sounds[0].duration)) < 0.1
        assert 0.01 < np.abs(samples).max() < 2


@pytest.mark.parametrize(("source", "target"), [(44100, 48000), (48000, 16000), (16000, 48000), (48000, 48000)])
def test_resampling_is_aligned_and_exactly_as_long(source: int, target: int) -> None:
    samples = impulses(source * 2 + 137, (source,), 1, 1.0)
    parts = [Signal(part, source) for part in np.array_split(samples, 17)]
    result = list(resample_blocks(parts, target, frames=1000))
    assert all(block.frames == 1000 for block in result[:-1])
    whole = all_of(result)
    assert len(whole) == round(len(samples) * target / source)
    assert int(np.abs(whole[:, 0]).argmax()) == target
    assert next(resample_blocks(parts, target, channels=2)).channels == 2
    with pytest.raises(BadInput, match="changes"):
        list(resample_blocks([parts[0], Signal.mono(np.zeros(5), source + 1)], target))


def test_sound_file_is_what_sound_blocks_reads(tmp_path: Path) -> None:
    noise = Signal(np.random.default_rng(1).uniform(-1, 1, (5000, 2)).astype(np.float32), 48000)
    with SoundWriter(tmp_path / "a.wav", 48000, 2) as writer:
        writer.write(noise)
    with SoundFile(tmp_path / "a.wav") as file:
        assert (file.read(0, 5000).samples == noise.samples).all()
    assert (all_of(sound_blocks(tmp_path / "a.wav")) == noise.samples).all()
