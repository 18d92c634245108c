"""One way to open what a stranger named: a corpus of nasty paths, links, devices, races (trust L4, L7, P5)."""

from __future__ import annotations

import itertools
import os
import socket
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ciak.errors import BadInput, CiakError, Hostile, NotFound
from ciak.store import open_inside

SECRET = b"the secret outside"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    inside = tmp_path / "film"
    (inside / "sub" / "deep").mkdir(parents=True)
    (inside / "plain.txt").write_bytes(b"plain")
    (inside / "sub" / "deep" / "Notte – città.srt").write_bytes(b"deep")
    (tmp_path / "secret").write_bytes(SECRET)
    (tmp_path / "film-other").mkdir()
    (tmp_path / "film-other" / "secret").write_bytes(SECRET)
    (inside / "link").symlink_to(tmp_path / "secret")
    (inside / "relative").symlink_to("../secret")
    (inside / "up").symlink_to("..")
    (inside / "self").symlink_to(".")
    (inside / "home").symlink_to("plain.txt")
    (inside / "loop").symlink_to("loop")
    (inside / "dangling").symlink_to("nowhere")
    (inside / "sub" / "away").symlink_to(tmp_path)
    os.mkfifo(inside / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(inside)
        listener.bind("socket")
        os.chdir(here)
    return inside


def corpus(tmp_path: Path) -> list[str]:
    """At least two hundred names that must not be opened, all but a few of which try to reach the secret."""
    ups = ["..", "...", "..;", ".. ", " ..", "..\x00", "..\\", "%2e%2e", "%252e%252e", "..%2f", "．．", "‥",
           "\udce2..", "..\u202e", "..\t", "..\n", "../.", "./..", "..//", "..\x7f"]
    joins = ["/", "//", "\\", "/./", "%2f", "\x00/", "／", "\u2215"]
    paths = [f"{up}{join}secret" for up, join in itertools.product(ups, joins)]
    paths += [f"sub/{up}/{up}/secret" for up in ups]
    paths += [f"sub/deep/../../../{name}" for name in ("secret", "film/../secret", "film-other/secret")]
    paths += ["", "/", "//", ".", "./", "..", "../", "./plain.txt", "plain.txt/", "/plain.txt", "//plain.txt",
              "sub//deep", "sub/./deep/x", str(tmp_path / "secret"), f"/{tmp_path}/secret",
              f"file://{tmp_path}/secret", "/etc/passwd", "/proc/self/environ", "/dev/null", "~/secret",
              "~root/.profile", "$HOME/secret", "C:\\secret", "C:/secret", "\\\\host\\share\\secret", "\\secret",
              "CON", "NUL", "plain.txt\x00.srt", "plain.txt:stream", "plain.txt\n", "-i x", "secret",
              "link", "relative", "up/secret", "up/film/plain.txt", "self/plain.txt", "self/self/link", "home",
              "loop", "loop/secret", "dangling", "sub/away/secret", "sub/away/film/plain.txt", "pipe", "socket",
              "sub", "sub/deep", "plain.txt/secret", "plain.txt/../plain.txt", "missing", "missing/x", "a" * 300,
              "a/" * 2000 + "x", "x" * 5000, "/".join(["sub"] * 70), "\ud800", "sub/\ud800/x", "\x1b[2Jplain.txt"]
    return paths


def test_nothing_of_the_corpus_opens(root: Path, tmp_path: Path) -> None:
    paths = corpus(tmp_path)
    assert len(set(paths)) >= 200
    for path in paths:
        with pytest.raises((Hostile, NotFound)) as caught:
            open_inside(root, path).close()
        shown = str(caught.value)
        assert "\n" not in shown and "\x1b" not in shown and shown.isprintable()
        shown.encode()


def test_no_new_file_is_made_outside_or_through_links(root: Path, tmp_path: Path) -> None:
    before = sorted(str(path) for path in tmp_path.rglob("*") if root not in path.parents)
    for path in corpus(tmp_path):
        for mode in ("xb", "ab"):
            try:
                open_inside(root, path, mode).close()  # type: ignore[arg-type]
            except CiakError:
                continue
    assert sorted(str(path) for path in tmp_path.rglob("*") if root not in path.parents) == before
    assert (tmp_path / "secret").read_bytes() == SECRET
    assert not (root / "nowhere").exists()


def test_links_and_devices_are_hostile_not_missing(root: Path) -> None:
    for path in ("link", "relative", "up/secret", "home", "loop", "dangling", "sub/away/secret", "pipe", "socket",
                 "../secret", "/etc/passwd", ""):
        with pytest.raises(Hostile):
            open_inside(root, path)
    for path in ("missing", "sub", "plain.txt/x", "a" * 300):
        with pytest.raises(NotFound):
            open_inside(root, path)


def test_a_named_pipe_does_not_hang(root: Path) -> None:
    ended = threading.Event()

    def attempt() -> None:
        for mode in ("rb", "r+b", "ab"):
            with pytest.raises(Hostile):
                open_inside(root, "pipe", mode)  # type: ignore[arg-type]
        ended.set()

    threading.Thread(target=attempt, daemon=True).start()
    assert ended.wait(5)


def test_what_is_inside_opens(root: Path) -> None:
    with open_inside(root, "sub/deep/Notte – città.srt") as stream:
        assert stream.read() == b"deep"
    with open_inside(root, "sub/new.jsonl", "ab") as stream:
        stream.write(b"one")
    with open_inside(root, "sub/new.jsonl", "ab") as stream:
        stream.write(b"two")
    assert (root / "sub" / "new.jsonl").read_bytes() == b"onetwo"
    with open_inside(root, "sub/fresh", "xb") as stream:
        stream.write(b"x")
    with open_inside(root, "plain.txt", "r+b") as stream:
        stream.write(b"P")
    assert (root / "plain.txt").read_bytes() == b"Plain"
    with pytest.raises(CiakError, match="exists"):
        open_inside(root, "sub/fresh", "xb")


def test_names_that_are_no_unicode_open(root: Path) -> None:
    name = b"caf\xe9.srt"
    (root / os.fsdecode(name)).write_bytes(b"latin")
    with open_inside(root, os.fsdecode(name)) as stream:
        assert stream.read() == b"latin"


def test_the_root_may_be_reached_by_a_link_and_may_be_missing(root: Path, tmp_path: Path) -> None:
    (tmp_path / "shortcut").symlink_to(root)
    open_inside(tmp_path / "shortcut", "plain.txt").close()
    with pytest.raises(NotFound):
        open_inside(tmp_path / "absent", "plain.txt")


def test_a_folder_swapped_for_a_link_during_the_walk_leads_nowhere(root: Path, tmp_path: Path) -> None:
    """The race that a check before the opening loses."""
    (root / "swap").mkdir()
    (root / "swap" / "secret").write_bytes(b"harmless")
    (root / "evil").symlink_to(tmp_path)
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            (root / "swap").rename(root / "kept")
            (root / "evil").rename(root / "swap")
            (root / "swap").rename(root / "evil")
            (root / "kept").rename(root / "swap")

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        for _time in range(2000):
            try:
                with open_inside(root, "swap/secret") as stream:
                    assert stream.read() == b"harmless"
            except BadInput:
                continue
    finally:
        stop.set()
        thread.join()


def test_no_descriptor_leaks(root: Path, tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for path in corpus(tmp_path):
        with pytest.raises(BadInput):
            open_inside(root, path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("./\\a%2e\x00~l"), max_size=12))
def test_any_path_is_opened_inside_or_refused(tmp_path_factory: pytest.TempPathFactory, path: str) -> None:
    above = tmp_path_factory.getbasetemp() / "any"
    (above / "in" / "a").mkdir(parents=True, exist_ok=True)
    try:
        with open_inside(above / "in", path) as stream:
            assert Path(f"/proc/self/fd/{stream.fileno()}").resolve().is_relative_to((above / "in").resolve())
    except BadInput:
        pass
