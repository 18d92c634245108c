"""`ciak studio` as a program: it says where it is, serves only this machine, ends when it is told to."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ciak.errors import CiakError, NotFound, ProgramAbsent, SettingsError
from ciak.server.command import studio

PROGRAM = [sys.executable, "-c", "from ciak.server.command import studio; studio()"]


@pytest.fixture
def running(film: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, object]]]:
    """A studio in a process of its own, and what it printed."""
    process = subprocess.Popen(
        [*PROGRAM, str(film), "--json", "--no-open"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=10)


def test_it_serves_the_film_and_ends_with_ctrl_c(
    running: tuple[subprocess.Popen[str], dict[str, object]], film: Path
) -> None:
    process, told = running
    assert told["film"] == str(film)
    port = told["port"]
    assert isinstance(port, int) and told["url"] == f"http://127.0.0.1:{port}/?token={str(told['url'])[-43:]}"
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    link.request("GET", str(told["url"]).partition(str(port))[2])
    answer = link.getresponse()
    answer.read()
    cookie = (answer.headers["set-cookie"] or "").partition(";")[0]
    link.request("GET", "/api/v1/film", headers={"cookie": cookie})
    answer = link.getresponse()
    assert answer.status == 200 and json.loads(answer.read())["title"] == "The Night Reels"
    assert answer.headers["server"] is None, "what serves is nobody's business"
    link.request("GET", "/api/v1/film", headers={"cookie": cookie, "host": "evil.example"})
    answer = link.getresponse()
    assert answer.status == 403
    answer.read()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "Traceback" not in errors and "closed" in errors
    assert len(re.findall(r"token=", errors)) == 1, "a fresh link was offered when the first was used"


def test_it_cannot_be_reached_from_elsewhere(running: tuple[subprocess.Popen[str], dict[str, object]]) -> None:
    _, told = running
    listening = Path("/proc/net/tcp").read_text().splitlines()[1:]
    port = f"{told['port']:04X}"
    mine = [row.split()[1] for row in listening if row.split()[1].endswith(f":{port}") and row.split()[3] == "0A"]
    assert mine == [f"0100007F:{port}"]
    with socket.create_connection(("127.0.0.1", int(str(told["port"]))), timeout=5) as line:
        line.sendall(b"GET /api/v1/film HTTP/1.1\r\n\r\n")
        assert line.recv(64).split()[1] in (b"400", b"403"), "a request without a name"


def test_a_busy_port_is_said_in_one_line(film: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(studio, [str(film), "--port", str(port), "--no-open"])
    assert isinstance(result.exception, SettingsError)
    assert str(port) in result.exception.message and "--port" in result.exception.remedy


@pytest.mark.parametrize("what", ["nothing", "file", "folder"])
def test_what_is_no_film_is_said(tmp_path: Path, what: str) -> None:
    path = tmp_path / what
    if what == "file":
        path.write_text("x")
    if what == "folder":
        path.mkdir()
    result = CliRunner().invoke(studio, [str(path), "--no-open"])
    assert isinstance(result.exception, NotFound) and result.exception.remedy


def test_without_the_extra_it_names_the_command_that_installs_it(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    result = CliRunner().invoke(studio, [str(film), "--no-open"])
    assert isinstance(result.exception, ProgramAbsent) and isinstance(result.exception, CiakError)
    assert "ciak[studio]" in result.exception.remedy


def test_help_has_an_example_and_costs_little() -> None:
    result = CliRunner().invoke(studio, ["--help"])
    assert result.exit_code == 0 and "Example" in result.output and "--port" in result.output
    probe = "import sys, ciak.server.command; print(sorted(set(sys.modules) & {'fastapi', 'uvicorn', 'pydantic'}))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout.strip() == "[]"
