"""F10: is the mark in synthetic speech found again, never where it is not, and can nobody hear it?

The judge was written before the mark. Material: takes of the product's own voice (the lines of ``data/spoken.*.txt``;
every Italian voice, the English ones in turn), people's voices (FLEURS, telephone prompts), the sound of films. What
the mark was developed on is none of these: the Night of the Living Dead for voices, Sintel's first half minute for a
bed. Beds here: the battle's effects, and the voices round a fire.

Found. Each take is marked as at a place in a film that is drawn by a fixed seed, cut at its head by a length so drawn
(nobody knows where the mark begins), and goes through each of :func:`attacks`; the share that is found. Then by
length: what is left of a take when only its first seconds are kept. Then as a film: takes over a bed for two minutes,
whole and as excerpts of 20 s, and two films dubbed by the command.

False alarms. The same attacks on the same takes without a mark, on people, and on films; none may be told as marked.
The detector's threshold is fixed by its theory, not here; the highest score is given as a share of it.

Heard. NMR by the ear model of ITU-R BS.1387 (basic version: 109 bands of a quarter Bark, spreading by level, offset
3 dB and a quarter of a dB per Bark), of the difference of marked and unmarked as noise and the unmarked as masker: mean
(-10 dB or less), and the share of frames with a band at 1.5 dB or more ("disturbed" there; 1 % or less). Full scale
is about 92 dB SPL. The word error of marked and unmarked takes, by the same recogniser; and the segmental SNR.
"""

from __future__ import annotations

import io
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clips import Sound, decode, fleurs, prompts, read_lines
from figures import Figure, bootstrap, cache, material, paired_bootstrap, parser, pooled, record, word_errors
from hearing import Ear, resample

RATE = 48000
SEED = 20261201
LENGTHS = (0.75, 1.0, 1.5, 2.0, 3.0)
EXCERPT = 20


@dataclass(frozen=True)
class Take:
    """A spoken line, unmarked and marked: mono at 48 kHz."""

    language: str
    text: str
    plain: Sound
    marked: Sound


# --- material ----------------------------------------------------------------------------------------------------

def spoken() -> list[tuple[str, str, Sound]]:
    """(language, line, sound) of the product's voice, spoken once and kept in the judges' cache."""
    from ciak.backends import registry
    from ciak.backends.protocols import Delivery
    from ciak.config import Settings

    voice: Any = registry.resolve("voice", Settings.from_environment())
    folder = cache() / "watermark"
    folder.mkdir(exist_ok=True)
    found = []
    for language in ("it", "en"):
        lines = read_lines(Path(__file__).parent / "data" / f"spoken.{language}.txt")
        voices = sorted(one.id for one in voice.stock() if one.language.split("-")[0] == language)
        for number, line in enumerate(lines):
            name = voices[number % len(voices)]
            kept = folder / f"{language}-{number}-{name}.npy"
            if not kept.is_file():
                signal = voice.speak(line, Delivery(name, language)).signal
                np.save(kept, resample(signal.samples.mean(axis=1), signal.rate, RATE))
            found.append((language, line, np.load(kept)))
    return found


def takes() -> list[Take]:
    """The spoken lines, marked as they would be in a film."""
    from ciak.media.watermark import marked

    rng = random.Random(SEED)
    return [Take(language, line, plain, marked(plain, rng.randrange(3600 * RATE)))
            for language, line, plain in spoken()]


def bed_under(rng: random.Random, name: str, length: int) -> Sound:
    """A stretch of a bed, from a place drawn by ``rng``."""
    media = material() / "media"
    path = {"battle": media / "tears-of-steel" / "battle.webm",
            "ambience": media / "ambience" / "voices-around-a-fire.mp3"}[name]
    if name not in _BEDS:
        _BEDS[name] = decode(path, RATE)[:, 0]
    return np.resize(np.roll(_BEDS[name], -rng.randrange(len(_BEDS[name]))), length)


_BEDS: dict[str, Sound] = {}


def over(sound: Sound, bed: Sound, decibels: float) -> Sound:
    """``sound`` with ``bed`` that many dB below its mean power; peak .9 at most."""
    power = [float((part.astype(np.float64) ** 2).mean()) + 1e-12 for part in (sound, bed)]
    whole = sound + bed * np.float32(np.sqrt(power[0] / power[1]) * 10 ** (-decibels / 20))
    return np.asarray(whole * np.float32(min(1.0, 0.9 / max(float(np.abs(whole).max()), 1e-9))), np.float32)


# --- what happens to sound ---------------------------------------------------------------------------------------

def coded(sound: Sound, kilobits: int, codec: str = "aac", container: str = "mp4") -> Sound:
    """Through a lossy codec (FFmpeg's) and back, mono."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=RATE, layout="mono")
        stream.bit_rate = kilobits * 1000
        form = stream.codec_context.format.name
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.reshape(1, -1), np.float32), "fltp", "mono")
        frame.sample_rate = RATE
        fifo = av.AudioFifo()
        for part in av.AudioResampler(format=form, layout="mono", rate=RATE).resample(frame):
            fifo.write(part)
        while block := fifo.read(stream.codec_context.frame_size or 960, partial=True):
            out.mux(stream.encode(block))
        out.mux(stream.encode(None))
    file.seek(0)
    parts = []
    with av.open(file) as back:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        for frame in [*back.decode(audio=0), None]:
            parts += [one.to_ndarray().reshape(-1) for one in resampler.resample(frame)]
    return np.concatenate(parts).astype(np.float32)


def sixteen(sound: Sound) -> Sound:
    """16 bits, without dither."""
    return np.asarray(np.round(np.clip(sound, -1, 1) * 32767) / 32767, np.float32)


def attacks(rng: random.Random) -> dict[str, Callable[[Sound], Sound]]:
    """name -> what is done to a sound."""
    def mixed(name: str, decibels: float) -> Callable[[Sound], Sound]:
        return lambda sound: over(sound, bed_under(rng, name, len(sound)), decibels)

    return {
        "16 bits": sixteen,
        "AAC 128 kbit/s": lambda sound: coded(sound, 128),
        "AAC 64 kbit/s": lambda sound: coded(sound, 64),
        "12 dB softer": lambda sound: sixteen(sound * np.float32(0.25)),
        "6 dB louder, limited": lambda sound: np.asarray(np.tanh(sound * 2), np.float32),
        "44.1 kHz and back": lambda sound: resample(resample(sound, RATE, 44100), 44100, RATE),
        "battle at 10 dB": mixed("battle", 10), "battle at 5 dB": mixed("battle", 5),
        "battle at 0 dB": mixed("battle", 0), "voices at 10 dB": mixed("ambience", 10),
        "voices at 0 dB": mixed("ambience", 0),
        "battle at 5 dB, AAC 64 kbit/s, 12 dB softer": lambda sound: sixteen(
            coded(mixed("battle", 5)(sound), 64) * np.float32(0.25)),
        "battle at 0 dB, AAC 64 kbit/s": lambda sound: coded(mixed("battle", 0)(sound), 64),
    }


def harder(rng: random.Random) -> dict[str, Callable[[Sound], Sound]]:
    """What the mark is not asked to outlive; told all the same."""
    return {"Opus 32 kbit/s": lambda sound: coded(sound, 32, "libopus", "ogg"),
            "MP3 64 kbit/s": lambda sound: coded(sound, 64, "libmp3lame", "mp3"),
            "telephone (8 kHz and back)": lambda sound: resample(resample(sound, RATE, 8000), 8000, RATE),
            "PAL speed (25/24)": lambda sound: resample(sound, 25, 24)}


def found(sound: Sound) -> tuple[bool, float]:
    """(is it told as marked, score over threshold) of a mono sound at 48 kHz."""
    from ciak.film.sound import Signal
    from ciak.media.watermark import find_mark

    told = find_mark(Signal.mono(sound[at:at + 65536], RATE) for at in range(0, len(sound), 65536))
    return told.found, told.score / told.threshold


# --- found, and not found ----------------------------------------------------------------------------------------

def found_again(all_takes: list[Take]) -> list[Figure]:
    """Detection by attack and by length, and the false alarms of the same sounds unmarked."""
    rng = random.Random(SEED)
    cuts = [rng.randrange(RATE // 2) for _ in all_takes]
    figures, highest, alarms, looked = [], 0.0, 0, 0
    for asked, group in ((True, attacks(rng)), (False, harder(rng))):
        for name, attack in group.items():
            hits, missed = 0, []
            for take, cut in zip(all_takes, cuts, strict=True):
                hit, score = found(attack(take.marked[cut:]))
                hits += hit
                if not hit:
                    missed.append([round((len(take.marked) - cut) / RATE, 2), round(score, 2)])
                alarm, score = found(attack(take.plain[cut:]))
                alarms, looked, highest = alarms + alarm, looked + 1, max(highest, score)
            share = hits / len(all_takes)
            figures.append(Figure("dubbing F10", f"takes found, {name}", share, "1" if asked else "reported",
                                  share == 1 if asked else None, details={
                                      "takes": len(all_takes), "missed (seconds, score over threshold)": missed}))
    figures += _by_length(all_takes)
    figures.append(Figure("dubbing F10", "unmarked synthetic takes told as marked", alarms, "0", alarms == 0,
                          details={"looked at": looked, "highest score over threshold": highest}))
    return figures


def _by_length(all_takes: list[Take]) -> list[Figure]:
    rng = random.Random(SEED)
    made = []
    kinds = {"AAC 128 kbit/s": lambda sound: coded(sound, 128),
             "battle at 0 dB, AAC 64 kbit/s": attacks(rng)["battle at 0 dB, AAC 64 kbit/s"]}
    for name, attack in kinds.items():
        for seconds in LENGTHS:
            long = [take.marked for take in all_takes if len(take.marked) >= seconds * RATE]
            hits = sum(found(attack(sound[:round(seconds * RATE)]))[0] for sound in long)
            made.append(Figure("dubbing F10", f"first {seconds:g} s of a take found, {name}", hits / max(1, len(long)),
                               details={"takes": len(long)}))
    return made


def people() -> Figure:
    """False alarms on people's voices and on films, plain and through AAC."""
    media = material() / "media"
    sounds = {clip.name: decode(clip.path, RATE)[:, 0]
              for clip in [*fleurs(), *prompts("en"), *prompts("it")]}
    whole = np.concatenate(list(sounds.values()))
    sounds |= {f"all voices, minute {at}": whole[at * 60 * RATE:(at + 10) * 60 * RATE]
               for at in range(0, len(whole) // (60 * RATE), 10)}
    for path in (media / "sintel" / "trailer.mp4", media / "his-girl-friday" / "friday.mp4",
                 media / "tears-of-steel" / "battle.webm", media / "ambience" / "voices-around-a-fire.mp3"):
        sounds[path.stem] = decode(path, RATE)[:, 0]
    alarms, highest, seconds = [], 0.0, 0.0
    for name, sound in sounds.items():
        for kind, heard in (("plain", sound), ("AAC 64", coded(sound, 64))):
            alarm, score = found(heard)
            highest, seconds = max(highest, score), seconds + len(heard) / RATE
            if alarm:
                alarms.append(f"{name}, {kind}")
    return Figure("dubbing F10", "people's voices and films told as marked", len(alarms), "0", not alarms,
                  details={"looked at": 2 * len(sounds), "minutes": seconds / 60, "told": alarms,
                           "highest score over threshold": highest})


# --- films -------------------------------------------------------------------------------------------------------

def in_films(all_takes: list[Take]) -> list[Figure]:
    """Takes over a bed for two minutes, one in four seconds of it silent of speech, whole and in excerpts."""
    from ciak.media.watermark import marked

    rng = random.Random(SEED + 1)
    wholes, excerpts, tried = 0, 0, 0
    films = []
    for name in ("battle", "ambience"):
        for decibels in (10, 0):
            length = 120 * RATE
            voice, at = np.zeros(length, np.float32), RATE
            while True:
                take = rng.choice(all_takes).plain
                if at + len(take) > length:
                    break
                voice[at:at + len(take)] += marked(take, at)
                at += len(take) + rng.randrange(RATE, 2 * RATE)
            sound = coded(over(voice, bed_under(rng, name, length), decibels), 64)
            films.append(f"{name} at {decibels} dB")
            wholes += found(sound)[0]
            for _ in range(5):
                first = rng.randrange(len(sound) - EXCERPT * RATE)
                excerpts += found(sound[first:first + EXCERPT * RATE])[0]
                tried += 1
    return [Figure("dubbing F10", "films of two minutes found, AAC 64 kbit/s", wholes / len(films), "1",
                   wholes == len(films), details={"films": films}),
            Figure("dubbing F10", f"excerpts of {EXCERPT} s of them found", excerpts / tried, "1", excerpts == tried,
                   details={"excerpts": tried})]


def delivered() -> list[Figure]:
    """Two films dubbed by the command: the file as delivered, coded once more, softer; and the originals."""
    from dubbed import dub, speaking_films

    wanted = [film for film in speaking_films() if "friday" in film.name or "60s" in film.name][:2]
    asked, got, told = 0, 0, {}
    alarms = 0
    for film in wanted:
        made = dub(film)
        track = decode(made.delivery(), RATE)[:, 0]
        for name, sound in {"delivered": track, "AAC 64": coded(track, 64), "softer": sixteen(track / 4),
                            "mix": decode(made.stem("MIX"), RATE)[:, 0],
                            "dialogue stem": decode(made.stem("DX"), RATE)[:, 0]}.items():
            hit, score = found(sound)
            asked, got = asked + 1, got + hit
            told[f"{film.stem}, {name}"] = score
        alarms += found(decode(film, RATE)[:, 0])[0] + found(decode(made.stem("ME"), RATE)[:, 0])[0]
    return [Figure("dubbing F10", "sounds of films dubbed by the command found", got / asked, "1", got == asked,
                   details={"score over threshold": told}),
            Figure("dubbing F10", "their originals and M&E stems told as marked", alarms, "0", alarms == 0)]


# --- heard -------------------------------------------------------------------------------------------------------

def _ear() -> tuple[Any, Any, Any]:
    """(weight of each FFT line, band of each line as a matrix, centre of each band in Bark): BS.1387, 2.1."""
    frequency = np.arange(1, 1025) * RATE / 2048
    kilo = frequency / 1000
    weight = 10 ** ((-0.6 * 3.64 * kilo ** -0.8 + 6.5 * np.exp(-0.6 * (kilo - 3.3) ** 2) - 1e-3 * kilo ** 3.6) / 20)
    bark = 7 * np.arcsinh(frequency / 650)
    low = 7 * np.arcsinh(80 / 650)
    band = np.floor((bark - low) / 0.25).astype(int)
    grouped = np.zeros((109, 1024))
    inside = (band >= 0) & (band < 109)
    grouped[band[inside], np.nonzero(inside)[0]] = 1
    return weight, grouped, low + 0.25 * (np.arange(109) + 0.5)


def noise_to_mask(plain: Sound, noise: Sound) -> tuple[Any, Any]:
    """(NMR of each frame and band as a ratio, whether the frame is loud enough to count): BS.1387, basic version."""
    weight, grouped, bark = _ear()
    window = np.hanning(2048) * np.sqrt(8 / 3)
    frames = []
    for sound in (plain, noise):
        cut = np.lib.stride_tricks.sliding_window_view(np.pad(sound.astype(np.float64), 2048), 2048)[::1024]
        spectrum = np.fft.rfft(cut * window, axis=1)[:, 1:] / 1024 * weight
        frames.append((np.abs(spectrum) ** 2 * 10 ** 9.2) @ grouped.T)
    centre = 650 * np.sinh(bark / 7)
    masker = frames[0] + 10 ** (0.4 * 0.364 * (centre / 1000) ** -0.8) + 1e-12
    excitation = np.stack([_spread(one, centre) for one in masker])
    mask = excitation / 10 ** (np.where(bark <= 12, 3.0, 0.25 * bark) / 10)
    loud = frames[0].sum(axis=1) > frames[0].sum(axis=1).max() * 1e-4
    return frames[1] / mask, loud


def _spread(power: Any, centre: Any) -> Any:
    """Excitation: each band spread by 27 dB a Bark downwards, upwards by its level; summed with exponent .4."""
    level = 10 * np.log10(power)
    step = np.arange(109)[None, :] - np.arange(109)[:, None]
    upward = -24 - 230 / centre + 0.2 * level
    slope = np.where(step < 0, 27.0 * step * 0.25, np.minimum(upward, -1.0)[:, None] * step * 0.25)
    shape = 10 ** (slope / 10)
    flat = np.where(step < 0, 27.0 * step * 0.25, (-24 - 230 / centre)[:, None] * step * 0.25)
    gain = (10 ** (flat / 10) / (10 ** (flat / 10)).sum(axis=1, keepdims=True)) ** 0.4
    shape = shape / shape.sum(axis=1, keepdims=True)
    return (((power[:, None] * shape) ** 0.4).sum(axis=0) ** 2.5) / (gain.sum(axis=0) ** 2.5)


def heard(all_takes: list[Take]) -> list[Figure]:
    """How far under the threshold of hearing the mark lies, and what it does to words."""
    ratios, disturbed, frames, segments = [], 0, 0, []
    for take in all_takes:
        noise = take.marked[:len(take.plain)] - take.plain
        ratio, loud = noise_to_mask(take.plain, noise)
        ratios.append(ratio[loud].mean())
        disturbed += int((ratio[loud].max(axis=1) >= 10 ** 0.15).sum())
        frames += int(loud.sum())
        cut = len(noise) // 960 * 960
        powers = [(part[:cut].astype(np.float64).reshape(-1, 960) ** 2).mean(axis=1) for part in (take.plain, noise)]
        active = powers[0] > powers[0].max() * 1e-4
        segments.append(float(np.mean(np.clip(10 * np.log10(
            (powers[0][active] + 1e-12) / (powers[1][active] + 1e-12)), -10, 60))))
    mean = 10 * float(np.log10(np.mean(ratios)))
    share = disturbed / max(1, frames)
    return [Figure("dubbing F10", "noise to mask of the mark (BS.1387), mean, dB", mean, "<= -10", mean <= -10,
                   details={"worst take": 10 * float(np.log10(max(ratios)))}),
            Figure("dubbing F10", "frames in which the mark may be heard (BS.1387, 1.5 dB)", share, "<= 0.01",
                   share <= 0.01, details={"frames": frames}),
            Figure("dubbing F10", "segmental SNR of the mark, dB", float(np.mean(segments)),
                   details={"worst take": min(segments)})]


def understood(all_takes: list[Take]) -> Figure:
    """Word error of the marked takes less that of the unmarked."""
    ear = Ear()
    before, after = ([word_errors(take.text, ear.hear(getattr(take, name), RATE, take.language), take.language)
                      for take in all_takes] for name in ("plain", "marked"))
    change = pooled(after) - pooled(before)
    span = paired_bootstrap(before, after)
    return Figure("dubbing F10", "change of the word error by the mark", change, "<= 0.005", change <= 0.005, span,
                  {"unmarked": pooled(before), "marked": pooled(after), "interval, marked": bootstrap(after)})


def main() -> int:
    few = parser(__doc__).parse_args().few
    all_takes = takes()[:few or None]
    figures = [*heard(all_takes), *found_again(all_takes), people(), *in_films(all_takes), understood(all_takes)]
    figures += delivered() if not few else []
    return record("watermark", figures, judge={"seed": SEED, "lengths": LENGTHS, "excerpt": EXCERPT}, keep=not few)


if __name__ == "__main__":
    sys.exit(main())
