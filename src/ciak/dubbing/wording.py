"""The text of subtitles put in form without a word changed: marks, line breaks, division and joining.

Every change is told sign by sign, each with its place in the text before, so that italics and colours stay on the
words that they belong to. Line breaks are chosen by :func:`ciak.dubbing.folding.fold`; where a subtitle is divided
the order of preference is sentence end, comma, before a word that likes to begin a line. Each part of what is sung
between notes stands between notes.
"""

from __future__ import annotations

from collections.abc import Iterator

from ciak.dubbing.checking import DASHES
from ciak.dubbing.folding import NOTES, fold
from ciak.dubbing.phrasing import break_cost
from ciak.dubbing.profile import Profile
from ciak.film import StyledRun, SubtitleCue

__all__ = ["divided", "folded", "is_dialogue", "joined_text", "marked", "ways_to_divide"]

_Signs = list[tuple[str, int]]
"""Signs with their places in the text before; -1 for what was not there."""


def is_dialogue(cue: SubtitleCue) -> bool:
    """Whether lines begin with dashes: two people share the subtitle."""
    return any(line.startswith(DASHES) for line in cue.lines)


def _rewritten(cue: SubtitleCue, signs: _Signs) -> SubtitleCue:
    """The cue with those signs as its text; runs follow their signs."""
    origin = [place for _, place in signs]
    runs = []
    for run in cue.runs:
        kept = [at for at, place in enumerate(origin) if run.first <= place < run.end]
        if kept:
            runs.append(run.model_copy(update={"first": kept[0], "end": kept[-1] + 1}))
    return cue.model_copy(update={"lines": tuple("".join(sign for sign, _ in signs).split("\n")), "runs": tuple(runs)})


def marked(cue: SubtitleCue, profile: Profile) -> SubtitleCue:
    """The cue with single blanks, and with ellipses and dashes as the profile writes them."""
    signs: _Signs = []
    text, at = cue.text, 0
    dash = profile.text("dash") if sum(line.startswith(DASHES) for line in cue.lines) > 1 else None
    ellipsis = profile.text("ellipsis") == "…"
    while at < len(text):
        sign, begins = text[at], not signs or signs[-1][0] == "\n"
        if ellipsis and text.startswith("...", at):
            signs.append(("…", at))
            while text.startswith(".", at):
                at += 1
            continue
        if dash is not None and begins and sign in DASHES:
            signs += [(mark, at) for mark in dash]
            at += 1
            while at < len(text) and text[at] in " \u00a0":
                at += 1
            continue
        blank = sign in " \t\u00a0"
        if blank and (begins or signs[-1][0] in " \u00a0" or at + 1 == len(text) or text[at + 1] == "\n"):
            at += 1
            continue
        signs.append((sign, at))
        at += 1
    while signs and signs[-1][0] in " \u00a0\n":
        signs.pop()
    same = [(mark, place) for place, mark in enumerate(text)]
    return cue if signs == same or not signs else _rewritten(cue, signs)


def folded(cue: SubtitleCue, profile: Profile, language: str = "und") -> SubtitleCue:
    """The cue in lines that the profile allows, where it has others; as it is where it cannot be done.

    Lines that somebody broke rightly stay as they are, and so does dialogue by dashes.
    """
    wide = len(cue.lines) > profile.lines or max(map(len, cue.lines), default=0) > profile.characters
    needless = profile.has("one-line") and len(cue.lines) > 1 and len(cue.text) <= profile.characters
    if is_dialogue(cue) or not (wide or needless):
        return cue
    return _in_lines(cue, profile, language) or cue


def _in_lines(cue: SubtitleCue, profile: Profile, language: str) -> SubtitleCue | None:
    flat = cue.text.replace("\n", " ")
    lines = fold(flat, profile, language)
    if lines is None or " ".join(lines) != flat:
        return None
    return cue.model_copy(update={"lines": lines})


def ways_to_divide(cue: SubtitleCue, language: str = "und") -> Iterator[int]:
    """Places of blanks or line ends at which the text could become two subtitles, the best first."""
    text = cue.text
    if is_dialogue(cue):
        yield from (at for at, sign in enumerate(text) if sign == "\n" and text[at + 1:at + 2] in DASHES)
        return
    flat = text.replace("\n", " ")
    words, half = flat.split(" "), len(flat) / 2
    places = [at for at, sign in enumerate(flat)
              if sign == " " and flat[:at] not in NOTES and flat[at + 1:] not in NOTES]
    costs = {at: break_cost(words, flat.count(" ", 0, at + 1), language) + abs(at - half) / half * 3 for at in places}
    yield from sorted(places, key=lambda at: (costs[at], at))


def divided(cue: SubtitleCue, at: int, profile: Profile,
            language: str = "und") -> tuple[SubtitleCue, SubtitleCue]:
    """Two cues, parted at that blank; each in lines where it can be. Times are left to the caller."""
    signs = [(sign, place) for place, sign in enumerate(cue.text)]
    note = _note(cue.text)
    parts = [_rewritten(cue, part) for part in (
        [*signs[:at], *((mark, at) for mark in (" " + note if note else ""))],
        [*((mark, at) for mark in (note + " " if note else "")), *signs[at + 1:]])]
    if is_dialogue(cue):
        parts = [_single(part) for part in parts]
    one, other = (folded(part, profile, language) for part in parts)
    return one, other.model_copy(update={"id": ""})


def _note(text: str) -> str:
    """The note between which all of the text stands, or nothing."""
    note = text[:1]
    return note if note in NOTES and text.startswith(f"{note} ") and text.endswith(f" {note}") else ""


def _without_notes(one: SubtitleCue, other: SubtitleCue) -> tuple[SubtitleCue, SubtitleCue]:
    """Two that stand between notes, without those that would stand between them."""
    if not _note(one.text) or _note(one.text) != _note(other.text):
        return one, other
    signs = [[(sign, place) for place, sign in enumerate(cue.text)] for cue in (one, other)]
    return _rewritten(one, signs[0][:-2]), _rewritten(other, signs[1][2:])


def _single(cue: SubtitleCue) -> SubtitleCue:
    """Without its dash, when one person is left."""
    if sum(line.startswith(DASHES) for line in cue.lines) != 1:
        return cue
    signs = [(sign, place) for place, sign in enumerate(cue.text)]
    while signs and signs[0][0] in (*DASHES, " ", "\u00a0"):
        signs.pop(0)
    return _rewritten(cue, signs) if signs else cue


def joined_text(one: SubtitleCue, other: SubtitleCue, profile: Profile,
                language: str = "und") -> SubtitleCue | None:
    """Both as one cue of one person in lines that fit; None where that cannot be. Times are left to the caller."""
    if is_dialogue(one) or is_dialogue(other) or one.speaker != other.speaker or one.place != other.place:
        return None
    one, other = _without_notes(one, other)
    shift = len(one.text) + 1
    moved = [run.model_copy(update={"first": run.first + shift, "end": run.end + shift}) for run in other.runs]
    both = one.model_copy(update={"lines": (*one.lines, *other.lines), "runs": _bridged((*one.runs, *moved), shift),
                                  "loops": tuple(dict.fromkeys((*one.loops, *other.loops)))})
    return _in_lines(both, profile, language)


def _bridged(runs: tuple[StyledRun, ...], shift: int) -> tuple[StyledRun, ...]:
    """Runs that meet at the seam, alike on both sides, as one."""
    before = {(run.kind, run.value): run for run in runs if run.end == shift - 1}
    after = {(run.kind, run.value): run for run in runs if run.first == shift}
    whole = [run.model_copy(update={"end": after[key].end}) for key, run in before.items() if key in after]
    rest = [run for run in runs if (run.kind, run.value) not in before.keys() & after.keys()
            or (run.end != shift - 1 and run.first != shift)]
    return tuple(sorted((*whole, *rest), key=lambda run: (run.first, run.end, run.kind)))
