"""Trust cases L1, L2, L3, L5, L6: the gateway, over every route that the application has."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.server.asking import BYTES, HOST, JSON, PORT, Page, ask
from tests.server.routes import UPLOAD, bodies, calls, paths
from tests.server.spying import WRITES, Spy

from ciak.server.studio import Gateway, Session

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


def test_the_table_is_the_whole_application(film: Path) -> None:
    found = [(call.method, call.template) for call in calls(film)]
    assert len(found) == len(set(found)) >= 36
    for expected in (("GET", "/"), ("GET", "/static/{name:path}"), ("GET", "/api/v1/films/{film}/media/{language}"),
                     ("DELETE", "/api/v1/films/{film}"), ("PUT", "/api/v1/films/{film}/uploads/{upload}"),
                     ("GET", "/api/v1/openapi.json"), ("POST", "/api/v1/films/{film}/jobs")):
        assert expected in found


def test_every_route_that_reads_answers_a_known_browser(whole: Path, desk: Page) -> None:
    for call in calls(whole):
        if not call.writes:
            answer = desk.get(call.url, until=b"data: " if call.url.endswith("/events") else b"")
            assert answer.status == 200 and answer.body, call
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "access-control-allow-origin" not in answer.headers


def test_every_route_that_writes_is_reached_by_our_page(whole: Path, desk: Page) -> None:
    """What it answers depends on the film; that it understands the request does not."""
    for call in calls(whole):
        for body in bodies(call, whole) if call.writes else ():
            answer = desk.put(call.url, b"x") if call.method == "PUT" else desk.post(call.url, body, call.method)
            assert answer.status in (200, 201, 204, 404, 409, 422), (call, body, answer.body)
            assert b"cannot be understood" not in answer.body, (call, body, answer.body)


def test_head_options_and_trace_change_nothing_and_are_answered(whole: Path, desk: Page) -> None:
    for path in paths(whole):
        answer = ask(desk.app, path, method="HEAD", headers=desk.known)
        assert answer.status in (200, 405, 404, 422), path
        for method in ("OPTIONS", "TRACE", "CONNECT"):
            answer = ask(desk.app, path, method=method, headers=desk.known | JSON)
            assert answer.status == 405 and answer.json["code"] == "method", (path, method)


def test_a_method_that_a_route_has_not_is_said_as_every_error_is(whole: Path, desk: Page) -> None:
    has: dict[str, set[str]] = {}
    for call in calls(whole):
        has.setdefault(call.url.partition("?")[0], set()).add(call.method)
    for path, methods in has.items():
        for method in {"PUT", "PATCH", "POST", "DELETE"} - methods:
            piece = method == "PUT" and path.endswith(UPLOAD)
            answer = ask(desk.app, path, method=method, headers=desk.known | (BYTES if piece else JSON), body=b"{}")
            assert answer.status == 405 and answer.json["message"], (method, path)


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
                headers = known | _kind(method, path) | ({} if origin is None else {"origin": origin})
                assert ask(gate, path, method=method, headers=headers).status == 403, (path, method, origin)
            for kind in kinds:
                headers = known | {"origin": own} | ({} if kind is None else {"content-type": kind})
                assert ask(gate, path, method=method, headers=headers).status == 415, (path, method, kind)
            piece = method == "PUT" and path.endswith(UPLOAD)
            other = "application/json" if piece else "application/octet-stream"
            headers = known | {"origin": own, "content-type": other}
            assert ask(gate, path, method=method, headers=headers).status == 415, "bytes only for pieces of a file"
        for method in ("OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "FOO"):
            assert ask(gate, path, method=method, headers=known | {"origin": own}).status == 405
    assert spy.reached == []


def test_l2_the_right_request_does_get_through(gate: Gateway, spy: Spy, known: dict[str, str]) -> None:
    headers = known | {"origin": f"http://{HOST}", "content-type": "application/json; charset=utf-8"}
    for method in WRITES:
        assert ask(gate, "/api/v1/shelf", method=method, headers=headers, body=b"{}").status == 200
    assert spy.bodies == [b"{}"] * 4


def test_l2_a_get_changes_nothing(whole: Path, desk: Page, tmp_path: Path) -> None:
    """Neither the film nor the library, not even a time; the second look is the same as the first."""
    before = _state(tmp_path)
    for call in calls(whole):
        if not call.writes:
            desk.get(call.url, until=b"data: " if call.url.endswith("/events") else b"")
        ask(desk.app, call.url, method="HEAD", headers=desk.known)
    assert _state(tmp_path) == before


def _state(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Bytes, modes and times of everything, but the time of ``.ciak``, where SQLite makes and removes its lock files
    while the journal is read."""
    return {str(path): (0 if path.name == ".ciak" else path.lstat().st_mtime_ns, path.lstat().st_mode,
                        path.read_bytes() if path.is_file() else b"") for path in folder.rglob("*")}


def test_l2_reads_from_foreign_pages_are_refused(film: Path, gate: Gateway, spy: Spy, known: dict[str, str]) -> None:
    for path in paths(film):
        assert ask(gate, path, headers=known | {"origin": "http://evil.example"}).status == 403
        for site in ("cross-site", "same-site", "nonsense"):
            answer = ask(gate, path, headers=known | {"sec-fetch-site": site, "sec-fetch-mode": "no-cors"})
            assert answer.status == 403, (path, site)
    assert spy.reached == []
    led = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert ask(gate, "/", headers=known | led).status == 200
    assert ask(gate, "/api/v1/shelf", headers=known | led).status == 403


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
    assert ask(gate, "/api/v1/shelf", headers={"host": HOST, "cookie": cookie.partition(";")[0]}).status == 200
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
        assert ask(gate, "/api/v1/shelf", headers=known | {"host": host}).status == 403
    for name in ("x-forwarded-host", "x-original-url", "x-rewrite-url", "forwarded", "x-http-method-override"):
        ask(gate, "/api/v1/shelf", headers=known | {name: "/static/secret"})
    assert set(spy.reached) == {"/api/v1/shelf"}


def _kind(method: str, path: str) -> dict[str, str]:
    """The type that a route takes."""
    piece = method == "PUT" and path.endswith(UPLOAD)
    return {"content-type": "application/octet-stream" if piece else "application/json"}


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
