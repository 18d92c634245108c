"""Music that is told and music that is not, on a film whose truth is known because it was put together here.

Spoken sentences (FLEURS, English) and tunes (the music on hold of Asterisk, and one that is made up here) are laid one
after the other: speech alone, silence, music alone, speech over music that is 9, 12 or 15 dB below it. Where a tune
was laid is the truth; nothing that is measured had a part in it. Judged is what ``ciak subtitle --sdh`` proposes: the
share of the music's time that is told, the share of the told time that is music, and captions on sound without music:
all 20 FLEURS clips one after the other, and voices around a fire. The battle clip has no truth; what is told of it is
reported.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from clips import Sound, decode, fleurs, write_wav
from figures import Figure, cache, ciak, material, parser, record

RATE = 16000
PACKAGE = "asterisk-moh-opsound-g722"
SPEECH, ALONE = -23.0, -26.0
"""Level of speech and of music alone, dB of full scale."""
BELOW = (9.0, 12.0, 15.0)
"""Music below speech, dB; in turn."""
LENGTH, SILENCE = 12, 3
"""Seconds of each stretch, and of the silence between."""
SETTINGS = {"speech": SPEECH, "music": ALONE, "below": BELOW, "seconds": LENGTH, "silence": SILENCE}
Spans = list[tuple[float, float]]


def tunes() -> dict[str, Sound]:
    """Name -> a tune, mono; Debian's where apt can give them, and the made-up one."""
    folder = cache() / PACKAGE
    if not (folder / "complete").is_file():
        folder.mkdir(exist_ok=True)
        subprocess.run(["apt-get", "-q", "download", PACKAGE], cwd=folder, capture_output=True, check=False)
        for deb in sorted(folder.glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", deb.name, "."], cwd=folder, check=True)
            (folder / "complete").touch()
    found = {path.stem: decode(path, RATE)[:, 0] for path in sorted(folder.rglob("*.g722"))}
    if not found:
        sys.exit(f"Debian's {PACKAGE} cannot be fetched here")
    return {**found, "made-up": made_up()}


def made_up(seconds: int = 40) -> Sound:
    """Four chords, plucked again and again, with overtones that die away."""
    sound = np.zeros(seconds * RATE, np.float64)
    chords = ((220.0, 277.2, 329.6), (185.0, 220.0, 277.2), (146.8, 185.0, 220.0), (164.8, 207.7, 246.9))
    for number in range(seconds * 4):
        chord = chords[number // 8 % 4]
        time = np.arange(RATE) / RATE
        pitch = chord[number % 3] * (2 if number % 4 == 3 else 1)
        note = sum(np.sin(2 * np.pi * pitch * k * time) / k ** 1.5 for k in range(1, 7)) * np.exp(-3 * time)
        start = number * RATE // 4
        end = min(len(sound), start + RATE)
        sound[start:end] += note[:end - start]
    return np.asarray(sound / np.abs(sound).max(), np.float32)


def at_level(sound: Sound, level: float) -> Sound:
    """``sound`` with a mean power of ``level`` dB."""
    power = float(np.mean(sound.astype(np.float64) ** 2))
    return np.asarray(sound * 10 ** (level / 20) / max(power, 1e-12) ** .5, np.float32)


def film(few: int | None) -> tuple[Sound, Spans, Spans]:
    """The sound, where music is, and where it is alone."""
    spoken = [at_level(decode(clip.path, RATE)[:, 0], SPEECH) for clip in fleurs() if clip.language == "en"]
    parts: list[Sound] = []
    music: Spans = []
    alone: Spans = []
    at, turn = 0, 0

    def lay(sound: Sound) -> tuple[float, float]:
        nonlocal at
        parts.append(sound)
        at += len(sound)
        return (at - len(sound)) / RATE, at / RATE

    for number, tune in enumerate(list(tunes().values())[:few]):
        lay(spoken[turn % len(spoken)][:LENGTH * RATE])
        lay(np.zeros(SILENCE * RATE, np.float32))
        first = len(tune) // 4
        one = lay(at_level(tune[first:first + LENGTH * RATE], ALONE))
        alone.append(one)
        lay(np.zeros(SILENCE * RATE, np.float32))
        speech = spoken[(turn + 1) % len(spoken)][:LENGTH * RATE]
        under = at_level(tune[first:first + len(speech)], SPEECH - BELOW[number % len(BELOW)])
        music += [one, lay(speech[:len(under)] + under)]
        lay(np.zeros(SILENCE * RATE, np.float32))
        turn += 2
    return np.concatenate(parts), music, alone


def proposed(path: Path, folder: Path) -> Spans:
    """The music captions that the command proposes for a sound."""
    ran = ciak("subtitle", path, "--language", "en", "--sdh", "--out", folder, "--json")
    if ran.status == 2 and "NothingToDo" in ran.out + ran.err:
        return []
    told = json.loads(ran.out)
    listed = json.loads(ciak("subtitle", "captions", told["folder"], "--json").out)
    return [(row["start"], row["end"]) for row in listed["captions"] if row["kind"] == "music"]


def common(one: Spans, other: Spans) -> float:
    """Seconds that lie in both (each list disjoint)."""
    return sum(max(0.0, min(end, out) - max(start, into)) for start, end in one for into, out in other)


def length(spans: Spans) -> float:
    return sum(end - start for start, end in spans)


def main() -> int:
    few = parser(__doc__).parse_args().few or None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound, music, alone = film(few)
        told = proposed(write_wav(folder / "film.wav", sound, RATE), folder / "film")
        quiet = np.concatenate([at_level(decode(clip.path, RATE)[:, 0], SPEECH) for clip in fleurs()][:few])
        false = proposed(write_wav(folder / "speech.wav", quiet, RATE), folder / "speech")
        media = material() / "media"
        fire = proposed(media / "ambience" / "voices-around-a-fire.mp3", folder / "fire")
        battle = proposed(media / "tears-of-steel" / "battle.webm", folder / "battle")
    recall = common(music, told) / length(music)
    precision = common(told, music) / length(told) if told else 0.0
    below = [span for span in music if span not in alone]
    where = {"true": music, "told": told}
    return record("sounds", [
        Figure("subtitles 3", "share of the music's time that is told", recall, ">= 0.85", recall >= .85,
               details=where),
        Figure("subtitles 3", "share of the told time that is music", precision, ">= 0.85", precision >= .85),
        Figure("subtitles 3", "music alone: share told", common(alone, told) / length(alone)),
        Figure("subtitles 3", "music below speech: share told", common(below, told) / length(below)),
        Figure("subtitles 3", "captions on 20 clips of speech alone", len(false), "0", not false,
               details={"told": false, "seconds": len(quiet) / RATE}),
        Figure("subtitles 3", "captions on voices around a fire", len(fire), "0", not fire, details={"told": fire}),
        Figure("subtitles 3", "seconds told in the battle clip, of 70", length(battle), details={"told": battle}),
    ], judge=SETTINGS, keep=few is None)


if __name__ == "__main__":
    sys.exit(main())
