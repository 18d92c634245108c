"""Content Credentials (C2PA 2.x): a film or sound signed, read and verified. The only user of ``c2pa-python``.

The manifest goes into the file where its container can carry one (MP4, MOV, M4A, WAV, MP3, FLAC...); beside it, as
``NAME.c2pa``, where it cannot (Matroska). Signing comes last: any later change of the file is found. The standard
leaves a few bytes out of its hash (the file type box, padding of the signature); :func:`verify_file` holds these too:
the file type against what the signed manifest says of it, padding against zero. Nothing is fetched from a network.

Says whether the bytes are those that were signed, and by which certificate; whether the signer is to be believed is
a question of trust lists, which are not kept here: a certificate of this machine's own is told as untrusted.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ciak.errors import BadInput, CiakError, NotFound, SettingsError, WrongFormat
from ciak.media.jumbf import MANIFEST_BOX, open_bytes
from ciak.media.opening import quoted

__all__ = ["Credentials", "SigningKey", "can_sign", "sidecar_of", "sign_file", "verify_file"]

_TYPES = {".mp4": "video/mp4", ".m4v": "video/x-m4v", ".mov": "video/quicktime", ".m4a": "audio/mp4",
          ".wav": "audio/wav", ".mp3": "audio/mpeg", ".flac": "audio/flac", ".avi": "video/avi"}
_SIDECAR = "application/c2pa"
_BARE = "application/octet-stream"
_OUTSIDE = "org.ciak.outside-hash"
"""Our assertion about the bytes that the standard's hash leaves out."""
_BOXED = frozenset({".mp4", ".m4v", ".mov", ".m4a"})
_UUID = MANIFEST_BOX + bytes(4) + b"manifest\0" + bytes(8)
_LARGEST = 1 << 24
"""Bytes of the largest manifest looked into."""
_QUIET = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_after_sign": True}}


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key (PEM, PKCS 8) and its certificates (PEM, the signer's first). ``own``: made by this machine, which
    nobody has reason to trust."""

    key: Path
    chain: Path
    own: bool = False

    @property
    def fingerprint(self) -> str:
        """sha256 of the certificates, which say who signs."""
        return hashlib.sha256(_bytes(self.chain)).hexdigest()


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a file says of its making. ``state``: "valid", "changed" (bytes are not those that were signed), "absent";
    ``problems``: why it is not valid; ``signer``: whose certificate; ``sidecar``: it lies beside the file."""

    state: str
    problems: tuple[str, ...] = ()
    signer: str = ""
    trusted: bool = False
    sidecar: bool = False
    manifest: Mapping[str, Any] = field(default_factory=dict)


def can_sign() -> bool:
    """Whether the library is installed (``pip install 'ciak[provenance]'``)."""
    from importlib.util import find_spec

    return find_spec("c2pa") is not None


def _library() -> Any:
    try:
        import c2pa
    except ImportError:
        raise SettingsError("Content Credentials need a package that is not installed",
                            remedy="pip install 'ciak[provenance]'") from None
    return c2pa


def _context(c2pa: Any) -> Any:
    """Settings under which nothing is fetched."""
    return c2pa.Context(c2pa.Settings.from_dict(_QUIET))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFound(f"{quoted(path)} cannot be read: {error.strerror}", path=str(path)) from None


def sidecar_of(path: Path) -> Path:
    """Where the manifest of a file lies that cannot carry one."""
    return path.with_name(path.name + ".c2pa")


def sign_file(source: Path, target: Path, manifest: Mapping[str, Any], key: SigningKey,
              original: Path | None = None) -> Path | None:
    """Write ``source``, signed, as ``target``, which must not exist; the sidecar where the container carries none.

    ``manifest``: a C2PA manifest definition; ``original``: the film that it was made from, named as its parent by hash.
    Raises :class:`SettingsError` for a key that cannot sign, :class:`BadInput` for a file that cannot be signed.
    """
    c2pa = _library()
    kind, label = _TYPES.get(source.suffix.lower()), f"urn:c2pa:{uuid.uuid4()}"
    assertions = [*manifest.get("assertions", ()), _outside(source, label)]
    try:
        signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(
            alg=b"es256", sign_cert=_bytes(key.chain), private_key=_bytes(key.key), ta_url=None))
    except c2pa.C2paError as error:
        raise SettingsError(f"the key {quoted(key.key)} cannot sign: {error}",
                            remedy="an EC P-256 key as PKCS 8, and its certificates, the signer's first") from None
    builder = c2pa.Builder(json.dumps({
        **manifest, "label": label, "format": kind or _BARE, "assertions": assertions}), _context(c2pa))
    try:
        if original is not None and (parent := _TYPES.get(original.suffix.lower())):
            with original.open("rb") as file, suppress(c2pa.C2paError):
                builder.add_ingredient(json.dumps(
                    {"title": "original", "relationship": "parentOf", "label": "original"}), parent, file)
        if kind is None:
            return _beside(builder, signer, source, target)
        with source.open("rb") as file, target.open("w+b") as out:
            builder.sign(signer, kind, file, out)
            os.fsync(out.fileno())
    except c2pa.C2paError as error:
        target.unlink(missing_ok=True)
        raise BadInput(f"{quoted(source)} could not be signed: {error}") from None
    return None


def _beside(builder: Any, signer: Any, source: Path, target: Path) -> Path:
    """Copy the file as it is, and its manifest beside it."""
    import io
    import shutil

    builder.set_no_embed()
    with source.open("rb") as file:
        data = builder.sign(signer, _BARE, file, io.BytesIO())
    shutil.copyfile(source, target)
    beside = sidecar_of(target)
    beside.write_bytes(data)
    return beside


def verify_file(path: Path) -> Credentials:
    """What ``path`` says of its making, and whether its bytes are those that were signed.

    Raises :class:`NotFound`. A file without credentials is "absent"; one that is damaged so that they cannot be read is
    "changed" when there are traces of them.
    """
    c2pa = _library()
    kind, beside = _TYPES.get(path.suffix.lower()), sidecar_of(path)
    if not path.is_file():
        raise NotFound(f"there is no file {quoted(path)}", path=str(path))
    if kind is None and not beside.is_file():
        return Credentials("absent")
    try:
        with path.open("rb") as file:
            reader = c2pa.Reader(kind or _BARE, file, _bytes(beside) if kind is None else None,
                                 _context(c2pa))
            told = json.loads(reader.json())
    except (c2pa.C2paError, CiakError, ValueError) as error:
        traces = kind is None or _traces(path)
        return Credentials("changed" if traces else "absent", (f"unreadable: {str(error)[:200]}",) if traces else (),
                           sidecar=kind is None)
    manifest = told.get("manifests", {}).get(told.get("active_manifest"), {})
    status = [one.get("code", "") for one in told.get("validation_status", ())]
    problems = [code for code in status if code != "signingCredential.untrusted"]
    problems += _inside(path if kind else beside, manifest, str(told.get("active_manifest")))
    signature = manifest.get("signature_info", {})
    return Credentials("changed" if problems else "valid", tuple(dict.fromkeys(problems)),
                       " ".join(filter(None, (signature.get("common_name"), signature.get("issuer")))),
                       not any(code == "signingCredential.untrusted" for code in status), kind is None, manifest)


def _traces(path: Path) -> bool:
    """Whether a file bears marks of a manifest, be it damaged."""
    with path.open("rb") as file:
        rest = b""
        while block := file.read(1 << 20):
            if any(mark in rest + block for mark in (b"jumbf", b"c2pa", b"urn:c2pa")):
                return True
            rest = block[-16:]
    return False


def _outside(path: Path, label: str) -> dict[str, Any]:
    """What the standard's hash leaves out, said where the signature covers it."""
    boxed = path.suffix.lower() in _BOXED
    return {"label": _OUTSIDE, "data": {"label": label, **({"ftyp": _ftyp(path)} if boxed else {})}}


def _inside(path: Path, manifest: Mapping[str, Any], label: str) -> list[str]:
    """What is wrong with the bytes that the standard leaves open; nothing is asked of a file that others signed."""
    said = next((one.get("data", {}) for one in manifest.get("assertions", ()) if one.get("label") == _OUTSIDE), None)
    if said is None:
        return []
    found = [] if said.get("label") == label else ["ciak.label.mismatch"]
    if "ftyp" in said and said["ftyp"] != _ftyp(path):
        found.append("ciak.ftyp.mismatch")
    store = _store(path)
    return [*found, *(open_bytes(store, label) if store is not None else ["ciak.manifest.misplaced"])]


def _store(path: Path) -> bytes | None:
    """The manifest store in the file, out of its box; None where the box is not as it has to be."""
    suffix, size = path.suffix.lower(), path.stat().st_size
    with path.open("rb") as file:
        if suffix == ".c2pa":
            return file.read(_LARGEST)
        if suffix not in (*_BOXED, ".wav"):
            return b""
        at, order = (12, "little") if suffix == ".wav" else (0, "big")
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            name, told = (head[:4], head[4:8]) if suffix == ".wav" else (head[4:8], head[:4])
            length = int.from_bytes(told, order)  # type: ignore[arg-type]
            if suffix == ".wav":
                if name == b"C2PA":
                    file.seek(at + 8)
                    return file.read(length) if length <= _LARGEST else None
                at += 8 + length + length % 2
                continue
            if name == b"uuid":
                file.seek(at + 8)
                body = file.read(min(length - 8, _LARGEST))
                if body.startswith(MANIFEST_BOX):
                    return body[len(_UUID):] if body.startswith(_UUID) else None
            length = int.from_bytes(head[8:16], "big") if length == 1 else length
            if length < 8:
                return None
            at += length
    return None


def _ftyp(path: Path) -> str:
    """sha256 of the first box of an MP4 file, which is its type."""
    with path.open("rb") as file:
        head = file.read(8)
        size = int.from_bytes(head[:4], "big")
        if head[4:] != b"ftyp" or not 8 <= size <= 4096:
            raise WrongFormat(f"{quoted(path)} does not begin as an MP4 file does", path=str(path))
        return hashlib.sha256(head + file.read(size - 8)).hexdigest()
