"""The dub that is looked at: its papers, its delivered files, and the mix that made them, as the history tells.

Files are those that ``report.json`` names, and only such as lie beside the film or in the folder that was named: a
report from elsewhere does not lead out of them. Their bytes are hashed once. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from ciak.dubbing.fitting import DRY, Fit
from ciak.dubbing.report import Report
from ciak.errors import BadInput, NotFound, NothingToDo
from ciak.film import Dialogue, Take
from ciak.formats.base import load
from ciak.formats.strict_json import parse_json
from ciak.project import Entry, Film
from ciak.store.disk import hash_file

__all__ = ["Dubbed", "Laid", "dubbed"]

_LARGEST = 64 * 1024 * 1024
_RATE = 48000


@dataclass(frozen=True, slots=True)
class Laid:
    """A take as the mix laid it: its artefact, its first sample at 48 kHz, its fit, and the decibels by which the bed
    gave way."""

    sound: str
    start: int
    fit: Fit = DRY
    duck: float = 0.0


@dataclass(frozen=True)
class Dubbed:
    """A dub. ``folder``: of its report; ``files``: role -> path of what may be looked at; ``outside``: roles that lead
    elsewhere; ``mixed``: the step that made the delivered stems, None where the history knows none."""

    film: Film
    original: Dialogue
    target: Dialogue
    report: Report
    folder: Path
    files: Mapping[str, Path]
    outside: tuple[str, ...] = ()
    mixed: Entry | None = None
    made: frozenset[str] = frozenset()
    """sha256 of everything that a step of the film made."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """Role -> sha256 of the stems and the film, where they are there."""

    @property
    def language(self) -> str:
        """The dubbed language."""
        return self.target.language

    def there(self, role: str) -> Path | None:
        """The file of a role, where it is one."""
        path = self.files.get(role)
        return path if path is not None and path.is_file() else None

    def laid(self) -> tuple[Laid, ...] | None:
        """The takes of the mix; None where it is not known, or told in another way than ours."""
        if self.mixed is None:
            return None
        rows = self.mixed.settings.get("placed")
        found = []
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            match row:
                case [int(start), _, list(bands), int() | float() as decay, int() | float() as wet,
                      int() | float() as duck]:
                    fit = Fit(tuple(float(str(one)) for one in bands), float(decay), float(wet))
                    found.append(Laid(self.mixed.inputs.get(f"take{number}", ""), start, fit, float(duck)))
        takes = sum(name.startswith("take") for name in self.mixed.inputs)
        return tuple(found) if len(found) == takes else None

    def laid_as(self, take: Take) -> Laid | None:
        """How the mix laid a take where it lies today."""
        start = round(take.span.start * _RATE)
        return next((one for one in self.laid() or () if one.sound == take.sound and one.start == start), None)

    def laid_ever(self, take: Take) -> Laid | None:
        """How the mix laid the take, wherever it lay then."""
        return self.laid_as(take) or next((one for one in self.laid() or () if one.sound == take.sound), None)


def dubbed(film: Film, language: str, folder: Path | None = None) -> Dubbed:
    """The dub of ``film`` in ``language``, delivered in ``folder`` (by default the film's deliveries).

    Raises :class:`NotFound` where there is no such dialogue, :class:`NothingToDo` where nothing was delivered of it,
    :class:`BadInput` for a report that is none.
    """
    target = film.dialogue(language)
    if target is None or target.source is None:
        raise NotFound(f"the film has no dub in {language[:20]!r}", remedy=f"ciak dub {film.path} --to it")
    original = film.dialogue(target.source)
    if original is None:
        raise NotFound(f"the film's dialogue in {target.source!r}, of which the dub was made, is not there",
                       remedy=f"ciak check {film.path}")
    home = (folder or film.path / "deliveries").absolute()
    report = _report(home / "report.json", film, language)
    if language not in report.languages or report.mix is None:
        raise NothingToDo(f"the last delivery in {home.name} is no dub in {language!r}",
                          remedy=f"ciak dub {film.path} --to {language}, or name its folder with --delivered")
    files, outside = _placed(report.files, home, (home, film.path.parent))
    hashes = {role: hash_file(path) for role, path in files.items()
              if (role.startswith("stem.") or role == "film") and path.is_file()}
    entries = [entry for entry in film.history.entries() if entry.kind == "step"]
    made = frozenset(one.partition(".")[0] for entry in entries for one in entry.outputs.values())
    return Dubbed(film, original, target, report, home, files, outside,
                  _mixed(entries, language, hashes), made, hashes)


def _report(path: Path, film: Film, language: str) -> Report:
    if not path.is_file():
        raise NothingToDo(f"nothing was delivered in {path.parent.name}: there is no report.json",
                          remedy=f"ciak dub {film.path} --to {language}, or name its folder with --delivered")
    data = load(path, _LARGEST)
    try:
        return Report.model_validate(parse_json(data, name="report.json"))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))[:120]
        raise BadInput(f"report.json is no report of a dub: {place}: {first['msg']}", path=str(path),
                       remedy=f"ciak dub {film.path} --to {language} writes it again") from None


def _placed(files: Mapping[str, str], home: Path, roots: tuple[Path, ...]) -> tuple[dict[str, Path], tuple[str, ...]]:
    """The paths that stay beneath one of ``roots``, and the roles of the others."""
    real = [root.resolve() for root in roots]
    kept, outside = {}, []
    for role, name in files.items():
        path = (home / name).resolve()
        if any(path.is_relative_to(root) for root in real):
            kept[role] = path
        else:
            outside.append(role)
    return kept, tuple(sorted(outside))


def _mixed(entries: list[Entry], language: str, hashes: Mapping[str, str]) -> Entry | None:
    """The mix of the delivered stems: that whose bytes they are, else the language's last."""
    mixes = [entry for entry in entries if entry.what == "mix"]
    for name in ("DX", "ME"):
        digest = hashes.get(f"stem.{name}")
        found = [one for one in mixes if digest and one.outputs.get(name, "").startswith(digest)]
        if found:
            return found[-1]
    return next((one for one in reversed(mixes) if one.settings.get("language") == language), None)
