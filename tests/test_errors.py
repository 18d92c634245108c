"""The error tree: as drawn, one line each, with what to do next."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ciak import errors
from ciak.errors import CiakError, Conflict, Damaged, ModelAbsent

TREE = [getattr(errors, name) for name in errors.__all__]


def drawn() -> dict[str, str]:
    """Class -> parent, as the module's docstring draws them."""
    parents: dict[str, str] = {}
    above = ["CiakError"]
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"    ((?:│   |    )*)[├└]── (\w+)", line):
            depth = len(match[1]) // 4 + 1
            parents[match[2]] = above[depth - 1]
            above[depth:] = [match[2]]
    return parents


def test_the_drawing_is_the_tree() -> None:
    assert drawn() == {kind.__name__: kind.__base__.__name__ for kind in TREE if kind is not CiakError}


def test_every_class_is_public_and_says_what_it_is() -> None:
    defined = {name for name, value in vars(errors).items()
               if isinstance(value, type) and issubclass(value, Exception)}
    assert defined == set(errors.__all__)
    assert all(kind.__doc__ and kind.__doc__.strip() for kind in TREE)


@pytest.mark.parametrize("kind", [kind for kind in TREE if kind is not Conflict], ids=lambda kind: kind.__name__)
def test_every_error_is_one_line_with_a_remedy_and_goes_into_json(kind: type[CiakError]) -> None:
    error = kind("line 3\n  is  odd", remedy="mend\nit", line=3, path=Path("a/b.srt"), ok=True)
    assert str(error) == "line 3 is odd: mend it"
    assert isinstance(error, CiakError)
    assert json.loads(json.dumps(error.as_json())) == {
        "error": kind.__name__, "message": "line 3 is odd", "remedy": "mend it",
        "details": {"line": 3, "path": "a/b.srt", "ok": True}}


def test_without_a_remedy_the_message_stands_alone() -> None:
    assert str(Damaged("it is broken")) == "it is broken"


def test_a_conflict_carries_both_versions() -> None:
    error = Conflict("somebody saved", mine={"revision": 1}, theirs={"revision": 2}, remedy="merge them")
    assert (error.mine, error.theirs) == ({"revision": 1}, {"revision": 2})
    assert str(error) == "somebody saved: merge them"


def test_exit_codes() -> None:
    assert errors.Cancelled("x").exit_code == 130
    assert {kind.exit_code for kind in TREE if kind is not errors.Cancelled} == {2}
    assert ModelAbsent("x").exit_code == 2
