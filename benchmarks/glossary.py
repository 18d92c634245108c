"""The glossary and the reading over, issue 4, line 8. Frozen before the code that it measures was tuned on anything.

W1. ``data/glossary.tsv``: made-up names and phrases with the rendering that is wanted. The lines are given to ``ciak
subtitle`` as a person's subtitles of a sound (noise), translated without a glossary, then with one: the share of lines
whose translation has the rendering as words of its own (capitals aside), each way.

W2. ``data/glossary-heard.en.txt``: sentences with made-up names, spoken by the embedded voice (three voices in turn),
heard by ``ciak subtitle`` without and with the names in the glossary: the share of names that stand in the subtitles.
And the words that are otherwise with the glossary and are none of the names: 0.

W3. Misspellings. True texts (FLEURS transcripts in en, fr, de, our own spoken Italian; Spanish has no word list that is
good enough); in every other line one word of five letters or more, without a capital, has two neighbouring letters
exchanged or one dropped or doubled, by a seeded dice. What is found of them by ``ciak subtitle review``, and how many
words of the lines that nothing was done to are taken for wrong. A misspelling that is a word too counts as missed.
"""

from __future__ import annotations

import json
import random
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from ciak.film.sound import Signal
from ciak.media import SoundWriter
from clips import fleurs, read_lines
from figures import ROOT, Figure, ciak, parser, record

DATA = ROOT / "benchmarks" / "data"
SEED = 20261124
VOICES = ("af_heart", "am_michael", "bf_emma")


def srt(lines: list[str], each: int = 3) -> str:
    """``lines`` as subtitles, ``each`` seconds apart."""
    def clock(seconds: float) -> str:
        return f"00:{int(seconds) // 60:02}:{int(seconds) % 60:02},{round(seconds % 1 * 1000):03}"

    return "".join(f"{at + 1}\n{clock(at * each)} --> {clock(at * each + each - .4)}\n{line}\n\n"
                   for at, line in enumerate(lines))


def write_sound(path: Path, samples: np.ndarray[Any, Any]) -> None:
    """Mono samples at 48 kHz as a WAV file."""
    with SoundWriter(path, 48000, 1) as writer:
        writer.write(Signal(np.asarray(samples, np.float32)[:, None], 48000))


def has(text: str, wording: str) -> bool:
    """Whether ``wording`` stands in ``text`` as words, capitals aside."""
    return re.search(rf"(?<!\w){re.escape(wording)}(?!\w)", text, re.IGNORECASE) is not None


def subtitled(sound: Path, folder: Path, *more: str | Path) -> dict[str, Any]:
    """The report of ``ciak subtitle``."""
    report: dict[str, Any] = ciak("subtitle", sound, *more, "--out", folder, "--json").json()
    return report


def translated(rows: list[list[str]], source: str, target: str, terms: bool, folder: Path) -> tuple[float, list[str]]:
    """The share of lines with the rendering that is wanted, and the translations."""
    sound, mine = folder / "noise.wav", folder / "mine.srt"
    lines = [row[4] for row in rows]
    mine.write_text(srt(lines), encoding="utf-8")
    if not sound.exists():
        write_sound(sound, np.random.default_rng(SEED).normal(0, .001, 48000 * 3 * len(lines)))
    film = folder / "out" / "noise.film"
    if terms:
        for _, term, rendering, kind, _ in rows:
            ciak("glossary", "add", film, term, "--language", source, "--to", f"{target}={rendering}",
                 *(["--phrase"] if kind == "phrase" else []), "--json").json()
    report = subtitled(sound, folder / "out", "--language", source, "--to", target, "--subtitles", mine)
    said = [line["translation"] for line in report["lines"]]
    return sum(has(text, row[2]) for text, row in zip(said, rows, strict=True)) / len(rows), said


def renderings(few: int) -> list[Figure]:
    """W1."""
    rows = [line.split("\t") for line in read_lines(DATA / "glossary.tsv")]
    shares: dict[bool, float] = {False: 0, True: 0}
    details: dict[str, Any] = {}
    total = 0
    for source, target in (("en", "it"), ("it", "en")):
        mine = [row for row in rows if row[0] == source][:few or None]
        total += len(mine)
        with tempfile.TemporaryDirectory() as name:
            for terms in (False, True):
                share, said = translated(mine, source, target, terms, Path(name))
                shares[terms] += share * len(mine)
                details[f"{source} to {target}, {'with' if terms else 'without'}"] = said
    return [Figure("subtitles W1", "lines whose term is rendered as agreed, with the glossary", shares[True] / total,
                   ">= 0.95", shares[True] / total >= .95, details=details),
            Figure("subtitles W1", "lines whose term is rendered as agreed, without", shares[False] / total)]


def spoken(rows: list[list[str]], path: Path) -> None:
    """All sentences one after the other, a second and a half apart."""
    from fractions import Fraction

    from ciak.backends.protocols import Delivery
    from ciak.backends.registry import resolve
    from ciak.config import Settings
    from ciak.media import resample_blocks

    voice = resolve("voice", Settings.from_environment())
    parts = []
    for at, (_, text) in enumerate(rows):
        made = voice.speak(text, Delivery(voice=VOICES[at % len(VOICES)], language="en"))
        parts += [block.samples[:, 0] for block in resample_blocks(iter([made.signal]), 48000, 1)]
        parts.append(np.zeros(int(Fraction(3, 2) * 48000), np.float32))
    write_sound(path, np.concatenate(parts))


def heard(few: int) -> list[Figure]:
    """W2."""
    rows = [line.split("|") for line in read_lines(DATA / "glossary-heard.en.txt")][:few or None]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spoken(rows, folder / "spoken.wav")
        texts = []
        for terms in (False, True):
            if terms:
                for term in {row[0] for row in rows}:
                    ciak("glossary", "add", folder / "out" / "spoken.film", term, "--language", "en", "--json").json()
            report = subtitled(folder / "spoken.wav", folder / "out", "--language", "en")
            texts.append(" ".join(line["source"] for line in report["lines"]))
    shares = [sum(min(len(re.findall(rf"\b{term}\b", text)), sum(row[0] == term for row in rows))
                  for term in {row[0] for row in rows}) / len(rows) for text in texts]
    names = {row[0] for row in rows}
    before, after = (text.split() for text in texts)
    wrong = [(one, other) for one, other in zip(before, after, strict=True)
             if one != other and not any(term in other for term in names)]
    return [Figure("subtitles W2", "names heard that are written right, with the glossary", shares[1], "> without",
                   shares[1] > shares[0], details={"text": texts[1]}),
            Figure("subtitles W2", "names heard that are written right, without", shares[0],
                   details={"text": texts[0]}),
            Figure("subtitles W2", "other words that the glossary changed", len(wrong), "0", not wrong)]


def misspelt(word: str, dice: random.Random) -> str:
    """``word`` with one slip of the fingers."""
    at = dice.randrange(1, len(word) - 1)
    slip = dice.choice(("exchange", "drop", "double"))
    if slip == "exchange" and word[at] != word[at + 1]:
        return word[:at] + word[at + 1] + word[at] + word[at + 2:]
    return word[:at] + word[at + 1:] if slip != "double" else word[:at] + word[at] + word[at:]


def texts() -> dict[str, list[str]]:
    """True lines by language."""
    found: dict[str, list[str]] = {}
    for clip in fleurs():
        if clip.language == "es":
            continue
        found.setdefault(clip.language, []).append(clip.text)
    found["it"] = [line.split("\t")[-1] for line in read_lines(DATA / "spoken.it.txt")]
    return found


def spelling(few: int) -> list[Figure]:
    """W3."""
    dice = random.Random(SEED)
    planted = caught = clean = alarms = 0
    details: dict[str, Any] = {}
    for language, lines in sorted(texts().items()):
        made, slips = [], {}
        for at, line in enumerate(lines[:few or None]):
            words = [hit for hit in re.finditer(r"[^\W\d_]{5,}", line) if hit[0].islower()]
            if at % 2 == 0 and words:
                hit = dice.choice(words)
                slips[at + 1] = misspelt(hit[0], dice)
                line = line[:hit.start()] + slips[at + 1] + line[hit.end():]
            else:
                clean += len(line.split())
            made.append(line)
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "lines.srt"
            path.write_text(srt(made), encoding="utf-8")
            ran = ciak("subtitle", "review", path, "--language", language, "--json")
            report = json.loads(ran.out)["languages"][0]
        remarked = [(int(one["line"]), one["word"]) for one in report["remarks"] if one["code"] == "spelling"]
        found = [at for at, word in slips.items() if (at, word) in remarked]
        false = [word for at, word in remarked if at not in slips]
        planted, caught, alarms = planted + len(slips), caught + len(found), alarms + len(false)
        details[language] = {"missed": [word for at, word in slips.items() if at not in found], "false": false}
    return [Figure("subtitles W3", "misspellings found", caught / planted, ">= 0.8", caught / planted >= .8,
                   details={"planted": planted, **details}),
            Figure("subtitles W3", "right words taken for wrong, share of all", alarms / clean, "<= 0.01",
                   alarms / clean <= .01, details={"words": clean})]


def main() -> int:
    few = parser(__doc__).parse_args().few
    return record("glossary", [*renderings(few), *heard(few), *spelling(few)], keep=not few)


if __name__ == "__main__":
    sys.exit(main())
