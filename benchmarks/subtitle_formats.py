"""Round trips of subtitle formats over real files: does what one holds come back from another?

Every real subtitle file of the test material (EBU STL conformance files, WebVTT of Elephants Dream and of a film clip)
and the XML examples below are read, written in every format that Ciak writes, read back, and compared cue by cue by
this judge's own rules: the words of every line in their order, first and last time within half a step of the target's
clock, italics on the same words. Whatever differs must have been told by ``losses`` before; what is lost in silence
counts against the format. A file written in its own format must come back as the same document.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from figures import Figure, parser, record

TOLD = {"words": ("characters", "lines"), "times": ("times",), "italics": ("italic",)}
"""By which word of a told loss each difference is excused; a loss of something else excuses nothing."""
IMSC = {
    "a broadcaster's, by clock time": """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling"
    xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:timeBase="media" xml:lang="it">
 <head><styling><style xml:id="s" tts:color="white"/><style xml:id="y" tts:color="yellow"/></styling>
  <layout>
  <region xml:id="b" tts:origin="10% 80%" tts:extent="80% 10%" tts:displayAlign="after" tts:textAlign="center"/>
  <region xml:id="t" tts:origin="10% 10%" tts:extent="80% 10%" tts:displayAlign="before" tts:textAlign="center"/>
  </layout></head>
 <body><div style="s">
  <p xml:id="a1" region="b" begin="00:00:01.000" end="00:00:03.480"><span style="y">Chi è là?</span></p>
  <p xml:id="a2" region="t" begin="00:00:03.600" end="00:00:06.000">Sono io,<br/>non avere paura.</p>
 </div></body></tt>""",
    "a streamer's, by ticks": """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling"
    xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:tickRate="10000000" xml:lang="en">
 <body><div>
  <p begin="10000000t" end="35000000t">He said he would <span tts:fontStyle="italic">never</span> come back.</p>
  <p begin="40000000t" end="61250000t">And yet&#8230;<br/>here he is.</p>
 </div></body></tt>""",
    "by frames at 29.97, timed inside one another": """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
    ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001" xml:lang="en">
 <body begin="00:00:10:00"><div begin="30f">
  <p begin="0f" end="60f">Ten seconds and one.</p><p begin="62f" dur="45f">Just after.</p>
 </div></body></tt>""",
}


def sources() -> Iterator[tuple[str, Any, Any]]:
    """(name, format, document)."""
    from ciak.formats import detect, format_named

    folder = Path(os.environ.get("CIAK_TEST_MATERIAL", Path(__file__).resolve().parents[2] / "shared" / "data"))
    for path in sorted([*folder.rglob("*.vtt"), *folder.rglob("*.srt"), *folder.rglob("*.stl")]):
        data = path.read_bytes()
        kind = format_named(detect(data, path.name).format)
        yield path.name, kind, kind.examine(data).document
    for name, text in IMSC.items():
        kind = format_named("imsc")
        yield name, kind, kind.read(text.encode())


def step(kind: Any, document: Any) -> Fraction:
    """The smallest time that a format tells apart."""
    if kind.name == "ass":
        return Fraction(1, 100)
    if kind.name in ("ebu-stl", "dcp"):
        known = {"ebu-stl": (24, 25, 30, 50, Fraction(24000, 1001), Fraction(30000, 1001)), "dcp": ()}[kind.name]
        rate = document.rate if document.rate and (not known or document.rate in known) else \
            Fraction(25 if kind.name == "ebu-stl" else 24)
        return 1 / Fraction(rate)
    return Fraction(1, 1000)


def italics(cue: Any) -> str:
    """The signs in italics, blanks left out."""
    text = cue.text
    marked = sorted({at for run in cue.runs if run.kind.value == "i" for at in range(run.first, run.end)})
    return "".join(text[at] for at in marked if not text[at].isspace())


def lost(before: Any, after: Any, kind: Any) -> list[str]:
    """What is not as it was, in this judge's words."""
    found = []
    shown = [cue for cue in before.cues if cue.lines and cue.span.duration > 0]
    came = [cue for cue in after.cues if cue.lines and cue.span.duration > 0]
    if len(shown) != len(came):
        return [f"{len(shown)} subtitles became {len(came)}"]
    half = step(kind, before) / 2
    for one, other in zip(shown, came, strict=True):
        if [" ".join(line.split()) for line in one.lines] != [" ".join(line.split()) for line in other.lines]:
            found.append("words")
        if abs(one.span.start - other.span.start) > half or abs(one.span.end - other.span.end) > half:
            found.append("times")
        if italics(one) != italics(other):
            found.append("italics")
    return sorted(set(found))


def main() -> int:
    parser(__doc__).parse_args()
    from ciak.errors import CiakError
    from ciak.formats.base import can_write
    from ciak.formats.subtitles import SUBTITLES

    pairs, silent, told, refused, same, own = 0, [], Counter(), [], 0, 0
    for name, source, document in sources():
        if not document.cues:
            continue
        for kind in SUBTITLES.values():
            if not can_write(kind):
                continue
            losses = kind.losses(document)
            try:
                back = kind.read(kind.write(document))
            except CiakError as problem:
                refused.append(f"{name} -> {kind.name}: {problem}")
                continue
            pairs += 1
            if kind is source:
                own += 1
                same += kind.read(kind.write(back)) == back and (back == document or bool(losses))
            gone = lost(document, back, kind)
            gone = [one for one in gone if not any(word in loss for word in TOLD.get(one, ()) for loss in losses)]
            if gone:
                silent.append(f"{name} -> {kind.name}: {', '.join(gone)}")
            told.update(f"{kind.name}: {loss}" for loss in losses)
    return record("subtitle_formats", [
        Figure("subtitles F3", "pairs of file and format where something is lost in silence", len(silent), "0",
               not silent, details={"pairs": pairs, "lost": silent[:20]}),
        Figure("subtitles F3", "files whose own format gives back the same document, share", same / own, "1",
               same == own, details={"files": own}),
        Figure("subtitles F3", "pairs refused in one line", len(refused), details={"refused": refused[:20],
                                                                                   "told": dict(told.most_common(30))}),
    ])


if __name__ == "__main__":
    sys.exit(main())
