"""Films that the browser tests show: one that was imported and looked through, one in which the fakes' words are
said."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from tests.server.small_film import LINES, RATE, span

from ciak.backends import registry
from ciak.backends.protocols import Delivery
from ciak.bootstrap import import_media, survey
from ciak.config import TASKS, Settings
from ciak.film import Cast, CastMember, Dialogue, Loop, Rate, Sex, Signal, Take
from ciak.film.language import Reason, TakeKind, Variant
from ciak.media.encode import encode_film
from ciak.media.resample import resample_blocks
from ciak.media.wav import SoundWriter
from ciak.project import Film

SPOKEN = ((1, "en_f1", "the house the night the water the light the city"),
          (5, "en_m1", "friend door light city the river the mountain"))
"""Seconds, voice and words: enough of each for a speaker of their own."""
SOUND, FPS, LENGTH = 48000, 24, 10


def spoken_film(folder: Path) -> Path:
    """An MP4 in which two hums say :data:`SPOKEN`."""
    settings = Settings.from_environment().with_backends(dict.fromkeys(TASKS, "fake"))
    voice = registry.resolve("voice", settings)
    mixed = (np.random.default_rng(1).standard_normal((LENGTH * SOUND, 2)) * 1e-4).astype(np.float32)
    for start, who, text in SPOKEN:
        told = voice.speak(text, Delivery(who, "en")).signal
        line = np.concatenate([block.samples for block in resample_blocks(iter([told]), SOUND, 1)])
        mixed[start * SOUND : start * SOUND + len(line)] += line
    track, film = folder / "spoken.wav", folder / "spoken.mp4"
    with SoundWriter(track, SOUND, 2) as writer:
        writer.write(Signal(mixed, SOUND))
    pictures = (np.full((180, 320, 3), 40 + 120 * (n > 4 * FPS), np.uint8) for n in range(LENGTH * FPS))
    encode_film(film, pictures, Rate(Fraction(FPS)), track, language="eng")
    return film


def surveyed_film(folder: Path, video: Path) -> Path:
    """The small film's lines in a film whose picture was imported and looked through as the studio does it."""
    film = Film.create(folder, "The Night Reels", language="en", rate=RATE, start="01:00:00:00")
    import_media(film, video)
    survey(film)
    for language, which in (("en", 3), ("it", 4)):
        loops = tuple(
            Loop(id=f"l{n:04}", character=line[2], span=span(line[0], line[1]), text=line[which])
            for n, line in enumerate(LINES, 1)
        )
        film.save_dialogue(Dialogue(language=language, source=None if language == "en" else "en", loops=loops))
    people = (("ada", "Ada Conti", Sex.FEMALE), ("leo", "Leo Marsh", Sex.MALE))
    film.save_cast(Cast(members=tuple(CastMember(id=each, name=name, sex=sex) for each, name, sex in people)))
    film.close()
    return folder


def whole(film: Film) -> Film:
    """The small film with a source that is where its sheet says."""
    assert film.source is not None
    (film.path / film.source.path).write_bytes(b"source")
    return film


def known_by(film: Film, voice: str = "if_sara", wording: str = "Dove sono le bobine?") -> None:
    """Give the first Italian line what a machine knows of it: two takes, and other wordings."""
    dialogue = film.dialogue("it")
    assert dialogue is not None
    first = dialogue.loops[0]
    takes = tuple(
        Take(
            id=f"t{number}",
            kind=TakeKind.SYNTHETIC,
            sound=film.artefacts.put_bytes(b"RIFF" + bytes([number]) * 64, ".wav"),
            text=first.text,
            span=first.span,
            natural=first.span.duration,
            rate=1.0 + number / 10,
            voice=voice,
        )
        for number in (1, 2)
    )
    known = {"takes": takes, "chosen": "t1", "confidence": 0.7, "variants": (
        Variant(text=first.text, reasons=(Reason(code="easy", about="1.02"),)),
        Variant(text=wording, reasons=(
            Reason(code="idiom", about=wording[:200]), Reason(code="too-long", about="1.40"))))}
    told = first.model_copy(update=known)
    film.save_dialogue(dialogue.model_copy(update={"loops": (told, *dialogue.loops[1:])}))
