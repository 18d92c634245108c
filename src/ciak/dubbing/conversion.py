"""Subtitles for another rate, another first timecode or another format: only their clock changes.

A film that is played at another rate shows the same frames sooner or later (24 to 25 is the speed-up of PAL, 24 to
23.976 the pull-down of NTSC, and back): every time is multiplied by the ratio. A rate alone moves nothing but to the
nearest frame, and says how the file counts.
"""

from __future__ import annotations

from fractions import Fraction

from ciak.errors import BadInput
from ciak.film import Rate, Span, SubtitleCue, SubtitleDocument, Timecode

__all__ = ["converted", "on_clock"]


def converted(document: SubtitleDocument, *, speed: tuple[Rate, Rate] | None = None, shift: Fraction = Fraction(0),
              rate: Rate | None = None, start: str | None = None) -> SubtitleDocument:
    """The document as it stands after a change of the film's rate (``speed``: from, to), then ``shift`` seconds later,
    then on the frames of ``rate``; ``start``: the timecode of film time 0.

    Raises :class:`BadInput` where a subtitle would begin before the film, or ``start`` is no timecode at the rate.
    """
    factor = speed[0].fps / speed[1].fps if speed else Fraction(1)
    rate = rate or (speed[1] if speed and document.rate else None)
    cues = tuple(_moved(cue, factor, shift, rate) for cue in document.cues)
    early = next((number for number, cue in enumerate(cues, 1) if cue.span.start < 0), None)
    if early is not None:
        raise BadInput(f"subtitle {early} would begin {float(-cues[early - 1].span.start):.3f} s before the film",
                       remedy="shift by less")
    clock: dict[str, object] = {"cues": cues}
    if rate is not None:
        clock["rate"] = rate.fps
    if start is not None:
        clock["start"] = str(Timecode.parse(start, rate or Rate(document.rate or Fraction(24))))
    elif rate is not None and document.start:
        clock["start"] = _relabelled(document.start, rate)
    return document.model_copy(update=clock)


def on_clock(document: SubtitleDocument, factor: Fraction, offset: Fraction) -> tuple[SubtitleDocument, int]:
    """The document with every time multiplied by ``factor``, then ``offset`` seconds later; what would end before the
    film falls (their number is returned), what would begin before it begins with it. A file that counts frames gets
    the nearest."""
    rate = Rate(document.rate) if document.rate else None
    kept = []
    for cue in document.cues:
        start, end = max(Fraction(0), cue.span.start * factor + offset), cue.span.end * factor + offset
        if end > 0:
            kept.append(_moved(cue.model_copy(update={"span": Span(start=start, end=end)}), Fraction(1), Fraction(0),
                               rate))
    return document.model_copy(update={"cues": tuple(kept)}), len(document.cues) - len(kept)


def _moved(cue: SubtitleCue, factor: Fraction, shift: Fraction, rate: Rate | None) -> SubtitleCue:
    start, end = cue.span.start * factor + shift, cue.span.end * factor + shift
    if rate is not None:
        start = rate.snap(start)
        end = max(rate.snap(end), start + 1 / rate.fps)
    return cue if (start, end) == (cue.span.start, cue.span.end) else cue.model_copy(
        update={"span": Span(start=start, end=end)})


def _relabelled(start: str, rate: Rate) -> str:
    """The same hour, minute and second at another rate; its frames where the rate has them."""
    whole, frames = start[:8], int(start[9:])
    mark = ";" if start[8] == ";" and rate.dropped else ":"
    return str(Timecode.parse(f"{whole}{mark}{min(frames, rate.nominal - 1):02}", rate))
