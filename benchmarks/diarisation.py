"""Dubbing F1: who is told to speak when, on conversations whose turns are known.

Diarisation error: seconds missed, invented and given to the wrong person, over seconds spoken, each person counted
where several speak at once; persons are paired so that it is least; a quarter of a second around each true beginning
and end is left out (the rule of NIST's RT-09 plan), and the figure without that is reported beside. What is measured
is what a user sees: the lines of ``ciak subtitle`` and their characters. The language is given, the number of speakers
is not.

1. Twelve conversations of two to four people (``conversations.py``), clean and once more with film music under them.
2. The example, whose truth we made.
3. Two Night clips; only the turns labelled in ``data/night_turns.tsv`` are scored, without a collar.

Peer: the second embedding on what the second detector hears, in windows of 1.6 s, clustered by average linkage, told
the number of speakers (which Ciak is not).
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clips import Sound, decode, night, write_wav
from conversations import CONVERSATIONS, RATE, Turn, conversation
from figures import ROOT, Figure, ciak, material, mean_interval, parser, record
from hearing import speech
from second_voice import SETTINGS, embedding

sys.path.insert(0, str(ROOT / "examples" / "the-last-reel"))

FRAME, COLLAR = 0.01, 0.25
MUSIC = -10.0
"""dB of the music under the voices' level."""
WINDOW, HOP = 1.6, 0.8

Grid = NDArray[np.bool_]


def error(truth: Sequence[Turn], told: Sequence[Turn], collar: float, only: Sequence[tuple[float, float]] = ()) -> (
        dict[str, float]):
    """Seconds of ``spoken``, ``missed``, ``invented``, ``confused``; inside the spans ``only``, when there are any."""
    from scipy.optimize import linear_sum_assignment

    length = round(max(turn.end for turn in [*truth, *told]) / FRAME) + 2
    counted = _spans(only, length) if only else np.ones(length, bool)
    for turn in truth:
        for edge in (turn.start, turn.end):
            counted[max(0, round((edge - collar) / FRAME)):round((edge + collar) / FRAME)] &= collar == 0
    one, other = _grid(truth, length), _grid(told, length)
    both = np.array([[float((a & b & counted).sum()) for b in other.values()] for a in one.values()])
    both = both.reshape(len(one), len(other))
    pairs = list(zip(*linear_sum_assignment(-both), strict=True))
    right = sum(both[pair] for pair in pairs)
    spoken = np.sum([a & counted for a in one.values()], axis=0).astype(int)
    heard = np.sum([b & counted for b in other.values()], axis=0).astype(int) if other else np.zeros(length, int)
    return {"spoken": float(spoken.sum()) * FRAME, "missed": float(np.maximum(spoken - heard, 0).sum()) * FRAME,
            "invented": float(np.maximum(heard - spoken, 0).sum()) * FRAME,
            "confused": float(np.minimum(spoken, heard).sum() - right) * FRAME}


def _spans(spans: Iterable[tuple[float, float]], length: int) -> Grid:
    grid = np.zeros(length, bool)
    for start, end in spans:
        grid[max(0, round(start / FRAME)):round(end / FRAME)] = True
    return grid


def _grid(turns: Sequence[Turn], length: int) -> dict[str, Grid]:
    return {who: _spans([(turn.start, turn.end) for turn in turns if turn.who == who], length)
            for who in dict.fromkeys(turn.who for turn in turns)}


def rate(parts: Iterable[dict[str, float]]) -> float:
    """Seconds wrong over seconds spoken, of all."""
    listed = list(parts)
    return sum(part["missed"] + part["invented"] + part["confused"] for part in listed) / max(
        1e-9, sum(part["spoken"] for part in listed))


def told_by_ciak(path: Path, language: str) -> list[Turn]:
    """The lines of the product's report."""
    with tempfile.TemporaryDirectory() as folder:
        report = ciak("subtitle", path, "--language", language, "--out", folder, "--json").json()
    return [Turn(line["span"][0], line["span"][1], line["character"]) for line in report["lines"]]


def told_by_peer(sound: Sound, people: int) -> list[Turn]:
    """See the module's docstring."""
    from scipy.cluster.hierarchy import fcluster, linkage

    windows = []
    for start, end in speech(sound):
        at = start
        while at < end:
            windows.append((at, min(end, at + HOP), embedding(
                sound[round(max(start, at - HOP / 2) * RATE):round(min(end, at + HOP * 1.5) * RATE)])))
            at += HOP
    if len(windows) < 2:
        return [Turn(start, end, "1") for start, end, _ in windows]
    tree = linkage(np.stack([vector for _, _, vector in windows]), "average", "cosine")
    labels = fcluster(tree, people, "maxclust")
    return [Turn(start, end, str(label)) for (start, end, _), label in zip(windows, labels, strict=True)]


def under_music(sound: Sound) -> Sound:
    """``sound`` with the trailer's music at ``MUSIC`` dB."""
    music = decode(material() / "media" / "sintel" / "trailer.mp4", RATE)[:, 0]
    music = np.tile(music, -(-len(sound) // len(music)))[:len(sound)]
    voice, bed = ((part.astype(np.float64) ** 2).mean() for part in (sound, music))
    gain = 10 ** (MUSIC / 20) * np.sqrt(voice / max(bed, 1e-12))
    return np.asarray(sound + music * np.float32(gain), np.float32)


def conversations(few: int | None) -> list[Figure]:
    """Part 1."""
    clean, exact, music, peer, counts = [], [], [], [], {}
    for number in range(len(CONVERSATIONS))[:few]:
        one = conversation(number)
        sound = decode(one.path, RATE)[:, 0]
        told = told_by_ciak(one.path, one.language)
        with tempfile.TemporaryDirectory() as folder:
            mixed = told_by_ciak(write_wav(Path(folder) / "mixed.wav", under_music(sound), RATE), one.language)
        people = len({turn.who for turn in one.turns})
        clean.append(error(one.turns, told, COLLAR))
        exact.append(error(one.turns, told, 0))
        music.append(error(one.turns, mixed, COLLAR))
        peer.append(error(one.turns, told_by_peer(sound, people), COLLAR))
        counts[one.name] = {"people": people, "told": len({turn.who for turn in told}),
                            "under music": len({turn.who for turn in mixed}), "error": rate([clean[-1]]),
                            "error under music": rate([music[-1]]), "peer": rate([peer[-1]]), **clean[-1]}
        print(one.name, counts[one.name], file=sys.stderr)
    value = rate(clean)
    right = sum(one["people"] == one["told"] for one in counts.values())
    return [Figure("dubbing F1", "diarisation error, conversations of two to four", value, "<= 0.15", value <= .15,
                   mean_interval([rate([part]) for part in clean]), counts),
            Figure("dubbing F1", "the same, every hundredth of a second counted", rate(exact)),
            Figure("dubbing F1", "the same with film music 10 dB under the voices", rate(music)),
            Figure("dubbing F1", "conversations with the right number of speakers", f"{right} of {len(counts)}"),
            Figure("dubbing F1", "peer, told the number of speakers", rate(peer))]


def example() -> list[Figure]:
    """Part 2."""
    from ciak.config import Settings
    from last_reel import film

    made = film.make(Settings.from_environment())
    truth = json.loads((made.parent / "truth.json").read_text(encoding="utf-8"))
    told = told_by_ciak(made, "en")
    turns = [Turn(line["start"], line["end"], line["speaker"]) for line in truth["lines"]]
    value = rate([error(turns, told, COLLAR)])
    return [Figure("dubbing F1", "diarisation error, our own film", value, "<= 0.15", value <= .15,
                   details={"told": len({turn.who for turn in told}), "people": len({turn.who for turn in turns})})]


def real_film(few: int | None) -> list[Figure]:
    """Part 3."""
    rows = [line.split("\t") for line in (ROOT / "benchmarks/data/night_turns.tsv").read_text("utf-8").splitlines()
            if not line.startswith("#")]
    parts, peers, details = [], [], {}
    for path in [path for path in night() if path.stem in {row[0] for row in rows}][:few]:
        turns = [Turn(float(row[1]), float(row[2]), row[3]) for row in rows if row[0] == path.stem]
        only = [(turn.start, turn.end) for turn in turns]
        told = told_by_ciak(path, "en")
        people = len({turn.who for turn in turns})
        parts.append(error(turns, told, 0, only))
        peers.append(error(turns, told_by_peer(decode(path, RATE)[:, 0], people), 0, only))
        details[path.stem] = {"people": people, "told": len({turn.who for turn in told}), **parts[-1],
                              "peer": rate([peers[-1]])}
        print(path.stem, details[path.stem], file=sys.stderr)
    value = rate(parts)
    return [Figure("dubbing F1", "diarisation error, labelled turns of two Night clips", value, "<= 0.15", value <= .15,
                   details=details),
            Figure("dubbing F1", "peer on the Night clips, told the number of labelled speakers", rate(peers))]


def main() -> int:
    few = parser(__doc__).parse_args().few or None
    figures = [*conversations(few), *([] if few else example()), *real_film(few)]
    settings: dict[str, Any] = {**SETTINGS, "frame_s": FRAME, "collar_s": COLLAR, "music_db": MUSIC}
    return record("diarisation", figures, judge=json.loads(json.dumps(settings)), keep=few is None)


if __name__ == "__main__":
    sys.exit(main())
