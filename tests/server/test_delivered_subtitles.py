"""What the studio shows of subtitles is what is delivered: cue by cue, frame by frame, in both languages, whatever was
edited or set by hand, by each profile; and until that is known, the answer says so."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.server.asking import Page, of
from tests.server.conftest import _told
from tests.server.reel_film import reel_film
from tests.server.small_film import span
from tests.server.test_events import EVENT, stream
from tests.server.test_subtitle_edits import shown

import ciak
from ciak.config import Settings
from ciak.dubbing.profile import profiles
from ciak.errors import Damaged
from ciak.film import Caption, CaptionKind, Verdict
from ciak.formats import read_subtitles
from ciak.project import Film
from ciak.server.studio import Session, build, subtitling
from ciak.server.studio.settling import Settling

PROFILES = [name for name in profiles() if name != "netflix-sdh"]
LANGUAGES = ("en", "it")


@pytest.fixture(scope="session")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example film. Not to be changed."""
    return reel_film(tmp_path_factory.mktemp("reel") / "made")


@pytest.fixture(params=["small", "reel"])
def shown_film(request: pytest.FixtureRequest, tmp_path: Path, session: Session, known: dict[str, str],
               settings: Settings) -> Iterator[tuple[Page, Path]]:
    """A browser that shows a film of this test's own."""
    folder = tmp_path / "mine"
    shutil.copytree(request.getfixturevalue("furnished" if request.param == "small" else "reel"), folder)
    film = Film.open(folder)
    for language in LANGUAGES:
        told = film.dialogue(language)
        assert told is not None
        film.save_dialogue(told.model_copy(update={"loops": tuple(
            loop.model_copy(update={"origin": "person"}) for loop in told.loops)}))
    film.close()
    gate = _told(build(folder, session, settings))
    yield Page(gate, known), folder
    gate._app.state.house.close()  # type: ignore[attr-defined]


def settled(page: Page, film: Path, language: str) -> dict[str, Any]:
    """What the API says once it is as it is delivered."""
    end = time.monotonic() + 30
    while not (told := page.get(of(film, f"subtitles/{language}")).json)["delivered"]:
        assert time.monotonic() < end, "nothing was delivered in half a minute"
        time.sleep(0.02)
    return dict(told)


def on_the_strip(page: Page, film: Path, language: str) -> list[tuple[int, int, tuple[str, ...]]]:
    return [(cue["frames"]["first"], cue["frames"]["end"], tuple(cue["lines"]))
            for cue in settled(page, film, language)["cues"]]


def exported(film: Path, out: Path, settings: Settings) -> dict[str, list[tuple[int, int, tuple[str, ...]]]]:
    """Subtitles that are delivered, read from the files by frame."""
    report = ciak.subtitle(film, to="it", out=out, settings=settings, formats=("imsc",))
    rate = Film.open(film).rate
    return {code: [(rate.nearest_frame(cue.span.start), rate.nearest_frame(cue.span.end), cue.lines)
                   for cue in read_subtitles(out / report.files[f"imsc.{code}"]).cues] for code in LANGUAGES}


def keep(film: Path, profile: str | None) -> None:
    opened = Film.open(film)
    opened.save_sheet(opened.sheet.model_copy(update={"profile": profile}))
    opened.close()


def change(page: Page, film: Path, language: str, **what: Any) -> None:
    answer = page.post(of(film, f"dialogue/{language}/edits"), {"changes": [what]})
    assert answer.status == 200, answer.body


def compared(page: Page, film: Path, out: Path, settings: Settings) -> dict[str, Any]:
    before = {code: on_the_strip(page, film, code) for code in LANGUAGES}
    files = exported(film, out, settings)
    assert before == files
    assert {code: on_the_strip(page, film, code) for code in LANGUAGES} == files
    return files


@pytest.mark.parametrize("profile", [None, "netflix", *PROFILES])
def test_the_strip_shows_what_is_delivered(shown_film: tuple[Page, Path], tmp_path: Path, settings: Settings,
                                           profile: str | None) -> None:
    page, film = shown_film
    keep(film, profile)
    first = compared(page, film, tmp_path / "out", settings)
    change(page, film, "it", do="retype", loop="l0003", text="Una riga del tutto diversa, che nessuno finora ha letto "
           "e che perciò vuole il suo tempo, o due sottotitoli.")
    change(page, film, "en", do="place", loop="l0002", frames={"first": 50, "end": 85})
    second = compared(page, film, tmp_path / "out", settings)
    assert second["it"] != first["it"]
    change(page, film, "it", do="subtitle", loops=["l0004"], shown=[shown(133, 151, "Uno."), shown(160, 171, "Due.")])
    third = compared(page, film, tmp_path / "out", settings)
    assert {(133, 151, ("Uno.",)), (160, 171, ("Due.",))} <= set(third["it"]), "what a person set never moves"
    page.post(of(film, "undo"))
    assert on_the_strip(page, film, "it") == second["it"]


def test_what_is_written_in_the_picture_is_among_them(shown_film: tuple[Page, Path], tmp_path: Path,
                                                      settings: Settings) -> None:
    page, film = shown_film
    opened = Film.open(film)
    told = opened.dialogue("it")
    assert told is not None
    sign = Caption(id="T1", kind=CaptionKind.ON_SCREEN, span=span(60, 90), text="CHIUSO", origin="given:on-screen",
                   verdict=Verdict.APPROVED)
    opened.save_dialogue(told.model_copy(update={"captions": (sign,)}))
    for profile in (None, "netflix"):
        keep(film, profile)
        files = compared(page, film, tmp_path / "out", settings)
        assert any(lines == ("CHIUSO",) for _, _, lines in files["it"])
        (cue,) = [cue for cue in settled(page, film, "it")["cues"] if cue["lines"] == ["CHIUSO"]]
        assert cue["loops"] == [] and not cue["held"]


def said(cues: list[dict[str, Any]], line: str) -> str:
    """What the subtitles of a line say."""
    return " ".join(part for cue in cues if line in cue["loops"] for part in cue["lines"])


class Held:
    """Keeps fixing from going on, as somebody who saves does."""

    def __init__(self, page: Page, film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free = threading.Event()
        monkeypatch.setattr(subtitling, "_PATIENCE", 0.0)
        told = page.app._app.state.house.at(film).reader.subtitles
        monkeypatch.setattr(told._settling, "_pause", lambda: self.free.wait(30))


@pytest.fixture
def fixed(reel: Path, tmp_path: Path, session: Session, known: dict[str, str],
          settings: Settings) -> Iterator[tuple[Page, Path]]:
    """The example film with Netflix's profile, its subtitles as they are delivered already."""
    folder = tmp_path / "mine"
    shutil.copytree(reel, folder)
    keep(folder, "netflix")
    gate = _told(build(folder, session, settings))
    page = Page(gate, known)
    settled(page, folder, "it")
    yield page, folder
    gate._app.state.house.close()  # type: ignore[attr-defined]


def test_until_they_are_fixed_only_what_changed_is_as_it_was_spotted(
        fixed: tuple[Page, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    page, film = fixed
    before = settled(page, film, "it")
    held = Held(page, film, monkeypatch)
    change(page, film, "it", do="retype", loop="l0005", text="Parole nuove, che devono starci in qualche modo.")
    first = page.get(of(film, "subtitles/it")).json
    assert not first["delivered"] and not first["version"]
    assert "Parole nuove" in " ".join(line for cue in first["cues"] for line in cue["lines"])
    others = [cue for cue in before["cues"] if "l0005" not in cue["loops"]]
    assert [cue for cue in first["cues"] if "l0005" not in cue["loops"]] == others, "they stay as they were fixed"
    held.free.set()
    after = settled(page, film, "it")
    assert after["version"] not in ("", before["version"])


def test_the_films_state_tells_when_they_are_fixed(fixed: tuple[Page, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    page, film = fixed
    held, begun = Held(page, film, monkeypatch), threading.Event()
    first: list[bool] = []

    def edits() -> None:
        begun.wait(20)
        change(page, film, "it", do="retype", loop="l0005", text="Parole nuove.")
        first.append(page.get(of(film, "subtitles/it")).json["delivered"])
        held.free.set()

    def told(count: int, body: bytes) -> bool:
        begun.set()
        return bool(first) and json.loads(EVENT.findall(body)[0][1])["versions"]["subtitles/it"] != ""

    person = threading.Thread(target=edits)
    person.start()
    events = stream(page, film, told)
    person.join(20)
    assert first == [False]
    assert events[-1][1]["versions"]["subtitles/it"] == settled(page, film, "it")["version"]
    assert events[-1][1]["versions"]["subtitles/it"] != events[0][1]["versions"]["subtitles/it"] != ""


def test_what_is_fixed_for_words_that_are_past_is_never_shown(fixed: tuple[Page, Path],
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    page, film = fixed
    held = Held(page, film, monkeypatch)
    for text in ("Prima versione.", "Seconda versione.", "Terza versione."):
        change(page, film, "it", do="retype", loop="l0005", text=text)
        cues = page.get(of(film, "subtitles/it")).json["cues"]
        assert text in said(cues, "l0005")
    held.free.set()
    assert "Terza versione." in said(settled(page, film, "it")["cues"], "l0005")
    assert b"Terza versione." in page.get(of(film, "webvtt/it")).body


def test_a_film_that_was_not_looked_through_says_that_its_shots_are_not_known(page: Page, film: Path) -> None:
    keep(film, "netflix")
    end = time.monotonic() + 20
    while not (told := page.get(of(film, "subtitles/it")).json)["version"]:
        assert time.monotonic() < end
    assert not told["delivered"]
    keep(film, "basic")
    assert page.get(of(film, "subtitles/it")).json["version"], "a profile of that name has no shots"


def test_an_unknown_profile_shows_the_basic_ones(page: Page, film: Path) -> None:
    plain = page.get(of(film, "subtitles/it")).json
    keep(film, "nobody")
    assert page.get(of(film, "subtitles/it")).json == plain


def test_fixing_that_fails_is_told_to_who_asks() -> None:
    settling: Settling[int] = Settling()

    def fails(tick: object) -> int:
        raise Damaged("the paper is damaged")

    with pytest.raises(Damaged):
        settling("it", 1, fails, None)
    assert settling.known("it", 1) is None
    assert settling("it", 2, lambda tick: 5, None) == 5 == settling.known("it", 2)
    assert settling.known("it", 1) is None and settling.known("en", 2) is None
