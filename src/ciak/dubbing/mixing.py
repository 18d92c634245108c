"""The mix: takes laid over music and effects, the original left where nobody is dubbed.

Outside dubbed speech the bed is the untouched original (dialogue stem and bed sum to it exactly), so breaths,
crowds and effects that a separator took for voices stay. Inside, with short cross-fades, it is the separated
bed alone. Each take is levelled to the line it replaces, half by line and half by character so that a voice does
not jump. One gain curve then brings the programme to its loudness and is applied to every stem alike: the stems
sum to the mix.

Not done yet: equalisation and room of the scene, panning off the centre, more than two channels out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from ciak.dubbing.listening import RATE, file_blocks
from ciak.dubbing.report import MixReport
from ciak.film import Dialogue, Loop, Signal, Span
from ciak.media import SoundFile, SoundWriter, apply_gain, measure, plan_gain
from ciak.project import Film, Maker, Step, once
from ciak.project.rights import Rights

__all__ = ["CEILING", "TARGET", "Placed", "levels", "mix", "mix_report", "speech_gate"]

TARGET = -23.0
"""LUFS, EBU R128."""
CEILING = -3.0
"""dBTP: AAC at 192 kbit/s adds up to 1.5 dB where the limiter worked; R128 asks -1 of what is decoded."""
FADE = Fraction(4, 100)
HEAD, FOOT = Fraction(6, 100), Fraction(12, 100)
"""How much earlier and later than its words a voice is taken out of the bed, seconds."""
BLOCK = RATE * 2
_REACH = 12.0
"""A take is made louder or softer by at most this many dB to match its line."""

Tick = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Placed:
    """A take in the mix: its artefact, its place in samples at 48 kHz, its gain (linear)."""

    sound: str
    start: int
    gain: float


def levels(film: Film, loops: Sequence[Loop], dialogue: SoundFile) -> list[Placed]:
    """Where each chosen take lies and how loud it is to be."""
    wanted: list[tuple[Loop, float]] = []
    for loop in loops:
        take = loop.take
        if take is None:
            continue
        own = _active_level(_read(dialogue, loop.span))
        sound = SoundFile(film.artefacts.path(take.sound))
        wanted.append((loop, own - _active_level(sound.read(0, sound.frames))))
    by_character: dict[str, list[float]] = {}
    for loop, change in wanted:
        by_character.setdefault(loop.character, []).append(change)
    placed = []
    for loop, change in wanted:
        take = loop.take
        assert take is not None
        usual = float(np.median(by_character[loop.character]))
        decibels = float(np.clip(0.5 * change + 0.5 * usual, usual - _REACH, usual + _REACH))
        placed.append(Placed(take.sound, round(take.span.start * RATE), 10 ** (np.clip(decibels, -30, 30) / 20)))
    return placed


def _read(sound: SoundFile, span: Span) -> Signal:
    first = max(0, round(span.start * RATE))
    return sound.read(first, max(0, min(sound.frames, round(span.end * RATE)) - first))


def _active_level(signal: Signal) -> float:
    """Level of the louder half of 20 ms frames, dB; pauses do not count. -60 for silence."""
    mono = signal.mixed_down()
    size = signal.rate // 50
    count = len(mono) // size
    if not count:
        return -60.0
    power = np.sort((mono[: count * size].reshape(count, size).astype(np.float64) ** 2).mean(axis=1))
    return max(-60.0, 10 * float(np.log10(max(float(power[count // 2:].mean()), 1e-12))))


def speech_gate(loops: Sequence[Loop], start: int, count: int) -> NDArray[np.float32]:
    """1 where a dubbed line's original speaks, 0 elsewhere, with linear fades: ``count`` samples from ``start``."""
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
        gate = np.maximum(gate, np.minimum(rise, fall).astype(np.float32))
    return gate


def mix(film: Film, original: Dialogue, dialogue: Dialogue, sound: dict[str, str], tick: Tick) -> dict[str, str]:
    """Artefacts ``DX``, ``ME``, ``MIX`` (48 kHz, 24 bit, start timecode) and ``about`` (JSON) of ``dialogue``.

    ``sound``: artefacts of :func:`ciak.dubbing.listening.divide`. Raises :class:`NoConsent`.
    """
    Rights(film).ask_dialogue(dialogue, "the mix")
    words = {loop.id: loop.words for loop in original.loops}
    loops = [loop.model_copy(update={"words": words.get(loop.id, ())}) for loop in dialogue.loops]
    placed = levels(film, loops, SoundFile(film.artefacts.path(sound["dialogue"])))
    spans: list[JsonValue] = [
        [str(loop.span.start), str(loop.span.end), len(loop.words)] for loop in loops if loop.take]
    step = Step(name="mix", version="1", inputs={
        "dialogue": sound["dialogue"], "music_effects": sound["music_effects"],
        **{f"take{number}": item.sound for number, item in enumerate(placed)}},
        settings={"placed": [[item.start, round(item.gain, 6)] for item in placed], "spans": spans,
                  "target": TARGET, "ceiling": CEILING, "start": str(film.start)},
        maker=Maker(backend="ciak.dubbing.mixing", version="1", models={}))

    def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
        return _mixed(film, loops, placed, sound, temporary, tick)

    return once(film, step, make)


def _layers(film: Film, loops: Sequence[Loop], placed: Sequence[Placed],
            sound: dict[str, str]) -> Iterator[tuple[Signal, Signal]]:
    """(dialogue, bed) block by block before loudness, stereo at 48 kHz."""
    voice = SoundFile(film.artefacts.path(sound["dialogue"]))
    bed = SoundFile(film.artefacts.path(sound["music_effects"]))
    takes = [(item, SoundFile(film.artefacts.path(item.sound))) for item in placed]
    for start in range(0, bed.frames, BLOCK):
        count = min(BLOCK, bed.frames - start)
        near = [loop for loop in loops if loop.span.end * RATE > start - RATE * 2
                and loop.span.start * RATE < start + count + RATE * 2]
        gate = speech_gate(near, start, count)[:, None]
        under = bed.read(start, count).samples + voice.read(start, count).samples * (1 - gate)
        over = np.zeros((count, 2), np.float32)
        for item, take in takes:
            first, last = max(start, item.start), min(start + count, item.start + take.frames)
            if first < last:
                piece = take.read(first - item.start, last - first).mixed_down() * np.float32(item.gain)
                over[first - start:last - start] += piece[:, None]
        yield Signal(over, RATE), Signal(under.astype(np.float32), RATE)


def _mixed(film: Film, loops: Sequence[Loop], placed: Sequence[Placed], sound: dict[str, str],
           temporary: Callable[[str], Path], tick: Tick) -> dict[str, Path]:
    raw = {name: temporary(".wav") for name in ("DX", "ME", "MIX")}
    total = max(1, SoundFile(film.artefacts.path(sound["music_effects"])).frames)
    done = 0
    with SoundWriter(raw["DX"], RATE, 2) as dx, SoundWriter(raw["ME"], RATE, 2) as me, \
            SoundWriter(raw["MIX"], RATE, 2) as both:
        for over, under in _layers(film, loops, placed, sound):
            dx.write(over)
            me.write(under)
            both.write(Signal(over.samples + under.samples, RATE))
            done += over.frames
            tick(0.5 * done / total)
    curve = plan_gain(SoundFile(raw["MIX"]), target_lufs=TARGET, ceiling_dbtp=CEILING)
    start = round(Fraction(film.start.frames) / film.rate.fps * RATE)
    out = {name: temporary(".wav") for name in raw}
    for number, name in enumerate(raw):
        with SoundWriter(out[name], RATE, 2, encoding="pcm24", timecode_samples=start) as writer:
            for block in apply_gain(file_blocks(SoundFile(raw[name])), curve):
                writer.write(block)
        tick(0.6 + 0.13 * (number + 1))
    loudness = measure(file_blocks(SoundFile(out["MIX"])))
    out["about"] = temporary(".json")
    out["about"].write_text(json.dumps({
        "integrated": loudness.integrated, "true_peak": loudness.true_peak, "target": TARGET, "ceiling": CEILING,
        "gain_db": round(20 * float(np.log10(curve.gain)), 3), "limited_db": round(curve.reduction, 3),
        "note": curve.note}), encoding="utf-8")
    for path in raw.values():
        path.unlink()
    return out


def mix_report(film: Film, made: dict[str, str]) -> MixReport:
    """What :func:`mix` measured."""
    return MixReport.model_validate_json(film.artefacts.path(made["about"]).read_bytes())
