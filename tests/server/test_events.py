"""The stream of a film's state: the whole first, then what changed, until the client goes."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.server.asking import Page, ask, of
from tests.server.contract import problems

from ciak.film import Dialogue
from ciak.project import Film

EVENT = re.compile(rb"id: (\d+)\nevent: state\ndata: ([^\n]+)\n\n")


def stream(page: Page, film: Path, after: Callable[[int, bytes], bool]) -> list[tuple[int, Any]]:
    """Listen; ``after`` is called after each event with how many there were, and ends it with True."""
    events: list[bytes] = []
    seen = 0

    async def listen(scope: Any, receive: Any, send: Any) -> None:
        async def told(message: dict[str, Any]) -> None:
            nonlocal seen
            if message["type"] == "http.response.body" and EVENT.search(message.get("body", b"")):
                events.append(message["body"])
                seen += 1
                if after(seen, message["body"]):
                    message = {**message, "body": message["body"] + b": enough\n\n"}
            await send(message)
        await page.app(scope, receive, told)

    answer = ask(listen, of(film, "events"), headers=page.known, until=b": enough")
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store" and answer.body.startswith(b"retry: ")
    found = [(int(number), json.loads(data)) for number, data in EVENT.findall(answer.body)]
    for _, state in found:
        assert problems(state, {"$ref": "#/components/schemas/EventsView"}) == []
    return found


def save(film: Path, text: str) -> None:
    """Another program saves a line."""
    opened = Film.open(film)
    dialogue = opened.dialogue("it")
    assert isinstance(dialogue, Dialogue)
    changed = dialogue.loops[0].model_copy(update={"text": text})
    opened.save_dialogue(dialogue.model_copy(update={"loops": (changed, *dialogue.loops[1:])}))


def test_the_first_event_is_the_whole_state(page: Page, film: Path) -> None:
    ((number, state),) = stream(page, film, lambda count, _: True)
    assert number == 1 and state["jobs"] == []
    assert set(state["versions"]) == {"dialogue/en", "dialogue/it", "subtitles/en", "subtitles/it", "film", "cast",
                                      "glossary", "report", "activity", "shots"}


def test_what_another_program_saves_is_told_with_growing_ids(page: Page, film: Path) -> None:
    def after(count: int, _: bytes) -> bool:
        if count < 3:
            save(film, f"Numero {count}.")
        return count == 3

    found = stream(page, film, after)
    assert [number for number, _ in found] == [1, 2, 3]
    first, second, third = (state["versions"] for _, state in found)
    assert first["dialogue/it"] != second["dialogue/it"] != third["dialogue/it"]
    assert first["activity"] != second["activity"] and first["dialogue/en"] == third["dialogue/en"]
    assert first["film"] == third["film"] and first["cast"] == third["cast"]


def test_what_does_not_change_is_not_told_again(page: Page, film: Path) -> None:
    begun = time.monotonic()
    stamps: list[float] = []

    def after(count: int, _: bytes) -> bool:
        stamps.append(time.monotonic() - begun)
        if count == 1:
            threading.Timer(1.5, save, (film, "Spät.")).start()
        return count == 2

    found = stream(page, film, after)
    assert len(found) == 2 and stamps[1] - stamps[0] > 1.3, "nothing came between"


def test_who_comes_back_is_told_everything_anew(page: Page, film: Path) -> None:
    before = stream(page, film, lambda count, _: True)
    save(film, "Mentre non c'eri.")
    ((number, state),) = stream(page, film, lambda count, _: True)
    assert number == 1 and state["versions"]["dialogue/it"] != before[0][1]["versions"]["dialogue/it"]


def test_a_film_that_vanishes_ends_the_stream(page: Page, film: Path) -> None:
    def after(count: int, _: bytes) -> bool:
        film.rename(film.with_name("away"))
        return False

    assert len(stream(page, film, after)) == 1
    assert page.get(of(film, "events"), until=b"data: ").status == 200


def test_a_film_that_is_nobodys_has_no_stream(page: Page) -> None:
    assert page.get("/api/v1/films/0123456789abcdef/events").status == 404


@pytest.mark.parametrize("damage", ["index", "note", "cast"])
def test_damage_does_not_end_the_stream(page: Page, film: Path, damage: str) -> None:
    path = {"index": ".ciak/index.sqlite", "note": ".ciak/proxies.json", "cast": "cast.json"}[damage]
    (film / path).write_bytes(b"\xff" * 5000)
    ((_, state),) = stream(page, film, lambda count, _: True)
    assert state["versions"]["cast"]
