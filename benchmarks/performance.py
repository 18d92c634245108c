"""F3 of dubbing: does the new line follow the performance of the original?

Both are measured from finished sound by an ear that the product does not use (``contour_ear.py``): the original as it
is in the clip, music and noise included, and the take. The original's contour is laid on the take's time by this
judge's own rule, and the two are correlated (Pearson): log pitch where both are voiced (frames more than an octave
from their line's median are the ear's mistakes and left out), energy in dB, both smoothed over ``SMOOTH``, because
what lies below is the vowels' and consonants' own, from the first word to the last. Takes are made twice, without the
performance and with all of it (slider 0 and 1).

*Translated*: films dubbed by the command, Night clips (acted) and FLEURS into Italian, Asterisk prompts from Italian.
The rule: stretches between pauses, proportional in time within each, where both sides have as many stretches; else
proportional over the whole line. A pause is ``PAUSE`` without a word in it, by the recogniser's times.
*Same language*: lines of FLEURS (en, es, fr), prompts (en) and Night clips spoken again in their own words, as long as
the original where the rates allow. The rule: words that the recogniser hears in both, in order, lie on each other.

Halves: a clip belongs to the kept half when the first byte of the SHA-256 of its file name is odd. Development was
done on the others (``--development``, nothing is recorded); the figures are of the kept half.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clips import Clip, Sound, decode, fleurs, night, prompts, write_wav
from figures import ROOT, Counts, Figure, cache, ciak, mean_interval, parser, pooled, record, word_errors, words
from hearing import Ear

RATE, STEP = 16000, 0.01
SMOOTH, PAUSE, LEAST = 0.2, 0.2, 0.4
"""Seconds: of the energy's window, of a pause, of speech that a line needs to be judged."""
FLOOR, OCTAVE, AUDIBLE = 40.0, 1.0, 25.0
"""Energy further below the line's loudest frame than this many dB counts as this; octaves of pitch from its median;
dB below the loudest frame beyond which pitch is not judged."""
MATCHED = 0.6
"""Share of the original's words that must be heard in the take (same language)."""
TARGETS = {"pitch": 0.6, "energy": 0.5}
GAIN = 0.2
"""How far above the takes without transfer the mean must lie ("far above")."""
WORSE = 0.02
EACH = 8
"""Prompts of a language."""

Floats = NDArray[np.float64]


def is_kept(name: str) -> bool:
    """Whether the clip of this file name belongs to the kept half."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 1


@dataclass
class Said:
    """One side of a pair: its sound, the judge's contour, the recogniser's words (text, start, end)."""

    sound: Sound
    pitch: Floats
    energy: Floats
    words: list[tuple[str, float, float]]


class Judge:
    """The judge's two ears."""

    def __init__(self) -> None:
        self.ear = Ear()

    def said(self, sounds: list[tuple[Sound, str]]) -> list[Said]:
        """Each (mono sound at 16 kHz, language) measured."""
        from ciak.film.sound import Signal

        with tempfile.TemporaryDirectory() as folder:
            files = [write_wav(Path(folder) / f"{i}.wav", sound, RATE) for i, (sound, _) in enumerate(sounds)]
            done = subprocess.run([ROOT / ".venv-bench" / "bin" / "python", ROOT / "benchmarks" / "contour_ear.py",
                                   *files], check=True, capture_output=True, text=True)
        out = []
        for (sound, language), line in zip(sounds, done.stdout.splitlines(), strict=True):
            found = json.loads(line)
            heard = self.ear.backend.transcribe(Signal.mono(sound[:30 * RATE], RATE), language)
            out.append(Said(sound, np.array(found["pitch"]), np.array(found["energy"]),
                            [(word.text, float(word.span.start), float(word.span.end)) for word in heard.words]))
        return out


# --- the judge's own warp --------------------------------------------------------------------------------------

def by_words(original: Said, take: Said, language: str) -> list[tuple[float, float]]:
    """Anchors (time of the original, time of the take) at the edges of the words heard in both; [] with too few."""
    left = [" ".join(words(text, language)) for text, _, _ in original.words]
    right = [" ".join(words(text, language)) for text, _, _ in take.words]
    pairs = [(block.a + i, block.b + i) for block in SequenceMatcher(None, left, right, False).get_matching_blocks()
             for i in range(block.size)]
    if len(pairs) < max(2, MATCHED * len(left)):
        return []
    return [(original.words[a][edge], take.words[b][edge]) for a, b in pairs for edge in (1, 2)]


def stretches(said: Said) -> list[tuple[float, float]]:
    """Speech between pauses."""
    found: list[tuple[float, float]] = []
    for _, start, end in said.words:
        if found and start - found[-1][1] < PAUSE:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def by_time(original: Said, take: Said) -> list[tuple[float, float]]:
    """Anchors at the edges of stretches where both have as many, else at the ends of the line."""
    left, right = stretches(original), stretches(take)
    if not left or not right:
        return []
    if len(left) != len(right):
        left, right = [(left[0][0], left[-1][1])], [(right[0][0], right[-1][1])]
    return [(a, b) for one, other in zip(left, right, strict=True) for a, b in zip(one, other, strict=True)]


def compare(original: Said, take: Said, anchors: list[tuple[float, float]]) -> dict[str, float | None] | None:
    """Correlation of pitch and of energy between the first anchor and the last; None for a line too short."""
    rising: list[tuple[float, float]] = []
    for a, b in sorted(anchors, key=lambda one: one[1]):
        if not rising or (a > rising[-1][0] and b > rising[-1][1]):
            rising.append((a, b))
    if len(rising) < 2 or rising[-1][1] - rising[0][1] < LEAST:
        return None
    here = np.arange(int(rising[0][1] / STEP), min(len(take.pitch), int(rising[-1][1] / STEP)))
    there = np.interp(here * STEP, [b for _, b in rising], [a for a, _ in rising]) / STEP
    nearest = np.clip(np.round(there).astype(int), 0, len(original.pitch) - 1)
    one, other = _log(original)[nearest], _log(take)[here]
    voiced = np.isfinite(one) & np.isfinite(other)
    loud, said = _smooth(original.energy)[nearest], _smooth(take.energy)[here]
    return {"pitch": _correlation(one[voiced], other[voiced]) if voiced.sum() >= LEAST / STEP else None,
            "energy": _correlation(loud, said)}


def _log(said: Said) -> Floats:
    """Octaves; nan where unvoiced, an octave off, or all but silent: there the ear lets pitch ring on."""
    pitch = np.where(said.energy > said.energy.max() - AUDIBLE, said.pitch, 0.0)
    with np.errstate(divide="ignore"):
        octaves = np.where(pitch > 0, np.log2(np.maximum(pitch, 1e-9)), np.nan)
    if np.isfinite(octaves).any():
        octaves[np.abs(octaves - np.nanmedian(octaves)) > OCTAVE] = np.nan
    return octaves


def _smooth(energy: Floats) -> Floats:
    window = np.hanning(round(SMOOTH / STEP) + 2)
    half = len(window) // 2
    floored = np.pad(np.maximum(energy, energy.max() - FLOOR), half, mode="edge")
    return np.convolve(floored, window / window.sum(), "same")[half:half + len(energy)]


def _correlation(left: Floats, right: Floats) -> float:
    if left.std() < 1e-9 or right.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(left, right)[0, 1])


# --- translated: the command -----------------------------------------------------------------------------------

def films(kept: bool, few: int) -> list[tuple[Path, str, str]]:
    """(film, its language, language of the dub)."""
    found = [(path, "en", "it") for path in night() if is_kept(path.name) == kept][:few or None]
    english = [clip for clip in fleurs() if clip.language == "en" and is_kept(clip.path.name) == kept][:few or None]
    italian = [clip for clip in prompts("it") if is_kept(clip.path.name) == kept][:few or EACH]
    for name, clips, source, target in (("fleurs", english, "en", "it"), ("prompts", italian, "it", "en")):
        if clips:
            path = cache() / "films" / f"performance-{name}-{'kept' if kept else 'open'}-{len(clips)}.wav"
            rest = np.zeros(RATE * 3 // 2, np.float32)
            joined = np.concatenate([part for clip in clips for part in (decode(clip.path, RATE)[:, 0], rest)])
            found.append((write_wav(path, joined, RATE), source, target))
    return found


def takes(film: Path, source: str, target: str, slider: float) -> tuple[dict[str, dict[str, Any]], dict[str, Sound]]:
    """Loops of the target by id, as its file has them, and the chosen takes' sound at 16 kHz."""
    folder = cache() / "dubs" / f"performance-{film.stem}-{target}"
    ran = ciak("dub", film, "--language", source, "--to", target, "--performance", str(slider), "--out", folder,
               "--json")
    ran.json()
    home = next(path for path in folder.iterdir() if path.suffix == ".film")
    loops = json.loads((home / "dialogue" / f"{target}.json").read_text(encoding="utf-8"))["loops"]
    chosen, sounds = {}, {}
    for loop in loops:
        take = next((one for one in loop.get("takes", []) if one["id"] == loop.get("chosen")), None)
        if take is not None:
            chosen[loop["id"]] = {**take, "loop": loop["span"], "flags": [flag["code"] for flag in loop["flags"]]}
            name = take["sound"]
            sounds[loop["id"]] = decode(home / ".ciak" / "artefacts" / name[:2] / name, RATE)[:, 0]
    return chosen, sounds


def translated(judge: Judge, kept: bool, few: int) -> list[dict[str, Any]]:
    """A row for each line of the films."""
    rows = []
    for film, source, target in films(kept, few):
        whole = decode(film, RATE)[:, 0]
        plain, plain_sounds = takes(film, source, target, 0.0)
        acted, acted_sounds = takes(film, source, target, 1.0)
        for line in [line for line in acted if line in plain]:
            span = [float(Fraction(acted[line]["loop"][edge])) for edge in ("start", "end")]
            first = max(0, round((span[0] - 0.1) * RATE))
            said, before, after = judge.said([
                (whole[first:round((span[1] + 0.1) * RATE)], source), (plain_sounds[line], target),
                (acted_sounds[line], target)])
            rows.append({"kind": "translated", "film": film.stem, "id": line, "flags": acted[line]["flags"],
                         **_both(compare(said, before, by_time(said, before)),
                                 compare(said, after, by_time(said, after))),
                         **_errors(before, plain[line]["text"], after, acted[line]["text"], target)})
    return rows


# --- the same words again: the library -------------------------------------------------------------------------

def lines(kept: bool, few: int) -> list[Clip]:
    """Clips that are spoken again in their own language. The Night clips' words are what the recogniser hears."""
    chosen = [clip for clip in fleurs() if clip.language in ("en", "es", "fr") and is_kept(clip.path.name) == kept]
    chosen += [clip for clip in prompts("en") if is_kept(clip.path.name) == kept][:EACH]
    chosen += [Clip(path.stem, "en", path, "") for path in night() if is_kept(path.name) == kept]
    return chosen[::max(1, len(chosen) // few)][:few] if few else chosen


def same_language(judge: Judge, kept: bool, few: int) -> list[dict[str, Any]]:
    """A row for each clip; of a Night clip its first stretches, up to ten seconds."""
    from ciak.backends import registry
    from ciak.backends.protocols import Delivery
    from ciak.config import Settings
    from ciak.dubbing.melody import follow, register
    from ciak.dubbing.performance import Original, contour
    from ciak.film import Signal, Span, Word

    voice: Any = registry.resolve("voice", Settings.from_environment())
    rows = []
    for clip in lines(kept, few):
        said = judge.said([(decode(clip.path, RATE)[:RATE * 10, 0], clip.language)])[0]
        text = clip.text if clip.text and len(said.sound) < RATE * 10 else " ".join(word for word, _, _ in said.words)
        if len(said.words) < 3 or not text.strip():
            continue
        spoken_by = next(one.id for one in voice.stock() if one.language == clip.language)
        track = follow(Signal.mono(said.sound, RATE))
        heard = tuple(Word(text=word, span=Span.of(Fraction(str(round(start, 3))), Fraction(str(round(end, 3)))))
                      for word, start, end in said.words)
        shape = contour(Original(track, register([track]), heard), text, 1.0)
        natural = voice.length(text, spoken_by, clip.language)
        wanted = min(max(Fraction(said.words[-1][2] - said.words[0][1]), natural / Fraction(5, 4)),
                     natural / Fraction(4, 5))
        made = [voice.speak(text, Delivery(spoken_by, clip.language, wanted, contour=one)).signal
                for one in (None, shape)]
        sounds = [_at_rate(one.samples[:, 0], one.rate) for one in made]
        before, after = judge.said([(sound, clip.language) for sound in sounds])
        rows.append({"kind": "same language", "film": clip.name, "id": clip.language, "flags": [],
                     **_both(compare(said, before, by_words(said, before, clip.language)),
                             compare(said, after, by_words(said, after, clip.language))),
                     **_errors(before, text, after, text, clip.language)})
    return rows


def _at_rate(sound: Sound, rate: int) -> Sound:
    from hearing import resample

    return resample(sound, rate, RATE)


def _both(before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, Any]:
    return {f"{what} {when}": side[what] if side else None
            for what in TARGETS for when, side in (("without", before), ("with", after))}


def _errors(before: Said, plain: str, after: Said, acted: str, language: str) -> dict[str, Any]:
    told = [" ".join(word for word, _, _ in side.words) for side in (before, after)]
    return {"errors without": word_errors(plain, told[0], language),
            "errors with": word_errors(acted, told[1], language),
            "seconds": [round(len(before.sound) / RATE, 3), round(len(after.sound) / RATE, 3)]}


# --- figures ---------------------------------------------------------------------------------------------------

def figures(rows: list[dict[str, Any]], kind: str) -> list[Figure]:
    """Of the rows of one kind."""
    out = []
    mine = [row for row in rows if row["kind"] == kind]
    for what, target in TARGETS.items():
        pairs = [(row[f"{what} without"], row[f"{what} with"]) for row in mine
                 if row[f"{what} without"] is not None and row[f"{what} with"] is not None]
        if not pairs:
            continue
        with_it, without = [b for _, b in pairs], [a for a, _ in pairs]
        value, gained = sum(with_it) / len(pairs), [b - a for a, b in pairs]
        out += [Figure("dubbing F3", f"{what} follows the original, {kind}", value, f">= {target}", value >= target,
                       mean_interval(with_it), {"lines": len(pairs), "median": float(np.median(with_it))}),
                Figure("dubbing F3", f"{what} without transfer, {kind}", sum(without) / len(pairs),
                       interval=mean_interval(without)),
                Figure("dubbing F3", f"{what} gained, {kind}", sum(gained) / len(pairs), f">= {GAIN}",
                       sum(gained) / len(pairs) >= GAIN, mean_interval(gained))]
    before: list[Counts] = [row["errors without"] for row in mine]
    after: list[Counts] = [row["errors with"] for row in mine]
    rise = pooled(after) - pooled(before)
    out.append(Figure("dubbing F3", f"rise of the takes' word error, {kind}", rise, f"<= {WORSE}", rise <= WORSE,
                      details={"without": pooled(before), "with": pooled(after), "lines": len(mine)}))
    return out


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--development", action="store_true", help="the other half; nothing is recorded")
    options.add_argument("--kind", choices=["translated", "same"], help="one kind only")
    asked = options.parse_args()
    judge, kept = Judge(), not asked.development
    kinds = {"translated": translated, "same": same_language}
    missed = [report(name, measure(judge, kept, asked.few), asked.development, keep=kept and not asked.few)
              for name, measure in kinds.items() if asked.kind in (None, name)]
    return max(missed)


def report(name: str, rows: list[dict[str, Any]], tell: bool, keep: bool) -> int:
    """Print and record what was measured of one kind."""
    if not rows:
        sys.exit("no line was dubbed")
    plain = [{key: (value.errors, value.words) if isinstance(value, Counts) else value for key, value in row.items()}
             for row in rows]
    for row in plain if tell else []:
        print(re.sub(r"[{}'\"]", "", json.dumps(row)))
    found = figures(rows, rows[0]["kind"])
    found[0].details["rows"] = plain
    from contour_ear import SETTINGS

    frozen = {**SETTINGS, "smooth_s": SMOOTH, "pause_s": PAUSE, "floor_db": FLOOR, "audible_db": AUDIBLE,
              "matched": MATCHED, "gain": GAIN}
    return record(f"performance_{name}", found, judge=frozen, keep=keep)


if __name__ == "__main__":
    sys.exit(main())
