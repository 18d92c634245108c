"""F6: does a dubbed line sound as if it were spoken in the scene? Level, spectrum and room before and after fitting.

One film of five scenes that the judge makes, two FLEURS clips each, a little of Sintel's music 25 dB under the speech:
a hall and a kitchen (rooms by the image method, Allen and Berkley 1979, JASA 65(4)), a telephone (300 to 3,400 Hz), a
voice behind a door (12 dB less from 2 kHz on, a little room) and a booth, dry and flat; each at a level of its own.
So the original line is known as it was before the music came. The film is dubbed once, and mixed twice: as Ciak mixed
before there was fitting (``--fit 0``), and fitted. From the DX stem, the programme's gain taken off, each take is held
against the lines that it replaces:

- spectrum: RMS difference of the long-term levels in third octaves of 100 Hz to 6.3 kHz (IEC 61260), the mean level
  taken out of both, nothing counted that is 40 dB below the strongest band; frames within 30 dB of the loudest (after
  LTASS, Byrne et al. 1994, JASA 96(4));
- level: difference of active levels (those frames' power), against the take as the voice spoke it;
- room, of a scene as a whole: difference of the speech-to-reverberation modulation energy ratio (SRMR, Falk, Zheng
  and Chan 2010, IEEE TASLP 18(7), with 23 gammatone and 8 modulation bands), in dB;
- tail, of a scene as a whole: level of the 40 to 240 ms after the dry voice has ended, below the active level.

Other words by another voice never measure alike, so none of it can become nought: two clips of FLEURS that share a
scene show how far apart two voices are in the same room (the floor). The product estimates rooms by other means.
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clips import Sound, decode, film_of, fleurs
from figures import Figure, cache, ciak, material, mean_interval, parser, record

RATE = 48000
SEED = 20261130
BANDS = [1000 * 10 ** (n / 10) for n in range(-10, 9)]
PAUSE, BETWEEN = 1.5, 4.0
UNDER = 25.0
LEVELS = {"hall": -30.0, "kitchen": -24.0, "telephone": -33.0, "door": -36.0, "booth": -26.0}
Curve = NDArray[np.float64]


# --- scenes ------------------------------------------------------------------------------------------------------

def shoebox(size: tuple[float, float, float], source: tuple[float, float, float], ear: tuple[float, float, float],
            reflection: float, seconds: float) -> Curve:
    """Response of a room with alike walls, at 48 kHz, the direct sound at 0 with factor 1."""
    reach = seconds * 343
    counts = [int(reach / (2 * edge)) + 1 for edge in size]
    axes = []
    for edge, one, other, count in zip(size, source, ear, counts, strict=True):
        n = np.arange(-count, count + 1)
        places = np.concatenate([2 * n * edge + one, 2 * n * edge - one]) - other
        axes.append((places, np.concatenate([np.abs(2 * n), np.abs(2 * n - 1)])))
    x, y, z = (axis[0] for axis in axes)
    response = np.zeros(int(seconds * RATE) + 2)
    direct = float(np.linalg.norm(np.subtract(source, ear)))
    for place, order in zip(x, axes[0][1], strict=True):
        far = np.sqrt(place**2 + y[:, None] ** 2 + z[None, :] ** 2)
        power = reflection ** (order + axes[1][1][:, None] + axes[2][1][None, :]) * direct / far
        at = np.round((far - direct) / 343 * RATE).astype(int)
        keep = (at >= 0) & (at < len(response))
        response += np.bincount(at[keep], power[keep], len(response))
    return response


def shaped(speech: Curve, gain: Any) -> Curve:
    """``speech`` with the gain (a function of Hz), without delay."""
    spectrum = np.fft.rfft(speech, len(speech) + RATE)
    tones = np.fft.rfftfreq(len(speech) + RATE, 1 / RATE)
    filtered: Curve = np.fft.irfft(spectrum * gain(tones), len(speech) + RATE)[:len(speech)]
    return filtered


def placed_in(scene: str, dry: Curve) -> Curve:
    """The dry voice as that scene has it, 1.2 s longer."""
    from scipy.signal import fftconvolve

    long = np.append(dry, np.zeros(int(1.2 * RATE)))
    if scene == "telephone":
        return shaped(long, lambda hertz: 1 / (1 + (300 / np.maximum(hertz, 1)) ** 8) / (1 + (hertz / 3400) ** 12))
    if scene == "booth":
        return long
    rooms = {"hall": ((11.0, 8.0, 4.5), (3.0, 4.0, 1.6), (7.5, 4.6, 1.7), 0.86, 1.1),
             "kitchen": ((4.2, 3.1, 2.6), (0.6, 0.7, 1.6), (3.6, 2.5, 1.5), 0.88, 0.7),
             "door": ((3.0, 2.4, 2.5), (0.8, 0.9, 1.6), (2.1, 1.4, 1.5), 0.62, 0.4)}
    wet: Curve = fftconvolve(long, shoebox(*rooms[scene]))[:len(long)]
    return shaped(wet, lambda hertz: 10 ** (-12 / 20 * np.clip(np.log2(np.maximum(hertz, 1) / 500) / 2, 0, 1))
                  ) if scene == "door" else wet


@dataclass(frozen=True)
class Spoken:
    """A clip in the film: where (samples), its dry voice and how the scene has it, at the film's level."""

    scene: str
    start: int
    dry: Curve
    wet: Curve


def active(sound: Curve) -> NDArray[np.bool_]:
    """Which frames of 20 ms are within 30 dB of the loudest."""
    size = RATE // 50
    power = (sound[:len(sound) // size * size].reshape(-1, size) ** 2).mean(axis=1)
    return power > power.max(initial=0) * 1e-3


def level(sound: Curve) -> float:
    """Active level, dB."""
    size = RATE // 50
    frames = sound[:len(sound) // size * size].reshape(-1, size)
    kept = frames[active(sound)]
    return 10 * float(np.log10((kept**2).mean() + 1e-12)) if len(kept) else -120.0


def scenes() -> tuple[list[Spoken], Sound]:
    """What is spoken where, and the film's sound, stereo."""
    voices = [decode(clip.path, RATE)[:, 0].astype(np.float64) for clip in fleurs() if clip.language == "en"]
    place, spoken = int(2 * RATE), []
    for number, (scene, wanted) in enumerate(LEVELS.items()):
        for voice in (voices[number % len(voices)], voices[(number + 1) % len(voices)]):
            wet = placed_in(scene, voice)
            gain = 10 ** ((wanted - level(wet)) / 20)
            spoken.append(Spoken(scene, place, voice * gain, wet * gain))
            place += len(wet) + int(PAUSE * RATE)
        place += int(BETWEEN * RATE)
    film = np.zeros((place, 2))
    for one in spoken:
        film[one.start:one.start + len(one.wet)] += one.wet[:, None]
    music = decode(material() / "media" / "sintel" / "trailer.mp4", RATE, 2)[26 * RATE:35 * RATE].astype(np.float64)
    for one in spoken:  # the music keeps its distance from each scene's voice
        piece = np.resize(music, (len(one.wet) + int(PAUSE * RATE), 2))
        piece *= 10 ** ((level(one.wet) - UNDER - 10 * np.log10((piece**2).mean())) / 20)
        film[one.start:one.start + len(piece)] += piece[:len(film) - one.start]
    return spoken, film.astype(np.float32)


# --- measures ----------------------------------------------------------------------------------------------------

def spectrum(sound: Curve) -> Curve:
    """Long-term levels of the active frames in third octaves, dB, mean 0, the weakest at -40 of the strongest."""
    size = RATE // 25
    frames = sound[:len(sound) // size * size].reshape(-1, size)
    power = (frames**2).mean(axis=1)
    frames = frames[power > power.max(initial=0) * 1e-3]
    energy = (np.abs(np.fft.rfft(frames * np.hanning(size), 4 * size, axis=1)) ** 2).mean(axis=0)
    tones = np.fft.rfftfreq(4 * size, 1 / RATE)
    levels = np.array([10 * np.log10(energy[(tones >= b * 10**-0.05) & (tones < b * 10**0.05)].mean() + 1e-12)
                       for b in BANDS])
    levels = np.maximum(levels, levels.max() - 40)
    return levels - levels.mean()


def apart(one: Curve, other: Curve) -> float:
    """RMS distance of two spectra, dB."""
    return float(np.sqrt(((one - other) ** 2).mean()))


def srmr(sound: Curve) -> float:
    """Speech-to-reverberation modulation energy ratio, dB."""
    from scipy.signal import butter, gammatone, hilbert, lfilter, resample_poly, sosfilt

    low = resample_poly(sound, 1, 3)
    low = low / (np.abs(low).max() + 1e-9)
    rate, ear = 16000, 9.26449
    centres = ear * 24.7 * (np.exp(np.linspace(np.log(125 / (ear * 24.7) + 1), np.log(6800 / (ear * 24.7) + 1), 23))
                            - 1)
    modulations = 4 * (128 / 4) ** (np.arange(8) / 7)
    energies = np.zeros((23, 8))
    for row, centre in enumerate(centres):
        b, a = gammatone(centre, "iir", fs=rate)
        envelope = resample_poly(np.abs(hilbert(lfilter(b, a, low))), 1, 20)
        for column, tone in enumerate(modulations):
            edges = tone * (np.sqrt(1 + 1 / 16) + np.array([-0.25, 0.25]))
            energies[row, column] = (sosfilt(butter(1, edges, "band", fs=rate / 20, output="sos"), envelope) ** 2
                                     ).mean()
    total = energies.sum(axis=0)
    return 10 * float(np.log10(total[:4].sum() / (total[4:].sum() + 1e-15)))


def tail(dry: Curve, wet: Curve) -> float:
    """Level of ``wet`` 40 to 240 ms after pauses of ``dry`` begin, below its active level, dB; mean of the pauses."""
    size = RATE // 100
    power = (dry[:len(dry) // size * size].reshape(-1, size) ** 2).mean(axis=1)
    power = np.append(power, np.zeros(25))
    loud = power > power.max(initial=0) * 10**-3
    found = []
    for at in np.flatnonzero(loud[:-1] & ~loud[1:]) + 1:
        if at >= 8 and loud[at - 8:at].mean() > 0.6 and loud[at:at + 25].mean() < 0.1 and (at + 24) * size < len(wet):
            found.append((wet[(at + 4) * size:(at + 24) * size] ** 2).mean())
    return 10 * float(np.log10(np.mean(found) + 1e-12)) - level(wet) if found else float("nan")


# --- the dub -----------------------------------------------------------------------------------------------------

def mixed(film: Path, folder: Path, *options: str) -> tuple[dict[str, Any], Curve]:
    """Report and DX stem (mono, at the takes' own level) of a dub by the command."""
    report = ciak("dub", film, "--language", "en", "--to", "it", "--out", folder, "--json", *options).json()
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    stem = decode(next((folder / "stems").glob("*.DX.wav")), RATE)[:, 0].astype(np.float64)
    return report, stem / 10 ** (report["mix"]["gain_db"] / 20)


def takes(folder: Path) -> dict[str, Curve]:
    """The chosen takes as the voice spoke them, by line."""
    home = next(path for path in folder.iterdir() if path.suffix == ".film")
    found = {}
    for loop in json.loads((home / "dialogue" / "it.json").read_text(encoding="utf-8"))["loops"]:
        for take in loop.get("takes", []):
            if take["id"] == loop.get("chosen"):
                path = home / ".ciak" / "artefacts" / take["sound"][:2] / take["sound"]
                found[loop["id"]] = decode(path, RATE)[:, 0].astype(np.float64)
    return found


def main() -> int:
    few = parser(__doc__).parse_args().few
    spoken, sound = scenes()
    film = film_of(f"five-scenes-{SEED}", sound, RATE, material() / "media" / "tears-of-steel" / "battle.webm")
    folder = cache() / "dubs" / "five-scenes"
    shutil.rmtree(folder, ignore_errors=True)
    report, plain = mixed(film, folder, "--fit", "0")
    raw = takes(folder)
    _, fitted = mixed(film, folder, "--fit", "1")
    known = np.zeros(len(sound) + RATE * 2)
    for one in spoken:
        known[one.start:one.start + len(one.wet)] += one.wet
    rows: dict[str, list[list[float]]] = {scene: [] for scene in LEVELS}
    whole: dict[str, list[list[Curve]]] = {scene: [] for scene in LEVELS}
    for line in report["lines"]:
        if line["spoken"] is None:
            continue
        scene = next((one.scene for one in reversed(spoken) if one.start <= (line["span"][0] + 0.3) * RATE), None)
        if scene is None:
            continue
        first, last = (round(at * RATE) for at in line["span"])
        start = round(line["spoken"][0] * RATE)
        take = raw[line["id"]]
        end = start + len(take) + RATE // 2
        original, one, other = known[first:last + RATE // 4], plain[start:end], fitted[start:end]
        rows[scene].append([apart(spectrum(part), spectrum(original)) for part in (take, one, other)]
                           + [abs(level(part) - level(original)) for part in (take, one, other)])
        whole[scene].append([original, np.append(take, np.zeros(RATE // 2))[:len(one)], one, other])
    return record("scene_fit", _figures(rows, whole, spoken), keep=not few, judge={
        "seed": SEED, "levels": LEVELS, "bands": [round(b) for b in BANDS], "music_under_db": UNDER})


def _figures(rows: dict[str, list[list[float]]], whole: dict[str, list[list[Curve]]],
             spoken: list[Spoken]) -> list[Figure]:
    all_rows = np.array([row for scene in rows.values() for row in scene])
    figures = []
    for name, raw, fit in (("spectrum", 1, 2), ("level", 3, 5)):
        before, after = float(all_rows[:, raw].mean()), float(all_rows[:, fit].mean())
        by = {scene: {"before": float(np.mean([r[raw] for r in of])), "after": float(np.mean([r[fit] for r in of]))}
              for scene, of in rows.items() if of}
        figures += [
            Figure("dubbing F6", f"{name}: distance of dubbed line and original, fitted, dB", after,
                   f"<= half of {before:.2f}", after <= before / 2, mean_interval(all_rows[:, fit].tolist()),
                   {"lines": len(all_rows), "by": by}),
            Figure("dubbing F6", f"{name}: distance before fitting, dB", before,
                   interval=mean_interval(all_rows[:, raw].tolist()))]
    figures.append(Figure("dubbing F6", "level: distance as mixed before there was fitting, dB",
                          float(all_rows[:, 4].mean())))
    pairs = [(spoken[n].wet, spoken[n + 1].wet) for n in range(0, len(spoken), 2)]
    figures.append(Figure("dubbing F6", "spectrum: distance of two voices in one scene, dB (the floor)",
                          float(np.mean([apart(spectrum(a), spectrum(b)) for a, b in pairs]))))
    rooms: dict[str, dict[str, list[float]]] = {"room (SRMR)": {}, "tail": {}}
    for scene, parts in whole.items():
        if not parts:
            continue
        original, dry, plain, fitted = (np.concatenate([row[n] for row in parts]) for n in range(4))
        known = np.mean([tail(one.dry, one.wet) for one in spoken if one.scene == scene])
        wanted = srmr(original)
        rooms["room (SRMR)"][scene] = [wanted, srmr(plain), srmr(fitted)]
        rooms["tail"][scene] = [float(known), tail(dry, plain), tail(dry, fitted)]
    for name, of in rooms.items():
        gaps = [[abs(one - row[0]) for one in row[1:]] for row in of.values() if np.isfinite(row).all()]
        before, after = (float(np.mean([gap[n] for gap in gaps])) for n in (0, 1))
        figures += [Figure("dubbing F6", f"{name}: distance of a scene's dub and original, fitted, dB", after,
                           f"<= half of {before:.2f}", after <= before / 2,
                           details={scene: dict(zip(("original", "before", "fitted"), row, strict=True))
                                    for scene, row in of.items()}),
                    Figure("dubbing F6", f"{name}: distance before fitting, dB", before)]
    return figures


if __name__ == "__main__":
    sys.exit(main())
