"""F1: word error of the subtitles' words, FLEURS in four languages and Asterisk prompts in two.

Two measurements. *Journey*: ``ciak.subtitle`` on each FLEURS clip with its language given, words read from the SRT
file it writes: separation, speech detection and recognition as a user gets them. *Recogniser*: the transcriber
backend alone on every clip. The target is on the journey in English.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from clips import Clip, decode, fleurs, prompts
from figures import Counts, Figure, bootstrap, parser, pooled, record, word_errors
from hearing import Ear

TARGET = 0.12


def srt_text(path: Path) -> str:
    """The words of an SRT file, markup and speaker dashes dropped."""
    said = []
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8-sig").strip()):
        rows = block.splitlines()
        at = next((i for i, row in enumerate(rows) if "-->" in row), None)
        if at is not None:
            said += [re.sub(r"<[^>]*>", "", row).removeprefix("- ") for row in rows[at + 1:]]
    return " ".join(said)


def journey(clip: Clip) -> str:
    """What ``ciak.subtitle`` writes for a clip, the silence of a file without speech included."""
    import ciak
    from ciak.errors import NothingToDo

    with tempfile.TemporaryDirectory() as folder:
        try:
            ciak.subtitle(clip.path, language=clip.language, out=Path(folder))
        except NothingToDo:
            return ""
        files = sorted(Path(folder).glob(f"*.{clip.language}.srt"))
        return srt_text(files[0]) if files else ""


def _figure(what: str, counts: list[Counts], target: float | None = None) -> Figure:
    rate = pooled(counts)
    return Figure("F1", what, rate, f"<= {target:.2f}" if target else "reported",
                  rate <= target if target else None, bootstrap(counts),
                  {"clips": len(counts), "words": sum(one.words for one in counts)})


def main() -> int:
    few = parser(__doc__).parse_args().few or None
    ear = Ear()
    figures, notes = [], []
    clips = fleurs()
    for language in ("en", "es", "fr", "de"):
        chosen = [clip for clip in clips if clip.language == language][:few]
        full = [word_errors(clip.text, journey(clip), language) for clip in chosen]
        figures.append(_figure(f"FLEURS {language}, journey", full, TARGET if language == "en" else None))
        alone = [word_errors(clip.text, ear.hear(decode(clip.path, 16000), 16000, language), language)
                 for clip in chosen]
        figures.append(_figure(f"FLEURS {language}, recogniser alone", alone))
    for language in ("en", "it"):
        chosen = prompts(language)[:few]
        if not chosen:
            notes.append(f"Asterisk prompts in {language}: not measured, the packages cannot be fetched here")
            continue
        alone = [word_errors(clip.text, ear.hear(decode(clip.path, 16000), 16000, language), language)
                 for clip in chosen]
        figures.append(_figure(f"Asterisk prompts {language}, recogniser alone", alone))
    return record("asr", figures, notes=notes, keep=few is None)


if __name__ == "__main__":
    sys.exit(main())
