"""The example film: its screenplay, its pictures, its plan and its truth; and, slowly, the film itself."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from ciak.backends import fake_voices, registry
from ciak.config import TASKS, Settings
from ciak.errors import CiakError
from ciak.film import Rate, Signal
from ciak.film.screenplay import ElementKind
from ciak.media import SoundFile, find_shots, measure, probe

EXAMPLE = Path(__file__).resolve().parent.parent.parent / "examples" / "the-last-reel"
sys.path.insert(0, str(EXAMPLE))

from last_reel import film, mix, script, timing  # noqa: E402
from last_reel.camera import View, seen  # noqa: E402
from last_reel.picture import PAINTERS, frame_of, grain_of  # noqa: E402
from last_reel.shapes import FPS, HEIGHT, WIDTH  # noqa: E402

FAKE = Settings().with_backends(dict.fromkeys(TASKS, "fake"))


@pytest.fixture(scope="module")
def plan() -> timing.Plan:
    """The film's plan with lines of two seconds."""
    shots = script.shots_of(script.read_screenplay())
    return timing.planned(shots, {line.number: Fraction(2) for shot in shots for line in shot.lines})


def test_the_screenplay_tells_who_says_what_in_which_shot() -> None:
    screenplay = script.read_screenplay()
    shots = script.shots_of(screenplay)
    lines = [line for shot in shots for line in shot.lines]
    assert len(shots) >= 6 and [shot.name for shot in shots] == list(PAINTERS) == list(timing.PAUSES)
    assert len(lines) >= 12 and {line.speaker for line in lines} == set(mix.CAST) == set(screenplay.characters)
    assert any("?" in line.text for line in lines) and any("!" in line.text for line in lines)
    assert screenplay.title_page[0].text == "The Last Reel"
    assert {ElementKind.HEADING, ElementKind.TRANSITION, ElementKind.PARENTHETICAL, ElementKind.NOTE} <= {
        element.kind for element in screenplay.elements}


def test_the_reference_has_a_row_for_each_line() -> None:
    lines = [line for shot in script.shots_of(script.read_screenplay()) for line in shot.lines]
    reference = script.read_reference()
    assert [row.line for row in reference] == lines
    assert all(row.italian.strip() and row.italian != row.line.text for row in reference)


def test_the_plan_holds_its_lines(plan: timing.Plan) -> None:
    assert plan.shots[0].first == 0 and all(one.end == two.first for one, two in pairwise(plan.shots))
    assert all(one.end < two.start for one, two in pairwise(plan.said))
    assert all(0 < said.start < said.end < plan.seconds for said in plan.said)
    assert plan.lamp(plan.strike - .1) == 0 and plan.lamp(plan.strike + 1) == 1 == plan.lamp(float(plan.seconds))
    assert plan.lamp(plan.again - .1) == 0 == plan.running(plan.again - .1)
    assert plan.said[7].end < plan.strike < plan.begin("beam"), "the arc strikes after 'Here it comes!'"


def test_the_camera_shows_what_is_there() -> None:
    ramp = np.mgrid[0:800, 0:1400][1].astype(np.float32)
    assert np.allclose(seen(ramp, View(10.25, 3.5))[0], np.arange(WIDTH) + 10.25)
    near = seen(ramp, View(100, 50, 1.25))
    assert near.shape == (HEIGHT, WIDTH) and np.allclose(near[9, :1000], 100 + np.arange(1000) / 1.25, atol=1e-3)


def test_every_shot_moves_repeats_and_differs_from_its_neighbour(plan: timing.Plan) -> None:
    grain, ends = grain_of(7), []
    for number, shot in enumerate(plan.shots):
        length = shot.end - shot.first
        paint = PAINTERS[shot.name](np.random.default_rng((7, number)))
        first, again, late, last = (frame_of(plan, shot, n, paint, grain) for n in (
            34 if not number else 0, 34 if not number else 0, length // 2, length - (50 if shot.name == "hall" else 1)))
        assert first.shape == (HEIGHT, WIDTH, 3) and first.dtype == np.uint8
        assert np.array_equal(first, again), f"{shot.name}: the same frame is the same picture"
        if not number:
            assert frame_of(plan, shot, 0, paint, grain).mean() < 8 < first.mean(), "the film begins in black"
        moved = np.abs(first.astype(int) - late).mean()
        assert moved > 4, f"{shot.name} does not move: {moved:.1f}"
        assert all(one.max(axis=2).mean() > 24 for one in (first, late, last)), f"{shot.name} is too dark to see"
        ends.append((first, last))
    for (_, last), (first, _), shot in zip(ends, ends[1:], plan.shots[1:], strict=False):
        assert np.abs(last.astype(int) - first).mean() > 14, f"the cut to {shot.name} is hard to see"
    fresh = PAINTERS["screen"](np.random.default_rng((7, 6)))
    assert np.array_equal(frame_of(plan, plan.shots[6], 0, fresh, grain), ends[6][0]), "the same seed, the same shot"


def test_the_stems_are_the_mix_and_the_truth_fits_them() -> None:
    shots = script.shots_of(script.read_screenplay())
    some = tuple(replace(shot, lines=shot.lines[:1] if shot.name in ("machine", "screen", "hall") else ())
                 for shot in shots if shot.name != "beam")
    lines = [line for shot in some for line in shot.lines]
    voiced = list(mix.spoken(fake_voices.voice(FAKE), lines, lambda part: None))
    plan = timing.planned(some, {one.line.number: one.length for one in voiced})
    both = mix.stems(plan, voiced, 7)
    assert len(both.dialogue) == len(both.effects) == round(plan.seconds * 48000)
    assert np.array_equal(both.mix, both.dialogue + both.effects)
    loudness = measure(iter([Signal(both.mix, 48000)]))
    assert loudness.true_peak is not None and loudness.true_peak < -1
    for said in plan.said:
        part = slice(round(said.start * 48000), round(said.end * 48000))
        assert np.square(both.dialogue[part]).mean() > 4 * np.square(both.effects[part]).mean()
    truth = film.truth_of(plan, voiced, both)
    assert json.loads(json.dumps(truth)) == truth and len(truth["lines"]) == len(lines)
    assert all(line["start"] < line["end"] <= truth["frames"] / FPS for line in truth["lines"])


def test_another_seed_is_another_film(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = replace(FAKE, models=tmp_path / "models")
    voice = fake_voices.voice(settings)
    assert film.kept_at(settings, voice).parent == tmp_path / "films"
    assert film.fingerprint(settings, voice) == film.fingerprint(settings, voice) != film.fingerprint(
        replace(settings, seed=8), voice)


@pytest.mark.slow
@pytest.mark.models
def test_the_film_is_what_its_truth_says() -> None:
    settings = Settings.from_environment()
    try:
        registry.resolve("voice", settings).speak("Hello.", mix.Delivery("bf_emma", "en"))
    except CiakError as problem:
        pytest.skip(f"the voice is not here: {problem}")
    made = film.make(settings)
    truth = json.loads((made.parent / "truth.json").read_text(encoding="utf-8"))
    info = probe(made)
    assert info.picture is not None and (info.picture.width, info.picture.height) == (WIDTH, HEIGHT)
    assert info.sounds[0].channels == 2 and 45 <= truth["frames"] / FPS <= 60
    assert [(shot.first, shot.end) for shot in find_shots(made, Rate(Fraction(FPS)))] == [
        (shot["first"], shot["end"]) for shot in truth["shots"]]
    with SoundFile(made.parent / "DX.wav") as dialogue, SoundFile(made.parent / "ME.wav") as effects:
        assert dialogue.frames == effects.frames == truth["samples"]
        speech, rest = (one.read(0, one.frames).samples for one in (dialogue, effects))
    for line in truth["lines"]:
        part = slice(round(line["start"] * 48000), round(line["end"] * 48000))
        assert np.square(speech[part]).mean() > 8 * np.square(rest[part]).mean(), f"line {line['number']} is covered"
