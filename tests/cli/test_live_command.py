"""``ciak subtitle live`` as a user runs it, with the fakes: what it shows, what it writes, how it ends, bad input."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.cli.program import PROGRAM, ciak
from tests.dubbing.live.test_ear import RATE, speech
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from ciak.cli.live import named_live
from ciak.config import TASKS
from ciak.film import Signal
from ciak.formats import read_subtitles
from ciak.media import SoundWriter

FAKES = {f"CIAK_BACKEND_{task.upper()}": "fake" for task in TASKS}
TEXT = "the house night water friend door"
ITALIAN = "il casa notte acqua amico porta"


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("talk") / "talk.wav"
    with SoundWriter(path, RATE, 1) as writer:
        writer.write(Signal.mono(np.asarray(speech(TEXT, before=0.3, after=0.8), np.float32), RATE))
    return path


_STARTED: list[subprocess.Popen[str]] = []


@pytest.fixture(autouse=True)
def nobody_left() -> Iterator[None]:
    """A session that a failed test leaves behind would keep the models from all others."""
    yield
    while _STARTED:
        process = _STARTED.pop()
        if process.poll() is None:
            process.kill()
            process.wait()


def started(*arguments: str | Path, **given: Any) -> subprocess.Popen[str]:
    process = subprocess.Popen([*PROGRAM, "subtitle", "live", *map(os.fspath, arguments)], text=True, bufsize=1,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **FAKES}, **given)
    _STARTED.append(process)
    return process


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in text.splitlines()]


def test_a_file_is_subtitled_while_it_plays(talk: Path, tmp_path: Path) -> None:
    done = ciak("subtitle", "--live", talk, "--to", "it", "--out", tmp_path / "talk.vtt", "--json", **FAKES)
    assert done.code == 0, done.err
    told = events(done.out)
    assert told[0]["event"] == "ready" and told[0]["url"].startswith("http://127.0.0.1:")
    lines = {(one["language"], one["line"]): one["text"] for one in told if one["event"] == "line"}
    assert lines["en", 0] == TEXT and lines["it", 0].lower() == ITALIAN
    assert told[-1]["event"] == "done" and told[-1]["words"] == 6 and told[-1]["language"] == "en"
    assert told[-1]["files"] == {"en": str(tmp_path / "talk.vtt"), "it": str(tmp_path / "talk.it.vtt")}
    assert read_subtitles(tmp_path / "talk.vtt").cues[0].lines == (TEXT,)


def test_people_read_it_on_the_terminal(talk: Path) -> None:
    done = ciak("subtitle", "live", talk, "--language", "en", "--to", "it", "--no-page", **FAKES)
    assert done.code == 0
    assert done.out.lower() == f"{TEXT}\n  it  {ITALIAN}\n"
    assert "Ctrl-C" in done.err and "written" not in done.err


def test_what_is_piped_in(talk: Path) -> None:
    process = started("-", "--language", "en", "--json", "--no-page", stdin=subprocess.DEVNULL)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2 and "not media" in err and "Traceback" not in err
    with talk.open("rb") as file:
        process = started("-", "--language", "en", "--json", "--no-page", stdin=file)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert events(out)[-1]["words"] == 6


def test_ctrl_c_ends_a_session_with_everything_written(talk: Path, tmp_path: Path) -> None:
    read, write = os.pipe()
    os.write(write, talk.read_bytes()[:44])
    sound = talk.read_bytes()[44:]
    process = started("-", "--language", "en", "--no-page", "--out", tmp_path / "talk.srt", stdin=read)
    os.close(read)
    for at in range(0, len(sound) - RATE, 3200):
        os.write(write, sound[at:at + 3200])
    assert process.stdout is not None
    first = os.read(process.stdout.fileno(), 3).decode()  # past Python's own buffer, which communicate() would lose
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    os.close(write)
    assert process.returncode == 0, err
    assert "Traceback" not in err and "written" in err
    assert (first + out).split()[:3] == TEXT.split()[:3]
    assert " ".join(read_subtitles(tmp_path / "talk.srt").cues[0].lines).split()[:3] == TEXT.split()[:3]


def test_killed_at_any_moment_the_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    with SoundWriter(path, RATE, 1) as writer:
        for _ in range(4):
            writer.write(Signal.mono(np.asarray(speech("the house night", before=.2, after=1.2), np.float32), RATE))
    process = started("-", "--language", "en", "--no-page", "--out", tmp_path / "talk.vtt", stdin=path.open("rb"))
    assert process.stdout is not None
    os.read(process.stdout.fileno(), 5)
    process.kill()
    process.wait()
    document = read_subtitles(tmp_path / "talk.vtt")
    assert document.language == "en" and all(cue.lines for cue in document.cues)


def test_the_page_and_its_wire(talk: Path) -> None:
    process = started(talk, "--to", "it", "--language", "en", "--json")
    assert process.stdout is not None
    url = json.loads(process.stdout.readline())["url"]
    origin = url.partition("/?token=")[0]
    import urllib.request

    with urllib.request.urlopen(url) as answer:
        cookie = answer.headers["set-cookie"].partition(";")[0]
    wire = origin.replace("http", "ws") + "/live"
    with pytest.raises(InvalidStatus):
        connect(wire, origin=origin)
    with connect(wire, origin=origin, additional_headers={"cookie": cookie}) as socket:
        told = [json.loads(message) for message in socket]
    assert {one["text"].lower() for one in told if one["event"] == "line" and one["whole"]} == {TEXT, ITALIAN}
    assert told[-1] == {"event": "done"}
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_bad_input_is_told_in_one_line(talk: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.wav").write_text("Dear Sir, " * 40)
    (tmp_path / "folder.vtt").mkdir()
    quiet = ("--no-page", "--language", "en")
    for arguments, word in (
            (("nothing.wav",), "no file"), ((tmp_path / "letter.wav", *quiet), "not media"),
            (("rtmp://127.0.0.1/x",), "no stream"), (("http://127.0.0.1:1/x", *quiet), "cannot be reached"),
            ((talk, "--to", "fr", *quiet), "nobody translates"), ((talk, "--language", "x!"), "language code"),
            ((talk, "--out", tmp_path / "x.doc"), "format"), ((talk, "--out", tmp_path / "folder.vtt"), "folder"),
            ((talk, "--no-page", "--certificate", "c.pem"), "--no-page"),
            ((talk, "--certificate", tmp_path / "letter.wav", "--key", "k.pem"), "certificate"),
            ((talk, "--names", tmp_path / "folder.vtt"), "film"),
            ((talk, "--width", "3"), "--width"), (("microphone:no/such device",), "microphone")):
        done = ciak("subtitle", "live", *arguments, cwd=tmp_path, **FAKES)
        assert done.code == 2 and word in done.err, (arguments, done.err)
    blocked = tmp_path / "file"
    blocked.write_text("x")
    done = ciak("subtitle", "live", talk, *quiet, "--out", blocked / "talk.vtt", **FAKES)
    assert done.code == 2 and blocked.read_text() == "x"


def test_nothing_is_fetched_where_that_is_forbidden() -> None:
    done = ciak("subtitle", "live", "http://127.0.0.1:1/x", **FAKES, CIAK_OFFLINE="1")
    assert done.code == 2 and "CIAK_OFFLINE" in done.err


def test_an_absent_model_is_named(talk: Path, tmp_path: Path) -> None:
    done = ciak("subtitle", "live", talk, "--no-page", CIAK_MODELS=str(tmp_path), CIAK_OFFLINE="1")
    assert done.code == 2 and "ciak models pull" in done.err


def test_nobody_speaks(tmp_path: Path) -> None:
    with SoundWriter(tmp_path / "rest.wav", RATE, 1) as writer:
        writer.write(Signal.mono(np.zeros(RATE, np.float32), RATE))
    done = ciak("subtitle", "live", tmp_path / "rest.wav", "--no-page", **FAKES)
    assert done.code == 0 and done.out == "" and "nobody spoke" in done.err


def test_a_reader_that_goes_away_is_no_failure(talk: Path) -> None:
    process = started(talk, "--language", "en", "--no-page")
    assert process.stdout is not None
    process.stdout.close()
    began = time.monotonic()
    assert process.wait(30) in (0, 141) and time.monotonic() - began < 30
    assert process.stderr is not None and "Traceback" not in process.stderr.read()


def test_live_is_named_by_an_option_too() -> None:
    assert named_live(["--live", "x.wav"]) == ["live", "x.wav"]
    assert named_live(["x.wav", "--to", "it", "--live"]) == ["live", "x.wav", "--to", "it"]
    assert named_live(["x.wav", "--", "--live"]) == ["x.wav", "--", "--live"]
