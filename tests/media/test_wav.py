"""WAV files: every width read and written, start timecode, more than 4 GB, and disks that say no."""

from __future__ import annotations

import os
import resource
import struct
from pathlib import Path

import av
import numpy as np
import pytest

from ciak.errors import BadInput, CiakError, Damaged, StorageError, WrongFormat
from ciak.film.sound import Signal
from ciak.media import SoundFile, SoundWriter, wav


def noise(frames: int = 3001, channels: int = 2) -> Signal:
    samples = np.random.default_rng(9).uniform(-1, 1, (frames, channels)).astype(np.float32)
    return Signal(samples, 48000)


@pytest.mark.parametrize("encoding", ["f32", "pcm24"])
@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("timecode", [None, 48000 * 3600])
def test_round_trip(encoding: str, channels: int, timecode: int | None, tmp_path: Path) -> None:
    path, sound = tmp_path / "a.wav", noise(channels=channels)
    with SoundWriter(path, 48000, channels, encoding, timecode) as writer:  # type: ignore[arg-type]
        writer.write(Signal(sound.samples[:1000], 48000))
        writer.write(Signal(sound.samples[1000:], 48000))
        assert not path.exists()
    with SoundFile(path) as file:
        assert (file.rate, file.channels, file.frames, file.timecode_samples) == (48000, channels, 3001, timecode)
        read = file.read(0, 9999).samples
        assert np.abs(read - sound.samples).max() <= (0 if encoding == "f32" else 2**-24)
        assert (file.read(777, 5).samples == read[777:782]).all()
        assert file.read(3001, 5).frames == 0 and file.read(5000, 5).frames == 0
        assert sum(block.frames for block in file.blocks(100)) == 3001
        with pytest.raises(BadInput):
            file.read(-1, 5)
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.channels) == (48000, channels)
        assert sum(frame.samples for frame in container.decode(stream)) == 3001
        if timecode:
            assert container.metadata["time_reference"] == str(timecode)


@pytest.mark.parametrize("codec", ["pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"])
def test_reads_what_others_write(codec: str, tmp_path: Path) -> None:
    sound = noise()
    with av.open(str(tmp_path / "b.wav"), "w") as out:
        stream = out.add_stream(codec, rate=48000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.samples.T), "fltp", "stereo")
        frame.sample_rate = 48000
        for ready in av.AudioResampler(format=stream.codec_context.format).resample(frame):
            out.mux(stream.encode(ready))
        out.mux(stream.encode(None))
    with SoundFile(tmp_path / "b.wav") as file:
        assert np.abs(file.read(0, 9999).samples - sound.samples).max() < 2**-14


def test_full_scale_is_clipped_and_counted(tmp_path: Path) -> None:
    with SoundWriter(tmp_path / "c.wav", 48000, 1, "pcm24") as writer:
        writer.write(Signal.mono(np.array([1.5, -1.5, -1.0, 0.5, np.nan]), 48000))
        assert writer.clipped == 2
    with SoundFile(tmp_path / "c.wav") as file:
        assert file.read(0, 5).samples[:, 0] == pytest.approx([1, -1, -1, 0.5, 0], abs=1e-6)


def test_the_same_sound_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("d.wav", "e.wav"):
        with SoundWriter(tmp_path / name, 48000, 2, "pcm24", 12345) as writer:
            writer.write(noise())
    assert (tmp_path / "d.wav").read_bytes() == (tmp_path / "e.wav").read_bytes()


def test_over_four_gigabytes_is_rf64(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wav, "_RIFF_LIMIT", 10_000)
    with SoundWriter(tmp_path / "big.wav", 48000, 2, timecode_samples=7) as writer:
        writer.write(noise())
    head = (tmp_path / "big.wav").read_bytes()
    assert head[:4] == b"RF64" and head[12:16] == b"ds64"
    assert struct.unpack("<QQQ", head[20:44]) == (len(head) - 8, 3001 * 8, 3001)
    with SoundFile(tmp_path / "big.wav") as file:
        assert (file.read(0, 9999).samples == noise().samples).all() and file.timecode_samples == 7
    with av.open(str(tmp_path / "big.wav")) as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) == 3001


def test_a_real_file_over_four_gigabytes(tmp_path: Path) -> None:
    """Sparse on the disk: the sound is skipped over, not written."""
    path = tmp_path / "huge.wav"
    frames = (5 << 30) // 8
    with SoundWriter(path, 48000, 2) as writer:
        assert writer._file is not None
        writer._file.seek(frames * 8 - 80, os.SEEK_CUR)
        writer.frames = frames - 10
        writer.write(Signal(np.full((10, 2), 0.25, np.float32), 48000))
    with SoundFile(path) as file:
        assert file.frames == frames
        assert file.read(frames - 5, 99).samples.tolist() == [[0.25, 0.25]] * 5


def test_nothing_is_left_when_it_goes_wrong(tmp_path: Path) -> None:
    old = tmp_path / "f.wav"
    old.write_bytes(b"old")
    with pytest.raises(RuntimeError), SoundWriter(old, 48000, 2) as writer:
        writer.write(noise())
        raise RuntimeError
    with pytest.raises(BadInput, match="do not go into"), SoundWriter(old, 44100, 2) as writer:
        writer.write(noise())
    assert old.read_bytes() == b"old" and [file.name for file in tmp_path.iterdir()] == ["f.wav"]


def test_a_full_disk(tmp_path: Path) -> None:
    import signal

    old = tmp_path / "g.wav"
    old.write_bytes(b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(StorageError, match="could not be written"), SoundWriter(old, 48000, 2) as writer:
            for _ in range(20):
                writer.write(noise())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert old.read_bytes() == b"old" and [file.name for file in tmp_path.iterdir()] == ["g.wav"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CiakError, match="no folder"), SoundWriter(tmp_path / "no" / "h.wav", 48000, 2):
        pass


def test_damage_is_told(tmp_path: Path) -> None:
    good = tmp_path / "i.wav"
    with SoundWriter(good, 48000, 2) as writer:
        writer.write(noise())
    data = good.read_bytes()
    for name, bad, kind in (("short", data[:-100], Damaged), ("head", data[:60], BadInput),
                            ("text", b"once upon a time" * 9, WrongFormat), ("mark", data[:40], BadInput),
                            ("zero", data.replace(struct.pack("<HHI", 3, 2, 48000), struct.pack("<HHI", 3, 0, 0)),
                             Damaged)):
        (tmp_path / name).write_bytes(bad)
        with pytest.raises(kind):
            SoundFile(tmp_path / name)


def test_a_note_goes_with_the_sound_and_changes_nothing_else(tmp_path: Path) -> None:
    from ciak.media.wav import note_of

    samples = np.linspace(-0.5, 0.5, 999, dtype=np.float32)
    for note in ("", "whose voice it is", "perché è così"):
        path = tmp_path / f"{len(note)}.wav"
        with SoundWriter(path, 48000, 1, note=note, timecode_samples=7) as writer:
            writer.write(Signal.mono(samples, 48000))
        assert note_of(path) == note
        sound = SoundFile(path)
        assert sound.timecode_samples == 7 and np.array_equal(sound.read(0, 2000).samples[:, 0], samples)
        sound.close()
    (tmp_path / "no.wav").write_bytes(b"RIFF")
    assert note_of(tmp_path / "no.wav") == "" and note_of(tmp_path / "none.wav") == ""
    with pytest.raises(BadInput):
        SoundWriter(tmp_path / "long.wav", 48000, 1, note="x" * 1001)
