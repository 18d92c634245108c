"""The lines of an edit decision list as they stand, before a frame is counted (the format is told in ``edl``)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ciak.errors import TooLarge, WrongFormat
from ciak.formats.base import Finding
from ciak.formats.encoding import lines_of

__all__ = ["EVENT", "EditList", "Event", "parsed"]

MOST = 100_000
"""Events of the longest list that is read."""
_STAMP = r"(\d{2}:\d{2}:\d{2}[:;.,]\d{2,3})"
EVENT = re.compile(rf"(\d{{1,6}})[ \t]+(\S{{1,128}})[ \t]+([A-Za-z0-9/]{{1,8}})[ \t]+(C|D|W\d{{1,3}}|KB?|KO)"
                    rf"(?:[ \t]+(\d{{1,6}}))?[ \t]+{_STAMP}[ \t]+{_STAMP}[ \t]+{_STAMP}[ \t]+{_STAMP}[ \t]*+", re.ASCII)
_M2 = re.compile(r"M2[ \t]+(\S{1,128})[ \t]+(-?)(\d{1,4}(?:\.\d{1,6})?)(?:[ \t].*)?", re.ASCII)
_NOTE = re.compile(r"\*[ \t]*+([A-Z][A-Z ]{1,30}?)[ \t]*+:[ \t]?(.*)", re.ASCII)
_LOC = re.compile(rf"[ \t]*+{_STAMP}(?:[ \t]+([A-Z]{{1,12}}))?(?:[ \t](.*))?", re.ASCII)
_CHANNELS = {"V": ("V",), "A": ("A1",), "A1": ("A1",), "A2": ("A2",), "B": ("V", "A1"), "AA": ("A1", "A2"),
             "A/V": ("V", "A1"), "A2/V": ("V", "A2"), "AA/V": ("V", "A1", "A2")}


@dataclass(slots=True)
class Event:
    """An event as it stands: the line it is on, frames of source and record."""

    line: int
    reel: str
    channels: tuple[str, ...]
    source: tuple[str, str]
    record: tuple[str, str]
    name: str = ""
    path: str = ""
    speed: tuple[str, str] | None = None
    """Sign and frames a second of its M2."""


@dataclass(slots=True)
class EditList:
    """A list as it stands, before anything is counted."""

    title: str = ""
    drop: bool = False
    rate: str = ""
    start: str = ""
    events: list[Event] = field(default_factory=list)
    markers: list[tuple[int, str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def parsed(text: str) -> EditList:
    """The list. Raises :class:`WrongFormat` where it is none, :class:`TooLarge` over the budget of events."""
    found = EditList()
    known = False
    for number, raw in enumerate(lines_of(text), 1):
        line = raw.strip(" \t")
        if not line:
            continue
        if match := EVENT.fullmatch(line):
            known = True
            _take_event(found, number, match)
        elif match := _M2.fullmatch(line):
            if found.events:
                found.events[-1].speed = match[2], match[3]
        elif line.startswith("TITLE:"):
            found.title, known = line[6:].strip(" \t"), True
        elif line.startswith("FCM:"):
            known = True
            found.drop = found.drop or ("DROP" in line and "NON" not in line)
        elif match := _NOTE.fullmatch(line):
            _take_note(found, number, match[1], match[2].strip(" \t"))
        elif line[0].isdigit():
            found.findings.append(Finding(number, "bad-event", f"{line[:60]!r} is no event", fatal=True))
        elif not line.startswith(("*", ">>>", "#")):
            found.findings.append(Finding(number, "not-kept", f"dropped: {line[:40]!r}"))
    if not known:
        raise WrongFormat("this is no edit decision list: there is neither a title nor an event in it")
    return found


def _take_event(found: EditList, number: int, match: re.Match[str]) -> None:
    if len(found.events) >= MOST:
        raise TooLarge(f"the list has more than {MOST:,} events", remedy="divide it by reels")
    channels = _CHANNELS.get(match[3].upper())
    if channels is None:
        found.findings.append(Finding(number, "not-kept", f"channel {match[3]!r} is not read"))
        return
    if match[4] != "C":
        found.findings.append(Finding(number, "not-kept", f"transition {match[4]} is read as a cut at its start"))
    found.events.append(Event(number, match[2], channels, (match[6], match[7]), (match[8], match[9])))


def _take_note(found: EditList, number: int, key: str, text: str) -> None:
    event = found.events[-1] if found.events else None
    if key == "FRAME RATE":
        found.rate = found.rate or text
    elif key == "START":
        found.start = found.start or text
    elif key == "LOC":
        found.markers.append((number, *_located(text)))
    elif event and key in ("FROM CLIP NAME", "CLIP NAME"):
        event.name = event.name or text
    elif event and key == "TO CLIP NAME":
        event.name = text
    elif event and key in ("SOURCE FILE", "SOURCE FILE PATH"):
        event.path = event.path or text


def _located(text: str) -> tuple[str, str]:
    match = _LOC.fullmatch(text)
    return (match[1], (match[3] or "").strip(" \t")) if match else ("", text)
