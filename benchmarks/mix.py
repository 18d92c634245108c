"""F5: is the dialogue divided well from music and effects, and is the bed untouched where nobody speaks?

Dividing. The judge lays speech of which it has the clean sound (FLEURS in four languages, telephone prompts in two,
and the Night of the Living Dead, which is a film's own sound with its hiss and room) over Sintel's music, the battle's
effects and the voices round a fire, at 0 dB as mean power over the clip, and gives the mixtures to the product's own
separator. SI-SDR (Le Roux et al. 2019, "SDR - half-baked or well done?") over both channels of what comes out
against what went in. Peers in the same run: the mixture itself, middle and side of the stereo, and Spleeter's mask
alone. Voices round a fire are speech too: for a dub they are the bed's, and no separator of voices can know that;
the figure is on all, and what it is without them stands in its details.

The null. A film is dubbed by the command. Where no line of the original stands (a second off its words and off
every take), the M&E stem is the original times the one gain of the programme, which is read from the report; where
the report says that the limiter worked, times the gain that fits each 100 ms best. Peak of the difference per
channel, in dBFS. The last film is 5.1, with a tone of its own in each channel and speech in the centre.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clips import Clip, Sound, decode, fleurs, night, prompts
from dubbed import Dub, dub, speaking_films
from figures import Figure, cache, material, mean_interval, parser, record
from separation_asr import BEDS, beds

RATE = 44100
FILM = 48000
SEED = 20261130
SECONDS = 12
NEAR = 1.0


# --- dividing ----------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Mixture:
    """What was laid over what, stereo at 44.1 kHz, with the same power."""

    kind: str
    bed_name: str
    speech: Sound
    bed: Sound


def _joined(clips: list[Clip]) -> Sound:
    return np.concatenate([decode(clip.path, RATE, 2) for clip in clips])[:SECONDS * RATE]


def voices() -> list[tuple[str, Sound]]:
    """(kind, speech of twelve seconds): eight of FLEURS, four of prompts, four of the Night."""
    found = [(f"fleurs {clip.language}", _joined([clip])) for clip in fleurs() if int(clip.name.split("-")[-1]) < 2]
    for language in ("en", "it"):
        listed = prompts(language)
        found += [(f"prompts {language}", _joined(listed[at:at + 4])) for at in (0, 40) if listed[at:at + 4]]
    long = [path for path in night() if path.stem.startswith(("12s", "15s", "20s", "30s"))]
    return found + [("night", decode(path, RATE, 2)[:SECONDS * RATE]) for path in long]


def mixtures() -> list[Mixture]:
    """Every voice over every bed, from a place drawn with a fixed seed; peak of the sum .7, as of a finished film."""
    rng, made = random.Random(SEED), []
    for kind, speech in voices():
        for name, bed in zip(BEDS, beds(), strict=True):
            under = np.resize(np.roll(bed, -rng.randrange(len(bed)), axis=0), speech.shape)
            power = [float((part.astype(np.float64) ** 2).mean()) + 1e-12 for part in (speech, under)]
            under = under * np.float32(np.sqrt(power[0] / power[1]))
            top = float(np.abs(speech + under).max()) / 0.7
            made.append(Mixture(kind.split()[0], name, speech / top, under / top))
    return made


def si_sdr(found: Sound, wanted: Sound) -> float:
    """Scale-invariant signal-to-distortion ratio, dB, over all channels at once."""
    length = min(len(found), len(wanted))
    one, other = found[:length].astype(np.float64).ravel(), wanted[:length].astype(np.float64).ravel()
    one, other = one - one.mean(), other - other.mean()
    share = float(one @ other) / (float(other @ other) + 1e-12) * other
    rest = one - share
    return 10 * float(np.log10((share @ share + 1e-12) / (rest @ rest + 1e-12)))


def middle_and_side(sound: Sound) -> tuple[Sound, Sound]:
    """The oldest way: what both channels share is the dialogue."""
    middle = sound.mean(axis=1, keepdims=True).repeat(2, axis=1)
    return middle, sound - middle


def _figures(mixes: list[Mixture]) -> list[Figure]:
    from ciak.backends import registry
    from ciak.config import Settings
    from hearing import divided, resample

    settings = Settings.from_environment()
    separators: dict[str, Any] = {"": registry.resolve("separator", settings),
                                  "the network alone": registry.resolve(
                                      "separator", settings.with_backends({"separator": "spleeter"}))}
    arms: dict[str, list[tuple[float, float]]] = {name: [] for name in (*separators, "middle and side", "the mixture")}
    for mix in mixes:
        sound = mix.speech + mix.bed
        parts: dict[str, Any] = {"middle and side": middle_and_side(sound), "the mixture": (sound, sound)}
        for name, separator in separators.items():
            voice, bed = divided(sound, RATE, separator)
            parts[name] = tuple(resample(part.samples, part.rate, RATE) for part in (voice, bed))
        for name, (voice, bed) in parts.items():
            arms[name].append((si_sdr(voice, mix.speech), si_sdr(bed, mix.bed)))
    figures = []
    foreign = [mix.bed_name != "ambience" for mix in mixes]
    for side, what in enumerate(("dialogue", "music and effects")):
        for name, pairs in arms.items():
            values = [pair[side] for pair in pairs]
            apart = [value for value, kept in zip(values, foreign, strict=True) if kept]
            by = {f"{kind} over {bed}": float(np.mean([v for v, m in zip(values, mixes, strict=True)
                                                       if (m.kind, m.bed_name) == (kind, bed)]))
                  for kind in ("fleurs", "prompts", "night") for bed in BEDS
                  if any((m.kind, m.bed_name) == (kind, bed) for m in mixes)}
            mean = float(np.mean(values))
            figures.append(Figure(
                "dubbing F5", f"SI-SDR of {what} at 0 dB, dB" + (f", {name}" if name else ""), mean,
                "reported" if name else ">= 10", None if name else mean >= 10, mean_interval(values),
                {"mixtures": len(values), "worst": min(values), "best": max(values),
                 "music and battle only": float(np.mean(apart)) if apart else None, "by": by}))
    return figures


# --- the null ----------------------------------------------------------------------------------------------------

def channels_of(path: Path, stream: int = 0) -> Sound:
    """All channels of a sound at 48 kHz, as the file has them: float32 (frames, channels)."""
    import av

    parts: list[Any] = []
    with av.open(str(path)) as container:
        track = container.streams.audio[stream]
        resampler = av.AudioResampler(format="flt", layout=track.layout.name, rate=FILM)
        for frame in [*container.decode(track), None]:
            parts += [out.to_ndarray().reshape(-1, track.layout.nb_channels) for out in resampler.resample(frame)]
    return np.concatenate(parts).astype(np.float32)


def six_channels() -> Path:
    """A film of 40 s in 5.1: the Night's speech in the centre, a tone of its own in each other channel."""
    import av

    target = cache() / "films" / "six-channels.mkv"
    if target.is_file():
        return target
    speech = decode(next(path for path in night() if path.stem.startswith("20s")), FILM)[:, 0]
    time = np.arange(40 * FILM) / FILM
    sound = np.stack([0.05 * np.sin(2 * np.pi * tone * time) for tone in (220, 277, 0, 55, 330, 415)], axis=1)
    sound[10 * FILM:10 * FILM + len(speech), 2] += speech[:20 * FILM]
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part.mkv")
    with av.open(str(material() / "media" / "tears-of-steel" / "battle.webm")) as source, \
            av.open(str(part), "w", format="matroska") as film:
        video = film.add_stream_from_template(source.streams.video[0])
        audio = film.add_stream("pcm_s16le", rate=FILM, layout="5.1")
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None and packet.pts * packet.time_base < 40:
                packet.stream = video
                film.mux(packet)
        whole = (np.clip(sound, -1, 1) * 32767).astype("<i2")
        for start in range(0, len(whole), FILM):
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(whole[start:start + FILM].reshape(1, -1)), format="s16", layout="5.1")
            frame.sample_rate, frame.pts = FILM, start
            film.mux(audio.encode(frame))
        film.mux(audio.encode(None))
    return part.rename(target)


def quiet_places(made: Dub, frames: int) -> Any:
    """True where no original line and no take is within a second."""
    free = np.ones(frames, bool)
    for line in made.report["lines"]:
        for span in (line["span"], line["spoken"]):
            if span:
                free[max(0, int((span[0] - NEAR) * FILM)):int((span[1] + NEAR) * FILM)] = False
    return free


def null(made: Dub, video: Path) -> tuple[list[float], float]:
    """(peak of what is left per channel, dBFS; seconds it was looked for)."""
    bed, film = channels_of(made.stem("ME")), channels_of(video)
    if film.shape[1] == 1:
        film = film.repeat(bed.shape[1], axis=1)
    if film.shape[1] != bed.shape[1]:
        return [0.0] * bed.shape[1], 0.0
    length = min(len(bed), len(film))
    bed, film = bed[:length].astype(np.float64), film[:length].astype(np.float64)
    free = quiet_places(made, length)
    gain = np.full(length, 10 ** (made.report["mix"]["gain_db"] / 20))
    if made.report["mix"]["limited_db"] > 0:
        gain = _fitted(bed, film)
    left = np.abs(bed - film * gain[:, None])[free]
    return [20 * float(np.log10(max(left[:, n].max(initial=0), 1e-9))) for n in range(bed.shape[1])], free.sum() / FILM


def _fitted(bed: Any, film: Any) -> Any:
    """One gain for all channels at the middle of each 100 ms, between them straight lines."""
    step = FILM // 10
    count = len(bed) // step
    shaped = [part[:count * step].reshape(count, -1) for part in (bed, film)]
    gains = (shaped[0] * shaped[1]).sum(axis=1) / ((shaped[1] ** 2).sum(axis=1) + 1e-12)
    return np.interp(np.arange(len(bed)), (np.arange(count) + 0.5) * step, gains)


def main() -> int:
    few = parser(__doc__).parse_args().few
    mixes = mixtures()
    figures = _figures(mixes[:few] if few else mixes)
    films = [speaking_films()[-1], *[film for film in speaking_films() if "60s" in film.name], six_channels()]
    for film in films[:few or None]:
        made = dub(film)
        left, seconds = null(made, film)
        worst = max(left)
        figures.append(Figure("dubbing F5", f"M&E less the original where nobody speaks, {film.stem}, dBFS", worst,
                              "<= -80", worst <= -80 and seconds > 1,
                              details={"channels": left, "seconds": float(seconds),
                                       "gain_db": made.report["mix"]["gain_db"],
                                       "limited_db": made.report["mix"]["limited_db"]}))
    return record("mix", figures, judge={"seed": SEED, "beds": BEDS, "seconds": SECONDS, "near": NEAR},
                  keep=not few)


if __name__ == "__main__":
    sys.exit(main())
