"""``ciak subtitle``: subtitles made of a film (what it does when nothing else is said), checked, fixed,
converted, and the profiles that they are held against."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ciak.cli.captions import captions
from ciak.cli.dubbing import FILE, write
from ciak.cli.live import live, named_live
from ciak.cli.presence import presence
from ciak.cli.screen import command, emit, progress, table, tell

if TYPE_CHECKING:
    from ciak.dubbing.files import Against, Checked

__all__ = ["subtitle"]

F = TypeVar("F", bound=Callable[..., Any])


class _Subtitles(click.Group):
    """A group whose first word may be left out: ``ciak subtitle FILM`` writes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands:
            args = named_live(args)
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["write", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Subtitles, epilog="\b\nExample:\n  ciak subtitle scene.mp4 --to it\n"
             "  ciak subtitle check scene.it.srt --video scene.mp4 --profile netflix-it")
def subtitle() -> None:
    """Subtitles: written for a film, checked against a client's rules, and fixed.

    `ciak subtitle FILM` is short for `ciak subtitle write FILM`, `ciak subtitle --live SOURCE` for
    `ciak subtitle live SOURCE`.
    """


def _held(function: F) -> F:
    """The options that say what a file is held against."""
    for option in (
            click.option("--language", metavar="L", help="The language of FILE, where it does not say."),
            click.option("--rate", metavar="R", help="Frames per second: 24, 23.976, 30000/1001. By default the "
                         "video's, else the file's own, else 24."),
            click.option("--video", type=FILE, metavar="V", help="The picture, a file or a film folder: for its rate "
                         "and its shot changes."),
            click.option("--profile", metavar="P", help="The client's rules, one of `ciak subtitle profiles` or a "
                         ".toml file of your own; by default Netflix's for the language.")):
        function = option(function)
    return function


def _against(profile: str | None, rate: str | None, video: Path | None, language: str | None) -> Against:
    from ciak.dubbing.files import Against

    return Against(profile, rate, video, language)


@command("ciak subtitle check scene.it.srt --video scene.mp4 --profile netflix-it")
@click.argument("file", type=FILE)
@_held
@click.pass_context
def check(ctx: click.Context, /, file: Path, as_json: bool, **held: Any) -> None:
    """List every rule that the subtitles in FILE break, with time and rule. Changes nothing.

    Exit code 0: no rule is broken; 1: some are.
    """
    from ciak.dubbing.files import check_file

    with progress() as meter:
        found = check_file(file, _against(**held), meter("finding shot changes") if held["video"] else _silent)
    rows = [_violation(found, one) for one in found.violations]
    emit({"file": str(file.absolute()), **_terms(found), "violations": rows, "counts": found.counts},
         [*(f"{row['timecode']}  {row['cue']:>4}  {row['rule']:13} {_measured(row)}  {row['text']}" for row in rows),
          _summary(found)], as_json=as_json)
    ctx.exit(1 if found.violations else 0)


@command("ciak subtitle fix scene.it.srt --video scene.mp4 --profile netflix-it --out scene.it.netflix.srt")
@click.argument("file", type=FILE)
@_held
@click.option("--out", type=FILE, metavar="FILE", help="Where the fixed subtitles go, by default NAME.fixed.EXT beside "
              "FILE. The ending says the format.")
@click.pass_context
def fix(ctx: click.Context, /, file: Path, out: Path | None, as_json: bool, **held: Any) -> None:
    """Mend the subtitles in FILE as far as it can be done without losing a word, and say what is left and why.

    Exit code 0: no rule is broken any more; 1: some are, each with its cause.
    """
    from ciak.dubbing.files import fix_file

    with progress() as meter:
        done = fix_file(file, _against(**held), out, meter("finding shot changes") if held["video"] else _silent)
    fixed, cues = done.fixed, done.fixed.document.cues
    rest = [{"cue": one.cue, "rule": one.rule, "code": one.code, "cause": one.cause,
             "start": float(cues[one.cue - 1].span.start), "timecode": _timecode(done.before, cues[one.cue - 1]),
             "text": " | ".join(cues[one.cue - 1].lines)} for one in fixed.rest]
    for loss in done.losses:
        if "milliseconds" not in loss:  # half of one is nothing to a frame
            tell(f"{done.out.name} does not hold {loss}")
    emit({"file": str(file.absolute()), "out": str(done.out.absolute()), **_terms(done.before),
          "violations_before": len(done.before.violations), "moved": fixed.moved, "reworded": fixed.reworded,
          "divided": fixed.divided, "joined": fixed.joined, "rest": rest, "losses": list(done.losses)},
         [*(f"{row['timecode']}  {row['cue']:>4}  {row['rule']:13} {row['cause']}  ({row['text']})" for row in rest),
          f"{len(done.before.violations)} broken rules before, {len(rest)} now; {fixed.moved} subtitles moved, "
          f"{fixed.reworded} with other lines, {fixed.divided} divided, {fixed.joined} joined",
          f"written: {done.out}"], as_json=as_json)
    ctx.exit(1 if rest else 0)


@command("ciak subtitle convert scene.it.srt scene.it.ttml --rate 24\n"
         "ciak subtitle convert cinema.srt television.srt --speed 24:25 --shift -10")
@click.argument("file", type=FILE)
@click.argument("out", type=FILE)
@click.option("--to", "kind", metavar="F", help="The format, where the ending does not say: srt, webvtt, ass, imsc, "
              "dcp, ebu-stl.")
@click.option("--speed", metavar="FROM:TO", help="The film is now played at another rate: 24:25 (PAL speed-up), "
              "24:23.976 (pull-down), 25:24.")
@click.option("--shift", metavar="S", default="0", help="Seconds by which all come later, or with a minus earlier.")
@click.option("--rate", metavar="R", help="Frames per second that OUT counts by; times go to the nearest frame.")
@click.option("--start", metavar="TC", help="Timecode of the film's first frame in OUT: 01:00:00:00.")
def convert(file: Path, out: Path, kind: str | None, as_json: bool, **clock: Any) -> None:
    """Write the subtitles in FILE as OUT, whose ending says the format, and say what that does not hold."""
    from ciak.dubbing.files import convert_file
    from ciak.film import Rate

    pair, rate = None, clock["rate"]
    if (speed := clock["speed"]) is not None:
        if speed.count(":") != 1:
            raise click.UsageError("--speed wants two rates with a colon between, 24:25")
        one, other = speed.split(":")
        pair = (Rate.parse(one), Rate.parse(other))
    count, losses = convert_file(file, out, kind, speed=pair, shift=_seconds(clock["shift"]),
                                 rate=Rate.parse(rate) if rate else None, start=clock["start"])
    emit({"file": str(file.absolute()), "out": str(out.absolute()), "cues": count, "losses": list(losses)},
         [*(f"{out.name} does not hold {loss}" for loss in losses), f"{count} subtitles written: {out}"],
         as_json=as_json)


def _seconds(text: str) -> Fraction:
    if not re.fullmatch(r"-?\d{1,6}(\.\d{1,6})?", text, re.ASCII):
        raise click.UsageError(f"--shift wants seconds, 2.5 or -10, not {text[:20]!r}")
    return Fraction(text)


@command("ciak subtitle resync found.it.srt scene.mp4\n"
         "ciak subtitle resync television.srt films/night --out night.it.srt")
@click.argument("file", type=FILE)
@click.argument("film_or_video", type=FILE)
@click.option("--out", type=FILE, metavar="FILE", help="Where the subtitles go, by default NAME.resynced.EXT beside "
              "FILE. The ending says the format.")
def resync(file: Path, film_or_video: Path, out: Path | None, as_json: bool) -> None:
    """Move the subtitles in FILE to where FILM_OR_VIDEO, by its sound, says that they belong: one offset, and one
    factor where they were made for another frame rate or drift.

    Subtitles that fit no better than another film's would are refused. For another cut of the film see `ciak conform`.
    """
    from ciak.bootstrap import settings
    from ciak.dubbing.files import resync_file

    with progress() as meter:
        target, clock, count, fallen = resync_file(file, film_or_video, settings(), out,
                                                   meter("listening for speech"))
    named = clock.rates and f"{float(clock.rates[0].fps):.6g}:{float(clock.rates[1].fps):.6g}"
    factor = f" after a change of speed by {float(clock.factor):.6f}" + (f" ({named})" if named else "")
    emit({"file": str(file.absolute()), "out": str(target.absolute()), "cues": count, "fallen": fallen,
          "offset": float(clock.offset), "factor": float(clock.factor), "rates": named, "fit": clock.fit},
         [f"{count} subtitles moved by {float(clock.offset):+.3f} s" + (factor if clock.factor != 1 else ""),
          *([f"{fallen} of them would have ended before the film and are left out"] if fallen else []),
          f"fit {clock.fit:.2f} (1: every subtitle begins with a voice)", f"written: {target}"], as_json=as_json)


@command("ciak subtitle review films/night\nciak subtitle review scene.it.srt --language it")
@click.argument("film_or_file", type=FILE)
@click.option("--language", metavar="L", help="Of a film: read this language only. Of a file: its language, where it "
              "does not say.")
@click.pass_context
def review(ctx: click.Context, /, film_or_file: Path, language: str | None, as_json: bool) -> None:
    """Read the words of a film, in every language, or of a subtitle file: spelling, names written in two ways, terms
    that are not rendered as agreed, signs. With a report of each language of a film. Changes nothing.

    Exit code 0: nothing is remarked; 1: something is.
    """
    from ciak.cli.reviewing import reviewed

    with progress() as meter:
        reports = reviewed(film_or_file, language, meter("reading"))
    emit(reports.as_json, reports.lines, as_json=as_json)
    ctx.exit(1 if reports.remarked else 0)


@command("ciak subtitle profiles netflix-it")
@click.argument("name", required=False)
def profiles(name: str | None, as_json: bool) -> None:
    """The profiles there are, or every rule of the one NAMEd, with its source and date."""
    from ciak.dubbing.profile import RULES, profile_named
    from ciak.dubbing.profile import profiles as names

    if name is None:
        known = [profile_named(one) for one in names()]
        emit({"profiles": [{"name": one.name, "title": one.title, "version": one.version, "language": one.language}
                           for one in known]},
             table(("profile", "version", "for"), [(one.name, one.version, one.title) for one in known]),
             as_json=as_json)
        return
    one = profile_named(name)
    speeds = [("reading-speed", f"{speed} ({language})", "") for language, speed in one.speeds]
    rows = [(rule, str(entry.limit), RULES[rule], f"{entry.source}, {entry.date}") for rule, entry in one.rules]
    emit({"name": one.name, "title": one.title, "version": one.version, "language": one.language,
          "rules": {rule: {"limit": str(entry.limit), "source": entry.source, "date": entry.date}
                    for rule, entry in one.rules}, "speeds": dict(one.speeds)},
         [f"{one.title}, version {one.version}",
          *table(("rule", "limit", "what", "source"), [*rows, *((*speed, "") for speed in speeds)])], as_json=as_json)


def _silent(done: float) -> None:
    """Too short to be told."""


def _terms(found: Checked) -> dict[str, Any]:
    return {"profile": found.profile.name, "version": found.profile.version, "rate": str(found.rate),
            "language": found.document.language, "cues": len(found.document.cues),
            "shot_changes": None if found.cuts is None else len(found.cuts),
            "findings": [{"line": one.line, "code": one.code, "message": one.message} for one in found.findings]}


def _violation(found: Checked, one: Any) -> dict[str, Any]:
    cue = found.document.cues[one.cue - 1]
    return {"cue": one.cue, "rule": one.rule, "measured": round(one.measured, 3), "limit": round(one.limit, 3),
            "start": float(cue.span.start), "end": float(cue.span.end), "timecode": _timecode(found, cue),
            "text": " | ".join(cue.lines)}


def _timecode(found: Checked, cue: Any) -> str:
    from ciak.film import Timecode

    return str(Timecode(0, found.rate).at(cue.span.start))


def _measured(row: dict[str, Any]) -> str:
    return f"{row['measured']:g} (limit {row['limit']:g})"


def _summary(found: Checked) -> str:
    shots = "no picture given: shot changes are not judged" if found.cuts is None else f"{len(found.cuts)} shot changes"
    told = f"{len(found.document.cues)} subtitles, {found.profile.title}, {float(found.rate.fps):.5g} frames a second, "
    return f"{told}{shots}: " + (", ".join(f"{count} x {rule}" for rule, count in found.counts.items())
                                 or "no rule is broken")


for _one in (write, check, review, fix, convert, resync, profiles, captions, presence, live):
    subtitle.add_command(_one)
