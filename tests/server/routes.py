"""Every route of the studio, found by walking the application, with its parameters and its bodies filled in.

A route, a parameter or a field of a body that is new has no value here: then the tests that walk fail and say so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.server.contract import bare, document, operation, resolve

from ciak.server.studio.keys import key_of

UPLOAD = "0" * 32
NAMED = {"language": "it", "name": "main.js", "member": "ada", "job": "0" * 16, "upload": UPLOAD, "loop": "l0001",
         "take": "t1", "number": "0", "sound": "original", "consent": "1"}
"""A value of each parameter of a path, which a film of the fixtures has."""
ASKED = {"offset": "0", "start": "0", "end": "1", "width": "20"}
"""A value of each parameter that a query needs."""
TOLD: dict[str, Any] = {
    "title": "Another", "language": "it", "to": "it",
    "name": "Ada", "size": 10, "seen": "0" * 16, "loop": "l0001", "text": "Via.", "at": 20, "text_at": 3,
    "first": "l0001", "second": "l0002", "character": "leo", "locked": True, "take": "t1", "flag": "too-fast",
    "lines": ["l0001"], "frames": {"first": 200, "end": 220}, "upload": UPLOAD, "sex": "female",
    "id": "G0001", "term": "Ada", "kind": "name", "renderings": {"it": "Ada"}, "note": "hers", "profile": "netflix",
    "voices": {"it": "if_sara"}, "copy_file": True, "conform": False,
    "caption": "C1", "loops": ["l0001"], "shown": [{"frames": {"first": 12, "end": 40}, "lines": ["Dove?"]}],
    "before": 8, "after": 44, "verdict": "approved", "sdh": True,
    "formats": ["imsc"], "screenplay": UPLOAD, "as_recorded": None, "translation": UPLOAD, "line": "l0001",
    "actor": "Ada", "performer": "Ada Fittizia", "again": "Ada Fittizia", "proof": "contract 7",
    "languages": ["it"], "titles": ["Night"], "since": "2026-01-01", "until": "2099-12-31", "sung": True,
    "edge": "top"}
"""A value of each field of a body, by name; of objects within objects too."""
PLACES = ("folder", "path")
"""Fields by which a person names a place on this machine."""


@dataclass(frozen=True)
class Call:
    """One route by one method."""

    method: str
    template: str
    url: str
    parameters: tuple[str, ...]

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method not in ("GET", "HEAD")


def leaves(routes: Any, prefix: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """Every path of a route table with its methods, however deep it was mounted."""
    for route in routes:
        inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
        if inner:
            yield from leaves(inner, prefix + getattr(route, "prefix", ""))
        elif getattr(route, "path", None):
            yield prefix + route.path, frozenset(getattr(route, "methods", None) or ())


def calls(film: Path) -> list[Call]:
    """Every route by every method of its own, but HEAD."""
    found = []
    for template, methods in leaves(bare().routes):
        for method in sorted(methods - {"HEAD"}):
            found.append(Call(method, template, filled(template, method, film), parameters(template)))
    return sorted(found, key=lambda call: (call.method == "DELETE", call.url))


def paths(film: Path) -> list[str]:
    """Each route's path with its parameters filled in, once."""
    return sorted({filled(template, "", film) for template, _ in leaves(bare().routes)})


def parameters(template: str) -> tuple[str, ...]:
    """Names of the parameters of a path."""
    return tuple(part.strip("{}").partition(":")[0] for part in template.split("/") if part.startswith("{"))


def filled(template: str, method: str, film: Path, /, **others: str) -> str:
    """A route's path, with the query that it needs."""
    values = NAMED | {"film": key_of(film)} | others
    url = template
    for name in parameters(template):
        assert name in values, f"these tests do not know how to fill {{{name}}} of {template}"
        url = url.replace(f"{{{name}:path}}", values[name]).replace(f"{{{name}}}", values[name])
    needed = {}
    for one in (operation(method, url) or {}).get("parameters", ()) if method else ():
        if one["in"] == "query" and one.get("required"):
            assert one["name"] in ASKED, f"these tests do not know how to ask {one['name']} of {template}"
            needed[one["name"]] = ASKED[one["name"]]
    return url + (f"?{urlencode(needed)}" if needed else "")


def bodies(call: Call, film: Path) -> list[dict[str, Any]]:
    """A body for each thing that can be sent to a route, every field filled; one empty object where it takes none.
    Places that it names lie beside ``film``."""
    told = (operation(call.method, call.url.partition("?")[0]) or {}).get("requestBody", {}).get("content", {})
    if "application/json" not in told:
        return [{}]
    places = {"folder": str(film.parent / "elsewhere"), "path": str(film.parent / "video.mp4")}
    return [{name: places.get(name, value) for name, value in each.items()}
            for each in examples(told["application/json"]["schema"])]


def examples(schema: dict[str, Any]) -> list[Any]:
    """A value for each variant of a schema."""
    schema = resolve(schema)
    if "oneOf" in schema:
        return [value for variant in schema["oneOf"] for value in examples(variant)]
    assert schema.get("type") == "object", f"these tests do not know how to fill {schema}"
    made: list[dict[str, Any]] = [{}]
    for name, told in schema.get("properties", {}).items():
        made = [one | {name: value} for one in made for value in _values(name, told)]
    return made


def _values(name: str, told: dict[str, Any]) -> list[Any]:
    told = resolve(told)
    if "const" in told:
        return [told["const"]]
    if name == "changes":
        return [[value] for value in examples(told["items"])]
    if name == "seen" and told.get("type") == "object":
        return [{}]
    assert name in TOLD or name in PLACES, f"these tests do not know how to fill the field {name}"
    choices = next((one["enum"] for one in map(resolve, [told, *told.get("anyOf", ())]) if "enum" in one), None)
    return [choices[0] if choices and TOLD.get(name) not in choices else TOLD.get(name)]


def texts(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where in a body there is text."""
    if isinstance(value, str):
        yield at
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from texts(part, (*at, key))


def placed(value: Any, at: tuple[str | int, ...], new: object) -> Any:
    """A copy of a body with one value replaced."""
    copy = json.loads(json.dumps(value))
    here = copy
    for key in at[:-1]:
        here = here[key]
    here[at[-1]] = new
    return copy


def documented() -> set[tuple[str, str]]:
    """Method and path of everything in the document."""
    return {(method.upper(), path) for path, told in document()["paths"].items() for method in told}
