"""Pictures: the frame that is asked for is the frame that comes, whatever the source."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.media.clips import LONG_GOP, OPEN_GOP, ClipPlan, SoundPlan, draw, impulses, make_clip, read_code, tone

from ciak.errors import BadInput, Cancelled, Damaged, NothingToDo, StorageError, TooLarge
from ciak.film.time import Rate
from ciak.media import FrameMap, Frames, make_proxy, probe, read_timeline, with_sound


def wavering(frames: int, seed: int = 1) -> list[int]:
    """Milliseconds at which the frames of a telephone's film are shown."""
    rng = random.Random(seed)
    times = [0]
    for _ in range(frames - 1):
        times.append(times[-1] + rng.choice((17, 33, 33, 34, 41, 50, 100)))
    return times


SOURCES = {
    "plain.mp4": ClipPlan(90),
    "ntsc.mkv": ClipPlan(90, Fraction(24000, 1001)),
    "long-group.mp4": ClipPlan(300, options=LONG_GOP),
    "open-group.mkv": ClipPlan(90, options=OPEN_GOP),
    "open-group.mp4": ClipPlan(90, options=OPEN_GOP),
    "open-group.ts": ClipPlan(90, Fraction(25), options=OPEN_GOP),
    "wavering.mp4": ClipPlan(90, times=wavering(90)),
    "wavering.mkv": ClipPlan(90, times=wavering(90, 2), options=OPEN_GOP),
    "late.mp4": ClipPlan(90, delay=Fraction(3, 2), options=OPEN_GOP),
    "late.mkv": ClipPlan(90, delay=Fraction(3, 2)),
    "turned.mp4": ClipPlan(40, rotation=90),
    "upside-down.mp4": ClipPlan(40, rotation=180),
    "turned-back.mp4": ClipPlan(40, rotation=270),
    "hevc.mp4": ClipPlan(60, codec="libx265",
                         options={"preset": "ultrafast", "x265-params": "log-level=none:keyint=12:bframes=3"}),
    "mpeg2.ts": ClipPlan(60, Fraction(25), codec="mpeg2video", options={"b": "3000000", "bf": "2", "g": "12"}),
    "vp9.webm": ClipPlan(40, codec="libvpx-vp9", options={"cpu-used": "8", "deadline": "realtime", "b": "1000000"}),
    "reordered.avi": ClipPlan(60, options=OPEN_GOP),
    "fast.mp4": ClipPlan(120, Fraction(60)),
}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


def clip(clips: Path, name: str) -> Path:
    path = clips / name
    return path if path.exists() else make_clip(path, SOURCES[name])


@pytest.mark.parametrize("name", SOURCES)
def test_any_frame_in_any_order(name: str, clips: Path) -> None:
    plan = SOURCES[name]
    rng = random.Random(name)
    with Frames(clip(clips, name)) as frames:
        if plan.times is None:
            assert frames.count == plan.frames and frames.rate.fps == plan.rate
            assert frames.timeline.constant
        else:
            assert not frames.timeline.constant
        order = [0, frames.count - 1, *(rng.randrange(frames.count) for _ in range(25)), *range(12)]
        for n in order:
            assert read_code(frames.frame(n)) == frames.source(n)
        with pytest.raises(BadInput):
            frames.frame(frames.count)
        with pytest.raises(BadInput):
            frames.frame(-1)


@pytest.mark.parametrize("name", ["wavering.mp4", "wavering.mkv"])
@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60)])
def test_a_wavering_rate_is_conformed_by_what_is_on_the_screen(name: str, rate: Fraction, clips: Path) -> None:
    times = [Fraction(t, 1000) for t in SOURCES[name].times or ()]
    with Frames(clip(clips, name), Rate(rate)) as frames:
        for n in range(frames.count):
            number = frames.source(n)
            assert times[number] <= n / rate + Fraction(1, 4) / rate
            if number + 1 < len(times):
                assert times[number + 1] > n / rate + Fraction(1, 4) / rate - Fraction(1, 1000)
        assert abs(frames.count / rate - (times[-1] + Fraction(1, 30))) < Fraction(1, 10)


@pytest.mark.parametrize(("name", "turn"), [("turned.mp4", 90), ("upside-down.mp4", 180), ("turned-back.mp4", 270)])
def test_pictures_come_upright(name: str, turn: int, clips: Path) -> None:
    info = probe(clip(clips, name)).picture
    assert info is not None and info.rotation == turn and (info.width, info.height) == (320, 180)
    with Frames(clip(clips, name)) as frames:
        shape = (320, 180) if turn != 180 else (180, 320)
        image = frames.frame(7)
        assert image.shape == (*shape, 3) and image.dtype == np.uint8
        assert np.abs(image.astype(int) - draw(7, shape[1], shape[0]).astype(int)).mean() < 12
        assert frames.frame(7, (90, 160)).shape == (160, 90, 3)


def test_jitter_is_not_a_varying_rate(tmp_path: Path) -> None:
    rng = random.Random(4)
    times = [round(1000 * n / 24) + rng.randrange(-6, 7) + 10 for n in range(100)]
    path = make_clip(tmp_path / "jitter.mkv", ClipPlan(100, times=times))
    timeline = read_timeline(path)
    assert timeline.constant and timeline.rate == Rate(Fraction(24))
    assert timeline.shown(timeline.rate).tolist() == list(range(100))


def test_no_picture_and_covers(tmp_path: Path) -> None:
    from ciak.film.sound import Signal
    from ciak.media import SoundWriter

    with SoundWriter(tmp_path / "a.wav", 48000, 1) as writer:
        writer.write(Signal(np.zeros((4800, 1), np.float32), 48000))
    with pytest.raises(NothingToDo, match="no picture"):
        Frames(tmp_path / "a.wav")
    assert probe(tmp_path / "a.wav").picture is None


@pytest.mark.material
def test_real_films(material: Path) -> None:
    for name, rate, count in (("sintel/trailer.mp4", 24, 1252), ("his-girl-friday/friday.mp4", 30, 185),
                              ("tears-of-steel/battle.webm", 24, 1691)):
        timeline = read_timeline(material / "media" / name)
        assert (timeline.rate.fps, timeline.constant, timeline.count(timeline.rate)) == (rate, True, count)


@pytest.mark.parametrize("name", ["plain.mp4", "wavering.mkv", "turned.mp4", "open-group.ts", "late.mp4",
                                  "reordered.avi", "ntsc.mkv"])
def test_every_frame_of_a_proxy_is_the_mapped_one(name: str, clips: Path, tmp_path: Path) -> None:
    source, target = clip(clips, name), tmp_path / "proxy.mp4"
    steps: list[float] = []
    frame_map = make_proxy(source, target, tick=steps.append, height=120)
    assert FrameMap.from_bytes(frame_map.to_bytes()) == frame_map
    assert steps == sorted(steps) and steps[-1] == 1
    info = probe(target).picture
    assert info is not None and info.constant and info.start == 0 and info.codec == "h264"
    assert info.rate == frame_map.rate and info.frames == len(frame_map.source) and info.rotation == 0
    assert info.height <= 120 and info.pixels == "yuv420p"
    timeline = read_timeline(target)
    assert max(np.diff(np.searchsorted(timeline.pts, timeline.keys)), default=0) <= 12
    with Frames(target) as proxy, Frames(source) as frames:
        assert proxy.count == frames.count
        for n in range(proxy.count):
            assert read_code(proxy.frame(n)) == frame_map.source[n] == frames.source(n)
    assert target.read_bytes().index(b"moov") < target.read_bytes().index(b"mdat")
    assert [file.name for file in tmp_path.iterdir()] == ["proxy.mp4"]


def test_a_proxy_in_another_language_shares_the_picture(tmp_path: Path) -> None:
    from ciak.film.sound import Signal
    from ciak.media import SoundWriter, sound_blocks

    source = make_clip(tmp_path / "film.mkv", ClipPlan(48, sounds=[SoundPlan(tone(96000), codec="flac")]))
    make_proxy(source, tmp_path / "en.mp4", language="en")
    with SoundWriter(tmp_path / "it.wav", 48000, 2) as writer:
        writer.write(Signal(impulses(96000, [48000]), 48000))
    report = with_sound(tmp_path / "en.mp4", tmp_path / "it.wav", tmp_path / "it.mp4", "it")
    assert report.picture_untouched and report.sounds == ("ita",)
    english, italian = probe(tmp_path / "en.mp4"), probe(tmp_path / "it.mp4")
    assert [s.language for s in english.sounds] == ["eng"] and english.picture == italian.picture
    samples = np.concatenate([block.samples for block in sound_blocks(tmp_path / "it.mp4")])
    assert abs(int(np.abs(samples[:, 0]).argmax()) - 48000) <= 1


def test_a_cancelled_proxy_leaves_nothing(clips: Path, tmp_path: Path) -> None:
    target = tmp_path / "proxy.mp4"
    target.write_bytes(b"old")

    def stop(done: float) -> None:
        if done > 0.3:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        make_proxy(clip(clips, "plain.mp4"), target, tick=stop)
    assert target.read_bytes() == b"old" and [file.name for file in tmp_path.iterdir()] == ["proxy.mp4"]


def test_a_damaged_frame_map_is_told() -> None:
    for data in (b"", b"{}", b"[1]", b'{"format":1,"fps":"24","time_base":"1/24","pts":[0],"source":[3]}', b"\xff"):
        with pytest.raises(Damaged):
            FrameMap.from_bytes(data)


def test_a_full_disk_under_a_proxy(clips: Path, tmp_path: Path) -> None:
    import resource
    import signal

    source = clip(clips, "long-group.mp4")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    try:
        with pytest.raises(StorageError, match="could not be written"):
            make_proxy(source, tmp_path / "proxy.mp4")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert list(tmp_path.iterdir()) == []


def test_too_large_a_picture(tmp_path: Path) -> None:
    wide = make_clip(tmp_path / "wide.mkv", ClipPlan(1, size=(8320, 32), codec="ffv1", options={}))
    with pytest.raises(TooLarge, match="8320x32"):
        Frames(wide)


def test_times_that_jump_by_hours_are_damage_not_a_million_frames(tmp_path: Path) -> None:
    jumping = make_clip(tmp_path / "jump.mkv", ClipPlan(20, times=[*range(0, 760, 40), 5_000_000]))
    for look in (probe, Frames, read_timeline):
        with pytest.raises(Damaged, match="stand for 83 minutes"):
            look(jumping)
    slides = make_clip(tmp_path / "slides.mkv", ClipPlan(3, times=[0, 60_000, 300_000]))
    with Frames(slides) as frames:
        assert not frames.timeline.constant and read_code(frames.frame(round(100 * frames.rate.fps))) == 1
