"""Advanced SubStation Alpha (v4.00+) subtitles, and SubStation Alpha (v4.00), which is read only.

There is no standard; the facts are those of the document "Sub Station Alpha v4.00+ Script Format" and of what players
agree on. Read: ``[Script Info]`` (title, language, size of the picture, wrapping), styles and dialogue, each with its
Format line. Italic, bold, underline and colour of styles and override tags become styled runs, a speaker's name a
voice over the whole subtitle. A style's white is the usual colour and makes no run. Alignment, margins and
``\\pos`` become the place: margins of an event always count, margins of a style only beyond a tenth of the picture,
since smaller ones are where subtitles usually stand. How far a centred text is from a side, no place holds.
Comments, layers, effects, fonts, drawings, karaoke, transforms, movement and all else are dropped with a finding,
once for each kind. Files with fonts or pictures inside are read as long as they keep the size of subtitle files.

Written: UTF-8, CRLF, a picture of 1920 by 1080, one style, centiseconds (a time between two goes to the nearest, ties
to the later). Text is guarded as :mod:`ciak.formats.ass_text` says: what is written is read back as it was. Insets
and asides are margins in whole pixels; those that margins cannot hold (none, negative, from the middle) are ``\\pos``.
"""

from __future__ import annotations

import re
from fractions import Fraction

from ciak.errors import BadInput, WrongFormat
from ciak.film.language import StyledRun, StyleKind, SubtitleCue, SubtitleDocument
from ciak.formats.ass_place import HEIGHT, WIDTH, is_held, place_written
from ciak.formats.ass_script import EVENT_FORMAT, STYLE, STYLE_FORMAT, Script
from ciak.formats.ass_text import closing, guard, guard_name, opening
from ciak.formats.base import Reading, Sample, strictly
from ciak.formats.markup import tagged, tidied
from ciak.formats.timed_text import subtitle_lines

__all__ = ["ASS", "Ass"]

_HEAD = re.compile(r"(?:;[^\n]*\n|\s)*+\[(?:Script Info|V4\+? Styles\+?)\]", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")


class Ass:
    """The format (see the module). Documents are :class:`ciak.film.language.SubtitleDocument`."""

    name = "ass"
    title = "ASS subtitles"
    suffixes = (".ass", ".ssa")
    media_type = "text/x-ssa"

    def sniff(self, sample: Sample) -> float:
        """Sure when the first line that is no comment begins the script's information or its styles."""
        return 1.0 if _HEAD.match(sample.text) else 0.0

    def read(self, data: bytes) -> SubtitleDocument:
        """All subtitles. Raises :class:`ciak.errors.Damaged` with the line of the first that cannot be read."""
        return strictly(self.examine(data), self.title)

    def examine(self, data: bytes) -> Reading[SubtitleDocument]:
        """What can be read, with findings. Raises ``WrongFormat`` without script information or styles."""
        lines = subtitle_lines(data)
        if not _HEAD.match("\n".join(lines)):
            raise WrongFormat("it does not begin with [Script Info]")
        reader = Script()
        for number, line in enumerate(lines, 1):
            reader.line(number, line)
        return reader.finish()

    def write(self, document: SubtitleDocument) -> bytes:
        """The document as an ASS file. Raises :class:`ciak.errors.BadInput` for a time before the film."""
        lines = ["[Script Info]", "ScriptType: v4.00+"]
        if title := _clean(document.title):
            lines.append(f"Title: {title}")
        if document.language != "und":
            lines.append(f"Language: {document.language}")
        lines += [f"PlayResX: {WIDTH}", f"PlayResY: {HEIGHT}", "WrapStyle: 0", "ScaledBorderAndShadow: yes", "",
                  "[V4+ Styles]", f"Format: {STYLE_FORMAT}", f"Style: {STYLE}", "",
                  "[Events]", f"Format: {EVENT_FORMAT}"]
        lines += [_event(tidied(cue)) for cue in sorted(document.cues, key=lambda cue: _centiseconds(cue.span.start))]
        return ("\r\n".join(lines) + "\r\n").encode("utf-8")

    def losses(self, document: SubtitleDocument) -> tuple[str, ...]:
        """What ASS has no place for."""
        cues = document.cues
        lost = {
            "who speaks, where it is not one for the whole subtitle": any(
                run.kind is StyleKind.VOICE and run is not _speaker(cue) for cue in cues for run in cue.runs),
            "the exact place of subtitles on the picture": any(
                bool(cue.settings) or not is_held(cue.place) for cue in cues),
            "names of subtitles": any(cue.id not in ("", str(place)) for place, cue in enumerate(cues, 1)),
            "comments and style blocks": bool(document.notes),
            "the frame rate and the first timecode": document.rate is not None or bool(document.start),
            "times between hundredths of a second": any(
                100 % time.denominator for cue in cues for time in (cue.span.start, cue.span.end)),
        }
        return tuple(what for what, is_lost in lost.items() if is_lost)


ASS = Ass()


def _event(cue: SubtitleCue) -> str:
    """A tidied cue as a line of events."""
    tags, margins = place_written(cue.place)
    speaker = _speaker(cue)
    text = (tags + tagged(cue, opening, closing, guard)).replace("}{", "")
    return (f"Dialogue: 0,{_stamp(cue.span.start)},{_stamp(cue.span.end)},Default,"
            f"{guard_name(speaker.value) if speaker else ''},{margins.left},{margins.right},{margins.vertical},,{text}")


def _speaker(cue: SubtitleCue) -> StyledRun | None:
    """The voice that speaks all of a cue."""
    size = len(cue.text)
    return next((run for run in cue.runs if run.kind is StyleKind.VOICE and run.first == 0 and run.end >= size), None)


def _centiseconds(time: Fraction) -> int:
    return int((time * 100 + Fraction(1, 2)) // 1)


def _stamp(time: Fraction) -> str:
    count = _centiseconds(time)
    if count < 0:
        raise BadInput(f"a subtitle at {float(time):.3f} s is before the film", remedy="shift the subtitles first")
    secs, count = divmod(count, 100)
    minutes, secs = divmod(secs, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{secs:02}.{count:02}"


def _clean(title: str) -> str:
    return _CONTROLS.sub(" ", title).strip(" \t")
