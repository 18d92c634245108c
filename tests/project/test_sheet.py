"""film.toml: what is written reads back, what is wrong is named with its line, what is dangerous is refused."""

from __future__ import annotations

import time
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciak.errors import BadInput, CiakError, Damaged, TooLarge, WrongEncoding
from ciak.project.sheet import Sheet, Source, parse_toml, read_sheet, toml_line, write_sheet

SHA = "ab" * 32
TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60)


def source(**changes: object) -> Source:
    return Source.model_validate({"mode": "copy", "path": "media/a.mp4", "sha256": SHA, "size": 3, "modified": 5,
                                  "duration": "7/2", "picture": True, **changes})


def back(sheet: Sheet) -> Sheet:
    values, text = parse_toml(write_sheet(sheet))
    assert values["schema"] == 1
    return read_sheet(values, text=text)


@given(TEXT, TEXT, st.lists(TEXT, max_size=5))
def test_what_is_written_reads_back(title: str, path: str, streams: list[str]) -> None:
    try:
        sheet = Sheet(title=title, source=source(mode="reference", path=path, streams=streams))
    except ValueError:
        return  # a title of control characters, a path with a zero byte
    assert back(sheet) == sheet


def test_every_field_reads_back() -> None:
    sheet = Sheet(revision=3, title='"\\ \t'[:3] + "é💥", language="pt-BR", rate="24000/1001", start="00:59:50:00",
                  source=source(rate="25", conformed=True, streams=("a", "b")),
                  backends={"voice": "kokoro", "translator": "embedded"}, profile="netflix-it")
    assert back(sheet) == sheet


def test_the_writer_escapes_what_toml_forbids() -> None:
    path = "a\"b\\c\x01\x1f\x7f\n\r\t\u2028é"
    text = write_sheet(Sheet(title="t", source=source(mode="reference", path=path))).decode()
    assert tomllib.loads(text)["source"]["path"] == path


@pytest.mark.parametrize(("line", "key"), [
    ('colour = "red"', "unknown field 'colour'"),
    ('title = ""', "title"),
    ("title = 7", "title"),
    ('title = "a\\u0007b"', "title"),
    ('language = "English!"', "language"),
    ('rate = "24/0"', "rate"),
    ('profile = "/etc/rules.toml"', "profile"),
    ('profile = "../rules"', "profile"),
    ('rate = "fast"', "rate"),
    ('start = "25:00:00:00"', "start"),
    ('start = "now"', "start"),
    ('backends.voice = "http://evil.example/x"', "backends.voice"),
    ('backends.voice = "os:system"', "backends.voice"),
    ('backends.voice = "../voice"', "backends.voice"),
    ('backends.endpoint = "kokoro"', "backends.endpoint"),
    ('endpoint = "http://evil.example"', "unknown field 'endpoint'"),
])
def test_a_fault_is_named_with_its_line(line: str, key: str) -> None:
    head = ["schema = 1", "# a comment", 'title = "T"', 'rate = "25"']
    lines = [one for one in head if one.split(" =")[0] != line.split(" =")[0]]
    lines.append(line)
    values, text = parse_toml("\n".join(lines).encode())
    with pytest.raises(Damaged) as caught:
        read_sheet(values, text=text)
    assert caught.value.details["line"] == len(lines)
    assert f"film.toml line {len(lines)}: " in str(caught.value)
    assert key in str(caught.value)


@pytest.mark.parametrize("path", ["../a.mp4", "media/../film.toml", "media/", "/etc/passwd", "media/a/b",
                                  "media//a", "media/.."])
def test_a_copy_cannot_lie_outside(path: str) -> None:
    with pytest.raises(ValueError, match="copied source"):
        source(path=path)


@pytest.mark.parametrize(("data", "kind"), [
    (b"schema = ", Damaged),
    (b"\xff\xfe", WrongEncoding),
    (b"a = " + b"[" * 60_000, Damaged),
    (b"a = " + b"9" * 10_000, Damaged),
    (b"a = 1\na = 2", Damaged),
    (b"#" * 70_000, TooLarge),
    (b"a." * 30_000 + b"a = 1", Damaged),
    (b"[" + b"a." * 30_000 + b"a]", Damaged),
    (b"x = {" + b"'a' . " * 10_000 + b"a = 1}", Damaged),
    (b"x = {" * 10_000, Damaged),
    (b"a = '" + b"\\" * 60_000, Damaged),
    (b'a = "' + b"\\" * 60_000, Damaged),
])
def test_what_is_no_sheet_is_refused_at_once(data: bytes, kind: type[CiakError]) -> None:
    begun = time.process_time()
    with pytest.raises(kind):
        values, text = parse_toml(data)
        read_sheet(values, text=text)
    assert time.process_time() - begun < 1.0


def test_a_line_is_found_in_its_table() -> None:
    text = 'title = "x"\n[backends]\nvoice = "a"\n\n[source]\n"path" = "p"\nmode="copy"\n'
    assert toml_line(text, ("source", "path")) == 6
    assert toml_line(text, ("source", "sha256")) == 5
    assert toml_line(text, ("backends", "voice")) == 3
    assert toml_line(text, ("nothing",)) == 1


def test_a_rate_with_a_thousand_digits_is_no_rate() -> None:
    with pytest.raises((BadInput, ValueError)):
        Sheet(title="t", rate="9" * 1000)
