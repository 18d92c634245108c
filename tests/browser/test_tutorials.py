"""The studio's tutorials: their pictures are made here, from the example film dubbed with the real models, while doing
what they say (kept in the documentation with ``CIAK_PICTURES=1``); the words that they set in italics are the pages'.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ciak.server
from ciak import Settings
from ciak.film import Span, SubtitleCue, SubtitleDocument, seconds
from ciak.formats import write_subtitles

ROOT = Path(__file__).resolve().parents[2]
TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
PICTURES = ROOT / "docs" / "tutorials" / "pictures"
EXAMPLE = ROOT / "examples" / "the-last-reel"
sys.path.insert(0, str(EXAMPLE))

from last_reel import film as last_reel  # noqa: E402
from last_reel import script  # noqa: E402

PROGRAM = [sys.executable, "-c", "from ciak.cli.main import run; run()"]


def catalogue(language: str) -> dict[str, str]:
    told: dict[str, str] = json.loads(
        (Path(ciak.server.__file__).parent / "static" / "i18n" / f"{language}.json").read_text(encoding="utf-8"))
    return told


@pytest.mark.parametrize("tutorial", TUTORIALS, ids=lambda path: path.name)
def test_a_tutorial_names_things_as_the_pages_do(tutorial: Path) -> None:
    words = set(catalogue(tutorial.name.split(".")[1]).values())
    text = tutorial.read_text(encoding="utf-8")
    named = re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", text)
    started = [part for bold in re.findall(r"\*\*([^*]+ → [^*]+)\.\*\*", text) for part in bold.split(" → ")]
    assert named and [name for name in [*named, *started] if name not in words] == []
    pictures = re.findall(r"\]\((pictures/[^)]+)\)", text)
    assert pictures and all((tutorial.parent / picture).is_file() for picture in pictures)


def subtitles(lines: list[tuple[float, float, str]], language: str) -> bytes:
    cues = tuple(SubtitleCue(span=Span(start=seconds(start), end=seconds(end)), lines=(text,))
                 for start, end, text in lines)
    return write_subtitles(SubtitleDocument(language=language, cues=cues), "srt")


@pytest.fixture(scope="module")
def dubbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example film, dubbed with the real models from its own words and the reference dialogue."""
    folder = tmp_path_factory.mktemp("tutorial")
    made = last_reel.make(Settings.from_environment(), lambda done: None)
    truth = json.loads((made.parent / "truth.json").read_text(encoding="utf-8"))
    reference = {row.line.number: row.italian for row in script.read_reference()}
    said = [(line["start"], line["end"], line["text"], reference[line["number"]]) for line in truth["lines"]]
    (folder / "en.srt").write_bytes(subtitles([(start, end, text) for start, end, text, _ in said], "en"))
    (folder / "it.srt").write_bytes(subtitles([(start, end, text) for start, end, _, text in said], "it"))
    film = folder / "the-last-reel"
    given = ["--subtitles", folder / "en.srt", "--translation", folder / "it.srt"]
    for arguments in (["new", film, "--title", "The Last Reel", "--language", "en"], ["import", film, made],
                      ["dub", film, "--to", "it", *given]):
        subprocess.run([*PROGRAM, *map(str, arguments)], check=True, capture_output=True)
    subprocess.run([sys.executable, "-c", "import sys; from ciak.bootstrap import open_film, survey; "
                    "survey(open_film(sys.argv[1]))", str(film)], check=True, capture_output=True)
    return film


@pytest.fixture(scope="module")
def origin(dubbed: Path, chromium: Any) -> Iterator[tuple[str, Any]]:
    """A studio on that film, and a window that has used its link."""
    own = {"CIAK_LIBRARY": str(dubbed.parent / "library"), "CIAK_FILMS": str(dubbed.parent / "films")}
    environment = os.environ | own
    process = subprocess.Popen([*PROGRAM, "studio", str(dubbed), "--json", "--no-open"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, env=environment)
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    entering = context.new_page()
    entering.goto(told["url"])
    entering.locator("ciak-studio").wait_for(state="attached")  # the link leads on to the page by itself
    entering.goto("about:blank")
    yield f"http://127.0.0.1:{told['port']}", context
    context.close()
    process.terminate()
    process.wait(timeout=10)


@pytest.mark.browser
@pytest.mark.models
@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "it"])
def test_the_pictures_of_the_tutorials(origin: tuple[str, Any], language: str, tmp_path: Path) -> None:
    address, context = origin
    words = catalogue(language)
    page = context.new_page()
    page.set_default_timeout(20000)
    page.goto(address)
    page.evaluate("(told) => localStorage.setItem('ciak.preferences', JSON.stringify(told))",
                  {"theme": "dark", "language": language})
    page.reload()
    folder = PICTURES if os.environ.get("CIAK_PICTURES") else tmp_path
    folder.mkdir(exist_ok=True)

    def keep(name: str) -> None:
        page.wait_for_timeout(600)
        page.screenshot(path=str(folder / f"{name}.{language}.png"))
        assert (folder / f"{name}.{language}.png").stat().st_size > 20_000

    lines = page.get_by_role("listbox", name=words["lines.title"], exact=True).get_by_role("option")
    lines.first.wait_for()
    page.wait_for_function("() => { const { clock } = document.querySelector('ciak-studio'); "
                           "return !clock.loading && clock.shown !== null; }")
    lines.filter(has_text="It is your name").click()
    keep("inspector")
    page.keyboard.press("Enter")
    assert page.locator("textarea").input_value().strip()
    keep("typing")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=words["top.work"]).click()
    page.get_by_role("radio", name=words["verb.subtitle"]).check(force=True)
    keep("work")
    page.keyboard.press("Escape")
    page.get_by_role("link", name=words["report.title"]).click()
    page.get_by_role("heading", name=words["report.plot.rate"]).first.wait_for()
    keep("report")
    page.get_by_role("link", name=words["rail.shelf"]).click()
    page.get_by_role("link", name="The Last Reel").wait_for()
    keep("shelf")
    page.evaluate("localStorage.clear()")
    page.close()
