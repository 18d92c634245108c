"""Figures of checking and fixing subtitles: what is left that could be mended, shot changes case by case, time taken.

F1: a thousand made-up files (crowded, long, short, overlapping, with shot changes, dialogue dashes, italics, at four
rates), every real subtitle file of the test material and what the recogniser wrote of the clips of a film, each
mended once; the exhaustive search of ``subtitle_rules.py`` then tries to mend what is left. No word may be lost, and
a second mending changes nothing. F2: every distance of a start and of an end to a shot change, at four rates. F7:
2,000 events.
"""

from __future__ import annotations

import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import subtitle_rules as rules
from figures import Figure, parser, record

RATES = {"23.976": Fraction(24000, 1001), "24": Fraction(24), "25": Fraction(25), "29.97": Fraction(30000, 1001)}
SPEED = {"en": 20, "it": 17}
WORDS = [
    "the", "a", "of", "and", "to", "in", "it", "was", "that", "he", "she", "we", "you", "they", "not", "but", "so",
    "when", "because", "with", "for", "on", "at", "home", "night", "light", "remember", "something", "yesterday",
    "impossible", "conversation", "door", "window", "never", "always", "please", "listen", "run", "stop", "wait",
    "Barbara", "Johnny", "brother", "father", "letter", "evening", "morning", "anything", "understand",
    "extraordinarily",
]


def sentence(chance: random.Random, letters: int) -> str:
    words: list[str] = []
    while sum(map(len, words)) + len(words) < letters:
        words.append(chance.choice(WORDS))
        if chance.random() < .18:
            words[-1] += chance.choice([",", ".", "?", "...", "!"])
    return (" ".join(words) or "Oh").capitalize()


def made(chance: random.Random) -> tuple[list[tuple[int, int, tuple[str, ...], bool]], Fraction, list[int]]:
    """Events (first, end, lines, italic), a rate, and the frames of the shot changes."""
    fps = chance.choice(list(RATES.values()))
    events, frame = [], chance.randrange(0, 100)
    crowd = chance.choice([.3, 1, 1, 2.5])
    for _ in range(chance.randrange(5, 40)):
        letters = chance.choice([4, 12, 25, 38, 60, 80, 110])
        text = sentence(chance, letters)
        length = max(1, round(float(fps) * len(text) / chance.choice([9, 14, 17, 22, 30])))
        if chance.random() < .05:
            length = round(float(fps) * chance.uniform(7, 14))
        lines = [text]
        if chance.random() < .5 and " " in text:
            at = chance.choice([i for i, mark in enumerate(text) if mark == " "])
            lines = [text[:at], text[at + 1:]]
        if len(lines) == 2 and chance.random() < .2:
            lines = [f"-{line}" for line in lines]
        events.append((frame, frame + length, tuple(lines), chance.random() < .15))
        frame += length + round(chance.choice([-5, 0, 1, 2, 3, 7, 11, 12, 20, 60]) * crowd)
        frame = max(frame, events[-1][0] + 1)
    cuts, at = [], 0
    while at < events[-1][1]:
        at += round(chance.choice([6, 14, 30, 70, 200]) * chance.uniform(.5, 1.5)) or 1
        cuts.append(at)
    return events, fps, cuts if chance.random() < .7 else []


def documents(few: int | None) -> Iterator[tuple[str, object, Fraction, list[int], str]]:
    """(kind, subtitle document, rate, shot changes, language) of everything that is mended."""
    from ciak.film import Rate, Span, StyledRun, StyleKind, SubtitleCue, SubtitleDocument
    from ciak.formats import read_subtitles

    chance = random.Random(20261123)
    for _ in range(few or 1000):
        events, fps, cuts = made(chance)
        rate = Rate(fps)
        cues = tuple(SubtitleCue(
            span=Span(start=rate.time(first), end=rate.time(end)), lines=lines,
            runs=(StyledRun(kind=StyleKind.ITALIC, first=0, end=len("\n".join(lines))),) if italic else ())
            for first, end, lines, italic in events)
        yield "made", SubtitleDocument(language="en", cues=cues), fps, cuts, "en"
    folder = Path(os.environ.get("CIAK_TEST_MATERIAL", Path(__file__).resolve().parents[2] / "shared" / "data"))
    for path in sorted([*folder.rglob("*.vtt"), *folder.rglob("*.srt"), *folder.rglob("*.stl")]):
        try:
            document = read_subtitles(path, lenient=True)
        except Exception as problem:  # noqa: BLE001 - some conformance files are wrong on purpose
            print(f"  {path.name}: not read ({problem})", file=sys.stderr)
            continue
        yield "real", document, document.rate or Fraction(24), [], "en"
    yield from heard()


def heard() -> Iterator[tuple[str, object, Fraction, list[int], str]]:
    """The recogniser's own segments of the clips of a film: the peer as it comes."""
    from ciak.bootstrap import model_store
    from ciak.film import Span, SubtitleCue, SubtitleDocument, seconds
    from clips import night

    try:
        from faster_whisper import WhisperModel
        home = model_store().folder("whisper-base")
    except Exception as problem:  # noqa: BLE001 - a figure is told without it, and says so
        print(f"  nothing heard: {problem}", file=sys.stderr)
        return
    model = WhisperModel(str(home), device="cpu", compute_type="int8")
    for path in night():
        segments, _ = model.transcribe(str(path), language="en")
        cues = tuple(SubtitleCue(span=Span(start=seconds(one.start), end=seconds(max(one.end, one.start + .02))),
                                 lines=(" ".join(one.text.split()),)) for one in segments if one.text.strip())
        if cues:
            yield "heard", SubtitleDocument(language="en", cues=cues), Fraction(24), [], "en"


def frames_of(document: object, fps: Fraction) -> list[rules.Event]:
    """By frames; each edge of the picture is judged by itself, as its subtitles are read apart."""
    return [(round(cue.span.start * fps), round(cue.span.end * fps), cue.lines) for cue in document.cues]  # type: ignore[attr-defined]


def edges(document: object) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for number, cue in enumerate(document.cues):  # type: ignore[attr-defined]
        groups.setdefault(cue.place.edge.value if cue.place else "bottom", []).append(number)
    return list(groups.values())


def words(document: object) -> Counter[str]:
    """Letters and digits only: an ellipsis in one character is no lost word."""
    return Counter(re.findall(r"[^\W_]+", " ".join(" ".join(cue.lines) for cue in document.cues).lower()))  # type: ignore[attr-defined]


def mending(few: int | None) -> Sequence[Figure]:
    from ciak.dubbing.fixing import fix
    from ciak.dubbing.profile import profile_named
    from ciak.film import Rate

    counts: Counter[str] = Counter()
    how: Counter[str] = Counter()
    for kind, document, fps, cuts, language in documents(few):
        profile = profile_named(f"netflix-{language}")
        fixed = fix(document, profile, Rate(fps), cuts)  # type: ignore[arg-type]
        again = fix(fixed.document, profile, Rate(fps), cuts)
        counts["files"] += 1
        counts[f"files {kind}"] += 1
        counts["changed again"] += again.document != fixed.document
        counts["words lost"] += sum((words(document) - words(fixed.document)).values())
        counts["words made up"] += sum((words(fixed.document) - words(document)).values())
        terms = rules.Terms(fps, SPEED[language], frozenset(cuts))
        before, after = frames_of(document, fps), frames_of(fixed.document, fps)
        told = {rest.cue for rest in fixed.rest if rest.cause}
        for group in edges(document):
            counts["wrong before"] += len(rules.all_wrong([before[number] for number in group], terms))
        for group in edges(fixed.document):
            chain = [after[number] for number in group]
            counts["events"] += len(chain)
            for place in rules.all_wrong(chain, terms):
                counts["wrong after"] += 1
                counts["without a cause"] += group[place] + 1 not in told
                if way := rules.can_be_mended(chain, place, terms):
                    how[way] += 1
                    counts["could be mended"] += 1
    details = {**counts, "ways": dict(how)}
    return [
        Figure("subtitles F1", "events left wrong that an exhaustive search can mend, after fix",
               counts["could be mended"], "0", counts["could be mended"] == 0, details=details),
        Figure("subtitles F1", "words lost or made up by fix", counts["words lost"] + counts["words made up"], "0",
               counts["words lost"] + counts["words made up"] == 0),
        Figure("subtitles F1", "what is left wrong without a cause", counts["without a cause"], "0",
               counts["without a cause"] == 0),
        Figure("subtitles F1", "files that a second fix changes", counts["changed again"], "0",
               counts["changed again"] == 0),
    ]


def shot_cases() -> Figure:
    """One event with room, one shot change, every distance: where start and end must be."""
    from ciak.dubbing.fixing import fix
    from ciak.dubbing.profile import profile_named
    from ciak.film import Rate, Span, SubtitleCue, SubtitleDocument

    right, cases, missed = 0, 0, []
    for name, fps in RATES.items():
        rate, half = Rate(fps), 15 if fps > 29 else 12
        near = {12: 9, 15: 11}[half]  # a start nearer than this before a change snaps, one further is pulled away
        for side in ("in", "out"):
            for distance in range(-2 * half, 2 * half + 1):
                cut = 500
                frame = cut + distance
                first, end = (frame, frame + 3 * half + 30) if side == "in" else (frame - 3 * half - 30, frame)
                wanted = frame
                if side == "in" and abs(distance) < half and distance:
                    wanted = cut if distance > 0 or -distance < near else cut - half
                if side == "out" and abs(distance) < half:
                    wanted = cut - 2
                cue = SubtitleCue(span=Span(start=rate.time(first), end=rate.time(end)), lines=("Wait for me.",))
                fixed = fix(SubtitleDocument(cues=(cue,)), profile_named("netflix-en"), rate, [cut]).document.cues
                got = fixed[0].span.start if side == "in" else fixed[0].span.end
                cases += 1
                if len(fixed) == 1 and got == rate.time(wanted):
                    right += 1
                else:
                    missed.append(f"{name} {side} {distance:+}: {float(got * fps) - cut:+.0f}")
    return Figure("subtitles F2", "shot-change cases right, share", right / cases, "1", right == cases,
                  details={"cases": cases, "missed": missed[:20]})


def speed() -> list[Figure]:
    from ciak.dubbing.checking import check
    from ciak.dubbing.fixing import fix
    from ciak.dubbing.profile import profile_named
    from ciak.film import Rate, Span, SubtitleCue, SubtitleDocument

    chance, cues, frame, rate = random.Random(3), [], 50, Rate(Fraction(24))
    for _ in range(2000):
        text = sentence(chance, chance.choice([12, 25, 38, 60, 80]))
        length = round(24 * len(text) / chance.choice([12, 17, 24]))
        cues.append(SubtitleCue(span=Span(start=rate.time(frame), end=rate.time(frame + length)), lines=(text,)))
        frame += length + chance.choice([0, 2, 5, 20, 60, 100])
    document = SubtitleDocument(language="en", cues=tuple(cues))
    cuts, profile = list(range(40, frame, 90)), profile_named("netflix-en")
    profile.speed("en")
    began = time.perf_counter()
    check(document, profile, rate, cuts)
    checked = time.perf_counter() - began
    began = time.perf_counter()
    fix(document, profile, rate, cuts)
    fixed = time.perf_counter() - began
    return [Figure("subtitles F7", "2,000 events checked, seconds", checked, "<= 1", checked <= 1),
            Figure("subtitles F7", "2,000 events fixed, seconds", fixed, "<= 3", fixed <= 3)]


def main() -> int:
    few = parser(__doc__).parse_args().few
    return record("subtitle_fixing", [*mending(few), shot_cases(), *speed()], keep=not few,
                  judge={"rules": "subtitle_rules.py", "seed": 20261123})


if __name__ == "__main__":
    sys.exit(main())
