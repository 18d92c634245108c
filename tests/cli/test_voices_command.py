"""``ciak voices`` as a user runs it (figures F4 and F9): matched after consent, refused in a line without, listed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.cli.program import Run, ciak
from tests.dubbing.journeys import FAKES, talking_clip

import ciak as product
from ciak.config import Settings
from ciak.project import Film

WHO = "Berta Inventata"
NAMED = {f"CIAK_BACKEND_{task.upper()}": name for task, name in FAKES.items()}
ROOT = Path(__file__).resolve().parents[2]


def program(*arguments: str | Path) -> Run:
    return ciak(*arguments, **NAMED)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dubbed")
    product.dub(talking_clip(folder / "night.mp4"), to="it", out=folder / "out",
                settings=Settings().with_backends(FAKES))
    return folder / "out" / "night.film"


def test_refused_then_matched_then_listed_then_withdrawn(film: Path) -> None:
    who = Film.open(film).cast().members[0].id
    asked = ("voices", "match", film, who, "--language", "it", "--performer", WHO)
    none = program("voices", "match", film, who, "--language", "it")
    assert none.code == 2 and "nobody is named who plays" in none.err and none.err.count("\n") == 1
    bare = program(*asked)
    assert bare.code == 2 and f"no consent of {WHO}" in bare.err and "ciak rights add" in bare.err
    assert program("voices", "list", film).out.strip() == "no voice is matched to anybody"
    assert program("rights", "add", film, "--performer", WHO, "--proof", "contract 7").code == 0
    done = program(*asked, "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["performer"] == WHO and told["consent"] == 1 and told["given"] and told["character"] == who
    assert re.search(r"matching a voice to .*: \d+%", done.err), "progress is told"
    row = Film.open(film).cast().member(who)
    assert row is not None and row.voices["it"] == told["voice"] and row.performer == WHO
    (listed,) = json.loads(program("voices", "list", film, "--json").out)["voices"]
    assert (listed["voice"], listed["characters"], listed["refused"]) == (told["voice"], [who], "")
    assert program("rights", "withdraw", film, "1").code == 0
    assert "no consent of" in program("voices", "list", film).out
    assert program(*asked).code == 2


def test_a_language_that_is_none_and_a_character_that_is_not_there(film: Path) -> None:
    assert "not a language code" in program("voices", "match", film, "S1", "--language", "Italian").err
    gone = program("voices", "match", film, "Nessuno", "--language", "it", "--performer", WHO)
    assert gone.code == 2 and "is not in the cast" in gone.err and "the cast: " in gone.err


def test_help_has_an_example() -> None:
    for words in ((), ("match",), ("list",)):
        assert "Example:" in program("voices", *words, "--help").out


def test_a_voice_is_matched_and_never_called_a_copy_of_somebody() -> None:
    """In the words of studio, command line, documents and deliveries."""
    about = re.compile(r"\bclon(?:ed voice|e (?:of )?(?:the|a|an) (?:actor|voice|performer)|ed from|ata|ato|azione)\b",
                       re.IGNORECASE)
    pages = [*ROOT.glob("docs/**/*.md"), ROOT / "README.md", *(ROOT / "src" / "ciak").rglob("*.py"),
             *(ROOT / "src" / "ciak" / "server" / "static").rglob("*.js*"), ROOT / "CHANGELOG.md"]
    assert len(pages) > 300
    wrong = [f"{page.relative_to(ROOT)}: {hit.group()}" for page in pages
             for hit in about.finditer(page.read_text(encoding="utf-8"))]
    assert wrong == []
    for words in ("src/ciak/cli/voices.py", "src/ciak/dubbing/resembling.py", "src/ciak/dubbing/likening.py",
                  "src/ciak/dubbing/matched.py", "src/ciak/bootstrap/voices.py"):
        text = (ROOT / words).read_text(encoding="utf-8")
        assert "clon" not in text.lower() and ("match" in text or "resembl" in text), words
