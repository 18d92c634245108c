"""The films that the studio is judged on: drawn and written here, brought in by the product's own import and survey.

The clicked film is small and numbered: each frame carries its number as squares (``tests/server/small_film``), so that
a page can read which frame it shows. The long film is two hours of twelve drawn shots, again and again, with a line
every four seconds: ten words each, word times, a slot, two wordings and a take, as a dub leaves them, twelve
characters, two languages. Every second line of the translation is too long for one subtitle. Its dubbed sound is one
file that stands for all three stems, and both languages play the same picture.

Made once, in the judges' cache; a run works on a copy whose artefacts are links.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from tests.server import small_film

from clips import film_of, write_wav
from figures import cache

__all__ = ["CHARACTERS", "EVERY", "clicked_film", "copy_of", "long_film"]

VERSION = "1"
"""Raised when what is drawn or written here changes."""
EVERY, CHARACTERS, EDITS = 4, 12, 120
"""Seconds from line to line; people; edits that the history holds beforehand."""
SOUND = 16000
SHORT = ("the reel was under every coat in that old car", "nobody here would ever look for the last two tapes",
         "she said that we had until the rain would end", "he put both hands on the cold wet glass door")
SPOKEN = ("la bobina era sotto tutti i cappotti di quella macchina",
          "nessuno qui cercherebbe mai gli ultimi due nastri di ieri",
          "straordinariamente nessun proiezionista dimenticherebbe volontariamente pellicole infiammabili accanto "
          "all'appartamento direttoriale", "improvvisamente quarantadue spettatori completamente inzuppati "
          "attraversarono rumorosamente il corridoio dell'amministrazione")


def clicked_film(seconds: int) -> Path:
    """The numbered film, imported and surveyed, with a line every four seconds: its folder in the cache."""
    def make(folder: Path) -> None:
        source = cache() / "films" / f"numbered-{seconds}.mp4"
        if not source.is_file():
            source.parent.mkdir(parents=True, exist_ok=True)
            part = source.with_suffix(".part")
            small_film.encode(part, 440.0, frames=int(seconds * small_film.RATE.fps))
            part.rename(source)
        _bring(folder, source)
    return _once(f"clicked-{seconds}", make)


def long_film(minutes: int) -> Path:
    """The long film, ``minutes`` of it: its folder in the cache."""
    def make(folder: Path) -> None:
        rng = np.random.default_rng(7)
        talk = np.repeat(rng.uniform(0, 0.4, 300 * 5), SOUND // 5) * np.sin(np.arange(300 * SOUND) * 0.2)
        sound = np.resize(talk.astype(np.float32), minutes * 60 * SOUND)
        _bring(folder, film_of(f"studio-{minutes}", sound, SOUND, _shots()), sound)
    return _once(f"long-{minutes}", make)


def copy_of(folder: Path, target: Path) -> Path:
    """A film to work on: papers copied, artefacts linked where that can be done."""
    def put(source: str, destination: str) -> str:
        if f"{os.sep}artefacts{os.sep}" in source:
            try:
                os.link(source, destination)
                return destination
            except OSError:
                pass
        return shutil.copy2(source, destination)
    return Path(shutil.copytree(folder, target, copy_function=put))


def _once(name: str, make: Any) -> Path:
    """The folder ``name`` of the cache, made when it is not there."""
    folder = cache() / "studio" / f"{name}-v{VERSION}"
    if not folder.is_dir():
        part = folder.with_name(folder.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        part.parent.mkdir(parents=True, exist_ok=True)
        make(part)
        part.rename(folder)
    return folder


def _shots() -> Path:
    """A minute of twelve drawn shots, 160 x 90 at 24 frames a second: a bar that moves over another grey each."""
    import av

    target = cache() / "films" / "twelve-shots.mp4"
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(".part")
        with av.open(str(part), "w", format="mp4") as film:
            stream = film.add_stream("libx264", rate=24, options={"g": "120", "bf": "0"})
            stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
            for n in range(60 * 24):
                shot = n // 120
                image = np.full((90, 160, 3), (shot * 5 % 12) * 16 + 20, np.uint8)
                image[:, :, shot % 3] //= 2
                image[:, n % 120:n % 120 + 12] = 235
                film.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
            film.mux(stream.encode(None))
        part.rename(target)
    return target


def _bring(folder: Path, source: Path, dub: Any = None) -> None:
    """A film in ``folder`` as the product makes it of ``source``; ``dub``: the sound of its translation."""
    from ciak.project import Film, survey
    from ciak.project.media import import_media

    film = Film.create(folder, "The Judged Reels", language="en")
    proxy = import_media(film, source, copy=False).proxy
    assert proxy is not None and film.source is not None
    lines = list(_lines(round(film.source.duration / EVERY)))
    _speak(film, lines)
    if dub is not None:
        _dub(film, dub, proxy)
    (folder / "deliveries" / "report.json").write_text(json.dumps(_report(film, lines)), encoding="utf-8")
    survey(film)
    _edit(film, min(EDITS, len(lines) // 4))
    film.close()


def _lines(count: int) -> Iterator[dict[str, Any]]:
    for n in range(count):
        start = Fraction(n * EVERY) + Fraction(n % 5, 10)
        pair = tuple(f"{texts[n % 4].capitalize()}." for texts in (SHORT, SPOKEN))
        yield {"id": f"l{n + 1:05}", "character": f"c{(n * 5 + n // 7) % CHARACTERS + 1:02}", "start": start,
               "end": start + Fraction(29, 10), "room": start + Fraction(33, 10), "texts": pair,
               "hasty": n % 9 == 4}


def _speak(film: Any, lines: list[dict[str, Any]]) -> None:
    """The two dialogues and the cast."""
    from ciak.dubbing.spotting import paced_words
    from ciak.film import Cast, CastMember, Dialogue, Flag, Loop, Sex, Span, Take, TakeKind, Variant

    loops: dict[str, list[Loop]] = {"en": [], "it": []}
    for line in lines:
        span = Span(start=line["start"], end=line["end"])
        slot = Span(start=line["start"], end=line["room"])
        english, italian = line["texts"]
        loops["en"].append(Loop(id=line["id"], character=line["character"], span=span, text=english, slot=slot,
                                words=paced_words(english, span), confidence=0.9, origin="transcriber:fake"))
        take = Take(id="t1", kind=TakeKind.SYNTHETIC, text=italian, sound="0" * 64 + ".wav", span=span, voice="fake",
                    natural=Fraction(36, 10), rate=1.1, word_error=0.05)
        flags = (Flag(code="too-fast", message="spoken at 1.41"),) if line["hasty"] else ()
        ways = tuple(Variant(text=f"{italian} {more}", confidence=0.5, origin="translator:fake")
                     for more in ("Davvero.", "Credimi."))
        loops["it"].append(Loop(id=line["id"], character=line["character"], span=span, text=italian, slot=slot,
                                confidence=0.7, origin="translator:fake", variants=ways, takes=(take,), chosen="t1",
                                flags=flags))
    for language, said in loops.items():
        film.save_dialogue(Dialogue(language=language, source=None if language == "en" else "en", loops=tuple(said)))
    film.save_cast(Cast(members=tuple(
        CastMember(id=f"c{n:02}", name=f"Person {n}", sex=Sex.FEMALE if n % 2 else Sex.MALE, voices={"it": "fake"})
        for n in range(1, CHARACTERS + 1))))


def _dub(film: Any, sound: Any, proxy: Any) -> None:
    """What a dub leaves behind, as far as the pages see it: the stems of a mix, and a proxy in the language."""
    from ciak.project import Entry

    wav = film.artefacts.temporary(".wav")
    write_wav(wav, sound, SOUND)
    mix = film.artefacts.put_file(wav, ".wav")
    for what, inputs, outputs in (("mix", {}, {"DX": mix, "ME": mix, "MIX": mix}), ("release", {"mix": mix}, {})):
        film.record(Entry(kind="step", what=what, who="ciak", key=f"{what:0<64}".encode().hex()[:64], inputs=inputs,
                          outputs=outputs, settings={"target": "it"}))
    told = {"it": {"artefact": proxy.path.name, "frames": len(proxy.frames.source)}}
    (film.path / ".ciak" / "proxies.json").write_text(json.dumps(told), encoding="utf-8")


def _edit(film: Any, count: int) -> None:
    """``count`` edits of a person, so that the history is not empty."""
    from ciak.film.editing import Retype
    from ciak.project.edits import edit

    for n in range(count):
        loop = film.dialogue("it").loops[n * 3]
        edit(film, "it", [Retype(loop=loop.id, text=f"{loop.text} E poi?")], {})


def _report(film: Any, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The report of the dub, a row a line."""
    rows = [{"id": line["id"], "character": line["character"], "source": line["texts"][0],
             "translation": line["texts"][1], "span": [float(line["start"]), float(line["end"])],
             "slot": [float(line["start"]), float(line["room"])],
             "spoken": [float(line["start"]), float(line["room"]) - 0.1], "rate": 1.41 if line["hasty"] else 1.05,
             "word_error": 0.05, "confidence": 0.7, "heard": line["texts"][1],
             "flags": [{"code": "too-fast", "message": "spoken at 1.41"}] if line["hasty"] else []}
            for line in lines]
    return {"schema": 1, "film": film.title, "languages": ["en", "it"], "lines": rows, "files": {},
            "mix": {"integrated": -23.1, "true_peak": -1.6, "gain_db": 2.0, "limited": False, "target": -23.0,
                    "ceiling": -1.5},
            "summary": {"lines": len(rows), "spoken": len(rows), "in_slot_at_natural_rate": len(rows) * 8 // 9,
                        "flagged": len(rows) // 9, "word_error_mean": 0.05}}
