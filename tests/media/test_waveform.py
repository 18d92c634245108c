"""Peaks: true to the samples at every zoom, silent outside, and hostile files are one clear line."""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciak.errors import BadInput, Damaged, NotFound, StorageError, TooLarge
from ciak.media import Peaks, write_peaks

BIN = Fraction(1, 200)


def noise(samples: int, channels: int = 2, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    loud = np.interp(np.arange(samples), np.linspace(0, max(1, samples), 40), rng.random(40))
    return (rng.uniform(-1, 1, (samples, channels)) * loud[:, None]).astype(np.float32)


def pieces(sound: np.ndarray, sizes: list[int]) -> Iterator[np.ndarray]:
    at, turn = 0, 0
    while at < len(sound):
        size = sizes[turn % len(sizes)]
        yield sound[at:at + size]
        at, turn = at + size, turn + 1


def drawn(path: Path, sound: np.ndarray, rate: int = 48000, sizes: list[int] | None = None) -> Peaks:
    write_peaks(pieces(sound, sizes or [65536]), rate, path)
    return Peaks(path)


def pairs(data: bytes) -> np.ndarray:
    return np.frombuffer(data, np.int8).reshape(-1, 2)


def levelled(sound: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(sound * np.float32(127)), -127, 127).astype(np.int8)


@pytest.mark.parametrize("rate", [200, 8000, 11025, 44100, 48000, 96000])
@pytest.mark.parametrize("sizes", [[65536], [1, 7, 500], [240]])
def test_a_bin_holds_the_samples_of_its_two_hundredth(tmp_path: Path, rate: int, sizes: list[int]) -> None:
    sound = noise(rate // 3 + 17)
    with drawn(tmp_path / "a.peaks", sound, rate, sizes) as peaks:
        found = peaks.level(0)
    home = np.arange(len(sound)) * 200 // rate
    assert peaks.bins[0] == len(found) == home[-1] + 1
    level = levelled(sound)
    for number in range(len(found)):
        inside = level[home == number]
        assert tuple(found[number]) == (inside.min(), inside.max())
    assert peaks.duration == Fraction(len(sound), rate)


def test_each_level_merges_four_bins_of_the_one_below(tmp_path: Path) -> None:
    with drawn(tmp_path / "a.peaks", noise(2_000_003, 1), 8000, [9973]) as peaks:
        assert peaks.bins[-1] <= 512 < peaks.bins[-2]
        for number in range(1, len(peaks.bins)):
            below, above = peaks.level(number - 1), peaks.level(number)
            for place in range(len(above)):
                four = below[4 * place:4 * place + 4]
                assert tuple(above[place]) == (four[:, 0].min(), four[:, 1].max())
        size = 288 + 2 * sum(peaks.bins)
    assert (tmp_path / "a.peaks").stat().st_size == size
    assert [path.name for path in tmp_path.iterdir()] == ["a.peaks"]


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> tuple[Peaks, np.ndarray, int]:
    rate, sound = 11025, noise(11025 * 70 + 5, seed=3)
    return drawn(tmp_path_factory.mktemp("peaks") / "long.peaks", sound, rate), sound, rate


@settings(max_examples=150, deadline=None)
@given(st.fractions(-5, 75), st.fractions(Fraction(1, 10000), 80), st.integers(1, 900))
def test_a_window_is_true_within_a_bin_at_its_edges(long: tuple[Peaks, np.ndarray, int], start: Fraction,
                                                    length: Fraction, width: int) -> None:
    peaks, sound, rate = long
    end = start + length
    got = pairs(peaks.window(start, end, width))
    assert got.shape == (width, 2)
    level = levelled(sound)

    def extremes(first: Fraction, last: Fraction) -> tuple[int, int] | None:
        inside = level[max(0, math.ceil(first * rate)):max(0, math.ceil(last * rate))]
        return (int(inside.min()), int(inside.max())) if len(inside) else None

    least, most = extremes(start, end), extremes(start - BIN, end + BIN)
    if least is not None and most is not None:
        assert most[0] <= got[:, 0].min() <= max(0, least[0]) and max(least[1], most[0]) <= got[:, 1].max() <= max(
            0, most[1])
    step = length / width
    for place in {0, width // 2, width - 1}:
        own = extremes(start + place * step, start + (place + 1) * step)
        near = extremes(start + (place - 1) * step - BIN, start + (place + 2) * step + BIN)
        if own is None:
            continue
        assert near is not None
        assert near[0] <= got[place, 0] <= own[0] and own[1] <= got[place, 1] <= near[1]


@settings(max_examples=60, deadline=None)
@given(st.floats(-1e9, 1e9), st.floats(1e-12, 1e9), st.integers(1, 50))
def test_any_window_of_floats_has_an_answer(long: tuple[Peaks, np.ndarray, int], start: float, length: float,
                                            width: int) -> None:
    if start < start + length <= 1e9:
        assert len(long[0].window(start, start + length, width)) == 2 * width


def test_a_window_reads_about_four_bins_a_pair(long: tuple[Peaks, np.ndarray, int],
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    level = Peaks.level

    def counted(self: Peaks, number: int, first: int = 0, end: int | None = None) -> np.ndarray:
        found = level(self, number, first, end)
        read.append(len(found))
        return found

    monkeypatch.setattr(Peaks, "level", counted)
    for width in (150, 400, 1000, 3000):
        for length in (1, 5, 20, 70):
            read.clear()
            long[0].window(Fraction(1, 7), Fraction(1, 7) + length, width)
            assert sum(read) <= 4 * width + 60


def test_silence_outside_and_where_there_is_no_sound(tmp_path: Path) -> None:
    with drawn(tmp_path / "a.peaks", np.full((4800, 1), 0.5, np.float32)) as peaks:
        assert pairs(peaks.window(-0.1, 0.2, 3)).tolist() == [[0, 0], [64, 64], [0, 0]]
        assert peaks.window(100.0, 200.0, 4) == bytes(8)
        assert peaks.window(-200.0, -100.0, 4) == bytes(8)
    with drawn(tmp_path / "b.peaks", np.zeros((0, 2), np.float32)) as none:
        assert none.bins == (0,) and none.window(0, 1, 5) == bytes(10)


def test_samples_that_are_too_loud_or_no_number(tmp_path: Path) -> None:
    sound = np.array([[np.nan], [np.inf], [-np.inf], [3.0], [-3.0]], np.float32).repeat(240, axis=0)
    with drawn(tmp_path / "a.peaks", sound) as peaks:
        assert peaks.level(0).tolist() == [[0, 0], [127, 127], [-127, -127], [127, 127], [-127, -127]]


def test_an_open_file_is_read_and_left_open(tmp_path: Path) -> None:
    drawn(tmp_path / "a.peaks", noise(48000)).close()
    with (tmp_path / "a.peaks").open("rb") as file:
        with Peaks(file) as peaks:
            assert peaks.rate == 48000
        assert not file.closed


@pytest.mark.parametrize(("start", "end", "width"), [
    (0, 0, 5), (1, 0, 5), (0, 1, 0), (0, 1, -1), (0, 1, 10**6), (math.nan, 1, 5), (0, math.inf, 5), (-1e300, 1, 5)])
def test_windows_that_cannot_be(long: tuple[Peaks, np.ndarray, int], start: float, end: float, width: int) -> None:
    with pytest.raises(BadInput, match="cannot be drawn"):
        long[0].window(start, end, width)


@pytest.mark.parametrize("rate", [0, -1, 199, 10**7])
def test_rates_that_cannot_be(tmp_path: Path, rate: int) -> None:
    with pytest.raises(BadInput):
        write_peaks([noise(10)], rate, tmp_path / "a.peaks")
    assert list(tmp_path.iterdir()) == []


def test_blocks_that_cannot_be_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        write_peaks([noise(10), np.zeros(5, np.float32)], 48000, tmp_path / "a.peaks")
    with pytest.raises(TooLarge):
        write_peaks((np.zeros((200 * 3600, 1), np.float32) for _ in range(30)), 200, tmp_path / "a.peaks")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises((StorageError, BadInput)):
        write_peaks([noise(10)], 48000, tmp_path / "none" / "a.peaks")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_hostile_file_is_one_clear_line(long: tuple[Peaks, np.ndarray, int], data: st.DataObject) -> None:
    whole = bytearray(Path(long[0]._file.name).read_bytes())
    kind = data.draw(st.sampled_from(["cut", "flip", "grow", "lie"]))
    if kind == "cut":
        del whole[data.draw(st.integers(0, len(whole) - 1)):]
    elif kind == "grow":
        whole += b"x" * data.draw(st.integers(1, 100))
    elif kind == "lie":
        whole[24:32] = struct.pack("<Q", data.draw(st.integers(0, 2**64 - 1)))
    else:
        place = data.draw(st.integers(0, 287))
        whole[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        with Peaks(io.BytesIO(bytes(whole))) as peaks:
            peaks.window(0, 70, 100)
    except Damaged as error:
        assert "\n" not in str(error) and error.remedy


@pytest.mark.parametrize("claim", [2**63, 2**64 - 1, 11025 * 86400, 0, 1])
def test_no_memory_is_taken_for_a_lie(claim: int) -> None:
    head = struct.pack("<8sHHIIIQ", b"CIAKPEAK", 1, 9, 200, 11025, 0, claim) + bytes(256)
    with pytest.raises(Damaged):
        Peaks(io.BytesIO(head))


def test_a_file_that_shrinks_or_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "a.peaks"
    with drawn(path, noise(8000 * 60), 8000) as peaks:
        with path.open("r+b") as file:
            file.truncate(300)
        with pytest.raises(Damaged, match="shorter"):
            peaks.window(30, 60, 9000)
    with pytest.raises(NotFound):
        Peaks(tmp_path / "none.peaks")
    with pytest.raises(BadInput):
        peaks.level(7)
