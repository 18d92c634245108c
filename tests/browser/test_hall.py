"""The page of the hall as people in it see it: words that stay where they stand, languages, sizes, strange texts."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import SCREENS
from tests.browser.looks import CONTRAST, SMALL

from ciak.dubbing.live.board import Board
from ciak.dubbing.live.rolling import LiveLine, Roll
from ciak.film import Span, Word
from ciak.server.stage import Hall, open_hall

SPEECH = """Good evening, and welcome to this screening. The film that you are about to see was found in a box, in a
house by the sea. Nobody knew who had made it, and nobody remembered her name. We have restored it, frame by frame, for
three years. There is no sound on it but the wind and the sea. Tonight you hear it as it was meant to be heard, with
music that was written for it, in this room, by people who live here."""
TEXT = SPEECH.split()
HOSTILE = ("<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "مرحبا بكم", "{{7*7}}", "a" * 300,
           "\u202egnp.exe")


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def hall(board: Board) -> Iterator[Hall]:
    with open_hall(board) as one:
        yield one


@pytest.fixture
def page(hall: Hall, chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(hall.url)
    page.locator("main.lines").wait_for()
    yield page
    context.close()
    origin = hall.url.partition("/?")[0]
    assert said == [] and [url for url in asked if not url.startswith(origin)] == []


def words(texts: list[str], start: int = 0) -> list[Word]:
    step = Fraction(1, 3)
    return [Word(text=text, span=Span(start=start + step * at, end=start + step * (at + 1)))
            for at, text in enumerate(texts)]


def put(board: Board, roll: Roll, texts: list[str], start: int = 0) -> None:
    for line in roll.add(words(texts, start)):
        board.put(line)


def shown(page: Any) -> list[str]:
    return list(page.locator("main.lines p").all_text_contents())


def until(page: Any, condition: str) -> None:
    """Wait until an expression in the page holds. (Playwright's own way evaluates strings, which the page forbids.)"""
    for _ in range(500):
        if page.evaluate(f"() => Boolean({condition})"):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"it never came to be that {condition}")


PLACES = """() => [...document.querySelectorAll('main.lines p')].map((line) => {
  const range = document.createRange(); const out = [];
  for (const text of line.childNodes) {
    for (let at = 0; at < text.length; at += 1) {
      range.setStart(text, at); range.setEnd(text, at + 1);
      const box = range.getBoundingClientRect();
      out.push([Math.round(box.left), Math.round(box.top - line.getBoundingClientRect().top)]);
    }
  }
  return out;
})"""


@pytest.mark.parametrize("width", [1280, 390])
def test_what_stands_does_not_move(page: Any, board: Board, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    roll, before = Roll("en"), []
    for at in range(0, len(TEXT), 3):
        put(board, roll, TEXT[at:at + 3], at // 3)
        until(page, f"document.querySelector('main.lines').textContent.replaceAll(/\\s/g, '').endsWith("
                    f"{''.join(TEXT[:at + 3])[-12:]!r})")
        places = page.evaluate(PLACES)
        for line, old in zip(places, before, strict=False):
            assert line[:len(old)] == old, "a letter has moved within its line"
        before = places
    assert " ".join(shown(page)).split() == TEXT
    last = page.locator("main.lines p").last.bounding_box()
    assert last["y"] + last["height"] <= 800, "the newest line is in sight"


def test_each_reads_the_language_they_choose(page: Any, board: Board) -> None:
    assert page.locator(".state").text_content() == "Waiting for the first words"
    put(board, Roll("en"), ["Good", "evening."])
    put(board, Roll("it"), ["Buonasera."])
    choice = page.get_by_label("Language of the subtitles")
    choice.wait_for()
    assert choice.locator("option").all_text_contents() == ["English", "Italian"]
    assert shown(page) == ["Good evening."] and page.locator(".state").text_content() == "Live"
    choice.select_option("it")
    assert shown(page) == ["Buonasera."]
    assert page.locator("main.lines p").get_attribute("lang") == "it"
    page.get_by_role("button", name="Italiano").click()
    page.get_by_label("Lingua dei sottotitoli").wait_for()
    assert page.locator("option").all_text_contents() == ["Inglese", "Italiano"]
    board.end()
    until(page, "document.querySelector('.state').textContent === 'La sessione è finita'")


def test_a_viewer_that_comes_late_sees_what_stands(board: Board, hall: Hall, page: Any) -> None:
    put(board, Roll("en"), TEXT)
    until(page, "document.querySelectorAll('main.lines p').length > 5")
    page.reload()
    until(page, "document.querySelectorAll('main.lines p').length > 5")
    assert " ".join(shown(page)).split() == TEXT


def test_a_lost_connection_is_told_and_taken_up_again(board: Board, hall: Hall, chromium: Any) -> None:
    context = chromium.new_context(locale="en-GB")
    page = context.new_page()
    page.add_init_script("const Old = WebSocket; window.WebSocket = class extends Old {"
                         " constructor(url) { super(url); window.wire = this; } };")
    page.goto(hall.url)
    page.locator("main.lines").wait_for()
    roll = Roll("en")
    put(board, roll, ["Before"])
    until(page, "document.querySelector('main.lines')?.textContent === 'Before'")
    page.evaluate("wire.close()")
    until(page, "document.querySelector('.state').textContent.startsWith('The connection is lost')")
    put(board, roll, ["and", "after"], 1)
    until(page, "document.querySelector('main.lines').textContent === 'Before and after'")
    until(page, "document.querySelector('.state').textContent === 'Live'")
    context.close()


def test_strange_texts_are_shown_as_they_are(page: Any, board: Board) -> None:
    for number, text in enumerate(HOSTILE):
        board.put(LiveLine("en", number, text, Fraction(number), Fraction(number + 1)))
    until(page, f"document.querySelectorAll('main.lines p').length === {len(HOSTILE)}")
    assert shown(page) == list(HOSTILE)
    assert page.locator("main.lines :not(p)").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_who_scrolls_back_is_left_there_and_brought_back(page: Any, board: Board) -> None:
    roll = Roll("en")
    put(board, roll, TEXT * 2)
    until(page, "document.querySelectorAll('main.lines p').length > 10")
    page.mouse.move(600, 400)
    page.mouse.wheel(0, -900)
    back = page.get_by_role("button", name="Back to now")
    back.wait_for()
    top = page.evaluate("document.querySelector('main.lines').scrollTop")
    put(board, roll, TEXT, 100)
    until(page, "document.querySelectorAll('main.lines p').length > 16")
    assert page.evaluate("document.querySelector('main.lines').scrollTop") == top
    back.click()
    until(page, "(() => { const l = document.querySelector('main.lines');"
                " return l.scrollHeight - l.scrollTop - l.clientHeight < 4; })()")
    assert not back.is_visible()


def test_letters_grow_and_shrink_by_hand_and_by_key(page: Any, board: Board) -> None:
    put(board, Roll("en"), ["Good", "evening."])
    line = page.locator("main.lines p")
    line.wait_for()

    def size() -> float:
        return float(page.evaluate("parseFloat(getComputedStyle(document.querySelector('main.lines')).fontSize)"))

    first = size()
    page.get_by_role("button", name="Larger letters").click()
    assert size() > first
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert size() < first
    for _ in range(5):
        page.keyboard.press("-")
    assert page.get_by_role("button", name="Smaller letters").is_disabled()


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080), (390, 844)])
def test_it_can_be_read_and_touched(page: Any, board: Board, theme: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    roll = Roll("en")
    put(board, roll, TEXT)
    put(board, Roll("it"), ["Buonasera."])
    until(page, "document.querySelectorAll('main.lines p').length > 8")
    if theme == "light":
        page.get_by_role("button", name="Dark or light").click()
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    assert page.evaluate(f"() => {{ {CONTRAST} }}") == []
    assert page.evaluate(f"() => {{ {SMALL} }}") == []
    SCREENS.mkdir(exist_ok=True)
    page.screenshot(path=Path(SCREENS) / f"hall-{theme}-{size[0]}.png")
