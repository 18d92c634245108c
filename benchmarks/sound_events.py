"""Sounds that are told in captions and sounds that are not, on a film whose truth is known because it was put together.

Effects whose names say what they are (four games and a soundfont of Debian, fetched by apt) stand alone, with silence
around them, and again 6 dB below a spoken sentence (FLEURS, English). Where an effect was laid is the truth; none of
these packages had a part in the making of what is measured, nor was an effect left out because it is hard. Judged is
what ``ciak subtitle --sdh`` proposes: an effect is told when a caption of its kind, known by its English words, lies
on it (a second around it counts); a caption is right when an effect of its kind is there. A kind is judged whether or
not a hearer has a word for it: what cannot be told counts as not told. False captions are counted on sound in which
nothing of the kind happens: the 20 FLEURS clips and voices around a fire. The battle clip has no truth; what is told of
it is reported. Captions of music are another judge's (``sounds.py``), except that none may stand on an effect.
"""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from clips import Sound, decode, fleurs, write_wav
from figures import Figure, cache, ciak, material, parser, record
from hearing import resample

RATE = 16000
SPEECH, ALONE, BELOW = -23.0, -22.0, -29.0
"""Mean level, dB of full scale: of speech, of an effect alone, of an effect below speech."""
SPOKEN, SILENCE, FLOOR, SLACK, LONGEST = 5, 2, -70.0, 1.0, 4.0
"""Seconds of speech and of silence; level of the noise that lies under all; seconds around an effect; its length."""
SETTINGS = {"speech": SPEECH, "alone": ALONE, "below": BELOW, "seconds": SPOKEN, "silence": SILENCE, "slack": SLACK}
PACKAGES = ("scorched3d-data", "hedgewars-data", "tuxfootball", "ufoai-sound", "fluid-soundfont-gs")
WORDS = {"gunshot": r"gun|shot|shoot", "explosion": r"explo", "thunder": r"thunder", "dog": r"dog|bark",
         "siren": r"siren", "scream": r"scream", "crowd": r"applau|cheer|crowd|clap", "laughter": r"laugh",
         "door": r"door", "telephone": r"phone", "horn": r"horn|honk", "helicopter": r"helicopter|aircraft|rotor",
         "rain": r"rain", "birds": r"bird", "footsteps": r"footstep|steps", "horse": r"horse|hoof|hooves",
         "glass": r"glass", "whistle": r"whistl", "train": r"train\b", "car": r"\bcar\b|engine|vehicle"}
"""Kind -> the words that its caption may have in English."""
EVENTS: dict[str, tuple[str, ...]] = {
    "gunshot": ("scorched3d-data/shotgun.wav", "scorched3d-data/machinegun.wav", "hedgewars-data/gun.ogg",
                "hedgewars-data/shotgunfire.ogg", "hedgewars-data/minigun.ogg", "gs/MachineGun*12"),
    "explosion": ("scorched3d-data/exp.wav", "scorched3d-data/large.wav", "scorched3d-data/xlarge.wav",
                  "hedgewars-data/explosion.ogg", "gs/Explosion"),
    "thunder": ("scorched3d-data/thunder.wav", "scorched3d-data/thunder2.wav", "scorched3d-data/thunder3.wav",
                "gs/Thunder(L)"),
    "dog": ("scorched3d-data/dog.wav", "scorched3d-data/dog2.wav", "scorched3d-data/dog3.wav", "gs/Dog Bark*3+0.4"),
    "siren": ("scorched3d-data/policecar.wav", "scorched3d-data/firetruck.wav", "gs/Siren*4"),
    "scream": ("scorched3d-data/scream1.wav", "scorched3d-data/scream2.wav", "scorched3d-data/scream3.wav",
               "scorched3d-data/scream4.wav", "gs/Scream"),
    "crowd": ("scorched3d-data/cheeringloop.wav", "tuxfootball/crowdcheer.wav", "gs/Applause*2"),
    "laughter": ("hedgewars-data/voices/Default/Laugh.ogg", "hedgewars-data/voices/Pirate/Laugh.ogg",
                 "hedgewars-data/voices/British/Laugh.ogg", "hedgewars-data/voices/Russian/Laugh.ogg", "gs/Laugh*2"),
    "door": ("ufoai-sound/door1-close.ogg", "ufoai-sound/door2-close.ogg", "ufoai-sound/creak_low_short.ogg",
             "gs/Door", "gs/doorcreak"),
    "telephone": ("gs/Telephone 2*4",),
    "horn": ("scorched3d-data/carhorn1.wav", "scorched3d-data/carhorn2.wav", "scorched3d-data/carhorn3.wav"),
    "helicopter": ("scorched3d-data/helicopter.wav", "gs/Heli*5"),
    "rain": ("scorched3d-data/rain.wav", "gs/SeattleRain...(L)"),
    "birds": ("scorched3d-data/birds1.wav", "scorched3d-data/birds2.wav", "scorched3d-data/birdchirp1.wav",
              "gs/Bird2(L)*3+0.3"),
    "footsteps": ("hedgewars-data/steps.ogg", "gs/FootStep*6+0.2"),
    "horse": ("gs/Gallops*4",),
    "glass": ("ufoai-sound/breakglass01.ogg", "ufoai-sound/breakglass03.ogg"),
    "whistle": ("tuxfootball/refwhistlelong.wav", "tuxfootball/refwhistletwice.wav"),
    "train": ("gs/train*3",),
    "car": ("gs/Car Start", "gs/Car Pass"),
}
"""Kind -> effects: package or ``gs``, name, how many times, seconds between."""
Laid = tuple[str, str, bool, float, float]
"""Kind, name, whether alone, where in seconds."""


def packages() -> dict[str, Path]:
    """Package -> where it is unpacked in the cache; archives inside unpacked too."""
    out = {}
    for package in PACKAGES:
        folder = cache() / package
        if not (folder / "complete").is_file():
            folder.mkdir(exist_ok=True)
            subprocess.run(["apt-get", "-q", "download", package], cwd=folder, capture_output=True, check=False)
            for deb in sorted(folder.glob("*.deb")):
                subprocess.run(["dpkg-deb", "-x", deb.name, "."], cwd=folder, check=True)
                for archive in folder.rglob("*.pk3"):
                    with zipfile.ZipFile(archive) as inside:
                        inside.extractall(folder / "pk3")
                (folder / "complete").touch()
        if not (folder / "complete").is_file():
            sys.exit(f"Debian's {package} cannot be fetched here")
        out[package] = folder
    return out


def soundfont(path: Path) -> dict[str, Sound]:
    """Name -> sample of a SoundFont 2 file (its ``smpl`` and ``shdr`` chunks), at :data:`RATE`."""
    data = path.read_bytes()
    at = data.index(b"smpl")
    pcm = np.frombuffer(data, "<i2", struct.unpack_from("<I", data, at + 4)[0] // 2, at + 8)
    at = data.index(b"shdr")
    out = {}
    for place in range(at + 8, at + 8 + struct.unpack_from("<I", data, at + 4)[0] - 46, 46):
        name, first, end, _, _, rate = struct.unpack_from("<20s5I", data, place)
        out[name.split(b"\0")[0].decode("latin-1")] = resample(pcm[first:end].astype(np.float32) / 32768, rate, RATE)
    return out


def effects() -> list[tuple[str, str, Sound]]:
    """Kind, name and sound of every effect, in turn of the kinds."""
    folders = packages()
    font = soundfont(next(folders["fluid-soundfont-gs"].rglob("*.sf2")))
    found = []
    for kind, names in EVENTS.items():
        for spec in names:
            source, name, times, pause = re.fullmatch(  # type: ignore[union-attr]
                r"([^/]+)/([^*]+)(?:\*(\d+)(?:\+([\d.]+))?)?", spec).groups()
            if source == "gs":
                sound = font[name]
            else:
                sound = decode(next(path for path in sorted(folders[source].rglob(name.rsplit("/", 1)[-1]))
                                    if str(path).endswith("/" + name)), RATE)[:, 0]
            gap = np.zeros(int(float(pause or 0) * RATE), np.float32)
            sound = np.concatenate([np.concatenate([sound, gap]) for _ in range(int(times or 1))])
            found.append((kind, spec, sound[:int(LONGEST * RATE)]))
    return found


def at_level(sound: Sound, level: float) -> Sound:
    """``sound`` with a mean power of ``level`` dB, no sample above full scale."""
    power = float(np.mean(sound.astype(np.float64) ** 2))
    scaled = sound * 10 ** (level / 20) / max(power, 1e-12) ** .5
    return np.asarray(scaled / max(1.0, float(np.abs(scaled).max())), np.float32)


def film(few: int | None) -> tuple[Sound, list[Laid]]:
    """The sound, and what was laid where: every effect alone, then in the middle of a spoken sentence."""
    spoken = [at_level(decode(clip.path, RATE)[:, 0], SPEECH) for clip in fleurs() if clip.language == "en"]
    parts: list[Sound] = [np.zeros(SILENCE * RATE, np.float32)]
    laid: list[Laid] = []
    at = len(parts[0])
    for number, (kind, name, sound) in enumerate(effects()[:few]):
        for alone in (True, False):
            part = at_level(sound, ALONE if alone else BELOW)
            first = at
            if not alone:
                sentence = spoken[number % len(spoken)]
                turn = number // len(spoken) * SPOKEN * RATE % max(1, len(sentence) - SPOKEN * RATE)
                speech = sentence[turn:turn + SPOKEN * RATE].copy()
                offset = max(0, (len(speech) - len(part)) // 2)
                part = part[:len(speech)]
                first = at + offset
                speech[offset:offset + len(part)] += part
                laid.append((kind, name, alone, first / RATE, (first + len(part)) / RATE))
                part = speech
            else:
                laid.append((kind, name, alone, first / RATE, (first + len(part)) / RATE))
            parts += [part, np.zeros(SILENCE * RATE, np.float32)]
            at += len(part) + SILENCE * RATE
    whole = np.concatenate(parts)
    noise = np.random.default_rng(1).normal(0, 10 ** (FLOOR / 20), len(whole))
    return np.asarray(whole + noise, np.float32), laid


def proposed(path: Path, folder: Path) -> list[dict[str, Any]]:
    """The captions that the command proposes for a sound, in order."""
    ran = ciak("subtitle", path, "--language", "en", "--sdh", "--out", folder, "--json")
    if ran.status == 2 and "NothingToDo" in ran.out + ran.err:
        return []
    told = json.loads(ran.out)
    rows: list[dict[str, Any]] = json.loads(ciak("subtitle", "captions", told["folder"], "--json").out)["captions"]
    return [{key: row[key] for key in ("kind", "start", "end", "text")} for row in rows]


def fits(caption: dict[str, Any], one: Laid) -> bool:
    """Whether the caption's words are of the effect's kind, and its place on the effect."""
    kind, _, _, start, end = one
    near = caption["start"] < end + SLACK and caption["end"] > start - SLACK
    return near and caption["kind"] == "sound" and re.search(WORDS[kind], caption["text"]) is not None


def shares(told: list[dict[str, Any]], laid: list[Laid]) -> dict[str, Any]:
    """By kind: effects told, alone and below speech, and captions right."""
    out: dict[str, Any] = {}
    for kind, words in WORDS.items():
        own = [one for one in laid if one[0] == kind]
        said = [row for row in told if row["kind"] == "sound" and re.search(words, row["text"])]
        hit = {alone: [any(fits(row, one) for row in said) for one in own if one[2] is alone]
               for alone in (True, False)}
        out[kind] = {"alone": sum(hit[True]), "below": sum(hit[False]), "of": len(hit[True]), "captions": len(said),
                     "right": sum(any(fits(row, one) for one in own) for row in said)}
    return out


def main() -> int:
    few = parser(__doc__).parse_args().few or None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound, laid = film(few)
        told = proposed(write_wav(folder / "film.wav", sound, RATE), folder / "film")
        quiet = np.concatenate([at_level(decode(clip.path, RATE)[:, 0], SPEECH) for clip in fleurs()][:few])
        false = proposed(write_wav(folder / "speech.wav", quiet, RATE), folder / "speech")
        media = material() / "media"
        fire = proposed(media / "ambience" / "voices-around-a-fire.mp3", folder / "fire")
        battle = proposed(media / "tears-of-steel" / "battle.webm", folder / "battle")
    sounds = [row for row in told if row["kind"] == "sound"]
    right = sum(any(fits(row, one) for one in laid) for row in sounds)
    music = [row for row in told if row["kind"] == "music"]
    recall = {alone: sum(any(fits(row, one) for row in told) for one in laid if one[2] is alone)
              / sum(one[2] is alone for one in laid) for alone in (True, False)}
    precision = right / len(sounds) if sounds else 0.0
    false, fire, battle = ([row for row in rows if row["kind"] == "sound"] for rows in (false, fire, battle))
    return record("sound_events", [
        Figure("subtitles 3", "effects alone that are told", recall[True], ">= 0.6", recall[True] >= .6,
               details={"kinds": shares(told, laid), "laid": laid, "told": told}),
        Figure("subtitles 3", "effects below speech that are told", recall[False]),
        Figure("subtitles 3", "captions of sounds that are right", precision, ">= 0.85", precision >= .85),
        Figure("subtitles 3", "captions of music where there is none, on effects", len(music)),
        Figure("subtitles 3", "captions of sounds on 20 clips of speech alone", len(false), "0", not false,
               details={"told": false}),
        Figure("subtitles 3", "captions of sounds on voices around a fire", len(fire), "0", not fire,
               details={"told": fire}),
        Figure("subtitles 3", "captions of sounds in the battle clip, of 70 s", len(battle),
               details={"told": battle}),
    ], judge=SETTINGS, keep=few is None)


if __name__ == "__main__":
    sys.exit(main())
