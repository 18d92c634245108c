"""The pages are current: tables match the code, links lead somewhere, every command and figure is told of."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")),
         ROOT / "benchmarks" / "README.md"]


def load(path: Path) -> ModuleType:
    """A script as a module."""
    where = importlib.util.spec_from_file_location(path.stem, path)
    assert where and where.loader
    module = importlib.util.module_from_spec(where)
    where.loader.exec_module(module)
    return module


def test_the_figures_of_the_status_are_those_that_were_measured() -> None:
    figures = load(ROOT / "tools" / "figures.py")
    page = figures.PAGE.read_text(encoding="utf-8")
    assert figures.current(page) == page, "run `make docs`"
    assert "| F1 | FLEURS en, journey |" in page
    assert figures.current(page.replace("| F1 |", "| F9 |")) == page


def test_the_tables_of_the_contracts_are_those_of_the_code() -> None:
    contracts = load(ROOT / "tools" / "contracts.py")
    page = contracts.PAGE.read_text(encoding="utf-8")
    assert contracts.current(page) == page, "run `make docs`"
    assert page.count("<!-- table:") == page.count("<!-- end -->") >= 12


def test_a_changed_field_would_be_seen() -> None:
    contracts = load(ROOT / "tools" / "contracts.py")
    page = contracts.PAGE.read_text(encoding="utf-8")
    assert contracts.current(page.replace("| `chosen` |", "| `picked` |")) == page
    assert "| `chosen` |" in page


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_is_told_of() -> None:
    from ciak.cli.main import COMMANDS, OFFERED

    told = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    for command in [*COMMANDS, *OFFERED]:
        assert re.search(rf"ciak {command}\b", told), command


def test_every_word_of_make_is_told_by_help() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.M)
    assert phony
    for word in phony[1].split():
        assert re.search(rf"^{word}:.*## \S", makefile, re.M), word


def test_every_claim_has_a_judge() -> None:
    page = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    for script in re.findall(r"`([a-z_]+\.py)`", page):
        assert (ROOT / "benchmarks" / script).is_file(), script
    for number in range(1, 13):
        assert f"F{number} " in page


def test_every_setting_is_told_of() -> None:
    from ciak.config import Settings

    told = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name in re.findall(r"CIAK_[A-Z]+\b", Settings.__doc__ or ""):
        assert name in told, name
