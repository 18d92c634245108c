"""One gain curve for a programme: to a loudness, under a true-peak ceiling, the same for every stem.

The curve is a constant gain times a limiter's envelope with look-ahead, kept as control points every 5 ms and
interpolated linearly. It only multiplies, sample by sample, so stems that add up to the mix before it add up to
the mix after it. The constant is found by measuring the limited programme again until it meets the target.

It is a programme leveller, not a compressor: what is louder than the ceiling allows is turned down for some tens
of milliseconds. Lossy encoders overshoot the ceiling: AAC at 192 kb/s was seen to by 1.5 dB where the limiter
works hard, so the default ceiling of -3 dBTP keeps the decoded delivery under -1 dBTP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ciak.film.sound import Loudness, Samples, Signal
from ciak.media.loudness import DELAY, LoudnessMeter, PeakMeter, decibels
from ciak.media.progress import Tick, no_tick

__all__ = ["GainCurve", "Programme", "apply_gain", "plan_gain"]

_STEP_SECONDS = 0.005
_AHEAD = 4
"""Control points, 20 ms, over which gain falls before a peak."""
_RELEASE = 0.15
"""Seconds after which gain has come back by two thirds."""
_MARGIN = 10 ** (-0.05 / 20)
"""Kept under the ceiling, because a moving gain shifts the peaks between samples a little."""
_MOST = 30.0
"""Decibels, the largest gain: a programme that would need more is taken for silence with noise."""
_CLOSE = 0.02
HOLD = 0.5
"""Loudness units from the target within which a gain that was decided before is kept: EBU R128's tolerance."""
_ROUNDS = 8


class Programme(Protocol):
    """What can be planned for: a :class:`SoundFile` or anything that reads like one."""

    rate: int
    channels: int
    frames: int

    def read(self, start: int, count: int) -> Signal:
        """Frames ``start`` to ``start + count``."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class GainCurve:
    """``gain``: constant factor; ``points``: float32 factors every ``step`` frames from frame 0 (empty: all 1).

    ``before`` and ``after``: loudness without and with the curve; ``reduction``: decibels that the limiter takes
    at most; ``note``: why the target could not be met, else empty.
    """

    rate: int
    gain: float
    step: int
    points: NDArray[np.float32]
    before: Loudness
    after: Loudness
    reduction: float = 0.0
    note: str = ""

    def at(self, start: int, count: int) -> NDArray[np.float32]:
        """Factors of frames ``start`` to ``start + count``."""
        if not len(self.points):
            return np.full(count, self.gain, np.float32)
        positions = np.arange(start, start + count) / self.step
        first = max(0, start // self.step)
        near = self.points[first:(start + count) // self.step + 2]
        values = np.interp(positions, first + np.arange(len(near)), near) if len(near) else np.ones(count)
        return (self.gain * values).astype(np.float32)


def apply_gain(blocks: Iterable[Signal], curve: GainCurve) -> Iterator[Signal]:
    """The blocks, which begin at frame 0 of the programme, with the curve on them."""
    place = 0
    for block in blocks:
        yield Signal(block.samples * curve.at(place, block.frames)[:, None], block.rate)
        place += block.frames


Heard = Callable[[int, Samples], Samples]
"""What of a block, which begins at that frame, loudness is measured of."""


def _all(start: int, samples: Samples) -> Samples:
    return samples


def plan_gain(mix: Programme, target_lufs: float = -23.0, ceiling_dbtp: float = -3.0,
              tick: Tick = no_tick, heard: Heard | None = None, held: float | None = None) -> GainCurve:
    """The curve that brings ``mix`` to ``target_lufs`` with no true peak over ``ceiling_dbtp``. Loudness is that of
    the frames that ``heard`` lets through (by default all), peaks those of everything. Gains are whole thousandths of a
    decibel; ``held`` (dB) was decided before and stays as long as it is good: within :data:`HOLD`.

    Nothing is amplified by more than 30 dB; silence, and what is too short to be measured, keeps its level.
    ``note`` says so. Raises :class:`BadInput` for channels that loudness is not defined for.
    """
    step, heard = max(1, round(mix.rate * _STEP_SECONDS)), heard or _all
    meter, peaks, highest = _survey(mix, step, lambda done: tick(done * 0.5), heard)
    loud = meter.integrated()
    before = Loudness(integrated=loud, true_peak=decibels(highest))
    ceiling = 10 ** (ceiling_dbtp / 20)
    if loud is None:
        return _unmeasured(mix, step, before, peaks, ceiling)
    if held is not None and (kept := _held(mix, (step, peaks, highest), before, (held, target_lufs, ceiling), heard)):
        return kept
    gain_db = round(min(target_lufs - loud, _MOST), 3)
    note = ""
    if gain_db >= _MOST:
        note = f"the programme is so quiet that {_MOST:.0f} dB do not bring it to the target"
    points = _points(peaks, 10 ** (gain_db / 20), ceiling, mix.rate)
    best: tuple[float, float, NDArray[np.float32]] | None = None
    for turn in range(_ROUNDS):
        reached = _heard(mix, GainCurve(mix.rate, 10 ** (gain_db / 20), step, points, before, before), heard) or loud
        if best is None or abs(reached - target_lufs) < abs(best[1] - target_lufs):
            best = (gain_db, reached, points)
        if abs(reached - target_lufs) <= _CLOSE or gain_db >= _MOST:
            break
        gain_db = round(min(gain_db + (target_lufs - reached), _MOST), 3)
        points = _points(peaks, 10 ** (gain_db / 20), ceiling, mix.rate)
        tick(0.5 + 0.5 * (turn + 1) / (_ROUNDS + 1))
    assert best is not None
    gain_db, reached, points = best
    if not note and abs(reached - target_lufs) > 0.2:
        note = f"limited at {ceiling_dbtp} dBTP the programme reaches {reached:.1f} LUFS, not {target_lufs}"
    elif not note and held is not None:
        note = "the gain of before no longer met the target: it was decided anew, for all samples"
    tick(1.0)
    return _curve(mix.rate, (step, points, before), (gain_db, reached), (highest, ceiling), note)


def _curve(rate: int, shape: tuple[int, NDArray[np.float32], Loudness], level: tuple[float, float],
           peaks: tuple[float, float], note: str = "") -> GainCurve:
    """``shape``: step, points, loudness before; ``level``: gain in dB and loudness after; ``peaks``: highest before,
    and the ceiling."""
    step, points, before = shape
    gain, (highest, ceiling) = 10 ** (level[0] / 20), peaks
    peak = decibels(min(highest * gain, ceiling) if len(points) else highest * gain)
    lowest = float(points.min()) if len(points) else 1.0
    return GainCurve(rate, gain, step, points, before, Loudness(integrated=level[1], true_peak=peak),
                     0.0 - (decibels(lowest) or 0.0), note)


def _held(mix: Programme, survey: tuple[int, NDArray[np.float32], float], before: Loudness,
          wanted: tuple[float, float, float], heard: Heard) -> GainCurve | None:
    """The curve of a gain (dB) that was decided before; None where it misses the target by more than :data:`HOLD`."""
    step, peaks, highest = survey
    gain_db, target, ceiling = wanted
    points = _points(peaks, 10 ** (gain_db / 20), ceiling, mix.rate)
    reached = _heard(mix, GainCurve(mix.rate, 10 ** (gain_db / 20), step, points, before, before), heard)
    if reached is None or abs(reached - target) > HOLD:
        return None
    return _curve(mix.rate, (step, points, before), (gain_db, reached), (highest, ceiling))


def _heard(mix: Programme, curve: GainCurve, heard: Heard) -> float | None:
    """Integrated loudness of the programme with the curve on it."""
    meter = LoudnessMeter(mix.rate, mix.channels)
    for start in range(0, mix.frames, 65536):
        block = mix.read(start, 65536).samples
        meter.feed(heard(start, block * curve.at(start, len(block))[:, None]))
    return meter.integrated()


def _unmeasured(mix: Programme, step: int, before: Loudness, peaks: NDArray[np.float32],
                ceiling: float) -> GainCurve:
    points = _points(peaks, 1.0, ceiling, mix.rate)
    return GainCurve(mix.rate, 1.0, step, points, before, Loudness(integrated=None, true_peak=before.true_peak),
                     -(decibels(float(points.min())) or 0.0) if len(points) else 0.0,
                     "not measured: the programme is silent or shorter than 0.4 s; its level is kept")


def _survey(mix: Programme, step: int, tick: Tick, heard: Heard) -> tuple[LoudnessMeter, NDArray[np.float32], float]:
    """Loudness, and the highest true peak of every control interval."""
    meter, peaks = LoudnessMeter(mix.rate, mix.channels), PeakMeter(mix.channels)
    rows: list[NDArray[np.float32]] = []
    held, skip = np.zeros(0, np.float32), DELAY
    for start in range(0, mix.frames + 1, 65536):
        block = mix.read(start, 65536).samples
        meter.feed(heard(start, block))
        fresh = peaks.feed(block) if start + 65536 <= mix.frames else np.concatenate(
            [peaks.feed(block), peaks.finish()])
        held, skip = np.concatenate([held, fresh[skip:]]), max(0, skip - len(fresh))
        whole = len(held) // step * step
        rows.append(held[:whole].reshape(-1, step).max(axis=1))
        held = held[whole:]
        tick(min(1.0, start / max(1, mix.frames)))
    if len(held):
        rows.append(held.max(keepdims=True))
    return meter, np.concatenate(rows) if rows else np.zeros(1, np.float32), peaks.highest


def _points(peaks: NDArray[np.float32], gain: float, ceiling: float, rate: int) -> NDArray[np.float32]:
    """Control points under which no interval exceeds the ceiling; empty when none does anyway."""
    allowed = np.minimum(1.0, ceiling * _MARGIN / np.maximum(peaks.astype(np.float64) * gain, 1e-12))
    if allowed.min(initial=1.0) >= 1.0:
        return np.zeros(0, np.float32)
    # Point k bounds interval k - 1 and interval k, between which it stands.
    bound = np.minimum(np.append(allowed, 1.0), np.insert(allowed, 0, 1.0))
    _release(bound, 1 - np.exp(-_STEP_SECONDS / _RELEASE))
    window = 2 * _AHEAD + 1
    padded = np.pad(bound, 2 * _AHEAD, mode="edge")
    least = np.lib.stride_tricks.sliding_window_view(padded, window).min(axis=1)
    weights = np.hanning(window + 2)[1:-1]
    smooth = np.convolve(least, weights / weights.sum(), mode="valid")
    return np.minimum(smooth, 1.0).astype(np.float32)


def _release(bound: NDArray[np.float64], share: float) -> None:
    """In place: after a fall, gain comes back by ``share`` of what is missing at each point, no faster."""
    levels: list[float] = bound.tolist()
    missing = 0.0
    for index, allowed in enumerate(levels):
        missing = max(1.0 - allowed, missing * (1.0 - share))
        levels[index] = 1.0 - missing
    bound[:] = levels
