"""Writes the tables of docs/contracts.md from the models themselves, so that page and code cannot part.

Between ``<!-- table: module:Class -->`` and ``<!-- end -->`` stands a table of the class's fields: name, what JSON
it is, default, meaning (the string below the field, or what the class's docstring says of it). ``--check`` changes
nothing and says whether the page is current.
"""

# ruff: noqa: T201

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
import textwrap
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "contracts.md"
PLAIN = {
    "id": "Stable name.", "revision": "Counts the savings.", "language": "Language code.",
    "title": "For people.", "character": "Id of the cast row.", "text": "The words, whole sentences.",
    "span": "When it is spoken.", "confidence": "0 to 1; null: not known.",
    "probability": "0 to 1; null: not known.", "words": "With times.", "loops": "In order of time.",
    "variants": "Other wordings, best first.", "takes": "All attempts, none is thrown away.",
    "chosen": "Id of the take that is heard.", "locked": "Set by a person: nothing may change the line.",
    "flags": "What a person should look at.", "kind": "What it is.", "sound": "Artefact.",
    "voice": "The backend's id of the voice.", "word_error": "Of the round trip: heard back against the text.",
    "origin": "Who wrote it.", "code": "Stable.", "message": "For people.", "members": "One row per character.",
    "name": "For people.", "sex": "A guess from the pitch.", "sha256": "Of the file.",
    "mode": "Whether the file lies in the film.", "source": "What it comes from.",
    "rate": "Frames a second, exact.", "film": "Its title.", "languages": "Original first.",
    "schema": "Of this file.", "lines": "One per loop of the original.", "mix": "null without a dub.",
    "subtitles": "By language.", "summary": "Counts and means over the lines.",
    "translation": "What the dub says.", "natural": "Unhurried length, seconds.",
    "heard": "What a recogniser heard in the take.", "take": "Id of the chosen take.",
    "slot": "Room of the dub.", "spoken": "Where the take lies.", "integrated": "LUFS.", "true_peak": "dBTP.",
    "gain_db": "dB.", "limited": "Whether peaks were held down.", "limited_db": "By how much at most, dB.",
    "sequence": "Place in the history.", "target": "LUFS wanted.", "ceiling": "dBTP allowed.",
    "cues": "How many.", "violations": "Rule of the profile to how often it is broken.",
    "version": "Of what did it.", "seed": "null: nothing random.", "inputs": "Name to artefact or sha256.",
    "settings": "What could change the result.", "outputs": "Name to artefact.",
    "terms": "In the order in which they came.", "term": "As it is written in its language.",
    "note": "Why, for people.",
    "fps": "Frames a second of the proxy.", "time_base": "Seconds of a tick.", "format": "Of this map.",
    "schema_": "Of this file.",
}
"""Meanings of fields that need no words in the code."""
BLOCK = re.compile(r"(<!-- table: ([\w.]+):(\w+) -->\n)(.*?)(<!-- end -->)", re.S)


def current(text: str) -> str:
    """``text`` with every table made anew."""
    return BLOCK.sub(lambda match: f"{match[1]}{table(match[2], match[3])}{match[5]}", text)


def table(module: str, name: str) -> str:
    """The table of one model."""
    model: type[BaseModel] = getattr(importlib.import_module(module), name)
    told = _meanings(model)
    schema = model.model_json_schema(by_alias=True, mode="validation")
    rows = ["| Field | JSON | Default | Meaning |", "|---|---|---|---|"]
    for field, info in model.model_fields.items():
        shown = info.alias or field
        kind = _kind(schema["properties"][shown], schema)
        meaning = info.description or told.get(field, "")
        rows.append(f"| `{shown}` | {kind} | {_default(info)} | {_cell(meaning)} |")
    return "\n".join(rows) + "\n"


def _default(info: Any) -> str:
    if info.is_required():
        return "required"
    value = info.default_factory() if info.default_factory else info.default
    if value is PydanticUndefined:
        return ""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, dict):
        return "`{}`"
    return {None: "`null`", (): "`[]`", "": "`\"\"`"}.get(value, f"`{value}`".lower())


def _kind(schema: dict[str, Any], whole: dict[str, Any]) -> str:
    """A JSON schema in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        target = whole["$defs"][name]
        return " or ".join(f"`\"{value}\"`" for value in target["enum"]) if "enum" in target else name
    if "anyOf" in schema:
        return " or ".join(_kind(one, whole) for one in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f"`\"{value}\"`" for value in schema["enum"])
    if "const" in schema:
        return f"`\"{schema['const']}\"`"
    kind = schema.get("type")
    if kind == "array":
        if "prefixItems" in schema:
            return "[" + ", ".join(_kind(one, whole) for one in schema["prefixItems"]) + "]"
        return f"list of {_kind(schema['items'], whole)}"
    if kind == "object":
        extra = schema.get("additionalProperties")
        return f"object of {_kind(extra, whole)}" if isinstance(extra, dict) and extra else "object"
    if kind == "string" and schema.get("pattern", "").startswith(r"^-?\d+(/"):
        return "time"
    return kind or "any"


def _cell(text: str) -> str:
    """Prose of a docstring as one Markdown cell."""
    text = re.sub(r":\w+:`([^`]+)`", r"`\1`", text).replace("``", "`").replace("|", "\\|")
    return " ".join(text.split())


def _meanings(model: type[BaseModel]) -> dict[str, str]:
    """Field -> the string literal that stands below it in the source."""
    body = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    assert isinstance(body, ast.ClassDef)
    prose = " ".join((inspect.getdoc(model) or "").split())
    found = {**PLAIN, **dict(re.findall(r"``(\w+)``: (.+?)(?=[;.,] ``|\.?$|\. )", prose))}
    for line, after in zip(body.body, body.body[1:], strict=False):
        if (isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and isinstance(after, ast.Expr)
                and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str)):
            found[line.target.id] = after.value.value
    return found


def main() -> int:
    before = PAGE.read_text(encoding="utf-8")
    after = current(before)
    if "--check" in sys.argv:
        print("current" if before == after else f"{PAGE.name} is not current: run make docs")
        return int(before != after)
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
