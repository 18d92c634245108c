"""A runner over the real journal and the tests' worker."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ciak.jobs import LocalRunner
from ciak.store import Index, SqliteJournal

WORKER = (sys.executable, str(Path(__file__).parent / "worker_program.py"))


@pytest.fixture
def worker_command() -> tuple[str, ...]:
    return WORKER


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index(tmp_path / "index.sqlite") as opened:
        yield opened


@pytest.fixture
def runner(index: Index) -> Iterator[LocalRunner]:
    with LocalRunner(SqliteJournal(index), WORKER, grace=0.7) as made:
        yield made
