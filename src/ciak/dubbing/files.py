"""Subtitle files from anywhere: checked against a profile, fixed, and moved to a new cut.

The rate is the one that is given, else the picture's, else the file's own, else 24; shot changes are those of the
picture, when there is one. What is written stands beside the file under a name of its own, or where ``out`` says,
whole or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from ciak.config import Settings
from ciak.dubbing.checking import Violation, check
from ciak.dubbing.conversion import converted, on_clock
from ciak.dubbing.fixing import Fixed, fix
from ciak.dubbing.foreground import Levels, foreground
from ciak.dubbing.italicising import italicised, wrong_italics
from ciak.dubbing.profile import Profile, profile_for, profile_named
from ciak.dubbing.resyncing import Clock, resync
from ciak.errors import BadInput, NothingToDo
from ciak.film import Changed, Cut, Fallen, Loop, Rate, Span, SubtitleDocument, conform, conform_subtitles
from ciak.formats import Finding, examine_subtitles, read_subtitles, shown, subtitle_losses, write_subtitles
from ciak.formats.base import can_write
from ciak.formats.subtitles import SUBTITLES, format_in, format_of
from ciak.store import commit_bytes

if TYPE_CHECKING:
    from ciak.project import Film

__all__ = ["Against", "Checked", "Mended", "check_file", "conform_file", "convert_file", "fix_file",
           "resync_file"]

Note = Changed | Fallen
Tick = Callable[[float], None]


def _silent(done: float) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Against:
    """What a file is held against. ``profile``: a name or a path, by default Netflix's for the language; ``rate``:
    frames a second; ``video``: the picture, a file or a film folder; ``language`` of the file where it is not said."""

    profile: str | None = None
    rate: str | None = None
    video: Path | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file says, by which rules, and what breaks them; ``findings``: what of it could not be read."""

    document: SubtitleDocument
    profile: Profile
    rate: Rate
    cuts: tuple[int, ...] | None
    """Frames of the shot changes; None when no picture was given."""
    violations: tuple[Violation, ...]
    findings: tuple[Finding, ...]
    lines: tuple[Loop, ...] = ()
    """Of the film's original, where one was given that has some: they say what is in italics."""

    @property
    def counts(self) -> dict[str, int]:
        """How often each rule is broken, the most frequent first."""
        return dict(Counter(one.rule for one in self.violations).most_common())


@dataclass(frozen=True, slots=True)
class Mended:
    """What was wrong, what was done, and where it is; ``losses``: what the written format does not hold."""

    before: Checked
    fixed: Fixed
    out: Path
    losses: tuple[str, ...]


def check_file(path: Path, against: Against, tick: Tick = _silent) -> Checked:
    """Every rule that a subtitle file breaks. Raises a :class:`ciak.errors.BadInput` for a file, a profile, a rate or
    a picture that cannot be used."""
    if against.rate is not None:
        Rate.parse(against.rate)
    reading = examine_subtitles(path)
    document = reading.document
    if not document.cues:
        raise NothingToDo(f"{shown(path)} holds no subtitle", path=str(path))
    if document.language == "und" and against.language:
        try:
            document = SubtitleDocument.model_validate({**document.model_dump(), "language": against.language})
        except ValueError:
            raise BadInput(f"{against.language[:20]!r} is no language code", remedy="write en, it or pt-BR") from None
    profile = profile_named(against.profile) if against.profile else profile_for("netflix", document.language)
    rate, cuts = _picture(against, document, tick)
    lines = _lines(against.video)
    found = [*check(document, profile, rate, cuts or ()), *wrong_italics(document.cues, lines, profile)]
    found.sort(key=lambda one: one.cue)
    return Checked(document, profile, rate, cuts, tuple(found), reading.findings, lines)


def fix_file(path: Path, against: Against, out: Path | None = None, tick: Tick = _silent) -> Mended:
    """Mend a subtitle file and write it to ``out``, by default ``NAME.fixed.EXT`` beside it; its format is told by
    the name, else it stays. Raises as :func:`check_file`, and :class:`ciak.errors.StorageError`."""
    before = check_file(path, against, lambda done: tick(done * 0.9))
    if any(finding.fatal for finding in before.findings):
        lost = next(finding for finding in before.findings if finding.fatal)
        raise BadInput(f"{shown(path)}, line {lost.line}: {lost.message}", path=str(path), line=lost.line,
                       remedy="correct that line first: what is written would be without it")
    target, kind = _target(path, out, "fixed")
    document = italicised(before.document, before.lines, before.profile)
    fixed = fix(document, before.profile, before.rate, before.cuts or ())
    data = write_subtitles(fixed.document, kind)
    commit_bytes(target, data)
    tick(1.0)
    return Mended(before, fixed, target, subtitle_losses(fixed.document, kind))


def conform_file(path: Path, old: Cut, new: Cut, out: Path | None = None) -> tuple[Path, int, tuple[Note, ...]]:
    """Subtitles moved from the cut ``old`` to the cut ``new``: the file written (``NAME.conformed.EXT`` by default),
    how many there were, and a note for each that is not where it was. Raises as :func:`fix_file`, and
    :class:`NothingToDo` for cuts that share no picture."""
    mapping = conform(old, new)
    if not mapping.shared:
        raise NothingToDo("the two cuts share no picture", remedy="check that OLD and NEW are cuts of the same film")
    document = read_subtitles(path)
    after, notes = conform_subtitles(document, mapping)
    if not after.cues:
        raise NothingToDo(f"the new cut shows no picture that {shown(path)} stands on")
    target, kind = _target(path, out, "conformed")
    commit_bytes(target, write_subtitles(after, kind))
    return target, len(document.cues), notes


def resync_file(path: Path, sound: Path, settings: Settings, out: Path | None = None,
                tick: Tick = _silent) -> tuple[Path, Clock, int, int]:
    """Subtitles moved to where their film's ``sound`` (a file or a film folder) says that they belong
    (:func:`ciak.dubbing.resyncing.resync`): the file written (``NAME.resynced.EXT`` by default), the clock, how many
    subtitles there were and how many of them would have ended before the film.

    Raises as :func:`fix_file`, and :class:`NothingToDo` where the sound does not say it."""
    from ciak.dubbing.crew import Crew
    from ciak.media import probe_limited, sound_blocks

    document = read_subtitles(path)
    target, kind = _target(path, out, "resynced")
    source = _film(sound).source_path() if sound.is_dir() else sound
    length = float(probe_limited(source).duration) or 1.0
    crew, levels = Crew(settings), Levels()
    speech: list[Span] = []
    with crew.at_work():
        for span in crew.detector.detect(levels.note(sound_blocks(source, rate=crew.detector.rate, channels=1))):
            speech.append(span)
            tick(min(0.9, 0.9 * float(span.end) / length))
    ordered = sorted((cue.span for cue in document.cues), key=lambda span: span.start)
    clock = resync(ordered, foreground(levels.decibels(), speech), lambda done: tick(0.9 + 0.1 * done))
    after, fallen = on_clock(document, clock.factor, clock.offset)
    commit_bytes(target, write_subtitles(after, kind))
    return target, clock, len(document.cues), fallen


def convert_file(path: Path, out: Path, kind: str | None = None, *, speed: tuple[Rate, Rate] | None = None,
                 shift: Fraction = Fraction(0), rate: Rate | None = None,
                 start: str | None = None) -> tuple[int, tuple[str, ...]]:
    """A subtitle file in the format ``kind``, by default the one that ``out`` is named for, on another clock where one
    is asked for (:func:`ciak.dubbing.conversion.converted`): how many subtitles, and what the format does not hold.

    Raises as :func:`fix_file`; where neither says a format it is a :class:`BadInput`."""
    kind = kind or format_of(out)
    if kind is None:
        endings = ", ".join(one.suffixes[0] for one in SUBTITLES.values() if can_write(one))
        raise BadInput(f"{shown(out)} does not say which format is wanted", remedy=f"name it {endings}, or say --to")
    document = converted(read_subtitles(path), speed=speed, shift=shift, rate=rate, start=start)
    commit_bytes(out, write_subtitles(document, kind))
    return len(document.cues), subtitle_losses(document, kind)


def _target(path: Path, out: Path | None, what: str) -> tuple[Path, str]:
    """Where to write, and in which format: that of the file, unless ``out`` is named for another."""
    target = out or path.with_name(f"{path.stem}.{what}{path.suffix}")
    own, named = format_in(path), format_of(target)
    kind = own if own is not None and (named is None or target.suffix.lower() in SUBTITLES[own].suffixes) else named
    if kind is None or not can_write(SUBTITLES[kind]):
        title = SUBTITLES[kind].title if kind else "such subtitles"
        raise BadInput(f"Ciak reads {title} and does not write it", remedy="give another name: --out NAME.srt")
    return target, kind


def _picture(against: Against, document: SubtitleDocument, tick: Tick) -> tuple[Rate, tuple[int, ...] | None]:
    """Rate and shot changes; the picture is looked through once."""
    given = Rate.parse(against.rate) if against.rate else None
    if against.video is None:
        return given or Rate(document.rate or Fraction(24)), None
    source, rate = _source(against.video)
    from ciak.media import find_shots, read_timeline

    rate = given or rate or read_timeline(source).rate
    shots = find_shots(source, rate, tick)
    return rate, tuple(shot.first for shot in shots if shot.first > 0)


def _lines(video: Path | None) -> tuple[Loop, ...]:
    """What is said in a film folder, in its own language."""
    if video is None or not video.is_dir():
        return ()
    film = _film(video)
    told = (film.dialogue(code) for code in film.languages())
    return next((one.loops for one in told if one is not None and one.source is None), ())


def _source(video: Path) -> tuple[Path, Rate | None]:
    """The file of a picture and, of a film, its rate."""
    if video.is_dir():
        film = _film(video)
        if film.source is None or not film.source.picture:
            raise NothingToDo(f"the film {film.title} has no picture", remedy="ciak import it first")
        return film.source_path(), film.rate
    from ciak.media import probe_limited

    if probe_limited(video).picture is None:
        raise NothingToDo(f"{shown(video)} has no picture", remedy="leave out --video")
    return video, None


def _film(folder: Path) -> Film:
    """The film in ``folder``, which has a source."""
    from ciak.project import Film as Opened

    film = Opened.open(folder)
    if film.source is None:
        raise NothingToDo(f"the film {film.title} has no picture and no sound yet", remedy="ciak import it first")
    return film
