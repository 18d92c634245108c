"""The mix: takes laid over music and effects, the original left where nobody is dubbed.

Outside dubbed speech the bed is the untouched original (dialogue stem and bed sum to it exactly), so breaths, crowds
and effects that a separator took for voices stay. Inside, with short cross-fades, it is the separated bed alone,
turned down a little where the original's voice is still in it (``ducking``). Each take is levelled to the line it
replaces, half by line and half by character so that a voice does not jump, and fitted to its scene (``fitting``);
people's recorded takes are levelled only, unless asked. A take's level depends on the original and on itself, not on
other takes. One gain curve then brings the programme to its loudness and is applied to every stem alike: the stems sum
to the mix. What the last mix decided is held while it is good (``held``), so that a line done again leaves all other
samples as they were. The dub has the film's channels: of two the take is in both, of six in the centre.

Not done yet: panning off the centre.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from ciak.dubbing.ducking import duck
from ciak.dubbing.finish import Finish
from ciak.dubbing.fitting import DRY, Fit, Heard, fits, laid_on, portrait
from ciak.dubbing.held import held_fits, held_gain
from ciak.dubbing.listening import CENTRE, RATE, active_level, file_blocks, placed_in, united
from ciak.dubbing.report import MixReport
from ciak.film import Dialogue, Loop, Signal, Span, TakeKind
from ciak.film.sound import Samples
from ciak.media import SoundFile, SoundWriter, apply_gain, measure, plan_gain
from ciak.media.gain import GainCurve
from ciak.media.loudness import LoudnessMeter
from ciak.media.watermark import NAME, marked
from ciak.project import Film, Maker, Step, once
from ciak.project.rights import Rights

__all__ = ["Placed", "levels", "mix", "mix_notes", "mix_report", "speech_gate"]

FADE = Fraction(4, 100)
HEAD, FOOT = Fraction(6, 100), Fraction(12, 100)
"""How much earlier and later than its words a voice is taken out of the bed, seconds."""
BLOCK = RATE * 2
_REACH = 12.0
"""A take is made louder or softer by at most this many dB to match its line."""

Tick = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Placed:
    """A take in the mix: its line, its artefact, its place in samples at 48 kHz, its gain (linear), how it is fitted to
    the scene, by how many decibels the bed gives way to it, and whether a machine spoke it."""

    loop: str
    sound: str
    start: int
    gain: float
    fit: Fit = DRY
    duck: float = 0.0
    synthetic: bool = False


def levels(film: Film, loops: Sequence[Loop], dialogue: SoundFile) -> list[Placed]:
    """Where each chosen take lies and how loud it is to be."""
    own = {loop.id: _active_level(_read(dialogue, loop.span)) for loop in loops}
    by_character: dict[str, list[float]] = {}
    for loop in loops:
        by_character.setdefault(loop.character, []).append(own[loop.id])
    placed = []
    for loop in loops:
        take = loop.take
        if take is None:
            continue
        usual = float(np.median(by_character[loop.character]))
        wanted = float(np.clip(0.5 * own[loop.id] + 0.5 * usual, usual - _REACH, usual + _REACH))
        with SoundFile(film.artefacts.path(take.sound)) as sound:
            decibels = wanted - _active_level(sound.read(0, sound.frames))
        placed.append(Placed(loop.id, take.sound, round(take.span.start * RATE),
                             10 ** (np.clip(decibels, -30, 30) / 20), synthetic=take.kind is TakeKind.SYNTHETIC))
    return placed


def _read(sound: SoundFile, span: Span) -> Signal:
    first = max(0, round(span.start * RATE))
    return sound.read(first, max(0, min(sound.frames, round(span.end * RATE)) - first))


def _active_level(signal: Signal) -> float:
    """As :func:`~ciak.dubbing.listening.active_level`; -60 dB at least."""
    level = active_level(signal.mixed_down(), signal.rate)
    return -60.0 if level is None else max(-60.0, level)


def scened(film: Film, loops: Sequence[Loop], placed: Sequence[Placed], sound: Mapping[str, str],
           finish: Finish) -> list[Placed]:
    """``placed`` with the fit of each take and the ducking of its line."""
    dialogue, bed = (SoundFile(film.artefacts.path(sound[name])) for name in ("dialogue", "music_effects"))
    by_id = {loop.id: loop for loop in loops}
    heard: dict[str, Heard] = {}
    ducked: dict[str, float] = {}
    for item in placed:
        loop = by_id[item.loop]
        take = loop.take
        assert take is not None
        wide = Span(start=max(Fraction(0), loop.span.start - Fraction(1, 2)), end=loop.span.end + Fraction(1, 2))
        voice, under = _front(_read(dialogue, wide)), _front(_read(bed, wide))
        ducked[item.loop] = duck(voice, under)
        if finish.fit > 0 and (finish.fit_recorded or take.kind is TakeKind.SYNTHETIC):
            own = _front(_read(dialogue, loop.span))
            spoken = SoundFile(film.artefacts.path(item.sound))
            heard[item.loop] = Heard(float(loop.span.start), loop.character, portrait(own, voice + under),
                                     portrait(spoken.read(0, spoken.frames).mixed_down()))
    found = dict(zip(heard, fits(list(heard.values())), strict=True))
    return [replace(item, fit=found.get(item.loop, DRY), duck=ducked[item.loop]) for item in placed]


def _front(signal: Signal) -> Samples:
    """What stands in front, mono: the centre of six, the mean of fewer."""
    front: Samples = signal.samples[:, CENTRE] if signal.channels == 6 else signal.mixed_down()
    return front


def speech_gate(loops: Sequence[Loop], start: int, count: int,
                depths: Mapping[str, float] | None = None) -> NDArray[np.float32]:
    """1 where a dubbed line's original speaks, 0 elsewhere, with linear fades: ``count`` samples from ``start``.
    ``depths``: by line, instead of 1."""
    gate = np.zeros(count, np.float32)
    at = np.arange(start, start + count)
    fade = float(FADE * RATE)
    for loop in loops:
        if loop.take is None:
            continue
        spans = [word.span for word in loop.words] or [loop.span]
        first, last = min(s.start for s in spans) - HEAD, max(s.end for s in spans) + FOOT
        low, high = float(first * RATE), float(last * RATE)
        if high + fade < start or low - fade > start + count:
            continue
        rise = np.clip((at - low) / fade + 1, 0, 1)
        fall = np.clip((high - at) / fade + 1, 0, 1)
        depth = np.float32(1 if depths is None else depths.get(loop.id, 0))
        gate = np.maximum(gate, np.minimum(rise, fall).astype(np.float32) * depth)
    return gate


def mix(film: Film, dialogues: tuple[Dialogue, Dialogue], sound: dict[str, str], finish: Finish,
        tick: Tick) -> dict[str, str]:
    """Artefacts ``DX``, ``ME``, ``MIX`` (48 kHz, 24 bit, start timecode) and ``about`` (JSON) of the dubbed of
    ``dialogues`` (original, dubbed).

    ``sound``: artefacts of :func:`ciak.dubbing.listening.divide`. Raises :class:`NoConsent`.
    """
    Rights(film).ask_dialogue(dialogues[1], "the mix")
    words = {loop.id: loop.words for loop in dialogues[0].loops}
    loops = [loop.model_copy(update={"words": words.get(loop.id, ())}) for loop in dialogues[1].loops]
    placed = levels(film, loops, SoundFile(film.artefacts.path(sound["dialogue"])))
    placed = scened(film, loops, placed, sound, finish)
    spans: list[JsonValue] = [
        [str(loop.span.start), str(loop.span.end), len(loop.words)] for loop in loops if loop.take]
    step = Step(name="mix", version="4", inputs={
        "dialogue": sound["dialogue"], "music_effects": sound["music_effects"],
        **{f"take{number}": item.sound for number, item in enumerate(placed)}},
        settings={"spans": spans, "loudness": [finish.loudness, finish.levelling.version], "fit": finish.fit,
                  "fit_recorded": finish.fit_recorded, "start": str(film.start), "language": dialogues[1].language},
        maker=Maker(backend="ciak.dubbing.mixing", version="4", models={}))
    kept = held_fits(film, step)
    placed = [replace(item, fit=kept.get((item.sound, item.start), item.fit)) for item in placed]
    step = replace(step, settings={**step.settings, "placed": [
        [item.start, round(item.gain, 6), list(item.fit.bands), item.fit.decay, item.fit.wet, item.duck]
        for item in placed], "mark": [NAME, [item.synthetic for item in placed]]})
    held = held_gain(film, step)
    step = replace(step, settings={**step.settings, "held": None if held is None else str(held)})

    def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
        return _mixed(film, (loops, placed, finish), sound, (temporary, tick), held)

    return once(film, step, make)


Plan = tuple[Sequence[Loop], Sequence[Placed], Finish]


def _layers(film: Film, plan: Plan, sound: dict[str, str]) -> Iterator[tuple[Signal, Signal]]:
    """(dialogue, bed) block by block before loudness, at 48 kHz in the film's channels."""
    loops, placed, finish = plan
    voice = SoundFile(film.artefacts.path(sound["dialogue"]))
    bed = SoundFile(film.artefacts.path(sound["music_effects"]))
    waiting = sorted(placed, key=lambda item: item.start)
    sounding: list[tuple[int, Samples]] = []
    depths = {item.loop: 1 - 10 ** (-item.duck / 20) for item in placed if item.duck}
    spread: int | slice = CENTRE if bed.channels == 6 else slice(0, 2)
    for start in range(0, bed.frames, BLOCK):
        count = min(BLOCK, bed.frames - start)
        near = [loop for loop in loops if loop.span.end * RATE > start - RATE * 2
                and loop.span.start * RATE < start + count + RATE * 2]
        gate = speech_gate(near, start, count)[:, None]
        spoken = placed_in(voice.read(start, count).samples, bed.channels)
        under = bed.read(start, count).samples + spoken * (1 - gate)
        if depths:
            under = under * (1 - speech_gate(near, start, count, depths)[:, None])
        while waiting and waiting[0].start < start + count:
            sounding.append(_rendered(film, waiting.pop(0), finish.fit))
        over = np.zeros((count, bed.channels), np.float32)
        for place, take in sounding:
            first, last = max(start, place), min(start + count, place + len(take))
            if first < last:
                over[first - start:last - start, spread] += (
                    take[first - place:last - place] if bed.channels == 6
                    else take[first - place:last - place, None])
        sounding = [(place, take) for place, take in sounding if place + len(take) > start + count]
        yield Signal(over, RATE), Signal(under.astype(np.float32), RATE)


def _rendered(film: Film, item: Placed, share: float) -> tuple[int, Samples]:
    """Where a take begins, and its samples, fitted and at its level; synthetic speech with its mark."""
    file = SoundFile(film.artefacts.path(item.sound))
    take = file.read(0, file.frames).mixed_down()
    heard = laid_on(take, item.fit, share) * np.float32(item.gain)
    return item.start, marked(heard, item.start) if item.synthetic else heard


def _mixed(film: Film, plan: Plan, sound: dict[str, str], work: tuple[Callable[[str], Path], Tick],
           held: float | None) -> dict[str, Path]:
    temporary, tick = work
    raw = {name: temporary(".wav") for name in ("DX", "ME", "MIX")}
    bed = SoundFile(film.artefacts.path(sound["music_effects"]))
    done = 0
    with SoundWriter(raw["DX"], RATE, bed.channels) as dx, SoundWriter(raw["ME"], RATE, bed.channels) as me, \
            SoundWriter(raw["MIX"], RATE, bed.channels) as both:
        for over, under in _layers(film, plan, sound):
            dx.write(over)
            me.write(under)
            both.write(Signal(over.samples + under.samples, RATE))
            done += over.frames
            tick(0.5 * done / max(1, bed.frames))
    wanted, speech = plan[2].levelling, _speech(plan[0])
    curve = plan_gain(SoundFile(raw["MIX"]), wanted.target, wanted.held,
                      heard=speech if wanted.dialogue else None, held=held)
    start = round(Fraction(film.start.frames) / film.rate.fps * RATE)
    out = {name: temporary(".wav") for name in raw}
    for number, name in enumerate(raw):
        with SoundWriter(out[name], RATE, bed.channels, encoding="pcm24", timecode_samples=start) as writer:
            for block in apply_gain(file_blocks(SoundFile(raw[name])), curve):
                writer.write(block)
        tick(0.6 + 0.13 * (number + 1))
    out["about"] = temporary(".json")
    out["about"].write_text(_about(out["MIX"], curve, plan, speech).model_dump_json(), encoding="utf-8")
    for path in raw.values():
        path.unlink()
    return out


def _speech(loops: Sequence[Loop]) -> Callable[[int, Samples], Samples]:
    """Lets through where somebody speaks: the lines of the original and the takes."""
    spans = united([*(loop.span for loop in loops), *(loop.take.span for loop in loops if loop.take)])
    edges = [(round(span.start * RATE), round(span.end * RATE)) for span in spans]

    def heard(start: int, samples: Samples) -> Samples:
        kept = [samples[max(0, first - start):max(0, last - start)] for first, last in edges
                if first < start + len(samples) and last > start]
        return np.concatenate(kept) if kept else samples[:0]
    return heard


def _about(path: Path, curve: GainCurve, plan: Plan, speech: Callable[[int, Samples], Samples]) -> MixReport:
    """What the finished mix measures."""
    wanted, placed = plan[2].levelling, plan[1]
    loudness = measure(file_blocks(SoundFile(path)))
    starts = 0
    file = SoundFile(path)
    meter = LoudnessMeter(file.rate, file.channels)
    for block in file_blocks(file):
        meter.feed(speech(starts, block.samples))
        starts += block.frames
    return MixReport(
        integrated=loudness.integrated, true_peak=loudness.true_peak, target=wanted.target, ceiling=wanted.held,
        gain_db=round(20 * float(np.log10(curve.gain)), 3), limited_db=round(curve.reduction, 3), note=curve.note,
        profile=wanted.name, dialogue=meter.integrated(), channels=file.channels,
        fitted=sum(bool(item.fit.bands) for item in placed), rooms=sum(item.fit.decay > 0 for item in placed),
        ducked=sum(item.duck > 0 for item in placed), ducked_db=max((item.duck for item in placed), default=0.0))


def mix_report(film: Film, made: dict[str, str]) -> MixReport:
    """What :func:`mix` measured."""
    return MixReport.model_validate_json(film.artefacts.path(made["about"]).read_bytes())


def mix_notes(made: MixReport, finish: Finish) -> list[str]:
    """What a person should know of the mix as a whole."""
    wanted = finish.levelling
    told = made.dialogue if wanted.dialogue else made.integrated
    notes = []
    if told is not None and abs(told - wanted.target) > wanted.tolerance:
        notes.append(f"the mix measures {told:.1f} LUFS, {wanted.name} asks for {wanted.target:g} +- "
                     f"{wanted.tolerance:g}" + (f": {made.note}" if made.note else ""))
    if made.ducked:
        notes.append(f"the original's voice is still in the music and effects of {made.ducked} lines: they are turned "
                     f"down there by up to {made.ducked_db:.1f} dB")
    return notes
