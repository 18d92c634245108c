"""JSON from outside: only what RFC 8259 says, within a budget that is checked first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciak.errors import CiakError, Damaged, NotFound, TooLarge, WrongEncoding
from ciak.formats import JsonLimits, parse_json, read_json, write_json

values = st.recursive(
    st.none() | st.booleans() | st.integers(-10**18, 10**18) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (st.lists(inner, max_size=4)
                   | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)),
    max_leaves=20)


@given(values)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert parse_json(write_json(value)) == value
    assert parse_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize("deep", [b"[" * 200_000, b'{"a":' * 200_000, b"[" * 200_000 + b"]" * 200_000,
                                  b'[{"x":' * 40 + b"1" + b"}]" * 40])
def test_depth_is_refused_before_parsing(deep: bytes) -> None:
    with pytest.raises(TooLarge, match="deep"):
        parse_json(deep, name="film.json")


def test_brackets_in_strings_are_no_depth() -> None:
    text = "[" * 1000 + '"' + "{" * 1000 + "\\"
    assert parse_json(json.dumps({text: [text] * 3}).encode()) == {text: [text] * 3}
    deep: Any = 1
    for _ in range(64):
        deep = [deep]
    assert parse_json(json.dumps(deep).encode()) == deep


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "[NaN]", "1e999", "-1e999", '{"a": 1e400}',
                                  "9" * 20, "9" * 5000,
                                  "-" + "9" * 20, '{"a": 1, "a": 2}', '{"x": {"b": 1, "b": 3}}',
                                  '"\\ud800"', '{"\\udfff": 1}', '["a", "\\udc00\\ud800"]', "", " ", "{", "[1,]",
                                  "01", "'a'", '{"a" 1}', "1 2", "nul", '"\n"', '"\\x"', "\ufeff\ufeff1",
                                  "/**/1", "\u00a01"])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(Damaged) as caught:
        parse_json(text.encode("utf-8"), name="film.json")
    assert "film.json" in str(caught.value)


def test_what_is_json_at_the_edge() -> None:
    assert parse_json(b"\xef\xbb\xbf[1e308, -9223372036854775808, 1E-400]") == [1e308, -2**63, 0.0]
    assert parse_json(b'"\\ud83c\\udfac"') == "🎬"


def test_errors_name_the_line() -> None:
    with pytest.raises(Damaged, match="line 3, column 5") as caught:
        parse_json(b'{\n"a": 1,\n"b" 2}', name="cast.json")
    assert caught.value.details == {"line": 3, "column": 5}
    with pytest.raises(WrongEncoding, match="line 2"):
        parse_json(b'["a",\n"\xe9"]')
    with pytest.raises(WrongEncoding):
        parse_json('{"a": 1}'.encode("utf-16"))


def test_budgets() -> None:
    with pytest.raises(TooLarge, match="bytes"):
        parse_json(b"[" + b" " * 100 + b"]", limits=JsonLimits(size=100))
    with pytest.raises(TooLarge, match="values"):
        parse_json(b"[" + b"{}," * 100 + b"1]", limits=JsonLimits(values=100))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, object(), "\ud800", {(1,): 2}])
def test_what_cannot_be_written(value: object) -> None:
    with pytest.raises(Damaged):
        write_json(value)


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "cast.json"
    path.write_bytes(write_json({"è": 1}))
    assert path.read_bytes() == '{\n  "è": 1\n}\n'.encode()
    assert read_json(path) == {"è": 1}
    path.write_bytes(b"{]")
    with pytest.raises(Damaged, match=r"cast\.json, line 1"):
        read_json(path)
    with pytest.raises(NotFound):
        read_json(tmp_path / "none.json")
    with pytest.raises(TooLarge):
        read_json(path, limits=JsonLimits(size=1))


@given(st.binary(max_size=60) | st.text(st.sampled_from('{}[]",:\\ue190.-+ntf \n'), max_size=60).map(str.encode))
def test_any_bytes_are_json_or_an_error_of_ours(data: bytes) -> None:
    try:
        value = parse_json(data)
    except CiakError:
        return
    assert value == json.loads(data.decode("utf-8-sig"))
