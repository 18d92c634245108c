"""What every benchmark shares: the word-error rule, intervals, the watch on a process tree, the results file.

The judges were written before the code they measure and use its public face only: the ``ciak`` command, the Python
API, the backends by their protocols. A benchmark is a script: it measures, calls :func:`record`, and ends with exit
status 1 when a figure misses its target.

Word error. Both sides are brought to one form by :func:`words`: NFKC, lower case, numbers in words (``numerals``),
apostrophes and hyphens split, all other punctuation and symbols dropped, the rest divided at spaces. Nothing else:
no spelling variants, no fillers removed. The rate is pooled: errors of all clips over words of all references; the
interval is the percentile interval (2.5, 97.5) of 1,000 resamples of clips with a fixed seed.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import random
import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from numerals import spell_numbers

__all__ = ["Counts", "Figure", "Ran", "TreeWatch", "bootstrap", "cache", "ciak", "machine", "material",
           "mean_interval", "paired_bootstrap", "parser", "pooled", "record", "word_errors", "words"]

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).resolve().parent / "results"
RESAMPLES, SEED = 1000, 20260101


# --- words -----------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Counts:
    """Word errors of one clip: ``errors`` over ``words`` of the reference."""

    errors: int
    words: int


def words(text: str, language: str) -> list[str]:
    """``text`` as the judge reads it (the rule is in the module's docstring)."""
    text = spell_numbers(unicodedata.normalize("NFKC", text).lower(), language)
    kept = [character if unicodedata.category(character)[0] in "LMN" else " " for character in text]
    return "".join(kept).split()


def word_errors(reference: str, heard: str, language: str) -> Counts:
    """Substitutions, insertions and deletions between two texts (Levenshtein over words)."""
    return _errors(words(reference, language), words(heard, language))


def letter_errors(reference: str, heard: str, language: str) -> Counts:
    """The same over letters, blanks aside, so that a word heard as two costs nothing but what sounds otherwise.
    ``words`` of the count are letters."""
    return _errors("".join(words(reference, language)), "".join(words(heard, language)))


def _errors(expected: Sequence[str], found: Sequence[str]) -> Counts:
    """Levenshtein's distance of two sequences over the length of the first."""
    row = list(range(len(found) + 1))
    for i, left in enumerate(expected, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(found, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (left != right))
    return Counts(row[-1], len(expected))


def pooled(counts: Sequence[Counts]) -> float:
    """Errors of all over words of all."""
    return sum(c.errors for c in counts) / max(1, sum(c.words for c in counts))


def _percentiles(values: list[float]) -> tuple[float, float]:
    values.sort()
    return values[round(.025 * (len(values) - 1))], values[round(.975 * (len(values) - 1))]


def bootstrap(counts: Sequence[Counts]) -> tuple[float, float]:
    """95 % interval of the pooled word error, resampled by clip."""
    rng = random.Random(SEED)
    return _percentiles([pooled(rng.choices(counts, k=len(counts))) for _ in range(RESAMPLES)])


def paired_bootstrap(first: Sequence[Counts], second: Sequence[Counts]) -> tuple[float, float]:
    """95 % interval of pooled(second) - pooled(first) when both heard the same clips."""
    rng = random.Random(SEED)
    differences = []
    for _ in range(RESAMPLES):
        chosen = rng.choices(range(len(first)), k=len(first))
        differences.append(pooled([second[i] for i in chosen]) - pooled([first[i] for i in chosen]))
    return _percentiles(differences)


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % interval of a mean, resampled by item."""
    rng = random.Random(SEED)
    return _percentiles([sum(rng.choices(values, k=len(values))) / len(values) for _ in range(RESAMPLES)])


# --- where things are ------------------------------------------------------------------------------------------

def material() -> Path:
    """The folder of real material, or the end of the benchmark with one line."""
    folder = Path(os.environ.get("CIAK_TEST_MATERIAL") or ROOT.parent / "shared" / "data")
    if not (folder / "media").is_dir():
        sys.exit("the real material is not here: set CIAK_TEST_MATERIAL")
    return folder


def cache() -> Path:
    """A folder outside the repository for what is built once (``CIAK_BENCH_CACHE``)."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(os.environ.get("CIAK_BENCH_CACHE") or Path(base) / "ciak" / "bench")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def parser(description: str | None) -> argparse.ArgumentParser:
    """Options that all benchmarks have: ``--few N`` measures a part only and records nothing."""
    made = argparse.ArgumentParser(description=(description or "").split("\n\n")[0])
    made.add_argument("--few", type=int, default=0, help="a smoke run of N items; nothing is recorded")
    return made


# --- the process tree ------------------------------------------------------------------------------------------

class TreeWatch:
    """Samples the resident memory of a process and all its children. Pages that two processes share count twice."""

    def __init__(self, pid: int, every: float = 0.2) -> None:
        self.pid, self.every = pid, every
        self.samples: list[tuple[float, int]] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        import psutil

        began = time.monotonic()
        while not self._done.wait(self.every):
            total = 0
            try:
                root = psutil.Process(self.pid)
                for process in [root, *root.children(recursive=True)]:
                    try:
                        total += process.memory_info().rss
                    except psutil.Error:
                        continue
            except psutil.Error:
                break
            self.samples.append((time.monotonic() - began, total))

    def __enter__(self) -> TreeWatch:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._done.set()
        self._thread.join()

    @property
    def peak_mb(self) -> float:
        """Highest sum seen, MB of 10^6 bytes."""
        return max((size for _, size in self.samples), default=0) / 1e6

    def slope_mb_per_minute(self) -> float:
        """Least-squares slope over wall-clock time, the first tenth left out."""
        import numpy as np

        kept = self.samples[len(self.samples) // 10:]
        if len(kept) < 10:
            return 0.0
        at, size = np.array(kept, dtype=float).T
        return float(np.polyfit(at / 60, size / 1e6, 1)[0])


@dataclass
class Ran:
    """One run of the command: its answer and what it took."""

    status: int
    seconds: float
    out: str
    err: str
    peak_mb: float
    slope: float = 0.0

    def json(self) -> dict[str, Any]:
        """The object on stdout; ends the benchmark when the command failed."""
        if self.status != 0:
            sys.exit(f"the command failed ({self.status}): {(self.err or self.out)[-600:]}")
        answer: dict[str, Any] = json.loads(self.out)
        return answer


def ciak(*arguments: str | Path, **environment: str) -> Ran:
    """Run the installed ``ciak`` with ``arguments``, under watch."""
    command = [str(Path(sys.executable).parent / "ciak"), *map(str, arguments)]
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env={**os.environ, **environment})
    with TreeWatch(process.pid) as watch:
        out, err = process.communicate()
    return Ran(process.returncode, time.monotonic() - began, out, err, watch.peak_mb, watch.slope_mb_per_minute())


# --- results ---------------------------------------------------------------------------------------------------

@dataclass
class Figure:
    """One measured claim. ``met`` is None for what is only reported."""

    id: str
    what: str
    value: Any
    target: str = "reported"
    met: bool | None = None
    interval: tuple[float, float] | None = None
    details: dict[str, Any] = field(default_factory=dict)


def machine() -> dict[str, Any]:
    """What the figures were measured on, without any name or path of it."""
    import psutil

    model = platform.processor()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    except OSError:
        pass
    return {"cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 1e9, 1), "cpu": model,
            "python": platform.python_version(), "platform": f"{platform.system()} {platform.machine()}"}


def _round(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _round(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_round(one) for one in value]
    return value


def record(name: str, figures: Sequence[Figure], *, judge: dict[str, Any] | None = None,
           notes: Sequence[str] = (), keep: bool = True) -> int:
    """Print the figures and write ``results/<name>.json``. Returns the exit status: 1 when one was missed.

    ``judge``: frozen settings of the measuring side. A smoke run passes ``keep=False``.
    """
    for figure in figures:
        verdict = {None: "reported", True: "met", False: "MISSED"}[figure.met]
        span = f" [{figure.interval[0]:.3f}, {figure.interval[1]:.3f}]" if figure.interval else ""
        shown = f"{figure.value:.4g}" if isinstance(figure.value, float) else str(figure.value)
        print(f"{figure.id:<4} {verdict:<8} {shown}{span}  {figure.what}  (target: {figure.target})")
    if keep:
        document = {
            "name": name, "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "command": f"python benchmarks/{Path(sys.argv[0]).name}", "machine": machine(),
            "versions": _versions(), "judge": judge or {}, "notes": list(notes),
            "figures": [_round({**asdict(figure), "verdict": {None: "reported", True: "met", False: "missed"}[
                figure.met]}) for figure in figures],
        }
        RESULTS.mkdir(exist_ok=True)
        text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
        (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")
    return 1 if any(figure.met is False for figure in figures) else 0


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for package in ("ciak", "numpy", "av", "onnxruntime", "ctranslate2", "faster-whisper"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
