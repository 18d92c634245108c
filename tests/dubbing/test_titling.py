"""Titling: the subtitles of a film for a client, in the formats that are asked for, with the film's own shots."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.program import ciak as program
from tests.dubbing.journeys import FAKES, talking_clip

import ciak
from ciak.config import Settings
from ciak.dubbing import Report, Titling
from ciak.dubbing.checking import check
from ciak.dubbing.profile import profile_for
from ciak.dubbing.titling import spotting_profile
from ciak.errors import BadInput, NotFound
from ciak.film import Rate
from ciak.formats import read_subtitles
from ciak.project import shots_of

SETTINGS = Settings().with_backends(FAKES)
FORMATS = ("imsc", "ebu-stl", "ass", "dcp")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    folder = tmp_path_factory.mktemp("titling")
    clip = talking_clip(folder / "night.mp4")
    out = folder / "out"
    return out, ciak.subtitle(clip, to="it", out=out, settings=SETTINGS, profile="netflix", formats=FORMATS)


def test_each_language_keeps_its_own_profile(made: tuple[Path, Report]) -> None:
    _, report = made
    assert {code: one.profile for code, one in report.subtitles.items()} == {"en": "netflix-en", "it": "netflix-it"}


def test_what_is_delivered_breaks_what_the_report_says_and_no_more(made: tuple[Path, Report]) -> None:
    out, report = made
    film = ciak.open_film(out / "night.film")
    cuts = [shot.first for shot in shots_of(film) if shot.first]
    for language, told in report.subtitles.items():
        document = read_subtitles(out / report.files[f"imsc.{language}"])
        found = [one.rule for one in check(document, profile_for("netflix", language), film.rate, cuts)]
        assert sorted(found) == sorted(rule for rule, count in told.violations.items() for _ in range(count))
        assert len(document.cues) == told.cues
        assert all(cue.span.end <= film.source.duration for cue in document.cues)  # type: ignore[union-attr]


def test_a_film_keeps_the_profile_that_was_asked_for_last(tmp_path: Path) -> None:
    clip, out = talking_clip(tmp_path / "night.mp4"), tmp_path / "out"
    rules = tmp_path / "mine.toml"
    rules.write_text('name = "mine"\nextends = "ebu"\n', encoding="utf-8")

    def profile_of(**asked: str) -> str:
        return ciak.subtitle(clip, out=out, settings=SETTINGS, **asked).subtitles["en"].profile

    assert profile_of() == "basic"
    assert profile_of(profile="netflix") == "netflix-en"
    assert profile_of() == "netflix-en"
    film = ciak.open_film(out / "night.film")
    assert spotting_profile(film, "it").name == "netflix-it"
    assert profile_of(profile=str(rules)) == "mine", "for this once: a sheet holds no path"
    assert profile_of() == "netflix-en"
    assert profile_of(profile="basic") == "basic"
    assert ciak.open_film(film.path).sheet.profile is None
    assert profile_of() == "basic"


def test_a_profile_that_is_not_known_is_found_by_check_and_named_in_one_line(tmp_path: Path) -> None:
    clip, out = talking_clip(tmp_path / "night.mp4"), tmp_path / "out"
    ciak.subtitle(clip, out=out, settings=SETTINGS)
    film = ciak.open_film(out / "night.film")
    film.save_sheet(film.sheet.model_copy(update={"profile": "nobody"}))
    assert "profile-unknown" in {finding.code for finding in ciak.check_film(film.path)}
    assert spotting_profile(film, "en").name == "basic", "the studio shows them all the same"
    with pytest.raises(NotFound, match="no profile 'nobody'"):
        ciak.subtitle(clip, out=out, settings=SETTINGS)


def test_every_format_says_the_same(made: tuple[Path, Report]) -> None:
    out, report = made
    rate = Rate.parse("24")
    texts = {name: [(rate.nearest_frame(cue.span.start), cue.text) for cue in read_subtitles(
        out / report.files[f"{name}.it"]).cues] for name in ("srt", "webvtt", "imsc", "ebu-stl", "ass", "dcp")}
    assert texts["srt"]
    assert all(text == texts["srt"] for text in texts.values())
    stl = read_subtitles(out / report.files["ebu-stl.it"])
    assert (stl.rate, stl.start, stl.language, stl.title) == (rate.fps, "01:00:00:00", "it", "night")


def test_what_cannot_be_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="scc"):
        Titling(formats=("scc",))
    with pytest.raises(NotFound, match="nobody"):
        Titling(profile="nobody")
    clip = talking_clip(tmp_path / "night.mp4")
    for option, value in (("--profile", "nobody"), ("--format", "scc")):
        ran = program("subtitle", clip, option, value, cwd=tmp_path)
        assert ran.code == 2 and value in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["night.mp4"]


def test_without_a_profile_no_shot_is_looked_for(tmp_path: Path) -> None:
    report = ciak.subtitle(talking_clip(tmp_path / "night.mp4"), out=tmp_path / "out", settings=SETTINGS)
    assert report.subtitles["en"].profile == "basic"
    assert '"shots"' not in (tmp_path / "out" / "night.film" / "history.jsonl").read_text()
