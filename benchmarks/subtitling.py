"""Subtitles, figure F4: what ``ciak subtitle`` writes against a subtitler's own, beside the recogniser's segments.

Truth. Our example film: the division of its lines into subtitles is a person's (``data/last-reel.en.subtitles.txt``),
their times are those at which the film's maker laid the lines: in with the first word, out with the end of the last
word, and one frame of black at least to the next. *His Girl Friday*: its five WebVTT cues, six seconds, reported only.

Peer. faster-whisper with the same weights, the same language told, its segments written to SRT as they come, each
with its times and its text: what most tools ship.

Measured. SubER (Wilken, Georgakopoulou, Matusov 2022, package ``subtitle-edit-rate``): edits over words and breaks,
in percent, only between subtitles that share time. Timing: words of each subtitle are matched with the words that the
film's maker laid (longest common blocks), its in-time is held against the true beginning of its first matched word;
its out-time against the window from the true end of its last matched word to half a second after it (the window that
Netflix's guide allows), as the distance outside of it. Each system is judged on its own subtitles. Ratios are ours
over the peer's: below 1 we are ahead.

Runs with the judges' environment for SubER (``make bench-setup``).
"""

from __future__ import annotations

import difflib
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clips import read_lines
from figures import ROOT, Figure, ciak, material, parser, record, words

sys.path.insert(0, str(ROOT / "examples" / "the-last-reel"))

LATE = 0.5
"""Seconds that a subtitle may stay after its last word."""
BENCH = ROOT / ".venv-bench" / "bin" / "python"


@dataclass(frozen=True)
class Title:
    """One subtitle: seconds, and its lines."""

    start: float
    end: float
    lines: tuple[str, ...]


def read_srt(text: str) -> list[Title]:
    """Subtitles of an SRT file, markup dropped. The judge's own reader."""
    found = []
    for block in re.split(r"\n\s*\n", text.lstrip("\ufeff").replace("\r", "").strip()):
        rows = block.splitlines()
        at = next((i for i, row in enumerate(rows) if "-->" in row), None)
        if at is None:
            continue
        start, end = (_seconds(part) for part in rows[at].split("-->"))
        found.append(Title(start, end, tuple(re.sub(r"<[^>]*>", "", row) for row in rows[at + 1:] if row.strip())))
    return found


def _seconds(text: str) -> float:
    parts = text.split()[0].replace(",", ".").split(":")
    return sum(float(part) * 60 ** power for power, part in enumerate(reversed(parts)))


def write_srt(titles: list[Title]) -> str:
    """An SRT file, times to the millisecond."""
    def clock(seconds: float) -> str:
        thousandths = round(seconds * 1000)
        return (f"{thousandths // 3600000:02}:{thousandths // 60000 % 60:02}:{thousandths // 1000 % 60:02},"
                f"{thousandths % 1000:03}")

    return "\n".join(f"{number}\n{clock(one.start)} --> {clock(one.end)}\n" + "\n".join(one.lines) + "\n"
                     for number, one in enumerate(titles, 1))


def suber(hypothesis: list[Title], reference: list[Title]) -> float:
    """SubER in percent; lower is better."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("hypothesis.srt", "reference.srt")]
        for path, titles in zip(paths, (hypothesis, reference), strict=True):
            path.write_text(write_srt(titles), encoding="utf-8")
        done = subprocess.run([BENCH, "-m", "suber", "-H", paths[0], "-R", paths[1], "--metrics", "SubER"],
                              capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout)["SubER"])


def reference(truth: dict[str, Any]) -> list[Title]:
    """The subtitler's division of the example, at the maker's times."""
    rows = read_lines(ROOT / "benchmarks" / "data" / "last-reel.en.subtitles.txt")
    laid = truth["words"]
    made, at = [], 0
    for row in rows:
        said = words(row.replace("|", " "), "en")
        count = 0
        spoken: list[str] = []
        while spoken != said:
            if len(spoken) > len(said) or at + count >= len(laid):
                sys.exit(f"the subtitler's row {row!r} is not what the film says")
            spoken += words(laid[at + count]["text"], "en")
            count += 1
        made.append(Title(laid[at]["start"], laid[at + count - 1]["end"], tuple(row.split("|"))))
        at += count
    return made


def timing(titles: list[Title], truth: dict[str, Any]) -> tuple[list[float], list[float]]:
    """How far each in-time and each out-time lies from where it may lie, seconds."""
    laid = [(word, one) for one in truth["words"] for word in words(one["text"], "en")]
    shown = [(word, number) for number, title in enumerate(titles) for word in words(" ".join(title.lines), "en")]
    blocks = difflib.SequenceMatcher(None, [word for word, _ in shown], [word for word, _ in laid],
                                     autojunk=False).get_matching_blocks()
    matched: dict[int, list[dict[str, Any]]] = {}
    for block in blocks:
        for offset in range(block.size):
            matched.setdefault(shown[block.a + offset][1], []).append(laid[block.b + offset][1])
    ins, outs = [], []
    for number, said in matched.items():
        title, first, last = titles[number], said[0]["start"], said[-1]["end"]
        ins.append(abs(title.start - first))
        outs.append(max(0.0, last - title.end, title.end - last - LATE))
    return ins, outs


def ours(film: Path) -> list[Title]:
    """What ``ciak subtitle`` writes."""
    with tempfile.TemporaryDirectory() as folder:
        ciak("subtitle", film, "--language", "en", "--out", folder, "--json").json()
        return read_srt(next(iter(sorted(Path(folder).glob("*.en.srt")))).read_text(encoding="utf-8"))


def theirs(film: Path) -> list[Title]:
    """faster-whisper's segments as they come."""
    from faster_whisper import WhisperModel

    from ciak.bootstrap import model_store

    model = WhisperModel(str(model_store().folder("whisper-base")), device="cpu", compute_type="int8")
    segments, _ = model.transcribe(str(film), language="en")
    return [Title(one.start, one.end, (one.text.strip(),)) for one in segments]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(.95 * len(values)))]


def _ahead(what: str, our: float, peer: float, details: dict[str, Any]) -> list[Figure]:
    return [Figure("subtitles F4", f"{what}, the example", our, f"< {peer:.4g}, the peer's", our < peer,
                   details={"peer": peer, **details}),
            Figure("subtitles F4", f"{what}, ours over the peer's", our / peer if peer else float("inf"))]


def example() -> list[Figure]:
    """SubER and timing on the film whose truth is known."""
    from ciak.config import Settings
    from last_reel import film

    made = film.make(Settings.from_environment())
    truth = json.loads((made.parent / "truth.json").read_text(encoding="utf-8"))
    wanted, our, peer = reference(truth), ours(made), theirs(made)
    figures = _ahead("SubER, percent", suber(our, wanted), suber(peer, wanted),
                     {"ours": [_shown(one) for one in our], "theirs": [_shown(one) for one in peer]})
    pairs = list(zip(timing(our, truth), timing(peer, truth), strict=True))
    for name, (mine, other) in zip(("in-times", "out-times"), pairs, strict=True):
        figures += _ahead(f"{name} from the truth, mean, s", _mean(mine), _mean(other), {"each": mine})
        figures += _ahead(f"{name} from the truth, p95, s", _p95(mine), _p95(other), {"each": mine})
    return figures


def friday() -> list[Figure]:
    """SubER against the five cues; reported."""
    folder = material() / "media" / "his-girl-friday"
    video = next(iter(sorted(folder.glob("*.mp4"))))
    cues = read_srt(next(iter(sorted(folder.glob("*.vtt")))).read_text(encoding="utf-8"))
    return [Figure("subtitles F4", f"SubER, percent, His Girl Friday, {name}", suber(made, cues),
                   details={"written": [_shown(one) for one in made]})
            for name, made in (("ours", ours(video)), ("the peer", theirs(video)))]


def _shown(title: Title) -> str:
    return f"{title.start:.2f}-{title.end:.2f} {' | '.join(title.lines)}"


def main() -> int:
    parser(__doc__).parse_args()
    if not BENCH.is_file():
        sys.exit("SubER is not here: make bench-setup")
    return record("subtitling", [*example(), *friday()])


if __name__ == "__main__":
    sys.exit(main())
