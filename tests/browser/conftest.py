"""A studio in a process of its own and a headless Chromium that looks at it."""

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
from tests.server.small_film import encode, make_film

PROGRAM = [sys.executable, "-c", "from ciak.server.command import studio; studio()"]
SCREENS = Path(__file__).parent / "screens"


@dataclass
class Served:
    """A running studio: ``link`` opens it once."""

    process: subprocess.Popen[str]
    link: str
    origin: str
    folder: Path


@dataclass
class Watched:
    """A page, with what it said and asked for."""

    page: Any
    requests: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def js(self, script: str, argument: object = None) -> Any:
        """Evaluate in the page; ``studio`` and ``clock`` are there by name."""
        return self.page.evaluate(
            "([script, argument]) => { const studio = document.querySelector('ciak-studio');"
            " const clock = studio.clock; const late = new Promise((_, no) =>"
            " setTimeout(() => no(new Error('nothing came of it in 20 s')), 20000));"
            " return Promise.race([late, (new (Object.getPrototypeOf(async () => {}).constructor)"
            "('studio', 'clock', 'argument', script))(studio, clock, argument)]); }",
            [script, argument],
        )


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
def serve() -> Iterator[Callable[[Path], Served]]:
    """Starts studios; ends them when the tests end."""
    running: list[subprocess.Popen[str]] = []

    def start(folder: Path) -> Served:
        process = subprocess.Popen(
            [*PROGRAM, str(folder), "--json", "--no-open"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        running.append(process)
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        return Served(process, told["url"], f"http://127.0.0.1:{told['port']}", folder)

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


@pytest.fixture(scope="session")
def small(
    clips: dict[str, Path], serve: Callable[[Path], Served], tmp_path_factory: pytest.TempPathFactory, chromium: Any
) -> Iterator[tuple[Served, Any]]:
    """The small film served, and a browser context that has used its link. The page that used it stays open, empty:
    a new page that is asked for while the last one of a window closes may never come."""
    served = serve(make_film(tmp_path_factory.mktemp("small") / "film", clips=clips).path)
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    entering = context.new_page()
    entering.goto(served.link)
    entering.goto("about:blank")
    yield served, context
    context.close()


def watch(context: Any) -> Watched:
    """A new page whose words and requests are written down."""
    watched = Watched(context.new_page())
    watched.page.set_default_timeout(15000)
    watched.page.on("request", lambda request: watched.requests.append(request.url))
    watched.page.on("console", lambda message: watched.said.append(f"{message.type}: {message.text}"))
    watched.page.on("pageerror", lambda error: watched.said.append(f"error: {error}"))
    return watched


@pytest.fixture
def page(small: tuple[Served, Any]) -> Iterator[Watched]:
    """The studio's page, loaded, its picture shown. Nothing may be said on the console, nobody else be asked."""
    served, context = small
    watched = watch(context)
    watched.page.goto(served.origin)
    watched.page.get_by_role("option").first.wait_for()
    watched.js("while (clock.loading || clock.shown === null) await new Promise((r) => setTimeout(r, 10))")
    yield watched
    watched.page.evaluate("localStorage.clear()")
    watched.page.close()
    assert watched.said == []
    assert [url for url in watched.requests if not url.startswith((served.origin, "blob:"))] == []
