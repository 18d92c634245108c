"""ciak qc, as a user types it: a clean dub is clean, each planted fault is found, bad input is told in one line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.cli.program import Run, ciak
from tests.dubbing.journeys import FAKES, talking_clip

import ciak as product
from ciak.config import Settings
from ciak.dubbing.quality import Verdict
from ciak.dubbing.quality.page import LANGUAGES, page
from ciak.dubbing.quality.told import Check, LineQuality, Quality, between, unmeasured, worst
from ciak.film import Signal
from ciak.media import SoundFile, SoundWriter

FAILS = "fail"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder ``out`` with a film dubbed by the fakes and what was delivered. Not to be changed."""
    folder = tmp_path_factory.mktemp("dubbed")
    settings = replace(Settings().with_backends(FAKES), library=folder / "library")
    product.dub(talking_clip(folder / "night.mp4"), to="it", out=folder / "out", settings=settings)
    return folder


@pytest.fixture
def out(made: Path, tmp_path: Path) -> Path:
    """A copy that may be spoilt."""
    shutil.copytree(made, tmp_path / "made", symlinks=True)
    return tmp_path / "made" / "out"


def asked(out: Path, *more: str | Path) -> Run:
    return ciak("qc", out / "night.film", "--language", "it", *more)


def failing(told: dict[str, Any]) -> set[str]:
    every = [*told["checks"], *(check for line in told["lines"] for check in line["checks"])]
    return {check["code"] for check in every if check["verdict"] == FAILS}


def test_an_untouched_dub_is_clean_and_nothing_of_it_changes(out: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    told = asked(out, "--delivered", out, "--json")
    assert told.code == 0 and failing(told.json) == set()
    assert told.json["verdict"] in ("ok", "look") and len(told.json["lines"]) >= 1
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()} == before
    shown = ciak("qc", out / "night.film")
    assert shown.code == 0 and "Loudness" in shown.out and "LUFS" in shown.out


def louder(path: Path, gain: float) -> None:
    file = SoundFile(path)
    samples = file.read(0, file.frames).samples.copy()
    with SoundWriter(path.with_suffix(".new.wav"), file.rate, file.channels) as writer:
        writer.write(Signal(samples * np.float32(gain), file.rate))
    path.with_suffix(".new.wav").replace(path)


def spoil_mix(out: Path) -> None:
    louder(next((out / "stems").glob("*.MIX.wav")), 0.5)


def spoil_stem(out: Path) -> None:
    louder(next((out / "stems").glob("*.DX.wav")), 0.7)


def lose_stem(out: Path) -> None:
    next((out / "stems").glob("*.ME.wav")).unlink()


def cut_stem(out: Path) -> None:
    path = next((out / "stems").glob("*.MIX.wav"))
    path.write_bytes(path.read_bytes()[:2000])


def change_film(out: Path) -> None:
    path = out / "night.it.mp4"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)


def change_words(out: Path) -> None:
    path = out / "night.film" / "dialogue" / "it.json"
    told = json.loads(path.read_text())
    told["loops"][0]["text"] = "Nient'altro che parole nuove di zecca."
    path.write_text(json.dumps(told))


@pytest.mark.parametrize(("spoil", "code"), [
    (spoil_mix, "loudness"), (spoil_stem, "stems-sum"), (lose_stem, "files"), (cut_stem, "files"),
    (change_film, "credentials"), (change_words, "words-current")], ids=lambda one: getattr(one, "__name__", one))
def test_a_fault_is_found(out: Path, spoil: Callable[[Path], None], code: str) -> None:
    spoil(out)
    told = asked(out, "--json")
    assert told.code == 1 and code in failing(told.json), told.json["counts"]


def test_the_page_is_written_in_both_languages_and_whole(out: Path) -> None:
    for words, title in (("en", "Loudness"), ("it", "Volume")):
        told = asked(out, "--in", words, "--out", out / f"quality.{words}.html")
        assert told.code == 0
        text = (out / f"quality.{words}.html").read_text()
        assert f'<html lang="{words}">' in text and text.rstrip().endswith("</html>")
        assert f"<td>{title}" in text
        assert "<script" not in text and "http" not in text.replace("http-equiv", "")
    assert asked(out, "--out", out / "q.json").code == 0
    assert json.loads((out / "q.json").read_text())["language"] == "it"


@pytest.mark.parametrize(("arguments", "words"), [
    (("qc", "nowhere"), "there is no folder"), (("qc", "{film}", "--language", "de"), "no dub in"),
    (("qc", "{film}", "--delivered", "{empty}"), "report.json"), (("qc", "{film}", "--out", "page.pdf"), ".pdf"),
    (("qc", "{film}", "--out", "/proc/quality.html"), "cannot be written")])
def test_what_cannot_be_is_told_in_one_line(out: Path, arguments: tuple[str, ...], words: str) -> None:
    (out / "empty").mkdir()
    told = ciak(*(one.format(film=out / "night.film", empty=out / "empty") for one in arguments), cwd=out)
    assert told.code == 2 and words in told.err


def test_a_film_that_was_not_dubbed_and_a_report_that_is_none(out: Path) -> None:
    (out / "report.json").write_text('{"schema": 1}')
    told = ciak("qc", out / "night.film", "--delivered", out)
    assert told.code == 2 and "report" in told.err
    shutil.rmtree(out / "night.film" / "deliveries", ignore_errors=True)
    (out / "report.json").unlink()
    assert ciak("qc", out / "night.film", "--delivered", out).code == 2
    (out / "night.film" / "dialogue" / "it.json").unlink()
    assert ciak("qc", out / "night.film", "--language", "it").code == 2


def check(verdict: Verdict, **more: Any) -> Check:
    return Check(code="slot", verdict=verdict, **more)


def test_what_was_not_measured_is_no_fault() -> None:
    assert worst([]) is Verdict.OK and worst([unmeasured("slot", "no-slot")]) is Verdict.OK
    assert worst([check(Verdict.LOOK), check(Verdict.FAIL), check(Verdict.OK)]) is Verdict.FAIL
    assert between(1.0, 0.5, 1.5) is Verdict.OK and between(2.0, None, 1.5, Verdict.LOOK) is Verdict.LOOK


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_escapes_what_it_shows(language: str) -> None:
    bad = "<script>alert(1)</script>\x00\ud800"
    wrong = check(Verdict.FAIL, value=1.5, unit="ms", why="past-slot")
    line = LineQuality(id="L1", character="a", name=bad, named_by="person", timecode="00:00:00:00", start=0, text=bad,
                       kind="synthetic", voice=bad, checks=(wrong,))
    told = Quality(schema=1, film=bad, source="en", language="it", verdict=Verdict.FAIL, counts={"fail": 1},
                   profile="x", loudness="r128", checks=(check(Verdict.LOOK, value=bad),), lines=(line,))
    text = page(told, language)
    assert "<script" not in text and "\x00" not in text and text.encode()
