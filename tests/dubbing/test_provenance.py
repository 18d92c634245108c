"""Provenance (figure F10): what is delivered is signed last, says who made what, and no byte of it changes unseen."""

from __future__ import annotations

import json
import random
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.cli.program import ciak
from tests.dubbing.journeys import FAKES, talking_clip

import ciak as product
from ciak.config import Settings
from ciak.dubbing.mixing import Placed, _rendered
from ciak.errors import NotFound, SettingsError
from ciak.film import Signal
from ciak.media import SoundWriter
from ciak.media.signing import sidecar_of, sign_file, verify_file
from ciak.media.watermark import find_mark, marked
from ciak.project import Film
from ciak.project.keys import own_key, signing_key
from ciak.project.rights import note_for

MANIFEST = {"claim_generator_info": [{"name": "Ciak", "version": "1"}], "title": "x", "assertions": [
    {"label": "c2pa.actions.v2", "data": {"actions": [{"action": "c2pa.created", "digitalSourceType":
     "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"}]}}]}


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a film dubbed by the fakes, its key and its deliveries in ``out``. Not to be changed."""
    folder = tmp_path_factory.mktemp("delivered")
    settings = replace(Settings().with_backends(FAKES), library=folder / "library")
    product.dub(talking_clip(folder / "night.mp4", seconds=4), to="it", out=folder / "out", settings=settings)
    return folder


def film_of(delivered: Path) -> Path:
    return delivered / "out" / "night.it.mp4"


def test_the_delivered_film_says_who_and_what_made_it(delivered: Path) -> None:
    found = verify_file(film_of(delivered))
    assert (found.state, found.problems, found.trusted, found.sidecar) == ("valid", (), False, False)
    assert "untrusted" in found.signer or "this machine" in found.signer
    told = {one["label"]: one["data"] for one in found.manifest["assertions"]}
    actions = next(data for label, data in told.items() if label.startswith("c2pa.actions"))["actions"]
    assert [one["action"] for one in actions] == ["c2pa.opened", "c2pa.dubbed"]
    assert actions[1]["digitalSourceType"].endswith("compositeWithTrainedAlgorithmicMedia")
    assert [one["relationship"] for one in found.manifest["ingredients"]] == ["parentOf"]
    tracks = {one["track"]: one for one in told["org.ciak.authorship"]["tracks"]}
    assert tracks["picture"]["made"] == "original" and tracks["sound it"]["synthetic_lines"] >= 1
    assert told["org.ciak.consents"] == {"consents": []}


def test_the_sheet_says_it_in_both_languages_and_to_programs(delivered: Path) -> None:
    out = delivered / "out"
    told = json.loads((out / "night.it.disclosure.json").read_text())
    assert told["marked"] == "credentials" and told["signer"] == "machine" and told["synthetic"] == len(
        [one for one in told["lines"] if one["spoken"] == "synthetic"]) >= 1
    for language, word in (("en", "synthetic voice"), ("it", "voce sintetica")):
        page = (out / f"night.it.disclosure.{language}.html").read_text(encoding="utf-8")
        assert word in page and "2024/1689" in page and "<script" not in page and f'lang="{language}"' in page
    report = json.loads((out / "report.json").read_text())
    assert {"disclosure", "disclosure.en", "disclosure.it"} <= report["files"].keys()


def test_a_second_dub_signs_nothing_anew(delivered: Path, tmp_path: Path) -> None:
    shutil.copytree(delivered, tmp_path / "all")
    out = tmp_path / "all" / "out"
    before = {path: path.read_bytes() for path in out.glob("night.*") if path.is_file()}
    settings = replace(Settings().with_backends(FAKES), library=tmp_path / "all" / "library")
    product.dub(out / "night.film", to="it", out=out, settings=settings)
    assert {path: path.read_bytes() for path in out.glob("night.*") if path.is_file()} == before


def test_this_machines_own_key_is_made_once_and_is_its_users_only(tmp_path: Path) -> None:
    one, other = own_key(tmp_path / "library"), own_key(tmp_path / "library")
    assert one == other and one.own and one.fingerprint == other.fingerprint
    assert stat.S_IMODE(one.key.stat().st_mode) == 0o600
    chosen = replace(Settings(), library=tmp_path / "library", signing_key=one.key)
    with pytest.raises(SettingsError):
        signing_key(chosen)
    with pytest.raises(NotFound):
        signing_key(replace(chosen, signing_chain=tmp_path / "none.pem"))
    assert not signing_key(replace(chosen, signing_chain=one.chain)).own


def test_a_key_that_cannot_sign_leaves_the_film_unsigned_and_says_so(delivered: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.pem").write_text("no key")
    shutil.copytree(delivered, tmp_path / "all")
    settings = replace(Settings().with_backends(FAKES), library=tmp_path / "library", signing_key=tmp_path / "bad.pem",
                       signing_chain=tmp_path / "bad.pem")
    report = product.dub(tmp_path / "all" / "out" / "night.film", to="it", settings=settings)
    assert any("no Content Credentials" in note for note in report.notes)
    film = tmp_path / "all" / "out" / "night.film" / "deliveries" / "night.it.mp4"
    assert verify_file(film).state == "absent"
    told = json.loads(film.with_name("night.it.disclosure.json").read_text())
    assert (told["marked"], told["signer"]) == ("none", "none")


def signed(kind: str, folder: Path) -> tuple[Path, Path]:
    """A signed file of a kind, and the file that carries the manifest."""
    source = folder / f"a{kind}"
    if kind == ".wav":
        with SoundWriter(source, 48000, 1, note=note_for("Nobody")) as writer:
            writer.write(Signal.mono(np.random.default_rng(1).normal(0, 0.1, 9600).astype(np.float32), 48000))
    else:
        shutil.copy(talking_clip(folder / "clip.mp4", seconds=1), source)
    target = folder / f"signed{kind}"
    beside = sign_file(source, target, MANIFEST, own_key(folder / "library"))
    assert (beside == sidecar_of(target)) is (kind == ".mkv")
    return target, beside or target


@pytest.mark.parametrize("kind", [".mp4", ".wav", ".mkv"])
def test_any_changed_byte_is_found(kind: str, tmp_path: Path) -> None:
    """Bits flipped all over the file, in its manifest, and in every byte of its head."""
    target, carrier = signed(kind, tmp_path)
    assert verify_file(target).state == "valid"
    rng = random.Random(7)
    for file in {target, carrier}:
        data = file.read_bytes()
        manifest = max(0, data.find(b"jumb") - 30)
        places = [*range(0, min(48, len(data)), 3), *(rng.randrange(len(data)) for _ in range(60)),
                  *(min(len(data) - 1, manifest + rng.randrange(3800)) for _ in range(120 if file == carrier else 0))]
        for place in places:
            bad = bytearray(data)
            bad[place] ^= 1 << rng.randrange(8)
            file.write_bytes(bad)
            assert verify_file(target).state == "changed", (file.name, place, data[place])
        file.write_bytes(data)
    with target.open("ab") as end:
        end.write(b"\0")
    assert verify_file(target).state == "changed"


def test_what_was_never_signed_is_absent(tmp_path: Path) -> None:
    clip = talking_clip(tmp_path / "clip.mp4", seconds=1)
    assert verify_file(clip).state == "absent"
    (tmp_path / "x.mkv").write_bytes(b"x")
    assert verify_file(tmp_path / "x.mkv").state == "absent"
    with pytest.raises(NotFound):
        verify_file(tmp_path / "none.mp4")


def test_the_command(delivered: Path, tmp_path: Path) -> None:
    assert ciak("provenance", "verify", film_of(delivered)).code == 0
    shown = ciak("provenance", "show", film_of(delivered), "--json")
    assert shown.code == 0 and shown.json["state"] == "valid" and shown.json["trusted"] is False
    assert "c2pa.dubbed" in ciak("provenance", "show", film_of(delivered)).out
    bad = tmp_path / "bad.mp4"
    data = bytearray(film_of(delivered).read_bytes())
    data[-40] ^= 1
    bad.write_bytes(data)
    assert ciak("provenance", "verify", bad).code == 1
    assert ciak("provenance", "verify", tmp_path / "none.mp4").code == 2


@pytest.fixture(scope="module")
def voice() -> Signal:
    """Six seconds that are as rich as a voice: harmonics that swell, and hisses."""
    time = np.arange(6 * 24000) / 24000
    swell = 0.1 + 0.1 * np.sin(2 * np.pi * 3 * time)
    tones = sum(np.sin(2 * np.pi * 140 * n * time) / n for n in range(1, 30)) * swell
    noise = np.random.default_rng(4).normal(0, 0.02, len(time)) * (np.sin(2 * np.pi * 2.2 * time) > 0.3)
    return Signal.mono((tones + noise).astype(np.float32), 24000)


def written(path: Path, signal: Signal) -> Path:
    with SoundWriter(path, signal.rate, signal.channels) as writer:
        writer.write(signal)
    return path


def test_synthetic_speech_is_marked_in_the_mix_and_the_rest_is_not(delivered: Path, voice: Signal,
                                                                   tmp_path: Path) -> None:
    film = Film.open(delivered / "out" / "night.film")
    name = film.artefacts.put_bytes(written(tmp_path / "voice.wav", voice).read_bytes(), ".wav")
    for synthetic in (True, False):
        place, samples = _rendered(film, Placed("L1", name, 4800, 0.5, synthetic=synthetic), 0.0)
        assert place == 4800 and find_mark([Signal.mono(samples, 48000)]).found is synthetic


def test_the_mark_is_found_by_a_command_or_not(delivered: Path, voice: Signal, tmp_path: Path) -> None:
    heard = np.repeat(voice.samples[:, 0], 2)
    plain = written(tmp_path / "plain.wav", Signal.mono(heard, 48000))
    with_it = written(tmp_path / "marked.wav", Signal.mono(marked(heard, 4800), 48000))
    found = ciak("provenance", "mark", with_it, "--json")
    assert found.code == 0 and found.json["found"] and found.json["sounds"][0]["spans"]
    assert "marked" in ciak("provenance", "mark", with_it).out
    none = ciak("provenance", "mark", plain, "--json")
    assert none.code == 1 and not none.json["found"] and none.json["sounds"][0]["spans"] == []
    film = ciak("provenance", "mark", film_of(delivered), "--json")
    assert [one["language"] for one in film.json["sounds"]] == ["ita", "eng"]
    assert ciak("provenance", "mark", delivered / "out" / "night.it.srt").code == 2
    assert ciak("provenance", "mark", delivered / "nowhere.wav").code == 2


def test_the_sheet_names_the_mark(delivered: Path) -> None:
    told = json.loads((delivered / "out" / "night.it.disclosure.json").read_text())
    assert told["mark"] == "ciak-1"
    assert "inaudible mark" in (delivered / "out" / "night.it.disclosure.en.html").read_text()
    assert "marcatura non udibile" in (delivered / "out" / "night.it.disclosure.it.html").read_text()
