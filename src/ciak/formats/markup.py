"""Between the tags of subtitle files and the domain's plain lines with styled runs.

:class:`MarkedText` collects text and tags as a reader meets them; :func:`tidy` puts any text and its runs into
the one form that the domain keeps (no empty lines, no control characters, no blanks at the ends of a line, runs
merged and in order, colours as ``#rrggbb``); :func:`tagged` writes runs back as tags that nest properly. Which tags
there are, and how a sign is escaped, is the format's business.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable

from ciak.film.language import StyledRun, StyleKind, SubtitleCue
from ciak.formats.clock import ARROW, looks_like_timing
from ciak.formats.colours import COLOUR
from ciak.formats.places import settled

__all__ = ["MarkedText", "guard_arrow", "tagged", "tidied", "tidy", "unguard_arrow"]

_KEPT = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]+")
JOINER = "\u2060"
"""WORD JOINER: shows nothing, and keeps what it parts from being read as an arrow or a tag."""
_HEAD = re.compile(rf"(?<!{JOINER})({JOINER}*+)([>→])")
_GUARDED_HEAD = re.compile(rf"(?<!{JOINER}){JOINER}({JOINER}*+[>→])")


def guard_arrow(text: str) -> str:
    """``text`` without ``-->``, which no cue or comment may hold, and without lines of times: a joiner goes before
    the arrow's head, and one more where there are some, so that :func:`unguard_arrow` is the inverse."""
    return "\n".join(_guarded(line) for line in text.split("\n")) if ">" in text or "→" in text else text


def _guarded(line: str) -> str:
    timing = looks_like_timing(line)

    def guard(match: re.Match[str]) -> str:
        needed = timing or match[1] or line[max(0, match.start() - 2):match.start()] + match[2] == ARROW
        return f"{match[1]}{JOINER if needed else ''}{match[2]}"

    return _HEAD.sub(guard, line)


def unguard_arrow(text: str) -> str:
    """The inverse of :func:`guard_arrow`."""
    return _GUARDED_HEAD.sub(r"\1", text)


class MarkedText:
    """Text under construction. A tag that was never opened closes nothing; one never closed ends with the cue."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._open: dict[StyleKind, list[tuple[str, int]]] = {kind: [] for kind in StyleKind}
        self._runs: list[tuple[StyleKind, str, int, int]] = []

    def add(self, text: str) -> None:
        """Put plain text behind what there is."""
        self._parts.append(text)
        self._length += len(text)

    def open(self, kind: StyleKind, value: str = "") -> None:
        """A style begins here, inside an outer one of its kind if there is one."""
        if self._open[kind]:
            self._end(kind, *self._open[kind][-1])
        self._open[kind].append((value, self._length))

    def close(self, kind: StyleKind) -> None:
        """The style opened last of this kind ends here; the outer one goes on."""
        stack = self._open[kind]
        if stack:
            self._end(kind, *stack.pop())
        if stack:
            stack[-1] = (stack[-1][0], self._length)

    def _end(self, kind: StyleKind, value: str, first: int) -> None:
        if first < self._length:
            self._runs.append((kind, value, first, self._length))

    def finish(self) -> tuple[tuple[str, ...], tuple[StyledRun, ...]]:
        """Lines and runs, tidied."""
        for kind, stack in self._open.items():
            if stack:
                self._end(kind, *stack[-1])
        return tidy("".join(self._parts), self._runs)


def tidied(cue: SubtitleCue) -> SubtitleCue:
    """The cue in the one form that the domain keeps, as a reader would give it."""
    if (place := settled(cue.place)) != cue.place:
        cue = cue.model_copy(update={"place": place})
    if not cue.runs and all(line and line == line.strip(" \t") and _KEPT.fullmatch(line) for line in cue.lines):
        return cue
    lines, runs = tidy(cue.text, ((run.kind, run.value, run.first, run.end) for run in cue.runs))
    return cue.model_copy(update={"lines": lines, "runs": runs})


def tidy(text: str, runs: Iterable[tuple[StyleKind, str, int, int]]
         ) -> tuple[tuple[str, ...], tuple[StyledRun, ...]]:
    """Lines and runs in the form that the domain keeps; ``runs`` are (kind, value, first, end) in ``text``."""
    stretches, lines = _kept(text)
    found = list(runs)
    if not found:
        return lines, ()
    plain = "\n".join(lines)
    olds = [first for first, _, _ in stretches]
    ends = [end for _, end, _ in stretches]
    moved: dict[tuple[StyleKind, str], list[tuple[int, int]]] = {}
    for kind, value, first, end in found:
        left = bisect_right(ends, first)
        right = bisect_left(olds, end) - 1
        if left > right:
            continue
        old, _, new = stretches[left]
        begin = new + max(0, first - old)
        old, last, new = stretches[right]
        value = " ".join("".join(_KEPT.findall(value)).split())
        if kind is StyleKind.COLOUR:
            value = value.lower() if COLOUR.fullmatch(value.lower()) else ""
        if value or kind not in (StyleKind.VOICE, StyleKind.COLOUR):
            moved.setdefault((kind, value), []).append((begin, new + min(end, last) - old))
    merged = [StyledRun(kind=kind, value=value, first=first, end=end)
              for (kind, value), spans in moved.items() for first, end in _merge(spans, plain)]
    return lines, tuple(sorted(merged, key=lambda run: (run.first, -run.end, run.kind, run.value)))


def _kept(text: str) -> tuple[list[tuple[int, int, int]], tuple[str, ...]]:
    """The stretches of ``text`` that stay, as (first, end, first in the tidied text), and the tidied lines."""
    stretches: list[tuple[int, int, int]] = []
    lines: list[str] = []
    base = new = 0
    for line in text.split("\n"):
        parts = [(match.start(), match.end()) for match in _KEPT.finditer(line)]
        inked = [place for place, part in enumerate(parts) if line[slice(*part)].strip(" \t")]
        if inked:
            parts = parts[inked[0]:inked[-1] + 1]
            first, end = parts[0]
            parts[0] = (end - len(line[first:end].lstrip(" \t")), end)
            first, end = parts[-1]
            parts[-1] = (first, first + len(line[first:end].rstrip(" \t")))
            for first, end in parts:
                stretches.append((base + first, base + end, new))
                new += end - first
            lines.append("".join(line[first:end] for first, end in parts))
            new += 1
        base += len(line) + 1
    return stretches, tuple(lines)


def _merge(spans: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Spans in order, those that touch (or have only a line's end between them) made one."""
    merged: list[tuple[int, int]] = []
    for first, end in sorted(spans):
        if merged and (first <= merged[-1][1] or text[merged[-1][1]:first] == "\n"):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif first < end:
            merged.append((first, end))
    return merged


def tagged(cue: SubtitleCue, opening: Callable[[StyledRun], str], closing: Callable[[StyledRun], str],
           escape: Callable[[str], str]) -> str:
    """A tidied cue's text with its runs as tags. An empty ``opening`` leaves that run out."""
    text = cue.text
    runs = [run for run in cue.runs if run.first < run.end <= len(text) and opening(run)]
    marks = sorted({0, len(text), *(run.first for run in runs), *(run.end for run in runs)})
    starting: dict[int, list[StyledRun]] = {}
    for run in runs:
        starting.setdefault(run.first, []).append(run)
    stack: list[StyledRun] = []
    parts: list[str] = []
    for place, mark in enumerate(marks):
        again: list[StyledRun] = []
        while any(run.end <= mark for run in stack):
            run = stack.pop()
            parts.append(closing(run))
            if run.end > mark:
                again.append(run)
        for run in [*reversed(again), *sorted(starting.get(mark, ()), key=lambda run: -run.end)]:
            parts.append(opening(run))
            stack.append(run)
        if place + 1 < len(marks):
            parts.append(escape(text[mark:marks[place + 1]]))
    return "".join(parts)
