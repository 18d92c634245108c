"""Trust case L4: 200 paths on every route that sends files, and film folders that point elsewhere."""

from __future__ import annotations

import builtins
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.server.asking import ask

from ciak.server.studio import Gateway
from ciak.server.studio.ranges import wanted

ENDPOINTS = ("/static/", "/api/v1/media/", "/api/v1/dialogue/", "/api/v1/subtitles/", "/api/v1/webvtt/", "/")
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
    monkeypatch.setattr(builtins, "open", spy_open)
    monkeypatch.setattr(io, "open", spy_open)
    yield found
    monkeypatch.undo()


def test_l4_nothing_outside_the_film_is_opened(
    film: Path, studio: Gateway, known: dict[str, str], opened: list[str]
) -> None:
    (film.parent / "secret.txt").write_text("secret canary")
    corpus = nasty()
    assert len(corpus) >= 200
    assert ask(studio, "/api/v1/film", headers=known).status == 200
    assert opened, "the spy sees what is opened"
    opened.clear()
    for endpoint in ENDPOINTS:
        for tail in corpus:
            for raw in (False, True):
                answer = ask(studio, endpoint + tail, headers=known, raw=raw)
                fine = answer.status in (400, 404, 403) or (
                    answer.status == 200 and (endpoint + tail).rstrip("?") == "/"
                )
                assert fine, (endpoint, tail, answer.status)
                assert b"canary" not in answer.body and b"root:" not in answer.body
    outside = [path for path in opened if not Path(path).is_relative_to(film) and "/site-packages/" not in path]
    assert outside == []


def test_l4_the_pages_are_served_from_memory(
    film: Path, studio: Gateway, known: dict[str, str], opened: list[str]
) -> None:
    assert ask(studio, "/static/strip/clock.js", headers=known).headers["content-type"].startswith("text/javascript")
    assert ask(studio, "/", headers=known).headers["content-type"].startswith("text/html")
    assert ask(studio, "/static/i18n/it.json", headers=known).status == 200
    assert opened == []


@pytest.mark.parametrize(
    "artefact",
    [
        "../../../../etc/passwd",
        "/etc/passwd",
        "a" * 64 + ".mp4/../../x",
        "a" * 64 + ".sh",
        "A" * 64 + ".mp4",
        "",
        7,
        None,
        ["a"],
        {"x": 1},
        "a" * 63 + ".mp4",
        "a" * 64 + ".mp4\n",
    ],
)
def test_a_hostile_list_of_proxies_opens_nothing(
    film: Path, studio: Gateway, known: dict[str, str], artefact: object
) -> None:
    (film / ".ciak" / "proxies.json").write_text(json.dumps({"it": {"artefact": artefact}, "../x": {}, "fr": []}))
    assert ask(studio, "/api/v1/media/it", headers=known).status == 404
    languages = {entry["code"]: entry for entry in ask(studio, "/api/v1/film", headers=known).json["languages"]}
    assert set(languages) == {"en", "it"} and languages["it"]["proxy"] is None


def test_a_proxy_that_is_a_link_is_refused(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    secret = film.parent / "secret.mp4"
    secret.write_bytes(b"secret canary")
    told = json.loads((film / ".ciak" / "proxies.json").read_text())
    artefact = film / ".ciak" / "artefacts" / told["it"]["artefact"][:2] / told["it"]["artefact"]
    artefact.unlink()
    artefact.symlink_to(secret)
    answer = ask(studio, "/api/v1/media/it", headers=known)
    assert answer.status in (403, 404) and b"canary" not in answer.body


@pytest.mark.parametrize("name", ["deliveries/report.json", "dialogue/it.json", "cast.json", ".ciak/proxies.json"])
def test_a_paper_that_is_a_link_is_not_followed(film: Path, studio: Gateway, known: dict[str, str], name: str) -> None:
    secret = film.parent / "secret.json"
    secret.write_text('{"film": "secret canary", "lines": []}')
    (film / name).unlink()
    (film / name).symlink_to(secret)
    for path in ("/api/v1/film", "/api/v1/report", "/api/v1/dialogue/it", "/api/v1/cast", "/api/v1/media/it"):
        answer = ask(studio, path, headers=known)
        assert b"canary" not in answer.body, (name, path)
        assert answer.status != 500, (name, path)


@pytest.mark.parametrize(
    ("header", "size", "expected"),
    [
        (None, 10, (0, 10)),
        ("bytes=0-", 10, (0, 10)),
        ("bytes=3-5", 10, (3, 6)),
        ("bytes=3-99", 10, (3, 10)),
        ("bytes=-4", 10, (6, 10)),
        ("bytes=-40", 10, (0, 10)),
        ("bytes=9-9", 10, (9, 10)),
        ("bytes=10-", 10, None),
        ("bytes=5-4", 10, None),
        ("bytes=-0", 10, None),
        ("bytes=-", 10, None),
        ("bytes=0-0", 0, None),
        ("x", 10, None),
    ],
)
def test_ranges_are_those_of_the_standard(header: str | None, size: int, expected: tuple[int, int] | None) -> None:
    assert wanted(header, size) == expected


def test_media_comes_by_ranges_byte_for_byte(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    whole = ask(studio, "/api/v1/media/it", headers=known)
    assert whole.status == 200 and whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-type"] == "video/mp4" and int(whole.headers["content-length"]) == len(whole.body)
    for first, last in ((0, 0), (1, 1000), (10239, 10240), (5000, 10240)):
        part = ask(studio, "/api/v1/media/it", headers=known | {"range": f"bytes={first}-{last}"})
        assert part.status == 206
        assert part.body == whole.body[first : last + 1]
        assert part.headers["content-range"] == f"bytes {first}-{last}/{len(whole.body)}"
    past = ask(studio, "/api/v1/media/it", headers=known | {"range": "bytes=10241-"})
    assert past.status == 416 and past.body == b"" and past.headers["content-range"] == "bytes */10241"


def test_a_thousand_requests_leave_no_file_open(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    ask(studio, "/api/v1/media/it", headers=known)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(200):
        ask(studio, "/api/v1/media/it", headers=known | {"range": f"bytes={number}-{number + 5}"})
        ask(studio, "/api/v1/media/it", headers=known | {"range": "bytes=99999-"})
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1
