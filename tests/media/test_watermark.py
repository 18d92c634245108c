"""The mark in synthetic speech: found wherever it was laid, by its own threshold; never where it was not."""

from __future__ import annotations

import hashlib
import io

import av
import numpy as np
import pytest

from ciak.errors import BadInput
from ciak.film.sound import Signal
from ciak.media.masking import headroom
from ciak.media.watermark import RATE, _pattern, find_mark, marked

Sound = np.ndarray


def voice(seconds: float, seed: int = 3) -> Sound:
    """Syllables of a buzz with three formants, and hisses between them: no speech, but as uneven as speech."""
    rng = np.random.default_rng(seed)
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    pitch = 130 * 2 ** (np.cumsum(rng.normal(0, 0.0006, count)) + 0.1 * np.sin(2 * np.pi * 0.9 * time))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    buzz = sum(np.cos(k * phase) / k * sum(1 / (1 + ((k * 130 - peak) / 180) ** 2) for peak in (600, 1500, 2700))
               for k in range(1, 40))
    hiss = np.diff(rng.normal(0, 0.25, count + 1))
    open_mouth = np.clip(np.sin(2 * np.pi * 2.1 * time), 0, 1)
    shut = np.clip(-np.sin(2 * np.pi * 2.1 * time) - 0.6, 0, 1)
    return (0.1 * (buzz * open_mouth + hiss * shut)).astype(np.float32)


def blocks(sound: Sound, size: int = 30011) -> list[Signal]:
    return [Signal.mono(sound[at:at + size], RATE) for at in range(0, len(sound), size)]


def through_aac(sound: Sound, kilobits: int) -> Sound:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=RATE, layout="mono")
        stream.bit_rate = kilobits * 1000
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.reshape(1, -1)), "fltp", "mono")
        frame.sample_rate = RATE
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    file.seek(0)
    with av.open(file) as back:
        return np.concatenate([frame.to_ndarray()[0] for frame in back.decode(audio=0)])


def test_a_mark_is_found_and_a_sound_without_one_is_not() -> None:
    for seed in range(4):
        plain = voice(4, seed)
        found, none = (find_mark(blocks(sound)) for sound in (marked(plain, 77777), plain))
        assert found.found and found.score > 1.5 * found.threshold
        assert not none.found and none.score < 0.75 * none.threshold and none.spans == ()
        assert found.seconds == pytest.approx(4, abs=0.05)


@pytest.mark.parametrize("kilobits", [128, 64])
def test_it_is_found_after_a_codec_softer_from_anywhere_and_under_noise(kilobits: int) -> None:
    plain = voice(5)
    noise = np.random.default_rng(5).normal(0, float(plain.std()) * 0.05, len(plain)).astype(np.float32)
    sound = through_aac(marked(plain, 12345) + noise, kilobits)[31234:] * np.float32(0.2)
    assert find_mark(blocks(sound)).found
    assert not find_mark(blocks(through_aac(plain + noise, kilobits)[31234:])).found


def test_takes_of_a_film_carry_one_mark_and_where_it_is_is_told() -> None:
    film = np.random.default_rng(8).normal(0, 0.002, 60 * RATE).astype(np.float32)
    for at in (10.3, 14.1, 40.7):
        take = marked(voice(3, int(at)), round(at * RATE))
        film[round(at * RATE):round(at * RATE) + len(take)] += take
    found = find_mark(blocks(film))
    assert found.found and len(found.spans) == 2
    assert found.spans[0][0] <= 11 and found.spans[0][1] >= 15.5 and found.spans[1][0] <= 41.5 <= found.spans[1][1]
    assert all(end - start < 14 for start, end in found.spans)


def test_the_same_sound_at_the_same_place_is_marked_to_the_same_bytes() -> None:
    plain = voice(2)
    one = marked(plain, 4321)
    assert np.array_equal(one, marked(plain, 4321)) and not np.array_equal(one, marked(plain, 4321 + 5000))
    assert one.dtype == np.float32 and len(one) == len(plain)
    # laid by the time of the film: a period later it is the same mark
    assert np.allclose(one, marked(plain, 4321 + 128 * 1024), atol=1e-6)


def test_silence_stays_silent_and_odd_lengths_are_kept() -> None:
    assert not marked(np.zeros(5000, np.float32), 99).any()
    for count in (0, 1, 255, 1024, 4097):
        assert len(marked(voice(1)[:count], 17)) == count
    tail = np.concatenate([voice(1), np.zeros(RATE, np.float32)])
    assert not marked(tail, 0)[RATE + 2048:].any()


def test_the_change_keeps_under_its_share_of_the_threshold_of_masking() -> None:
    plain = voice(3)
    change = marked(plain, 0).astype(np.float64) - plain
    frames = [np.abs(np.fft.rfft(np.lib.stride_tricks.sliding_window_view(sound, 1024)[::512] * np.hanning(1024),
                                 axis=1)) ** 2 for sound in (plain.astype(np.float64), change)]
    allowed = frames[0] * headroom(frames[0], RATE) ** 2
    loud = frames[0].sum(axis=1) > 1e-4 * frames[0].sum(axis=1).max()
    bands = slice(5, 169)
    share = frames[1][loud][:, bands].sum(axis=1) / allowed[loud][:, bands].sum(axis=1)
    assert np.median(share) < 0.6 and (share < 1).mean() > 0.98


def test_what_is_told_does_not_hang_on_how_the_sound_is_cut_into_blocks() -> None:
    sound = marked(voice(7), 1000)
    whole = find_mark(blocks(sound, len(sound)))
    for size in (700, 4096, 100000):
        part = find_mark(blocks(sound, size))
        assert part.score == pytest.approx(whole.score) and part.spans == whole.spans


def test_in_more_than_two_channels_it_is_looked_for_in_the_centre() -> None:
    six = np.random.default_rng(1).normal(0, 0.2, (4 * RATE, 6)).astype(np.float32)
    six[:, 2] = marked(voice(4), 0)
    assert find_mark([Signal(six, RATE)]).found
    assert find_mark([Signal(np.stack([six[:, 2]] * 2, axis=1), RATE)]).found


def test_nothing_is_found_in_nothing() -> None:
    for sound in ([], [Signal.mono(np.zeros(100, np.float32), RATE)], blocks(np.zeros(5 * RATE, np.float32)),
                  blocks(np.full(5 * RATE, np.nan, np.float32))):
        assert not find_mark(sound).found
    tone = np.sin(np.arange(6 * RATE) * 0.05).astype(np.float32)
    assert not find_mark(blocks(tone)).found
    with pytest.raises(BadInput):
        find_mark([Signal.mono(voice(1), 44100)])
    with pytest.raises(BadInput):
        marked(np.zeros((10, 2), np.float32), 0)


def test_the_pattern_never_changes() -> None:
    """Films that were marked years ago are still found."""
    bits = (_pattern() > 0).astype(np.uint8).tobytes()
    assert hashlib.sha256(bits).hexdigest() == "9174da1089c7dbe5383078aca5b71616e8717aa1bd7c550e7e9449d5d185f165"
    assert abs(_pattern().mean()) < 0.03
