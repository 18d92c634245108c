"""Takes in other people's hands: an AAF read by ``otio-aaf-adapter``, held against the OTIO of the same dub.

How many clips that reader finds on the same track, at the same sample, of the same length. Target: all. It was written
after the export that it measures, and says nothing about sound, nor about the programs that people edit in. Run in
``.venv-bench`` (the adapter is no dependency of Ciak):

    .venv-bench/bin/python benchmarks/exchange.py FILM_EXPORTS

where FILM_EXPORTS holds ``night.aaf``, ``night.otio`` and ``night.takes`` of one `ciak export` each.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path


def places(timeline: object) -> dict[str, tuple[str, Fraction, Fraction]]:
    """Clip -> its track, start and length in seconds, by OpenTimelineIO's own reading."""
    import opentimelineio as otio

    found = {}
    for track in timeline.tracks:  # type: ignore[attr-defined]
        reached = Fraction(0)
        for item in track:
            length = item.duration()
            seconds = Fraction(round(length.value)) / Fraction(round(length.rate * 1001), 1001)
            if isinstance(item, otio.schema.Clip):
                found[item.name] = (track.name, reached, seconds)
            reached += seconds
    return found


def main(folder: Path) -> int:
    import opentimelineio as otio

    ours = places(otio.adapters.read_from_file(str(folder / "night.otio"), "otio_json"))
    theirs = places(otio.adapters.read_from_file(str(folder / "night.aaf"), "AAF"))
    right = sum(theirs.get(name) == place for name, place in ours.items())
    print(json.dumps({"clips": len(ours), "found in the AAF where the OTIO has them": right}))
    return 0 if ours and right == len(ours) == len(theirs) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
