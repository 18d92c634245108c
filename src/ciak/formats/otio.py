"""The cut as OpenTimelineIO JSON (https://opentimelineio.readthedocs.io), which editing programs exchange.

Written: a Timeline with one track a lane, clips with their source range and external media, gaps between, markers
on the stack, the start timecode as global start time, a clip's speed as a linear time warp; what OTIO has no field for
under the metadata key ``ciak``.

Precision. OTIO keeps a time as two floats, value and rate. Here both are always whole numbers in effect: a time is
counted in frames of the picture, or in samples at 48 kHz for sound, and where neither divides it, in its own
denominator. NTSC rates are the float next to 24000/1001 and are read back as the exact fraction. So every time
whose denominator is at most 240,000 (frames, milliseconds, samples up to 192 kHz) comes back exactly; a finer one
goes to the nearest sample at 48 kHz. A cut reaches at most 30 hours.

Read: timelines of other programs too. Transitions, disabled clips and effects other than a steady speed are not kept
and leave a finding; so does a clip played backwards, read as forwards, and a frozen frame, read as one frame that
passes very slowly. Nested compositions cannot be read. Media is never opened, and a path is only text here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from math import isclose, lcm, prod
from typing import Any
from urllib.parse import quote, unquote

from pydantic import ValidationError

from ciak.errors import BadInput, Damaged, WrongFormat
from ciak.film.cut import Clip, Cut, Lane, Marker
from ciak.film.time import Rate, Span, Timecode
from ciak.formats.base import Finding, Reading, Sample, strictly
from ciak.formats.strict_json import JsonLimits, parse_json

__all__ = ["OTIO", "Otio", "examine_cut", "read_cut", "write_cut"]

SOUND = Fraction(48000)
FINEST = 240_000
LONGEST = 30 * 3600
SLOWEST, FASTEST = Fraction(1, 10**6), Fraction(10**4)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


class Otio:
    """The format (see the module). Documents are :class:`ciak.film.cut.Cut`."""

    name = "otio"
    title = "OpenTimelineIO timelines"
    suffixes = (".otio",)
    media_type = "application/vnd.pixar.opentimelineio+json"

    def sniff(self, sample: Sample) -> float:
        """Sure when it is a JSON object that names an OTIO schema."""
        if not sample.text.lstrip().startswith("{"):
            return 0.0
        return 0.95 if '"OTIO_SCHEMA"' in sample.text else 0.0

    def read(self, data: bytes) -> Cut:
        """All of a timeline. Raises :class:`ciak.errors.Damaged` for what cannot be read."""
        return strictly(self.examine(data), "this timeline")

    def examine(self, data: bytes) -> Reading[Cut]:
        """What can be read, with findings (line 0: OTIO has no lines worth naming). Raises ``WrongFormat``,
        ``Damaged``, ``TooLarge``, ``WrongEncoding``."""
        return _Reader(_timeline(data)).read()

    def write(self, document: Cut) -> bytes:
        """The cut as OTIO. Raises :class:`BadInput` for clips that overlap or lie before the film's start."""
        text: str = _Writer(document).timeline().to_json_string(indent=2)
        return (text + "\n").encode("utf-8")

    def losses(self, document: Cut) -> tuple[str, ...]:
        """What changes: only times too fine for it."""
        times = [time for lane in document.lanes for clip in lane.clips
                 for time in (clip.span.start, clip.span.end, clip.source)]
        times += [marker.time for marker in document.markers]
        return ("times finer than a sample",) if any(time.denominator > FINEST for time in times) else ()


OTIO = Otio()


def write_cut(cut: Cut) -> bytes:
    """The cut as OTIO JSON. Raises as :meth:`Otio.write` does."""
    return OTIO.write(cut)


def read_cut(data: bytes) -> Cut:
    """The cut of OTIO JSON. Raises as :meth:`Otio.read` does."""
    return OTIO.read(data)


def examine_cut(data: bytes) -> Reading[Cut]:
    """The cut of OTIO JSON with findings for what is not kept. Raises as :meth:`Otio.examine` does."""
    return OTIO.examine(data)


class _Writer:
    """A cut on its way out."""

    def __init__(self, cut: Cut) -> None:
        import opentimelineio

        self.otio = opentimelineio
        self.cut = cut
        self.rate = Rate.parse(cut.rate)

    def timeline(self) -> Any:
        start = Timecode.parse(self.cut.start, self.rate)
        timeline = self.otio.schema.Timeline(
            self.cut.name, global_start_time=self.otio.opentime.RationalTime(start.frames, float(self.rate.fps)))
        timeline.metadata["ciak"] = {"rate": str(self.rate), "start": self.cut.start}
        timeline.tracks.extend([self.track(lane) for lane in self.cut.lanes])
        timeline.tracks.markers.extend([
            self.otio.schema.Marker(marker.name, self.range((_placed(marker.time), Fraction(0)), False),
                                    comment=marker.text)
            for marker in self.cut.markers])
        return timeline

    def track(self, lane: Lane) -> Any:
        track = self.otio.schema.Track(lane.name, kind=lane.kind)
        if lane.language:
            track.metadata["ciak"] = {"language": lane.language}
        sound = lane.kind == "Audio"
        children, reached = [], Fraction(0)
        for clip in sorted(lane.clips, key=lambda clip: clip.span.start):
            start, end = _placed(clip.span.start), _placed(clip.span.end)
            if start < reached:
                raise BadInput(f"in lane {lane.name[:40]!r}, clip {clip.name[:40]!r} begins too early",
                               remedy="put it on a lane of its own", lane=lane.name, clip=clip.name)
            if start > reached:
                empty = self.range((Fraction(0), start - reached), sound)
                children.append(self.otio.schema.Gap(source_range=empty))
            children.append(self.clip(clip, end - start, sound))
            reached = end
        track.extend(children)
        return track

    def clip(self, clip: Clip, duration: Fraction, sound: bool) -> Any:
        media = self.otio.schema.MissingReference()
        if clip.path:
            url = clip.path if _URL.match(clip.path) else quote(clip.path, safe="/")
            media = self.otio.schema.ExternalReference(url)
        if clip.available:
            first, end = _placed(clip.available.start), _placed(clip.available.end)
            media.available_range = self.range((first, end - first), sound)
        made = self.otio.schema.Clip(clip.name, media, self.range((_placed(clip.source), duration), sound))
        ours = {"loop": clip.loop, "character": clip.character, "text": clip.text}
        if clip.speed != 1:
            made.effects.append(self.otio.schema.LinearTimeWarp(time_scalar=float(clip.speed)))
            if _speed(float(f"{float(clip.speed):.12g}")) != clip.speed:  # the library writes 15 digits
                ours["speed"] = str(clip.speed)
        made.metadata["ciak"] = {key: value for key, value in ours.items() if value is not None}
        return made

    def range(self, times: tuple[Fraction, Fraction], sound: bool) -> Any:
        """A TimeRange of (start, duration) at the most usual rate that counts both in whole numbers."""
        first, second = (SOUND, self.rate.fps) if sound else (self.rate.fps, SOUND)
        own = Fraction(lcm(times[0].denominator, times[1].denominator))
        rate = next(rate for rate in (first, second, own) if all((time * rate).denominator == 1 for time in times))
        start, duration = (self.otio.opentime.RationalTime(int(time * rate), float(rate)) for time in times)
        return self.otio.opentime.TimeRange(start, duration)


def _placed(time: Fraction) -> Fraction:
    """``time`` where OTIO can hold it exactly. Raises :class:`BadInput` for one outside a film."""
    if abs(time) > LONGEST:
        raise BadInput(f"{float(time):.0f} s is further than a cut reaches ({LONGEST:,} s)")
    return time if time.denominator <= FINEST else Fraction(round(time * SOUND)) / SOUND


def _timeline(data: bytes) -> Any:
    """The library's Timeline. What the library is given has passed every budget and is JSON of known shape."""
    value = parse_json(data, name="the timeline", limits=JsonLimits(values=1_000_000))
    schema = value.get("OTIO_SCHEMA") if isinstance(value, dict) else None
    if not isinstance(schema, str) or not schema.startswith("Timeline."):
        raise WrongFormat("this is not an OpenTimelineIO timeline")
    import opentimelineio

    try:
        timeline = opentimelineio.core.deserialize_json_from_string(data.decode("utf-8-sig"))
    except (ValueError, TypeError, KeyError, opentimelineio.exceptions.OTIOError) as problem:
        raise Damaged(f"the timeline cannot be read: {str(problem)[:200]}") from None
    if not isinstance(timeline, opentimelineio.schema.Timeline):
        raise WrongFormat("this is not an OpenTimelineIO timeline of a version that is known here")
    if not isinstance(timeline.tracks, opentimelineio.schema.Stack):
        raise Damaged("the timeline holds no stack of tracks")
    return timeline


class _Reader:
    """A timeline on its way in."""

    def __init__(self, timeline: Any) -> None:
        import opentimelineio

        self.schema = opentimelineio.schema
        self.timeline = timeline
        self.findings: list[Finding] = []

    def read(self) -> Reading[Cut]:
        rate, start = self.clock()
        try:
            cut = Cut(name=self.timeline.name or "", rate=str(rate), start=str(start), lanes=tuple(self.lanes()),
                      markers=tuple(self.markers()))
        except ValidationError as problem:
            raise Damaged(f"the timeline holds what no cut can: {problem.errors()[0]['msg']}") from None
        return Reading(cut, tuple(self.findings))

    def find(self, code: str, message: str, *, fatal: bool = False) -> None:
        self.findings.append(Finding(0, code, message, fatal))

    def clock(self) -> tuple[Rate, Timecode]:
        """Frame rate and start: as we wrote them if that is still what OTIO says, else from OTIO."""
        ours, begin = _ours(self.timeline), self.timeline.global_start_time
        fps = _fps(begin.rate) if begin is not None else None
        rate = Rate.parse(ours["rate"]) if "rate" in ours else Rate(fps or self.picture_rate())
        frames = rate.nearest_frame(_exact(begin)) if begin is not None else 0
        if "start" in ours:
            start = Timecode.parse(ours["start"], rate)
            if start.frames == frames:
                return rate, start
        return rate, Timecode(frames, rate)

    def picture_rate(self) -> Fraction:
        for track in self.timeline.tracks:
            if isinstance(track, self.schema.Track) and track.kind == "Video":
                for item in track:
                    held = getattr(item, "source_range", None)
                    if held is not None:
                        return _fps(held.duration.rate)
        raise Damaged("the timeline tells no frame rate: no start time, no picture clip")

    def lanes(self) -> list[Lane]:
        lanes = []
        for track in self.timeline.tracks:
            if not isinstance(track, self.schema.Track):
                self.find("nested", f"{type(track).__name__} {track.name[:40]!r} instead of a track", fatal=True)
            elif track.kind not in ("Video", "Audio"):
                self.find("not-kept", f"track {track.name[:40]!r} of kind {track.kind[:40]!r}")
            else:
                if track.source_range is not None:
                    self.find("trimmed", f"track {track.name[:40]!r} is trimmed as a whole", fatal=True)
                lanes.append(Lane(name=track.name or "", kind=track.kind, language=_ours(track).get("language"),
                                  clips=tuple(self.clips(track))))
        return lanes

    def clips(self, track: Any) -> list[Clip]:
        clips, reached = [], Fraction(0)
        for item in track:
            if isinstance(item, self.schema.Transition):
                self.find("not-kept", f"a transition in track {track.name[:40]!r}")
                continue
            if not isinstance(item, self.schema.Clip | self.schema.Gap):
                self.find("nested", f"{type(item).__name__} {item.name[:40]!r} inside a track", fatal=True)
                continue
            held = item.source_range
            if held is None and isinstance(item, self.schema.Clip) and item.media_reference is not None:
                held = item.media_reference.available_range
            if held is None:
                self.find("no-length", f"{item.name[:40]!r} in track {track.name[:40]!r} has no length", fatal=True)
                continue
            length = _exact(held.duration)
            if length < 0:
                self.find("no-length", f"{item.name[:40]!r} in track {track.name[:40]!r} is shorter than nothing",
                          fatal=True)
                continue
            if isinstance(item, self.schema.Clip):
                clips.append(self.clip(item, Span(start=reached, end=reached + length), _exact(held.start_time)))
            reached += length
        return clips

    def clip(self, item: Any, span: Span, source: Fraction) -> Clip:
        if not item.enabled:
            self.find("not-kept", f"that clip {item.name[:40]!r} is disabled")
        speed = self.speed(item, span)
        media = item.media_reference
        url = media.target_url if isinstance(media, self.schema.ExternalReference) else ""
        known = media.available_range if media is not None else None
        available = None
        if known is not None and _exact(known.duration) >= 0:
            first = _exact(known.start_time)
            available = Span(start=first, end=first + _exact(known.duration))
        ours = _ours(item)
        return Clip(name=item.name or "", path=url if _URL.match(url) else unquote(url), span=span, source=source,
                    speed=speed, available=available, loop=ours.get("loop"), character=ours.get("character"),
                    text=ours.get("text"))

    def speed(self, item: Any, span: Span) -> Fraction:
        """The product of the clip's linear time warps; what it leaves out becomes a finding."""
        scalars = [float(effect.time_scalar) for effect in item.effects
                   if isinstance(effect, self.schema.LinearTimeWarp)]
        if len(scalars) < len(item.effects):
            self.find("not-kept", f"effects of clip {item.name[:40]!r}")
        scalar = prod(scalars)
        if scalar == 0:
            self.find("frozen", f"clip {item.name[:40]!r} is a frozen frame; it is read as one that passes very slowly")
            frames = span.duration * (_fps(item.source_range.duration.rate) if item.source_range else 1)
            return min(Fraction(1), max(SLOWEST, 1 / frames)) if frames else Fraction(1)
        if scalar < 0:
            self.find("backwards", f"clip {item.name[:40]!r} is played backwards; it is read as forwards")
        if not SLOWEST <= abs(scalar) <= FASTEST:
            self.find("not-kept", f"the speed of clip {item.name[:40]!r}, {scalar:.6g}")
            return Fraction(1)
        exact = _ours(item).get("speed", "")
        if re.fullmatch(r"\d{1,40}(/[1-9]\d{0,39})?", exact, re.ASCII) and isclose(Fraction(exact), scalar):
            return Fraction(exact)
        return _speed(abs(scalar))

    def markers(self) -> list[Marker]:
        return [Marker(time=_exact(marker.marked_range.start_time), name=marker.name or "",
                       text=marker.comment or "") for marker in self.timeline.tracks.markers]


def _ours(item: Any) -> dict[str, str]:
    """What we wrote into an item's metadata; other people's under our key is ignored."""
    held = item.metadata.get("ciak")
    try:
        pairs: Sequence[tuple[Any, Any]] = list(held.items()) if held is not None else []
    except AttributeError:
        return {}
    return {key: value for key, value in pairs if isinstance(key, str) and isinstance(value, str)}


def _speed(scalar: float) -> Fraction:
    """The simplest fraction near it."""
    return Fraction(scalar).limit_denominator(10_000) or SLOWEST


def _fps(rate: float) -> Fraction:
    """The exact rate that a float stands for: whole, NTSC, or the simplest fraction near it."""
    if not 0.01 <= rate <= 1e12:
        raise Damaged(f"the timeline counts {rate} to the second")
    whole = Fraction(round(rate))
    if abs(whole - Fraction(rate)) < Fraction(1, 10**6) and whole:
        return whole
    ntsc = Fraction(round(rate * 1.001) * 1000, 1001)
    return ntsc if ntsc and abs(float(ntsc) - rate) < 1e-3 else Fraction(rate).limit_denominator(10_000)


def _exact(time: Any) -> Fraction:
    """Exact seconds of a RationalTime. Raises :class:`Damaged` for one outside a film."""
    value, rate = time.value, _fps(time.rate)
    if not abs(value) <= 2**53:
        raise Damaged("the timeline holds a time that no film has")
    seconds = Fraction(value).limit_denominator(10**6) / rate
    if abs(seconds) > LONGEST:
        raise Damaged(f"the timeline holds a time that no film has: {float(seconds):.0f} s")
    return seconds
