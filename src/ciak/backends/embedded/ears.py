"""The default hearer: two networks listen at once, and each makes good what the other lacks.

Music is where YAMNet hears it, and where inaSpeechSegmenter's network hears it and YAMNet does not deny it: the one
finds music below speech, the other doubts a siren, a crowd, a voice with a hum in it. All other sounds are YAMNet's.
What neither knows stands in :mod:`~ciak.backends.embedded.ina` and :mod:`~ciak.backends.embedded.yamnet`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import ClassVar

from ciak.backends.embedded import ina, yamnet
from ciak.backends.protocols import Heard
from ciak.config import Settings
from ciak.film.sound import Signal

__all__ = ["DENIED", "TwoEars", "agreed", "create"]

DENIED = 0.05
"""Music that YAMNet takes for less likely than this, in the mean over it, is none. So chosen, with YAMNet's limits, on
game music and telephone prompts: see there."""


class TwoEars:
    """See :class:`ciak.backends.protocols.Hearer`."""

    name = "embedded"
    version = "1"
    models: ClassVar[tuple[str, ...]] = ("ina-sounds", "yamnet")
    rate: ClassVar[int] = yamnet.YamnetHearer.rate

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def labels(self) -> frozenset[str]:
        """Those of YAMNet; both know music."""
        return yamnet.YamnetHearer(self._settings).labels()

    def hear(self, blocks: Iterable[Signal]) -> tuple[Heard, ...]:
        """See the Protocol. Raises :class:`~ciak.errors.BackendError` for sound that is not 16 kHz mono."""
        looks = yamnet.Looks(self._settings)
        music = ina.music_of(*ina.listened(looks.note(blocks), self._settings))
        found = [*agreed(music, looks.shares, looks.length), *yamnet.sounds_of(looks.shares, looks.length)]
        return tuple(sorted(found, key=lambda one: (one.span.start, one.label)))


def agreed(music: Sequence[Heard], shares: yamnet.Shares, length: Fraction) -> list[Heard]:
    """The music of both: what inaSpeechSegmenter heard and YAMNet's ``shares`` (see :class:`yamnet.Looks`) do not deny,
    and what those have themselves, in order."""
    likely = yamnet.steady(shares[:, -1])
    kept = [one for one in music
            if likely[int(one.span.start * yamnet.LOOKS):int(one.span.end * yamnet.LOOKS) + 1].mean() >= DENIED]
    return _joined([*kept, *yamnet.music_of(shares, length)])


def _joined(heard: Sequence[Heard]) -> list[Heard]:
    """What overlaps or touches as one, with the higher confidence."""
    out: list[Heard] = []
    for one in sorted(heard, key=lambda item: (item.span.start, item.span.end)):
        if out and one.span.start <= out[-1].span.end:
            last = out.pop()
            one = Heard(one.label, last.span.join(one.span), max(last.confidence, one.confidence))
        out.append(one)
    return out


def create(settings: Settings) -> TwoEars:
    """The factory of the entry point."""
    return TwoEars(settings)
