"""Delivery: the picture untouched, sound in place to the sample, everything labelled, nothing half-made."""

from __future__ import annotations

import hashlib
import resource
import signal
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.media.clips import OPEN_GOP, ClipPlan, SoundPlan, impulses, make_clip, tone

from ciak.errors import CiakError, Damaged, NothingToDo, StorageError
from ciak.film.language import SubtitleCue, SubtitleDocument
from ciak.film.sound import Signal
from ciak.film.time import Span
from ciak.media import (
    Frames,
    MuxPlan,
    SoundFile,
    SoundTrack,
    SoundWriter,
    SubtitleTrack,
    apply_gain,
    container_code,
    delivery_path,
    measure,
    mux,
    muxing,
    plan_gain,
    probe,
    sound_blocks,
)
from ciak.media.tracks import _apart

HITS = (48000, 100_001, 150_000)


def wav(path: Path, samples: np.ndarray, rate: int = 48000) -> Path:
    with SoundWriter(path, rate, samples.shape[1]) as writer:
        writer.write(Signal(samples, rate))
    return path


def cue(start: Fraction | int, end: Fraction | int, *lines: str) -> SubtitleCue:
    return SubtitleCue(span=Span.of(start, end), lines=lines)


CUES = (cue(1, 2, "Perché no?", "Così è."), cue(Fraction(5, 2), Fraction(7, 2), "<i>Ciao</i> & via"))


def packets(path: Path) -> str:
    digest = hashlib.sha256()
    with av.open(str(path)) as container:
        for packet in container.demux(video=0):
            digest.update(bytes(packet))
    return digest.hexdigest()


SOURCES = {
    "plain.mp4": (ClipPlan(96), "mp4"),
    "open.mkv": (ClipPlan(96, options=OPEN_GOP), "mp4"),
    "late.mkv": (ClipPlan(96, options=OPEN_GOP, delay=Fraction(3, 2)), "mp4"),
    "wavering.mp4": (ClipPlan(96, times=[n * 41 + n % 3 * 9 for n in range(96)]), "mp4"),
    "turned.mp4": (ClipPlan(96, rotation=90), "mp4"),
    "prores.mov": (ClipPlan(96, codec="prores_ks", options={}, pixels="yuv422p10le"), "mkv"),
    "mpeg2.mkv": (ClipPlan(96, Fraction(25), codec="mpeg2video", options={"b": "2000000", "bf": "2"}), "mkv"),
    "vp9.webm": (ClipPlan(48, codec="libvpx-vp9", options={"cpu-used": "8", "deadline": "realtime"}), "mp4"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_a_delivery(name: str, tmp_path: Path) -> None:
    plan, end = SOURCES[name]
    source = make_clip(tmp_path / name, plan)
    italian = wav(tmp_path / "it.wav", impulses(192_000, HITS))
    six = np.zeros((192_000, 6), np.float32)
    for channel in range(6):
        six[24000 * (channel + 1), channel] = 0.5
    original = wav(tmp_path / "en.wav", six)
    report = mux(MuxPlan(source, tmp_path / "film.it.mp4",
                         [SoundTrack(italian, "it", "Italiano", True), SoundTrack(original, "en", "English")],
                         [SubtitleTrack(SubtitleDocument(language="it", cues=CUES), "it", "Italiano"),
                          SubtitleTrack(CUES[:1], "en", "English")], timecode="01:00:00:00", title="Prova"))
    assert Path(report.path).name == f"film.it.{end}"
    assert report.picture_untouched and packets(Path(report.path)) == packets(source)
    assert report.sounds == ("ita", "eng") and report.subtitles == ("ita", "eng")
    info, was = probe(report.path), probe(source).picture
    assert info.picture is not None and was is not None
    assert (info.picture.frames, info.picture.rotation, info.picture.codec) == (was.frames, was.rotation, was.codec)
    assert [(s.title, s.channels) for s in info.sounds] == [("Italiano", 2), ("English", 6)]
    if was.constant and end == "mp4" and name != "vp9.webm":
        assert info.timecode == "01:00:00:00"
    with av.open(report.path) as out:
        assert ["default" in (s.disposition.name or "") for s in out.streams.audio] == [True, False]
        texts = [bytes(p) for p in out.demux(out.streams.subtitles[0]) if p.size > 2]
        assert [text[2:] if end == "mp4" else text for text in texts] == [c.text.encode() for c in CUES]
    samples = np.concatenate([block.samples for block in sound_blocks(report.path)])
    for hit in HITS:
        assert abs(hit - 500 + int(np.abs(samples[hit - 500:hit + 500, 0]).argmax()) - hit) <= 1
    surround = np.concatenate([block.samples for block in sound_blocks(report.path, stream=1, channels=6)])
    for channel in (0, 1, 2, 4, 5):
        assert abs(int(surround[:, channel].argmax()) - 24000 * (channel + 1)) <= 48
    with Frames(report.path) as new, Frames(source) as old:
        assert new.count == old.count
        for n in range(0, old.count, 19):
            assert (new.frame(n) == old.frame(n)).all()


def test_the_original_track_comes_from_the_film_itself(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "film.mkv", ClipPlan(
        96, delay=Fraction(1), sounds=[SoundPlan(impulses(240_000, [96000]), codec="flac")]))
    report = mux(MuxPlan(source, tmp_path / "new.mp4", [SoundTrack(source, "en")]))
    samples = np.concatenate([block.samples for block in sound_blocks(report.path)])
    assert abs(int(np.abs(samples[:, 0]).argmax()) - 48000) <= 1


def test_cues_that_overlap_are_shown_together() -> None:
    assert list(_apart((cue(1, 3, "A"), cue(2, 4, "B"), cue(4, 5, "B")))) == [
        (1000, 2000, "A"), (2000, 3000, "A\nB"), (3000, 4000, "B"), (4000, 5000, "B")]
    assert list(_apart(())) == []
    assert list(_apart((cue(1, 1, "never"), cue(2, 3, "")))) == []


def test_names_and_codes() -> None:
    assert delivery_path("a/film.it.mp4", "h264").name == "film.it.mp4"
    assert delivery_path("a/film.it", "h264").name == "film.it.mp4"
    assert delivery_path("a/film.mp4", "prores").name == "film.mkv"
    assert delivery_path("a/film.mkv", "h264").name == "film.mkv"
    codes = {"it": "ita", "en": "eng", "it-IT": "ita", "fra": "fra", "zz": "und", None: "und", "de": "deu"}
    assert {code: container_code(code) for code in codes} == codes


@pytest.fixture
def simple(tmp_path: Path) -> tuple[Path, Path, Path]:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "film.mp4").write_bytes(b"the old delivery")
    return make_clip(tmp_path / "s.mp4", ClipPlan(96)), wav(tmp_path / "t.wav", tone(192_000)), folder


def untouched(folder: Path) -> bool:
    return [f.name for f in folder.iterdir()] == ["film.mp4"] and (folder / "film.mp4").read_bytes()[:3] == b"the"


def test_a_full_disk(simple: tuple[Path, Path, Path]) -> None:
    source, track, folder = simple
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        for room in (0, 1, 10_000, 60_000, 100_000):
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
            with pytest.raises(StorageError, match="could not be written"):
                mux(MuxPlan(source, folder / "film.mp4", [SoundTrack(track, "it")]))
            assert untouched(folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_folders_that_cannot_be_written(simple: tuple[Path, Path, Path]) -> None:
    source, track, folder = simple
    for target in (folder / "none" / "film.mp4", Path("/proc/film.mp4")):
        with pytest.raises(CiakError) as caught:
            mux(MuxPlan(source, target, [SoundTrack(track, "it")]))
        assert "\n" not in str(caught.value)


def test_r10_no_name_before_it_was_measured(simple: tuple[Path, Path, Path],
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    source, track, folder = simple
    write = muxing._write

    def torn(plan: MuxPlan, temporary: Path, *rest: object) -> str:
        written = write(plan, temporary, *rest)  # type: ignore[arg-type]
        data = temporary.read_bytes()
        temporary.write_bytes(data[:len(data) * 2 // 3])
        return written

    monkeypatch.setattr(muxing, "_write", torn)
    with pytest.raises(Damaged):
        mux(MuxPlan(source, folder / "film.mp4", [SoundTrack(track, "it")]))
    assert untouched(folder)


def test_r10_a_track_that_went_missing(simple: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    source, track, folder = simple
    monkeypatch.setattr(muxing.SoundPump, "until", lambda self, moment: None)
    with pytest.raises(Damaged):
        mux(MuxPlan(source, folder / "film.mp4", [SoundTrack(track, "it")]))
    assert untouched(folder)


def test_cancelled(simple: tuple[Path, Path, Path]) -> None:
    from ciak.errors import Cancelled

    source, track, folder = simple

    def stop(done: float) -> None:
        if done > 0.4:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        mux(MuxPlan(source, folder / "film.mp4", [SoundTrack(track, "it")]), stop)
    assert untouched(folder)


def test_what_is_not_there(simple: tuple[Path, Path, Path]) -> None:
    source, track, folder = simple
    with pytest.raises(NothingToDo, match="no picture"):
        mux(MuxPlan(track, folder / "film.mp4", [SoundTrack(track, "it")]))
    with pytest.raises(NothingToDo, match="no sound stream"):
        mux(MuxPlan(source, folder / "film.mp4", [SoundTrack(source, "it")]))
    assert untouched(folder)


@pytest.mark.parametrize("crest", [8, 30])
def test_a_decoded_delivery_keeps_loudness_and_peak(crest: int, tmp_path: Path) -> None:
    """What AAC adds to the peaks stays within the room that the default ceiling leaves."""
    rng = np.random.default_rng(crest)
    voice = rng.normal(0, 0.03, (48000 * 12, 2)) * (0.2 + np.abs(np.sin(np.arange(48000 * 12) / 20000)))[:, None]
    for place in rng.integers(0, len(voice) - 4000, 30):
        voice[place:place + 400] *= crest
    softened = np.apply_along_axis(np.convolve, 0, voice, np.hanning(12) / 3, mode="same")
    mix = wav(tmp_path / "mix.wav", softened.astype(np.float32))
    with SoundFile(mix) as file, SoundWriter(tmp_path / "out.wav", 48000, 2) as writer:
        for block in apply_gain(file.blocks(), plan_gain(file, -18.0)):
            writer.write(block)
    source = make_clip(tmp_path / "s.mp4", ClipPlan(24))
    report = mux(MuxPlan(source, tmp_path / "film.mp4", [SoundTrack(tmp_path / "out.wav", "it")]))
    found = measure(sound_blocks(report.path))
    assert found.integrated == pytest.approx(-18, abs=0.3)
    assert found.true_peak is not None and found.true_peak <= -1
