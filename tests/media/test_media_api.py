"""The package's face: everything it names is there, documented, and costs nothing until it is used."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from ciak import media


def test_every_name_is_there_and_documented() -> None:
    for name in media.__all__:
        value = getattr(media, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert value.__doc__, name
    assert set(media.__all__) == set(dir(media))
    with pytest.raises(AttributeError):
        _ = media.no_such_name  # type: ignore[attr-defined]


def test_functions_are_not_hidden_by_modules() -> None:
    code = ("import ciak.media.proxy, ciak.media.shots, ciak.media.limited; from ciak import media\n"
            "assert all(callable(getattr(media, name)) for name in media.__all__ if name != 'Tick')")
    subprocess.run([sys.executable, "-c", code], check=True)


def test_importing_it_loads_nothing_heavy() -> None:
    heavy = ("av", "numpy", "scipy", "soxr", "pydantic")
    code = f"import sys, ciak.media; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("absent", "code"), [
    ("soxr", "from ciak.media.resample import Resampler; Resampler(44100, 48000, 2)"),
])
def test_what_is_not_installed_is_named(absent: str, code: str) -> None:
    script = (f"import sys; sys.modules[{absent!r}] = None\nfrom ciak.errors import BackendError\n"
              f"try:\n    {code}\nexcept BackendError as error:\n    print(error.remedy)")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "ciak[dubbing]" in done.stdout
