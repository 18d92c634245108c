"""What leaves the mix: 5.1 stays 5.1, stems are cut to the sample, pops and timecodes stand where they are promised.

Read back with PyAV, not with Ciak's own reader.
"""

from __future__ import annotations

import struct
from pathlib import Path

import av
import numpy as np
import pytest
from tests.dubbing.journeys import FAKES, bursts, talking_clip
from tests.media.clips import ClipPlan, SoundPlan, make_clip

import ciak
from ciak.bootstrap import new_film
from ciak.config import Settings
from ciak.dubbing import Finish, Report
from ciak.dubbing.levelling import levelling_named, levellings
from ciak.errors import BadInput, NotFound
from ciak.formats import read_cut

SETTINGS = Settings().with_backends(FAKES)
RATE = 48000
TONES = (220, 277, 0, 55, 330, 415)


def read(path: Path) -> np.ndarray:
    """Samples as libav gives them, (frames, channels), full scale 1."""
    with av.open(str(path)) as file:
        parts = [frame.to_ndarray().reshape(-1, frame.layout.nb_channels) for frame in file.decode(audio=0)]
    return np.concatenate(parts).astype(np.float64) / 2**31


def begins(path: Path) -> int:
    """``TimeReference`` of the bext chunk, looked for by hand."""
    data = path.read_bytes()[:4096]
    return struct.unpack("<Q", data[data.index(b"bext") + 8 + 338:][:8])[0]


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report, np.ndarray]:
    folder = tmp_path_factory.mktemp("six")
    time = np.arange(8 * RATE) / RATE
    sound = np.stack([0.05 * np.sin(2 * np.pi * tone * time) for tone in TONES], axis=1).astype(np.float32)
    sound[:, 2] += bursts(8, ((2.5, 3.9), (5.0, 6.2)))[:, 0]
    clip = make_clip(folder / "six.mkv", ClipPlan(frames=192, sounds=[SoundPlan(sound, codec="pcm_s24le",
                                                                                 layout="5.1")]))
    report = ciak.dub(clip, to="it", out=folder / "out", settings=SETTINGS,
                      finish={"per_channel": True, "two_pop": True, "reels": ["01:00:04:05"], "handles": 12})
    return folder / "out", report, sound


def test_six_channels_stay_six_and_the_dub_speaks_in_the_centre(six: tuple[Path, Report, np.ndarray]) -> None:
    out, report, _ = six
    assert report.mix is not None and report.mix.channels == 6
    dialogue = read(out / "stems" / "six.it.DX.wav")
    assert dialogue.shape[1] == 6
    assert np.abs(dialogue[:, 2]).max() > 0.01
    assert not dialogue[:, [0, 1, 3, 4, 5]].any()
    with av.open(str(next(out.glob("six.it.m*")))) as film:
        assert film.streams.audio[0].layout.nb_channels == 6


def test_the_bed_is_the_original_in_every_channel_where_nobody_speaks(six: tuple[Path, Report, np.ndarray]) -> None:
    out, report, sound = six
    assert report.mix is not None and report.mix.limited_db == 0
    bed = read(out / "stems" / "six.it.ME.wav")
    left = bed[:len(sound)] - sound[:len(bed)] * 10 ** (report.mix.gain_db / 20)
    free = np.ones(len(left), bool)
    for line in report.lines:
        for span in (line.span, line.spoken):
            if span:
                free[int((span[0] - 0.3) * RATE):int((span[1] + 0.3) * RATE)] = False
    assert free.sum() > RATE
    for channel in range(6):
        assert 20 * np.log10(np.abs(left[free, channel]).max() + 1e-12) < -80
    others = [channel for channel in range(6) if channel != 2]
    assert 20 * np.log10(np.abs(left[:, others]).max() + 1e-12) < -80, "and all the time in all but the centre"


def test_reels_and_channels_make_the_whole(six: tuple[Path, Report, np.ndarray]) -> None:
    out, _, _ = six
    stems = out / "stems"
    for kind in ("DX", "ME", "MIX"):
        whole = read(stems / f"six.it.{kind}.wav")
        for number, channel in enumerate(("L", "R", "C", "LFE", "Ls", "Rs")):
            parts = [read(stems / f"six.it.R{reel}.2pop.{kind}_{channel}.wav")[2 * RATE:, 0] for reel in (1, 2)]
            np.testing.assert_array_equal(np.concatenate(parts), whole[:, number])
    assert len(parts[0]) == round((4 * 24 + 5) * RATE / 24), "cut at the frame"


def test_timecodes_and_pops(six: tuple[Path, Report, np.ndarray]) -> None:
    out, _, _ = six
    stems = out / "stems"
    hour = 3600 * RATE
    assert begins(stems / "six.it.MIX.wav") == hour
    assert begins(stems / "six.it.R1.2pop.MIX_C.wav") == hour - 2 * RATE
    assert begins(stems / "six.it.R2.2pop.MIX_C.wav") == hour - 2 * RATE + round((4 * 24 + 5) * RATE / 24)
    leader = read(stems / "six.it.R2.2pop.MIX_C.wav")[:2 * RATE, 0]
    tone = leader[:RATE // 24]
    assert abs(20 * np.log10(np.abs(tone).max()) + 20) < 0.01
    assert np.abs(np.fft.rfft(tone)).argmax() * 24 == pytest.approx(1000, abs=24)
    assert not leader[RATE // 24:].any()
    assert not read(stems / "six.it.R1.2pop.MIX_LFE.wav")[:2 * RATE].any()


def test_handles_stand_round_the_takes_and_the_timeline_knows(six: tuple[Path, Report, np.ndarray]) -> None:
    out, report, _ = six
    cut = read_cut(next(out.glob("*.otio")).read_bytes())
    clips = [clip for lane in cut.lanes for clip in lane.clips if clip.loop]
    assert clips and all(float(clip.source) == 0.5 for clip in clips)
    line = next(line for line in report.lines if line.spoken)
    path = out / report.files[f"take.{line.id}"]
    with av.open(str(path)) as file:
        take = np.concatenate([frame.to_ndarray().ravel() for frame in file.decode(audio=0)])
    assert not take[:RATE // 2].any() and not take[-RATE // 2:].any() and take.any()
    assert line.spoken is not None
    assert begins(path) == pytest.approx((3600 + line.spoken[0] - 0.5) * RATE, abs=3)


def test_the_dialogue_is_brought_to_its_loudness(tmp_path: Path) -> None:
    import pyloudnorm

    report = ciak.dub(talking_clip(tmp_path / "night.mp4"), to="it", out=tmp_path / "out", settings=SETTINGS,
                      finish={"loudness": "streaming-27"})
    assert report.mix is not None and report.mix.profile == "streaming-27"
    assert report.mix.dialogue == pytest.approx(-27, abs=0.5)
    mix = read(tmp_path / "out" / "stems" / "night.it.MIX.wav")
    spans = sorted(span for line in report.lines for span in (line.span, line.spoken) if span)
    spoken = np.zeros(len(mix), bool)
    for first, last in spans:
        spoken[round(first * RATE):round(last * RATE)] = True
    assert pyloudnorm.Meter(RATE).integrated_loudness(mix[spoken]) == pytest.approx(-27, abs=1)


def test_what_cannot_be_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="loudness profile"):
        Finish(loudness="loud")
    for wrong in ({"fit": 1.5}, {"fit": float("nan")}, {"handles": -1}):
        with pytest.raises(BadInput):
            Finish(**wrong)
    early = new_film(tmp_path / "film", "Early", rate="24", start="00:00:01:00")
    with pytest.raises(BadInput, match="2-pop"):
        Finish(two_pop=True).boundaries(early)
    with pytest.raises(BadInput, match="no reel"):
        Finish(reels=("01:00:00:00",)).boundaries(early)
    with pytest.raises(BadInput, match="not a timecode"):
        Finish(reels=("soon",)).boundaries(early)


def test_every_loudness_profile_says_who_asks_for_it() -> None:
    assert levellings() == ("r128", "streaming-27")
    for name in levellings():
        one = levelling_named(name)
        assert {rule for rule, _ in one.sources} >= {"target", "tolerance", "ceiling"}
        assert all(source.strip() for _, source in one.sources) and one.held < one.ceiling
