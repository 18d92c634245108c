"""DCP subtitles as the schemas of the standard want them: issue 4, line 4.

R4. Files that Ciak writes, held against the XML schema of SMPTE ST 428-7:2014 which the package ``clairmeta`` (BSD-3,
in the judges' environment only) carries: every real subtitle file of the test material at each rate of digital cinema
(24, 25, 30, 48, 50, 60 and the three that are slower by 1000/1001), and one made for it that has every style and
pairs of them, a colour, every place, forced narratives, signs that XML writes otherwise, three lines, regions of
languages, no title and a first timecode. A document without subtitles is left out: the schema has none either.

R5. The schema itself is held against a file with a fault that it must find (an attribute of Interop), so that a
schema which lets everything pass is noticed.

R6. What others made: in the folder that ``CIAK_DCP_FILES`` names, XML files of SMPTE or Interop subtitles (from the
test data of ClairMeta, ``Ymagis/ClairMeta_Data``; the SMPTE ones cut out of their MXF, where they lie as text). All
are to be read or refused in words.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

from figures import Figure, parser, record
from foreign_files import BENCH, documents

RATES = tuple(Fraction(text) for text in ("24", "25", "30", "48", "50", "60", "24000/1001", "30000/1001", "60000/1001"))
CHECK = """
import sys, pathlib, importlib.util
from lxml import etree
folder = pathlib.Path(importlib.util.find_spec("clairmeta").origin).parent / "xsd"
schema = etree.XMLSchema(etree.parse(str(folder / "DCDMSubtitle-2014.xsd")))
for path in sys.argv[1:]:
    good = schema.validate(etree.parse(path))
    print(int(good), "" if good else str(schema.error_log[0])[-300:])
"""


def made() -> Iterator[tuple[str, Any]]:
    """Documents with everything that the writer knows."""
    from ciak.film import Align, Edge, Place, Span, StyledRun, StyleKind, SubtitleCue, SubtitleDocument, seconds

    cues: list[Any] = []

    def add(lines: tuple[str, ...], **more: Any) -> None:
        at = 2 * len(cues)
        cues.append(SubtitleCue(span=Span(start=seconds(at), end=seconds(at + 1)), lines=lines, **more))

    plain = [kind for kind in StyleKind if kind not in (StyleKind.COLOUR, StyleKind.VOICE)]
    for one, other in product(plain, plain):
        add(("Uno due tre", "quattro"), runs=(StyledRun(first=0, end=15, kind=one),)
            + ((StyledRun(first=4, end=7, kind=other),) if one is not other else ()))
    add(("Rosso",), runs=(StyledRun(first=0, end=5, kind=StyleKind.COLOUR, value="#ff0000"),))
    for align, edge, inset, aside in product(Align, Edge, (None, Fraction(1, 3), Fraction(12)),
                                             (None, Fraction(100, 7))):
        add(("a", "b", "c"), place=Place(align=align, edge=edge, inset=inset,
                                         aside=None if align is Align.CENTRE else aside))
    add(("TRENTO, 1944",), forced=True)
    add(("<i> & \"due\" 'tre' \u00a0 \U0001f600",))
    for language, title, start in (("und", "", ""), ("it", "Un film & altro", "01:00:00:00"), ("pt-BR", "x", ""),
                                   ("zh-Hant", "\u6587", "")):
        yield f"made-{language}", SubtitleDocument(cues=tuple(cues), language=language, title=title, start=start)


def validated(paths: list[Path]) -> list[tuple[bool, str]]:
    """What the schema says of each file."""
    answers = []
    for start in range(0, len(paths), 200):
        done = subprocess.run([BENCH, "-c", CHECK, *paths[start:start + 200]], capture_output=True, text=True,
                              check=True)
        answers += [(line[0] == "1", line[2:]) for line in done.stdout.splitlines()]
    return answers


def ours() -> list[Figure]:
    """R4 and R5."""
    from ciak.errors import CiakError
    from ciak.formats.subtitles import write_subtitles

    with tempfile.TemporaryDirectory() as name:
        paths, refused = [], 0
        for number, (stem, document) in enumerate([*documents(), *made()]):
            if not any(cue.text.strip() for cue in document.cues):
                continue
            for rate in RATES:
                path = Path(name) / f"{number}-{stem}-{float(rate):.3f}.xml"
                try:
                    path.write_bytes(write_subtitles(document.model_copy(update={"rate": rate}), "dcp"))
                except CiakError:
                    refused += 1
                    continue
                paths.append(path)
        wrong = [f"{path.stem}: {why}" for path, (good, why) in zip(paths, validated(paths), strict=True) if not good]
        spoilt = Path(name) / "spoilt.xml"
        spoilt.write_text(re.sub("Halign", "HAlign", paths[-1].read_text(encoding="utf-8")), encoding="utf-8")
        noticed = not validated([spoilt])[0][0]
    return [Figure("subtitles R4", "DCP files that SMPTE's schema (ST 428-7:2014) refuses", len(wrong), "0", not wrong,
                   details={"files": len(paths), "not written": refused, "why": wrong[:8]}),
            Figure("subtitles R5", "control: a file with a fault is refused by the schema", int(noticed), "1", noticed)]


def theirs() -> list[Figure]:
    """R6."""
    from ciak.errors import CiakError
    from ciak.formats.subtitles import examine_subtitles

    root = Path(os.environ.get("CIAK_DCP_FILES", ""))
    if not os.environ.get("CIAK_DCP_FILES") or not root.is_dir():
        print("subtitles R6 not measured: CIAK_DCP_FILES names no folder", file=sys.stderr)
        return []
    read, why, fault = 0, [], 0
    paths = sorted(root.rglob("*.xml"))
    for path in paths:
        try:
            found = [one.message for one in examine_subtitles(path).findings if one.fatal]
            read += not found
            why += found[:1]
        except CiakError as problem:
            why.append(str(problem).splitlines()[0].partition(": ")[2][:120])
        except Exception as problem:  # noqa: BLE001 - that is what is counted
            fault += 1
            why.append(repr(problem)[:160])
    return [Figure("subtitles R6", "DCP subtitles of others at which Ciak fails without an error in words", fault, "0",
                   not fault, details={"files": len(paths), "read whole": read, "why": why})]


def main() -> int:
    few = parser(__doc__).parse_args().few
    if not BENCH.is_file():
        sys.exit("clairmeta is not here: make bench-setup")
    return record("dcp_schema", [*ours(), *theirs()], keep=not few)


if __name__ == "__main__":
    sys.exit(main())
