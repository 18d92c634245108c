"""Trust case L4: 200 paths in every parameter of every route, in every text of every body, with a spy on what is
opened. Nothing outside the film, the library and the folder of films is, but what a person names by its whole path."""

from __future__ import annotations

import builtins
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.server.asking import BYTES, JSON, Page, ask
from tests.server.routes import PLACES, Call, bodies, calls, filled, parameters, placed, texts

from ciak.config import Settings

TARGETS = (
    "etc/passwd",
    "film.toml",
    "secret.txt",
    "proc/self/environ",
    "root/.ssh/id_rsa",
    "cast.json",
    "dialogue/en",
    "windows/win.ini",
)


def nasty() -> list[str]:
    """At least 200 ways to ask for something else."""
    ups = (
        "../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        "..%5c",
        "..\\",
        "....//",
        "..;/",
        "%252e%252e%252f",
        "..%c0%af",
        "..%00/",
        "/",
        "//",
        "%2f",
        "./",
        "..%e2%88%95",
        "\u2025/",
        "\uff0e\uff0e/",
        "~/",
        "file:///",
        "C:\\",
        "\\\\host\\",
        "..%0d%0a",
        "%2e/",
        "..%2e/",
    )
    made = [up * depth + target for up in ups for depth in (1, 4) for target in TARGETS[:5]]
    return (
        made
        + [f"{target}%00.js" for target in TARGETS]
        + [
            "",
            ".",
            "..",
            "...",
            "%",
            "%00",
            "%ff%fe",
            "a" * 5000,
            "CON",
            "main.js/",
            "main.js/..",
            "it.json",
            "it/../it",
            "IT",
            "it%20",
            "it%0a",
            "-",
            "\U0001f3ac",
            "__init__.py",
        ]
    )


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every path that is opened by anybody, by any of the three ways to open one."""
    found: list[str] = []
    real_os, real_open = os.open, builtins.open

    def spy_os(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        base = Path(f"/proc/self/fd/{dir_fd}").readlink() if dir_fd is not None else Path()
        found.append(str(base / os.fsdecode(path)))
        return real_os(path, flags, mode, dir_fd=dir_fd)

    def spy_open(file: Any, *rest: Any, **more: Any) -> Any:
        if not isinstance(file, int):
            found.append(str(Path(os.fsdecode(file)).absolute()))
        return real_open(file, *rest, **more)

    monkeypatch.setattr(os, "open", spy_os)
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # nothing here is about power cuts
    monkeypatch.setattr(builtins, "open", spy_open)
    monkeypatch.setattr(io, "open", spy_open)
    yield found
    monkeypatch.undo()


@pytest.fixture
def no_workers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Instead of workers, what they would have been told."""
    from ciak.errors import NotFound
    from ciak.jobs import Job

    told: list[dict[str, Any]] = []

    class Idle:
        def submit(self, verb: str, arguments: dict[str, Any], *, film: str = "") -> Job:
            told.append({"verb": verb, **arguments})
            return Job(id="0" * 16, verb=verb, film=film)

        def jobs(self) -> list[Job]:
            return []

        def job(self, identity: str) -> Job:
            raise NotFound("there is no such job")

        cancel = resume = job

        def close(self) -> None:
            """There is nothing."""

    monkeypatch.setattr("ciak.bootstrap.job_runner", lambda film: Idle())
    return told


def outside(opened: list[str], whole: Path, settings: Settings) -> list[str]:
    """What was opened that is nobody's business."""
    python = (Path(sys.prefix), Path(sys.base_prefix))
    ours = (whole, settings.library, settings.films, whole.parent / "elsewhere", *python)
    return [path for path in opened if path != str(whole.parent)
            and not any(Path(os.path.normpath(path)).is_relative_to(root) for root in ours)]


def fine(answer: Any, call: Call, tail: object) -> None:
    assert answer.status < 500, (call, tail, answer.status, answer.body)
    assert b"canary" not in answer.body and b"root:" not in answer.body, (call, tail)


def test_the_corpus_is_large_and_the_spy_sees(whole: Path, desk: Page, opened: list[str]) -> None:
    assert len(set(nasty())) >= 200
    assert desk.get(filled("/api/v1/films/{film}", "GET", whole)).status == 200
    assert str(whole / "film.toml") in opened


def test_l4_in_every_parameter_of_a_path(
    whole: Path, desk: Page, settings: Settings, opened: list[str], no_workers: list[dict[str, Any]]
) -> None:
    (whole.parent / "secret.txt").write_text("secret canary")
    opened.clear()
    seen = 0
    for call in calls(whole):
        for name in parameters(call.template):
            for tail in nasty():
                for raw in (False, True) if "%" in tail else (False,):
                    url = filled(call.template, call.method, whole, **{name: tail})
                    headers = desk.known | (BYTES if call.method == "PUT" else JSON if call.writes else {})
                    answer = ask(desk.app, url, method=call.method, headers=headers, raw=raw,
                                 body=b"{}" if call.writes else b"")
                    fine(answer, call, tail)
                    seen += 1
    assert seen > 10_000
    assert outside(opened, whole, settings) == []


def test_l4_in_every_parameter_of_a_query(
    whole: Path, desk: Page, settings: Settings, opened: list[str], no_workers: list[dict[str, Any]]
) -> None:
    from tests.server.contract import operation

    opened.clear()
    seen = set()
    for call in calls(whole):
        path = call.url.partition("?")[0]
        for one in (operation(call.method, path) or {}).get("parameters", ()):
            if one["in"] != "query":
                continue
            seen.add(one["name"])
            for tail in nasty():
                query = "&".join(part for part in call.url.partition("?")[2].split("&")
                                 if part and not part.startswith(f"{one['name']}="))
                url = f"{path}?{query}&{one['name']}={quote(tail, safe='')}"
                headers = desk.known | (BYTES if call.method == "PUT" else {})
                fine(ask(desk.app, url, method=call.method, headers=headers), call, tail)
    assert seen == {"before", "offset", "start", "end", "width"}
    assert outside(opened, whole, settings) == []


def test_l4_in_every_text_of_a_body(
    whole: Path, desk: Page, settings: Settings, opened: list[str], no_workers: list[dict[str, Any]]
) -> None:
    """Where a body names a place on this machine, only a whole path is one."""
    (whole.parent / "secret.txt").write_text("secret canary")
    before = {str(path) for path in whole.parent.iterdir()}
    opened.clear()
    where = set()
    for call in calls(whole):
        for body in bodies(call, whole) if call.writes and call.method != "PUT" else ():
            for at in texts(body):
                if (call.template, at[-1]) in where:
                    continue  # the same kind of field, in another variant
                where.add((call.template, at[-1]))
                for tail in nasty():
                    if at[-1] in PLACES and (tail.startswith(("/", "~")) or not tail):
                        continue
                    answer = desk.post(call.url, placed(body, at, tail), call.method)
                    fine(answer, call, (at, tail))
                    if at[-1] in PLACES:
                        assert answer.status == 422, (call, tail, answer.body)
    assert {("/api/v1/films", "title"), ("/api/v1/films/{film}/uploads", "name"),
            ("/api/v1/films/{film}/jobs", "path"), ("/api/v1/shelf", "folder")} <= where and len(where) >= 15
    assert outside(opened, whole, settings) == []
    made = {str(path) for path in whole.parent.iterdir()} - before
    assert made <= {str(settings.library), str(settings.films), str(whole.parent / "elsewhere")}
    assert all("/../" not in str(told.get("video", "")) for told in no_workers)


def test_l4_the_pages_are_served_from_memory(page: Page, opened: list[str]) -> None:
    assert page.get("/static/strip/clock.js").headers["content-type"].startswith("text/javascript")
    assert page.get("/").headers["content-type"].startswith("text/html")
    assert page.get("/static/i18n/it.json").status == 200
    assert opened == []
