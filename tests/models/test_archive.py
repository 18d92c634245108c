"""P3: archives that lie are refused whole, before anything of them is written."""

from __future__ import annotations

import gzip
import io
import random
import stat
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest
from tests.models.shop import tarball

from ciak.errors import BadInput, Cancelled, Damaged, Hostile, TooLarge, WrongFormat
from ciak.models.archive import unpack

GOOD = {"good/a.txt": b"alpha", "good/b.txt": b"beta"}
TAKE = {"good/a.txt": "a.txt"}


def zip_of(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def tar_of(path: Path, *members: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> Path:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=form) as archive:
        for info, data in members:
            info.size = len(data) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(data))
    path.write_bytes(gzip.compress(plain.getvalue()))
    return path


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def refused(path: Path, target: Path, error: type[BadInput], **more: int) -> None:
    target.mkdir()
    with pytest.raises(error) as caught:
        unpack(path, TAKE, target, **more)
    assert "\n" not in str(caught.value)
    assert list(target.rglob("*")) == [], "nothing of a refused archive is written"


ESCAPES = ["../evil", "/evil", "good/../../evil", "a/./b", "a//b", "C:/evil", "back\\slash", "good/.."]


@pytest.mark.parametrize("name", ESCAPES)
def test_names_that_leave_the_folder(tmp_path: Path, name: str) -> None:
    refused(zip_of(tmp_path / "x.whl", ("good/a.txt", b"a"), (name, b"evil")), tmp_path / "zip", Hostile)
    refused(tar_of(tmp_path / "x.tgz", (tarfile.TarInfo("good/a.txt"), b"a"), (tarfile.TarInfo(name), b"evil")),
            tmp_path / "tar", Hostile)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("again", ["good/a.txt", "good/A.TXT"])
def test_a_name_twice(tmp_path: Path, again: str) -> None:
    refused(zip_of(tmp_path / "x.whl", ("good/a.txt", b"a"), (again, b"b")), tmp_path / "zip", Hostile)
    refused(tar_of(tmp_path / "x.tgz", (tarfile.TarInfo("good/a.txt"), b"a"), (tarfile.TarInfo(again), b"b")),
            tmp_path / "tar", Hostile)


def test_links_and_devices(tmp_path: Path) -> None:
    refused(zip_of(tmp_path / "x.whl", ("good/a.txt", b"a"), (link("good/l"), b"/etc/passwd")), tmp_path / "z", Hostile)
    for number, kind in enumerate((tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE)):
        info = tarfile.TarInfo("good/l")
        info.type, info.linkname = kind, "/etc/passwd"
        refused(tar_of(tmp_path / f"{number}.tgz", (tarfile.TarInfo("good/a.txt"), b"a"), (info, b"")),
                tmp_path / f"t{number}", Hostile)


def overlapping(path: Path) -> Path:
    """Two members of the directory that share one stretch of compressed bytes, as the better zip bombs do."""
    data = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = data.compress(b"0" * 100_000) + data.flush()
    crc = zlib.crc32(b"0" * 100_000)
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 33, crc, len(packed), 100_000, 10, 0)
    body = local + b"good/a.txt" + packed
    directory = b"".join(
        struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, crc, len(packed), 100_000, len(name),
                    0, 0, 0, 0, 0, 0) + name for name in (b"good/a.txt", b"good/b.txt"))
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 2, 2, len(directory), len(body), 0)
    path.write_bytes(body + directory + end)
    return path


def test_members_that_overlap(tmp_path: Path) -> None:
    refused(overlapping(tmp_path / "x.whl"), tmp_path / "out", Hostile)


def test_more_than_the_budget(tmp_path: Path) -> None:
    members = ("good/a.txt", b"a"), ("good/big", b"\0" * 2_000_000)
    refused(zip_of(tmp_path / "x.whl", *members), tmp_path / "zip", TooLarge, budget=1_000_000)
    refused(tarball(tmp_path / "x.tgz", dict(members)), tmp_path / "tar", TooLarge, budget=1_000_000)


def test_a_zip_that_lies_about_a_size(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "x.whl", ("good/a.txt", b"a" * 50_000))
    data = path.read_bytes().replace(struct.pack("<I", 50_000), struct.pack("<I", 10))
    path.write_bytes(data)
    target = tmp_path / "out"
    target.mkdir()
    with pytest.raises((Hostile, Damaged)):
        unpack(path, TAKE, target)
    assert sum(file.stat().st_size for file in target.rglob("*") if file.is_file()) <= 50_000


def test_a_tar_header_that_asks_for_the_whole_memory(tmp_path: Path) -> None:
    info = tarfile.TarInfo("././@PaxHeader")
    info.type, info.size = tarfile.XHDTYPE, 8_000_000_000
    (tmp_path / "x.tgz").write_bytes(gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + b"\0" * 4096))
    refused(tmp_path / "x.tgz", tmp_path / "out", TooLarge)


def test_an_encrypted_member(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "x.whl", ("good/a.txt", b"a" * 30))
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    refused(path, tmp_path / "out", Hostile)


def test_a_wanted_member_that_is_not_there(tmp_path: Path) -> None:
    refused(zip_of(tmp_path / "x.whl", ("other.txt", b"")), tmp_path / "zip", Damaged)
    refused(tarball(tmp_path / "x.tgz", {"other.txt": b""}), tmp_path / "tar", Damaged)


def test_what_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "x.whl").write_bytes(b"Rar!\x1a\x07\x01\x00")
    refused(tmp_path / "x.whl", tmp_path / "out", WrongFormat)


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_files_and_folders_are_taken_and_nothing_else(tmp_path: Path, kind: str) -> None:
    path, members = tmp_path / "x", {**GOOD, "bad.py": b"raise", "one.txt": b"one"}
    if kind == "zip":
        zip_of(path, *members.items())
    else:
        tarball(path, members)
    unpack(path, {"good/": "texts/", "one.txt": "deep/er.txt"}, tmp_path / "o")
    found = {str(file.relative_to(tmp_path / "o")): file.read_bytes() for file in (tmp_path / "o").rglob("*.*")}
    assert found == {"texts/a.txt": b"alpha", "texts/b.txt": b"beta", "deep/er.txt": b"one"}


def test_the_callback_can_stop_it(tmp_path: Path) -> None:
    def stop() -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        unpack(zip_of(tmp_path / "x.whl", ("good/a.txt", b"a")), TAKE, tmp_path / "out", check=stop)


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_any_bytes_are_answered(tmp_path: Path, kind: str) -> None:
    chance = random.Random(5)
    good = zip_of(tmp_path / "g.whl", *GOOD.items()) if kind == "zip" else tarball(tmp_path / "g.tgz", GOOD)
    sound = good.read_bytes() if kind == "zip" else gzip.decompress(good.read_bytes())
    for number in range(800):
        data = bytearray(sound)
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.2:
            del data[chance.randrange(len(data)):]
        path = tmp_path / f"x{number}"
        path.write_bytes(bytes(data) if kind == "zip" else gzip.compress(bytes(data), 1))
        try:
            unpack(path, TAKE, tmp_path / f"out{number}", budget=10**7)
        except BadInput:
            continue
