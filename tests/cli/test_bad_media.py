"""Bad input of every kind, handed to ``ciak subtitle`` and ``ciak dub`` as a user would: one clear line that says
what to do, exit code 2, no traceback, nothing lost, nothing half made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.dubbing.journeys import talking_clip
from tests.media.clips import ClipPlan, SoundPlan, make_clip

from ciak.config import TASKS

VERBS = [["subtitle"], ["dub", "--to", "it"]]


def ciak(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    fakes = {f"CIAK_BACKEND_{task.upper()}": "fake" for task in TASKS}
    command = [sys.executable, "-c", "from ciak.cli.main import run; run()", *map(os.fspath, arguments)]
    return subprocess.run(command, cwd=cwd, text=True, capture_output=True, timeout=120, check=False,
                          env={**os.environ, **fakes, **environment})


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """One line, exit code 2, no traceback, and it says ``words``."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ciak: ")
    for word in words:
        assert word.lower() in last.lower(), last


def left_behind(folder: Path) -> list[str]:
    """Files in ``folder`` that look half made, and deliveries that should not be there."""
    files = [path for path in folder.rglob("*") if path.is_file() and ".ciak" not in path.parts]
    return [str(path) for path in files if
            (path.suffix in (".srt", ".vtt", ".otio", ".mp4", ".mkv") or ".tmp" in path.name)]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return talking_clip(tmp_path_factory.mktemp("clip") / "night.mp4")


@pytest.mark.parametrize("verb", VERBS, ids=["subtitle", "dub"])
def test_files_that_are_no_film(verb: list[str], tmp_path: Path, clip: Path) -> None:
    whole = clip.read_bytes()
    bad = {
        "missing.mp4": (None, "no file"),
        "empty.mp4": (b"", "empty"),
        "truncated.mp4": (whole[: len(whole) // 3], ""),
        "letter.mp4": (b"Dear Sir,\nplease find enclosed my film.\n" * 20, ""),
        "noise.mkv": (bytes(range(256)) * 400, ""),
        "list.mp4": (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", ""),
        "-i x.mp4": (b"not media", ""),
    }
    for name, (data, word) in bad.items():
        if data is not None:
            (tmp_path / name).write_bytes(data)
        done = ciak(*verb, "--out", tmp_path / "out", "--", name, cwd=tmp_path)
        refused(done, word)
        assert "root:" not in done.stdout + done.stderr
    assert not left_behind(tmp_path / "out")
    assert not (tmp_path / "out").exists(), "no folder for what is no film"


@pytest.mark.parametrize("verb", VERBS, ids=["subtitle", "dub"])
def test_films_without_what_is_needed(verb: list[str], tmp_path: Path) -> None:
    make_clip(tmp_path / "silent.mp4", ClipPlan(frames=24))
    refused(ciak(*verb, "silent.mp4", cwd=tmp_path), "no sound")
    make_clip(tmp_path / "mute.mp4", ClipPlan(frames=24, sounds=[SoundPlan(np.zeros((48000, 2), np.float32))]))
    refused(ciak(*verb, "mute.mp4", cwd=tmp_path), "nobody speaks")
    assert not left_behind(tmp_path / "silent-ciak")


@pytest.mark.parametrize(("option", "data", "word"), [
    ("--subtitles", b"", ""), ("--subtitles", b"\x00\x01\x02\x03" * 100, ""),
    ("--subtitles", b"1\n00:00:05,000 --> 00:00:02,000\nbackwards\n", "line"),
    ("--translation", "1\n00:00:01,000 --> 00:00:02,000\nperché\n".encode("utf-16")[5:], ""),
    ("--translation", b"RIFF\x00\x00\x00\x00WAVEfmt ", "WAV")])
def test_subtitles_that_cannot_be_read(option: str, data: bytes, word: str, tmp_path: Path, clip: Path) -> None:
    (tmp_path / "given.srt").write_bytes(data)
    done = ciak("dub", clip, "--to", "it", option, "given.srt", "--out", tmp_path / "out", cwd=tmp_path)
    refused(done, word)
    assert not left_behind(tmp_path / "out")


@pytest.mark.parametrize(("option", "data", "word"), [
    ("--script", b"", "no screenplay"), ("--script", b"%PDF-1.7\n", "PDF"),
    ("--script", b"Rain falls.\n", "nobody speaks"),
    ("--script", b"ANN\nCall me whatever pleases you, Bob.\n", "script of this film"),
    ("--as-recorded", b"", "no column"), ("--as-recorded", b"in,out,text\n2,1,x\n", "line 2"),
    ("--as-recorded", b"in,out,text\n", "no line"), ("--as-recorded", b"PK\x03\x04", "CSV")])
def test_scripts_and_lists_that_cannot_be_used(option: str, data: bytes, word: str, tmp_path: Path, clip: Path) -> None:
    (tmp_path / "given").write_bytes(data)
    refused(ciak("subtitle", clip, option, "given", "--out", tmp_path / "out", cwd=tmp_path), word)
    assert not left_behind(tmp_path / "out")
    refused(ciak("dub", clip, "--to", "it", option, "none", "--out", tmp_path / "out", cwd=tmp_path), "no file")


def test_lines_come_from_one_place(tmp_path: Path, clip: Path) -> None:
    done = ciak("subtitle", clip, "--script", "a", "--subtitles", "b", "--out", tmp_path / "out", cwd=tmp_path)
    refused(done, "one place only")
    assert not (tmp_path / "out").exists()


def test_subtitles_in_an_old_encoding_are_read(tmp_path: Path, clip: Path) -> None:
    text = "1\n00:00:00,500 --> 00:00:01,900\nPerché no? È così, già.\n"
    (tmp_path / "old.srt").write_bytes(text.encode("cp1252"))
    done = ciak("dub", clip, "--to", "it", "--language", "en", "--translation", "old.srt", "--json",
                "--out", tmp_path / "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["lines"][0]["translation"] == "Perché no? È così, già."


def test_an_absent_model_names_the_command_that_fetches_it(tmp_path: Path, clip: Path) -> None:
    done = ciak("dub", clip, "--to", "it", "--out", tmp_path / "out", cwd=tmp_path,
                CIAK_MODELS=str(tmp_path / "no-models"), CIAK_BACKEND_SEPARATOR="spleeter")
    refused(done, "ciak models pull")


def test_options_that_cannot_be(tmp_path: Path, clip: Path) -> None:
    refused(ciak("dub", clip, "--to", "klingon!", cwd=tmp_path), "language code")
    refused(ciak("dub", clip, cwd=tmp_path), "--to")
    refused(ciak("dub", clip, "--to", "xx", "--out", tmp_path / "o", cwd=tmp_path), "")


def test_a_folder_that_is_no_film(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    refused(ciak("subtitle", "folder", cwd=tmp_path), "ciak new")


def test_errors_are_objects_with_json(tmp_path: Path) -> None:
    done = ciak("subtitle", "nothing.mp4", "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"] == "NotFound"


def test_a_place_where_nothing_can_be_written(tmp_path: Path, clip: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    refused(ciak("subtitle", clip, "--out", tmp_path / "file" / "out", cwd=tmp_path))
    refused(ciak("subtitle", clip, "--out", "/proc/ciak", cwd=tmp_path))
    assert (tmp_path / "file").read_text(encoding="utf-8") == "in the way"


def test_a_full_disk_leaves_what_was_there_and_says_so(tmp_path: Path, clip: Path) -> None:
    """The deliveries' file system has no room: files already delivered stay whole."""
    out = tmp_path / "out"
    first = ciak("subtitle", clip, "--to", "it", "--out", out, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    before = (out / "night.en.srt").read_bytes()
    script = ("import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
              "resource.setrlimit(resource.RLIMIT_FSIZE, (400000, 400000)); "
              "from ciak.cli.main import run; run()")
    fakes = {f"CIAK_BACKEND_{task.upper()}": "fake" for task in TASKS}
    done = subprocess.run([sys.executable, "-c", script, "dub", str(clip), "--to", "it", "--out", str(out)],
                          cwd=tmp_path, text=True, capture_output=True, timeout=120, check=False,
                          env={**os.environ, **fakes})
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert (out / "night.en.srt").read_bytes() == before
    again = ciak("dub", clip, "--to", "it", "--out", out, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
