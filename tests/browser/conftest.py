"""Studios in processes of their own, films to show in them, and a headless Chromium that looks at them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.browser.films import known_by, spoken_film, surveyed_film, whole
from tests.server.small_film import encode, make_film

from ciak.config import TASKS
from ciak.project import Film

PROGRAM = [sys.executable, "-c", "from ciak.server.command import studio; studio()"]
OWN = ("library", "films", "models")
SCREENS = Path(__file__).parent / "screens"
FAKES = {f"CIAK_BACKEND_{task.upper()}": "fake" for task in TASKS}


@dataclass
class Served:
    """A running studio: ``link`` opens it once. ``house``: where its library and its new films are."""

    process: subprocess.Popen[str]
    link: str
    origin: str
    folder: Path | None
    house: Path


@dataclass
class Watched:
    """A page, with what it said and asked for."""

    page: Any
    requests: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def js(self, script: str, argument: object = None) -> Any:
        """Evaluate in the page, once it stands; ``studio``, ``state`` and ``clock`` are there by name.

        The page forbids code made of text; the browser's driver may make it only in the call's own first step, so it
        is made before anything is waited for.
        """
        return self.page.evaluate(
            "async ([script, argument]) => { const does = new (Object.getPrototypeOf(async () => {}).constructor)"
            "('studio', 'clock', 'state', 'argument', script); await customElements.whenDefined('ciak-studio');"
            " const studio = document.querySelector('ciak-studio');"
            " const { clock, state } = studio; const late = new Promise((_, no) =>"
            " setTimeout(() => no(new Error('nothing came of it in 20 s')), 20000));"
            " return Promise.race([late, does(studio, clock, state, argument)]); }",
            [script, argument],
        )

    def until(self, condition: str, argument: object = None) -> None:
        """Wait until ``condition``, an expression in the page, holds."""
        self.js(f"while (!({condition})) await new Promise((r) => setTimeout(r, 20));", argument)


@dataclass
class Room:
    """A studio with a browser that has entered it; films are opened in it by their folder."""

    served: Served
    context: Any

    def key(self, film: Film | Path) -> str:
        """Put a film on the shelf; its key."""
        folder = film.path if isinstance(film, Film) else film
        answer = self.context.request.post(
            f"{self.served.origin}/api/v1/shelf",
            data=json.dumps({"folder": str(folder)}),
            headers={"content-type": "application/json", "origin": self.served.origin},
        )
        assert answer.status == 201, answer.text()
        key: str = answer.json()["key"]
        return key

    def show(self, key: str, page: str = "dialogue") -> Watched:
        """A window with that page of a film."""
        watched = watch(self.context)
        try:
            watched.page.goto(f"{self.served.origin}/#/film/{key}/{page}")
            watched.page.evaluate("customElements.whenDefined('ciak-studio').then(() => null)")
            watched.until("state.film && !state.waiting")
        except Exception:
            watched.page.close()  # an open page holds connections that the next one needs
            raise
        return watched


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The small film's picture with two sounds, encoded once."""
    folder = tmp_path_factory.mktemp("clips")
    found = {}
    for language, hertz in (("en", 440.0), ("it", 660.0)):
        found[language] = folder / f"{language}.mp4"
        encode(found[language], hertz)
    return found


@pytest.fixture(scope="session")
def surveyed(clips: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film folder that was imported and looked through, with lines; to be copied."""
    return surveyed_film(tmp_path_factory.mktemp("surveyed") / "film", clips["en"])


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video in which the fakes' words are said."""
    return spoken_film(tmp_path_factory.mktemp("spoken"))


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path | None], Served]]:
    """Starts studios, each with a library, a folder of films and a place for heavy work of its own, so that no other
    test keeps their work waiting; ends them when the tests end."""
    running: list[subprocess.Popen[str]] = []

    def start(folder: Path | None) -> Served:
        house = tmp_path_factory.mktemp("house")
        process = subprocess.Popen(
            [*PROGRAM, *([str(folder)] if folder else []), "--json", "--no-open"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=house,
            env=os.environ | FAKES | {f"CIAK_{each.upper()}": str(house / each) for each in OWN},
        )
        running.append(process)
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        return Served(process, told["url"], f"http://127.0.0.1:{told['port']}", folder, house)

    yield start
    for process in running:
        if process.poll() is None:
            process.terminate()
        process.wait(timeout=10)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The system's Chromium, driven by Playwright; skips, visibly, where it is not."""
    program = os.environ.get("CIAK_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("there is no Chromium here: apt install chromium, or set CIAK_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox", "--mute-audio"])
        yield browser
        browser.close()


def enter(chromium: Any, served: Served, **given: Any) -> Any:
    """A browser context that has used the studio's link. The page that used it stays open, empty: a new page that is
    asked for while the last one of a window closes may never come."""
    context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, "locale": "en-GB"} | given)
    entering = context.new_page()
    entering.goto(served.link)
    entering.locator("ciak-studio").wait_for(state="attached")  # the link leads on to the page by itself
    entering.goto("about:blank")
    return context


@pytest.fixture(scope="session")
def small(
    clips: dict[str, Path],
    serve: Callable[[Path | None], Served],
    tmp_path_factory: pytest.TempPathFactory,
    chromium: Any,
) -> Iterator[tuple[Served, Any]]:
    """The small film served, and a browser context that has used its link."""
    served = serve(whole(make_film(tmp_path_factory.mktemp("small") / "film", clips=clips)).path)
    context = enter(chromium, served)
    yield served, context
    context.close()


@pytest.fixture(scope="session")
def room(serve: Callable[[Path | None], Served], chromium: Any) -> Iterator[Room]:
    """A studio on the shelf, in which tests open films of their own."""
    served = serve(None)
    context = enter(chromium, served)
    yield Room(served, context)
    context.close()


def watch(context: Any) -> Watched:
    """A new page whose words and requests are written down."""
    watched = Watched(context.new_page())
    watched.page.set_default_timeout(10000)
    watched.page.on("request", lambda request: watched.requests.append(request.url))
    watched.page.on("console", lambda message: watched.said.append(f"{message.type}: {message.text}"))
    watched.page.on("pageerror", lambda error: watched.said.append(f"error: {error}"))
    return watched


def leave(watched: Watched, origin: str, *expected: str) -> None:
    """Close a page. Nothing may have been said on the console but what was ``expected``, and nobody else be asked."""
    watched.page.evaluate("localStorage.clear()")
    watched.page.close()
    assert [text for text in watched.said if not any(part in text for part in expected)] == []
    assert [url for url in watched.requests if not url.startswith((f"{origin}/", "blob:"))] == []


@pytest.fixture
def page(small: tuple[Served, Any]) -> Iterator[Watched]:
    """The studio's page, loaded, its picture shown. Nothing may be said on the console, nobody else be asked."""
    served, context = small
    watched = watch(context)
    watched.page.goto(served.origin)
    watched.page.locator("ciak-lines .row").first.wait_for()
    watched.until("!clock.loading && clock.shown !== null")
    yield watched
    leave(watched, served.origin)


@pytest.fixture
def desk(room: Room, clips: dict[str, Path], tmp_path: Path) -> Iterator[tuple[Watched, Film]]:
    """A small film of this test's own, shown; what is done to it is on disk."""
    film = whole(make_film(tmp_path / "film", clips=clips))
    known_by(film)
    watched = room.show(room.key(film))
    watched.until("!clock.loading && clock.shown !== null")
    yield watched, film
    leave(watched, room.served.origin, "status of 409")


@pytest.fixture
def strip(room: Room, surveyed: Path, tmp_path: Path) -> Iterator[tuple[Watched, Film]]:
    """A film that was imported and looked through, shown with all its lanes."""
    shutil.copytree(surveyed, tmp_path / "film")
    film = Film.open(tmp_path / "film")
    watched = room.show(room.key(film))
    watched.until("!clock.loading && clock.shown !== null && studio.strip.lanes.length > 4")
    yield watched, film
    leave(watched, room.served.origin, "Canvas2D")
