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
