"""``ciak subtitle write`` and ``ciak dub``: a film, a video or a sound in; subtitles, voices and a report out.

The work runs as a job in a process of its own, so that Ctrl-C ends it cleanly, a crash of a codec or a model does
not take the terminal with it, and ``ciak jobs`` can resume what was interrupted.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ciak.cli.screen import command, emit, progress, tell

if TYPE_CHECKING:
    from ciak.jobs import Progress

__all__ = ["FILE", "dub", "write"]

FILE = click.Path(path_type=Path)


@command("ciak subtitle write scene.mp4 --to it\nciak subtitle interview.wav --language en --out subtitles\n"
         "ciak subtitle scene.mp4 --script scene.fountain")
@click.argument("film_or_video", type=FILE)
@click.option("--language", metavar="L", help="The language that is spoken: en, it... By default it is recognised.")
@click.option("--to", metavar="L", help="Translate into this language too.")
@click.option("--subtitles", type=FILE, metavar="FILE", help="Your own subtitles of the original.")
@click.option("--script", type=FILE, metavar="FILE", help="The film's script (Fountain), laid on the sound: "
              "its words win.")
@click.option("--as-recorded", type=FILE, metavar="LIST",
              help="An as-recorded list (CSV, XLSX): in, out, character, text.")
@click.option("--profile", metavar="P", help="A client's rules for the subtitles: one of `ciak subtitle profiles` "
              "(netflix means that of each language), or a .toml file of your own.")
@click.option("--format", "formats", metavar="F", multiple=True, help="Subtitles in this format too: imsc, ebu-stl, "
              "ass, dcp. May be given more than once.")
@click.option("--sdh", is_flag=True, help="A version for the deaf and hard of hearing too: speakers, sounds and music, "
              "once a person has approved them (`ciak subtitle captions`).")
@click.option("--on-screen", type=FILE, metavar="FILE", help="What is written in the picture, as subtitles: shown in "
              "all versions, and written as forced narratives (.forced) too.")
@click.option("--out", type=FILE, metavar="DIR", help="Where the files go; by default the film's deliveries, "
              "or NAME-ciak beside you for a video.")
@click.pass_context
def write(ctx: click.Context, /, film_or_video: Path, as_json: bool, **wanted: Any) -> None:
    """Write subtitles of FILM_OR_VIDEO as SRT and WebVTT, and translated with --to; a sound alone will do.

    Exit code 0: written; 1: with --sdh, captions wait for a person's approval, and what has them is not written.
    """
    if _perform("subtitle", film_or_video, wanted, as_json)["waiting"]:
        ctx.exit(1)


@command("ciak dub scene.mp4 --to it\nciak dub films/night --to it --translation night.it.srt\n"
         "ciak dub films/night --to it --loudness streaming-27\n"
         "ciak dub films/night --to it --stems per-channel --two-pop --reels 01:20:00:00,01:40:00:00")
@click.argument("film_or_video", type=FILE)
@click.option("--to", metavar="L", required=True, help="The language to speak: it, en, es, fr.")
@click.option("--language", metavar="L", help="The language that is spoken. By default it is recognised.")
@click.option("--subtitles", type=FILE, metavar="FILE", help="Your own subtitles: the lines to dub.")
@click.option("--script", type=FILE, metavar="FILE", help="The film's script (Fountain), laid on the sound: "
              "its words are the lines.")
@click.option("--as-recorded", type=FILE, metavar="LIST",
              help="An as-recorded list (CSV, XLSX): in, out, character, text.")
@click.option("--translation", type=FILE, metavar="FILE", help="Your own translation as subtitles: "
              "its words are spoken.")
@click.option("--performance", type=click.FloatRange(0, 1), metavar="X", help="How much of the original's performance "
              "(melody, emphasis, pauses) the new lines carry, from 0 to 1. The film keeps it; by default 0.8.")
@click.option("--profile", metavar="P", help="A client's rules for the subtitles: one of `ciak subtitle profiles` "
              "(netflix means that of each language), or a .toml file of your own.")
@click.option("--format", "formats", metavar="F", multiple=True, help="Subtitles in this format too: imsc, ebu-stl, "
              "ass, dcp. May be given more than once.")
@click.option("--loudness", metavar="NAME", default="r128", show_default=True, help="r128 (the programme at "
              "-23 LUFS) or streaming-27 (the dialogue at -27 LUFS, by Ciak's own gate).")
@click.option("--fit", metavar="SHARE", type=float, default=1.0, show_default=True, help="How far takes are fitted to "
              "the sound of their scene, equalisation and room: 0 (level only) to 1.")
@click.option("--fit-recorded", is_flag=True, help="Fit takes that people recorded too, not their level only.")
@click.option("--stems", type=click.Choice(["whole", "per-channel"]), default="whole", help="per-channel: stems as one "
              "WAV per channel too, named _L, _R, _C, _LFE, _Ls, _Rs.")
@click.option("--two-pop", is_flag=True, help="Stems with a frame of 1 kHz at -20 dBFS two seconds before the film; "
              "their timecode begins two seconds earlier.")
@click.option("--handles", metavar="FRAMES", type=int, default=0, help="Silence before and after each exported take.")
@click.option("--reels", metavar="TC,TC", help="Stems cut into reels too: the timecodes at which "
              "reels two, three... begin.")
@click.option("--out", type=FILE, metavar="DIR", help="Where the files go; by default the film's deliveries, "
              "or NAME-ciak beside you for a video.")
def dub(film_or_video: Path, as_json: bool, **wanted: Any) -> None:
    """Speak FILM_OR_VIDEO in another language over its own music and effects.

    Writes the film with both languages and subtitles, stems, timeline, dialogue list and a report per line.
    """
    from ciak.dubbing import Finish

    reels = wanted.pop("reels")
    finish: dict[str, Any] = {name: wanted.pop(name) for name in (
        "loudness", "fit", "fit_recorded", "two_pop", "handles")}
    finish |= {"per_channel": wanted.pop("stems") == "per-channel",
               "reels": [text.strip() for text in reels.split(",")] if reels else []}
    Finish(**{**finish, "reels": tuple(finish["reels"])})  # what cannot be is refused before a folder is made
    _perform("dub", film_or_video, {**wanted, "finish": finish}, as_json)


def _perform(verb: str, film_or_video: Path, wanted: dict[str, Any], as_json: bool) -> dict[str, Any]:
    from ciak.bootstrap import job_runner, prepare
    from ciak.dubbing import Titling
    from ciak.errors import BadInput
    from ciak.jobs import run_here

    Titling(wanted["profile"], tuple(wanted["formats"]))  # what cannot be is refused before a folder is made

    if sum(wanted[name] is not None for name in ("subtitles", "script", "as_recorded")) > 1:
        raise BadInput("the lines can come from one place only",
                       remedy="give one of --subtitles, --script and --as-recorded")
    arguments = {name: value for name, value in wanted.items()
                 if value is not None and value is not False and value != ()}
    if str(arguments.get("profile", "")).endswith(".toml"):
        arguments["profile"] = str(Path(arguments["profile"]).absolute())
    for name in ("subtitles", "script", "as_recorded", "translation", "on_screen", "out"):
        if name in arguments:
            arguments[name] = str(Path(arguments[name]).absolute())
    prepared = prepare(film_or_video, arguments.get("out"))
    arguments["film_or_video"] = str(Path(film_or_video).absolute())
    arguments["out"] = str(prepared.out)
    with job_runner(prepared.film) as runner, progress() as meter:
        def hear(now: Progress) -> None:
            meter.show(now.what, now.done, now.left)

        report = run_here(runner, verb, arguments, film=str(prepared.film.path), listener=hear)
    for note in report["notes"]:
        tell(note)
    emit({**report, "out": str(prepared.out), "folder": str(prepared.film.path)},
         _lines(report, prepared.out, prepared.film.path, wanted["formats"]), as_json=as_json)
    return report


def _lines(report: dict[str, Any], out: Path, film: Path, wanted: Sequence[str]) -> list[str]:
    """What a person wants to know: where things are, how well it went, what waits for them."""
    files: dict[str, str] = report["files"]
    summary: dict[str, Any] = report["summary"]
    shown = [f"{summary['lines']} lines in {' and '.join(report['languages'])}, {summary['flagged']} to look at"]
    if report["mix"]:
        fitting, spoken = summary["in_slot_at_natural_rate"], summary["spoken"]
        shown.append(f"{fitting} of {spoken} spoken lines fit their slot at a natural rate; "
                     f"word error heard back {_figure(summary['word_error_mean'])}")
        shown.append(f"{summary['performed']} of {spoken} lines carry the original's performance; likeness of pitch "
                     f"{_figure(summary['pitch_likeness_mean'])}, of energy {_figure(summary['energy_likeness_mean'])}")
        shown.append(f"loudness ({report['mix']['profile']}) {_figure(report['mix']['integrated'])} LUFS, "
                     f"where somebody speaks {_figure(report['mix']['dialogue'])} LUFS, "
                     f"true peak {_figure(report['mix']['true_peak'])} dBTP")
    roles = [("film", "film"), ("timeline", "timeline"), ("dialogue-list", "dialogue list"), ("report", "report")]
    kinds = ("srt.", *(f"{kind}." for kind in wanted))
    roles[1:1] = [(role, f"subtitles {role.partition('.')[2]}") for role in files if role.startswith(kinds)]
    shown += [f"{name + ':':16} {out / files[role]}" for role, name in roles if role in files]
    shown.append(f"{'film folder:':16} {film}")
    return shown


def _figure(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.2f}"
