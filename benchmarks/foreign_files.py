"""Other people's programs read our files, and we read theirs: issue 4, line 4.

R1. IMSC that Ciak writes of every real subtitle file of the test material, held against the W3C's own XML schema of
TTML2 (``spec/xsd`` of the repository ``w3c/ttml2``). DCP is held against SMPTE's schema by ``dcp_schema.py``.

R2. The same documents written as IMSC, EBU STL, SRT, WebVTT and ASS, and read by ``ttconv`` (ASS: ``pysubs2``): the
share of subtitles whose words are on that program's screen half-way through, and whose start and end are changes of
its screen, within half a millisecond (EBU STL: half a frame, ASS: a hundredth). What Ciak told as a loss is not
excused, nor what the other program reads wrongly.

R3. Real files of others, in the folder that ``CIAK_FOREIGN_FILES`` names, one checkout beside the other:
``w3c/imsc-tests``, ``sandflow/ttconv``, ``tkarabela/pysubs2``, ``cth103/libdcp``, ``cth103/libsub``,
``pbs/pycaption``, ``OpenTimelineIO/otio-cmx3600-adapter``. None may end in anything but a document or an error in
words; counted are those read whole, read in part, and refused, with the reason. Of IMSC, SCC, SRT and WebVTT files
that ``ttconv`` reads too: the share of what is on its screen that is on ours, half-way through.

Without the schema or the folder that part says so and has no figure. Nothing of them is kept.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from figures import ROOT, Figure, material, parser, record

BENCH = ROOT / ".venv-bench" / "bin" / "python"
WRITTEN = {"imsc": 0.0005, "ebu-stl": None, "srt": 0.0005, "webvtt": 0.0005, "ass": 0.01}
"""How far times may be off, seconds; None: half a frame of the document."""
THEIRS = {"imsc": ".ttml", "scc": ".scc", "srt": ".srt", "webvtt": ".vtt"}
READ = {".ttml", ".scc", ".srt", ".vtt", ".stl", ".ass", ".ssa", ".edl"}
Shown = tuple[float, float, str]
"""From, to (seconds), the words on the screen."""


def documents() -> Iterator[tuple[str, Any]]:
    """The real subtitle files of the test material."""
    from ciak.formats.subtitles import examine_subtitles

    folder = material()
    for path in sorted([*folder.rglob("*.vtt"), *folder.rglob("*.srt"), *folder.rglob("*.stl")]):
        yield path.stem, examine_subtitles(path).document


def plain(text: str) -> str:
    """Words only, for comparison."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def shown(document: Any) -> list[Shown]:
    """A document of ours, without what is never shown."""
    return [(float(cue.span.start), float(cue.span.end), plain(cue.text)) for cue in document.cues
            if cue.span.start < cue.span.end]


def begun(document: Any, kind: str) -> float:
    """The second at which the clock of a file stands where the film begins: EBU STL keeps the hour."""
    if kind != "ebu-stl" or not document.start:
        return 0.0
    hours, minutes, rest, frames = (int(part) for part in re.split("[:;]", document.start))
    return hours * 3600 + minutes * 60 + rest + frames / float(document.rate or 25)


def read_by_others(jobs: Sequence[tuple[str, Path]]) -> dict[str, Any]:
    """What ``other_readers.py`` says of (kind, path) pairs."""
    script = Path(__file__).with_name("other_readers.py")
    answer: dict[str, Any] = {}
    for start in range(0, len(jobs), 100):
        given = [str(part) for job in jobs[start:start + 100] for part in job]
        done = subprocess.run([BENCH, script, *given], capture_output=True, text=True, check=True)
        answer |= json.loads(done.stdout)
    return answer


def on_screen(theirs: Sequence[list[Any]], at: float) -> str:
    """All words on a screen at a time."""
    return " ".join(plain(text) for start, end, text in theirs if start <= at and (end is None or at < end))


def agreeing(ours: Sequence[Shown], theirs: Sequence[list[Any]], near: float) -> int:
    """Subtitles of ours that are on their screen with those words and times."""
    changes = sorted(time for start, end, _ in theirs for time in (start, end) if time is not None)
    return sum(text in on_screen(theirs, (start + end) / 2)
               and all(any(abs(time - change) <= near + 1e-6 for change in changes) for time in (start, end))
               for start, end, text in ours)


# --- R1, R2 ----------------------------------------------------------------------------------------------------

def our_files() -> list[Figure]:
    """Written by us, read by others."""
    from ciak.errors import CiakError
    from ciak.formats.subtitles import write_subtitles

    figures, refused = [], Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        jobs: dict[str, list[tuple[str, Path, Any]]] = {kind: [] for kind in WRITTEN}
        for number, (stem, document) in enumerate(documents()):
            for kind in WRITTEN:
                path = Path(name) / f"{number}-{stem}.{kind}"
                try:
                    path.write_bytes(write_subtitles(document, kind))
                except CiakError:
                    refused[kind] += 1
                    continue
                jobs[kind].append((kind, path, document))
        figures += _schema([path for _, path, _ in jobs["imsc"]])
        answers = read_by_others([(kind, path) for rows in jobs.values() for kind, path, _ in rows])
        for kind, rows in jobs.items():
            figures.append(_read_back(kind, rows, answers, refused[kind]))
    return figures


def _read_back(kind: str, rows: Sequence[tuple[str, Path, Any]], answers: dict[str, Any], refused: int) -> Figure:
    good = total = 0
    apart = {}
    for _, path, document in rows:
        late, theirs = begun(document, kind), answers[str(path)]
        ours = [(start + late, end + late, text) for start, end, text in shown(document)]
        rate = document.rate or Fraction(25)
        near = WRITTEN[kind]
        near = float(1 / rate) / 2 if near is None else near
        found = agreeing(ours, theirs, near) if isinstance(theirs, list) else 0
        good, total = good + found, total + len(ours)
        if found < len(ours):
            apart[path.stem] = theirs if isinstance(theirs, str) else f"{len(ours) - found} of {len(ours)}"
    reader, share = "pysubs2" if kind == "ass" else "ttconv", good / total
    return Figure("subtitles R2", f"subtitles of our {kind} as {reader} shows them", share, "1", share == 1,
                  details={"files": len(rows), "subtitles": total, "not written": refused, "apart": apart})


def _schema(paths: Sequence[Path]) -> list[Figure]:
    """R1."""
    schema = os.environ.get("CIAK_TTML2_SCHEMA", "")
    if not Path(schema).is_file():
        print("subtitles R1 not measured: CIAK_TTML2_SCHEMA names no ttml2.xsd", file=sys.stderr)
        return []
    check = ("import sys; from lxml import etree; x = etree.XMLSchema(etree.parse(sys.argv[1]))\n"
             "for p in sys.argv[2:]: print(int(x.validate(etree.parse(p))), str(x.error_log.last_error)[:200])")
    done = subprocess.run([BENCH, "-c", check, schema, *paths], capture_output=True, text=True, check=True)
    wrong = [line for line in done.stdout.splitlines() if not line.startswith("1")]
    return [Figure("subtitles R1", "IMSC files that the W3C's schema of TTML2 refuses", len(wrong), "0", not wrong,
                   details={"files": len(paths), "why": wrong[:5]})]


# --- R3 --------------------------------------------------------------------------------------------------------

def their_files() -> list[Figure]:
    """Written by others, read by us."""
    root = Path(os.environ.get("CIAK_FOREIGN_FILES", ""))
    if not os.environ.get("CIAK_FOREIGN_FILES") or not root.is_dir():
        print("subtitles R3 not measured: CIAK_FOREIGN_FILES names no folder", file=sys.stderr)
        return []
    paths = [path for path in sorted(root.rglob("*")) if path.is_file() and (
        path.suffix.lower() in READ or ((path.suffix == ".xml" and b"DCSubtitle" in path.read_bytes()[:400])
                                        or b"428-7" in path.read_bytes()[:400]))]
    read: dict[str, Counter[str]] = {}
    why: list[str] = []
    documents_of: dict[Path, Any] = {}
    for path in paths:
        state, reason, document = _state(path)
        kind = "DCP" if path.suffix == ".xml" else path.suffix.lower()[1:]
        read.setdefault(kind, Counter())[state] += 1
        if reason:
            why.append(f"{path.relative_to(root)}: {state}: {reason}")
        if document is not None:
            documents_of[path] = document
    faults = sum(tally["fault"] for tally in read.values())
    whole = sum(tally["whole"] for tally in read.values())
    return [Figure("subtitles R3", "files of others at which Ciak fails without an error in words", faults, "0",
                   faults == 0, details={"files": len(paths)}),
            Figure("subtitles R3", "files of others that are read whole, share", whole / len(paths),
                   details={"read": {kind: dict(tally) for kind, tally in sorted(read.items())}, "why": why}),
            *_as_they_do(documents_of)]


def _state(path: Path) -> tuple[str, str, Any]:
    """whole, part, refused or fault; why; the document."""
    from ciak.errors import CiakError
    from ciak.formats import examine_edl
    from ciak.formats.subtitles import examine_subtitles

    try:
        reading: Any = examine_edl(path.read_bytes()) if path.suffix == ".edl" else examine_subtitles(path)
    except CiakError as problem:
        return "refused", str(problem).splitlines()[0].partition(": ")[2][:120], None
    except Exception as problem:  # noqa: BLE001 - that is what is counted
        return "fault", repr(problem)[:160], None
    fatal = [one for one in reading.findings if one.fatal]
    document = None if path.suffix == ".edl" else reading.document
    return ("part" if fatal else "whole"), fatal[0].message[:120] if fatal else "", document


def _as_they_do(documents_of: dict[Path, Any]) -> list[Figure]:
    figures = []
    for kind, ending in THEIRS.items():
        paths = [path for path in documents_of if path.suffix.lower() == ending]
        answers = read_by_others([(kind, path) for path in paths])
        good = total = unread = 0
        apart: dict[str, str] = {}
        for path in paths:
            theirs = answers[str(path)]
            if not isinstance(theirs, list):
                unread += 1
                continue
            rows = [row for row in theirs if row[1] is not None and plain(row[2])]
            ours = [[start, end, text] for start, end, text in shown(documents_of[path])]
            same = sum(set(plain(text).split()) <= set(on_screen(ours, (start + end) / 2).split())
                       for start, end, text in rows)
            good, total = good + same, total + len(rows)
            if same < len(rows):
                apart[path.name] = f"{len(rows) - same} of {len(rows)}"
        if total:
            figures.append(Figure("subtitles R3", f"what ttconv shows of others' {kind} that Ciak shows too",
                                  good / total, details={"files": len(paths), "screens": total,
                                                         "unread by ttconv": unread, "apart": apart}))
    return figures


def main() -> int:
    few = parser(__doc__).parse_args().few
    if not BENCH.is_file():
        sys.exit("ttconv is not here: make bench-setup")
    return record("foreign_files", [*our_files(), *their_files()], keep=not few)


if __name__ == "__main__":
    sys.exit(main())
