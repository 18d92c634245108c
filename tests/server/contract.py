"""Holds answers against the OpenAPI document: a walk over as much of JSON Schema as pydantic writes."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from ciak.config import Settings
from ciak.server.studio.app import application
from ciak.server.studio.house import House

NOWHERE = Path("/nonexistent/ciak")


@lru_cache(maxsize=1)
def bare() -> FastAPI:
    """The application without any film, for its routes and its document."""
    return application(House(Settings(library=NOWHERE / "library", films=NOWHERE / "films")))


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return bare().openapi()


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path) for path in document()["paths"]]


def operation(method: str, path: str) -> dict[str, Any] | None:
    """What the document says of a request; None when it does not know it."""
    for pattern, template in _patterns():
        if pattern.fullmatch(path):
            found: dict[str, Any] | None = document()["paths"][template].get(method.lower())
            return found
    return None


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that is not a reference."""
    while "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def check(app: object, method: str, path: str, status: int, headers: dict[str, str], body: bytes) -> None:
    """Fail when an answer is not what the document states. Addresses that it does not know are only held to the
    shape of errors."""
    kind = headers.get("content-type", "").partition(";")[0]
    if status >= 400:
        if method != "HEAD" and body and kind != "text/html":
            assert kind == "application/json", (method, path, status, kind)
            told = json.loads(body)
            assert b"\n" not in body and b"Traceback" not in body and status != 500, (path, body[:300])
            shapes = ("ErrorView", "ConflictView")
            errors = [problems(told, {"$ref": f"#/components/schemas/{shape}"}) for shape in shapes]
            assert not all(errors), (method, path, body[:300], errors)
        return
    known = operation(method, path)
    if known is None or method == "HEAD":
        return
    stated = known["responses"].get(str(status))
    assert stated is not None, f"{method} {path}: {status} is not in the document"
    if not body:
        return
    content = stated.get("content", {})
    assert kind in content, f"{method} {path}: sends {kind}, the document says {sorted(content)}"
    if kind == "application/json":
        assert problems(json.loads(body), content[kind]["schema"]) == [], f"{method} {path}"


def problems(value: Any, schema: dict[str, Any], at: str = "$") -> list[str]:
    """What is wrong with ``value`` by ``schema``."""
    schema = resolve(schema)
    if "anyOf" in schema or "oneOf" in schema:
        tried = [problems(value, each, at) for each in schema.get("anyOf", schema.get("oneOf"))]
        return [] if any(not found for found in tried) else [f"{at}: none of {len(tried)} shapes", *min(tried, key=len)]
    if "const" in schema:
        return [] if value == schema["const"] else [f"{at}: {value!r}"]
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{at}: {value!r}"]
    kind = schema.get("type")
    shapes = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list,
              "object": dict, "null": type(None)}
    if kind and (not isinstance(value, shapes[kind]) or (kind in ("integer", "number") and isinstance(value, bool))):
        return [f"{at}: {type(value).__name__}, not {kind}"]
    if kind == "object":
        return _object(value, schema, at)
    if kind == "array":
        return _array(value, schema, at)
    return []


def _object(value: dict[str, Any], schema: dict[str, Any], at: str) -> list[str]:
    known, rest = schema.get("properties", {}), schema.get("additionalProperties", {})
    found = [f"{at}: {name} is not there" for name in schema.get("required", ()) if name not in value]
    for name, part in value.items():
        if name in known:
            found += problems(part, known[name], f"{at}.{name}")
        elif rest is False:
            found.append(f"{at}: {name} is not known")
        elif isinstance(rest, dict):
            found += problems(part, rest, f"{at}.{name}")
    return found


def _array(value: list[Any], schema: dict[str, Any], at: str) -> list[str]:
    first = schema.get("prefixItems", [])
    found = [problem for number, part in enumerate(value)
             for problem in problems(part, first[number] if number < len(first) else schema.get("items", {}),
                                     f"{at}[{number}]")]
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        found.append(f"{at}: {len(value)} items")
    return found
