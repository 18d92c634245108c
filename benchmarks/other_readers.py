"""Subtitle files as other people's programs read them: ``ttconv`` (IMSC, EBU STL, SCC, SRT, WebVTT), ``pysubs2`` (ASS).

Run by ``foreign_files.py`` with the judges' own Python. Prints one JSON object: for each file a list of [start, end,
text] in seconds, each text as it stands on the screen between two changes, or the error in words.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def _by_ttconv(path: Path, kind: str) -> list[list[Any]]:
    from xml.etree import ElementTree

    from ttconv.isd import ISD

    if kind == "imsc":
        from ttconv.imsc.reader import to_model

        model = to_model(ElementTree.parse(path))
    elif kind == "ebu-stl":
        from ttconv.stl.reader import to_model as read

        with path.open("rb") as file:
            model = read(file)
    elif kind == "scc":
        from ttconv.scc.reader import to_model as captions

        model = captions(path.read_text(encoding="utf-8"))
    elif kind == "srt":
        from ttconv.srt.reader import to_model as subrip

        with path.open(encoding="utf-8") as text:
            model = subrip(text)
    else:
        from ttconv.vtt.reader import to_model as web

        with path.open(encoding="utf-8") as text:
            model = web(text)
    times = sorted(ISD.significant_times(model))
    shown = []
    for at, start in enumerate(times):
        isd = ISD.from_model(model, start)
        said = " ".join(_words(region) for region in isd.iter_regions())
        if said.strip():
            shown.append([float(start), float(times[at + 1]) if at + 1 < len(times) else None, " ".join(said.split())])
    return shown


def _words(element: Any) -> str:
    from ttconv.model import Br, Text

    if isinstance(element, Text):
        return str(element.get_text())
    if isinstance(element, Br):
        return " "
    return "".join(_words(child) for child in element) + (" " if type(element).__name__ in ("P", "Div") else "")


def _by_pysubs2(path: Path) -> list[list[Any]]:
    import pysubs2

    events = [event for event in pysubs2.load(str(path), encoding="utf-8-sig") if not event.is_comment]
    return [[event.start / 1000, event.end / 1000, " ".join(event.plaintext.split())]
            for event in events if event.plaintext.strip()]


def main() -> None:
    """Arguments: KIND PATH pairs."""
    found: dict[str, Any] = {}
    for kind, path in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
        try:
            found[path] = _by_pysubs2(Path(path)) if kind == "ass" else _by_ttconv(Path(path), kind)
        except Exception as problem:  # noqa: BLE001 - whatever another program makes of it is an answer
            found[path] = f"{type(problem).__name__}: {str(problem)[:160]}"
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
