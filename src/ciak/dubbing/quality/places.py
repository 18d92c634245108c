"""Each take looked for in the delivered dialogue stem: is it there, where, and how loud beside its line.

The take is laid into its scene as the mix did it (the history tells how), and the stem is searched half a second to
either side by normalised correlation; the lag of its peak is how far the line is from where its paper says. A place
where the take cannot be found has another sound. Of a hum that repeats itself no lag is sure: where the place that is
asked for is as good as the best, it is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ciak.dubbing.fitting import laid_on
from ciak.dubbing.listening import CENTRE, RATE, active_level
from ciak.dubbing.quality.dubbed import Dubbed, Laid
from ciak.film import Loop, Span, Take
from ciak.film.sound import Signal
from ciak.media import SoundFile

__all__ = ["REACH", "Place", "front", "heard_in", "line_level", "sought"]

REACH = 0.5
"""Seconds to either side in which a take is sought."""
_AS_GOOD = 0.98


@dataclass(frozen=True, slots=True)
class Place:
    """``lag``: seconds by which the take is late (negative: early); ``alike``: correlation there, 0 to 1."""

    lag: float
    alike: float


def heard_in(film: Dubbed, take: Take, laid: Laid | None) -> NDArray[np.float32]:
    """The take, 48 kHz mono, as the mix fits it. Raises a :class:`CiakError` where its sound is gone."""
    with SoundFile(film.film.artefacts.path(take.sound)) as file:
        sound = file.read(0, file.frames).mixed_down()
    share = film.mixed.settings.get("fit") if film.mixed else None
    if laid is None or not isinstance(share, int | float):
        return sound
    return np.asarray(laid_on(sound, laid.fit, float(share)), np.float32)


def front(signal: Signal) -> NDArray[np.float32]:
    """What stands in front, mono."""
    return signal.samples[:, CENTRE] if signal.channels == 6 else signal.mixed_down()


def sought(stem: SoundFile, take: NDArray[np.float32], span: Span) -> Place | None:
    """Where ``take`` is in the stem, near the start of ``span``; None for one that is silent or beyond the end. After
    the end of the stem there is silence: a take there is found by what is left of it."""
    start, reach = round(span.start * RATE), int(REACH * RATE)
    first = max(0, start - reach)
    heard = front(stem.read(first, start - first + len(take) + reach)).astype(np.float64)
    wanted = take.astype(np.float64)
    own = float(np.sqrt((wanted ** 2).sum()))
    if own < 1e-6 or not len(heard) or len(wanted) < RATE // 20:
        return None
    heard = np.pad(heard, (0, max(0, start - first + len(wanted) + reach - len(heard))))
    lags = len(heard) - len(wanted) + 1
    size = 1 << (len(heard) + len(wanted)).bit_length()
    found = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)[:lags]
    sums = np.concatenate([[0.0], np.cumsum(heard ** 2)])
    power = np.sqrt(np.maximum(sums[len(wanted):len(wanted) + lags] - sums[:lags], 0))
    alike = np.where(power > 1e-4 * own, found / np.maximum(power * own, 1e-12), 0.0)
    best = int(alike.argmax())
    here = start - first
    if here < lags and alike[here] >= _AS_GOOD * alike[best]:
        best = here
    return Place((best - here) / RATE, float(min(1.0, max(0.0, alike[best]))))


def line_level(stem: SoundFile, original: SoundFile, loop: Loop, take: Take) -> float | None:
    """By how many decibels the line of the stem is louder than the original's dialogue there; None for silence."""
    levels = []
    for file, span in ((stem, take.span), (original, loop.span)):
        first = round(span.start * file.rate)
        levels.append(active_level(front(file.read(first, round(span.duration * file.rate))), file.rate))
    return None if levels[0] is None or levels[1] is None else levels[0] - levels[1]
