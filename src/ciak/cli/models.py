"""``ciak models list|pull|verify|path``: the models in the cache folder, which nothing but ``pull`` ever fills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ciak.cli.screen import command, emit, megabytes, progress, table, tell

if TYPE_CHECKING:
    from ciak.models import ModelStatus

__all__ = ["models"]


@click.group(epilog="\b\nExample:\n  ciak models pull whisper-base")
def models() -> None:
    """The models that the backends work with."""


@command("ciak models list --json")
def list_(as_json: bool) -> None:
    """Every model: its task, whether it is here, its size and licence."""
    from ciak.bootstrap import model_store

    store = model_store()
    found = store.listing()
    rows = [(one.name, one.task, one.state, megabytes(one.installed_bytes if one.folder else one.download_bytes),
             one.licence + (" (research only)" if one.research else "")) for one in found]
    absent = store.total_bytes(one.name for one in found if one.state == "absent" and not one.research)
    emit({"models": [_status(one) for one in found], "to_fetch": absent},
         [*table(("model", "task", "state", "size", "licence"), rows), f"to fetch: {megabytes(absent)}"],
         as_json=as_json)


@command("ciak models pull kokoro\nciak models pull --all")
@click.argument("names", nargs=-1, metavar="NAME...")
@click.option("--all", "everything", is_flag=True, help="All models that are not here, research ones left out.")
@click.option("--accept-research", is_flag=True, help="Also weights that may be used for research only.")
def pull(names: tuple[str, ...], everything: bool, accept_research: bool, as_json: bool) -> None:
    """Fetch, convert and check models. What is here and sound is left alone; an interrupted pull goes on."""
    from ciak.bootstrap import model_store

    store = model_store()
    if everything == bool(names):
        raise click.UsageError("name the models to pull, or give --all")
    wanted = names or tuple(one.name for one in store.listing() if one.state != "carried" and not one.research)
    tell(f"to fetch: {megabytes(store.total_bytes(wanted))}")
    with progress() as meter:
        for name in wanted:
            store.pull(name, meter(name), accept_research=accept_research)
    done = [store.status(name) for name in wanted]
    emit({"models": [_status(one) for one in done]},
         [f"{one.name}: {megabytes(one.installed_bytes)} in {one.folder}" for one in done], as_json=as_json)


@command("ciak models verify")
@click.argument("names", nargs=-1, metavar="[NAME...]")
@click.pass_context
def verify(ctx: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Read every file of the models (by default of all that are here) and compare its sha256.

    Exit code 0: all are sound; 1: one is not.
    """
    from ciak.bootstrap import model_store
    from ciak.errors import ModelError

    store = model_store()
    wanted = names or tuple(one.name for one in store.listing() if one.state != "absent")
    results: list[dict[str, Any]] = []
    with progress() as meter:
        for name in wanted:
            try:
                store.verify(name, meter(name))
                results.append({"name": name, "sound": True, "message": "sound"})
            except ModelError as error:
                results.append({"name": name, "sound": False, "message": str(error)})
    emit({"models": results}, [f"{one['name']}: {one['message']}" for one in results] or ["no model is here"],
         as_json=as_json)
    ctx.exit(0 if all(one["sound"] for one in results) else 1)


@command("ciak models path kokoro")
@click.argument("name", required=False)
def path(name: str | None, as_json: bool) -> None:
    """Where the model NAME lies; without a name, the cache folder of all."""
    from ciak.bootstrap import model_store, settings

    folder = model_store().folder(name) if name else settings().models
    emit({"path": str(folder)}, [str(folder)], as_json=as_json)


def _status(one: ModelStatus) -> dict[str, Any]:
    return {"name": one.name, "task": one.task, "title": one.title, "licence": one.licence, "credit": one.credit,
            "revision": one.revision, "state": one.state, "folder": str(one.folder) if one.folder else None,
            "download_bytes": one.download_bytes, "installed_bytes": one.installed_bytes, "research": one.research,
            "sources": list(one.sources)}


for _command in (list_, pull, verify, path):
    models.add_command(_command)
