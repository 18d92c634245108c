"""``ciak rights``: performers' consents to voices in their likeness, withdrawn and erased when they ask."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ciak.cli.screen import command, emit, table, tell

if TYPE_CHECKING:
    from ciak.project.quarantine import Settled
    from ciak.store.records import Consent

__all__ = ["rights"]

FILE = click.Path(path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])


@click.group(epilog="\b\nExample:\n  ciak rights add films/night --performer \"Ada Conti\" --language it "
             "--until 2027-12-31 --proof \"contract 7\"\n  ciak rights withdraw films/night 1")
def rights() -> None:
    """Whose likeness may be heard in a film: no voice is made, mixed, played or delivered without a consent."""


def _row(one: Consent, why: str = "") -> dict[str, Any]:
    return one.model_dump(mode="json") | {"holds": not why, "why_not": why}


def _settled(done: Settled) -> tuple[dict[str, Any], list[str]]:
    """What a change of the rights did to the sounds, as values and as lines."""
    value = {"quarantined": list(done.apart), "returned": list(done.back), "takes": done.takes,
             "recalled": list(done.recalled), "unreached": list(done.unreached)}
    lines = [*([f"{len(done.apart)} sounds and films went into quarantine"] if done.apart else []),
             *([f"{len(done.back)} came back from quarantine"] if done.back else []),
             *(f"taken back: {path}" for path in done.recalled)]
    for path in done.unreached:
        tell(f"out of reach, destroy it by hand: {path}")
    return value, lines


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


@command("ciak rights list films/night")
@click.argument("film", type=FILE)
def list_(film: Path, as_json: bool) -> None:
    """The consents on record for FILM, and the takes in quarantine. Changes nothing."""
    from ciak.bootstrap import film_of
    from ciak.bootstrap.rights import rights_report

    opened = film_of(film)
    told = rights_report(opened)
    rows = [(one.id, one.performer, one.scope, ", ".join(one.languages) or "all", ", ".join(one.titles) or "all",
             one.since, one.last or "", why or "holds") for one, why in told.consents]
    emit({"film": str(opened.path), "day": told.day.isoformat(), "consents": [_row(*one) for one in told.consents],
          "quarantined": [{"language": language, "take": take, "performer": who}
                          for language, take, who in told.quarantined]},
         [*(table(("number", "performer", "for", "languages", "titles", "from", "to", "today"), rows) if rows
            else ["no consent is on record"]),
          *(f"in quarantine: the take {take} in {language}, {who}" for language, take, who in told.quarantined)],
         as_json=as_json)


@command("ciak rights add films/night --performer \"Ada Conti\" --language it --proof \"contract 7\"\n"
         "ciak rights add films/night --performer \"Ada Conti\" --title Night --until 2027-12-31 --proof scan.pdf")
@click.argument("film", type=FILE)
@click.option("--performer", required=True, help="Who agrees.")
@click.option("--proof", required=True, help="Where the signed paper lies. It is not read.")
@click.option("--language", "languages", metavar="L", multiple=True, help="Only in this language; may be given "
              "more than once. By default in all.")
@click.option("--title", "titles", metavar="T", multiple=True, help="Only in the film of this title. By default in "
              "FILM under any title.")
@click.option("--since", type=DAY, metavar="DAY", help="First day, 2026-12-31. By default today.")
@click.option("--until", type=DAY, metavar="DAY", help="Last day. By default no end.")
@click.option("--for", "scope", type=click.Choice(["voice", "image"]), default="voice", show_default=True,
              help="A synthetic voice in their likeness, or their face.")
@click.option("--note", default="", help="Whatever else was agreed, for people.")
def add(film: Path, performer: str, proof: str, languages: tuple[str, ...], titles: tuple[str, ...],
        since: datetime | None, until: datetime | None, scope: str, note: str, as_json: bool) -> None:
    """Record the consent of a performer. What it covers leaves quarantine."""
    from ciak.bootstrap import film_of
    from ciak.bootstrap.rights import allow

    opened = film_of(film)
    kept, done = allow(opened, performer, proof, scope=scope, languages=languages, titles=titles,
                       term=(_day(since), _day(until)), note=note)
    value, lines = _settled(done)
    emit({"film": str(opened.path), "consent": _row(kept), **value},
         [f"consent number {kept.id} of {kept.performer} is on record", *lines], as_json=as_json)


@command("ciak rights withdraw films/night 1")
@click.argument("film", type=FILE)
@click.argument("number", type=int)
def withdraw(film: Path, number: int, as_json: bool) -> None:
    """Take back consent NUMBER from now on. Takes that it covered go into quarantine: not heard, mixed or delivered."""
    from ciak.bootstrap import film_of
    from ciak.bootstrap.rights import withdraw as verb

    opened = film_of(film)
    kept, done = verb(opened, number)
    value, lines = _settled(done)
    emit({"film": str(opened.path), "consent": _row(kept, "it was withdrawn"), **value},
         [f"consent number {number} of {kept.performer} is withdrawn", *lines], as_json=as_json)


@command("ciak rights erase films/night --performer \"Ada Conti\" --yes")
@click.argument("film", type=FILE)
@click.option("--performer", required=True, help="Who is to be erased.")
@click.option("--yes", is_flag=True, help="Do it: nothing of it can be undone.")
def erase(film: Path, performer: str, yes: bool, as_json: bool) -> None:
    """Erase a performer from FILM: consents, sounds in their likeness and what was made of them, takes, their name."""
    from ciak.bootstrap import film_of
    from ciak.bootstrap.rights import erase_performer
    from ciak.errors import Refused

    if not yes:
        raise Refused("erasing cannot be undone", remedy="say --yes")
    opened = film_of(film)
    gone = erase_performer(opened, performer)
    for path in gone.unreached:
        tell(f"out of reach, destroy it by hand: {path}")
    emit({"film": str(opened.path), "sounds": gone.sounds, "takes": gone.takes, "rows": gone.rows,
          "unreached": list(gone.unreached)},
         [f"erased: {gone.takes} takes, {gone.sounds} files, {gone.rows} rows of the records"], as_json=as_json)


@command("ciak rights check films/night")
@click.argument("film", type=FILE)
@click.pass_context
def check(ctx: click.Context, film: Path, as_json: bool) -> None:
    """Bring FILM into step with its consents as they stand today, and say what may not be used.

    Exit code 0: everything may be; 1: something may not.
    """
    from ciak.bootstrap import film_of
    from ciak.bootstrap.rights import rights_of, rights_report

    opened = film_of(film)
    value, lines = _settled(rights_of(opened))
    told = rights_report(opened)
    emit({"film": str(opened.path), "day": told.day.isoformat(), "refused": list(told.refused), **value},
         [*lines, *(told.refused or ["every voice may be heard"])], as_json=as_json)
    ctx.exit(1 if told.refused else 0)


for _command in (list_, add, withdraw, erase, check):
    rights.add_command(_command)
