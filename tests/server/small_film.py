"""A small film folder with everything that the pages show: two languages to hear, lines, cast, report.

Each frame of its picture carries its own number as 16 squares along the top, so that a test can read which frame
a browser shows.
"""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from pathlib import Path

import numpy as np

from ciak.film import Cast, CastMember, Dialogue, Flag, Loop, Rate, Sex, Span, Take, TakeKind
from ciak.project import Film, Sheet, Source

RATE = Rate(Fraction(24000, 1001))
FRAMES = 288
WIDTH, HEIGHT, SQUARE = 480, 270, 30

LINES = (
    (12, 40, "ada", "Where did you leave the reels?", "Dove hai lasciato le bobine?", ()),
    (
        48,
        84,
        "leo",
        "In the car. Under the coats, where nobody looks.",
        "In macchina. Sotto i cappotti, dove nessuno guarda.",
        (Flag(code="too-fast", message="spoken at 1.41"),),
    ),
    (96, 120, "ada", "It is raining on the car.", "Sta piovendo sulla macchina.", ()),
    (
        132,
        180,
        "leo",
        "Then we have until the rain finds the window I could not close.",
        "Allora abbiamo tempo finché la pioggia non trova il finestrino che non ho potuto chiudere.",
        (Flag(code="low-confidence", message="the translation is a guess (41%)"),),
    ),
    (192, 216, "ada", "Run.", "Corri.", ()),
    (
        228,
        276,
        "leo",
        "I am already running. This is me, running.",
        "Sto già correndo. Questo sono io che corro.",
        (),
    ),
)


def draw(number: int) -> np.ndarray:
    """Frame ``number``: grey night, a moving bar of light, its number in squares. RGB, uint8."""
    bar = 40 * np.exp(-(((np.arange(WIDTH) - number * WIDTH / FRAMES) / 60.0) ** 2))
    light = 24 + bar[None, :] + np.linspace(0, 20, HEIGHT)[:, None]
    picture = np.repeat(light.astype(np.uint8)[:, :, None], 3, axis=2)
    for bit in range(16):
        picture[:SQUARE, bit * SQUARE : (bit + 1) * SQUARE] = 235 if number >> bit & 1 else 16
    return picture


def encode(path: Path, hertz: float, frames: int = FRAMES, rate: Rate = RATE) -> None:
    """The picture with a tone of ``hertz`` as an MP4 that browsers play and seek."""
    import av

    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as file:
        picture = file.add_stream(
            "libx264", rate=rate.fps, options={"preset": "ultrafast", "crf": "28", "g": "12", "bf": "0"}
        )
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        sound = file.add_stream("aac", rate=48000, layout="mono")
        for number in range(frames):
            file.mux(picture.encode(av.VideoFrame.from_ndarray(draw(number), format="rgb24")))
        file.mux(picture.encode(None))
        time = np.arange(int(float(frames / rate.fps) * 48000)) / 48000
        tone = (0.05 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)[None, :]
        for start in range(0, tone.shape[1], 1024):
            block = av.AudioFrame.from_ndarray(np.ascontiguousarray(tone[:, start : start + 1024]), "fltp", "mono")
            block.sample_rate, block.pts = 48000, start
            file.mux(sound.encode(block))
        file.mux(sound.encode(None))


def span(first: int, end: int, rate: Rate = RATE) -> Span:
    """Frames as film time."""
    return Span(start=rate.time(first), end=rate.time(end))


def _dialogues(film: Film, lines: tuple) -> None:  # type: ignore[type-arg]
    for language, which in (("en", 3), ("it", 4)):
        film.save_dialogue(
            Dialogue(
                language=language,
                source=None if language == "en" else "en",
                loops=tuple(
                    Loop(
                        id=f"l{number:04}",
                        character=line[2],
                        span=span(line[0], line[1]),
                        text=line[which],
                        slot=span(line[0], line[1] + 6),
                        flags=line[5] if language == "it" else (),
                    )
                    for number, line in enumerate(lines, 1)
                ),
            )
        )


def _report(film: Film, lines: tuple) -> dict[str, object]:  # type: ignore[type-arg]
    rows = []
    for number, (first, end, who, source, translation, flags) in enumerate(lines, 1):
        start, slot = float(RATE.time(first)), float(RATE.time(end + 6))
        hasty = any(flag.code == "too-fast" for flag in flags)
        rows.append(
            {
                "id": f"l{number:04}",
                "character": who,
                "source": source,
                "translation": translation,
                "span": [start, float(RATE.time(end))],
                "slot": [start, slot],
                "spoken": [start, slot - 0.1],
                "rate": 1.41 if hasty else 1.02 + number / 100,
                "word_error": None if number == 5 else 0.25 if hasty else 0.0,
                "flags": [{"code": flag.code, "message": flag.message} for flag in flags],
            }
        )
    return {
        "schema": 1,
        "film": film.title,
        "languages": ["en", "it"],
        "lines": rows,
        "files": {"film": "night.it.mp4", "webvtt.it": "night.it.vtt"},
        "mix": {
            "integrated": -23.1,
            "true_peak": -1.6,
            "gain_db": 2.0,
            "limited": False,
            "target": -23.0,
            "ceiling": -1.5,
        },
        "summary": {
            "lines": len(rows),
            "spoken": len(rows),
            "in_slot_at_natural_rate": len(rows) - 1,
            "flagged": 2,
            "word_error_mean": 0.05,
        },
    }


def furnish(film: Film, names: tuple[str, str] = ("Ada Conti", "Leo Marsh"), lines: tuple = LINES) -> None:  # type: ignore[type-arg]
    """Give a film its lines in two languages, its cast and its report."""
    _dialogues(film, lines)
    film.save_cast(
        Cast(
            members=(
                CastMember(id="ada", name=names[0], sex=Sex.FEMALE, voices={"it": "if_sara"}),
                CastMember(id="leo", name=names[1], sex=Sex.MALE, voices={"it": "im_nicola"}),
            )
        )
    )
    (film.path / "deliveries" / "report.json").write_text(json.dumps(_report(film, lines)), encoding="utf-8")


def speak(film: Film, language: str, loop: str, data: bytes) -> str:
    """Give a line a take of those bytes, chosen; the artefact."""
    sound = film.artefacts.put_bytes(data, ".wav")
    told = film.dialogue(language)
    assert told is not None
    line = told.loop(loop)
    assert line is not None
    take = Take(id="t1", kind=TakeKind.SYNTHETIC, sound=sound, text=line.text, span=line.span,
                natural=line.span.duration, rate=1.0, voice="if_sara")
    spoken = line.model_copy(update={"takes": (take,), "chosen": "t1"})
    film.save_dialogue(told.model_copy(update={
        "loops": tuple(spoken if one.id == loop else one for one in told.loops)}))
    return sound


def make_film(
    path: Path,
    *,
    clips: dict[str, Path] | None = None,
    title: str = "The Night Reels",
    names: tuple[str, str] = ("Ada Conti", "Leo Marsh"),
    lines: tuple = LINES,  # type: ignore[type-arg]
    start: str = "01:00:00:00",
) -> Film:
    """A film in ``path``; ``clips`` (language -> MP4) are copied in as its proxies."""
    film = Film.create(path, title, language="en", rate=RATE, start=start)
    digest = hashlib.sha256(b"source").hexdigest()
    film.save_sheet(
        Sheet.model_validate(
            film.sheet.model_dump()
            | {
                "source": Source(
                    path="media/night.mp4",
                    mode="copy",
                    sha256=digest,
                    size=6,
                    modified=0,
                    picture=True,
                    rate=str(RATE),
                    duration=RATE.time(FRAMES),
                ).model_dump()
            }
        )
    )
    if lines:
        furnish(film, names, lines)
    proxies = {}
    for language, clip in (clips or {}).items():
        proxies[language] = {"artefact": film.artefacts.put_bytes(clip.read_bytes(), ".mp4"), "frames": FRAMES}
    film.private("")
    (path / ".ciak" / "proxies.json").write_text(json.dumps(proxies), encoding="utf-8")
    return film
