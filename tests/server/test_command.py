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
from typing import Any

import pytest
from click.testing import CliRunner
from tests.dubbing.journeys import talking_clip
from tests.server.asking import of

from ciak.bootstrap import job_runner
from ciak.errors import CiakError, NotFound, ProgramAbsent, SettingsError
from ciak.project import Film
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
    link.request("GET", of(film), headers={"cookie": cookie})
    answer = link.getresponse()
    assert answer.status == 200 and json.loads(answer.read())["title"] == "The Night Reels"
    assert answer.headers["server"] is None, "what serves is nobody's business"
    link.request("GET", of(film), headers={"cookie": cookie, "host": "evil.example"})
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
        line.sendall(b"GET /api/v1/shelf HTTP/1.1\r\n\r\n")
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


def test_it_opens_with_the_shelf_alone_and_the_library_is_the_one_of_the_environment(
    film: Path, tmp_path: Path
) -> None:
    with subprocess.Popen([*PROGRAM, "--json", "--no-open"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          cwd=tmp_path) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert told["film"] is None
        link, cookie = _entered(told)
        shelf = _asked(link, "GET", "/api/v1/shelf", cookie)
        assert shelf["films"] == [] and shelf["home"] == os.environ["CIAK_FILMS"]
        body = json.dumps({"folder": str(film)})
        assert _asked(link, "POST", "/api/v1/shelf", cookie, body)["key"] in of(film)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    assert (Path(os.environ["CIAK_LIBRARY"]) / "library.sqlite").is_file()


def test_ctrl_c_stops_what_runs_closes_the_stream_and_leaves_no_worker(tmp_path: Path) -> None:
    new = Film.create(tmp_path / "new", "New", language="en")
    clip = talking_clip(tmp_path / "night.mp4")
    with subprocess.Popen([*PROGRAM, str(new.path), "--json", "--no-open"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        told = json.loads(process.stdout.readline())
        link, cookie = _entered(told)
        stream = http.client.HTTPConnection("127.0.0.1", told["port"], timeout=20)
        stream.request("GET", of(new.path, "events"), headers={"cookie": cookie})
        events = stream.getresponse()
        assert events.readline() == b"retry: 1000\n"
        _asked(link, "POST", of(new.path, "jobs"), cookie, json.dumps({"verb": "import", "path": str(clip)}))
        while b'"running"' not in events.readline():
            pass
        process.send_signal(signal.SIGINT)
        errors = process.stderr.read()
        assert process.wait(30) == 0
    assert "Traceback" not in errors and "closed" in errors, errors
    assert events.read().count(b"Traceback") == 0
    with job_runner(new) as runner:
        (job,) = runner.jobs()
        assert job.state in ("cancelled", "interrupted", "done")
        again = runner.resume(job.id)
        assert runner.wait(again.id, 60).state == "done"
    new.close()


def _entered(told: dict[str, Any]) -> tuple[http.client.HTTPConnection, str]:
    link = http.client.HTTPConnection("127.0.0.1", told["port"], timeout=20)
    link.request("GET", str(told["url"]).partition(str(told["port"]))[2])
    answer = link.getresponse()
    answer.read()
    return link, (answer.headers["set-cookie"] or "").partition(";")[0]


def _asked(link: http.client.HTTPConnection, method: str, path: str, cookie: str, body: str | None = None) -> Any:
    origin = {"origin": f"http://127.0.0.1:{link.port}", "content-type": "application/json"} if body else {}
    link.request(method, path, body, {"cookie": cookie, **origin})
    answer = link.getresponse()
    assert answer.status < 300, answer.read()
    return json.loads(answer.read())
