"""F4: does every line of the dub lie inside its slot, whole, at a rate that still sounds like speech?

The dub's own report is taken at its word only for where slots are; everything else is measured anew: the length
of each take from its sound, its natural length by speaking the same text unhurried with the same voice, its
place and its end in the dialogue stem by correlation. A line is *inside* when it begins and ends within its
slot (tolerance 13 ms, half a frame of the voice) at a rate of .77 to 1.33. What is not inside must carry a
flag. A take is *cut* when the stem does not hold it to its last audible 80 ms.

Peer, same run: the natural-rate speech of the same line stretched to the same length (``stretch_peer.py``),
heard by the same recogniser; and how many lines would fit if the translator's first answer were spoken whatever
its length.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from fractions import Fraction
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


def judge(made: Dub, peer: Peer, ear: Ear) -> list[dict[str, Any]]:
    """One row of measurements per line of a dub."""
    stem = decode(made.stem("DX"), STEM_RATE)[:, 0]
    takes, rows, busy = made.takes(), [], 0.0
    lines = sorted(made.report["lines"], key=lambda line: line["slot"][0])
    for i, line in enumerate(lines):
        take = takes.get(line["id"])
        row: dict[str, Any] = {"film": made.name, "id": line["id"], "flagged": bool(line["flags"]),
                               "inside": False, "sound": take is not None, "cut": False, "overlaps": False}
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
    return record("slots", figures, judge={"tolerance_s": TOLERANCE, "least_correlation": [WHOLE, TAIL],
                                           "peer": "python-stretch 0.3.1 (Signalsmith)"}, keep=not few)


if __name__ == "__main__":
    sys.exit(main())
