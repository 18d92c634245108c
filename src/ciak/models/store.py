"""The cache folder of models: what is there, what is missing, and how it gets there.

Layout, below :attr:`ciak.config.Settings.models`::

    <name>/<revision>/...      a finished model; it appears by one rename, when all its files are checked and
    flushed .coming/<name>/            parcels already fetched, and the work of a pull; empty between pulls
    .locks/<name>              held while a pull works; the system frees it however the process ends

A pull may be killed at any moment: what it had fetched is kept, the rest is swept by the next pull, and a model is
there whole or not at all. Nothing is ever fetched except by :meth:`Store.pull`.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from ciak.config import Settings
from ciak.errors import BadInput, FetchFailed, ModelAbsent, ModelDamaged, ModelError, Refused, StorageError
from ciak.models.archive import unpack
from ciak.models.convert import RECIPES
from ciak.models.fetch import Shelf, Watch, copy_checked, sha256_of, storage_error, sync_file, sync_folder
from ciak.models.guard import refuse_external_data, refuse_pickle
from ciak.models.manifest import Ingredient, Manifest, Model, Parcel, Source, builtin_manifest, carried_by

__all__ = ["ModelStatus", "Store", "Tick", "no_tick"]

Tick = Callable[[float], None]
"""Called often with the fraction done, 0 to 1; may raise :class:`~ciak.errors.Cancelled`."""

_FETCHING = 0.9
"""Share of a pull's progress that fetching takes; the rest is converting and checking."""


def no_tick(fraction: float) -> None:
    """The progress callback of callers who do not care."""


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """A model of the manifest and how it stands here. ``state``: ``carried`` models come with an installed
    package."""

    name: str
    task: str
    title: str
    licence: str
    credit: str
    revision: str
    state: Literal["ready", "carried", "absent", "damaged"]
    folder: Path | None
    download_bytes: int
    installed_bytes: int
    research: bool
    sources: tuple[str, ...]


class Store:
    """The models of one cache folder, as ``manifest`` (default: the one that Ciak ships) describes them."""

    def __init__(self, settings: Settings, manifest: Manifest | None = None) -> None:
        self._settings = settings
        self._manifest = manifest or builtin_manifest()

    @property
    def manifest(self) -> Manifest:
        """What could be here."""
        return self._manifest

    def listing(self) -> list[ModelStatus]:
        """Every model of the manifest, in its order."""
        return [self.status(model.name) for model in self._manifest.models]

    def status(self, name: str) -> ModelStatus:
        """How one model stands, by the names and lengths of its files; :meth:`verify` reads them too."""
        model = self._manifest.model(name)
        folder, carried = self._present(model)
        state: Literal["ready", "carried", "absent", "damaged"] = "absent"
        if folder is not None:
            state = "carried" if carried else "ready"
        elif self._home(model).exists():
            state = "damaged"
        sources = [f"{source.kind}{' (untested)' if source.untested else ''}: "
                   + (source.repository or ", ".join(f"{one.package} {one.version}" for one in source.parcels))
                   for ingredient in model.ingredients for source in ingredient.sources]
        if model.package:
            sources.insert(0, f"carried by the package {model.package}")
        return ModelStatus(name, model.task, model.title, model.licence, model.credit, model.revision, state, folder,
                           model.download_bytes, model.installed_bytes, model.research, tuple(sources))

    def total_bytes(self, names: Iterable[str]) -> int:
        """What pulling ``names`` would download; models that are here, and parcels already fetched, count
        nothing."""
        total = 0
        for name in names:
            model = self._manifest.model(name)
            if self._present(model)[0] is None:
                shelf = self._shelf(model)
                total += sum(parcel.bytes for ingredient in model.ingredients
                             for parcel in ingredient.sources[0].parcels if not shelf.has(parcel))
        return total

    def folder(self, name: str) -> Path:
        """Where the model's files lie. Raises :class:`~ciak.errors.ModelAbsent`,
        :class:`~ciak.errors.ModelDamaged`."""
        model = self._manifest.model(name)
        folder, _ = self._present(model)
        if folder is not None:
            return folder
        if self._home(model).exists():
            raise ModelDamaged(f"files of the model {name} are missing or have another length",
                               remedy=f"ciak models pull {name}", model=name)
        raise ModelAbsent(f"the model {name} is not here ({_megabytes(model.download_bytes)} MB to fetch)",
                          remedy=f"ciak models pull {name}", model=name, bytes=model.download_bytes)

    def verify(self, name: str, tick: Tick = no_tick) -> ModelStatus:
        """Read every file of a model and compare its sha256. Raises as :meth:`folder` does."""
        model = self._manifest.model(name)
        wrong = self._wrong_file(model, self.folder(name), tick)
        if wrong is not None:
            raise ModelDamaged(f"{wrong} of the model {name} does not match its sha256",
                               remedy=f"ciak models pull {name}", model=name, file=wrong)
        return self.status(name)

    def fingerprint(self, name: str) -> str:
        """One sha256 for all files of a model, for histories and reports."""
        lines = sorted(f"{file.sha256}  {file.path}\n" for file in self._manifest.model(name).files)
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def pull(self, name: str, tick: Tick = no_tick, *, accept_research: bool = False) -> Path:
        """Fetch, convert, check and place a model; its folder. What is here and sound is left alone.

        Raises :class:`~ciak.errors.FetchFailed` when no source delivers, :class:`~ciak.errors.StorageError` when
        the disk refuses, :class:`~ciak.errors.Refused` for research weights that were not asked for; whatever
        ``tick`` raises ends it. """
        from filelock import FileLock

        model = self._manifest.model(name)
        if model.research and not accept_research:
            raise Refused(f"the weights of {name} may be used for research only ({model.licence})",
                          remedy=f"ciak models pull {name} --accept-research")
        locks, coming = self._settings.models / ".locks", self._coming(model)
        folder, _ = self._present(model)
        if folder is not None and not coming.exists() and self._wrong_file(model, folder, no_tick) is None:
            tick(1.0)
            return folder
        try:
            locks.mkdir(parents=True, exist_ok=True)
            with FileLock(locks / model.name):
                return self._pull_locked(model, tick)
        except OSError as error:
            raise storage_error(error, self._settings.models) from error

    def _pull_locked(self, model: Model, tick: Tick) -> Path:
        coming = self._coming(model)
        folder, _ = self._present(model)  # another pull may have been quicker, or killed after it had finished
        if folder is not None and self._wrong_file(model, folder, no_tick) is None:
            shutil.rmtree(coming, ignore_errors=True)
            tick(1.0)
            return folder
        if not model.ingredients:
            raise ModelDamaged(f"the package {model.package} does not carry the model {model.name} as it should",
                               remedy=f"install {model.package} again", model=model.name)
        coming.mkdir(parents=True, exist_ok=True)
        for leftover in coming.iterdir():  # of a pull that was killed
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
        stage = Path(tempfile.mkdtemp(prefix="stage-", dir=coming))
        try:
            finished = stage / "finished"
            if not self._copied_from_mirror(model, finished):
                materials = self._gather(model, stage, tick)
                self._require_room(model.installed_bytes)
                finished.mkdir(exist_ok=True)
                _cook(model, materials, finished, lambda part: tick(_FETCHING + 0.08 * part))
            self._place(model, finished)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
        shutil.rmtree(coming, ignore_errors=True)
        tick(1.0)
        return self._home(model)

    def _copied_from_mirror(self, model: Model, finished: Path) -> bool:
        """Whether the local folder holds the finished model, as another machine's cache folder does."""
        mirror = self._settings.mirror
        if mirror is None:
            return False
        for folder in (mirror / model.name / model.revision, mirror / model.name):
            if all((folder / file.path).is_file() for file in model.files):
                if all(copy_checked(folder / file.path, finished / file.path, file.sha256) for file in model.files):
                    return True
                shutil.rmtree(finished)
        return False

    def _gather(self, model: Model, stage: Path, tick: Tick) -> Path:
        """Fetch and unpack all ingredients; the folder of materials."""
        materials = stage / "materials"
        materials.mkdir()
        shelf = self._shelf(model)
        expected = max(1, model.download_bytes or sum(one.sources[0].total_bytes for one in model.ingredients))
        done = 0
        for ingredient in model.ingredients:
            share = ingredient.sources[0].total_bytes
            watch = partial(_watch_part, lambda had: tick(_FETCHING * min(1.0, had / expected)), done, share)
            self._ingredient(model, ingredient, shelf, materials, watch)
            done += share
        return materials

    def _ingredient(self, model: Model, ingredient: Ingredient, shelf: Shelf, materials: Path,
                    watch: Watch) -> None:
        reasons: list[str] = []
        for source in ingredient.sources:
            place = Path(tempfile.mkdtemp(prefix="unpacked-", dir=materials.parent))
            try:
                self._from_source(source, shelf, place, watch)
            except (FetchFailed, ModelDamaged) as error:
                reasons.append(f"{source.kind}: {error.message}")
                continue
            shutil.copytree(place, materials, dirs_exist_ok=True, copy_function=_move)
            return
        raise FetchFailed(f"{model.name} ({ingredient.name}) could not be fetched: {'; '.join(reasons)}"[:900],
                          remedy="try again later: what was fetched is kept; "
                                 "or put the packages into CIAK_MODELS_MIRROR",
                          model=model.name)

    def _from_source(self, source: Source, shelf: Shelf, place: Path, watch: Watch) -> None:
        self._require_room(sum(parcel.bytes for parcel in source.parcels if not shelf.has(parcel)))
        done = 0
        for parcel in source.parcels:
            seen = partial(_watch_part, watch, done, parcel.bytes)
            path = shelf.fetch(source, parcel, seen)
            seen(parcel.bytes)
            done += parcel.bytes
            if _is_archive(parcel):
                try:
                    unpack(path, parcel.take, place, check=partial(watch, done))
                except BadInput as error:
                    raise FetchFailed(error.message) from error
            else:
                for target in parcel.take.values():
                    (place / target).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, place / target)

    def _place(self, model: Model, finished: Path) -> None:
        """Check every file, flush, and give the folder its name."""
        found = {str(path.relative_to(finished)) for path in finished.rglob("*") if path.is_file()}
        wanted = {file.path for file in model.files}
        if found != wanted:
            raise ModelDamaged(f"the conversion of {model.name} made other files than it should: "
                               f"{', '.join(sorted(found ^ wanted))[:300]}", model=model.name)
        for file in model.files:
            path = finished / file.path
            refuse_pickle(path)
            if file.path.endswith(".onnx"):
                refuse_external_data(path)
            if path.stat().st_size != file.bytes or sha256_of(path) != file.sha256:
                raise ModelDamaged(f"{file.path} of {model.name} does not match its sha256 after conversion",
                                   model=model.name, file=file.path, sha256=sha256_of(path))
            sync_file(path)
        for folder in sorted({path.parent for path in finished.rglob("*")} | {finished}):
            sync_folder(folder)
        home = self._home(model)
        home.parent.mkdir(parents=True, exist_ok=True)
        if home.exists():  # damaged, or it would have been left alone
            home.rename(finished.parent / "damaged")
        finished.rename(home)
        sync_folder(home.parent)

    def _home(self, model: Model) -> Path:
        return self._settings.models / model.name / model.revision

    def _coming(self, model: Model) -> Path:
        return self._settings.models / ".coming" / model.name

    def _shelf(self, model: Model) -> Shelf:
        return Shelf(self._coming(model), self._settings)

    def _present(self, model: Model) -> tuple[Path | None, bool]:
        """The folder that holds all files at their right length, and whether a package carries it."""
        home = self._home(model)
        if self._complete(model, home):
            return home, False
        if model.package:
            package = carried_by(model.package)
            if package is not None and self._complete(model, package / model.folder):
                return package / model.folder, True
        return None, False

    @staticmethod
    def _complete(model: Model, folder: Path) -> bool:
        try:
            return all((folder / file.path).stat().st_size == file.bytes for file in model.files)
        except OSError:
            return False

    @staticmethod
    def _wrong_file(model: Model, folder: Path, tick: Tick) -> str | None:
        done = 0
        for file in model.files:
            watch = partial(_watch_part, lambda had: tick(min(1.0, had / model.installed_bytes)), done, file.bytes)
            if sha256_of(folder / file.path, watch) != file.sha256:
                return file.path
            done += file.bytes
        return None

    def _require_room(self, needed: int) -> None:
        free = shutil.disk_usage(self._settings.models).free
        if free < needed:
            raise StorageError(f"{_megabytes(needed)} MB are needed in {self._settings.models}, "
                               f"{_megabytes(free)} MB are free",
                               remedy="free some space, or set CIAK_MODELS to another folder")


def _cook(model: Model, materials: Path, finished: Path, tick: Tick) -> None:
    try:
        RECIPES[model.recipe](materials, finished, tick)
    except ImportError as error:
        raise ModelError(f"converting {model.name} needs the Python package {error.name}",
                         remedy="pip install 'ciak[dubbing]'", model=model.name) from error


def _watch_part(watch: Watch, before: int, most: int, had: int) -> None:
    """Report the bytes ``had`` of one part, after those of the parts ``before`` it."""
    watch(before + min(had, most))


def _is_archive(parcel: Parcel) -> bool:
    return parcel.file.endswith((".whl", ".zip", ".tgz", ".tar.gz"))


def _move(source: str, target: str) -> None:
    Path(source).replace(target)


def _megabytes(count: int) -> int:
    return -(-count // 1_000_000)
