"""Thumbnails: the right frames, small and whole, in one file; hostile files are one clear line."""

from __future__ import annotations

import io
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.media.clips import ClipPlan, make_clip, read_code

from ciak.errors import BadInput, Cancelled, CiakError, Damaged, NotFound, TooLarge
from ciak.film import Rate
from ciak.media import count_thumbnails, make_proxy, read_thumbnail, write_thumbnails

FRAMES = (0, 1, 7, 30, 31, 95, 143)


def picture(data: bytes) -> np.ndarray:
    with av.open(io.BytesIO(data), format="jpeg_pipe") as file:
        return next(file.decode(video=0)).to_ndarray(format="rgb24")


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clip")
    make_clip(folder / "clip.mp4", ClipPlan(144, Fraction(24), (640, 360)))
    make_proxy(folder / "clip.mp4", folder / "proxy.mp4")
    return folder / "proxy.mp4"


@pytest.fixture(scope="module")
def small(proxy: Path) -> bytes:
    write_thumbnails(proxy, FRAMES, proxy.with_name("small.thumbs"), height=96)
    return proxy.with_name("small.thumbs").read_bytes()


@pytest.mark.parametrize("height", [72, 96])
def test_each_shows_its_frame(proxy: Path, tmp_path: Path, height: int) -> None:
    told: list[float] = []
    places = write_thumbnails(proxy, FRAMES, tmp_path / "a.thumbs", height=height, tick=told.append)
    assert [path.name for path in tmp_path.iterdir()] == ["a.thumbs"]
    assert told == sorted(told) and told[-1] == 1.0
    with (tmp_path / "a.thumbs").open("rb") as file:
        assert count_thumbnails(file) == len(FRAMES)
        for number, frame in enumerate(FRAMES):
            data = read_thumbnail(file, number)
            assert len(data) == places[number][1] < 8000
            image = picture(data)
            assert image.shape == (height, round(height * 16 / 9), 3)
            assert read_code(image) == frame
            background = image[height // 3, -10].astype(int)
            assert np.abs(background - (60, 90, 120)).max() <= 8


def test_on_another_grid(proxy: Path, tmp_path: Path) -> None:
    write_thumbnails(proxy, (2, 100), tmp_path / "a.thumbs", rate=Rate(Fraction(48)))
    with (tmp_path / "a.thumbs").open("rb") as file:
        assert [read_code(picture(read_thumbnail(file, n))) for n in (0, 1)] == [1, 50]


def test_a_picture_is_not_made_larger(tmp_path: Path) -> None:
    make_clip(tmp_path / "tiny.mp4", ClipPlan(3, Fraction(24), (64, 36)))
    write_thumbnails(tmp_path / "tiny.mp4", (1,), tmp_path / "a.thumbs", height=96)
    with (tmp_path / "a.thumbs").open("rb") as file:
        assert picture(read_thumbnail(file, 0)).shape == (36, 64, 3)


def test_none_are_none(proxy: Path, tmp_path: Path) -> None:
    assert write_thumbnails(proxy, (), tmp_path / "a.thumbs") == ()
    with (tmp_path / "a.thumbs").open("rb") as file, pytest.raises(NotFound):
        read_thumbnail(file, 0)


@pytest.mark.parametrize("frames", [(5, 5), (5, 4), (-1, 3), (3, 144), (144,)])
def test_frames_that_cannot_be(proxy: Path, tmp_path: Path, frames: tuple[int, ...]) -> None:
    with pytest.raises(BadInput):
        write_thumbnails(proxy, frames, tmp_path / "a.thumbs")
    assert list(tmp_path.iterdir()) == []


def test_heights_and_numbers_that_cannot_be(proxy: Path, tmp_path: Path) -> None:
    for height in (0, -3, 10_000):
        with pytest.raises(BadInput):
            write_thumbnails(proxy, (1,), tmp_path / "a.thumbs", height=height)
    with pytest.raises(TooLarge):
        write_thumbnails(proxy, range(10**6), tmp_path / "a.thumbs")


def test_who_stops_it_leaves_nothing(proxy: Path, tmp_path: Path) -> None:
    def stop(done: float) -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        write_thumbnails(proxy, FRAMES, tmp_path / "a.thumbs", tick=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("keep", [0, 100, 0.6])
def test_a_broken_proxy_is_one_clear_line(proxy: Path, tmp_path: Path, keep: float) -> None:
    data = proxy.read_bytes()
    (tmp_path / "broken.mp4").write_bytes(data[:int(keep if keep > 1 else keep * len(data))])
    with pytest.raises(CiakError) as told:
        write_thumbnails(tmp_path / "broken.mp4", FRAMES, tmp_path / "a.thumbs")
    assert "\n" not in str(told.value)
    assert not (tmp_path / "a.thumbs").exists()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_hostile_file_is_one_clear_line(small: bytes, data: st.DataObject) -> None:
    whole = bytearray(small)
    kind = data.draw(st.sampled_from(["cut", "flip", "lie"]))
    if kind == "cut":
        del whole[data.draw(st.integers(0, len(whole) - 1)):]
    elif kind == "lie":
        place = 16 + 12 * data.draw(st.integers(0, len(FRAMES) - 1))
        whole[place:place + 12] = struct.pack("<QI", data.draw(st.integers(0, 2**64 - 1)),
                                              data.draw(st.integers(0, 2**32 - 1)))
    else:
        place = data.draw(st.integers(0, 16 + 12 * len(FRAMES) - 1))
        whole[place] ^= 1 << data.draw(st.integers(0, 7))
    for number in (-1, 0, len(FRAMES) - 1, len(FRAMES)):
        try:
            found = read_thumbnail(io.BytesIO(bytes(whole)), number)
        except (Damaged, NotFound) as error:
            assert "\n" not in str(error)
        else:
            assert found.startswith(b"\xff\xd8") and found.endswith(b"\xff\xd9")


def test_a_lie_about_how_many_is_refused() -> None:
    with pytest.raises(Damaged):
        read_thumbnail(io.BytesIO(struct.pack("<8sHHI", b"CIAKTHMB", 1, 0, 2**32 - 1)), 0)
