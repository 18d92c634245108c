"""The two verbs of the department, :func:`subtitle` and :func:`dub`: a film passes through the steps in order.

Every step recalls what it made before, so a run that was stopped goes on, a run that changes one line makes one
line, and a run that changes nothing makes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from ciak.config import Settings
from ciak.dubbing.adaptation import UNTRANSLATED, Memory, adapt, is_a_persons, nothing_remembered
from ciak.dubbing.agreed import HouseTerms, no_house
from ciak.dubbing.captioning import brought, carried, proposed, waiting
from ciak.dubbing.crew import Crew
from ciak.dubbing.delivery import Delivery, deliver_cut, deliver_dialogue_list, deliver_subtitles, report_bytes
from ciak.dubbing.dictionary import dictionary
from ciak.dubbing.directing import Director, asked_for
from ciak.dubbing.disclosing import deliver_disclosure
from ciak.dubbing.finish import Finish
from ciak.dubbing.given import wordings_from
from ciak.dubbing.listening import Ear, divide, find_speech
from ciak.dubbing.merging import by_hand, heard_as_said, merged
from ciak.dubbing.mixing import mix, mix_notes, mix_report
from ciak.dubbing.provenance import as_delivered, disclosed, seal
from ciak.dubbing.release import release
from ciak.dubbing.report import MixReport, Report, SubtitleReport, line_reports, subtitle_report, summary
from ciak.dubbing.respelling import respelled
from ciak.dubbing.rights import ask_cast, free_for
from ciak.dubbing.sounds import hear_sounds
from ciak.dubbing.sources import Hearing, Source, lines_of
from ciak.dubbing.speakers import assign_voices, listed
from ciak.dubbing.speaking import speak_all
from ciak.dubbing.titling import Edition, Titled, Titling, kept, titled
from ciak.dubbing.transcription import pack, recognise
from ciak.errors import BadInput, NothingToDo
from ciak.film import Cast, Dialogue, SubtitleCue, SubtitleDocument
from ciak.project import Film

__all__ = ["Order", "Progress", "dub", "subtitle"]

Tick = Callable[[float], None]
Progress = Callable[[float, float, str], Tick]
"""``progress(start, end, what)`` gives the tick of a part of the work."""


@dataclass(frozen=True)
class Order:
    """What is asked for. ``language``: of the film, heard when None; ``to``: target; ``source`` and
    ``translation``: a person's own; ``out``: folder of the deliveries, files named ``stem``."""

    out: Path
    stem: str
    language: str | None = None
    to: str | None = None
    source: Source = field(default_factory=Source)
    translation: SubtitleDocument | None = None
    memory: Memory = nothing_remembered
    house: HouseTerms = no_house
    titling: Titling = field(default_factory=Titling)
    finish: Finish = field(default_factory=Finish)
    performance: float | None = None
    """How much of the original's performance the new lines carry, 0 to 1; None: as the film has it."""
    notes: tuple[str, ...] = ()
    """What is to be told besides: of the files that were given."""


@dataclass
class _Desk:
    """What the steps of one run share."""

    film: Film
    crew: Crew
    order: Order
    delivery: Delivery
    notes: list[str] = field(default_factory=list)
    certainty: float | None = None
    subtitles: dict[str, SubtitleReport] = field(default_factory=dict)
    cues: dict[str, tuple[SubtitleCue, ...]] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)


def subtitle(film: Film, order: Order, settings: Settings, progress: Progress) -> Report:
    """Subtitles in the film's language and, when ``order.to`` is given, in that one; ``report.json`` beside them.

    Raises :class:`NothingToDo` where there is no sound or nobody speaks.
    """
    desk = _desk(film, order, settings, "ciak subtitle")
    share = 0.92 if order.titling.sdh else 0.95
    original, sound = _original(desk, progress, share)
    target = _target(desk, original, progress(share, share, "translating")) if order.to else None
    original, target = _captioned(desk, original, target, sound, progress(share, 0.99, "hearing sounds and music"))
    _deliver_words(desk, original, target, progress(0.99, 1.0, "spotting the subtitles"))
    return _report(desk, original, target, None)


def dub(film: Film, order: Order, settings: Settings, progress: Progress) -> Report:
    """The film spoken in ``order.to``: takes, mix, stems, timeline, dialogue list, film and ``report.json``.

    Raises :class:`NothingToDo` where there is no sound or nobody speaks.
    """
    if order.to is None:
        raise BadInput("a dub needs a language to dub into", remedy="name it with --to it")
    order.finish.boundaries(film)  # what cannot be is refused before the work
    desk = _desk(film, order, settings, "ciak dub")
    if any(order.to in row.voices for row in film.cast().members):
        ask_cast(film, desk.crew.voice, film.cast(), order.to)
    original, sound = _original(desk, progress, 0.30)
    target = _target(desk, original, progress(0.30, 0.32, "translating"))
    cast = _cast(desk, original, order.to)
    director = Director(film, desk.crew, original, sound["voice"], asked_for(film, order.performance, "ciak dub"))
    target = speak_all(film, desk.crew, target, cast, progress(0.32, 0.85, "speaking the lines"), director)
    target = film.save_dialogue(target, who="ciak dub")
    stems = mix(film, (original, target), sound, order.finish, progress(0.85, 0.92, "mixing"))
    _deliver_words(desk, original, target, progress(0.92, 0.93, "spotting the subtitles"))
    told = disclosed(film, original, target, desk.crew.settings)
    picture = release(film, desk.delivery, (original.language, order.to), stems, desk.cues,
                      (order.finish, progress(0.93, 1.0, "writing the film")),
                      seal(film, told, desk.crew.settings, desk.notes.append))
    deliver_disclosure(desk.delivery, as_delivered(told, desk.delivery.files))
    deliver_cut(desk.delivery, film, target, picture,
                {name: desk.delivery.files[f"stem.{name}"] for name in ("DX", "ME", "MIX")}, order.finish.handles)
    desk.notes += mix_notes(mixed := mix_report(film, stems), order.finish)
    return _report(desk, original, target, mixed)


def _desk(film: Film, order: Order, settings: Settings, who: str) -> _Desk:
    order = replace(order, titling=kept(film, order.titling, who))
    crew = Crew(film.settings(settings), film)
    return _Desk(film, crew, order, Delivery(order.out, order.stem, film), list(order.notes))


def _original(desk: _Desk, progress: Progress, share: float) -> tuple[Dialogue, dict[str, str]]:
    """The dialogue of the original, heard or given, and the divided sound."""
    film, crew, order = desk.film, desk.crew, desk.order
    sound = divide(film, crew, progress(0.0, share * 0.55, "separating dialogue from music and effects"))
    ear = Ear(film.artefacts, sound["voice"], sound["bed"])
    speech = find_speech(film, crew, sound, progress(share * 0.55, share * 0.6, "finding speech"))
    reels = pack(speech, crew.transcriber.longest, ear.duration)
    language = order.language or film.language
    if language is None:
        if not reels:
            raise NothingToDo("nobody speaks in this film", remedy="name its language with --language if they do")
        progress(share * 0.6, share * 0.62, "recognising the language")(0.0)
        guess = recognise(film, crew, ear, sound, reels)
        language, desk.certainty = guess.language, round(guess.probability, 4)
    existing = film.dialogue(language)
    if not order.source.given and existing is not None and any(is_a_persons(loop) for loop in existing.loops):
        desk.notes.append(f"dialogue/{language}.json has lines that a person edited or gave, and is used as it is")
        return existing, sound
    hearing = Hearing(film, crew, sound, ear, language, reels)
    found = lines_of(order.source, hearing, lambda start, end, what: progress(
        share * (0.62 + 0.38 * start), share * (0.62 + 0.38 * end), what))
    if not found.loops:
        raise NothingToDo("nobody speaks in this film", remedy="give the lines yourself with --subtitles FILE.srt")
    names = [*film.glossary().wordings(language), *(row.name for row in film.cast().members if row.edited)]
    loops, put_right = respelled(found.loops, names, dictionary(language) if names else None)
    desk.notes += [*found.notes, *put_right]
    if order.source.given and existing is not None:
        loops, told = merged(loops, existing.loops, _edited_elsewhere(film, language))
        desk.notes += told
    if existing is not None:
        loops = heard_as_said(loops, existing.loops)
    revision = existing.revision if existing else 0
    dialogue = film.save_dialogue(Dialogue(
        revision=revision, language=language, loops=loops, captions=existing.captions if existing else ()),
        who="ciak subtitle")
    film.save_cast(listed(dialogue.loops, ear, film.cast(), found.names), who="ciak subtitle")
    return dialogue, sound


def _edited_elsewhere(film: Film, language: str) -> set[str]:
    """Ids of the lines whose translation a person edited by hand, in any language."""
    others = (film.dialogue(other) for other in film.languages() if other != language)
    return {loop.id for other in others if other is not None for loop in other.loops if by_hand(loop)}


def _target(desk: _Desk, original: Dialogue, tick: Tick) -> Dialogue:
    """The dialogue of the target language, translated or given."""
    film, order = desk.film, desk.order
    assert order.to is not None
    if order.to == original.language:
        raise BadInput(f"the film already speaks {order.to!r}", remedy="name another language with --to")
    tick(0.0)
    target = adapt(film, desk.crew, original, order.to, film.cast(), order.memory, order.house)
    if order.translation is not None:
        target, notes = wordings_from(order.translation, original, target)
        desk.notes += notes
    wordless = [loop for loop in target.loops if not loop.text and UNTRANSLATED in loop.flags]
    if len(wordless) == len(target.loops):
        raise BadInput(f"the translator {desk.crew.settings.backends['translator']!r} does not go from "
                       f"{original.language!r} to {order.to!r}",
                       remedy="dub with your own translation (--translation FILE.srt), or choose another translator")
    desk.notes += [f"the line at {float(loop.span.start):.2f} s has no words in {order.to!r}: no translation was given "
                   "for it, and the translator does not know the pair" for loop in wordless]
    return target


def _captioned(desk: _Desk, original: Dialogue, target: Dialogue | None, sound: dict[str, str],
               tick: Tick) -> tuple[Dialogue, Dialogue | None]:
    """Both with the captions that are asked for, saved."""
    film, wanted = desk.film, desk.order.titling
    if wanted.on_screen is not None and target is None:
        original = brought(original, wanted.on_screen)
    if wanted.sdh:
        original = proposed(original, hear_sounds(film, desk.crew, sound, tick), desk.crew.hearer.name)
    original = film.save_dialogue(original, who="ciak subtitle")
    if target is not None:
        target = brought(target, wanted.on_screen) if wanted.on_screen is not None else target
        target = film.save_dialogue(carried(original, target) if wanted.sdh else target, who="ciak subtitle")
    return original, target


def _cast(desk: _Desk, original: Dialogue, language: str) -> Cast:
    film = desk.film
    voice = desk.crew.voice
    cast = assign_voices(film.cast(), original.loops, voice, language, partial(free_for, film, voice))
    ask_cast(film, voice, cast, language)
    return film.save_cast(cast, who="ciak dub")


def _deliver_words(desk: _Desk, original: Dialogue, target: Dialogue | None, tick: Tick) -> None:
    film, wanted = desk.film, desk.order.titling
    for dialogue in (original, target):
        if dialogue is None:
            continue
        made = titled(film, dialogue, wanted, tick)
        desk.cues[dialogue.language] = tuple(made.cues)
        desk.subtitles[dialogue.language] = subtitle_report(len(made.cues), made.broken, made.profile.name)
        if made.broken and wanted.profile is not None:
            desk.notes.append(f"{len(made.broken)} rules of {made.profile.name} are still broken in the subtitles "
                              f"in {dialogue.language!r}: ciak subtitle fix says where and why")
        deliver_subtitles(desk.delivery, made.document, wanted.every_format)
        _deliver_editions(desk, dialogue, tick)
    deliver_dialogue_list(desk.delivery, film, original, target)


def _deliver_editions(desk: _Desk, dialogue: Dialogue, tick: Tick) -> None:
    """Forced narratives where there are any, and the subtitles for who does not hear the film where they are asked for
    and nothing of them waits for a person."""
    wanted, language = desk.order.titling, dialogue.language
    forced = titled(desk.film, dialogue, wanted, tick, Edition.FORCED)
    if forced.cues:
        deliver_subtitles(desk.delivery, forced.document, wanted.every_format, ".forced")
    if not wanted.sdh:
        return
    if open_ones := waiting(dialogue):
        desk.waiting[language] = len(open_ones)
        desk.notes.append(
            f"{len(open_ones)} captions in {language!r} wait for a person, and no SDH is written: approve or reject "
            f"them (ciak subtitle captions FILM --language {language}), then run this again")
        return
    made = titled(desk.film, dialogue, wanted, tick, Edition.SDH)
    deliver_subtitles(desk.delivery, made.document, wanted.every_format, ".sdh")
    desk.notes += _told_of(made, language)


def _told_of(made: Titled, language: str) -> list[str]:
    """What is to be told of an SDH version."""
    notes = []
    if made.broken:
        notes.append(f"{len(made.broken)} rules of {made.profile.name} are still broken in the SDH in {language!r}: "
                     "ciak subtitle check says where")
    if made.untold:
        notes.append(f"there is no room for {len(made.untold)} captions in {language!r}: "
                     + ", ".join(f"{one.id} ({one.text})" for one in made.untold[:5]))
    if made.nameless:
        notes.append(f"{len(made.nameless)} speakers have no name, and their lines in {language!r} no label: name them "
                     "in the studio's cast")
    return notes


def _report(desk: _Desk, original: Dialogue, target: Dialogue | None, mixed: MixReport | None) -> Report:
    """The report, in the order's folder and, for the studio, in the film's own ``deliveries/``."""
    film = desk.film
    lines = line_reports(original, target)
    report = Report(
        schema=1, film=film.title, detected_language=desk.certainty,
        languages=(original.language, *([target.language] if target else [])), lines=lines, mix=mixed,
        subtitles=desk.subtitles, waiting=desk.waiting, summary=dict(summary(lines)), notes=tuple(desk.notes))
    desk.delivery.path("report", "report.json")
    home = film.path / "deliveries"
    for folder in dict.fromkeys((desk.order.out.absolute(), home)):
        placed = report.model_copy(update={"files": desk.delivery.listed(folder)})
        Delivery(folder, desk.order.stem).put("report", "report.json", report_bytes(placed))
    return report.model_copy(update={"files": desk.delivery.listed(desk.order.out.absolute())})
