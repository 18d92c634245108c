"""The catalogues of the pages: complete in both languages, used, and the only place of words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.server.asking import Page

import ciak.server

STATIC = Path(ciak.server.__file__).parent / "static"
MODULES = sorted(STATIC.rglob("*.js"))
CATALOGUES = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((STATIC / "i18n").glob("*.json"))
}
NO_WORDS = re.compile(
    r"(class: |className = |matchMedia\(|matches\(|closest\(|querySelector(All)?\()([^'`]*\? )?'[^']*'( : '[^']*')?"
)
KEY_NAME = re.compile(r"(Ctrl )?(⇧ )?[A-Z]|(Arrow|Page)(Up|Down|Left|Right)|Home|End|Enter|Escape|Arrow")
STRING = re.compile(r"'((?:[^'\\\n]|\\.)*)'|\"((?:[^\"\\\n]|\\.)*)\"|`((?:[^`\\]|\\.)*)`")


def code(module: Path) -> str:
    """A module without comments and style sheets."""
    text = re.sub(r"css`[^`]*`", "", module.read_text(encoding="utf-8"))
    text = re.sub(r"(^|\s)/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"(^|\s)//.*$", "", text, flags=re.MULTILINE)


def test_both_catalogues_say_the_same_things() -> None:
    assert set(CATALOGUES) == {"en", "it"}
    assert list(CATALOGUES["en"]) == list(CATALOGUES["it"]), "the same keys in the same order"
    for key, text in CATALOGUES["en"].items():
        other = CATALOGUES["it"][key]
        assert text.strip() and other.strip(), key
        assert set(re.findall(r"\{\w+\}", text)) >= set(re.findall(r"\{\w+\}", other)), key
        assert "<" not in text + other, key


def test_the_words_are_translated() -> None:
    same = [
        key
        for key, text in CATALOGUES["en"].items()
        if CATALOGUES["it"][key] == text and re.search(r"[A-Za-z]{4,}", re.sub(r"\{\w+\}", "", text))
    ]
    assert set(same) <= {"product", "title", "rail.greenlight", "report.aim.true-peak"}, same


def test_every_key_that_is_said_exists_and_every_key_that_exists_is_said() -> None:
    source = "\n".join(code(module) for module in MODULES)
    said = set(re.findall(r"'((?:[a-z]+[.])+[a-z-]+)'", source)) | {"product", "title"}
    computed = tuple(set(re.findall(r"`((?:[a-z]+[.])+)\$\{", source)))
    known = {re.sub(r"\.(one|other)$", "", key) for key in CATALOGUES["en"]}
    prefixes = {re.sub(r"\.(title|text)$", "", key) for key in known}
    assert {key for key in said if key.split(".")[0] in {name.split(".")[0] for name in known}} <= known | prefixes
    ends = set(re.findall(r"`\$\{[\w.]+\}[.]([a-z]+)`", source))
    told = {key for key in known if key.rpartition(".")[0] in said and key.rpartition(".")[2] in ends}
    unused = {key for key in known - said - told if not key.startswith(computed)}
    assert unused == set()
    idle = {prefix for prefix in computed if not any(key.startswith(prefix) for key in known)}
    assert idle == set(), "computed of nothing"
    for key in known:
        if key.startswith("notice.") and key.endswith(".title"):
            assert key.removesuffix(".title") in said, key


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(STATIC)))
def test_no_words_in_the_modules(module: Path) -> None:
    """Capitalised words and phrases are for the catalogues. (The browser tests look at the page itself.)"""
    found = []
    for match in STRING.finditer(NO_WORDS.sub("", code(module))):
        text = re.sub(r"\$\{[^}]*\}", "", next(part for part in match.groups() if part is not None))
        if re.match(r"[A-ZÀ-Ý]?[a-zà-ÿ]+( [A-Za-zÀ-ÿ]+)+|[A-ZÀ-Ý][a-zà-ÿ]+$", text) and not KEY_NAME.fullmatch(text):
            found.append(text)
    assert found == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(STATIC)))
def test_modules_are_small_and_make_no_markup(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 300
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "DOMParser",
        "srcdoc",
        "setAttribute('style'",
        "http://",
        "https://",
    ):
        if word == "http://" and "www.w3.org/2000/svg" in text:
            continue
        assert word not in text, word


def test_the_first_page_names_every_module_and_nothing_else(page: Page) -> None:
    """In a Link header, so that a browser need not find them one by one, and none that is not there."""
    answer = page.get("/")
    asked = re.findall(r"</static/([^>]+)>; rel=modulepreload(?:, |$)", answer.headers["link"])
    assert sorted(asked) == sorted(str(module.relative_to(STATIC)) for module in MODULES)
    assert ", ".join(f"</static/{name}>; rel=modulepreload" for name in asked) == answer.headers["link"]
    text = (STATIC / "index.html").read_text(encoding="utf-8")
    assert answer.body.decode() == text and len(answer.headers["link"]) < 8000
    assert re.findall(r'(?:href|src)="/static/([^"]+\.js)"', text) == ["main.js"]
    for name in (*asked, *re.findall(r'(?:href|src)="/static/([^"]+)"', text)):
        assert page.get(f"/static/{name}").status == 200, name
    assert (
        "http" not in text.replace("http-equiv", "")
        and "style=" not in text
        and " on" not in re.sub(r"<title>.*", "", text)
    )
