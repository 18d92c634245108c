"""What every test may ask for: the real material, the pulled models, a quiet home."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _material() -> Path | None:
    named = os.environ.get("CIAK_TEST_MATERIAL")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    return folder if (folder / "media").is_dir() else None


@pytest.fixture(scope="session")
def material() -> Path:
    """The folder of real test material; skips, visibly, where it is not."""
    folder = _material()
    if folder is None:
        pytest.skip("the real test material is not here: set CIAK_TEST_MATERIAL")
    return folder


@pytest.fixture(autouse=True)
def quiet_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the user's house library or is bent by their settings."""
    monkeypatch.setenv("CIAK_LIBRARY", str(tmp_path_factory.mktemp("library")))
    for name in list(os.environ):
        if name.startswith("CIAK_BACKEND_") or name in ("CIAK_THREADS", "CIAK_SEED"):
            monkeypatch.delenv(name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Under ``CIAK_FORBID_SKIPS=1`` says why a run with skipped tests fails."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and os.environ.get("CIAK_FORBID_SKIPS") == "1":
        terminalreporter.write_sep("=", f"{len(skipped)} skipped, none is allowed here", red=True)
        for report in skipped:
            why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
            terminalreporter.write_line(f"SKIPPED {report.nodeid}: {why}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under ``CIAK_FORBID_SKIPS=1`` a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CIAK_FORBID_SKIPS") == "1" and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
