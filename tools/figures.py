"""Writes the table of figures in docs/status.md from ``benchmarks/results/``, so that page and measurement cannot part.

Between ``<!-- figures -->`` and ``<!-- end -->`` stands one row for each figure of each judge below. A judge without
a result has a row that says so. ``--check`` changes nothing and says whether the page is current.
"""

# ruff: noqa: T201

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "status.md"
RESULTS = ROOT / "benchmarks" / "results"
JUDGES = (("F1", "asr"), ("F2", "coverage"), ("F3", "separation_asr"), ("F4", "slots"), ("F5", "round_trip"),
          ("F6", "translation"), ("F7", "delivery"), ("F8", "seek_decoder"), ("F8", "seek_browser"), ("F9", "speed"),
          ("F10", "memory"), ("F11", "footprint"), ("F12", "fuzz_formats"), ("F12", "fuzz_media"),
          ("F12", "kill_points"), ("studio F1", "studio"), ("studio F5", "last_reel"),
          ("subtitles F1", "subtitle_fixing"), ("subtitles F3", "subtitle_formats"), ("subtitles F4", "subtitling"),
          ("subtitles S1", "segmentation"), ("subtitles R1", "foreign_files"), ("subtitles R4", "dcp_schema"),
          ("subtitles F5", "live"),
          ("subtitles F6", "conform"), ("subtitles F8", "script_alignment"), ("subtitles 3", "sounds"),
          ("subtitles 3", "sound_events"), ("subtitles 6", "resync"), ("subtitles W1", "glossary"),
          ("subtitles 9", "languages"), ("dubbing F1", "diarisation"), ("dubbing F3", "performance_same"),
          ("dubbing F3", "performance_translated"), ("dubbing F4", "voice_match"), ("dubbing F5", "mix"),
          ("dubbing F6", "scene_fit"), ("dubbing F7", "idioms"), ("dubbing F10", "watermark"), ("dubbing 9", "quality"))
HEAD = "| | What | Target | Last value | Judge |\n|---|---|---|---|---|\n"


def value(figure: dict[str, Any]) -> str:
    """A figure as it stands in the table."""
    number = figure["value"]
    text = f"{number:.4g}" if isinstance(number, float) else str(number)
    if figure.get("interval"):
        text += " [{:.3g}, {:.3g}]".format(*figure["interval"])
    return text + (" **missed**" if figure.get("verdict") == "missed" else "")


def rows() -> list[str]:
    """The table's rows, in the order of the judges."""
    out = []
    for number, judge in JUDGES:
        path = RESULTS / f"{judge}.json"
        judge = judge.removesuffix("_translated").removesuffix("_same")
        if not path.is_file():
            out.append(f"| {number} | all of it | see the issue | not measured yet | `{judge}.py` |")
            continue
        out += [f"| {one['id']} | {one['what']} | {one['target']} | {value(one)} | `{judge}.py` |"
                for one in json.loads(path.read_text(encoding="utf-8"))["figures"]]
    return out


def current(page: str) -> str:
    """``page`` with its table as the results have it."""
    table = HEAD + "\n".join(rows()) + "\n"
    return re.sub(r"(?<=<!-- figures -->\n).*?(?=<!-- end -->)", lambda _: table, page, flags=re.DOTALL)


def main() -> int:
    page = PAGE.read_text(encoding="utf-8")
    wanted = current(page)
    if "--check" in sys.argv[1:]:
        print("current" if wanted == page else "docs/status.md is out of date: run `make docs`")
        return int(wanted != page)
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
