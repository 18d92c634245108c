"""The arithmetic around Whisper that needs no model."""

from __future__ import annotations

import numpy as np
import pytest

from ciak.models import whisper


@pytest.mark.parametrize(("sounding", "kept"), [
    (1, 602), (2, 602), (301, 902), (2399, 3000), (2401, 3000), (3000, 3000), (0, 600),
])
def test_the_encoder_gets_the_sound_and_six_seconds(sounding: int, kept: int) -> None:
    features = np.zeros((80, 3000), np.float32)
    features[:, :sounding] = -0.4
    assert whisper._length(features) == kept
    assert whisper._length(features[None]) == kept
    assert kept % 2 == 0


def test_a_silent_gap_inside_is_not_the_end() -> None:
    features = np.zeros((80, 3000), np.float32)
    features[3, 10] = features[7, 999] = 0.5
    assert whisper._length(features) == 1600
