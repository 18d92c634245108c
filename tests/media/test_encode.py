"""A drawn film: as many frames as were drawn, its sound in place, nothing left behind by a failure."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ciak.errors import BadInput, Cancelled
from ciak.film import Rate, Signal
from ciak.media import probe
from ciak.media.encode import encode_film
from ciak.media.sound import sound_blocks
from ciak.media.wav import SoundWriter

RATE = Rate(Fraction(24))


def drawn(count: int) -> Iterator[NDArray[np.uint8]]:
    for n in range(count):
        image = np.zeros((64, 96, 3), np.uint8)
        image[:, n % 90:n % 90 + 6] = 255
        yield image


@pytest.fixture
def track(tmp_path: Path) -> Path:
    """Two seconds: silence, and a click at one second."""
    sound = np.zeros((96000, 2), np.float32)
    sound[48000:48480] = .5
    with SoundWriter(tmp_path / "track.wav", 48000, 2) as writer:
        writer.write(Signal(sound, 48000))
    return tmp_path / "track.wav"


def test_frames_and_sound_are_where_they_were_put(tmp_path: Path, track: Path) -> None:
    target = tmp_path / "film.mp4"
    assert encode_film(target, drawn(48), RATE, track, language="eng") == 48
    info = probe(target)
    assert info.picture is not None
    assert info.picture.codec == "h264"
    assert abs(info.duration - 2) < Fraction(1, 20)
    sound = np.concatenate([block.samples[:, 0] for block in sound_blocks(target, rate=48000, channels=2)])
    start = int(np.flatnonzero(np.abs(sound) > .2)[0])
    assert abs(start - 48000) < 480


def test_no_picture_is_refused_and_leaves_nothing(tmp_path: Path, track: Path) -> None:
    with pytest.raises(BadInput):
        encode_film(tmp_path / "film.mp4", drawn(0), RATE, track)
    assert not (tmp_path / "film.mp4").exists()


def test_a_cancelled_run_leaves_nothing(tmp_path: Path, track: Path) -> None:
    def stop(done: int) -> None:
        if done == 10:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        encode_film(tmp_path / "film.mp4", drawn(48), RATE, track, tick=stop)
    assert not (tmp_path / "film.mp4").exists()
