"""new, import and check, as a user types them: the happy path, and everything that a user can get wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
from tests.cli.program import PROGRAM, ciak
from tests.media.clips import ClipPlan, make_clip

from ciak.cli.main import main
from ciak.film import Dialogue, Loop, Rate, Span
from ciak.project import Film


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / "24.mp4", ClipPlan(24, Fraction(24), (128, 72)))


def test_new_import_check(tmp_path: Path, clip: Path) -> None:
    film = tmp_path / "film"
    made = ciak("new", film, "--title", "Sì", "--language", "en", "--json")
    assert (made.code, made.json["title"], made.json["rate"], made.err) == (0, "Sì", None, "")
    brought = ciak("import", film, clip, "--json")
    assert brought.code == 0
    assert brought.json["rate"] == "24"
    assert Path(brought.json["proxy"]).is_file()
    assert "importing" in brought.err
    checked = ciak("check", film, "--json")
    assert (checked.code, checked.json["findings"]) == (0, [])


def test_the_same_for_people(tmp_path: Path, clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    film = str(tmp_path / "film")
    assert main(["new", film, "--title", "T"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"now: ciak import {film} VIDEO"
    assert main(["import", film, str(clip), "--reference"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"{clip}: 1 s, 24 frames per second"
    assert main(["check", film]) == 0
    assert capsys.readouterr().out == "nothing is wrong\n"


def test_check_tells_file_and_line(tmp_path: Path) -> None:
    film = Film.create(tmp_path / "film", "T")
    film.save_dialogue(Dialogue(language="it", loops=(
        Loop(id="a", character="ghost", span=Span.of(1, 2), text="?"),)))
    found = ciak("check", film.path)
    assert found.code == 1
    assert found.out.startswith("dialogue/it.json:9: 'ghost' speaks and is not in the cast [character-unknown]")
    assert ciak("check", film.path, "--json").json["findings"][0]["line"] == 9


@pytest.mark.parametrize(("arguments", "words"), [
    (("new",), "FOLDER"),
    (("new", "f"), "--title"),
    (("new", "f", "--title", ""), "title"),
    (("new", "f", "--title", "x" * 100_000), "title"),
    (("new", "f", "--title", b"\xff\xfe"), "title"),
    (("new", "f", "--title", "a\x1b[31m"), "title"),
    (("new", "f", "--title", "T", "--fps", "fast"), "frame rate"),
    (("new", "f", "--title", "T", "--fps", "0"), "frame rate"),
    (("new", "f", "--title", "T", "--fps", "24/0"), "frame rate"),
    (("new", "f", "--title", "T", "--fps", "1e9"), "frame rate"),
    (("new", "f", "--title", "T", "--language", "Klingon!"), "language"),
    (("new", "f", "--title", "T", "--start", "noon"), "start"),
    (("new", "f", "--title", "T", "--fps", "24", "--start", "01:00:00;00"), "start"),
    (("new", "f", "--title", "T", "--colour", "red"), "--colour"),
    (("new", "file", "--title", "T"), "is a file"),
    (("new", "file/below", "--title", "T"), "file"),
    (("new", "full", "--title", "T"), "not empty"),
    (("new", "x" * 300, "--title", "T"), "x"),
    (("new", "/proc/nothing", "--title", "T"), "proc"),
    (("import", "none", "24.mp4"), "no folder"),
    (("import", "full", "24.mp4"), "not a film"),
    (("import", "film", "none.mp4"), "none.mp4"),
    (("import", "film", "film"), "folder"),
    (("import", "film", "empty.mp4"), "empty"),
    (("import", "film", "text.mp4"), "text.mp4"),
    (("import", "film", "24.mp4"), "--conform"),
    (("check", "none"), "no folder"),
    (("check", "file"), "not a film folder"),
    (("check", "full"), "not a film"),
    (("check", "future"), "newer Ciak"),
    (("nothing",), "nothing"),
    (("jobs", "none"), "no folder"),
    (("jobs", "film", "--cancel", "0000000000000000"), "no job"),
    (("jobs", "film", "--resume", "x"), "no job"),
    (("jobs", "film", "--resume", "x", "--cancel", "y"), "not both"),
    (("models", "pull"), "--all"),
    (("models", "pull", "nothing"), "nothing"),
    (("models", "path", "nothing"), "nothing"),
    (("models", "verify", "nothing"), "nothing"),
    (("subtitle", "none.mp4"), "none.mp4"),
    (("dub", "none.mp4", "--to", "it"), "none.mp4"),
    (("dub", "text.mp4", "--to", "it"), "text.mp4"),
])
def test_what_a_user_gets_wrong_is_one_line(
        tmp_path: Path, clip: Path, arguments: tuple[str | bytes, ...], words: str,
        capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "text.mp4").write_text("hello " * 50)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("")
    (tmp_path / "future").mkdir()
    (tmp_path / "future" / "film.toml").write_text("schema = 99\n")
    shutil.copy(clip, tmp_path / "24.mp4")
    Film.create(tmp_path / "film", "T", rate=Rate.parse("25"))
    before = sorted(path for path in tmp_path.rglob("*") if ".ciak" not in path.parts)
    words_given = [os.fsdecode(argument) for argument in arguments]
    assert main(words_given) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    lines = [line for line in shown.err.splitlines() if line.startswith("ciak: ")]
    assert len(lines) == 1
    assert words in lines[0]
    assert len(lines[0]) < 800
    assert "Traceback" not in shown.err
    assert sorted(path for path in tmp_path.rglob("*") if ".ciak" not in path.parts) == before
    assert main([*words_given, "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert words in told["message"] + told["remedy"]


@pytest.mark.parametrize("name", [b"-x", b"odd\xff", "é💥".encode(), b"new\nline", b"a b", b"\x1b[31m"])
def test_odd_names_are_names(tmp_path: Path, clip: Path, name: bytes, capsys: pytest.CaptureFixture[str],
                             monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder, video = os.fsdecode(name), os.fsdecode(name + b".mp4")
    shutil.copy(clip, video)
    assert main(["new", "--title", "T", "--", folder]) == 0
    assert main(["import", "--", folder, video]) == 0
    assert main(["check", "--", folder]) == 0
    shown = capsys.readouterr()
    assert "media/" in shown.out
    assert "\x1b" not in shown.out + shown.err


def test_a_read_only_folder_is_said(tmp_path: Path) -> None:
    """As the superuser may write anywhere, this uses a file system that is read-only for everybody."""
    target = Path("/sys/kernel/ciak-film")
    if os.geteuid() != 0:
        tmp_path.chmod(0o500)
        target = tmp_path / "film"
    done = ciak("new", target, "--title", "T")
    assert done.code == 2
    assert not target.exists()


def test_a_film_on_a_read_only_disk_can_be_checked(tmp_path: Path, clip: Path) -> None:
    film = tmp_path / "film"
    ciak("new", film, "--title", "T", "--fps", "24")
    mounted = subprocess.run(["mount", "--bind", "-o", "ro", film, film], capture_output=True, check=False)
    if mounted.returncode != 0:
        for path in (film, *film.rglob("*")):
            path.chmod(0o500 if path.is_dir() else 0o400)
        if os.access(film / "film.toml", os.W_OK):
            return  # the superuser without the right to mount: nothing here is read-only
    try:
        assert ciak("check", film).code == 0
        refused = ciak("import", film, clip)
        assert refused.code == 2
        assert "read-only" in refused.err or "permission" in refused.err
        assert ciak("check", film).code == 0
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", film], check=True)


def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path, clip: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], capture_output=True,
                             check=False)
    if mounted.returncode != 0:
        return  # only the superuser may make a small disk; the same is tested in project with a disk that pretends
    try:
        assert ciak("new", disk / "film", "--title", "T").code == 0
        (disk / "fill").write_bytes(b"x" * (256 * 1024 - 24 * 4096))
        full = ciak("import", disk / "film", clip)
        assert full.code == 2
        assert "room" in full.err
        (disk / "fill").unlink()
        assert ciak("check", disk / "film").code == 0
        assert [path.name for path in (disk / "film" / "media").iterdir() if path.name.startswith(".")] == []
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_import_says_so_and_goes_on(tmp_path: Path, number: signal.Signals) -> None:
    clip = make_clip(tmp_path / "long.mp4", ClipPlan(1500, Fraction(24), (320, 180)))
    Film.create(tmp_path / "film", "T")
    child = subprocess.Popen([*PROGRAM, "import", "film", "long.mp4"], cwd=tmp_path, stderr=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
    assert child.stderr is not None
    assert "importing" in child.stderr.readline()
    child.send_signal(number)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in out + err
    assert ciak("check", tmp_path / "film").code == 0
    assert ciak("import", tmp_path / "film", clip).code == 0
