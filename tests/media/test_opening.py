"""Opening: what is refused, with one clear line, and what a hostile file cannot reach."""

from __future__ import annotations

import gc
import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.media.clips import ClipPlan, SoundPlan, make_clip, tone

from ciak.errors import BackendError, BadInput, CiakError, Damaged, Hostile, NotFound, TooLarge, WrongFormat
from ciak.media import opening, probe, probe_limited


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plan = ClipPlan(24, sounds=[SoundPlan(tone(48000))])
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", plan)


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """A local port, and what was said to it."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        def listen() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    heard.append(caller.recv(200) or b"(connected)")

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=2)


def one_line(error: CiakError) -> None:
    assert "\n" not in str(error) and 10 < len(str(error)) < 300
    assert "Traceback" not in str(error)


@pytest.mark.parametrize("look", [probe, probe_limited])
def test_what_is_no_media_is_refused_in_one_line(look, tmp_path: Path, clip: Path) -> None:
    whole = clip.read_bytes()
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "noise.mp4").write_bytes(os.urandom(5000))
    (tmp_path / "text.mp4").write_text("Once upon a time.\n" * 100)
    (tmp_path / "headless.mp4").write_bytes(whole[:2000])
    (tmp_path / "cut.mkv").write_bytes(b"\x1aE\xdf\xa3" + os.urandom(300))
    wanted = {"absent.mp4": NotFound, "empty.mp4": Damaged, "noise.mp4": WrongFormat, "text.mp4": WrongFormat,
              "headless.mp4": Damaged, "cut.mkv": BadInput, ".": WrongFormat, "empty.mp4/x": NotFound}
    for name, kind in wanted.items():
        with pytest.raises(kind) as caught:
            look(tmp_path / name)
        one_line(caught.value)


def test_a_film_cut_short_is_damaged(tmp_path: Path) -> None:
    long = make_clip(tmp_path / "long.mkv", ClipPlan(24 * 20))
    short = tmp_path / "short.mkv"
    short.write_bytes(long.read_bytes()[:long.stat().st_size // 3])
    with pytest.raises(Damaged, match=r"cut short: it says 20.0 s"):
        probe(short)


def test_pipes_and_devices_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    for path in (tmp_path / "pipe.mp4", Path("/dev/zero")):
        with pytest.raises(WrongFormat, match="regular file"):
            probe(path)


PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\n{url}\n#EXTINF:10.0,\nfile://{canary}\n#EXT-X-ENDLIST\n",
    "hls behind blank lines": "\n\n \n#EXTM3U\n#EXTINF:1,\n{url}\n",
    "hls behind a mark": "\ufeff#EXTM3U\n#EXTINF:1,\n{url}\n",
    "hls inside an id3 tag": "ID3\x03\x00\x00\x00\x00\x00\x00#EXTM3U\n#EXTINF:1,\n{url}\n",
    "concat": "ffconcat version 1.0\nfile '{canary}'\nfile {url}\n",
    "bare concat": "file '{canary}'\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet>'
            '<Representation><BaseURL>{url}</BaseURL></Representation></AdaptationSet></Period></MPD>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n",
    "asx": '<ASX version="3.0"><ENTRY><REF HREF="{url}"/></ENTRY></ASX>',
    "smooth": '<SmoothStreamingMedia MajorVersion="2"><StreamIndex Url="{url}"/></SmoothStreamingMedia>',
}


@pytest.mark.parametrize("kind", PLAYLISTS)
@pytest.mark.parametrize("end", ["mp4", "avi", "m3u8", "wav"])
def test_m1_playlists_in_disguise_reach_nothing(kind: str, end: str, tmp_path: Path,
                                                listener: tuple[int, list[bytes]]) -> None:
    port, heard = listener
    canary = tmp_path / "canary.txt"
    canary.write_text("CANARY" * 100)
    os.utime(canary, (1_000_000, 2_000_000))
    film = tmp_path / f"film.{end}"
    film.write_text(PLAYLISTS[kind].format(url=f"http://127.0.0.1:{port}/x.ts", canary=canary, port=port))
    with pytest.raises(BadInput) as caught:
        probe(film)
    one_line(caught.value)
    assert heard == []
    assert canary.stat().st_atime == 1_000_000
    if kind in ("hls", "concat", "bare concat", "dash"):
        assert isinstance(caught.value, Hostile)


def test_the_canary_would_have_told(tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text("CANARY")
    os.utime(canary, (1_000_000, 2_000_000))
    canary.read_text()
    assert canary.stat().st_atime != 1_000_000, "this disk keeps no access times: M1 proves less here"


def test_m1_a_reference_movie_is_not_followed(tmp_path: Path, clip: Path,
                                              listener: tuple[int, list[bytes]]) -> None:
    port, heard = listener
    url = f"http://127.0.0.1:{port}/x.mp4".encode()

    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I4s", len(body) + 8, kind) + body

    rdrf = box(b"rdrf", bytes(4) + b"url " + struct.pack(">I", len(url)) + url)
    movie = box(b"moov", box(b"rmra", box(b"rmda", rdrf)))
    (tmp_path / "ref.mov").write_bytes(box(b"ftyp", b"qt  " + bytes(4)) + movie)
    with pytest.raises(BadInput):
        probe(tmp_path / "ref.mov")
    outside = clip.read_bytes().replace(b"url \x00\x00\x00\x01", b"url \x00\x00\x00\x00")
    (tmp_path / "dref.mp4").write_bytes(outside)
    try:
        probe(tmp_path / "dref.mp4")
    except BadInput as error:
        one_line(error)
    assert heard == []


def test_m2_an_old_ffmpeg_is_refused(monkeypatch: pytest.MonkeyPatch, clip: Path) -> None:
    monkeypatch.setattr(opening, "FLOOR", {"libavformat": (99, 0, 0)})
    opening._check_version.cache_clear()
    try:
        with pytest.raises(BackendError, match="too old to be safe"):
            probe(clip)
    finally:
        monkeypatch.undo()
        opening._check_version.cache_clear()


def test_m2_only_listed_decoders_run(tmp_path: Path) -> None:
    odd = make_clip(tmp_path / "odd.avi", ClipPlan(5, codec="msvideo1", options={}, pixels="rgb555le"))
    with pytest.raises(WrongFormat, match="not one decoded here"):
        probe(odd)


def patched(data: bytes, mark: bytes, offset: int, new: bytes) -> bytes:
    place = data.index(mark) + offset
    return data[:place] + new + data[place + len(new):]


def test_m3_counts_over_budget_are_refused_from_the_header(tmp_path: Path) -> None:
    plain = make_clip(tmp_path / "raw.mov", ClipPlan(2, codec="rawvideo", options={}, pixels="rgb24")).read_bytes()
    (tmp_path / "wide.mov").write_bytes(patched(plain, b"raw ", 28, struct.pack(">HH", 65535, 65535)))
    sound = make_clip(tmp_path / "film.mkv", ClipPlan(24)).read_bytes()
    # EBML: Duration, element 0x4489 of eight bytes.
    (tmp_path / "endless.mkv").write_bytes(patched(sound, b"\x44\x89\x88", 3, struct.pack(">d", 9e15)))
    wav = bytearray(b"RIFF" + struct.pack("<I", 36 + 80000) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 2, 48000,
                                                                                      192000, 4, 16))
    wav += b"data" + struct.pack("<I", 80000) + bytes(80000)
    wav[22:24] = struct.pack("<H", 40)
    (tmp_path / "many.wav").write_bytes(wav)
    before = psutil.Process().memory_info().rss
    for name in ("wide.mov", "endless.mkv", "many.wav"):
        with pytest.raises((TooLarge, Damaged)) as caught:
            probe(tmp_path / name)
        one_line(caught.value)
    assert psutil.Process().memory_info().rss - before < 100_000_000


@pytest.mark.parametrize("table", [b"stsz", b"stco", b"stts", b"stsc", b"ctts"])
def test_m4_tables_that_claim_billions_of_entries(table: bytes, tmp_path: Path) -> None:
    film = make_clip(tmp_path / "film.mp4", ClipPlan(24, options={"preset": "fast", "bf": "2"})).read_bytes()
    offset = 12 if table == b"stsz" else 8
    (tmp_path / "billions.mp4").write_bytes(patched(film, table, offset, b"\x7f\xff\xff\xff"))
    try:
        probe_limited(tmp_path / "billions.mp4", seconds=20)
    except BadInput as error:
        one_line(error)


def test_m5_opening_many_times_leaks_nothing(clip: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(clip.read_bytes()[:3000])
    process = psutil.Process()

    def turn(times: int) -> None:
        for _ in range(times):
            probe(clip)
            with pytest.raises(Damaged):
                probe(bad)

    turn(40)
    gc.collect()
    files, memory = process.num_fds(), process.memory_info().rss
    turn(150)
    gc.collect()
    assert process.num_fds() == files
    assert process.memory_info().rss - memory < 8_000_000


@pytest.mark.parametrize("name", ["-i x.mp4", "http:x.mp4", "concat:a|b.mp4", "%d.mp4", "a b\n.mp4", "é日.mp4",
                                  "-"])
def test_m6_names_are_names(name: str, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / name).write_bytes(clip.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert probe(name).picture is not None
    assert probe_limited(name) == probe(name)


def test_p5_a_name_that_is_no_text_skips_only_itself(clip: Path, tmp_path: Path) -> None:
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.mp4")
    Path(odd).write_bytes(clip.read_bytes())
    try:
        assert probe(odd).picture is not None
    except BadInput as error:
        str(error).encode()
        one_line(error)
    assert probe(clip).picture is not None


def test_fuzzed_files_never_get_past_the_error_tree(clip: Path, tmp_path: Path) -> None:
    """In a child, so that a crash is a failure of this test and not of the whole run."""
    mkv = make_clip(tmp_path / "clip.mkv", ClipPlan(12, sounds=[SoundPlan(tone(24000), codec="flac")]))
    script = """
import random, sys
from pathlib import Path
from ciak.errors import CiakError
from ciak.media import probe, sound_blocks, Frames
rng = random.Random(5)
target = Path(sys.argv[1])
for source in sys.argv[2:]:
    data = Path(source).read_bytes()
    for turn in range(60):
        bad = bytearray(data)
        for _ in range(rng.choice((1, 3, 20, 200))):
            bad[rng.randrange(len(bad))] = rng.randrange(256)
        if turn % 4 == 0:
            bad = bad[:rng.randrange(len(bad))]
        target.write_bytes(bad)
        try:
            probe(target)
            for _ in sound_blocks(target): pass
            with Frames(target) as frames: frames.frame(frames.count - 1)
        except CiakError as error:
            assert str(error)
print("done")
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "bad.bin"), str(clip), str(mkv)],
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.strip() == "done", done.stderr[-2000:]
    assert done.returncode == 0
