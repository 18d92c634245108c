"""Names, contrast, focus, hit areas, and that every word comes from the catalogue; in both themes and languages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import SCREENS, Served, Watched, watch

import ciak.server

pytestmark = pytest.mark.browser
CATALOGUE = Path(ciak.server.__file__).parent / "static" / "i18n" / "en.json"

WALK = """
const all = [];
const walk = (root) => {
  for (const node of root.querySelectorAll('*')) { all.push(node); if (node.shadowRoot) walk(node.shadowRoot); }
};
walk(document.documentElement);
const up = (node) => node.parentElement ?? node.getRootNode().host ?? null;
const seen = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  && node.getClientRects().length > 0;
const written = (node) => [...node.childNodes].filter((child) => child.nodeType === 3 && child.data.trim());
"""

CONTRAST = (
    WALK
    + """
const parse = (text) => {
  const part = text.match(/[\\d.]+/g).map(Number);
  return [...part.slice(0, 3), part[3] ?? 1];
};
const linear = (value) => (value / 255 <= .04045 ? value / 255 / 12.92 : ((value / 255 + .055) / 1.055) ** 2.4);
const light = ([red, green, blue]) => .2126 * linear(red) + .7152 * linear(green) + .0722 * linear(blue);
const ground = (node) => {
  const layers = [];
  for (let at = node; at; at = up(at)) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour[3]) layers.push(colour);
    if (colour[3] === 1) break;
  }
  const lay = (under, over) => under.map((value, i) => value * (1 - over[3]) + over[i] * over[3]);
  return layers.reverse().reduce(lay, [255, 255, 255]);
};
const poor = [];
for (const node of all) {
  if (!seen(node) || node.closest('.unseen, :disabled') || node.matches('canvas, video')) continue;
  if (!written(node).length && !node.matches('input:not([type=radio]), svg')) continue;
  const style = getComputedStyle(node);
  const [front, back] = [light(parse(style.color)), light(ground(node))];
  const ratio = (Math.max(front, back) + .05) / (Math.min(front, back) + .05);
  const needed = node.matches('svg') || parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
  if (ratio < needed) poor.push([node.localName, node.textContent.slice(0, 40), Math.round(ratio * 100) / 100]);
}
return poor;
"""
)

SMALL = (
    WALK
    + """
const targets = 'button, select, label, input:not([type=radio]), [role=slider], [role=option]';
const small = [];
for (const node of all) {
  if (!node.matches(targets) || !seen(node)) continue;
  const { width, height } = node.getBoundingClientRect();
  if (width < 32 || height < 32) small.push([node.localName, node.textContent || node.ariaLabel, width, height]);
}
return small;
"""
)

WORDS = (
    WALK
    + """
const found = [document.title];
for (const node of all) {
  if (node.closest('head')) continue;
  for (const child of written(node)) found.push(child.data.trim());
  for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
    if (node.getAttribute(name)) found.push(node.getAttribute(name));
  }
}
return found;
"""
)


def ax_tree(watched: Watched) -> list[dict[str, Any]]:
    """What a screen reader is told."""
    session = watched.page.context.new_cdp_session(watched.page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    return [node for node in nodes if not node.get("ignored")]


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("language", ["en", "it"])
def test_every_page_in_both_languages_and_themes(page: Watched, theme: str, language: str) -> None:
    page.page.evaluate(
        "(told) => localStorage.setItem('ciak.preferences', JSON.stringify(told))",
        {"theme": theme, "language": language},
    )
    page.page.reload()
    page.page.get_by_role("option").first.wait_for()
    page.js(
        "await studio.state.chooseSubtitles('it'); clock.seek(60);"
        "for (;;) { if (clock.shown === 60) break; await new Promise((r) => setTimeout(r, 10)); }"
    )
    assert page.page.locator("html").get_attribute("data-theme") == theme
    SCREENS.mkdir(exist_ok=True)
    for width, height in ((1920, 1080), (1280, 800)):
        page.page.set_viewport_size({"width": width, "height": height})
        page.page.wait_for_timeout(120)
        page.page.screenshot(path=str(SCREENS / f"film-{language}-{theme}-{width}.png"))
        assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            "nothing is pushed off the page"
        )
        assert page.js("const box = studio.transport.getBoundingClientRect(); return box.height") < 56, (
            "one row of controls"
        )
    assert page.js(CONTRAST) == []
    assert page.js(SMALL) == []
    page.page.keyboard.press("?")
    page.page.screenshot(path=str(SCREENS / f"help-{language}-{theme}.png"))
    assert page.js(CONTRAST) == []


def test_everything_that_can_be_used_has_a_name(page: Watched) -> None:
    usable = {
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
        "table",
    }
    named = {role: [] for role in usable}  # type: dict[str, list[str]]
    for node in ax_tree(page):
        role = node.get("role", {}).get("value", "")
        if role in usable - {"table"}:
            name = node.get("name", {}).get("value", "")
            assert name.strip(), f"a {role} without a name"
            named[role].append(name)
    assert len(named["button"]) >= 9 and len(named["radio"]) >= 7 and named["slider"] == ["Position in the film"]
    assert named["listbox"] == ["Dialogue"] and len(named["option"]) == 6
    roles = [node.get("role", {}).get("value") for node in ax_tree(page)]
    assert roles.count("main") == 1 and roles.count("heading") >= 2


def test_the_focus_can_always_be_seen(page: Watched) -> None:
    for _ in range(24):
        page.page.keyboard.press("Tab")
        outlined = page.page.evaluate("""() => {
          let at = document.activeElement; while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
          if (!at || at === document.body) return true;
          const shown = at.matches('input[type=radio]') ? at.closest('label') : at;
          const style = getComputedStyle(shown);
          return style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2 ? true : at.outerHTML; }""")
        assert outlined is True


def test_motion_stops_when_the_system_asks_for_it(page: Watched) -> None:
    page.page.emulate_media(reduced_motion="reduce")
    assert page.js("return getComputedStyle(document.documentElement).getPropertyValue('--move').trim()") == "0ms"


def test_every_word_comes_from_the_catalogue(small: tuple[Served, Any]) -> None:
    served, context = small
    catalogue = {
        key: f"⟦{key} " + " ".join(re.findall(r"\{\w+\}", text)) + "⟧"
        for key, text in json.loads(CATALOGUE.read_text(encoding="utf-8")).items()
    }
    watched = watch(context)
    watched.page.route("**/static/i18n/*.json", lambda route: route.fulfill(json=catalogue))
    watched.page.goto(served.origin)
    watched.page.get_by_role("option").first.wait_for()
    words = watched.js(WORDS)
    assert sum("⟦" in text for text in words) > 60
    data = json.dumps(
        watched.js(
            "return [studio.state.film, [...studio.state.cast.values()], studio.state.lines, studio.state.report]"
        ),
        ensure_ascii=False,
    )
    strays = {
        text
        for text in words
        if "⟦" not in text
        and text not in data
        and not re.fullmatch(r"[\d:;.,%−\s]*|\d\d:\d\d:\d\d[:;]\d\d|.{1,3}|EN|IT|⇧ [←→]", text)
    }
    strays -= {"English", "Italian"}  # the browser names languages
    assert {text for text in strays if not text.startswith("English · ")} == set()
    watched.page.close()
