"""Where the lines of the original come from: what a person gives (subtitles, a script, an as-recorded list), else
what is heard.

Subtitles say no names and get speakers by ear; a script and a list name their characters, who become the cast. Lines
that they leave without a name get that of the character whose voice is most like theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ciak.dubbing.crew import Crew
from ciak.dubbing.edges import Levels, levels_of, refined, within
from ciak.dubbing.given import loops_from, loops_of_list, partly_italic
from ciak.dubbing.lines import joined, numbered
from ciak.dubbing.listening import Ear, file_blocks
from ciak.dubbing.script import names_of, script_lines
from ciak.dubbing.scripted import laid
from ciak.dubbing.speakers import speakers_of
from ciak.dubbing.transcription import Reel, transcribe
from ciak.dubbing.turns import turns_of
from ciak.errors import BadInput, NothingToDo
from ciak.film import Loop, SubtitleDocument, Word
from ciak.film.screenplay import Screenplay
from ciak.formats.as_recorded import RecordedLine
from ciak.media import SoundFile
from ciak.project import Film

__all__ = ["Hearing", "Lines", "Source", "lines_of"]

Tick = Callable[[float], None]
Progress = Callable[[float, float, str], Tick]


@dataclass(frozen=True, slots=True)
class Source:
    """What a person gives; at most one of them. ``recorded``: an as-recorded list."""

    subtitles: SubtitleDocument | None = None
    script: Screenplay | None = None
    recorded: tuple[RecordedLine, ...] | None = None

    def __post_init__(self) -> None:
        if sum(one is not None for one in (self.subtitles, self.script, self.recorded)) > 1:
            raise BadInput("the lines can come from one place only",
                           remedy="give one of --subtitles, --script and --as-recorded")

    @property
    def given(self) -> bool:
        """Whether anything is."""
        return self != Source()


@dataclass(frozen=True, slots=True)
class Hearing:
    """What listening to the film has at hand. ``sound``: the artefacts of :func:`ciak.dubbing.listening.divide`."""

    film: Film
    crew: Crew
    sound: dict[str, str]
    ear: Ear
    language: str
    reels: Sequence[Reel]

    def words(self, tick: Tick) -> tuple[Word, ...]:
        """All words that are heard."""
        return transcribe(self.film, self.crew, self.sound, self.reels, self.language, tick)

    @property
    def origin(self) -> str:
        """What words that were heard are marked with."""
        return f"transcriber:{self.crew.settings.backends['transcriber']}"


@dataclass(frozen=True, slots=True)
class Lines:
    """Loops in film order; ``names`` of characters by id; what a person should know."""

    loops: tuple[Loop, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def lines_of(source: Source, hearing: Hearing, progress: Progress) -> Lines:
    """The lines of the film from ``source``, else as they are heard.

    Raises :class:`BadInput` where the source is not of this film.
    """
    if source.subtitles is not None:
        loops = loops_from(source.subtitles)
        spoken = _speakers(hearing, loops, _quiet)
        some = partly_italic(source.subtitles)
        return Lines(tuple(loop.model_copy(update={"character": who}) for loop, who in zip(loops, spoken, strict=True)),
                     notes=(f"{some:,} of the given subtitles have italics on some of their words, which lines do not "
                            "hold",) if some else ())
    if source.script is not None:
        return _scripted(source.script, hearing, progress)
    if source.recorded is not None:
        return _recorded(source.recorded, hearing, progress)
    words = hearing.words(progress(0.0, 0.87, "transcribing"))
    told = turns_of(hearing.film, hearing.crew, hearing.sound, words,
                    progress(0.87, 1.0, "telling the speakers apart"))
    parts = _by_the_voice(hearing, [part for part, _ in told])
    return Lines(numbered(joined([(part, who) for part, (_, who) in zip(parts, told, strict=True)]), hearing.origin))


def _by_the_voice(hearing: Hearing, parts: Sequence[tuple[Word, ...]]) -> list[tuple[Word, ...]]:
    """Words of one speaker from where their voice begins to where it ends."""
    spans = refined(_levels(hearing), parts)
    return [within(part, span) for part, span in zip(parts, spans, strict=True)]


def _levels(hearing: Hearing) -> Levels:
    return levels_of(file_blocks(SoundFile(hearing.film.artefacts.path(hearing.sound["voice"]))))


def _quiet(done: float) -> None:
    """Too short to be told."""


def _speakers(hearing: Hearing, loops: Sequence[Loop], tick: Tick) -> list[str]:
    return speakers_of(hearing.film, hearing.crew, hearing.sound, [loop.span for loop in loops], tick)


def _scripted(script: Screenplay, hearing: Hearing, progress: Progress) -> Lines:
    lines = script_lines(script)
    if not lines:
        raise BadInput("nobody speaks in this script", remedy="in Fountain a name in capitals stands alone above "
                       "what is said")
    words = hearing.words(progress(0.0, 0.85, "transcribing"))
    if not words:
        raise NothingToDo("nobody speaks in this film", remedy="is the script of another film?")
    progress(0.85, 0.87, "laying the script on the sound")(0.0)
    done = laid(lines, words, _levels(hearing), hearing.language, hearing.origin)
    return _cast(done.loops, done.notes, hearing, progress)


def _recorded(lines: Sequence[RecordedLine], hearing: Hearing, progress: Progress) -> Lines:
    inside = [line for line in lines if line.span.start < hearing.ear.duration]
    if not inside:
        raise BadInput(f"every line of the list lies after the film's end, at {float(hearing.ear.duration):.2f} s",
                       remedy=f"its timecodes count from the film's start, {hearing.film.start} (film.toml)")
    beyond = len(lines) - len(inside)
    notes = [f"{beyond:,} lines of the list lie after the film's end and are left out"] if beyond else []
    return _cast(loops_of_list(inside), notes, hearing, progress)


def _cast(loops: Sequence[Loop], notes: Sequence[str], hearing: Hearing, progress: Progress) -> Lines:
    """``loops`` whose character is a name, or empty, with ids of the cast instead."""
    ids = names_of([loop.character for loop in loops if loop.character], hearing.film.cast())
    named = [ids.get(loop.character, "") for loop in loops]
    if not all(named):
        voices = _speakers(hearing, loops, progress(0.87, 1.0, "telling the speakers apart"))
        named = _by_voice(named, voices, [loop.span.duration for loop in loops])
    return Lines(tuple(loop.model_copy(update={"character": who}) for loop, who in zip(loops, named, strict=True)),
                 {known: name for name, known in ids.items()}, tuple(notes))


def _by_voice(named: Sequence[str], voices: Sequence[str], lengths: Sequence[Fraction]) -> list[str]:
    """``named``, with the empty ones named as those of the same voice speak longest; else by the voice."""
    spoken: dict[str, dict[str, Fraction]] = {}
    for who, voice, length in zip(named, voices, lengths, strict=True):
        if who:
            mine = spoken.setdefault(voice, {})
            mine[who] = mine.get(who, Fraction(0)) + length
    most = {voice: max(mine, key=lambda who: (mine[who], who)) for voice, mine in spoken.items()}
    return [who or most.get(voice, voice) for who, voice in zip(named, voices, strict=True)]
