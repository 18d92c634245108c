"""Trust cases L1, L2, L3, L5, L6: the gateway, over every route that the application has."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse
from tests.server.asking import HOST, PORT, ask

from ciak.server.studio import Gateway, Session
from ciak.server.studio.app import application
from ciak.server.studio.gateway import BODY_LIMIT

FILLED = {"language": "it", "name": "main.js"}
EVIL_HOSTS = (
    "evil.example",
    "localhost.evil.example:8123",
    "127.0.0.1.evil.example:8123",
    f"127.0.0.1:{PORT + 1}",
    "127.0.0.1",
    "localhost",
    f"LOCALHOST:{PORT}",
    f"127.1:{PORT}",
    f"0.0.0.0:{PORT}",
    f"[::1]:{PORT}",
    f"user@127.0.0.1:{PORT}",
    f"127.0.0.1:{PORT}/",
    f"127.0.0.1:{PORT},evil.example",
    f" 127.0.0.1:{PORT}",
    "",
)
WRITES = ("POST", "PUT", "PATCH", "DELETE")


def leaves(routes: Any, prefix: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """Every path of a route table with its methods, however deep it was mounted."""
    for route in routes:
        inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
        if inner:
            yield from leaves(inner, prefix + getattr(route, "prefix", ""))
        elif getattr(route, "path", None):
            yield prefix + route.path, frozenset(getattr(route, "methods", None) or ())


def paths(film: Path) -> list[str]:
    """Each route's path with its parameters filled in."""
    found = []
    for path, _ in leaves(application(film).routes):
        for name, value in FILLED.items():
            path = path.replace(f"{{{name}:path}}", value).replace(f"{{{name}}}", value)
        assert "{" not in path, f"this test does not know how to fill {path}"
        found.append(path)
    return found


class Spy:
    """Stands where the application stands, and counts who gets there."""

    def __init__(self) -> None:
        self.reached: list[str] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.reached.append(scope["path"])
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        if scope["method"] in WRITES:
            self.bodies.append((await receive())["body"])
        await JSONResponse({"reached": True})(scope, receive, send)


@pytest.fixture
def spy() -> Spy:
    return Spy()


@pytest.fixture
def gate(spy: Spy, session: Session) -> Gateway:
    return Gateway(spy, session)


def test_the_table_is_the_whole_application(film: Path) -> None:
    found = paths(film)
    assert len(found) == len(set(found)) >= 12
    for expected in ("/", "/static/main.js", "/api/v1/media/it", "/api/v1/film", "/api/v1/openapi.json"):
        assert expected in found


def test_every_route_answers_a_known_browser(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    for path in paths(film):
        answer = ask(studio, path, headers=known)
        assert answer.status == 200, path
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_l1_no_route_and_no_websocket_answers_under_another_name(
    film: Path, gate: Gateway, spy: Spy, known: dict[str, str]
) -> None:
    for path in paths(film):
        for host in EVIL_HOSTS:
            for kind in ("http", "websocket"):
                answer = ask(gate, path, kind=kind, headers=known | {"host": host, "origin": f"http://{host}"})
                assert answer.status == 403, (path, host)
        without = {name: value for name, value in known.items() if name != "host"}
        assert ask(gate, path, headers=without).status == 403
        doubled = [("host", HOST), ("host", "evil.example"), ("cookie", known["cookie"])]
        assert ask(gate, path, headers=doubled).status == 400
    assert spy.reached == []


def test_l1_a_refusal_repeats_nothing_and_is_guarded_too(gate: Gateway) -> None:
    answer = ask(gate, "/<script>alert(1)</script>", headers={"host": "<script>evil</script>"})
    assert b"script" not in answer.body
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["content-type"] == "application/json"


def test_l2_what_changes_something_needs_json_and_our_origin(
    film: Path, gate: Gateway, spy: Spy, known: dict[str, str]
) -> None:
    own = f"http://{HOST}"
    kinds = (
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json-patch+json",
        "text/plain; application/json",
        "application/json, text/plain",
        "",
        "application/jsonp",
    )
    origins = (
        None,
        "null",
        "http://evil.example",
        f"https://{HOST}",
        f"http://localhost:{PORT}",
        f"{own}.evil",
        f"http://127.0.0.1:{PORT + 1}",
        "",
    )
    for path in paths(film):
        for method in WRITES:
            for origin in origins:
                headers = known | {"content-type": "application/json"} | ({} if origin is None else {"origin": origin})
                assert ask(gate, path, method=method, headers=headers).status == 403, (path, method, origin)
            for kind in kinds:
                headers = known | {"origin": own} | ({} if kind is None else {"content-type": kind})
                assert ask(gate, path, method=method, headers=headers).status == 415, (path, method, kind)
        for method in ("OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "FOO"):
            assert ask(gate, path, method=method, headers=known | {"origin": own}).status == 405
    assert spy.reached == []


def test_l2_the_right_request_does_get_through(gate: Gateway, spy: Spy, known: dict[str, str]) -> None:
    headers = known | {"origin": f"http://{HOST}", "content-type": "application/json; charset=utf-8"}
    for method in WRITES:
        assert ask(gate, "/api/v1/film", method=method, headers=headers, body=b"{}").status == 200
    assert spy.bodies == [b"{}"] * 4


def test_l2_our_application_has_no_route_that_writes(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    before = {path: path.read_bytes() for path in film.rglob("*") if path.is_file()}
    headers = known | {"origin": f"http://{HOST}", "content-type": "application/json"}
    for path in paths(film):
        for method in WRITES:
            assert ask(studio, path, method=method, headers=headers, body=b"{}").status == 405
        ask(studio, path, headers=known)
        ask(studio, path, method="HEAD", headers=known)
    after = {path: path.read_bytes() for path in film.rglob("*") if path.is_file()}
    assert after == before


def test_l2_reads_from_foreign_pages_are_refused(film: Path, gate: Gateway, spy: Spy, known: dict[str, str]) -> None:
    for path in paths(film):
        assert ask(gate, path, headers=known | {"origin": "http://evil.example"}).status == 403
        for site in ("cross-site", "same-site", "nonsense"):
            answer = ask(gate, path, headers=known | {"sec-fetch-site": site, "sec-fetch-mode": "no-cors"})
            assert answer.status == 403, (path, site)
    assert spy.reached == []
    led = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert ask(gate, "/", headers=known | led).status == 200
    assert ask(gate, "/api/v1/film", headers=known | led).status == 403


def test_nothing_is_told_without_the_session(
    film: Path, gate: Gateway, spy: Spy, known: dict[str, str], session: Session
) -> None:
    name, _, value = known["cookie"].partition("=")
    wrong = (
        "",
        "x",
        f"{name}=",
        f"{name}={value[:-1]}",
        f"{name}={value}x",
        f"ciak-1={value}",
        f"x{name}={value}",
        f"{name}={session.token}",
    )
    for path in paths(film):
        for cookie in wrong:
            answer = ask(gate, path, headers={"host": HOST, "cookie": cookie})
            assert answer.status == 403, (path, cookie)
            assert "set-cookie" not in answer.headers
        assert ask(gate, path, kind="websocket", headers={"host": HOST, "origin": f"http://{HOST}"}).status == 403
    assert spy.reached == []
    page = ask(gate, "/", headers={"host": HOST})
    assert b"ciak studio" in page.body and len(page.body) < 1000


def test_a_link_works_once(gate: Gateway, session: Session) -> None:
    link = f"/?token={session.token}"
    assert ask(gate, link, method="HEAD", headers={"host": HOST}).status == 403, "HEAD spends nothing"
    assert ask(gate, link, headers={"host": "evil.example"}).status == 403, "nor does another name"
    first = ask(gate, link, headers={"host": HOST})
    assert first.status == 200
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
    assert session.token not in first.body.decode()
    second = ask(gate, link, headers={"host": HOST})
    assert second.status == 403 and "set-cookie" not in second.headers
    assert ask(gate, "/api/v1/film", headers={"host": HOST, "cookie": cookie.partition(";")[0]}).status == 200
    assert ask(gate, f"/?token={session.token}&token=x", headers={"host": HOST}).status == 403
    assert ask(gate, f"/?token={session.token}", headers={"host": HOST}).status == 200, "the next link works"


def test_the_cookie_is_told_once_only(gate: Gateway, session: Session) -> None:
    told: list[str] = []
    session = Session(PORT, told.append)
    first = session.token
    assert session.exchange("") is None and session.exchange("é") is None
    assert session.exchange(first) is not None
    assert told == [session.token] and session.token != first and first not in session.url


def test_l3_decisions_do_not_depend_on_host_or_absolute_urls(gate: Gateway, spy: Spy, known: dict[str, str]) -> None:
    for host in (f"127.0.0.1:{PORT}/static/x?", f"127.0.0.1:{PORT}#", "127.0.0.1:8123\\@evil.example"):
        assert ask(gate, "/api/v1/film", headers=known | {"host": host}).status == 403
    for name in ("x-forwarded-host", "x-original-url", "x-rewrite-url", "forwarded", "x-http-method-override"):
        ask(gate, "/api/v1/film", headers=known | {name: "/static/secret"})
    assert set(spy.reached) == {"/api/v1/film"}


@pytest.mark.parametrize(
    "path",
    [
        "/a/../b",
        "/..",
        "/.",
        "/a//b",
        "//evil.example",
        "/a\\b",
        "/a\x00b",
        "/a\nb",
        "a",
        "",
        "/./x",
        "/x/..",
        "/a\x7f",
        "/" + "a" * 1001,
    ],
)
def test_odd_paths_are_refused(gate: Gateway, spy: Spy, known: dict[str, str], path: str) -> None:
    assert ask(gate, path, headers=known, raw=True).status == 400
    assert spy.reached == []


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
    assert ask(gate, "/api/v1/media/it", headers=known | {"range": asked}).status == 416
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
        assert ask(studio, path, kind="websocket", headers=known | {"origin": f"http://{HOST}"}).status == 403
