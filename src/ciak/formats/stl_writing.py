"""What an EBU STL file will hold of a document: rate, character table, screen, and each subtitle as it will be read.

Every subtitle is encoded and read again before anything is written. The screen is level 1 teletext with rows of
double height where all subtitles come back from that as they were; else teletext with single rows; else open
subtitling, which has italics and underlines, rows wider than 40 cells, and colours that change inside a word (the
standard reserves colours to teletext; other programs read them here too). Characters that a table lacks are
replaced where a plain sign does (dashes, quotes, marks that show nothing); others are refused by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ciak.errors import BadInput, WrongEncoding
from ciak.film.language import Place, StyleKind, SubtitleCue, SubtitleDocument
from ciak.film.time import Rate
from ciak.formats.cells import clusters, rows_of, styled
from ciak.formats.markup import tidied
from ciak.formats.stl_characters import chosen_table
from ciak.formats.stl_header import LANGUAGES, RATES, language_code, title_field
from ciak.formats.stl_place import OPEN, TELETEXT, Screen, finer
from ciak.formats.stl_text import COLOURS, EncodedText, decode_text_field, encode_text_field, nearest_colour

__all__ = ["DAY", "Plan", "first_frame", "losses", "planned", "refuse"]

DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Plan:
    """How a document will be written. ``cues``: those of the document, each as it will be read, in order of time;
    ``changed``: characters and what they become, None for those that cannot be written; ``exact``: all come back."""

    rate: Rate
    table: str
    changed: dict[str, str | None]
    screen: Screen
    cues: tuple[SubtitleCue, ...]
    texts: tuple[EncodedText, ...]
    exact: bool
    wanting: tuple[int, str] = (0, "")
    """Number of the first subtitle with characters that cannot be written, and those characters."""


def planned(document: SubtitleDocument) -> Plan:
    """The plan. Never raises: :func:`refuse` does, for what cannot be written."""
    rate = Rate(next((known for known in RATES.values() if known == document.rate),
                     Fraction(30000, 1001) if document.rate == 30 else Fraction(25)))
    given = [tidied(cue) for cue in sorted(document.cues, key=lambda cue: rate.nearest_frame(cue.span.start))]
    table, changed = chosen_table({sign for cue in given for line in cue.lines for sign in clusters(line)})
    cues = tuple(_settable(cue, changed) for cue in given)
    tried = _tried(cues, table)
    exact = tried.exact
    if not exact:
        cues = tried.read
        tried = _tried(cues, table)
    return Plan(rate, table, changed, tried.screen, cues, tried.texts, exact, _wanting(given, changed))


def _wanting(cues: Iterable[SubtitleCue], changed: dict[str, str | None]) -> tuple[int, str]:
    missing = {sign for sign, instead in changed.items() if instead is None}
    for number, cue in enumerate(cues if missing else (), 1):
        if found := missing.intersection(sign for line in cue.lines for sign in clusters(line)):
            return number, " ".join(sorted(found)[:8])
    return 0, ""


@dataclass(frozen=True, slots=True)
class _Trial:
    """Texts for a screen, and the subtitles as they are read back from them; ``exact``: as they were."""

    screen: Screen
    texts: tuple[EncodedText, ...]
    read: tuple[SubtitleCue, ...]
    exact: bool


def _screens(cues: Sequence[SubtitleCue]) -> tuple[Screen, ...]:
    """The screens to try, the best first; the last is open subtitling with rows and columns for these places."""
    places = [cue.place for cue in cues if cue.place is not None]
    widest = max((len(line) for cue in cues for line in cue.lines), default=0)
    open_ = replace(
        OPEN, rows=finer([place.inset for place in places if place.inset is not None], OPEN.rows, 1),
        columns=finer([place.aside for place in places if place.aside is not None], OPEN.columns, widest))
    halved = replace(open_, rows=open_.rows * 2 if open_.rows < 50 else open_.rows)  # tells one row from the usual
    return (*TELETEXT, halved, open_) if any(
        place.inset == Fraction(100, open_.rows) for place in places) else (*TELETEXT, open_)


def _tried(cues: Sequence[SubtitleCue], table: str) -> _Trial:
    """The first screen from which all subtitles come back, else the last."""
    for screen in _screens(cues):
        texts, read = [], []
        for cue in cues:
            text = encode_text_field(cue, table, screen)
            again = decode_text_field(text.data, table, screen, text.position)
            texts.append(text)
            read.append(cue.model_copy(update={"lines": again.lines, "runs": again.runs, "place": again.place}))
            if screen.teletext and (read[-1] != cue or text.width > screen.columns):
                break
        else:
            if tuple(read) == tuple(cues):
                return _Trial(screen, tuple(texts), tuple(read), True)
    return _Trial(screen, tuple(texts), tuple(read), False)


def _settable(cue: SubtitleCue, changed: dict[str, str | None]) -> SubtitleCue:
    """The cue with what every screen can hold: characters of the table, teletext's colours, no bold, no voices."""
    rows = [[cell._replace(sign=changed.get(cell.sign, cell.sign) or "", colour=nearest_colour(cell.colour))
             for cell in row] for row in rows_of(cue)]
    lines, runs = styled(rows)
    place = None if cue.place == Place() or not lines else cue.place
    return cue.model_copy(update={"lines": lines, "runs": runs, "place": place})


def first_frame(start: str, rate: Rate) -> int:
    """The frame label at which film time 0 stands, counted without drop-frame. Raises :class:`BadInput`."""
    if not start:
        return 0
    hours, minutes, seconds, frames = (int(part) for part in start.replace(";", ":").split(":"))
    if hours > 23 or minutes > 59 or seconds > 59:
        raise BadInput(f"the film cannot start at {start!r}, which is no timecode")
    return ((hours * 60 + minutes) * 60 + seconds) * rate.nominal + min(frames, rate.nominal - 1)


def refuse(plan: Plan, start: int) -> None:
    """Raises :class:`BadInput` for times that no timecode has, :class:`WrongEncoding` for characters that no table
    has, each naming the subtitle."""
    day, half = DAY * plan.rate.nominal, DAY * plan.rate.nominal // 2
    for number, cue in enumerate(plan.cues, 1):
        first, last = plan.rate.nearest_frame(cue.span.start), plan.rate.nearest_frame(cue.span.end)
        if first < 0:
            raise BadInput(f"a subtitle at {float(cue.span.start):.3f} s is before the film",
                           remedy="shift the subtitles first")
        if start + last >= day and last > half:
            raise BadInput(f"subtitle {number} ends at {float(cue.span.end):.0f} s, past the 24 hours of a timecode")
    number, missing = plan.wanting
    if number:
        raise WrongEncoding(f"no character table of EBU STL has all that subtitle {number} needs: {missing}",
                            remedy="write another format, or other words", subtitle=number, characters=missing)


def losses(document: SubtitleDocument) -> tuple[str, ...]:
    """What of a document an EBU STL file cannot hold, in words for people; what :func:`refuse` refuses, too."""
    plan, cues = planned(document), document.cues
    runs = [run for cue in cues for run in cue.runs]
    colours = {run.value for run in runs if run.kind is StyleKind.COLOUR}
    code = language_code(document.language)
    page, title = title_field(document.title)
    changed = [sign for sign, instead in plan.changed.items() if instead is not None]
    refused = [sign for sign, instead in plan.changed.items() if instead is None]
    lost = {
        "bold": any(run.kind is StyleKind.BOLD for run in runs),
        "who speaks": any(run.kind is StyleKind.VOICE for run in runs),
        "colours other than the eight of teletext": not colours <= {*COLOURS},
        "the exact place of subtitles": not plan.exact,
        "the place of subtitles in cue settings": any(cue.settings for cue in cues),
        "names of subtitles": any(cue.id not in ("", str(place)) for place, cue in enumerate(cues, 1)),
        "comments and style blocks": bool(document.notes),
        f"the language {document.language}": LANGUAGES.get(code, "und") != document.language,
        "the whole title": title.decode(f"cp{page}").strip(" ") != document.title,
        f"{document.rate} frames a second": document.rate is not None and document.rate != plan.rate.fps,
        "drop-frame timecode": ";" in document.start,
        "times between frames": any((time * plan.rate.fps).denominator != 1 for cue in cues
                                    for time in (cue.span.start, cue.span.end)),
        f"characters written otherwise: {' '.join(sorted(changed)[:12])}": bool(changed),
        f"characters that cannot be written: {' '.join(sorted(refused)[:12])}": bool(refused),
    }
    return tuple(what for what, is_lost in lost.items() if is_lost)
