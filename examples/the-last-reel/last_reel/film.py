"""The film as a file: made once, kept in the cache under the hash of all that goes into it, with its truth beside.

Truth is what is known because we made it: words, lines, shot boundaries, stems. Nothing is kept in a checkout.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ciak.backends import registry
from ciak.backends.protocols import Voice
from ciak.config import Settings
from ciak.film.sound import Signal
from ciak.film.time import Rate
from last_reel.mix import Stems, Voiced, cast, spoken, stems
from last_reel.music import RATE
from last_reel.picture import drawn
from last_reel.script import SCREENPLAY, read_screenplay, shots_of
from last_reel.shapes import FPS, HEIGHT, WIDTH
from last_reel.timing import Plan, planned

__all__ = ["TRUTH", "fingerprint", "kept_at", "make", "truth_of"]

TRUTH = ("truth.json", "DX.wav", "ME.wav")
Tick = Callable[[float], None]


def fingerprint(settings: Settings, voice: Voice) -> str:
    """Sixteen hexadecimal digits for everything that the film depends on."""
    card = registry.card("voice", settings)
    digest = hashlib.sha256()
    for path in sorted([SCREENPLAY, *Path(__file__).parent.glob("*.py")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    maker = [card.name, card.version, sorted(card.hashes.items()), sorted(cast(voice).items()), settings.seed,
             np.__version__]
    digest.update(json.dumps(maker).encode())
    return digest.hexdigest()[:16]


def kept_at(settings: Settings, voice: Voice) -> Path:
    """The folder of the film and its truth: beside the models' cache (``CIAK_MODELS`` moves it)."""
    return settings.models.parent / "films" / f"the-last-reel-{fingerprint(settings, voice)}"


def make(settings: Settings, tick: Tick = lambda _: None) -> Path:
    """The film, made where it is not kept yet. ``tick`` hears the part done, 0 to 1.

    Raises what the voice raises where its model is absent, and :class:`ciak.errors.StorageError`. A run that is
    stopped leaves nothing.
    """
    voice = registry.resolve("voice", settings)
    folder = kept_at(settings, voice)
    film = folder / "the-last-reel.mp4"
    if not film.is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".making-") as making:
            _make(Path(making), voice, settings, tick)
            if not film.is_file():
                shutil.rmtree(folder, ignore_errors=True)
                shutil.copytree(making, folder)
    tick(1.0)
    return film


def _make(folder: Path, voice: Voice, settings: Settings, tick: Tick) -> None:
    from ciak.media.encode import encode_film
    from ciak.media.wav import SoundWriter

    shots = shots_of(read_screenplay())
    lines = [line for shot in shots for line in shot.lines]
    voiced = list(spoken(voice, lines, lambda part: tick(.1 * part)))
    plan = planned(shots, {one.line.number: one.length for one in voiced})
    both = stems(plan, voiced, settings.seed)
    for name, sound in (("DX.wav", both.dialogue), ("ME.wav", both.effects), ("mix.wav", both.mix)):
        with SoundWriter(folder / name, RATE, 2, encoding="pcm24") as writer:
            writer.write(Signal(sound, RATE))
    (folder / "truth.json").write_text(json.dumps(truth_of(plan, voiced, both), indent=1) + "\n", encoding="utf-8")
    encode_film(folder / "the-last-reel.mp4", drawn(plan, settings.seed), Rate(Fraction(FPS)), folder / "mix.wav",
                language="eng", tick=lambda done: tick(min(1.0, .15 + .85 * done / plan.frames)))
    (folder / "mix.wav").unlink()


def truth_of(plan: Plan, voiced: Sequence[Voiced], both: Stems) -> dict[str, Any]:
    """What is known of the film, as plain values; times in seconds of film, shots in frames."""
    words = [{"line": said.line.number, "text": word.text, "start": round(float(said.start + word.span.start), 4),
              "end": round(float(said.start + word.span.end), 4)}
             for said, one in zip(plan.said, voiced, strict=True) for word in one.words]
    return {
        "title": "The Last Reel", "language": "en", "rate": str(FPS), "width": WIDTH, "height": HEIGHT,
        "frames": plan.frames, "sample_rate": RATE, "samples": len(both.dialogue),
        "shots": [{"name": shot.name, "first": shot.first, "end": shot.end} for shot in plan.shots],
        "lines": [{"number": said.line.number, "speaker": said.line.speaker, "text": said.line.text,
                   "start": round(float(said.start), 4), "end": round(float(said.end), 4)} for said in plan.said],
        "words": words,
        "projector": [{"starts": round(plan.strike, 4), "stops": round(plan.stop, 4)},
                      {"starts": round(plan.again, 4), "stops": None}],
        "stems": {"DX": "DX.wav", "ME": "ME.wav"},
    }
