"""Dubs of the shared clips for the judges, and what lies in a dub's folder, read without Ciak's own readers."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clips import decode, film_of, night
from figures import cache, ciak, material

__all__ = ["Dub", "dub", "films", "speaking_films"]


@dataclass(frozen=True)
class Dub:
    """A finished dub: its report, its folder, the film folder inside."""

    name: str
    folder: Path
    report: dict[str, Any]
    language: str

    @property
    def film(self) -> Path:
        """The film folder."""
        return next(path for path in self.folder.iterdir() if path.suffix == ".film")

    def takes(self) -> dict[str, dict[str, Any]]:
        """Chosen take of each loop, as ``dialogue/<language>.json`` has it, by loop id."""
        text = (self.film / "dialogue" / f"{self.language}.json").read_text(encoding="utf-8")
        found = {}
        for loop in json.loads(text)["loops"]:
            for take in loop.get("takes", []):
                if take["id"] == loop.get("chosen"):
                    found[loop["id"]] = take
        return found

    def artefact(self, name: str) -> Path:
        """The file of an artefact id."""
        return self.film / ".ciak" / "artefacts" / name[:2] / name

    def stem(self, kind: str) -> Path:
        """The stem ``DX``, ``ME`` or ``MIX``."""
        return next((self.folder / "stems").glob(f"*.{kind}.wav"))

    def delivery(self) -> Path:
        """The dubbed film."""
        return next(path for path in sorted(self.folder.iterdir())
                    if path.suffix in (".mp4", ".mkv") and f".{self.language}." in path.name)


def speaking_films() -> list[Path]:
    """The shared clips as films: Friday and Sintel as they are, each Night clip over the battle picture."""
    media = material() / "media"
    picture = media / "tears-of-steel" / "battle.webm"
    laid = [film_of(f"night-{path.stem}", decode(path, 48000)[:, 0], 48000, picture) for path in night()]
    return [media / "his-girl-friday" / "friday.mp4", *laid, media / "sintel" / "trailer.mp4"]


def films(few: int = 0) -> list[Path]:
    """The films of F4, or the first few of them."""
    found = speaking_films()
    return found[:few] if few else found


def dub(video: Path, *, source: str = "en", language: str = "it") -> Dub:
    """``video`` dubbed from scratch by the command, in a fresh folder of the judges' cache."""
    folder = cache() / "dubs" / f"{video.stem}-{language}"
    shutil.rmtree(folder, ignore_errors=True)
    report = ciak("dub", video, "--language", source, "--to", language, "--out", folder, "--json").json()
    if "lines" not in report:
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return Dub(video.stem, folder, report, language)
