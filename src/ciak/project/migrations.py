"""From older title sheets to the one of today, one schema at a time.

Schema 0 is the layout before the first release: ``fps`` as a float where ``rate`` is an exact fraction now, and
``video`` as a bare path where ``[source]`` is now. A newer schema is refused: nobody guesses at the future. Adding
schema *n+1*: write ``_from_n``, add it to ``STEPS``, keep a golden folder of schema *n* in the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ciak.errors import Damaged, NewerSchema
from ciak.film import Rate
from ciak.project.sheet import SCHEMA

__all__ = ["STEPS", "migrate", "schema_of"]

Values = dict[str, object]


def schema_of(values: Mapping[str, object], file: str = "film.toml") -> int:
    """The schema that a sheet says it has. Raises :class:`NewerSchema`, and :class:`Damaged` when it says none."""
    schema = values.get("schema")
    if schema is None and "fps" in values:
        return 0
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 0:
        raise Damaged(f"{file} line 1: no schema number", remedy=f"its first line should be: schema = {SCHEMA}",
                      file=file, line=1)
    if schema > SCHEMA:
        raise NewerSchema(f"the film has schema {schema}, this Ciak reads up to {SCHEMA}",
                          remedy="open it with a newer Ciak", file=file, line=1)
    return schema


def migrate(values: Mapping[str, object], file: str = "film.toml") -> Values:
    """``values`` of any older schema, brought step by step to the schema of today."""
    current = dict(values)
    for schema in range(schema_of(values, file), SCHEMA):
        current = STEPS[schema](current)
        current["schema"] = schema + 1
    return current


def _from_0(old: Values) -> Values:
    """``fps = 23.976`` becomes ``rate = "24000/1001"``; ``name`` becomes ``title``; ``video`` is dropped.

    The path of a video without its hash is no source: it is imported again.
    """
    new = {key: value for key, value in old.items() if key not in ("fps", "name", "video")}
    fps = old.get("fps")
    if isinstance(fps, int | float) and not isinstance(fps, bool) and 1 <= fps <= 1000:
        new["rate"] = str(Rate.nearest(fps))
    elif fps is not None:
        raise Damaged(f"film.toml: fps = {str(fps)[:40]} is not a frame rate", file="film.toml", line=1)
    if "name" in old:
        new.setdefault("title", old["name"])
    return new


STEPS: dict[int, Callable[[Values], Values]] = {0: _from_0}
"""Schema -> what brings it to the next."""
