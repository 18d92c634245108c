"""Where subtitles and their lines end, issue 4, line 2: by syntax, and as people do it.

S1. ``data/breaks.tsv``: sentences in five languages with every place where a line may end, by the guides of Netflix
(General Requirements: Line Treatment) and the BBC (Line breaks): never inside a noun phrase, after a preposition, a
conjunction or a pronoun, inside a verb of several words or a name. Each is given to ``ciak subtitle fix`` as one
subtitle with time enough, in lines of 42 characters (the basic profile) and of 37 (television's). Counted are all
ends of lines but the last of each sentence: the share where one may end, and where the guides ask for one. No word
may be lost.

Peers, by this judge's own hand, over the same sentences: *greedy*, as many words a line as fit (what a plain wrap
does); *balanced*, the blank nearest to the middle (what subtitle editors do).

A sentence for which no place that may be leaves two lines that fit is left out at that width.

S2. A person's division: the English, Swedish and Russian WebVTT of *Elephants Dream*. Their words, with times by
letters inside their subtitles, become lines by ``ciak.dubbing.lines`` and subtitles by ``ciak.dubbing.spotting``.
Reported are precision and recall of the ends of subtitles and of lines, between the same words, as F1; the peer
breaks at pauses of six tenths of a second and otherwise fills two lines of 42. Where two share a subtitle the second
is another person. Without a target: these files were looked at when Ciak's rule for two sentences in one subtitle was
chosen.

Half of ``breaks.tsv`` is for development; the figures are on the other half. ``--development`` shows that one.
"""

from __future__ import annotations

import re
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from clips import read_lines
from figures import ROOT, Figure, ciak, material, parser, record
from subtitling import Title, read_srt, write_srt

LANGUAGES = ("en", "it", "es", "fr", "de")
WIDTHS = (42, 37)
SECONDS = 6.8
"""Each sentence is shown so long; one of 85 characters is read in five."""
AHEAD = .95
Broken = list[tuple[str, ...]]
"""For each sentence its lines, over all its subtitles."""


@dataclass(frozen=True)
class Sentence:
    """``text`` with blanks only; ``asked`` and ``may``: places of the blanks where a line should or may end."""

    text: str
    asked: frozenset[int]
    may: frozenset[int]

    def can_be(self, width: int) -> bool:
        """Whether two lines that end where they may fit, or two lines are too few anyway."""
        length = len(self.text)
        return length > 2 * width + 1 or any(at <= width and length - at - 1 <= width for at in self.may)


def sentences(language: str, half: str) -> list[Sentence]:
    """The sentences of a language in one of the two halves."""
    found = []
    for row in read_lines(ROOT / "benchmarks" / "data" / "breaks.tsv"):
        which, code, marked = row.split("\t")
        if (which, code) == (half, language):
            asked = frozenset(at for at, sign in enumerate(marked) if sign == "|")
            may = frozenset(at for at, sign in enumerate(marked) if sign in "|/")
            found.append(Sentence(re.sub(r"[|/]", " ", marked), asked, may))
    return found


# --- who breaks ------------------------------------------------------------------------------------------------

def ours(texts: Sequence[str], language: str, width: int) -> Broken:
    """Lines as ``ciak subtitle fix`` makes them."""
    titles = [Title(10.0 * at, 10.0 * at + SECONDS, (text,)) for at, text in enumerate(texts)]
    with tempfile.TemporaryDirectory() as name:
        given, profile, fixed = (Path(name) / part for part in ("given.srt", "width.toml", "fixed.srt"))
        given.write_text(write_srt(titles), encoding="utf-8")
        profile.write_text(f'name = "width"\nextends = "basic"\n[rules.characters]\nlimit = {width}\n'
                           'source = "the judge"\ndate = "2026-11"\n', encoding="utf-8")
        ran = ciak("subtitle", "fix", given, "--profile", profile, "--language", language, "--out", fixed)
        if ran.status not in (0, 1):
            sys.exit(f"fix failed: {ran.err[-400:]}")
        made: Broken = [() for _ in texts]
        for title in read_srt(fixed.read_text(encoding="utf-8")):
            made[int(title.start // 10)] += title.lines
    return made


def greedy(texts: Sequence[str], language: str, width: int) -> Broken:
    """As many words a line as fit."""
    return [tuple(textwrap.wrap(text, width, break_on_hyphens=False)) for text in texts]


def balanced(texts: Sequence[str], language: str, width: int) -> Broken:
    """Two lines of nearly the same length; greedy where they do not fit."""
    made: Broken = []
    for text, plain in zip(texts, greedy(texts, language, width), strict=True):
        places = [at for at, sign in enumerate(text) if sign == " " and at <= width and len(text) - at - 1 <= width]
        at = min(places, key=lambda place: abs(2 * place - len(text)), default=None)
        made.append(plain if at is None or len(text) <= width else (text[:at], text[at + 1:]))
    return made


# --- S1 --------------------------------------------------------------------------------------------------------

def places(lines: tuple[str, ...]) -> Iterator[int]:
    """Where lines end, but the last."""
    at = -1
    for line in lines[:-1]:
        at += len(line) + 1
        yield at


@dataclass
class Tally:
    """Ends of lines: all, where one may end, where one is asked for; sentences whose words are not theirs; examples."""

    ends: int = 0
    may: int = 0
    asked: int = 0
    lost: int = 0
    wrong: tuple[str, ...] = ()

    def count(self, sentence: Sentence, lines: tuple[str, ...]) -> None:
        """One sentence."""
        self.lost += " ".join(lines) != sentence.text
        for at in places(lines):
            self.ends += 1
            self.asked += at in sentence.asked
            if at in sentence.may:
                self.may += 1
            else:
                self.wrong += (f"{sentence.text[:at]} / {sentence.text[at + 1:]}",)


def by_syntax(half: str) -> list[Figure]:
    """S1."""
    who: dict[str, Callable[[Sequence[str], str, int], Broken]] = {
        "ours": ours, "greedy": greedy, "balanced": balanced}
    whole = {name: Tally() for name in who}
    figures: list[Figure] = []
    lost = 0
    for language in LANGUAGES:
        mine = {name: Tally() for name in who}
        for width in WIDTHS:
            rows = [row for row in sentences(language, half) if row.can_be(width)]
            for name, breaks in who.items():
                for row, lines in zip(rows, breaks([one.text for one in rows], language, width), strict=True):
                    mine[name].count(row, lines)
                    whole[name].count(row, lines)
        lost += mine["ours"].lost
        figures += _shares(language, mine)
    return [*_shares("all languages", whole), *figures,
            Figure("subtitles S1", "sentences whose words were changed", lost, "0", lost == 0)]


def _shares(name: str, tallies: dict[str, Tally]) -> list[Figure]:
    our, others = tallies["ours"], [tallies["greedy"], tallies["balanced"]]
    share, peer = our.may / our.ends, max(one.may / one.ends for one in others)
    details = {"ends": our.ends, "wrong": list(our.wrong),
               **{other: round(one.may / one.ends, 4) for other, one in tallies.items()}}
    asked = {other: round(one.asked / one.ends, 4) for other, one in tallies.items()}
    return [Figure("subtitles S1", f"lines that end where one may, {name}", share,
                   f">= {AHEAD} and > {peer:.3f}, the best peer's", share >= AHEAD and share > peer, details=details),
            Figure("subtitles S1", f"lines that end where the guides ask for it, {name}", our.asked / our.ends,
                   details=asked)]


# --- S2 --------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Spoken:
    """A word with its times (seconds), who says it, and what ends after it in the person's division: "", "line" or
    "title"."""

    text: str
    start: float
    end: float
    who: str
    ends: str


def person(language: str) -> list[Spoken]:
    """The words of a WebVTT file as a person divided them."""
    path = material() / "subtitles" / "elephants-dream" / f"captions.{language}.vtt"
    found: list[Spoken] = []
    for title in read_srt(path.read_text(encoding="utf-8").partition("\n")[2]):
        letters = sum(len(word) + 1 for line in title.lines for word in line.lstrip("- ").split())
        at, who, step = title.start, "A", (title.end - title.start) / max(1, letters)
        for row, line in enumerate(title.lines):
            if line.startswith("-"):
                who = "B"
            parts = line.lstrip("- ").split()
            for place, word in enumerate(parts):
                last = place == len(parts) - 1
                end = "" if not last else "title" if row == len(title.lines) - 1 else "line"
                found.append(Spoken(word, at, at + step * (len(word) + 1), who, end))
                at += step * (len(word) + 1)
    return found


def spotted(words: Sequence[Spoken], language: str) -> list[str]:
    """What ends after each word in Ciak's division."""
    from ciak.dubbing.lines import joined, numbered
    from ciak.dubbing.lines import sentences as cut
    from ciak.dubbing.spotting import spot
    from ciak.film import Rate, Span, Word, seconds

    loops = []
    for who in sorted({word.who for word in words}):
        heard = [Word(text=word.text, span=Span(start=seconds(word.start), end=seconds(word.end)))
                 for word in words if word.who == who]
        loops += joined([(line, who) for line in cut(heard)])
    loops.sort(key=lambda one: one[0][0].span.start)
    cues = spot(numbered(loops, "person"), Rate(Fraction(24)), language)
    rows = [("title" if row == len(cue.lines) - 1 else "line", line) for cue in cues
            for row, line in enumerate(cue.lines)]
    return _ends(words, [(kind, line.removeprefix("- ")) for kind, line in rows])


def filled(words: Sequence[Spoken]) -> list[str]:
    """The peer: a new subtitle at a pause or where two full lines are over."""
    groups: list[list[Spoken]] = []
    for word in words:
        if groups and word.start - groups[-1][-1].end < .6 and word.who == groups[-1][-1].who and len(
                textwrap.wrap(" ".join(one.text for one in [*groups[-1], word]), 42)) <= 2:
            groups[-1].append(word)
        else:
            groups.append([word])
    rows = []
    for group in groups:
        lines = textwrap.wrap(" ".join(one.text for one in group), 42)
        rows += [("title" if row == len(lines) - 1 else "line", line) for row, line in enumerate(lines)]
    return _ends(words, rows)


def _ends(words: Sequence[Spoken], rows: Sequence[tuple[str, str]]) -> list[str]:
    made = [(word, kind if place == len(line.split()) - 1 else "") for kind, line in rows
            for place, word in enumerate(line.split())]
    if [word for word, _ in made] != [word.text for word in words]:
        sys.exit("a division has other words than the person's")
    return [end for _, end in made]


def f1(found: Sequence[str], wanted: Sequence[str], kinds: tuple[str, ...]) -> float:
    """Harmonic mean of precision and recall of what ends after a word."""
    both = sum(one in kinds and other in kinds for one, other in zip(found, wanted, strict=True))
    all_of = sum(one in kinds for one in found) + sum(one in kinds for one in wanted)
    return 2 * both / all_of


def as_people_do() -> list[Figure]:
    """S2."""
    figures = []
    for language in ("en", "sv", "ru"):
        words = person(language)
        wanted = [word.ends for word in words]
        for what, kinds in (("subtitles", ("title",)), ("lines of any kind", ("line", "title"))):
            mine, peer = (f1(ends, wanted, kinds) for ends in (spotted(words, language), filled(words)))
            figures.append(Figure("subtitles S2", f"ends of {what} as a person's, F1, {language}", mine,
                                  details={"peer": peer}))
    return figures


def main() -> int:
    options = parser(__doc__)
    options.add_argument("--development", action="store_true", help="the other half, with what is wrong; not recorded")
    given = options.parse_args()
    half = "development" if given.development else "judge"
    figures = [*by_syntax(half), *as_people_do()]
    if given.development:
        for figure in figures:
            for line in figure.details.get("wrong", []) if "all languages" not in figure.what else []:
                print("   ", line)
    return record("segmentation", figures, keep=not given.development and not given.few)


if __name__ == "__main__":
    sys.exit(main())
