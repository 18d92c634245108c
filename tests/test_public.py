"""The public face: every public name exists and is documented, and importing costs nothing."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import ciak

SOURCE = Path(ciak.__file__).parent
MODULES = sorted(
    ".".join(("ciak", *path.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")
    for path in SOURCE.rglob("*.py") if path.name != "__main__.py")
HEAVY = {"numpy", "pydantic", "av", "onnxruntime", "onnx", "ctranslate2", "faster_whisper", "sentencepiece",
         "sqlalchemy", "apsw", "fastapi", "starlette", "uvicorn", "opentimelineio", "scipy", "rich", "click"}


def tree(module: str) -> ast.Module:
    path = SOURCE.joinpath(*module.split(".")[1:])
    return ast.parse((path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text("utf-8"))


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_does(module: str) -> None:
    assert len(ast.get_docstring(tree(module)) or "") > 20


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_documented(module: str) -> None:
    loaded = importlib.import_module(module)
    names = getattr(loaded, "__all__", [])
    assert len(set(names)) == len(names)
    for name in names:
        value = getattr(loaded, name)
        if inspect.isclass(value) or inspect.isroutine(value):
            assert inspect.getdoc(value), f"{module}.{name} has no docstring"


@pytest.mark.parametrize("module", MODULES)
def test_every_public_method_is_documented(module: str) -> None:
    """A docstring inherited from a documented base counts."""
    loaded = importlib.import_module(module)
    missing = []
    for kind in (node for node in tree(module).body if isinstance(node, ast.ClassDef)):
        if not kind.name.startswith("_"):
            made = getattr(loaded, kind.name)
            missing += [f"{module}.{kind.name}.{node.name}" for node in kind.body
                        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                        and not node.name.startswith("_") and not inspect.getdoc(getattr(made, node.name))]
    assert missing == []


@pytest.mark.parametrize("name", ciak.__all__)
def test_the_api_can_be_loaded(name: str) -> None:
    assert getattr(ciak, name) is not None
    assert name in dir(ciak)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = ciak.no_such_name


def test_importing_ciak_loads_nothing_heavy_and_is_quick() -> None:
    code = ("import sys, time; before = time.perf_counter(); import ciak; "
            "print(time.perf_counter() - before, *sys.modules)")
    best = 1.0
    for _ in range(3):
        seconds, *loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                                          check=True).stdout.split()
        assert not HEAVY & {name.split(".")[0] for name in loaded}
        best = min(best, float(seconds))
    assert best < 0.3
