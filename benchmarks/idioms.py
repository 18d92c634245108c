"""Dubbing F7: idioms. Lines of film dialogue that hold one, and whether the Italian says it word for word.

``data/idioms.tsv``: 120 lines of our own, one idiom each, common and less common ones, written and committed before
Ciak had anything for idioms. Half of them, by the hash of the idiom, are kept aside: only these are reported, unless
``--development`` asks for the others. The lines come to ``ciak subtitle`` as a person's subtitles of a sound (noise).

A rendering is *literal* where a pattern of the last column is in it, *equivalent* where none is and one of the third
column is, and *other* else (wrong, left out, or said in a way that nobody thought of). Beside it the same for the
translator's own first answer, which is what Ciak said without anything for idioms. Target: literal renderings at most
half of the translator's.

``data/idioms-later.tsv``: the list of idioms was written right after those lines, by who had written them. So 37
more, of other idioms, were written later, before they were ever asked for, by one who had not read the list.

What it does not know: whether an equivalent rendering is good Italian; patterns look at single words. One author wrote
the lines, the patterns and, afterwards, what is measured: that it knows an idiom of the kept half says less than a list
of others would.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from clips import read_lines
from figures import Counts, Figure, bootstrap, paired_bootstrap, parser, record
from glossary import SEED, srt, subtitled, write_sound

DATA = Path(__file__).parent / "data" / "idioms.tsv"
LATER = DATA.with_name("idioms-later.tsv")
KINDS = ("literal", "equivalent", "other")


@dataclass(frozen=True)
class Case:
    """One line of the data."""

    idiom: str
    line: str
    equivalents: tuple[str, ...]
    literal: tuple[str, ...]


def cases(data: Path = DATA) -> list[Case]:
    """All lines, in the order of their idioms' hashes."""
    found = []
    for row in read_lines(data):
        idiom, line, good, bad = row.split("\t")
        found.append(Case(idiom, line, tuple(good.split("|")), tuple(bad.split("|"))))
    return sorted(found, key=lambda case: hashlib.sha256(case.idiom.encode()).hexdigest())


def half(kept: bool) -> list[Case]:
    """The half that is kept aside, or the other one."""
    every = cases()
    middle = len(every) // 2
    return every[middle:] if kept else every[:middle]


def plain(text: str) -> str:
    """Small letters, words parted by one space, one before and one behind."""
    return " " + " ".join(re.findall(r"[^\W_]+", text.casefold())) + " "


def has(text: str, pattern: str) -> bool:
    """Whether the words of ``pattern`` stand in ``text`` (as :func:`plain` gives it)."""
    parts = []
    for word in pattern.casefold().split():
        parts.append(r"(?:\w+ ){0,3}" if word == "_" else
                     re.escape(word.removesuffix("*")) + (r"\w* " if word.endswith("*") else " "))
    return re.search(" " + "".join(parts), text) is not None


def kind(case: Case, text: str) -> str:
    """What a rendering is."""
    said = plain(text)
    if any(has(said, one) for one in case.literal):
        return "literal"
    return "equivalent" if any(has(said, one) for one in case.equivalents) else "other"


def by_translator(lines: list[str]) -> list[str]:
    """The translator's first answers."""
    from ciak.backends import registry
    from ciak.config import Settings

    translator = registry.resolve("translator", Settings.from_environment())
    return [ways[0].text for ways in translator.translate(lines, "en", "it")]


def by_ciak(lines: list[str]) -> list[str]:
    """What ``ciak subtitle`` makes of the lines."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sound, given = folder / "noise.wav", folder / "given.srt"
        given.write_text(srt(lines), encoding="utf-8")
        write_sound(sound, np.random.default_rng(SEED).normal(0, .001, 48000 * 3 * len(lines)))
        report = subtitled(sound, folder / "out", "--language", "en", "--to", "it", "--subtitles", given)
        said = {line["source"]: line["translation"] or "" for line in report["lines"]}
    return [said.get(line, "") for line in lines]


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--development", action="store_true", help="the half that is not kept aside, each line told")
    asked = options.parse_args()
    figures = measured(half(kept=not asked.development), "", asked)
    if not asked.development:
        figures += measured(cases(LATER), ", idioms of the later list", asked)
    return record("idioms", figures, keep=not asked.few and not asked.development)


def measured(chosen: list[Case], which: str, asked: argparse.Namespace) -> list[Figure]:
    """The figures of some lines; ``which``: what their names end with."""
    chosen = chosen[:asked.few] if asked.few else chosen
    lines = [case.line for case in chosen]
    kinds: dict[str, list[str]] = {}
    for name, said in (("translator", by_translator(lines)), ("ciak", by_ciak(lines))):
        kinds[name] = [kind(case, text) for case, text in zip(chosen, said, strict=True)]
        if asked.development:
            for case, text, what in zip(chosen, said, kinds[name], strict=True):
                print(f"{name:<11}{what:<11}{case.line}  ->  {text}")
    counts = {name: {what: found.count(what) for what in KINDS} for name, found in kinds.items()}
    literal = {name: [Counts(what == "literal", 1) for what in found] for name, found in kinds.items()}
    shares = {name: count["literal"] / len(chosen) for name, count in counts.items()}
    ratio = shares["ciak"] / shares["translator"] if shares["translator"] else 0.0
    details: dict[str, Any] = {"lines": len(chosen), "half": "development" if asked.development else "kept", **counts}
    return [
        Figure("dubbing F7", f"literal renderings of idioms, the translator alone{which}", shares["translator"],
               interval=bootstrap(literal["translator"]), details=details),
        Figure("dubbing F7", f"literal renderings of idioms, Ciak{which}", shares["ciak"],
               interval=bootstrap(literal["ciak"])),
        Figure("dubbing F7", f"fewer literal renderings, share of lines{which}",
               shares["translator"] - shares["ciak"],
               interval=paired_bootstrap(literal["ciak"], literal["translator"])),
        Figure("dubbing F7", f"literal renderings, Ciak over the translator{which}", ratio, "<= 0.5", ratio <= .5),
        Figure("dubbing F7", f"equivalent renderings of idioms, the translator alone{which}",
               counts["translator"]["equivalent"] / len(chosen)),
        Figure("dubbing F7", f"equivalent renderings of idioms, Ciak{which}",
               counts["ciak"]["equivalent"] / len(chosen)),
    ]


if __name__ == "__main__":
    sys.exit(main())
