"""F2: words found where nobody speaks; speech that the subtitles leave out, as a second detector hears it.

The second detector (``second_ear.py``, its settings frozen there) knows nothing of Ciak's own. Share covered:
time of its speech that lies inside a subtitle, over all its speech, pooled over the ten Night clips, subtitles
read from the SRT files of ``ciak subtitle``.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from asr import srt_text
from clips import decode, night
from figures import Figure, ciak, material, mean_interval, parser, record, words
from hearing import speech
from second_ear import SETTINGS

Spans = list[tuple[float, float]]


def subtitles(path: Path, folder: Path) -> Path | None:
    """The English SRT that the command writes; None when it says that nobody speaks."""
    ran = ciak("subtitle", path, "--language", "en", "--out", folder, "--json")
    if ran.status == 2 and "NothingToDo" in ran.out + ran.err:
        return None
    ran.json()
    return next(iter(sorted(folder.glob("*.en.srt"))), None)


def cue_spans(path: Path) -> Spans:
    """Times of the cues of an SRT file, seconds."""
    pattern = r"(\d+):(\d\d):(\d\d),(\d{3}) --> (\d+):(\d\d):(\d\d),(\d{3})"
    found = []
    for match in re.finditer(pattern, path.read_text(encoding="utf-8-sig")):
        h, m, s, ms, h2, m2, s2, ms2 = map(int, match.groups())
        found.append((h * 3600 + m * 60 + s + ms / 1000, h2 * 3600 + m2 * 60 + s2 + ms2 / 1000))
    return found


def covered(speech: Spans, cues: Spans) -> float:
    """Seconds of ``speech`` inside ``cues`` (each list disjoint)."""
    return sum(max(0.0, min(end, out) - max(start, into)) for start, end in speech for into, out in cues)


def main() -> int:
    few = parser(__doc__).parse_args().few or None
    shares, total, inside = {}, 0.0, 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        battle = subtitles(material() / "media" / "tears-of-steel" / "battle.webm", folder / "battle")
        invented = words(srt_text(battle), "en") if battle else []
        for path in night()[:few]:
            spoken = speech(decode(path, 16000)[:, 0])
            written = subtitles(path, folder / path.stem)
            part = covered(spoken, cue_spans(written)) if written else 0.0
            length = sum(end - start for start, end in spoken)
            shares[path.stem] = part / length if length else 1.0
            total, inside = total + length, inside + part
    share = inside / max(total, 1e-9)
    figures = [
        Figure("F2", "words found in the battle clip", len(invented), "0", not invented,
               details={"words": invented[:20]}),
        Figure("F2", "dialogue time of the Night clips covered by subtitles", share, ">= 0.95", share >= .95,
               mean_interval(list(shares.values())), {"seconds": total, "clips": shares,
                                                      "interval": "of the mean over clips, not pooled"}),
    ]
    return record("coverage", figures, judge=SETTINGS, keep=few is None)


if __name__ == "__main__":
    sys.exit(main())
