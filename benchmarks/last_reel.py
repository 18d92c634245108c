"""F5 and F6 of the studio's issue, on our own film, whose truth is known because we made it.

F5: the shot changes that ``find_shots`` reports in the encoded film, against the frames at which we cut. F6: word
error of what ``ciak subtitle`` writes, against the screenplay; chrF of the translator on the screenplay's lines,
against an Italian dialogue that was written before any translation was seen. Reported beside: speakers found, and
how far each subtitle's beginning lies from the line's true beginning.

The film is synthetic and clean: it shows that nothing is broken, not how well real films do.
"""

from __future__ import annotations

import json
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

from asr import srt_text
from figures import ROOT, Figure, ciak, parser, pooled, record, word_errors
from translation import scores

sys.path.insert(0, str(ROOT / "examples" / "the-last-reel"))


def shots(film: Path, truth: dict[str, Any]) -> Figure:
    """Cuts missed and cuts too many."""
    from ciak.film import Rate
    from ciak.media import find_shots

    found = {shot.first for shot in find_shots(film, Rate(Fraction(24)))} - {0}
    true = {shot["first"] for shot in truth["shots"]} - {0}
    wrong = sorted(found ^ true)
    return Figure("studio F5", "shot changes of the example missed or invented", len(wrong), "0", not wrong,
                  details={"true": sorted(true), "found": sorted(found)})


def words(film: Path, truth: dict[str, Any]) -> list[Figure]:
    """Word error of the English subtitles, speakers and beginnings."""
    with tempfile.TemporaryDirectory() as folder:
        report = ciak("subtitle", film, "--language", "en", "--out", folder, "--json").json()
        written = srt_text(next(iter(sorted(Path(folder).glob("*.en.srt")))))
    error = pooled([word_errors(" ".join(line["text"] for line in truth["lines"]), written, "en")])
    late = [min(abs(line["start"] - one["span"][0]) for one in report["lines"]) for line in truth["lines"]]
    speakers = len({one["character"] for one in report["lines"]})
    return [Figure("studio F6", "word error of the example's English", error, "<= 0.08", error <= .08,
                   details={"written": written}),
            Figure("studio F6", "speakers found, of 2", speakers),
            Figure("studio F6", "true line to the nearest beginning of one found, median, s",
                   sorted(late)[len(late) // 2], details={"each": late})]


def translation() -> list[Figure]:
    """chrF and BLEU of the lines, one by one, as the translator gets them."""
    from ciak.backends import registry
    from ciak.config import Settings
    from last_reel.script import read_reference

    translator: Any = registry.resolve("translator", Settings.from_environment())
    reference = read_reference()
    answers = [ways[0].text for ways in translator.translate([row.line.text for row in reference], "en", "it")]
    return [Figure("studio F6", f"{name} of the example's Italian", value, details={"answers": answers})
            for name, value in scores(answers, [row.italian for row in reference]).items()]


def main() -> int:
    parser(__doc__).parse_args()
    from ciak.config import Settings
    from last_reel import film

    made = film.make(Settings.from_environment())
    truth = json.loads((made.parent / "truth.json").read_text(encoding="utf-8"))
    return record("last_reel", [shots(made, truth), *words(made, truth), *translation()])


if __name__ == "__main__":
    sys.exit(main())
