"""F8, the decoder's part: is the requested frame the shown frame?

1,000 random frames of the constant grid are asked of ``ciak.media.Frames``, spread over the films of
``drawn_films``, and 1,000 of their proxies. What is shown is read from the number burnt into the picture. What
should be shown is reckoned here from the drawn film itself, not from what the product read in the file: grid
frame ``n`` shows the last drawn frame that came up no later than ``n / rate`` plus a quarter of a step.
"""

from __future__ import annotations

import sys
import tempfile
from fractions import Fraction
from pathlib import Path

from ciak.media import Frames, make_proxy
from drawn_films import SEED, ClipPlan, asked, plans, read_code, sources
from figures import Figure, parser, record

REQUESTS = 1000


def expected(plan: ClipPlan, n: int, rate: Fraction) -> int:
    """The number drawn on what grid frame ``n`` should show."""
    if plan.times is None:
        return n
    limit = (n + Fraction(1, 4)) / rate
    return max(place for place, time in enumerate(plan.times) if Fraction(time, 1000) <= limit)


def main() -> int:
    few = parser(__doc__).parse_args().few
    each = -(-(few or REQUESTS) // len(plans()))
    right: dict[str, list[bool]] = {"source": [], "proxy": []}
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for source in sources(Path(folder)):
            plan, proxy = plans()[source.name], Path(folder) / "proxy.mp4"
            make_proxy(source, proxy, height=180)
            for kind, path in (("source", source), ("proxy", proxy)):
                with Frames(path) as frames:
                    for n in asked(f"{source.name} {kind}", frames.count, each):
                        shown, wanted = read_code(frames.frame(n)), expected(plan, n, frames.rate.fps)
                        right[kind].append(shown == wanted)
                        if shown != wanted:
                            wrong.append(f"{source.name} {kind} {n}: {shown}, not {wanted}")
    figures = []
    for kind, hits in right.items():
        details = {"requests": len(hits), "wrong": [line for line in wrong if f" {kind} " in line][:20]}
        figures.append(Figure("F8", f"requested frame = shown frame, decoder on {kind}", sum(hits) / len(hits), "1",
                              all(hits), details=details))
    return record("seek_decoder", figures, judge={"seed": SEED, "films": list(plans())}, keep=not few)


if __name__ == "__main__":
    sys.exit(main())
