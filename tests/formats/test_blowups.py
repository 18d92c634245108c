"""P1: no input makes a reader slower than in proportion to its length. Time at n, 2n and 4n."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise

import pytest

from ciak.errors import CiakError
from ciak.formats import FORMATS, detect, format_named, parse_json

RATIO = 2.5
"""Most that doubling the input may multiply the time by (trust.md, P1)."""

Reader = Callable[[bytes], object]
READERS: dict[str, Reader] = {**{kind.name: kind.examine for kind in FORMATS}, "json": parse_json, "detect": detect}

CUE, VTT = b"1\n00:00:01,000 --> 00:00:02,000\n", b"WEBVTT\n\n00:01.000 --> 00:02.000\n"
ASS = b"[Script Info]\n\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,"
TT = b'<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling">'
END = b"</p></div></body></tt>"
PAR, REEL = TT + b"<body><div><p begin='1s' end='2s'>", b"<DCSubtitle>"
SUB = b"<Subtitle TimeIn='00:00:01' TimeOut='00:00:02'>"
EDL = b"TITLE: x\nFCM: NON-DROP FRAME\n"
STL, BLOCK = (b"850STL25.01100" + b" " * 1010), b"\0\0\0\xff" + bytes(12)
CAPTIONS = b"Scenarist_SCC V1.0\n\n00:00:01:00\t"
LIST, SEPARATOR = b"loop,start,end,source\n", b"L,1,2,"
NASTY: dict[str, tuple[str, bytes, bytes, bytes, int]] = {
    # name: reader, what comes before, what is repeated, what comes after, how often at first
    "srt blanks before no arrow": ("srt", CUE, b" ", b"x-->", 100_000),
    "srt blanks behind the times": ("srt", b"0:1 --> 0:2", b" ", b"x", 100_000),
    "srt arrows": ("srt", CUE, b"-->", b"\n", 40_000),
    "srt dashes": ("srt", CUE, b"-", b"\n", 100_000),
    "srt joiners": ("srt", CUE, "--\u2060".encode(), b">", 40_000),
    "srt many joiners": ("srt", CUE + b"--", "\u2060".encode(), b"", 40_000),
    "srt joiners in a tag": ("srt", CUE + b"<", "\u2060".encode(), b"q", 40_000),
    "srt open tags": ("srt", CUE, b"<i>", b"x", 5_000),
    "srt tags that never end": ("srt", CUE, b"<i ", b"", 40_000),
    "srt half tags": ("srt", CUE, b"<", b"", 100_000),
    "srt braces": ("srt", CUE, b"{\\", b"", 40_000),
    "srt styled letters": ("srt", CUE, b"<i>a</i><b>b</b>", b"", 500),
    "srt styled lines": ("srt", CUE, b"<i>a</i>\n", b"", 1_000),
    "srt empty lines": ("srt", CUE, b"\n", b"x", 30_000),
    "srt lines": ("srt", CUE, b"x\n", b"", 10_000),
    "srt numbers": ("srt", CUE, b"1\n\n", b"", 5_000),
    "srt cues": ("srt", b"", b"0:1-->0:2\n", b"", 500),
    "srt bad cues": ("srt", CUE, b"\n\n0:0-->\n", b"", 2_000),
    "vtt half tags": ("webvtt", VTT, b"<", b"", 100_000),
    "vtt classes": ("webvtt", VTT + b"<c", b".a", b"", 60_000),
    "vtt times as classes": ("webvtt", VTT + b"<", b"1.", b"", 60_000),
    "vtt blank annotations": ("webvtt", VTT + b"<v", b" ", b"", 100_000),
    "vtt voices": ("webvtt", VTT, b"<v A>x", b"", 3_000),
    "vtt ampersands": ("webvtt", VTT, b"&", b"", 60_000),
    "vtt entities": ("webvtt", VTT, b"&amp", b"", 30_000),
    "vtt long entities": ("webvtt", VTT + b"&#", b"9", b";", 2_000),
    "vtt stray blocks": ("webvtt", VTT, b"x\n\n", b"", 3_000),
    "vtt settings": ("webvtt", b"WEBVTT\n\n0:1 --> 0:2", b" line:0", b"\n", 10_000),
    "vtt notes": ("webvtt", b"WEBVTT\n\n", b"NOTE a\n\n", b"", 10_000),
    "vtt notes of joiners": ("webvtt", b"WEBVTT\n\nNOTE ", "--\u2060".encode(), b"", 30_000),
    "vtt headers": ("webvtt", b"WEBVTT\n", b"Language: xx-\n", b"", 10_000),
    "vtt controls": ("webvtt", b"WEBVTT\n\n0:1 --> 0:2\n" + b"x" * 900_000, b"\x0cx", b"", 3_000),
    "srt fonts": ("srt", CUE, b"<font color=red>", b"x", 5_000),
    "srt a font of colours": ("srt", CUE + b"<font ", b"color=", b">x", 20_000),
    "srt a font of blanks": ("srt", CUE + b"<font color", b" ", b"x>", 50_000),
    "srt places": ("srt", CUE, b"{\\an8}", b"x", 20_000),
    "vtt colours": ("webvtt", VTT, b"<c.red>x", b"", 3_000),
    "vtt closed colours": ("webvtt", VTT, b"<c.red>x</c><c>", b"", 3_000),
    "vtt places": ("webvtt", b"WEBVTT\n\n0:1 --> 0:2 line:", b"1", b"\nx\n", 50_000),
    "ass braces": ("ass", ASS, b"{", b"", 50_000),
    "ass closing braces": ("ass", ASS + b"{", b"{", b"}", 50_000),
    "ass backslashes": ("ass", ASS, b"\\", b"N", 50_000),
    "ass empty blocks": ("ass", ASS, b"{}", b"", 20_000),
    "ass italics": ("ass", ASS, b"{\\i1}a{\\i0}b", b"", 1_000),
    "ass resets": ("ass", ASS, b"{\\rX}a", b"", 3_000),
    "ass tags": ("ass", ASS + b"{", b"\\i1", b"}x", 10_000),
    "ass blanks in a tag": ("ass", ASS + b"{\\", b" ", b"}x", 50_000),
    "ass blanks in a position": ("ass", ASS + b"{\\pos(1", b" ", b"}x", 50_000),
    "ass parentheses": ("ass", ASS + b"{\\t", b"(", b"}x", 50_000),
    "ass open transforms": ("ass", ASS + b"{", b"\\t(", b"}x", 20_000),
    "ass joiners": ("ass", ASS + "\uff5b".encode(), "\u2060".encode(), b"x", 40_000),
    "ass joiners behind a backslash": ("ass", ASS, "\\\u2060".encode(), b"x", 20_000),
    "ass events": ("ass", ASS, b"\nDialogue: 0,0:0:1,0:0:2,,,0,0,0,,{\\fs1}x", b"", 300),
    "ass bad events": ("ass", ASS, b"\nDialogue: 0,0:0:1", b"", 3_000),
    "ass commas": ("ass", ASS, b",", b"", 50_000),
    "ass fields": ("ass", b"[Script Info]\n[Events]\nFormat: Start, End", b",a", b",Text\nDialogue: 1,2,3\n", 10_000),
    "ass styles": ("ass", b"[Script Info]\n[V4+ Styles]\n", b"Style: A,b\n", b"", 3_000),
    "ass information": ("ass", b"[Script Info]\n", b"a: b\n", b"", 10_000),
    "ass sections": ("ass", b"[Script Info]\n", b"[a]\n", b"", 10_000),
    "ass blanks before a section": ("ass", b"[Script Info]\n", b" ", b"[x", 50_000),
    "imsc cues": ("imsc", TT + b"<body><div>", b"<p begin='1s' end='2s'>a</p>", b"</div></body></tt>", 1_000),
    "imsc spans": ("imsc", PAR, b"<span tts:color='red'>a</span>", END, 1_000),
    "imsc breaks": ("imsc", PAR, b"a<br/>", END, 2_000),
    "imsc blanks": ("imsc", PAR, b" \n", END, 60_000),
    "imsc references": ("imsc", PAR, b"&amp;", END, 20_000),
    "imsc an open paragraph": ("imsc", PAR, b"a ", b"", 60_000),
    "imsc styles": ("imsc", TT + b"<head>", b"<style xml:id='a' style='a b'/>", b"</head></tt>", 2_000),
    "imsc references to styles": ("imsc", TT + b"<body style='", b"a ", b"'/></tt>", 10_000),
    "imsc bad times": ("imsc", TT + b"<body>", b"<div begin='x'/>", b"</body></tt>", 2_000),
    "imsc digits": ("imsc", TT + b"<body begin='", b"9", b"'/></tt>", 20_000),
    "imsc blanks in a colour": ("imsc", PAR + b"<span tts:color='rgb(", b" ", b"x'>a</span>" + END, 20_000),
    "imsc lengths": ("imsc", TT[:-1] + b" tts:extent='", b" ", b"x'/>", 20_000),
    "imsc comments": ("imsc", b"", b"<!-- a -->", b"<tt/>", 10_000),
    "imsc tags": ("imsc", b"", b"<", b"", 60_000),
    "dcp cues": ("dcp", REEL, SUB + b"<Text>a</Text></Subtitle>", b"</DCSubtitle>", 1_000),
    "dcp lines": ("dcp", REEL + SUB, b"<Text>a</Text>", b"</Subtitle></DCSubtitle>", 2_000),
    "dcp fonts": ("dcp", REEL + SUB + b"<Text>", b"<Font Italic='1'>a</Font>", b"</Text></Subtitle></DCSubtitle>", 999),
    "dcp blanks": ("dcp", REEL + SUB + b"<Text>", b" ", b"x</Text></Subtitle></DCSubtitle>", 60_000),
    "dcp titles": ("dcp", REEL, b"<MovieTitle>a</MovieTitle>", b"</DCSubtitle>", 2_000),
    "stl blocks": ("ebu-stl", STL, BLOCK + b"x" * 112, b"", 500),
    "stl extension blocks": ("ebu-stl", STL, BLOCK.replace(b"\xff", b"\0") + b"\xc1" * 112, b"", 500),
    "stl colours": ("ebu-stl", STL, BLOCK.replace(b"\xff", b"\0") + b"\1x" * 56, b"", 500),
    "stl blanks and rows": ("ebu-stl", STL, BLOCK.replace(b"\xff", b"\0") + b" \0\x8a " * 28, b"", 500),
    "stl bad times": ("ebu-stl", STL, BLOCK.replace(b"\xff\0\0", b"\xff\0\x63") + b"x" * 112, b"", 1_000),
    "scc pairs": ("scc", CAPTIONS, b"4161 ", b"", 20_000),
    "scc shown at once": ("scc", CAPTIONS + b"9420 4161 ", b"942f 8080 ", b"", 2_000),
    "scc painted": ("scc", CAPTIONS, b"9429 4161 ", b"", 2_000),
    "scc blanks": ("scc", CAPTIONS, b" ", b"x", 100_000),
    "scc lines": ("scc", CAPTIONS, b"\n00:00:01:00\t4161", b"", 5_000),
    "scc bad lines": ("scc", CAPTIONS, b"\n00:00:01:99", b"", 5_000),
    "csv quotes": ("dialogue-list", LIST + SEPARATOR + b'"', b'""', b"", 30_000),
    "csv separators": ("dialogue-list", LIST + SEPARATOR, b",", b"", 60_000),
    "csv rows": ("dialogue-list", LIST, b"L,1,2,=x\n", b"", 1_000),
    "csv bad rows": ("dialogue-list", LIST, b"L,1,x,\n", b"", 2_000),
    "csv apostrophes": ("dialogue-list", LIST + SEPARATOR, b"'", b"x", 20_000),
    "csv blanks": ("dialogue-list", LIST + SEPARATOR, b" ", b"x", 20_000),
    "csv digits": ("dialogue-list", LIST + b"L,", b"9", b",1,\n", 20_000),
    "csv columns": ("dialogue-list", b"loop,start,end", b",a", b"\n1,2,3\n", 10_000),
    "json brackets": ("json", b"[", b"[],", b"1]", 20_000),
    "json open brackets": ("json", b"", b"[", b"", 100_000),
    "json quotes": ("json", b"[", b'"",', b"1]", 20_000),
    "json escapes": ("json", b'"', b"\\\\", b'"', 100_000),
    "json an open string": ("json", b'"', b"\\\\a", b"", 60_000),
    "json digits": ("json", b"", b"9", b"", 100_000),
    "json keys": ("json", b"{", b'"a":1,', b'"b":1}', 20_000),
    "json surrogates": ("json", b'["', b"\\ud83c\\udfac", b'"]', 10_000),
    "edl notes": ("edl", EDL, b"* A: x\n", b"", 5_000),
    "edl long notes": ("edl", EDL + b"*", b" A", b"", 40_000),
    "edl blanks": ("edl", EDL + b"001", b" ", b"x", 100_000),
    "edl events": ("edl", EDL, b"001 A V C 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\n", b"", 500),
    "edl half events": ("edl", EDL, b"001 A V C 00:00:00:00\n", b"", 3_000),
    "edl markers": ("edl", EDL, b"* LOC: 01:00:00:00 RED x\n", b"", 1_000),
    "otio brackets": ("otio", b'{"OTIO_SCHEMA": "Timeline.1", "name": ', b"[", b"", 60_000),
    "detect blanks": ("detect", b"", b" \n", b"x", 60_000),
    "detect comments": ("detect", b"", b";\n", b"x", 20_000),
    "detect markup": ("detect", b"", b"<!--", b"", 20_000),
    "detect open comments": ("detect", b"", b"<!--x>", b"", 20_000),
    "detect instructions": ("detect", b"", b"<?x>", b"x", 20_000),
    "detect closed markup": ("detect", b"", b"<!---->", b"x", 20_000),
    "detect lyrics": ("detect", b"", b"[ti:a]", b"x", 20_000),
    "detect latin": ("detect", b"", b"\xe9t\xe9 ", b"", 20_000),
    "detect latin lines": ("detect", b"", b"\xe9\n", b"", 20_000),
    "detect japanese": ("detect", b"", "字幕です\n".encode("cp932"), b"", 5_000),
    "detect nonsense": ("detect", b"", b"\x8f\xe7\x41\xd0 ", b"", 10_000),
    "detect broken utf-8": ("detect", b"", b"\xc3\xa9\xc3\n", b"", 20_000),
}


def seconds(reader: Reader, data: bytes) -> float:
    """Processor time of one reading, the best of three, so that other work on the machine does not count."""
    best = float("inf")
    gc.collect()
    gc.disable()  # a collection looks at the whole session's objects, not only at this reader's
    try:
        for _ in range(3):
            before = time.process_time()
            with suppress(CiakError):
                reader(data)
            best = min(best, time.process_time() - before)
    finally:
        gc.enable()
    return best


@pytest.mark.parametrize("name", NASTY)
def test_twice_the_input_takes_twice_the_time(name: str) -> None:
    reader, before, part, after, count = NASTY[name]
    for _ in range(5):
        times = [seconds(READERS[reader], before + part * (count * factor) + after) for factor in (1, 2, 4)]
        assert times[-1] < 3
        if all(later <= max(RATIO * earlier, 0.004) for earlier, later in pairwise(times)):
            return
    pytest.fail(f"{name}: {', '.join(f'{value * 1000:.1f} ms' for value in times)} at n, 2n, 4n")


@pytest.mark.parametrize("kind", ["srt", "webvtt", "ass", "imsc", "dcp"])
@pytest.mark.parametrize("text", ["-->", "--", "\u2060", "<", "<i", "{\\", "}", "\\\u2060", "\uff5b\u2060", "&",
                                  "&amp;", "i>", "'", "\r", "\x01", " x"])
def test_writing_is_in_proportion_too(kind: str, text: str) -> None:
    from ciak.film import Span, SubtitleCue, SubtitleDocument

    format_ = format_named(kind)
    for _ in range(5):
        times = [seconds(lambda data: format_.write(SubtitleDocument(cues=(
            SubtitleCue(span=Span.of(0, 1), lines=(data.decode(),)),))), text.encode() * count)
            for count in (10_000, 20_000, 40_000)]
        if all(later <= max(RATIO * earlier, 0.004) for earlier, later in pairwise(times)):
            return
    pytest.fail(f"{text!r}: {times}")
