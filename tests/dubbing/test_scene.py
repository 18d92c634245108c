"""The demo's own scene: the pictures move and repeat, the sound holds its lines, the film is what it says."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from ciak.backends import fakes
from ciak.config import TASKS, Settings
from ciak.dubbing import scene
from ciak.dubbing.scene_drawing import FPS, HEIGHT, WIDTH, draw_scene
from ciak.dubbing.scene_sound import RATE, bed, room
from ciak.media import probe

SETTINGS = Settings().with_backends(dict.fromkeys(TASKS, "fake"))


def test_the_pictures_of_three_shots_differ_move_and_repeat() -> None:
    once = list(draw_scene([3, 3, 50], 7))
    assert len(once) == 56
    assert all(image.shape == (HEIGHT, WIDTH, 3) and image.dtype == np.uint8 for image in once)
    again = list(islice(draw_scene([3, 3, 50], 7), 8))
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=False))
    assert not np.array_equal(once[6], once[7])
    middle = once[26].astype(int)
    assert middle.max() > 150 and 15 < middle.mean() < 120
    assert once[0].mean() < 10 and once[-1].mean() < 12, "fades from and to black"


def test_the_bed_is_soft_never_silent_and_ducks_under_speech() -> None:
    length, line = Fraction(8), (Fraction(3), Fraction(5))
    sound = bed(length, 7, [line])
    assert sound.shape == (8 * RATE, 2)
    level = [20 * np.log10(np.sqrt((sound[n * RATE:(n + 1) * RATE] ** 2).mean())) for n in range(1, 7)]
    assert all(-55 < one < -20 for one in level)
    free = bed(length, 7, [])
    assert np.square(sound[int(3.5 * RATE):int(4.5 * RATE)]).mean() < np.square(
        free[int(3.5 * RATE):int(4.5 * RATE)]).mean()


def test_a_room_keeps_a_line_where_it_is() -> None:
    dry = np.zeros(RATE, np.float32)
    dry[1000] = .5
    wet = room(dry, 0.2, 1)
    assert len(wet) == RATE + RATE // 2
    assert int(np.abs(wet).sum(axis=1).argmax()) == 1000


def test_lines_follow_one_another_inside_their_shots() -> None:
    frames, sound = scene._score(fakes.voice(SETTINGS), SETTINGS, lambda part: None)
    assert len(frames) == len(scene.LINES)
    assert len(sound) == pytest.approx(sum(frames) / FPS * RATE, abs=2)
    assert .2 < float(np.abs(sound).max()) <= .9


@pytest.mark.slow
def test_the_scene_is_a_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short = tuple((shot[0],) for shot in scene.LINES)
    monkeypatch.setattr(scene, "LINES", short)
    monkeypatch.setattr(scene, "draw_scene", lambda frames, seed: (
        np.full((HEIGHT, WIDTH, 3), n % 255, np.uint8) for n in range(sum(frames))))
    heard: list[float] = []
    target = scene.make_scene(tmp_path / "scene.mp4", SETTINGS, heard.append)
    info = probe(target)
    assert info.picture is not None and info.picture.width == WIDTH and info.sounds[0].channels == 2
    assert heard == sorted(heard) and heard[-1] == 1.0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["scene.mp4"]
