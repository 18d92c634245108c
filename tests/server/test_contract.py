"""The OpenAPI document: complete, and the same thing that the pages ask for. (That answers are what it states is
checked wherever a test asks, in ``asking``.)"""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

import pytest
from tests.server.asking import Page
from tests.server.contract import bare, document, problems, resolve
from tests.server.routes import documented, leaves

PAGES = files("ciak.server") / "static"
API = (PAGES / "api.js").read_text(encoding="utf-8")
FOR_OTHERS = {("GET", "/api/v1/films/{film}/webvtt/{language}"), ("GET", "/api/v1/films/{film}/jobs"),
              *(("GET" if not end else "POST", f"/api/v1/films/{{film}}/rights{end}")
                for end in ("", "/consents", "/consents/{consent}/withdraw", "/erase"))}
"""What no page asks for: it is there for other programs. (The pages hear of work by the stream; for consents there is
no page yet.)"""


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Everything in the document."""
    return [(method.upper(), path, told) for path, methods in document()["paths"].items()
            for method, told in methods.items()]


def test_every_route_of_the_api_is_in_the_document_and_nothing_else() -> None:
    routes = {(method, path) for path, methods in leaves(bare().routes) for method in methods - {"HEAD"}
              if path.startswith("/api/")}
    assert routes - {("GET", "/api/v1/openapi.json")} == documented()
    assert all(path.startswith("/api/v1/") for _, path in documented())
    assert {path for path, _ in leaves(bare().routes) if not path.startswith("/api/v1/")} == {
        "/", "/static/{name:path}", "/favicon.ico"}


@pytest.mark.parametrize(("method", "path", "told"), operations(), ids=lambda part: part if type(part) is str else "")
def test_every_operation_says_what_it_does_and_sends(method: str, path: str, told: dict[str, Any]) -> None:
    assert told["summary"].strip() == told["summary"] and len(told["description"]) > 8 and len(told["tags"]) == 1
    good = {status: answer for status, answer in told["responses"].items() if status[0] == "2"}
    assert good, "it sends something"
    for status, answer in good.items():
        assert status == "204" or answer["content"], f"{status} has no media type"
        for kind, content in answer.get("content", {}).items():
            schema = resolve(content["schema"])
            assert schema.get("type"), f"{kind} has no schema"
            assert kind not in ("application/json", "text/event-stream") or schema["type"] in ("object", "array")
    assert {"4XX", "5XX"} <= set(told["responses"])
    for status, answer in told["responses"].items():
        if status[0] in "45":
            name = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            assert name == ("ConflictView" if status == "409" else "ErrorView")
    for parameter in told.get("parameters", ()):
        assert parameter["schema"].get("type") or parameter["schema"].get("anyOf"), parameter
    if method in ("POST", "PUT") and "requestBody" in told:
        assert told["requestBody"]["required"]
    names = {parameter["name"] for parameter in told.get("parameters", ()) if parameter["in"] == "path"}
    assert names == set(re.findall(r"\{(\w+)\}", path))


def test_operations_have_names_of_their_own() -> None:
    names = [told["operationId"] for _, _, told in operations()]
    assert len(set(names)) == len(names)


def test_every_schema_is_closed_and_described() -> None:
    for name, schema in document()["components"]["schemas"].items():
        if schema.get("type") == "object":
            assert schema.get("additionalProperties") is False, name
            assert len(schema.get("description", "")) > 8, name


def test_the_document_is_served_as_it_is(page: Page) -> None:
    page.app._app.openapi_schema = None
    assert page.get("/api/v1/openapi.json").json == json.loads(json.dumps(document()))


def called() -> dict[tuple[str, str], tuple[set[str], set[str]]]:
    """What api.js asks for: method and path -> names in the query, names in the body."""
    found: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    text = API.replace("${this.at}", "/api/v1/films/${film}")
    call = re.compile(r"(?P<how>\w+)?\(?[`'](?P<path>/api/v1/[^`'\n]*)[`'](?P<rest>[^\n]*(?:\n    .*)*)")
    for line in re.split(r"\n(?=  \S)", text):
        for match in call.finditer(line):
            path, _, query = match["path"].partition("?")
            method = "GET"
            if match["how"] == "send":
                method = next(iter(re.findall(r"'(PUT|DELETE|PATCH)'\)", match["rest"])), "POST")
            elif other := re.search(r"method: '(\w+)'", match["rest"]):
                method = other[1]
            if query == "${query}":
                query = (re.search(r"query = `([^`]*)`", line) or ["", ""])[1]
            path = re.sub(r"\$\{(?:part\()?(?:\w+\.)?(\w+)\)?\}", r"{\1}", path)
            body = re.match(r",\s*\{([^}]*)\}", match["rest"]) if match["how"] == "send" else None
            names = {name.partition(":")[0].strip() for name in (body[1] if body else "").split(",") if name.strip()}
            asked, told = found.setdefault((method, path), (set(), set()))
            asked |= set(re.findall(r"(?:^|&)(\w+)=", query))
            told |= names
    return found


def test_what_the_pages_call_is_offered_as_they_call_it() -> None:
    found = called()
    offered = {(method, re.sub(r"\{\w+\}", "*", path)): (path, told) for method, path, told in operations()}
    assert len(found) >= 30
    for (method, path), (asked, told) in found.items():
        key = (method, re.sub(r"\{\w+\}", "*", path))
        assert key in offered, f"the pages ask {method} {path}"
        _, stated = offered[key]
        parameters = {one["name"]: one for one in stated.get("parameters", ()) if one["in"] == "query"}
        assert asked - {"v"} <= set(parameters), (key, asked, "v only keeps caches apart")
        needed = {name for name, one in parameters.items() if one.get("required")}
        assert needed <= asked, (key, needed)
        schema = resolve(stated.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {}))
        if told:
            assert told <= set(schema["properties"]), (key, told)
            assert set(schema.get("required", ())) <= told, (key, told)


def test_everything_that_is_offered_is_called_or_for_others() -> None:
    asked = {(method, re.sub(r"\{\w+\}", "*", path)) for method, path in called()}
    idle = {(method, path) for method, path, _ in operations()
            if (method, re.sub(r"\{\w+\}", "*", path)) not in asked}
    assert idle == FOR_OTHERS


def test_only_one_module_asks_the_server() -> None:
    for module in PAGES.rglob("*.js"):  # type: ignore[attr-defined]
        if module.name != "api.js":
            text = module.read_text()
            assert "/api/" not in text, f"{module.name} asks the server past api.js"
            assert re.findall(r"fetch\((?!['`]/static/)", text) == [], module.name


def test_the_walk_finds_what_is_wrong() -> None:
    """The checks above are worth something: wrong values do fail."""
    shelf = {"$ref": "#/components/schemas/ShelfView"}
    good = {"films": [], "first": None, "home": "/x"}
    assert problems(good, shelf) == []
    for wrong in ({**good, "extra": 1}, {"films": []}, {**good, "films": [7]}, {**good, "home": None}, [],
                  {**good, "films": {}}, {**good, "first": 7}):
        assert problems(wrong, shelf), wrong
