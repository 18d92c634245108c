"""Sound as it comes: files at their speed, pipes, streams, datagrams, a microphone; and bad input of every kind."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import av
import numpy as np
import pytest

from ciak.errors import BadInput, CiakError, Hostile, NotFound, NothingToDo, WrongFormat
from ciak.media import Capture
from ciak.media.capture import CAPTURE_RATE

TONE = (np.sin(2 * np.pi * 440 * np.arange(CAPTURE_RATE * 2) / CAPTURE_RATE) * 8000).astype("<i2")


@pytest.fixture(scope="module")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of a tone."""
    path = tmp_path_factory.mktemp("tone") / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, CAPTURE_RATE, 0, "NONE", ""))
        file.writeframes(TONE.tobytes())
    return path


def taken(source: str, most: int = 10 * CAPTURE_RATE) -> np.ndarray:
    with Capture(source) as capture:
        parts, count = [], 0
        for block in capture.blocks():
            assert block.rate == CAPTURE_RATE and block.channels == 1
            parts.append(block.samples[:, 0])
            count += block.frames
            if count >= most:
                break
    return np.concatenate(parts)


def is_tone(samples: np.ndarray) -> bool:
    spectrum = np.abs(np.fft.rfft(samples[:CAPTURE_RATE]))
    return abs(int(spectrum.argmax()) * CAPTURE_RATE / min(len(samples), CAPTURE_RATE) - 440) < 3


def piped(data: bytes, script: str = "") -> subprocess.CompletedProcess[bytes]:
    """Another process that listens to what is piped into it, and writes what it heard."""
    code = script or ("import sys\nfrom ciak.errors import CiakError\nfrom ciak.media import Capture\n"
                      "try:\n    with Capture('-') as c:\n        for b in c.blocks(): sys.stdout.buffer.write("
                      "(b.samples[:, 0] * 32768).astype('<i2').tobytes())\n"
                      "except CiakError as e: sys.exit(type(e).__name__ + ': ' + str(e))\n")
    return subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, timeout=60, check=False)


def test_a_file_comes_at_the_speed_at_which_it_plays(tone: Path) -> None:
    with Capture(str(tone)) as capture:
        times = [(time.monotonic(), block.frames) for block in capture.blocks()]
    assert sum(frames for _, frames in times) == len(TONE)
    assert 1.7 < times[-1][0] - times[0][0] < 4
    got = taken(str(tone))
    assert np.abs(got - TONE / 32768).max() < 1e-3


def test_what_is_piped_in_comes_at_once(tone: Path) -> None:
    done = piped(tone.read_bytes())
    assert done.returncode == 0, done.stderr
    assert done.stdout == TONE.tobytes()


@pytest.mark.parametrize(("kind", "codec"), [("mpegts", "mp2"), ("mpegts", "aac"), ("mp3", "mp3"), ("ogg", "opus"),
                                            ("matroska", "aac"), ("adts", "aac"), ("flac", "flac")])
def test_streams_of_many_kinds_are_heard(kind: str, codec: str, tmp_path: Path) -> None:
    path = tmp_path / "stream"
    wide = np.repeat((np.sin(2 * np.pi * 440 * np.arange(96000) / 48000) * 8000).astype(np.int16)[:, None], 2, axis=1)
    with av.open(str(path), "w", format=kind) as container:
        stream = container.add_stream({"mp3": "libmp3lame", "opus": "libopus"}.get(codec, codec), rate=48000)
        resampler = av.AudioResampler(stream.format, stream.layout, 48000)
        frame = av.AudioFrame.from_ndarray(wide.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate = 48000
        fifo = av.AudioFifo()
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            fifo.write(part)
        while (piece := fifo.read(stream.codec_context.frame_size or 1024, partial=True)) is not None:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    done = piped(path.read_bytes())
    assert done.returncode == 0, done.stderr
    assert is_tone(np.frombuffer(done.stdout, "<i2")[4000:])


def test_what_is_piped_in_and_is_no_sound_is_told_in_one_line(tone: Path) -> None:
    for data in (b"", b"Dear Sir,\n" * 300, bytes(range(256)) * 99, tone.read_bytes()[:30],
                 b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"):
        done = piped(data)
        assert done.returncode == 1 and b"not media" in done.stderr, (data[:20], done.stderr)
        assert b"Traceback" not in done.stderr and b"root:" not in done.stdout
    done = piped(tone.read_bytes()[:44])
    assert done.returncode == 1 and b"of its sound can be decoded" in done.stderr


def test_sources_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "list.mp4").write_text("#EXTM3U\nfile:///etc/passwd\n")
    (tmp_path / "letter.wav").write_text("Dear Sir, " * 40)
    for source, kind in (("nothing.wav", NotFound), (str(tmp_path), WrongFormat),
                         (str(tmp_path / "empty.wav"), BadInput), (str(tmp_path / "list.mp4"), Hostile),
                         (str(tmp_path / "letter.wav"), WrongFormat),
                         ("rtmp://127.0.0.1/live", BadInput), ("file:///etc/passwd", BadInput),
                         ("http://a b/", BadInput), ("udp://127.0.0.1", BadInput), ("udp://127.0.0.1:99999", BadInput),
                         ("concat:a|b", NotFound), ("microphone:; rm -rf", BadInput), ("microphone:-x y", BadInput),
                         ("a\0b", NotFound)):
        with pytest.raises(kind):
            taken(source)


def test_a_file_without_sound(tmp_path: Path) -> None:
    from tests.media.clips import ClipPlan, make_clip

    make_clip(tmp_path / "silent.mp4", ClipPlan(frames=24))
    with pytest.raises(NothingToDo):
        taken(str(tmp_path / "silent.mp4"))


@contextmanager
def served(handler: object) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)  # type: ignore[arg-type]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def test_a_stream_by_http(tone: Path) -> None:
    with served(partial(Quiet, directory=str(tone.parent))) as root:
        assert len(taken(f"{root}/tone.wav")) == len(TONE)
        with pytest.raises(NotFound, match="404"):
            taken(f"{root}/other.wav")
    with pytest.raises(NotFound, match="cannot be reached"):
        taken(f"{root}/tone.wav")


def test_a_stream_that_leads_elsewhere_is_not_followed() -> None:
    asked = []

    class Sly(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            if self.path == "/list":
                self.send_response(200)
                self.send_header("content-type", "application/vnd.apple.mpegurl")
                self.end_headers()
                self.wfile.write(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
                return
            self.send_response(302)
            self.send_header("location", "file:///etc/passwd" if self.path == "/file" else "ftp://127.0.0.1/x")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with served(Sly) as root:
        for path in ("/file", "/ftp"):
            with pytest.raises(CiakError):
                taken(root + path)
        with pytest.raises(WrongFormat, match="playlist"):
            taken(root + "/list")
    assert asked == ["/file", "/ftp", "/list"]


def test_a_stream_that_never_ends_is_heard_as_it_comes_and_can_be_left(tone: Path) -> None:
    class Endless(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            data = tone.read_bytes()
            try:
                self.wfile.write(data[:44])
                for _ in range(600):
                    self.wfile.write(data[44:44 + 3200])
                    time.sleep(0.02)
            except OSError:
                pass

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with served(Endless) as root:
        capture = Capture(root)
        with capture:
            blocks = capture.blocks()
            first = next(blocks)
            threading.Timer(0.3, capture.stop).start()
            began = time.monotonic()
            rest = list(blocks)
            assert time.monotonic() - began < 5 and first.frames == 1600 and rest


def test_datagrams(tone: Path, tmp_path: Path) -> None:
    path = tmp_path / "s.ts"
    with av.open(str(path), "w", format="mpegts") as container:
        stream = container.add_stream("mp2", rate=32000, layout="mono")
        sound = (np.sin(2 * np.pi * 440 * np.arange(32000 * 4) / 32000) * 8000).astype(np.int16)
        for start in range(0, len(sound) // 1152 * 1152, 1152):
            frame = av.AudioFrame.from_ndarray(sound[None, start:start + 1152], format="s16", layout="mono")
            frame.sample_rate, frame.pts = 32000, start
            container.mux(stream.encode(frame))
    data = path.read_bytes()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    stop = threading.Event()

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            for at in range(0, len(data) * 50, 1316):
                if stop.wait(0.005):
                    return
                out.sendto(data[at % len(data):at % len(data) + 1316], ("127.0.0.1", port))

    sender = threading.Thread(target=send)
    sender.start()
    try:
        assert is_tone(taken(f"udp://127.0.0.1:{port}", most=CAPTURE_RATE)[2000:])
    finally:
        stop.set()
        sender.join()


def test_a_microphone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ALSA's own program on a sound card that plays a file."""
    TONE.tofile(tmp_path / "in.raw")
    (tmp_path / "asound.conf").write_text(
        f'pcm.recorded {{ type file; slave.pcm {{ type null }}; file "/dev/null"; infile "{tmp_path}/in.raw"; '
        'format "raw" }\n')
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    got = taken("microphone:recorded", most=CAPTURE_RATE)
    assert is_tone(got) and np.abs(got[:CAPTURE_RATE] - TONE[:CAPTURE_RATE] / 32768).max() == 0
    with pytest.raises(BadInput, match="microphone cannot be listened to"):
        taken("microphone:absent")


def test_a_machine_without_the_program_for_microphones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CiakError, match="alsa-utils"):
        taken("microphone")


def test_the_process_that_listens_ends_with_its_reader(tone: Path) -> None:
    capture = Capture(str(tone))
    with capture:
        next(capture.blocks())
        child = capture._process
        assert child is not None and child.poll() is None
    assert child.poll() is not None
    script = ("import os, sys, time\nfrom ciak.media import Capture\nc = Capture(sys.argv[1]).__enter__()\n"
              "next(c.blocks())\nprint(c._process.pid, flush=True)\nos.kill(os.getpid(), 9)\n")
    done = subprocess.run([sys.executable, "-c", script, tone], capture_output=True, text=True, timeout=30, check=False)
    pid = int(done.stdout)
    for _ in range(100):
        if not os.path.exists(f"/proc/{pid}") or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]:  # noqa: PTH110
            break
        time.sleep(0.05)
    else:
        raise AssertionError("it goes on without anybody listening")
