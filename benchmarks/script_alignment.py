"""F8 of subtitles: a script laid on the sound of our own film, whose line times are known because we made it.

Scripts differ from what is spoken. Each of ``DRAWS`` scripts is the example's with 10 % of its lines changed, rounded
up to two: a line worded otherwise, a line that nobody speaks, a line that is spoken but not written, two short lines
swapped, a line divided in two by an action. ``ciak subtitle FILM --script FILE --json`` lays it on the film.

Counted are the script's lines that are spoken, in whatever wording: those whose first subtitle line begins, and whose
last ends, within 0.2 s of the truth. A line is found by its exact words, in lines that are not told as missing from the
script; so one whose words were changed counts as nowhere. Beside: lines that nobody speaks and that were placed
all the same; lines whose wording was kept; spoken lines missing from the script that are told. Peer: the same
command without the script, each script line given the times of the line with the most similar text.

The film is synthetic and clean, its script short: it shows that the method works, not how well on a film of two hours.
"""

from __future__ import annotations

import difflib
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from figures import ROOT, SEED, Figure, ciak, parser, record

sys.path.insert(0, str(ROOT / "examples" / "the-last-reel"))

DRAWS, CHANGES, NEAR = 15, 2, 0.2
SHORT = 8
"""Words of a line that may be swapped with its neighbour."""
OTHERWISE = (
    "Good evening. Are you still showing films tonight?", "Forgive me. The last screening has finished.",
    "I came across this reel at my mother's place.", "Somebody wrote a name on the lid.", "Yes. The name is yours.",
    "It has been forty years since I lost this picture.", "Please, let me see it.",
    "Put out the light. It is starting!", "Who would that girl be?",
    "She was called Anna. She worked in the ticket office.", "Anna? She was my mother.",
    "She went away one night like this one. We never said goodbye.", "Look there! She is greeting you.",
    "Take a seat, my dear. We will see it once more.")
"""Another wording of each line of the film, in order."""
UNSPOKEN = (
    "Careful on the steps, they are wet.", "Would you like a cup of coffee?", "My brother always hated the winter.",
    "How long have you been working alone?", "The council wants to close us down in spring.",
    "I should have brought a second umbrella.", "Nobody buys popcorn any more.", "Listen to the wind outside.")


@dataclass(frozen=True)
class Said:
    """A line of a script and when it is spoken; None: nobody speaks it."""

    who: str
    text: str
    when: tuple[float, float] | None


@dataclass
class Score:
    """Counts over all draws."""

    spoken: int = 0
    starts: int = 0
    ends: int = 0
    kept: int = 0
    invented: int = 0
    missing: int = 0
    told: int = 0
    wrong: list[str] = field(default_factory=list)


# --- the scripts -----------------------------------------------------------------------------------------------

def reword(script: list[Said], draw: random.Random) -> None:
    """A line worded otherwise."""
    at = draw.choice([at for at, line in enumerate(script) if line.text in _WRITTEN])
    script[at] = Said(script[at].who, OTHERWISE[_WRITTEN.index(script[at].text)], script[at].when)


def invent(script: list[Said], draw: random.Random) -> None:
    """A line that nobody speaks."""
    fresh = [text for text in UNSPOKEN if text not in {line.text for line in script}]
    script.insert(draw.randrange(len(script) + 1), Said(draw.choice(["LENA", "VITTORIO"]), draw.choice(fresh), None))


def omit(script: list[Said], draw: random.Random) -> None:
    """A spoken line that is not written."""
    del script[draw.choice([at for at, line in enumerate(script) if line.text in _WRITTEN])]


def swap(script: list[Said], draw: random.Random) -> None:
    """Two short lines, one after the other, swapped."""
    pairs = [at for at in range(len(script) - 1) if all(
        line.text in _WRITTEN and len(line.text.split()) <= SHORT for line in script[at:at + 2])]
    at = draw.choice(pairs)
    script[at:at + 2] = reversed(script[at:at + 2])


def divide(script: list[Said], draw: random.Random) -> None:
    """A line of two sentences, divided."""
    at = draw.choice([at for at, line in enumerate(script) if line.text in _WRITTEN and _second(line.text)])
    line = script[at]
    assert line.when is not None
    count = len(line.text[:_second(line.text)].split())
    words = [word for word in _WORDS if word["line"] == _WRITTEN.index(line.text) + 1]
    parts = (line.text[:_second(line.text)].strip(), line.text[_second(line.text):].strip())
    script[at:at + 1] = [Said(line.who, parts[0], (line.when[0], words[count - 1]["end"])),
                         Said(line.who, parts[1], (words[count]["start"], line.when[1]))]


_KINDS: tuple[Callable[[list[Said], random.Random], None], ...] = (reword, invent, omit, swap, divide)
_WRITTEN: list[str] = []
_WORDS: list[dict[str, Any]] = []


def _second(text: str) -> int:
    """Where a line's second sentence begins; 0: it has one."""
    return max(text.find(sign) for sign in (". ", "? ", "! ")) + 1


def scripts(truth: dict[str, Any], count: int) -> list[tuple[list[Said], int]]:
    """The changed scripts, each with the number of spoken lines that it leaves out."""
    _WRITTEN[:] = [line["text"] for line in truth["lines"]]
    _WORDS[:] = truth["words"]
    spoken = [Said(line["speaker"], line["text"], (line["start"], line["end"])) for line in truth["lines"]]
    made = []
    for number in range(count):
        draw, script = random.Random(SEED + number), list(spoken)
        kinds = [_KINDS[number % len(_KINDS)], draw.choice(_KINDS)][:CHANGES]
        for kind in kinds:
            kind(script, draw)
        made.append((script, kinds.count(omit)))
    return made


def fountain(script: list[Said]) -> str:
    """A script as Fountain: an action before each line, so that lines of one person stay lines."""
    blocks = ["Title: The Last Reel\n", "INT. PROJECTION ROOM - NIGHT\n"]
    blocks += [f"The reel turns.\n\n{line.who}\n{line.text}\n" for line in script]
    return "\n".join(blocks)


# --- the judgement ---------------------------------------------------------------------------------------------

def found(line: Said, report: dict[str, Any]) -> tuple[float, float] | None:
    """When the report says that a script line is spoken: the place of its exact words nearest to the truth."""
    shown = [one for one in report["lines"] if all(flag["code"] != "not-in-script" for flag in one["flags"])]
    words = [(word, at) for at, one in enumerate(shown) for word in one["source"].split()]
    asked = line.text.split()
    places = [(shown[words[at][1]]["span"][0], shown[words[at + len(asked) - 1][1]]["span"][1])
              for at in range(len(words) - len(asked) + 1)
              if [word for word, _ in words[at:at + len(asked)]] == asked]
    truth = line.when or (0.0, 0.0)
    return min(places, key=lambda place: abs(place[0] - truth[0]) + abs(place[1] - truth[1]), default=None)


def judge(script: list[Said], absent: int, report: dict[str, Any], score: Score) -> None:
    """Count one script."""
    for line in script:
        place = found(line, report)
        if line.when is None:
            score.invented += place is not None
            continue
        score.spoken += 1
        score.kept += place is not None
        late = [place[side] - line.when[side] for side in (0, 1)] if place else [9.9, 9.9]
        score.starts += abs(late[0]) <= NEAR
        score.ends += abs(late[1]) <= NEAR
        if max(map(abs, late)) > NEAR:
            score.wrong.append(f"{line.text} {late[0]:+.2f} {late[1]:+.2f}")
    score.missing += absent
    score.told += sum(any(flag["code"] == "not-in-script" for flag in one["flags"]) for one in report["lines"])


def naive(script: list[Said], report: dict[str, Any], score: Score) -> None:
    """Count one script by the peer: each line takes the times of the line with the most similar text."""
    for line in script:
        if line.when is None:
            continue
        best = max(report["lines"], key=lambda one: difflib.SequenceMatcher(
            None, line.text.lower(), one["source"].lower(), autojunk=False).ratio())
        score.spoken += 1
        score.starts += abs(best["span"][0] - line.when[0]) <= NEAR
        score.ends += abs(best["span"][1] - line.when[1]) <= NEAR


def figures_of(film: Path, truth: dict[str, Any], count: int) -> list[Figure]:
    """All draws."""
    mine, peer = Score(), Score()
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base"
        heard = ciak("subtitle", film, "--language", "en", "--out", base, "--json").json()
        for number, (script, absent) in enumerate(scripts(truth, count)):
            place = Path(folder) / str(number)
            shutil.copytree(base, place)
            path = Path(folder) / f"{number}.fountain"
            path.write_text(fountain(script), encoding="utf-8")
            report = ciak("subtitle", film, "--language", "en", "--script", path, "--out", place, "--json").json()
            judge(script, absent, report, mine)
            naive(script, heard, peer)
            shutil.rmtree(place)
    starts, ends, kept = (value / mine.spoken for value in (mine.starts, mine.ends, mine.kept))
    return [
        Figure("subtitles F8", "script lines that begin within 0.2 s of the truth", starts, ">= 0.95", starts >= .95,
               details={"lines": mine.spoken, "wrong": mine.wrong}),
        Figure("subtitles F8", "script lines that end within 0.2 s of the truth", ends, ">= 0.95", ends >= .95),
        Figure("subtitles F8", "lines placed that nobody speaks", mine.invented, "0", mine.invented == 0),
        Figure("subtitles F8", "spoken lines that keep the script's words", kept, "1", kept == 1),
        Figure("subtitles F8", f"lines told as not in the script, of {mine.missing} left out", mine.told),
        Figure("subtitles F8", "peer, nearest text: begin within 0.2 s", peer.starts / peer.spoken),
        Figure("subtitles F8", "peer, nearest text: end within 0.2 s", peer.ends / peer.spoken)]


def main() -> int:
    asked = parser(__doc__).parse_args()
    from ciak.config import Settings
    from last_reel import film

    made = film.make(Settings.from_environment())
    truth = json.loads((made.parent / "truth.json").read_text(encoding="utf-8"))
    return record("script_alignment", figures_of(made, truth, asked.few or DRAWS), keep=not asked.few,
                  judge={"draws": DRAWS, "changes": CHANGES, "near": NEAR, "seed": SEED})


if __name__ == "__main__":
    sys.exit(main())
