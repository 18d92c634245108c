"""Every page in both languages, themes and sizes: names, contrast, hit areas, nothing pushed off, words, focus."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import SCREENS, Room, Served, Watched, leave, watch
from tests.browser.films import known_by, whole
from tests.browser.looks import CONTRAST, PUSHED, SMALL, WORDS
from tests.server.small_film import make_film, span

import ciak.server
from ciak.film import Caption, CaptionKind
from ciak.project import Film

pytestmark = pytest.mark.browser
CATALOGUE = Path(ciak.server.__file__).parent / "static" / "i18n" / "en.json"
USABLE = {
    "button",
    "radio",
    "slider",
    "textbox",
    "listbox",
    "option",
    "combobox",
    "dialog",
    "group",
    "region",
    "link",
    "progressbar",
    "list",
    "navigation",
}
JOBS = """
const job = (id, verb, state, done, left, error = '') => ({ id, verb, what: 'translating', state, done, left,
  seconds: 42, created: '2026-01-01T10:00:00Z', error });
state.jobs = [job('1', 'dub', 'running', .4, 95), job('2', 'subtitle', 'done', 1, null),
  job('3', 'redo', 'cancelled', .2, null), job('4', 'import', 'failed', .1, null, 'the file is no video')];
state.dispatchEvent(new CustomEvent('change', { detail: new Set(['jobs']) }));
"""
CONFLICT = """
studio.conflict.ask(studio.shadowRoot, { again: () => {}, changes: [{ do: 'retype', loop: 'l0005', text: 'La mia.' }],
  error: { theirs: [{ text: 'La sua.' }], message: '' } });
"""
NAMES = "return [...studio.work.language?.options ?? []].map((one) => one.text).concat('English', 'Italian')"
Opened = Callable[[Watched], None]


def at(key: str, page: str) -> Opened:
    """Goes to a page of a film; the empty key: the shelf."""

    def go(watched: Watched) -> None:
        watched.page.evaluate("(hash) => { location.hash = hash; }", f"#/film/{key}/{page}" if key else "#/")
        if key:
            watched.until("state.key === argument && state.film && !state.waiting && !clock.loading", key)
        watched.page.wait_for_timeout(150)

    return go


def selected(watched: Watched) -> None:
    watched.js("state.select('l0002'); clock.seek(48); studio.lines.edit('l0002', 'it');")


def bare(watched: Watched) -> None:
    watched.js("studio.shelf.shelf = { films: [], first: null, home: '' };")


def scripted(script: str) -> Opened:
    return lambda watched: watched.js(script)


def helped(watched: Watched) -> None:
    watched.page.keyboard.press("?")


@pytest.fixture(scope="module")
def keys(
    room: Room, clips: dict[str, Path], surveyed: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Films with everything, with nothing, and with lanes."""
    folder = tmp_path_factory.mktemp("looks")
    film = whole(make_film(folder / "film", clips=clips))
    known_by(film)
    told = film.dialogue("en")
    assert told is not None
    music = Caption(id="C1", kind=CaptionKind.MUSIC, span=span(84, 130), text="music", origin="hearer:fake")
    film.save_dialogue(told.model_copy(update={"captions": (music,)}))
    empty = Film.create(folder / "empty", "An empty reel")
    return {
        "film": room.key(film),
        "empty": room.key(empty),
        "moved": room.key(make_film(folder / "moved", clips=clips, title="Moved")),
        "lanes": room.key(surveyed),
    }


def pages(keys: dict[str, str]) -> list[tuple[str, list[Opened]]]:
    """Every page by name, and what brings it up."""
    film = at(keys["film"], "dialogue")
    return [
        ("shelf", [at("", "")]),
        ("shelf-empty", [at("", ""), bare]),
        ("film", [at(keys["lanes"], "dialogue")]),
        ("bring", [at(keys["empty"], "dialogue")]),
        ("moved", [at(keys["moved"], "dialogue")]),
        ("words-page", [at(keys["film"], "words")]),
        ("report-page", [at(keys["film"], "report")]),
        ("activity", [at(keys["lanes"], "activity")]),
        ("selected", [film, selected]),
        ("caption", [film, scripted("state.select(state.captions[0].key);")]),
        ("caption-new", [film, scripted("studio.chosen.captions.add();")]),
        ("subtitle", [film, scripted("state.select(state.cuesOf.get('it')[1].key);"
                                     " await new Promise((r) => setTimeout(r, 400));")]),
        ("help", [film, helped]),
        ("work", [film, scripted("await studio.top.start.click(); await new Promise((r) => setTimeout(r, 300));")]),
        ("jobs", [film, scripted(JOBS + "studio.top.working.hidden = false; studio.top.working.click();")]),
        ("conflict", [film, scripted(CONFLICT)]),
    ]


def ax_tree(watched: Watched) -> list[dict[str, Any]]:
    """What a screen reader is told."""
    session = watched.page.context.new_cdp_session(watched.page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    return [node for node in nodes if not node.get("ignored")]


def nameless(watched: Watched) -> list[str]:
    """Roles of what can be used and has no name."""
    told = [(node.get("role", {}).get("value", ""), node.get("name", {}).get("value", "")) for node in ax_tree(watched)]
    return [role for role, name in told if role in USABLE - {"list"} and not name.strip()]


def closed(watched: Watched) -> None:
    watched.js("for (const open of studio.shadowRoot.querySelectorAll('*')) if (open.open && open.hide) open.hide();")
    watched.page.keyboard.press("Escape")


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("language", ["en", "it"])
def test_every_page_in_both_languages_and_themes(room: Room, keys: dict[str, str], theme: str, language: str) -> None:
    SCREENS.mkdir(exist_ok=True)
    watched = watch(room.context)
    watched.page.goto(f"{room.served.origin}/#/")
    watched.page.evaluate(
        "(told) => localStorage.setItem('ciak.preferences', JSON.stringify(told))",
        {"theme": theme, "language": language},
    )
    watched.page.reload()
    watched.page.locator("ciak-shelf li").first.wait_for()
    assert watched.page.locator("html").get_attribute("data-theme") == theme
    assert watched.page.locator("html").get_attribute("lang") == language
    wrong: dict[str, Any] = {}
    for name, steps in pages(keys):
        for step in steps:
            step(watched)
        for width, height in ((1920, 1080), (1280, 800)):
            watched.page.set_viewport_size({"width": width, "height": height})
            watched.page.wait_for_timeout(150)
            watched.page.screenshot(path=str(SCREENS / f"{name}-{language}-{theme}-{width}.png"))
            measured = {"contrast": watched.js(CONTRAST), "small": watched.js(SMALL), "pushed": watched.js(PUSHED)}
            wrong |= {f"{name} {width} {what}": found for what, found in measured.items() if found}
        found = nameless(watched)
        if found:
            wrong[f"{name} nameless"] = found
        if name == "film":
            assert watched.js("return studio.transport.getBoundingClientRect().height") < 56, "one row of controls"
        closed(watched)
    assert wrong == {}
    leave(watched, room.served.origin, "status of 404")


def test_landmarks_and_headings(page: Watched) -> None:
    roles = [node.get("role", {}).get("value") for node in ax_tree(page)]
    assert roles.count("main") == 1 and roles.count("heading") >= 2 and roles.count("navigation") == 1
    names = [(node.get("role", {}).get("value"), node.get("name", {}).get("value")) for node in ax_tree(page)]
    assert ("slider", "Position in the film") in names
    assert {"Dialogue", "Ada Conti", "Leo Marsh"} <= {name for role, name in names if role == "listbox"}


def test_the_focus_can_always_be_seen(page: Watched) -> None:
    for _ in range(36):
        page.page.keyboard.press("Tab")
        assert page.page.evaluate(SEEN) is True


SEEN = """() => {
  let at = document.activeElement; while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  if (!at || at === document.body) return true;
  const shown = at.matches('input[type=radio]') ? at.closest('label') : at;
  const style = getComputedStyle(shown);
  const seen = style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== 'none';
  return seen ? true : at.outerHTML; }"""


def test_motion_stops_when_the_system_asks_for_it(page: Watched) -> None:
    page.page.emulate_media(reduced_motion="reduce")
    assert page.js("return getComputedStyle(document.documentElement).getPropertyValue('--move').trim()") == "0ms"
    slow = page.js(
        "const found = []; const walk = (root) => { for (const node of root.querySelectorAll('*')) {"
        " const { transitionDuration, animationName } = getComputedStyle(node);"
        " if (parseFloat(transitionDuration) || !['', 'none'].includes(animationName)) found.push(node.localName);"
        " if (node.shadowRoot) walk(node.shadowRoot); } }; walk(document); return found;"
    )
    assert slow == []


def test_every_word_comes_from_the_catalogue(room: Room, keys: dict[str, str]) -> None:
    catalogue = {
        key: f"⟦{key} " + " ".join(re.findall(r"\{\w+\}", text)) + "⟧"
        for key, text in json.loads(CATALOGUE.read_text(encoding="utf-8")).items()
    }
    watched = watch(room.context)
    watched.page.route("**/static/i18n/*.json", lambda route: route.fulfill(json=catalogue))
    watched.page.goto(f"{room.served.origin}/#/")
    watched.page.locator("ciak-shelf li").first.wait_for()
    strays: dict[str, set[str]] = {}
    known = 0
    for name, steps in pages(keys):
        for step in steps:
            step(watched)
        words = watched.js(WORDS)
        known += sum("⟦" in text for text in words)
        data = json.dumps(
            watched.js(
                "return [state.film, [...state.cast.values()], state.lines, state.report, studio.shelf.shelf,"
                " state.jobs, [...state.cuesOf.values()], state.api ? await state.api.activity() : null]"
            ),
            ensure_ascii=False,
        )
        allowed = r"[\d:;.,%−\s]*|\d\d:\d\d:\d\d[:;]\d\d|.{1,3}|EN|IT|⇧ [←→]|Ctrl (⇧ )?Z|Alt [↵⌫]|La (mia|sua)\."
        odd = {text for text in words if "⟦" not in text and text not in data and not re.fullmatch(allowed, text)}
        odd -= set(watched.js(NAMES))  # the browser names languages, and writes dates
        odd = {text for text in odd if not re.match(r"(English|Italian)\b|[A-Z][a-z]{2} \d|ciak ", text)}
        if odd:
            strays[name] = odd
        closed(watched)
    assert strays == {}
    assert known > 400
    watched.page.close()


def test_the_language_of_the_page_is_told(small: tuple[Served, Any], page: Watched) -> None:
    assert page.page.locator("html").get_attribute("lang") == "en"
    page.page.get_by_role("group", name="Language of the pages").get_by_text("IT").click()
    page.until("document.documentElement.lang === 'it'")
    assert (
        page.page.get_by_role("listbox", name="Dialoghi").count()
        + page.page.get_by_role("listbox", name="Dialogo").count()
    )
