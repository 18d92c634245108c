"""``ciak provenance``: what a delivered file says of its making, whether its bytes are those that were signed, and
whether its sound carries the mark of synthetic speech."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ciak.cli.screen import command, emit

if TYPE_CHECKING:
    from ciak.media.marking import Sounded
    from ciak.media.signing import Credentials

__all__ = ["provenance"]

FILE = click.Path(path_type=Path)


@click.group(epilog="\b\nExample:\n  ciak provenance show night.it.mp4\n  ciak provenance verify night.it.mp4\n  "
             "ciak provenance mark night.it.mp4")
def provenance() -> None:
    """Content Credentials (C2PA) of delivered films: who and what made them, and whether they were changed since; and
    the mark of synthetic speech in their sound."""


def _value(file: Path, found: Credentials) -> dict[str, Any]:
    return {"file": str(file.absolute()), "state": found.state, "problems": list(found.problems),
            "signer": found.signer, "trusted": found.trusted, "sidecar": found.sidecar}


def _told(found: Credentials) -> list[str]:
    if found.state == "absent":
        return ["no Content Credentials"]
    who = f"signed by {found.signer or 'nobody that can be read'}, {'trusted' if found.trusted else 'untrusted'}"
    where = " (in the file beside it)" if found.sidecar else ""
    return [f"{found.state}{where}", who, *found.problems]


@command("ciak provenance verify night.it.mp4")
@click.argument("file", type=FILE)
@click.pass_context
def verify(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Say whether FILE is byte for byte what was signed.

    Exit code 0: it is; 1: it was changed, or carries no credentials. "Untrusted" means that the signer is on no list
    that is kept here; it is no fault of the bytes.
    """
    from ciak.media.signing import verify_file

    found = verify_file(file)
    emit(_value(file, found), _told(found), as_json=as_json)
    ctx.exit(0 if found.state == "valid" else 1)


@command("ciak provenance show night.it.mp4")
@click.argument("file", type=FILE)
def show(file: Path, as_json: bool) -> None:
    """What FILE says of its making: actions, who made which track, models, consents by number."""
    from ciak.media.signing import verify_file

    found = verify_file(file)
    assertions = {one.get("label", ""): one.get("data") for one in found.manifest.get("assertions", ())}
    emit({**_value(file, found), "manifest": dict(found.manifest)},
         [*_told(found), *(f"{label}: {json.dumps(data, ensure_ascii=False)}" for label, data in assertions.items()
                           if not label.startswith("c2pa.hash"))], as_json=as_json)


def _marked(one: Sounded) -> list[str]:
    """What was found in one sound, line by line."""
    name = f"sound {one.stream + 1}{f' ({one.language})' if one.language else ''}"
    times = one.mark.score / one.mark.threshold
    if not one.mark.found:
        return [f"{name}: no mark ({times:.2f} of the threshold)"]
    return [f"{name}: marked, {times:.1f} times the threshold",
            *(f"  {start:.1f} to {end:.1f} s" for start, end in one.mark.spans)]


@command("ciak provenance mark night.it.mp4")
@click.argument("file", type=FILE)
@click.pass_context
def mark(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Look for Ciak's inaudible mark of synthetic speech in the sound of FILE, as far as it was not cut or slowed.

    Exit code 0: it is there; 1: it was not found, which does not say that people spoke.
    """
    from ciak.media.marking import marks_of

    found = marks_of(file)
    there = any(one.mark.found for one in found)
    emit({"file": str(file.absolute()), "found": there, "sounds": [
        {"stream": one.stream, "language": one.language, "found": one.mark.found, "score": round(one.mark.score, 3),
         "threshold": round(one.mark.threshold, 3), "seconds": round(one.mark.seconds, 3),
         "spans": [[round(start, 3), round(end, 3)] for start, end in one.mark.spans]} for one in found]},
        [line for one in found for line in _marked(one)], as_json=as_json)
    ctx.exit(0 if there else 1)


for _command in (show, verify, mark):
    provenance.add_command(_command)
