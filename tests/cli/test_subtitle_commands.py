"""``ciak subtitle check``, ``fix``, ``profiles`` and ``ciak conform``: from file to file, exit codes, bad input."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.cli.program import ciak

from ciak.film import Clip, Cut, Lane, Rate, Span
from ciak.formats import write_cut

BROKEN = """1
00:00:01,000 --> 00:00:01,200
Wait...

2
00:00:01,210 --> 00:00:04,000
I never thought I would see you again,
not after what happened

3
00:00:05,000 --> 00:00:06,000
ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ
"""
RIGHT = "1\n00:00:01,000 --> 00:00:03,000\nWait for me.\n"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "night.en.srt"
    path.write_text(BROKEN)
    return path


@pytest.fixture
def two_shots(tmp_path: Path) -> Path:
    """Four seconds at 24 frames a second; the shot changes at frame 30."""
    path = tmp_path / "two.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for n in range(96):
            image = np.full((96, 160, 3), (200, 60, 40) if n < 30 else (20, 60, 180), np.uint8)
            image[20:40, (n * 3) % 140:(n * 3) % 140 + 20] = 255
            out.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        out.mux(stream.encode(None))
    return path


def test_check_lists_rule_and_time_and_says_so_in_its_exit_code(broken: Path) -> None:
    ran = ciak("subtitle", "check", broken, "--profile", "netflix-en", "--json")
    assert ran.code == 1
    told = json.loads(ran.out)
    assert {(row["cue"], row["rule"]) for row in told["violations"]} == {
        (1, "shortest"), (1, "reading-speed"), (1, "gap"), (1, "ellipsis"), (2, "reading-speed"), (3, "characters"),
        (3, "reading-speed")}
    assert told["violations"][0]["timecode"] == "00:00:01:00"
    assert (told["profile"], told["rate"], told["shot_changes"]) == ("netflix-en", "24", None)
    people = ciak("subtitle", "check", broken, "--profile", "netflix-en")
    assert people.code == 1 and "characters" in people.out and "not judged" in people.out


def test_what_is_right_has_exit_code_0(tmp_path: Path) -> None:
    (tmp_path / "right.srt").write_text(RIGHT)
    ran = ciak("subtitle", "check", tmp_path / "right.srt", "--profile", "netflix-en")
    assert ran.code == 0 and "no rule is broken" in ran.out


def test_fix_writes_beside_and_says_what_is_left(broken: Path) -> None:
    ran = ciak("subtitle", "fix", broken, "--profile", "netflix-en", "--json")
    told = json.loads(ran.out)
    assert ran.code == 1 and broken.read_text() == BROKEN
    assert [(row["rule"], row["code"]) for row in told["rest"]] == [("characters", "long-word")]
    fixed = Path(told["out"])
    assert fixed.name == "night.en.fixed.srt"
    again = ciak("subtitle", "fix", fixed, "--profile", "netflix-en", "--out", fixed.with_name("again.srt"))
    assert again.code == 1 and fixed.with_name("again.srt").read_bytes() == fixed.read_bytes()


def test_the_picture_gives_rate_and_shot_changes(two_shots: Path, tmp_path: Path) -> None:
    (tmp_path / "s.srt").write_text(RIGHT)
    told = json.loads(ciak("subtitle", "check", tmp_path / "s.srt", "--video", two_shots, "--profile", "netflix-en",
                           "--json").out)
    assert told["shot_changes"] == 1
    assert [(row["rule"], row["measured"]) for row in told["violations"]] == [("shot-in", 6)]
    fixed = json.loads(ciak("subtitle", "fix", tmp_path / "s.srt", "--video", two_shots, "--profile", "netflix-en",
                            "--json").out)
    assert fixed["rest"] == []
    assert "00:00:01,250 -->" in Path(fixed["out"]).read_text()


@pytest.mark.parametrize(("suffix", "begins"), [
    (".vtt", b"WEBVTT"), (".ass", b"[Script Info]"), (".ttml", b"<?xml"), (".srt", b"1\r\n")])
def test_the_name_of_the_output_says_the_format(broken: Path, suffix: str, begins: bytes) -> None:
    out = broken.with_name("out" + suffix)
    ciak("subtitle", "fix", broken, "--profile", "netflix-en", "--out", out)
    assert out.read_bytes().startswith(begins)
    assert ciak("subtitle", "check", out, "--profile", "netflix-en", "--json").code == 1


def test_a_profile_of_ones_own(broken: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('name = "mine"\n[rules.characters]\nlimit = 60\nsource = "me"\ndate = "2026-11"\n')
    assert ciak("subtitle", "check", broken, "--profile", mine, "--json").code == 0
    assert json.loads(ciak("subtitle", "profiles", mine, "--json").out)["rules"]["characters"]["source"] == "me"
    listed = ciak("subtitle", "profiles")
    assert listed.code == 0 and "netflix-it" in listed.out and "ebu" in listed.out


@pytest.mark.parametrize(("arguments", "words"), [
    (("check", "absent.srt"), "absent.srt"),
    (("check", "empty.srt"), "empty.srt"),
    (("check", "noise.srt"), "noise.srt"),
    (("check", "night.en.srt", "--profile", "nobody"), "nobody"),
    (("check", "night.en.srt", "--profile", "empty.toml"), "empty.toml"),
    (("check", "night.en.srt", "--rate", "0"), "frame rate"),
    (("check", "night.en.srt", "--language", "?"), "language"),
    (("check", "night.en.srt", "--video", "night.en.srt"), "night.en.srt"),
    (("check", "night.en.srt", "--video", "absent.mp4"), "absent.mp4"),
    (("check", "night.en.srt", "--video", "."), "film"),
    (("fix", "cut-off.srt"), "cut-off.srt"),
    (("fix", "night.en.srt", "--out", "."), "."),
    (("fix", "."), "not a file"),
])
def test_bad_input_is_one_line(broken: Path, arguments: tuple[str, ...], words: str) -> None:
    home = broken.parent
    (home / "empty.srt").write_bytes(b"")
    (home / "empty.toml").write_bytes(b"")
    (home / "noise.srt").write_bytes(bytes(range(256)) * 8)
    (home / "cut-off.srt").write_text(RIGHT + "\n2\n00:00:05,000 --> 00:00:0")
    ran = ciak("subtitle", *arguments, cwd=home)
    assert ran.code == 2 and words in ran.err
    assert not list(home.glob("*.fixed.*")) and not list(home.glob(".*"))


def cut(name: str, *clips: tuple[str, int]) -> Cut:
    """Clips of 48 frames at 24 a second, from that source frame."""
    rate = Rate(Fraction(24))
    return Cut(name=name, rate="24", start="01:00:00:00", lanes=(Lane(name="V", kind="Video", clips=tuple(
        Clip(name=reel, path=f"{reel}.mov", span=Span(start=rate.time(48 * n), end=rate.time(48 * n + 48)),
             source=rate.time(first)) for n, (reel, first) in enumerate(clips))),))


def test_subtitles_are_conformed_to_a_new_cut(tmp_path: Path) -> None:
    (tmp_path / "old.otio").write_bytes(write_cut(cut("old", ("a", 0), ("b", 0), ("c", 0))))
    (tmp_path / "new.otio").write_bytes(write_cut(cut("new", ("c", 0), ("a", 0))))
    (tmp_path / "s.srt").write_text("1\n00:00:00,500 --> 00:00:01,500\nA\n\n2\n00:00:02,500 --> 00:00:03,500\nB\n\n"
                                    "3\n00:00:04,500 --> 00:00:05,500\nC\n")
    ran = ciak("conform", "s.srt", "old.otio", "new.otio", "--json", cwd=tmp_path)
    assert ran.code == 0
    told = {note["id"]: note["code"] for note in json.loads(ran.out)["notes"]}
    assert told == {"1": "moved", "2": "fell", "3": "moved"}
    written = (tmp_path / "s.conformed.srt").read_text()
    assert "00:00:00,500 --> 00:00:01,500\nC" in written and "00:00:02,500 --> 00:00:03,500\nA" in written
    assert "fell" in ciak("conform", "s.srt", "old.otio", "new.otio", cwd=tmp_path).out


def test_conform_says_what_it_cannot_use(tmp_path: Path) -> None:
    (tmp_path / "s.srt").write_text(RIGHT)
    (tmp_path / "old.otio").write_bytes(write_cut(cut("old", ("a", 0))))
    (tmp_path / "other.otio").write_bytes(write_cut(cut("other", ("z", 0))))
    for arguments, words in (
            (("s.srt", "s.srt", "old.otio"), "s.srt"), (("s.srt", "old.otio", "other.otio"), "no picture"),
            (("absent.srt", "old.otio", "old.otio"), "absent.srt"), ((".", "old.otio", "old.otio"), "film")):
        ran = ciak("conform", *arguments, cwd=tmp_path)
        assert ran.code == 2 and words in ran.err


@pytest.mark.parametrize(("options", "line"), [
    ((), "00:00:01,000 --> 00:00:03,000"),
    (("--speed", "24:25"), "00:00:00,960 --> 00:00:02,880"),
    (("--speed", "25:24"), "00:00:01,042 --> 00:00:03,125"),
    (("--speed", "24:23.976"), "00:00:01,001 --> 00:00:03,003"),
    (("--shift", "2.5"), "00:00:03,500 --> 00:00:05,500"),
    (("--shift", "-0.99", "--rate", "25"), "00:00:00,000 --> 00:00:02,000"),
])
def test_convert_changes_the_clock(tmp_path: Path, options: tuple[str, ...], line: str) -> None:
    (tmp_path / "s.srt").write_text(RIGHT)
    ran = ciak("subtitle", "convert", "s.srt", "out.srt", *options, cwd=tmp_path)
    assert ran.code == 0 and line in (tmp_path / "out.srt").read_text()


@pytest.mark.parametrize("suffix", [".vtt", ".ass", ".ttml"])
def test_convert_there_and_back(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "s.srt").write_text(RIGHT.replace("Wait for me.", "<i>Wait</i> for me."))
    assert ciak("subtitle", "convert", "s.srt", "there" + suffix, cwd=tmp_path).code == 0
    assert ciak("subtitle", "convert", "there" + suffix, "back.srt", cwd=tmp_path).code == 0
    assert "<i>Wait</i> for me." in (tmp_path / "back.srt").read_text()


def test_convert_says_what_is_lost(tmp_path: Path) -> None:
    (tmp_path / "s.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Hello.\n")
    told = json.loads(ciak("subtitle", "convert", "s.vtt", "out.srt", "--json", cwd=tmp_path).out)
    assert told["losses"] and told["cues"] == 1


@pytest.mark.parametrize(("arguments", "words"), [
    (("s.srt", "out.mov"), "format"), (("s.srt", "out"), "format"), (("s.srt", "out.srt", "--speed", "24"), "24:25"),
    (("s.srt", "out.srt", "--speed", "24:x"), "frame rate"), (("s.srt", "out.srt", "--shift", "soon"), "seconds"),
    (("s.srt", "out.srt", "--shift", "-5"), "before the film"), (("absent.srt", "out.srt"), "absent.srt"),
    (("s.srt", "out.ttml", "--start", "99:00:00:00"), "timecode"),
])
def test_convert_says_what_it_cannot_do(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    (tmp_path / "s.srt").write_text(RIGHT)
    ran = ciak("subtitle", "convert", *arguments, cwd=tmp_path)
    assert ran.code == 2 and words in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["s.srt"]


def test_a_dcp_stays_a_dcp_and_is_made_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / "s.srt").write_text(RIGHT.replace("03,000", "01,100"))
    assert ciak("subtitle", "convert", "s.srt", "reel.xml", "--to", "dcp", cwd=tmp_path).code == 0
    assert b"SubtitleReel" in (tmp_path / "reel.xml").read_bytes()
    assert ciak("subtitle", "fix", "reel.xml", "--profile", "netflix-en", cwd=tmp_path).code == 0
    assert b"SubtitleReel" in (tmp_path / "reel.fixed.xml").read_bytes()
    assert ciak("subtitle", "convert", "s.srt", "t.xml", cwd=tmp_path).code == 0
    assert b"imsc1.1" in (tmp_path / "t.xml").read_bytes()
    ran = ciak("subtitle", "convert", "s.srt", "t.xml", "--to", "scc", cwd=tmp_path)
    assert ran.code == 2 and "scc" in ran.err


def _talking(path: Path) -> list[tuple[float, float]]:
    """A sound of forty seconds with bursts that the fake detector calls speech; where they are."""
    rng = np.random.default_rng(7)
    at, spans = 1.0, []
    samples = rng.normal(0, 1e-4, 40 * 16000)
    while at < 36:
        length = float(rng.uniform(.6, 2))
        spans.append((at, at + length))
        samples[round(at * 16000):round((at + length) * 16000)] += rng.normal(0, .1, round((at + length) * 16000)
                                                                            - round(at * 16000))
        at += length + float(rng.uniform(.5, 3))
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=16000, layout="mono")
        frame = av.AudioFrame.from_ndarray((samples * 30000).astype("<i2").reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = 16000
        out.mux([*stream.encode(frame), *stream.encode(None)])
    return spans


def _srt(spans: list[tuple[float, float]]) -> str:
    def clock(seconds: float) -> str:
        return f"00:00:{int(seconds):02},{round(seconds % 1 * 1000):03}".replace(",1000", ",999")

    return "\n".join(f"{n}\n{clock(a)} --> {clock(b)}\nLine {n}\n" for n, (a, b) in enumerate(spans, 1))


def test_resync_finds_the_offset_and_writes_beside(tmp_path: Path) -> None:
    spans = _talking(tmp_path / "talk.wav")
    late = tmp_path / "late.srt"
    late.write_text(_srt([(a + 3.5, b + 3.5) for a, b in spans]))
    before = late.read_bytes()
    ran = ciak("subtitle", "resync", late, tmp_path / "talk.wav", "--json", CIAK_BACKEND_DETECTOR="fake")
    told = json.loads(ran.out)
    assert ran.code == 0 and late.read_bytes() == before
    assert abs(told["offset"] + 3.5) < .1 and told["rates"] is None and told["cues"] == len(spans)
    assert Path(told["out"]).name == "late.resynced.srt" and Path(told["out"]).is_file()


@pytest.mark.parametrize(("subtitles", "sound", "said"), [
    ("strange.srt", "talk.wav", "do not fit"), ("few.srt", "talk.wav", "too few"), ("late.srt", "none.wav", "no file"),
    ("late.srt", "late.srt", "not media"), ("none.srt", "talk.wav", "no file"), ("late.srt", "empty.wav", "empty")])
def test_resync_refuses_in_one_line_and_writes_nothing(tmp_path: Path, subtitles: str, sound: str, said: str) -> None:
    spans = _talking(tmp_path / "talk.wav")
    (tmp_path / "late.srt").write_text(_srt(spans))
    (tmp_path / "few.srt").write_text(_srt(spans[:3]))
    (tmp_path / "strange.srt").write_text(_srt([(2.5 * n + 1, 2.5 * n + 3) for n in range(15)]))
    (tmp_path / "empty.wav").touch()
    ran = ciak("subtitle", "resync", tmp_path / subtitles, tmp_path / sound, CIAK_BACKEND_DETECTOR="fake")
    assert ran.code in (1, 2) and said in ran.err.splitlines()[-1] and "Traceback" not in ran.err
    assert not list(tmp_path.glob("*resynced*"))
