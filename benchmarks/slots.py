"""F4: does every line of the dub lie inside its slot, whole, at a rate that still sounds like speech?

The dub's own report is taken at its word only for where slots are; everything else is measured anew: the length
of each take from its sound, its natural length by speaking the same text unhurried with the same voice, its
place and its end in the dialogue stem by correlation. A line is *inside* when it begins and ends within its
slot (tolerance 13 ms, half a frame of the voice) at a rate of .77 to 1.33. What is not inside must carry a
flag. A take is *cut* when the stem does not hold it to its last audible 80 ms.

Peer, same run: the natural-rate speech of the same line stretched to the same length (``stretch_peer.py``),
heard by the same recogniser; and how many lines would fit if the translator's first answer were spoken whatever
its length.

F2 of dubbing, on the same dubs: how far each take's sound is from the length that the paper promises; the share of
lines flagged for their length; the rates of the others; and whether neighbours, two lines of one character that follow
each other within ``NEAR`` seconds, keep a common pace. Pace is articulation: seconds of sound without the silences of
``SILENT`` and more inside, unhurried over as spoken. Lines flagged for their length are left out of rates and pace.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from clips import Sound, decode, write_wav
from dubbed import Dub, dub, films
from figures import ROOT, Counts, Figure, bootstrap, paired_bootstrap, parser, pooled, record, word_errors
from hearing import Ear

RATES, TOLERANCE = (0.77, 1.33), 0.013
WHOLE, TAIL, LAG = 0.8, 0.7, 0.030
"""Least correlation of a take with the stem, of its last 80 ms, and the seconds within which it is looked for."""
STEM_RATE = 48000
NEAR, SILENT, UNDER = 30.0, 0.15, 40.0
"""Seconds between neighbours; of a silence inside a line; dB below the loudest at which it is silent."""
PACE, LENGTH = 1.15, 0.025
OF_LENGTH = {"no-room", "too-fast"}


class Peer:
    """The voice, asked by the judge: natural speech, stretched speech, natural lengths."""

    def __init__(self) -> None:
        from ciak.backends import registry
        from ciak.config import Settings

        settings = Settings.from_environment()
        self.voice: Any = registry.resolve("voice", settings)
        self.translator: Any = registry.resolve("translator", settings)

    def natural(self, text: str, voice: str, language: str) -> Sound:
        """The line spoken unhurried."""
        from ciak.backends.protocols import Delivery

        spoken = self.voice.speak(text, Delivery(voice, language))
        return np.asarray(spoken.signal.samples[:, 0], np.float32)

    def stretched(self, sound: Sound, length: float) -> Sound:
        """``sound`` stretched to ``length`` seconds by the peer's stretcher."""
        with tempfile.TemporaryDirectory() as name:
            source, target = Path(name) / "in.wav", Path(name) / "out.wav"
            write_wav(source, sound, self.voice.rate)
            python, peer = ROOT / ".venv-bench" / "bin" / "python", ROOT / "benchmarks" / "stretch_peer.py"
            ratio = length * self.voice.rate / len(sound)
            subprocess.run([python, peer, source, target, str(ratio)], check=True)
            return decode(target, self.voice.rate)[:, 0]

    def first_answer_rate(self, line: dict[str, Any], voice: str, source: str, target: str) -> float:
        """Rate at which the translator's first answer would have to be spoken to fit the slot."""
        text = self.translator.translate([line["source"]], source, target)[0][0].text
        room = line["slot"][1] - line["slot"][0]
        return float(self.voice.length(text, voice, target)) / room if text.strip() else 0.0


def _correlation(left: Sound, right: Sound) -> float:
    power = float(np.sqrt((left.astype(np.float64) ** 2).sum() * (right.astype(np.float64) ** 2).sum()))
    return float((left.astype(np.float64) * right).sum()) / power if power > 1e-9 else 0.0


def in_stem(take: Sound, stem: Sound, start: float) -> tuple[float, float]:
    """How well ``take`` (48 kHz) stands in the stem near ``start``: correlation of all, and of the last 80 ms."""
    loud = np.flatnonzero(np.abs(take) > np.abs(take).max(initial=0) * 10 ** (-40 / 20))
    if not len(loud):
        return 1.0, 1.0
    first, last = int(loud[0]), int(loud[-1]) + 1
    centre, reach = round(start * STEM_RATE), round(LAG * STEM_RATE)
    padded = np.concatenate([np.zeros(reach, np.float32), stem, np.zeros(reach + len(take), np.float32)])
    window = padded[centre:centre + len(take) + 2 * reach]
    if len(window) < len(take):
        return 0.0, 0.0
    from scipy.signal import correlate

    lag = int(correlate(window, take, mode="valid", method="fft").argmax())
    tail = max(first, last - round(.080 * STEM_RATE))
    return (_correlation(window[lag + first:lag + last], take[first:last]),
            _correlation(window[lag + tail:lag + last], take[tail:last]))


def articulated(sound: Sound, rate: int) -> float:
    """Seconds of ``sound`` without the silences inside and around it."""
    step = rate // 100
    frames = sound[:len(sound) // step * step].reshape(-1, step).astype(np.float64)
    level = 10 * np.log10((frames ** 2).mean(axis=1) + 1e-12)
    heard = level > level.max(initial=-120) - UNDER
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (~heard).astype(int), [0]]))).reshape(-1, 2)
    silent = sum(b - a for a, b in edges.tolist() if (b - a) / 100 >= SILENT or a == 0 or b == len(heard))
    return (len(heard) - silent) / 100


def neighbours(rows: list[dict[str, Any]]) -> list[float]:
    """How many times one of two neighbours is faster than the other, for each two."""
    out = []
    for film, character in sorted({(row["film"], row["character"]) for row in rows}):
        mine = [row for row in rows if (row["film"], row["character"]) == (film, character)]
        for one, other in pairwise(mine):
            if "pace" in one and "pace" in other and other["start"] - one["end"] <= NEAR:
                out.append(max(one["pace"], other["pace"]) / min(one["pace"], other["pace"]))
    return out


def judge(made: Dub, peer: Peer, ear: Ear) -> list[dict[str, Any]]:
    """One row of measurements per line of a dub."""
    stem = decode(made.stem("DX"), STEM_RATE)[:, 0]
    takes, rows, busy = made.takes(), [], 0.0
    lines = sorted(made.report["lines"], key=lambda line: line["slot"][0])
    for i, line in enumerate(lines):
        take = takes.get(line["id"])
        row: dict[str, Any] = {"film": made.name, "id": line["id"], "flagged": bool(line["flags"]),
                               "inside": False, "sound": take is not None, "cut": False, "overlaps": False,
                               "character": line["character"], "start": line["span"][0], "end": line["span"][1],
                               "length flagged": bool(OF_LENGTH & {flag["code"] for flag in line["flags"]})}
        if i + 1 < len(lines):
            row["slot reaches the next line"] = line["slot"][1] > lines[i + 1]["span"][0] + TOLERANCE
        rows.append(row)
        if take is None:
            continue
        path = made.artefact(take["sound"])
        sound, start = decode(path, STEM_RATE)[:, 0], float(Fraction(take["span"]["start"]))
        length = len(sound) / STEM_RATE
        plain = peer.natural(take["text"], take["voice"], made.language)
        row["rate"] = len(plain) / peer.voice.rate / length
        promised = Fraction(take["span"]["end"]) - Fraction(take["span"]["start"])
        row["off"] = abs(length - float(promised))
        if not row["length flagged"]:
            row["pace"] = articulated(plain, peer.voice.rate) / max(0.01, articulated(sound, STEM_RATE))
        row["inside"] = (start >= line["slot"][0] - TOLERANCE and start + length <= line["slot"][1] + TOLERANCE
                         and RATES[0] - .01 <= row["rate"] <= RATES[1] + .01)
        whole, tail = in_stem(sound, stem, start)
        row |= {"correlation": whole, "tail": tail, "cut": whole < WHOLE or tail < TAIL,
                "overlaps": start < busy - TOLERANCE}
        busy = max(busy, start + length)
        row["ours"] = word_errors(take["text"], ear.hear(sound, STEM_RATE, made.language), made.language)
        other = peer.stretched(plain, length)
        row["peer"] = word_errors(take["text"], ear.hear(other, peer.voice.rate, made.language), made.language)
        row["first"] = peer.first_answer_rate(line, take["voice"], "en", made.language)
    return rows


def fit(rows: list[dict[str, Any]]) -> list[Figure]:
    """F2 of dubbing."""
    off = [row["off"] for row in rows if "off" in row]
    rates = [row["rate"] for row in rows if "pace" in row]
    flagged = sum(row["length flagged"] for row in rows) / len(rows)
    ratios = neighbours(rows)
    even = sum(ratio <= PACE + .005 for ratio in ratios) / max(1, len(ratios))
    outside = sum(not RATES[0] - .01 <= rate <= RATES[1] + .01 for rate in rates)
    return [
        Figure("dubbing F2", "a take's length from the one that was chosen, the most, s", max(off), "<= 0.025",
               max(off) <= LENGTH, details={"lines": len(off)}),
        Figure("dubbing F2", "lines flagged for their length", flagged, "<= 0.05", flagged <= .05),
        Figure("dubbing F2", "other lines at a rate outside .77-1.33", outside, "0", outside == 0),
        Figure("dubbing F2", "neighbours whose pace is within 15 %, share", even, "1", even >= 1,
               details={"pairs": len(ratios), "ratios": ratios}),
    ]


def main() -> int:
    few = parser(__doc__).parse_args().few
    peer, ear = Peer(), Ear()
    rows = [row for film in films(few) for row in judge(dub(film), peer, ear)]
    if not rows:
        sys.exit("no line was dubbed")
    inside = sum(row["inside"] for row in rows) / len(rows)
    silent = [row["id"] for row in rows if not row["inside"] and not row["flagged"]]
    broken = [row["id"] for row in rows if row["cut"] or row["overlaps"] or row.get("slot reaches the next line")]
    spoken = [row for row in rows if "ours" in row]
    ours, theirs = [row["ours"] for row in spoken], [row["peer"] for row in spoken]
    kept = [{key: value for key, value in row.items() if not isinstance(value, Counts)} for row in rows]
    figures = [
        Figure("F4", "lines inside their slot at rate .77-1.33", inside, ">= 0.95", inside >= .95,
               details={"lines": len(rows), "rows": kept}),
        Figure("F4", "lines not inside and not flagged", len(silent), "0", not silent, details={"ids": silent}),
        Figure("F4", "lines cut, overlapping, or with a slot that reaches the next line", len(broken), "0",
               not broken, details={"ids": broken}),
        Figure("F4", "word error of the takes", pooled(ours), interval=bootstrap(ours)),
        Figure("F4", "peer: word error of natural speech stretched to the same length", pooled(theirs),
               interval=bootstrap(theirs)),
        Figure("F4", "peer minus ours", pooled(theirs) - pooled(ours), interval=paired_bootstrap(ours, theirs)),
        Figure("F4", "peer: lines whose first translation fits at 1.33 or less",
               sum(row["first"] <= RATES[1] for row in spoken) / max(1, len(spoken))),
    ]
    figures += fit(rows)
    return record("slots", figures, judge={"tolerance_s": TOLERANCE, "least_correlation": [WHOLE, TAIL],
                                           "peer": "python-stretch 0.3.1 (Signalsmith)"}, keep=not few)


if __name__ == "__main__":
    sys.exit(main())
