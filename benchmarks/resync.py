"""Subtitles that do not fit the sound any more: does ``ciak subtitle resync`` find where they belong?

Films. Twelve sound films of about six minutes, made of real speech whose place is known because this judge laid it:
prompts and read sentences (English, Italian, FLEURS in four languages), in random order, with random silences, over a
bed of music, of effects and murmur (the Sintel trailer, the battle of Tears of Steel, voices around a fire) 20, 12 or
6 dB below the speech. A subtitle stands where a clip sounds (from the first to the last moment above -35 dB of its
peak), as people set them: in-times up to .1 s off, out-times up to half a second late, one in ten missing, some that
nobody speaks (a sign, a sound) between.

Each is disturbed in turn by what happens to subtitles:

- offset: between -60 and 60 seconds;
- speed: 24 to 25, 25 to 24, 24 to 23.976, 23.976 to 25, with an offset within 10 seconds;
- drift: any other factor between .97 and 1.03, with an offset within 10 seconds.

Measured: the share of subtitles whose in-time, after ``resync``, is within 200 ms of where it stood; worst and median
of the films beside it; and how often subtitles of another film are taken for this one's (must be refused: exit 2, or
1, and nothing written). Peer: ffsubsync, as it comes, on the same files.

    python benchmarks/resync.py [--few N]
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clips import Sound, decode, fleurs, prompts, write_wav
from figures import ROOT, Figure, cache, ciak, material, parser, record
from subtitling import Title, read_srt, write_srt

RATE = 16000
FILMS, LENGTH, SEED = 12, 360.0, 20261123
NEAR = 0.2
"""Seconds."""
SPEEDS = (24 / 25, 25 / 24, 24 / 23.976, 23.976 / 25)
PEER = ROOT / ".venv-bench" / "bin" / "ffsubsync"


@dataclass(frozen=True)
class Film:
    """A sound file and the subtitles that fit it."""

    sound: Path
    titles: list[Title]


def heard(sound: Sound) -> tuple[int, int]:
    """First and last sample of what is within 35 dB of the peak, by frames of 10 ms."""
    size = RATE // 100
    frames = sound[:len(sound) // size * size].reshape(-1, size)
    level = np.sqrt((frames ** 2).mean(axis=1))
    loud = np.flatnonzero(level > level.max() * 10 ** (-35 / 20))
    return int(loud[0]) * size, int(loud[-1] + 1) * size


def beds() -> list[Sound]:
    """What may sound below the speech."""
    media = material() / "media"
    return [decode(media / path, RATE)[:, 0] for path in (
        "sintel/trailer.mp4", "tears-of-steel/battle.webm", "ambience/voices-around-a-fire.mp3")]


def build(number: int) -> Film:
    """Film ``number``, made once, and its subtitles."""
    rng = random.Random(SEED + number)
    clips = [*prompts("en"), *prompts("it"), *fleurs()]
    target = cache() / "films" / f"resync-v1-{number}.wav"
    track = np.zeros(round(LENGTH * RATE), np.float32)
    titles, at = [], rng.uniform(2, 30)
    while True:
        clip = rng.choice(clips)
        sound = decode(clip.path, RATE)[:, 0]
        sound = sound / max(1e-6, float(np.abs(sound).max())) * rng.uniform(.3, .7)
        first, last = heard(sound)
        at += min(30.0, rng.expovariate(1 / 2.5)) + .15
        begin = round(at * RATE)
        if begin + len(sound) > len(track) - RATE * 5:
            break
        track[begin:begin + len(sound)] += sound
        start, end = (begin + first) / RATE, (begin + last) / RATE
        if rng.random() > .1:
            titles.append(Title(max(0.0, start + rng.uniform(-.1, .1)), end + rng.uniform(0, .5), (clip.text[:80],)))
        at = (begin + len(sound)) / RATE
        if rng.random() < .04:
            titles.append(Title(at + .3, at + 2.3, ("[A SIGN]",)))
            at += 2.5
    titles = [Title(one.start, min(one.end, following.start - .05) if following else one.end, one.lines)
              for one, following in zip(titles, [*titles[1:], None], strict=True)]
    if not target.is_file():
        bed = beds()[number % 3]
        repeated = np.tile(bed, -(-len(track) // len(bed)))[:len(track)]
        level = float(np.sqrt((track[np.abs(track) > .01] ** 2).mean()))
        below = (20, 12, 6)[number // 3 % 3]
        repeated = repeated * (level * 10 ** (-below / 20) / max(1e-6, float(np.sqrt((repeated ** 2).mean()))))
        write_wav(target, np.clip(track + repeated, -1, 1), RATE)
    return Film(target, titles)


def disturbed(titles: list[Title], kind: str, rng: random.Random) -> list[Title]:
    """The subtitles on another clock. Those that would begin before zero are left out."""
    factor, offset = 1.0, rng.uniform(-60, 60)
    if kind != "offset":
        factor = rng.choice(SPEEDS) if kind == "speed" else rng.uniform(.97, 1.03)
        offset = rng.uniform(-10, 10)
    return [Title(one.start * factor + offset, one.end * factor + offset, one.lines) for one in titles]


def placed(found: list[Title], wanted: list[Title]) -> float:
    """Share of subtitles within NEAR of where they belong. Both lists are of the same subtitles, in order."""
    if len(found) != len(wanted):
        return 0.0
    return sum(abs(one.start - other.start) <= NEAR for one, other in zip(found, wanted, strict=True)) / len(wanted)


def resynced(film: Film, titles: list[Title]) -> tuple[list[Title] | None, list[Title] | None]:
    """What Ciak and the peer make of ``titles``; None where it refused."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "in.srt"
        source.write_text(write_srt(titles), encoding="utf-8")
        ran = ciak("subtitle", "resync", source, film.sound, "--out", folder / "ours.srt", "--json")
        if ran.status not in (0, 1, 2) or "Traceback" in ran.err:
            sys.exit(f"the command broke: {ran.err[-600:]}")
        done = subprocess.run([PEER, film.sound, "-i", source, "-o", folder / "peer.srt"], capture_output=True,
                              check=False)
        ours, peer = ((folder / file) for file in ("ours.srt", "peer.srt"))
        return (read_srt(ours.read_text(encoding="utf-8")) if ran.status == 0 else None,
                read_srt(peer.read_text(encoding="utf-8")) if done.returncode == 0 and peer.is_file() else None)


def main() -> int:
    few = parser(__doc__).parse_args().few
    if not PEER.is_file():
        sys.exit("the peer is not here: make bench-setup")
    films = [build(number) for number in range(few or FILMS)]
    rng = random.Random(SEED)
    shares: dict[tuple[str, str], list[float]] = {}
    counts: dict[str, int] = {}
    strangers = {"ours": 0, "peer": 0}
    for number, film in enumerate(films):
        for kind in ("offset", "speed", "drift"):
            moved = disturbed(film.titles, kind, rng)
            kept = [index for index, one in enumerate(moved) if one.start >= 0]
            wanted = [film.titles[index] for index in kept]
            counts[kind] = counts.get(kind, 0) + len(wanted)
            for who, found in zip(("ours", "peer"), resynced(film, [moved[index] for index in kept]), strict=True):
                shares.setdefault((kind, who), []).append(placed(found, wanted) if found else 0.0)
            print(number, kind, *(f"{who} {shares[kind, who][-1]:.2f}" for who in ("ours", "peer")), flush=True)
        other = films[(number + 1) % len(films)]
        for who, found in zip(("ours", "peer"), resynced(film, other.titles), strict=True):
            strangers[who] += found is not None
    figures = []
    for kind in ("offset", "speed", "drift"):
        ours, peer = (shares[kind, who] for who in ("ours", "peer"))
        mean, theirs = (sum(values) / len(values) for values in (ours, peer))
        figures.append(Figure("subtitles 6", f"resync, {kind}: subtitles within 200 ms of their place, mean of the "
                              "films", mean, f">= .95 and the peer's {theirs:.3f}", mean >= .95 and mean >= theirs,
                              details={"peer": theirs, "worst": min(ours), "worst_peer": min(peer), "each": ours,
                                       "subtitles": counts[kind]}))
    figures.append(Figure("subtitles 6", "resync: subtitles of another film taken for this one's", strangers["ours"],
                          "0", strangers["ours"] == 0, details={"peer": strangers["peer"], "films": len(films)}))
    return record("resync", figures, judge={"seed": SEED, "films": FILMS, "length": LENGTH}, keep=not few)


if __name__ == "__main__":
    sys.exit(main())
