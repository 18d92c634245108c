"""Trust cases L5 and L6: ranges, floods of bodies, of websockets and of event streams."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from tests.server.asking import BYTES, HOST, JSON, Page, ask, of
from tests.server.routes import UPLOAD, calls, paths
from tests.server.spying import Spy

from ciak.server.gateway import BODY_LIMIT, PIECE_LIMIT
from ciak.server.studio import Gateway

MEDIA = f"/api/v1/films/{'0' * 16}/media/it"
PIECE = f"/api/v1/films/{'0' * 16}/uploads/{UPLOAD}"


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-1,2-3",
        "bytes=0-,0-,0-",
        "bytes=" + "0-," * 5000,
        "bytes=" + "9" * 16 + "-",
        "bytes=-",
        "bytes=a-b",
        "items=0-1",
        "bytes 0-1",
        "bytes=0-1 ",
        "bytes=--1",
        "bytes=1-2-3",
        "",
        "bytes=\u00b2-",
        "0-1",
        "bytes=" + "1" * 9000,
    ],
)
def test_l5_a_range_that_is_not_one_plain_range_is_refused(
    gate: Gateway, spy: Spy, known: dict[str, str], asked: str
) -> None:
    begun = time.perf_counter()
    assert ask(gate, MEDIA, headers=known | {"range": asked}).status == 416
    assert time.perf_counter() - begun < 0.5
    assert spy.reached == []


def test_l5_the_time_for_a_range_header_grows_no_faster_than_the_header(gate: Gateway, known: dict[str, str]) -> None:
    def spent(times: int) -> float:
        headers = known | {"range": "bytes=" + "0-," * times}
        return min(
            _timed(
                lambda: gate.judge(
                    {"type": "http", "method": "GET", "path": "/"},
                    [(k.encode(), v.encode()) for k, v in headers.items()],
                )
            )
            for _ in range(7)
        )

    assert spent(400_000) < 2.5 * 2 * spent(200_000) + 0.005


def _timed(does: Any) -> float:
    begun = time.perf_counter()
    does()
    return time.perf_counter() - begun


def test_bodies_are_limited_announced_or_not(gate: Gateway, spy: Spy, known: dict[str, str]) -> None:
    headers = known | {"origin": f"http://{HOST}", "content-type": "application/json"}
    for length in (str(BODY_LIMIT + 1), "9" * 13):
        assert ask(gate, "/x", method="POST", headers=headers | {"content-length": length}).status == 413
    for length in ("-1", "1e3", "", "\u00b2", "0x10"):
        assert ask(gate, "/x", method="POST", headers=headers | {"content-length": length}).status == 400
    assert ask(gate, "/x", method="POST", headers=headers, body=b"x" * (BODY_LIMIT + 1)).status == 413
    assert ask(gate, "/x", headers=known | {"content-length": "1"}, body=b"x").status == 413, "a GET has no body"
    assert spy.reached == []
    assert ask(gate, "/x", method="POST", headers=headers, body=b"x" * BODY_LIMIT).status == 200


def test_l6_a_websocket_needs_name_origin_and_session(gate: Gateway, spy: Spy, known: dict[str, str]) -> None:
    own = f"http://{HOST}"
    assert ask(gate, "/any", kind="websocket", headers=known).status == 403, "no origin"
    assert ask(gate, "/any", kind="websocket", headers=known | {"origin": "http://evil.example"}).status == 403
    assert spy.reached == []
    assert ask(gate, "/any", kind="websocket", headers=known | {"origin": own}).status == 101


def test_l6_the_application_accepts_no_websocket(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    for path in paths(film):
        assert ask(studio, path, kind="websocket", headers=known | {"origin": f"http://{HOST}"}).status == 403, path


def test_a_piece_of_a_file_may_be_larger_and_nothing_else(gate: Gateway, spy: Spy, known: dict[str, str]) -> None:
    headers = known | BYTES
    assert ask(gate, PIECE, method="PUT", headers=headers, body=b"x" * PIECE_LIMIT).status == 200
    assert ask(gate, PIECE, method="PUT", headers=headers, body=b"x" * (PIECE_LIMIT + 1)).status == 413
    told = headers | {"content-length": str(PIECE_LIMIT + 1)}
    assert ask(gate, PIECE, method="PUT", headers=told).status == 413
    for method, path in (("POST", PIECE), ("PATCH", PIECE), ("PUT", PIECE + "/x"), ("PUT", PIECE[:-1]),
                         ("PUT", PIECE.upper()), ("PUT", PIECE.replace("0" * 16, "g" * 16))):
        assert ask(gate, path, method=method, headers=headers, body=b"x").status == 415, (method, path)
        large = ask(gate, path, method=method, headers=known | JSON, body=b"x" * (BODY_LIMIT + 1))
        assert large.status == 413, (method, path)
    assert spy.reached == [PIECE]


def test_l6_a_flood_on_every_route_ends_at_the_gateway(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    """A body that never says how long it is, sent in pieces without end."""
    for call in calls(film):
        if call.writes:
            status, taken = asyncio.run(_flood(studio, call.method, call.url.partition("?")[0],
                                               known | (BYTES if call.method == "PUT" else JSON)))
            assert status == 413 and taken <= PIECE_LIMIT + (1 << 18), call


async def _flood(app: Any, method: str, path: str, headers: dict[str, str]) -> tuple[int, int]:
    taken, statuses = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 1 << 18
        assert taken < 1 << 26, "it reads on for ever"
        return {"type": "http.request", "body": b"x" * (1 << 18), "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app(_scope(method, path, headers), receive, send)
    return statuses[0], taken


def _scope(method: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
    return {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "scheme": "http",
            "method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 5), "server": ("127.0.0.1", 8123)}


def test_l6_a_hundred_event_streams_leave_room_for_others(film: Path, page: Page) -> None:
    async def main() -> tuple[int, float]:
        gone, begun, told = asyncio.Event(), [], []

        async def stream() -> None:
            async def receive() -> dict[str, Any]:
                await gone.wait()
                return {"type": "http.disconnect"}

            async def send(message: dict[str, Any]) -> None:
                if b"data: " in message.get("body", b""):
                    begun.append(1)

            await page.app(_scope("GET", of(film, "events"), page.known), receive, send)

        async def other() -> None:
            async def receive() -> dict[str, Any]:
                await gone.wait()
                return {"type": "http.disconnect"}

            async def send(message: dict[str, Any]) -> None:
                told.append(message.get("status", 0))

            await page.app(_scope("GET", of(film, "dialogue/it"), page.known), receive, send)

        streams = [asyncio.ensure_future(stream()) for _ in range(100)]
        while len(begun) < 100:
            await asyncio.sleep(0.01)
        before = time.perf_counter()
        await other()
        spent = time.perf_counter() - before
        gone.set()
        await asyncio.wait_for(asyncio.gather(*streams), 10)
        return told[0], spent

    status, spent = asyncio.run(asyncio.wait_for(main(), 40))
    assert status == 200 and spent < 2.0
