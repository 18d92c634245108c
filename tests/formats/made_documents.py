"""Documents that hypothesis makes up, and files that are nearly right: material of the format tests."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from fractions import Fraction

from hypothesis import strategies as st

from ciak.film import (
    Align,
    Clip,
    Cut,
    Edge,
    Lane,
    Marker,
    Place,
    Rate,
    Span,
    StyledRun,
    StyleKind,
    SubtitleCue,
    SubtitleDocument,
    Timecode,
)
from ciak.film.screenplay import Screenplay
from ciak.formats.colours import CLASSES
from ciak.formats.dialogue_list import DialogueRow
from ciak.formats.fountain import FOUNTAIN
from ciak.formats.markup import tidied
from ciak.formats.places import place_in

NASTY = ["-->", "--\u2060>", "->", "<i>", "</i>", "<b", "<\u2060i>", "<font color=red>", "{\\an8}", "{\u2060\\",
         "&", "&amp;", "&lt", "<v Ann>", "<00:01.000>", "1", "12", "00:00:01,000 --> 00:00:02,000",
         "0:1 → 0:2", "0:1->0:2", "NOTE", "STYLE", "WEBVTT", "\u2060", "\ufeff", "\u3000", "\u2028",
         "\x85", "\u200f", "=1+1", "+3", "-1", "@x", "'",
         "{", "}", "{\\i1}", "\\N", "\\\u2060n", "\\h", "\\", "\uff5b", "\uff5d\u2060", "{\u2060\u2060",
         "</font>", "<c.red>", "'=", "''", '"', ",", ";", "🎬", "è", "ß", "字幕", "Язык", "\t", " ", "X1:2", "line:0"]

SCC = b"""Scenarist_SCC V1.0

00:00:01:00\t94ae 94ae 9420 9420 9470 9470 c8e5 ecec ef80 942c 942c 942f 942f

00:00:03;05\t942c 942c
"""
"""A subtitle of SCC, which is not written here."""

words = st.one_of(st.sampled_from(NASTY),
                  st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=6))
lines = st.lists(words, min_size=1, max_size=4).map("".join)
milliseconds = st.integers(0, 20_000_000).map(lambda count: Fraction(count, 1000))


centiseconds = st.integers(0, 2_000_000).map(lambda count: Fraction(count, 100))
colours = st.one_of(st.sampled_from(["#ffffff", "#1200ff"]), st.integers(0, 0xffffff).map(lambda code: f"#{code:06x}"))
SPEAKERS = ["Ann", "Il conte", "A & B <x>", "A, B\uff0c", "\uff0c\u2060\u2060 C,"]
SETTINGS = ["", "line:80%", "align:start position:10%", "size:50% line:0", "vertical:rl", "line:-1", "position:10%"]


@st.composite
def places(draw: st.DrawFn, width: int = 0, height: int = 0) -> Place:
    """Any alignment and edge; with a ``width`` and ``height``, insets and asides in whole parts of them too."""
    align, edge = draw(st.sampled_from(list(Align))), draw(st.sampled_from(list(Edge)))
    low = -height // 2 if edge is Edge.MIDDLE else 0
    inset = draw(st.one_of(st.none(), st.integers(low, low + height))) if height else None
    aside = draw(st.one_of(st.none(), st.integers(0, width))) if width and align is not Align.CENTRE else None
    return Place(align=align, edge=edge, inset=None if inset is None else Fraction(inset * 100, height),
                 aside=None if aside is None else Fraction(aside * 100, width))


@st.composite
def styled(draw: st.DrawFn, kinds: dict[StyleKind, st.SearchStrategy[str]],
           times: st.SearchStrategy[Fraction] = milliseconds) -> SubtitleCue:
    """A tidied cue: any text, with runs of ``kinds``, of which it may have any values."""
    start, length = draw(times), draw(times)
    text = draw(st.lists(lines, max_size=3))
    size = len("\n".join(text))
    runs = []
    for kind in (StyleKind.ITALIC, StyleKind.BOLD, StyleKind.UNDERLINE, *kinds):
        marks = sorted(draw(st.lists(st.integers(0, size), max_size=4)))
        for first, end in zip(marks[::2], marks[1::2], strict=False):
            runs.append(StyledRun(kind=kind, first=first, end=end, value=draw(kinds[kind]) if kind in kinds else ""))
    return tidied(SubtitleCue(span=Span(start=start, end=start + length), lines=tuple(text), runs=tuple(runs)))


@st.composite
def srt_cues(draw: st.DrawFn) -> SubtitleCue:
    """With any colours, and one of nine places."""
    cue = draw(styled({StyleKind.COLOUR: colours}))
    return tidied(cue.model_copy(update={"place": draw(places())}))


@st.composite
def webvtt_cues(draw: st.DrawFn) -> SubtitleCue:
    """With voices, the eight colours, a name, and a place or settings that tell it."""
    cue = draw(styled({StyleKind.VOICE: st.sampled_from(SPEAKERS),
                       StyleKind.COLOUR: st.sampled_from(sorted(CLASSES.values()))}))
    name = draw(st.sampled_from(["", "1", "intro", "a b", "NOTE x"]))
    settings = draw(st.sampled_from(SETTINGS))
    place = place_in(settings) if settings else draw(places(1000, 800))
    kept = "" if settings == "line:80%" else settings
    return tidied(cue.model_copy(update={"id": name, "settings": kept, "place": place}))


@st.composite
def ass_cues(draw: st.DrawFn) -> SubtitleCue:
    """On hundredths of a second, with any colours, a speaker of all of it, and a place in whole pixels."""
    cue = draw(styled({StyleKind.COLOUR: colours}, centiseconds))
    runs = list(cue.runs)
    if draw(st.booleans()):
        runs.append(StyledRun(kind=StyleKind.VOICE, first=0, end=len(cue.text), value=draw(st.sampled_from(SPEAKERS))))
    return tidied(cue.model_copy(update={"runs": tuple(runs), "place": draw(places(1920, 1080))}))


def in_order(made: list[SubtitleCue]) -> tuple[SubtitleCue, ...]:
    """Cues as a document has them."""
    return tuple(sorted(made, key=lambda cue: cue.span.start))


def srt_documents() -> st.SearchStrategy[SubtitleDocument]:
    """At least one cue, and nothing besides."""
    return st.lists(srt_cues(), min_size=1, max_size=5).map(lambda made: SubtitleDocument(cues=in_order(made)))


languages = st.sampled_from(["und", "it", "pt-BR"])


@st.composite
def webvtt_documents(draw: st.DrawFn) -> SubtitleDocument:
    """Cues with notes and a language."""
    blocks = ["NOTE a", "NOTE\nb --> c\nd", "STYLE\n::cue { color: red }", "REGION\nid:x"]
    return SubtitleDocument(language=draw(languages), cues=in_order(draw(st.lists(webvtt_cues(), max_size=5))),
                            notes=tuple(draw(st.lists(st.sampled_from(blocks), max_size=3))))


@st.composite
def ass_documents(draw: st.DrawFn) -> SubtitleDocument:
    """Cues with a title and a language."""
    return SubtitleDocument(language=draw(languages), cues=in_order(draw(st.lists(ass_cues(), max_size=5))),
                            title=draw(st.sampled_from(["", "Il film: 2", "[Events]", "; {x}"])))


ALPHABETS = ["abc XY.,!?<>$£§éőçñŠ♪ßÆ½", "abc .Привет№", "a .مرحبا،", "a .Γειάσουώ", "a .שלום"]
"""What one character table of EBU STL holds each."""
teletext_places = st.one_of(st.none(), st.builds(
    Place, align=st.sampled_from(Align), edge=st.sampled_from([Edge.TOP, Edge.BOTTOM]),
    inset=st.one_of(st.none(), st.integers(0, 8).map(lambda row: Fraction(100 * row, 23)))), st.builds(
    Place, align=st.just(Align.LEFT), aside=st.integers(0, 20).map(lambda column: Fraction(5 * column, 2)))).map(
    lambda place: None if place == Place() else place)


@st.composite
def ebu_stl_documents(draw: st.DrawFn) -> SubtitleDocument:
    """Sorted cues on frames, of characters of one table, with all that EBU STL holds."""
    rate = Rate(draw(st.sampled_from([Fraction(25), Fraction(24), Fraction(24000, 1001), Fraction(30000, 1001)])))
    words_ = st.text(draw(st.sampled_from(ALPHABETS)), max_size=9)
    made = []
    for first in sorted(draw(st.lists(st.integers(0, 500_000), max_size=4))):
        text = draw(st.lists(words_, max_size=3))
        size, runs = len("\n".join(text)), []
        for kind in (StyleKind.ITALIC, StyleKind.UNDERLINE, StyleKind.COLOUR):
            marks = sorted(draw(st.lists(st.integers(0, size), max_size=4)))
            for begin, end in zip(marks[::2], marks[1::2], strict=False):
                value = draw(st.sampled_from(["#ff0000", "#00ffff"])) if kind is StyleKind.COLOUR else ""
                runs.append(StyledRun(kind=kind, first=begin, end=end, value=value))
        span = Span(start=rate.time(first), end=rate.time(first + draw(st.integers(0, 400_000))))
        place = draw(teletext_places) if "".join(text).strip() else None
        made.append(tidied(SubtitleCue(span=span, lines=tuple(text), runs=tuple(runs), place=place)))
    title = draw(st.text("Der 3. Männ è", max_size=32)).strip()
    return SubtitleDocument(language=draw(st.sampled_from(["und", "it", "de", "uk", "nl-BE"])), cues=tuple(made),
                            title=title, rate=rate.fps, start=str(Timecode(draw(st.integers(0, 2_000_000)), rate)))


plain = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)

paths = st.sampled_from(["", "a.wav", "media/è a%20b.mov", "../x", "file:///y%20z"])


speeds = st.one_of(st.sampled_from([Fraction(2), Fraction(1, 3), Fraction(1001, 1000)]),
                   st.fractions(Fraction(1, 1000), 1000).filter(lambda speed: speed != 1))


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    """A cut whose times lie on frames, milliseconds or samples, as all of ours do."""
    rate = draw(st.sampled_from(["24", "25", "24000/1001", "30000/1001", "60000/1001", "25/2"]).map(Rate.parse))
    steps = [Fraction(rate.fps.denominator, rate.fps.numerator), Fraction(1, 1000), Fraction(1, 48000)]
    times = st.tuples(st.integers(0, 100_000), st.sampled_from(steps)).map(lambda pair: pair[0] * pair[1])
    lanes = []
    for kind in draw(st.lists(st.sampled_from(["Video", "Audio"]), max_size=3)):
        marks = sorted(draw(st.lists(times, max_size=6)))
        clips = [Clip(name=draw(plain), path=draw(paths),
                      span=Span(start=start, end=end), source=draw(times),
                      speed=draw(st.one_of(st.just(Fraction(1)), speeds)),
                      available=draw(st.one_of(st.none(), times.map(lambda end: Span(start=Fraction(0), end=end)))),
                      loop=draw(st.one_of(st.none(), plain)), character=draw(st.one_of(st.none(), plain)),
                      text=draw(st.one_of(st.none(), plain)))
                 for start, end in zip(marks[::2], marks[1::2], strict=False)]
        lanes.append(Lane(name=draw(plain), kind=kind, language=draw(st.one_of(st.none(), st.just("it"))),
                          clips=tuple(clips)))
    markers = tuple(Marker(time=draw(times), name=draw(plain), text=draw(plain))
                    for _ in range(draw(st.integers(0, 2))))
    drop = ";" if rate.dropped and draw(st.booleans()) else ":"
    return Cut(name=draw(plain), rate=str(rate), start=f"{draw(st.sampled_from(['00', '01', '10']))}:00:00{drop}00",
               lanes=tuple(lanes), markers=markers)


named = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1, max_size=12).map(
    lambda text: text.strip(" ") or "x")


@st.composite
def edit_lists(draw: st.DrawFn) -> Cut:
    """A cut that an EDL can hold: one lane of picture, up to two of sound, all on frames."""
    rate = draw(st.sampled_from(["24", "25", "24000/1001", "30000/1001", "60000/1001", "25/2", "120"]).map(Rate.parse))
    frames = st.integers(0, 200_000)
    lanes = []
    for name in ("V", "A1", "A2")[:draw(st.integers(0, 3))]:
        marks = sorted(draw(st.sets(frames, min_size=2, max_size=8)))
        clips = [Clip(name=draw(named), path=draw(paths), span=Span(start=rate.time(start), end=rate.time(end)),
                      source=rate.time(draw(frames)),
                      speed=Fraction(draw(st.integers(1, 400_000)), 1000 * rate.nominal))
                 for start, end in zip(marks[::2], marks[1::2], strict=False)]
        lanes.append(Lane(name=name, kind="Video" if name == "V" else "Audio", clips=tuple(clips)))
    markers = tuple(Marker(time=rate.time(draw(frames)), name=draw(named)) for _ in range(draw(st.integers(0, 2))))
    drop = ";" if rate.dropped and draw(st.booleans()) else ":"
    first = draw(st.sampled_from(["00:00:00", "01:00:00", "09:58:30", "23:59:59"]))
    width = "000" if rate.nominal > 100 else "02"
    return Cut(name=draw(named), rate=str(rate), start=f"{first}{drop}{width}", lanes=tuple(lanes), markers=markers)


cells = st.one_of(lines, st.lists(lines, max_size=3).map("\r\n".join), st.just("\r=1"), st.just("a\rb")).map(
    lambda text: "".join(sign for sign in text if sign in "\t\r\n" or (sign >= " " and sign != "\x7f")))
samples = st.integers(0, 10**9).map(lambda count: Fraction(count, 48000))


@st.composite
def dialogue_lists(draw: st.DrawFn) -> tuple[DialogueRow, ...]:
    """Rows with any text in every cell that holds text."""
    rows = []
    for place in range(draw(st.integers(0, 4))):
        start, length = draw(st.one_of(samples, milliseconds)), draw(samples)
        rows.append(DialogueRow(
            loop=f"L{place}-{draw(st.sampled_from(['', '1', '_x']))}", character=draw(cells),
            timecode_in=draw(cells), timecode_out="01:00:00;02", span=Span(start=start, end=start + length),
            source=draw(cells), translation=draw(cells),
            slot=draw(st.one_of(st.none(), st.just(Span.of(1, Fraction(1001, 30000) + 2)))),
            spoken=draw(st.one_of(st.none(), samples)),
            rate=draw(st.one_of(st.none(), st.integers(1, 30_000).map(lambda value: value / 10_000))),
            word_error=draw(st.one_of(st.none(), st.integers(0, 30_000).map(lambda value: value / 10_000))),
            flags=tuple(draw(st.lists(st.sampled_from(["too-fast", "unsure"]), max_size=2))), status=draw(cells)))
    return tuple(rows)


SCRIPT = ["INT. A - B", "EXT. C #2#", "ROSA", "ROSA ^", "(so)", "Hello.", "!Bar.", "~la", "# One", "= syn", "===",
          "> c <", "> out", "CUT TO:", "[[n]]", "/* b */", "", "", "Title: x", "\u00e8"]


def screenplays() -> st.SearchStrategy[Screenplay]:
    """Screenplays as they come out of lines of the syntax in any order, with some text that is none."""
    lines = st.lists(st.one_of(st.sampled_from(SCRIPT), st.text(alphabet="abcXY .,", max_size=6)), max_size=12)
    return lines.map(lambda some: FOUNTAIN.read(("INT. A ROOM\n\n" + "\n".join(some)).encode()))


def mutations(seeds: list[bytes], count: int, seed: int = 7) -> Iterator[bytes]:
    """``count`` files that are nearly one of ``seeds``: bytes flipped, parts cut, doubled, moved and mixed."""
    chance = random.Random(seed)
    spice = [b"-->", b"\r", b"\n\n", b"\0", b"\xff", b"\xef\xbb\xbf", b"<", b">", b"&#x10ffff;", b"&#10;", b"{",
             b"[" * 70, b'"', b"99999999999999999999", b"-1", b"NaN", b"1e999", b"\\ud800", b"00:00:00.000", b"=",
             b";", b",", b"\t", b'"OTIO_SCHEMA": "Gap.1"', b"null", "\u2060".encode(), b"WEBVTT", b"NOTE\n",
             b"9" * 400, b"<!DOCTYPE tt [<!ENTITY a 'b'>]>", b"<p>", b"</p>", b"<![CDATA[", b"&a;", b"' x='", b"<br/>"]
    for _ in range(count):
        data = bytearray(chance.choice(seeds)[:6000])
        for _ in range(chance.choice((1, 1, 2, 5, 20))):
            place, size = chance.randrange(len(data) + 1), chance.randrange(1, 40)
            act = chance.randrange(6)
            if act == 0 and place < len(data):
                data[place] ^= 1 << chance.randrange(8)
            elif act == 1:
                del data[place:place + size]
            elif act == 2:
                data[place:place] = chance.choice(spice)
            elif act == 3:
                data[place:place] = data[place:place + size] * chance.randrange(1, 5)
            elif act == 4:
                other = chance.choice(seeds)
                data[place:place + size] = other[place:place + size]
            else:
                del data[max(place, 1):]
        yield bytes(data)


def grafted(value: object, count: int, seed: int = 7) -> Iterator[bytes]:
    """``count`` JSON files of the same parts as ``value`` in other places: valid JSON, nonsense otherwise."""
    chance = random.Random(seed)
    parts: list[object] = [None, -1, 1e300, "", [], {}]

    def gather(part: object) -> None:
        parts.append(part)
        for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            gather(inner)

    def graft(part: object, odds: float) -> object:
        if chance.random() < odds:
            return chance.choice(parts)
        if isinstance(part, dict):
            return {key: graft(inner, odds) for key, inner in part.items() if chance.random() > odds / 4}
        return [graft(inner, odds) for inner in part] if isinstance(part, list) else part

    gather(value)
    for _ in range(count):
        yield json.dumps(graft(value, chance.choice((0.002, 0.01, 0.05)))).encode()
