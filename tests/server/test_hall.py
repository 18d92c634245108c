"""The hall: whom it lets in, what it answers, and viewers that are slow, many, or not what they seem."""

from __future__ import annotations

import datetime
import json
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from ciak.dubbing.live.board import Board
from ciak.dubbing.live.rolling import LiveLine
from ciak.errors import SettingsError
from ciak.server.stage import Hall, hall, open_hall, wire

PATHS = ("/", "/static/stage/hall.js", "/static/theme.css", "/favicon.ico", "/static/none.js", "/api/v1/shelf")


def line(number: int, text: str) -> LiveLine:
    return LiveLine("en", number, text, Fraction(number), Fraction(number + 1))


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def opened(board: Board) -> Iterator[Hall]:
    with open_hall(board) as one:
        yield one


def origin(one: Hall) -> str:
    parts = urlsplit(one.url)
    return f"{parts.scheme}://{parts.netloc}"


def asked(one: Hall, path: str = "/", method: str = "GET", data: bytes | None = None, **headers: str) -> int:
    request = urllib.request.Request(origin(one) + path, data, method=method,
                                     headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def cookie(one: Hall) -> str:
    with urllib.request.urlopen(one.url, timeout=10) as answer:
        return str(answer.headers["set-cookie"]).partition(";")[0]


def watching(one: Hall, **headers: str) -> ClientConnection:
    return connect(origin(one).replace("http", "ws") + "/live", origin=headers.pop("origin", origin(one)),  # type: ignore[arg-type]
                   additional_headers={"cookie": cookie(one), **headers})


def test_only_who_has_the_code_gets_in(opened: Hall) -> None:
    assert asked(opened) == 403
    assert asked(opened, "/?token=abcd-abcd-abcd") == 403
    mine = cookie(opened)
    assert cookie(opened) == mine, "the code is for everybody in the hall"
    for path, status in zip(PATHS, (200, 200, 200, 200, 404, 404), strict=True):
        assert asked(opened, path) == 403, path
        assert asked(opened, path, cookie=mine) == status, path
        assert asked(opened, path, cookie=mine + "x") == 403, path


@pytest.mark.parametrize("host", ["evil", "localhost.evil", "127.0.0.1.evil", "127.0.0.1:1", "127.0.0.1", ""])
def test_another_host_is_refused(opened: Hall, host: str) -> None:
    for path in (*PATHS, "/live"):
        assert asked(opened, path, cookie=cookie(opened), host=host) in (400, 403), path


def test_nothing_can_be_written(opened: Hall) -> None:
    mine = cookie(opened)
    for path in PATHS:
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"):
            for kind in ("application/json", "text/plain"):
                status = asked(opened, path, method, b"{}", cookie=mine, content_type=kind, origin=origin(opened))
                assert status in (400, 405), (path, method)


def test_nothing_of_the_studio_is_served(opened: Hall) -> None:
    mine = cookie(opened)
    for name in ("main.js", "film.js", "shell/studio.js", "index.html", "../hall.py", "stage/../main.js", "%2e%2e/x"):
        assert asked(opened, f"/static/{name}", cookie=mine) in (400, 404), name


def test_a_viewer_is_told_what_stands_and_what_changes(opened: Hall, board: Board) -> None:
    board.put(line(0, "Good evening"))
    with watching(opened) as socket:
        assert json.loads(socket.recv(timeout=10))["text"] == "Good evening"
        board.put(line(0, "Good evening,"))
        assert json.loads(socket.recv(timeout=10)) == {
            "event": "line", "language": "en", "line": 0, "text": "Good evening,", "start": 0.0, "end": 1.0,
            "whole": False}
        board.end()
        assert json.loads(socket.recv(timeout=10)) == {"event": "done"}
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=10)


@pytest.mark.parametrize("headers", [{"origin": "http://evil"}, {"origin": "null"}, {"cookie": "x=y"},
                                     {"host": "evil"}])
def test_a_wire_from_elsewhere_is_refused(opened: Hall, headers: dict[str, str]) -> None:
    given = {"cookie": cookie(opened), **headers}
    with pytest.raises(InvalidStatus):
        connect(origin(opened).replace("http", "ws") + "/live",
                origin=given.pop("origin", origin(opened)), additional_headers=given)  # type: ignore[arg-type]


def test_viewers_that_talk_are_sent_away(opened: Hall, board: Board) -> None:
    for said in ("hello", b"\0" * 100, "x" * 900):
        with watching(opened) as socket:
            socket.send(said)
            with pytest.raises(ConnectionClosed) as gone:
                socket.recv(timeout=10)
            assert gone.value.rcvd is not None and gone.value.rcvd.code == 1008
    with watching(opened) as socket:
        with pytest.raises(ConnectionClosed) as gone:
            for _ in range(50):
                socket.send("x" * 4000)
            socket.recv(timeout=10)
        assert gone.value.rcvd is None or gone.value.rcvd.code in (1008, 1009), "sent away, or cut off"
    with watching(opened) as socket:
        assert socket.protocol.extensions == [], "nothing is inflated"
        board.put(line(0, "still here"))
        assert json.loads(socket.recv(timeout=10))["text"] == "still here"


def test_one_viewer_too_many(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "SEATS", 2)
    with open_hall(board) as one, watching(one), watching(one):
        with pytest.raises((InvalidStatus, ConnectionClosed)), watching(one) as third:
            third.recv(timeout=10)
        assert one.wire.viewers == 2
    with open_hall(board) as one:
        with watching(one):
            pass
        for _ in range(100):
            if not one.wire.viewers:
                break
            time.sleep(0.05)
        assert one.wire.viewers == 0, "who leaves gives up the seat"


def test_who_does_not_read_holds_nobody_up(opened: Hall, board: Board) -> None:
    with watching(opened) as lazy, watching(opened) as keen:
        got: list[str] = []
        reader = threading.Thread(target=lambda: got.extend(json.loads(keen.recv(timeout=10))["text"]
                                                            for _ in range(1)))
        reader.start()
        began = time.monotonic()
        for number in range(3000):
            board.put(line(number % 5, f"{number} " + "x" * 500))
        assert time.monotonic() - began < 5
        reader.join()
        assert got
        last = None
        for message in iter(lambda: json.loads(keen.recv(timeout=10)), None):
            last = message["text"]
            if last.startswith("2999 "):
                break
        assert last is not None
        assert lazy is not keen


def test_the_public_hall_answers_to_the_machine_s_own_addresses(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hall, "_addresses", lambda: ("192.0.2.7",))
    with open_hall(board, public=True) as one:
        port = urlsplit(one.url).port
        assert one.url == f"http://192.0.2.7:{port}/?token={one.code}" and len(one.addresses) == 2
        local = Hall(one.addresses[1], one.addresses, one.code, one.wire)
        assert asked(local, f"/?token={one.code}", host=f"192.0.2.7:{port}") == 200
        assert asked(local, f"/?token={one.code}", host=f"192.0.2.8:{port}") == 403


def test_a_port_that_is_taken(opened: Hall, board: Board) -> None:
    with pytest.raises(SettingsError, match="cannot be used"), open_hall(board, port=urlsplit(opened.url).port or 0):
        pass


def test_with_a_certificate_the_hall_is_read_by_nobody_else(board: Board, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", "/CN=localhost"], check=True, capture_output=True)
    with open_hall(board, certificate=certificate, key=key) as one:
        assert one.url.startswith("https://")
        trusting = ssl._create_unverified_context()
        with urllib.request.urlopen(one.url, context=trusting, timeout=10) as answer:
            mine = answer.headers["set-cookie"]
        assert "Secure" in mine
        board.put(line(0, "quiet"))
        with connect(origin(one).replace("https", "wss") + "/live", ssl=trusting, origin=origin(one),  # type: ignore[arg-type]
                     additional_headers={"cookie": mine.partition(";")[0]}) as socket:
            assert json.loads(socket.recv(timeout=10))["text"] == "quiet"
    with pytest.raises(SettingsError, match="certificate"), open_hall(board, certificate=key, key=certificate):
        pass


def test_the_hall_ends_with_its_session(board: Board) -> None:
    began = datetime.datetime.now()
    with open_hall(board) as one, watching(one) as socket:
        threading.Timer(0.2, board.end).start()
        assert json.loads(socket.recv(timeout=10)) == {"event": "done"}
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=10)
    assert (datetime.datetime.now() - began).seconds < 8
    board.put(line(0, "nobody there"))  # and nothing is raised
