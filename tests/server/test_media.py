"""What is sent as bytes: proxies and takes by range, and film folders whose papers point elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.server.asking import ask, of

from ciak.server.studio import Gateway
from ciak.server.studio.ranges import wanted


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
    assert ask(studio, of(film, "media/it"), headers=known).status == 404
    languages = {entry["code"]: entry for entry in ask(studio, of(film), headers=known).json["languages"]}
    assert set(languages) == {"en", "it"} and languages["it"]["proxy"] is None


def test_a_proxy_that_is_a_link_is_refused(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    secret = film.parent / "secret.mp4"
    secret.write_bytes(b"secret canary")
    told = json.loads((film / ".ciak" / "proxies.json").read_text())
    artefact = film / ".ciak" / "artefacts" / told["it"]["artefact"][:2] / told["it"]["artefact"]
    artefact.unlink()
    artefact.symlink_to(secret)
    answer = ask(studio, of(film, "media/it"), headers=known)
    assert answer.status in (403, 404) and b"canary" not in answer.body


@pytest.mark.parametrize("name", ["deliveries/report.json", "dialogue/it.json", "cast.json", ".ciak/proxies.json"])
def test_a_paper_that_is_a_link_is_not_followed(film: Path, studio: Gateway, known: dict[str, str], name: str) -> None:
    secret = film.parent / "secret.json"
    secret.write_text('{"film": "secret canary", "lines": []}')
    (film / name).unlink()
    (film / name).symlink_to(secret)
    for path in ("", "report", "dialogue/it", "cast", "media/it", "shots", "undo", "activity", "jobs", "subtitles/it"):
        answer = ask(studio, of(film, path), headers=known)
        assert b"canary" not in answer.body, (name, path)
        assert answer.status < 500, (name, path)


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
    whole = ask(studio, of(film, "media/it"), headers=known)
    assert whole.status == 200 and whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["content-type"] == "video/mp4" and int(whole.headers["content-length"]) == len(whole.body)
    for first, last in ((0, 0), (1, 1000), (10239, 10240), (5000, 10240)):
        part = ask(studio, of(film, "media/it"), headers=known | {"range": f"bytes={first}-{last}"})
        assert part.status == 206
        assert part.body == whole.body[first : last + 1]
        assert part.headers["content-range"] == f"bytes {first}-{last}/{len(whole.body)}"
    past = ask(studio, of(film, "media/it"), headers=known | {"range": "bytes=10241-"})
    assert past.status == 416 and past.body == b"" and past.headers["content-range"] == "bytes */10241"


def test_a_thousand_requests_leave_no_file_open(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    ask(studio, of(film, "media/it"), headers=known)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for number in range(200):
        ask(studio, of(film, "media/it"), headers=known | {"range": f"bytes={number}-{number + 5}"})
        ask(studio, of(film, "media/it"), headers=known | {"range": "bytes=99999-"})
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1
