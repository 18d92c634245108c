"""Killed at every write, fsync, rename, making and removal: what is left opens, and is the old or the new state.

A small piece of a film's life (artefacts put as bytes and as files, steps remembered, a job's record changed, a
sheet committed) runs in a child that kills itself, as ``kill -9`` does, at its first changing system call, then at
its second, and so on to the last; and once more, dying after half of each write. After each death the stores are
opened, everything that was acknowledged must be there and whole, and the work must be able to go on to its end.

    python benchmarks/kill_points.py [--rounds N] [--few N]

Exit 1 when anything was lost or fewer than ``LEAST`` points were reached; ``--few``: so many rounds, not recorded.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.store.faults import Ended, Point, Say, in_child

import figures
from ciak.store import Artefacts, Index, SqliteJournal, commit_bytes, database, sweep

JOB = "job-1"
LEAST = 2000
"""Points that a full run must reach."""


def sheet(number: int) -> bytes:
    """The committed sheet's version ``number``: it can be told apart and be seen to be whole."""
    return b"".join(f"{number}:{line}\n".encode() for line in range(number * 40 + 40)) + b"end"


def body(number: int) -> bytes:
    """The bytes of artefact ``number``; some longer than one block of the stream."""
    return f"artefact {number} ".encode() * (50 if number % 2 else 3000)


def work(root: Path, rounds: int, say: Say) -> None:
    """Do what is not done yet of rounds 1 to ``rounds``; say each thing when it is durable."""
    store = Artefacts(root / "artefacts")
    with Index(root / "index.sqlite") as index:
        journal = SqliteJournal(index)
        if journal.get(JOB) is None:
            journal.add({"id": JOB, "state": "running", "round": 0})
        say(["job", 0])
        for number in range(1, rounds + 1):
            if index.recall(str(number), store) is None:
                made = store.temporary(".bin")
                made.write_bytes(body(number + 1000))
                outputs = {"bytes": store.put_bytes(body(number), ".txt"), "file": store.put_file(made, ".bin")}
                index.remember(str(number), outputs)
            say(["step", number])
            journal.change(JOB, {"round": number})
            say(["job", number])
            commit_bytes(root / "sheet.json", sheet(number))
            say(["sheet", number])
        journal.change(JOB, {"state": "done"})


def look(root: Path, rounds: int, said: list[list[object]], say: Say) -> None:
    """Say everything that is wrong with what is left."""
    store = Artefacts(root / "artefacts")
    sure = {kind: max([int(str(number)) for what, number in said if what == kind], default=0)
            for kind in ("step", "job", "sheet")}
    begun = ["job", 0] in said
    with Index(root / "index.sqlite") as index:
        if index.rebuilt or index.read_only:
            say("the index had to be begun anew")
        for problem in index.integrity():
            say(problem)
        steps = [int(key) for key, _outputs in index.entries()]
        if steps != list(range(1, len(steps) + 1)) or not sure["step"] <= len(steps) <= sure["step"] + 1:
            say(f"steps {steps}, sure of {sure['step']}")
        for _key, outputs in index.entries():
            for identity in outputs.values():
                store.verify(identity)
        record = SqliteJournal(index).get(JOB)
        if (record is None and begun) or (record and not sure["job"] <= record["round"] <= sure["job"] + 1):
            say(f"job {record}, sure of {sure['job']}")
    held = (root / "sheet.json").read_bytes() if (root / "sheet.json").exists() else None
    if held not in (sheet(sure["sheet"]) if sure["sheet"] else None, sheet(sure["sheet"] + 1)):
        say(f"the sheet is neither version {sure['sheet']} nor the next")
    for damage in store.scrub():
        say(f"{damage.file}: {damage.message}")
    store.sweep()
    sweep(root)
    left = [str(path) for path in root.rglob("*") if path.name.startswith(".ciak-") or "temporary/" in str(path)]
    if left:
        say(f"left behind: {left}")
    work(root, rounds, lambda _value: None)
    with Index(root / "index.sqlite") as index:
        record = SqliteJournal(index).get(JOB)
        if len(index.entries()) != rounds or record is None or record["state"] != "done":
            say("the work could not go on to its end")
    if (root / "sheet.json").read_bytes() != sheet(rounds):
        say("the sheet is not the last")


@contextmanager
def scratch() -> Iterator[Path]:
    """An empty folder, in memory where there is one: what a kill leaves is the same on every disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


def one_point(root: Path, rounds: int, at: int, strike: str) -> tuple[Ended, list[object]]:
    """Begin from nothing, die at point ``at``, look: how it ended, and what was wrong."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    ended = in_child(lambda say: work(root, rounds, say), Point(at, strike))
    found = in_child(lambda say: look(root, rounds, ended.said, say))
    wrong = list(found.said)
    wrong += [text for text in (ended.fault, found.fault) if text]
    wrong += [str(error) for error in (ended.error, found.error) if error]
    return ended, wrong


def run(rounds: int, journal_mode: str, strike: str, *, step: int = 1, first: int = 0) -> dict[str, object]:
    """All points of one way of dying; ``step`` > 1 takes only every so many-th."""
    real, reached, lost = database.is_local, 0, []
    database.is_local = lambda _path: journal_mode == "wal"
    try:
        with scratch() as above:
            at = first
            while True:
                ended, wrong = one_point(above / "film", rounds, at, strike)
                if wrong:
                    lost.append({"point": at, "wrong": wrong})
                if not ended.killed:
                    break
                reached += 1
                at += step
    finally:
        database.is_local = real
    return {"journal": journal_mode, "strike": strike, "points": reached, "unrecoverable": len(lost),
            "first": lost[:3]}


def main() -> int:
    """The command."""
    arguments = figures.parser(__doc__)
    arguments.add_argument("--rounds", type=int, default=15)
    chosen = arguments.parse_args()
    rounds = chosen.few or chosen.rounds
    runs = [run(rounds, mode, strike) for mode in ("wal", "delete") for strike in ("kill", "tear")]
    points = sum(int(str(part["points"])) for part in runs)
    lost = sum(int(str(part["unrecoverable"])) for part in runs)
    found = [figures.Figure("F12", "points at which the stores' process was killed", points, f">= {LEAST}",
                            points >= LEAST, details={"runs": runs}),
             figures.Figure("F12", "of these, unrecoverable", lost, "0", not lost)]
    return figures.record("kill_points", found, judge={"rounds": rounds}, keep=not chosen.few)


if __name__ == "__main__":
    raise SystemExit(main())
