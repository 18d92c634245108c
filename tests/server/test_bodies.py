"""Requests that are not what the contract says: one clear error of one shape, nothing of the request repeated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.server.asking import Page, of
from tests.server.contract import operation
from tests.server.routes import PLACES, Call, bodies, calls, placed, texts

CANARY = "canary-7f3a"
ODD: tuple[object, ...] = (None, True, 7, -1, 1.5, 10**30, [], {}, [[]], {"a": CANARY}, [CANARY] * 3, "", "\x00",
                           "\ud800", CANARY * 5000, "\u202e", "<script>alert(1)</script>")
SHAPELESS = (b"", b"{", b"nul", b"null", b"[]", b"7", b'"x"', b"NaN", b"[" * 200_000, b'{"a":' * 200_000,
             b'{"size": NaN, "name": "a"}', b'{"size": Infinity, "name": "a"}', b'{"size": 1e999, "name": "a"}',
             b'{"size": ' + b"9" * 100_000 + b', "name": "a"}', b"\xff\xfe{\x00}\x00", b'{"name": "\xff"}',
             b"\xef\xbb\xbf{}", b'{"name": "a", "name": "b", "size": 1}', b"{'a': 1}", b"<x/>", b"a=b&c=d")


@pytest.fixture(autouse=True)
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker is started here, and no disk waited for."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)


def told(call: Call) -> bool:
    """Whether a route takes a JSON body that means something."""
    body = (operation(call.method, call.url.partition("?")[0]) or {}).get("requestBody", {})
    return "application/json" in body.get("content", {})


def writing(whole: Path) -> list[Call]:
    """The routes that take a body."""
    found = [call for call in calls(whole) if call.writes and told(call)]
    assert len(found) >= 6
    return found


@pytest.mark.parametrize("body", SHAPELESS, ids=lambda body: repr(body[:24]))
def test_what_is_no_object(whole: Path, desk: Page, body: bytes) -> None:
    for call in writing(whole):
        answer = desk.post(call.url, body, call.method)
        assert answer.status in (400, 422) or (answer.status == 201 and body.startswith(b'{"name": "a", "name"')), call
        if answer.status >= 400:
            assert answer.json["message"] and len(answer.body) < 600, call


def test_a_body_where_none_is_needed_does_no_harm(whole: Path, desk: Page) -> None:
    for call in calls(whole):
        if call.writes and not told(call) and call.method == "POST":
            for body in SHAPELESS:
                assert desk.post(call.url, body).status < 500, (call, body[:20])


def test_fields_that_nobody_knows_are_refused_and_not_repeated(whole: Path, desk: Page) -> None:
    for call in writing(whole):
        for body in bodies(call, whole):
            answer = desk.post(call.url, body | {CANARY: CANARY}, call.method)
            assert answer.status == 422 and answer.json["error"] == "BadInput", (call, answer.body)
            assert CANARY not in answer.body.decode(), call
            for at in nested(body):
                answer = desk.post(call.url, placed(body, (*at, CANARY), CANARY), call.method)
                if at[-1] not in ("voices", "seen"):
                    assert answer.status == 422, (call, at, answer.body)
                assert CANARY not in answer.body.decode() or answer.status == 200, (call, at)


def nested(value: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where in a body there are objects in objects."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, part in inner for place in (
        [(*at, key)] if isinstance(part, dict) else []) + nested(part, (*at, key))]


def fields(value: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where in a body there is anything."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, part in inner for place in [(*at, key), *fields(part, (*at, key))]]


def test_fields_that_are_missing(whole: Path, desk: Page) -> None:
    for call in writing(whole):
        assert desk.post(call.url, {}, call.method).status == 422, call
        for body in bodies(call, whole):
            for name in body:
                if name not in PLACES:
                    rest = {key: part for key, part in body.items() if key != name}
                    assert desk.post(call.url, rest, call.method).status < 500, (call, name)


def test_values_of_another_kind(whole: Path, desk: Page) -> None:
    """Each field of each body with values that no page sends. (A conflict tells a record as it is, which may be what
    another of these bodies made it.)"""
    seen = 0
    for call in writing(whole):
        for body in bodies(call, whole):
            for at in fields(body):
                for odd in ODD:
                    if at[-1] in PLACES and odd in ("\u202e", None):
                        continue
                    answer = desk.post(call.url, placed(body, at, odd), call.method)
                    seen += 1
                    assert answer.status < 500, (call, at, odd, answer.body)
                    if answer.status >= 400:
                        own = answer.body if answer.status != 409 else answer.json["message"].encode()
                        assert len(answer.body) < 8000 and b"script" not in own, (call, at, answer.body)
                    if answer.status == 422 and answer.json["message"].startswith("the request cannot be understood"):
                        assert CANARY not in answer.body.decode(), (call, at, answer.body)
    assert seen > 1500


def test_an_error_names_the_field_and_nothing_else(page: Page, film: Path) -> None:
    answer = page.post(of(film, "uploads"), {"name": CANARY, "size": CANARY, CANARY: 1})
    assert answer.json == {"error": "BadInput", "message": "the request cannot be understood: body, body.size",
                           "remedy": "see /api/v1/openapi.json", "details": {}}
    wish = {"changes": [{"do": "retype", "loop": CANARY + "/", "text": "x"}], "seen": {CANARY + " ": CANARY}}
    answer = page.post(of(film, "dialogue/it/edits"), wish)
    assert answer.status == 422 and CANARY not in answer.body.decode() and "loop" in answer.json["message"]


def test_every_text_of_a_body_may_be_a_payload_and_is_told_back_as_json_only(whole: Path, desk: Page) -> None:
    """X1: whoever looks at an answer directly gets JSON that no browser runs."""
    payload = "</script><img src=x onerror=alert(1)>"
    for call in writing(whole):
        for body in bodies(call, whole):
            for at in texts(body):
                if at[-1] not in PLACES:
                    answer = desk.post(call.url, placed(body, at, payload), call.method)
                    kind = answer.headers.get("content-type", "application/json")
                    assert kind == "application/json" and answer.headers["x-content-type-options"] == "nosniff"
                    assert answer.status < 500, (call, at)


def test_x1_text_in_webvtt_is_text(page: Page, film: Path) -> None:
    payload = "<v onload=alert(1)>Ciao & <script>x</script> --> 00:00"
    wish = {"changes": [{"do": "retype", "loop": "l0001", "text": payload}]}
    assert page.post(of(film, "dialogue/it/edits"), wish).status == 200
    answer = page.get(of(film, "webvtt/it"))
    text = answer.body.decode()
    assert "<v" not in text and "<script" not in text and "&lt;script&gt;" in text
    assert text.count("-->") == len(page.get(of(film, "subtitles/it")).json["cues"])
    assert answer.headers["content-disposition"] == 'attachment; filename="subtitles.it.vtt"'
    shown = json.dumps(page.get(of(film, "subtitles/it")).json)
    assert "<script>x</script>" in shown, "as JSON it is what was written"
