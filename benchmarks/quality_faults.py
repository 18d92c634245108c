"""What is planted in a finished dub for the judge ``quality.py``: one fault at a time, in a copy of the dub, by hands
that know no Ciak: samples, bytes, JSON, packets; where a fault is a person's (a consent withdrawn, a recording of other
words), by the command that a person would use."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from figures import ciak

__all__ = ["FAULTS", "FILM", "SHIFT", "Fault", "Made"]

FILM = 48000
PERFORMER, LIKE_HER = "Ada Fittizia", "it_ada"
SHIFT = 0.2


@dataclass
class Made:
    """A dub in a folder that can be copied whole; ``environment``: of the commands that work on it."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def out(self) -> Path:
        """Where the deliveries lie."""
        return self.root / "out"

    @property
    def film(self) -> Path:
        """The film folder."""
        return next(path for path in self.out.iterdir() if path.suffix == ".film")

    def delivered(self, ending: str) -> Path:
        """The delivered file of that ending."""
        return next(path for path in sorted(self.out.rglob(f"*{ending}")) if ".film" not in str(path.parent))

    def picture(self) -> Path:
        """The dubbed film."""
        return next(path for path in sorted(self.out.iterdir()) if path.suffix in (".mp4", ".mkv"))

    def dialogue(self) -> dict[str, Any]:
        """``dialogue/it.json``."""
        found: dict[str, Any] = json.loads((self.film / "dialogue" / "it.json").read_text(encoding="utf-8"))
        return found

    def write(self, dialogue: dict[str, Any]) -> None:
        """The same, changed by hand."""
        (self.film / "dialogue" / "it.json").write_text(json.dumps(dialogue, ensure_ascii=False), encoding="utf-8")

    def spoken(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """(line, chosen take) of each spoken line, in order."""
        return [(line, take) for line in self.dialogue()["loops"] for take in line.get("takes", ())
                if take["id"] == line.get("chosen")]

    def run(self, *arguments: str | Path) -> dict[str, Any]:
        """A command, which has to succeed."""
        return ciak(*arguments, "--json", **self.environment).json()

    def copy(self, target: Path) -> Made:
        """The same dub elsewhere."""
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.root, target, symlinks=True)
        return Made(target, self.environment)


# --- sounds ------------------------------------------------------------------------------------------------------

def read(path: Path) -> tuple[Any, bytes]:
    """Samples of a 24-bit WAV as int32 (frames, channels), and the file's bytes."""
    data = path.read_bytes()
    start, size, channels = _data(data)
    wide = np.zeros((size // 3, 4), np.uint8)
    wide[:, 1:] = np.frombuffer(data[start:start + size], np.uint8).reshape(-1, 3)
    return (wide.view("<i4")[:, 0] >> 8).reshape(-1, channels).copy(), data


def _data(data: bytes) -> tuple[int, int, int]:
    at, channels = 12, 2
    while data[at:at + 4] != b"data":
        if data[at:at + 4] == b"fmt ":
            channels = int.from_bytes(data[at + 10:at + 12], "little")
        size = int.from_bytes(data[at + 4:at + 8], "little")
        at += 8 + size + size % 2
    return at + 8, int.from_bytes(data[at + 4:at + 8], "little"), channels


def write(path: Path, samples: Any, data: bytes) -> None:
    """The same file with other samples, its other bytes as they were."""
    start, size, _ = _data(data)
    packed = np.clip(samples, -2**23, 2**23 - 1).astype("<i4").reshape(-1, 1).view(np.uint8)[:, :3].tobytes()
    assert len(packed) == size
    path.write_bytes(data[:start] + packed + data[start + size:])


def changed(made: Made, stems: tuple[str, ...], change: Callable[[Any], Any]) -> None:
    """Stems with their samples changed."""
    for name in stems:
        path = made.delivered(f".{name}.wav")
        samples, data = read(path)
        write(path, change(samples), data)


def within(take: dict[str, Any]) -> tuple[int, int]:
    """First and last sample of a take at 48 kHz."""
    first, last = (round(Fraction(str(take["span"][edge])) * FILM) for edge in ("start", "end"))
    return first, last


# --- the faults --------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Fault:
    """``plant`` returns the line that it is about, or ""; found when one of ``codes`` fails there."""

    name: str
    codes: tuple[str, ...]
    plant: Callable[[Made], str]
    verdict: str = "fail"
    only: str = ""
    """Planted in that dub alone."""


def shifted(by: float) -> Callable[[Made], str]:
    """One line of DX and MIX sounds ``by`` seconds late; DX is rebuilt, and MIX with it, so that stems still sum."""
    def plant(made: Made) -> str:
        line, take = made.spoken()[1]
        (first, last), lag = within(take), round(by * FILM)
        moved: dict[str, Any] = {}

        def move(samples: Any) -> Any:
            moved["old"] = samples.copy()
            part = samples[first:last].copy()
            samples[first:last] = 0
            moved_in = part[max(0, -first - lag):]  # a line at an end of the film is cut there
            room = samples[max(0, first + lag):][:len(moved_in)]
            room += moved_in[:len(room)]
            moved["new"] = samples
            return samples
        changed(made, ("DX",), move)
        changed(made, ("MIX",), lambda samples: samples + (moved["new"] - moved["old"]))
        return str(line["id"])
    return plant


def other_line(made: Made) -> str:
    """One line of DX and MIX has the sound of another."""
    (line, take), (_, other) = made.spoken()[0], made.spoken()[1]
    (first, last), (start, end) = within(take), within(other)
    count = min(last - first, end - start)
    kept: dict[str, Any] = {}

    def put(samples: Any) -> Any:
        kept["old"] = samples.copy()
        samples[first:last] = 0
        samples[first:first + count] = samples[start:start + count]
        kept["new"] = samples
        return samples
    changed(made, ("DX",), put)
    changed(made, ("MIX",), lambda samples: samples + (kept["new"] - kept["old"]))
    return str(line["id"])


def said_otherwise(made: Made) -> str:
    """A recording in which another line is said is taken in for a line, and the film is dubbed with it."""
    (line, _), (_, other) = made.spoken()[0], made.spoken()[1]
    folder = made.root / "recorded"
    folder.mkdir()
    source = made.film / ".ciak" / "artefacts" / other["sound"][:2] / other["sound"]
    shutil.copyfile(source, folder / f"{line['id']}.wav")
    made.run("takes", "import", made.film, folder, "--language", "it", "--anyway")
    made.run("dub", made.film, "--to", "it", "--out", made.out)
    return str(line["id"])


def reworded(made: Made) -> str:
    """The words of a line are changed after its take was made."""
    dialogue = made.dialogue()
    line = next(one for one in dialogue["loops"] if one["id"] == made.spoken()[1][0]["id"])
    line["text"] = "Tutto un altro discorso."
    made.write(dialogue)
    return str(line["id"])


def moved_after(made: Made) -> str:
    """A take's place is changed after the mix."""
    dialogue, who = made.dialogue(), made.spoken()[1]
    for line in dialogue["loops"]:
        for take in line.get("takes", ()):
            if take["id"] == who[1]["id"]:
                for edge in ("start", "end"):
                    take["span"][edge] = str(Fraction(str(take["span"][edge])) + Fraction(1, 5))
    made.write(dialogue)
    return str(who[0]["id"])


def gained(stems: tuple[str, ...], decibels: float) -> Callable[[Made], str]:
    """Stems louder by some decibels."""
    def plant(made: Made) -> str:
        changed(made, stems, lambda samples: np.round(samples * 10 ** (decibels / 20)))
        return ""
    return plant


def clipped(made: Made) -> str:
    """A few samples of the mix at full scale."""
    _, take = made.spoken()[0]
    first, last = within(take)

    def clip(samples: Any) -> Any:
        samples[(first + last) // 2:(first + last) // 2 + 8] = 2**23 - 1
        return samples
    changed(made, ("MIX",), clip)
    return ""


def hummed(made: Made) -> str:
    """A soft tone (-60 dBFS, 0.3 s) in M&E and mix, where nobody speaks."""
    samples, _ = read(made.delivered(".ME.wav"))
    free = np.ones(len(samples), bool)
    for line, take in made.spoken():
        for first, last in (within(take), within({"span": line["span"]})):
            free[max(0, first - FILM):last + FILM] = False
    runs = np.flatnonzero(np.diff(np.concatenate([[0], free.astype(np.int8), [0]]))).reshape(-1, 2)
    start = int(max(runs, key=lambda run: run[1] - run[0]).mean()) - FILM // 8
    tone = np.round(2**23 * 10 ** (-60 / 20) * np.sin(2 * np.pi * 300 * np.arange(FILM // 4) / FILM))

    def hum(part: Any) -> Any:
        part[start:start + len(tone)] += tone.astype(part.dtype)[:, None]
        return part
    changed(made, ("ME", "MIX"), hum)
    return ""


def longer(made: Made) -> str:
    """The mix goes on for half a second more than the film."""
    path = made.delivered(".MIX.wav")
    samples, _ = read(path)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(samples.shape[1])
        out.setsampwidth(3)
        out.setframerate(FILM)
        longer_one = np.concatenate([samples, np.zeros((FILM // 2, samples.shape[1]), samples.dtype)])
        out.writeframes(longer_one.astype("<i4").reshape(-1, 1).view(np.uint8)[:, :3].tobytes())
    return ""


def gone(ending: str) -> Callable[[Made], str]:
    """A delivered file is missing."""
    def plant(made: Made) -> str:
        made.delivered(ending).unlink()
        return ""
    return plant


def cut_short(made: Made) -> str:
    """A stem whose second half is missing."""
    path = made.delivered(".ME.wav")
    os.truncate(path, path.stat().st_size // 2)
    return ""


def take_lost(made: Made) -> str:
    """The sound of a chosen take is no longer in the film."""
    line, take = made.spoken()[1]
    (made.film / ".ciak" / "artefacts" / take["sound"][:2] / take["sound"]).unlink()
    return str(line["id"])


def flipped(made: Made) -> str:
    """One bit of the signed film, in its middle."""
    path = made.picture()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    return ""


def too_fast(made: Made) -> str:
    """The first subtitle is shown for a fifth of a second."""
    path = made.delivered(".it.srt")
    text = path.read_text(encoding="utf-8")
    times = next(line for line in text.splitlines() if "-->" in line)
    start = times.split(" --> ")[0]
    clock, _, thousandths = start.partition(",")
    later = f"{clock},{min(999, int(thousandths) + 200):03}"
    path.write_text(text.replace(times, f"{start} --> {later}", 1), encoding="utf-8")
    return ""


def relabelled(made: Made) -> str:
    """The tracks' languages are exchanged."""
    _remuxed(made, (0, 1), ("eng", "ita"))
    return ""


def original_twice(made: Made) -> str:
    """The track that says it is Italian is the original."""
    _remuxed(made, (1, 1), ("ita", "eng"))
    return ""


def _remuxed(made: Made, order: tuple[int, int], languages: tuple[str, str]) -> None:
    """The film's packets anew: its sound tracks in that order, with those labels."""
    import av

    path = made.picture()
    part = path.with_name("part" + path.suffix)
    with av.open(str(path)) as source, av.open(str(part), "w") as out:
        video = out.add_stream_from_template(source.streams.video[0])
        sounds = [out.add_stream_from_template(source.streams.audio[number]) for number in order]
        for sound, language in zip(sounds, languages, strict=True):
            sound.metadata["language"] = language
        packets: list[Any] = []
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = video
                packets.append(packet)
        for sound, number in zip(sounds, order, strict=True):
            with av.open(str(path)) as again:
                for packet in again.demux(again.streams.audio[number]):
                    if packet.dts is not None:
                        packet.stream = sound
                        packets.append(packet)
        for packet in sorted(packets, key=lambda one: float(one.dts * one.time_base)):
            out.mux(packet)
    part.replace(path)


def _hers(made: Made, until: datetime.date | None) -> tuple[str, int]:
    """The first line's character is given a voice in a performer's likeness, who agrees, and the film is dubbed."""
    term = ["--until", until.isoformat()] if until else []
    told = made.run("rights", "add", made.film, "--performer", PERFORMER, "--language", "it", "--proof", "contract 7",
                    *term)
    cast = json.loads((made.film / "cast.json").read_text(encoding="utf-8"))
    line = made.spoken()[0][0]
    for member in cast["members"]:
        if member["id"] == line["character"]:
            member["voices"]["it"] = LIKE_HER
            member["edited"] = True
    (made.film / "cast.json").write_text(json.dumps(cast), encoding="utf-8")
    made.run("dub", made.film, "--to", "it", "--out", made.out)
    return str(line["id"]), int(told["consent"]["id"])


def withdrawn(made: Made) -> str:
    """A consent is withdrawn after the dub."""
    line, number = _hers(made, None)
    made.run("rights", "withdraw", made.film, str(number))
    return line


def soon_over(made: Made) -> str:
    """A consent ends in ten days."""
    return _hers(made, datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=10))[0]


FAULTS = (
    Fault("a line 200 ms late in the stems", ("place",), shifted(SHIFT)),
    Fault("a line 200 ms early in the stems", ("place",), shifted(-SHIFT)),
    Fault("a line with the sound of another in the stems", ("place",), other_line),
    Fault("a line recorded with other words", ("words-heard",), said_otherwise),
    Fault("words changed after the take", ("words-current",), reworded),
    Fault("a take moved after the mix", ("mix-current",), moved_after),
    Fault("DX 1 dB louder", ("stems-sum",), gained(("DX",), 1.0)),
    Fault("ME 0.1 dB softer", ("stems-sum",), gained(("ME",), -0.1)),
    Fault("MIX 1 dB softer", ("stems-sum",), gained(("MIX",), -1.0)),
    Fault("all stems 2 dB softer", ("loudness",), gained(("DX", "ME", "MIX"), -2.0)),
    Fault("a clipped peak", ("true-peak",), clipped),
    Fault("M&E altered where nobody speaks", ("me-null",), hummed),
    Fault("the mix half a second too long", ("duration",), longer),
    Fault("a stem missing", ("files",), gone(".ME.wav")),
    Fault("the subtitles missing", ("files",), gone(".it.srt")),
    Fault("the film missing", ("files",), lambda made: str(made.picture().unlink() or "")),
    Fault("a stem cut short", ("files",), cut_short),
    Fault("the sound of a take lost", ("take-sound",), take_lost),
    Fault("a bit flipped after signing", ("credentials",), flipped),
    Fault("a subtitle too fast", ("subtitles",), too_fast),
    Fault("the tracks' languages exchanged", ("tracks",), relabelled),
    Fault("the original labelled as the dub", ("track-sound",), original_twice),
    Fault("a consent withdrawn", ("consent",), withdrawn, only="fakes"),
    Fault("a consent that ends in ten days", ("consent",), soon_over, verdict="look", only="fakes"),
)
