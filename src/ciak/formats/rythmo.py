"""Rythmo bands as JSON, in a format of our own that anybody may use: no standard holds a band with words and shots.

An object with ``"format": "ciak-rythmo"`` and ``"version": 1``, then the fields of
:class:`ciak.film.band.RythmoBand` (drawn in ``docs/exports.md``). A time is seconds of the film as a fraction
(``"1001/24000"``) or a whole number in a string; a span has ``start`` and ``end``. Unknown fields and newer versions
are refused: a reader that guesses would lose them.
"""

from __future__ import annotations

from pydantic import ValidationError

from ciak.errors import Damaged, WrongFormat
from ciak.film.band import RythmoBand
from ciak.formats.base import Reading, Sample, strictly
from ciak.formats.strict_json import JsonLimits, parse_json, write_json

__all__ = ["RYTHMO", "Rythmo"]

_MARK, _VERSION = "ciak-rythmo", 1


class Rythmo:
    """The format (see the module). Documents are :class:`ciak.film.band.RythmoBand`."""

    name = "rythmo"
    title = "rythmo bands (JSON)"
    suffixes = (".rythmo.json",)
    media_type = "application/json"

    def sniff(self, sample: Sample) -> float:
        """Sure when it is a JSON object that names itself."""
        return 0.96 if sample.text.lstrip().startswith("{") and f'"{_MARK}"' in sample.text[:400] else 0.0

    def read(self, data: bytes) -> RythmoBand:
        """The band. Raises :class:`ciak.errors.Damaged`."""
        return strictly(self.examine(data), self.title)

    def examine(self, data: bytes) -> Reading[RythmoBand]:
        """The band; there is nothing that is read in part. Raises ``WrongFormat``, ``Damaged``, ``TooLarge``."""
        value = parse_json(data, name="the band", limits=JsonLimits(values=2_000_000))
        if not isinstance(value, dict) or value.pop("format", None) != _MARK:
            raise WrongFormat("this is no rythmo band of Ciak's")
        version = value.pop("version", None)
        if version != _VERSION:
            raise WrongFormat(f"the band is of version {str(version)[:20]}; this Ciak reads {_VERSION}",
                              remedy="update Ciak")
        try:
            return Reading(RythmoBand.model_validate(value), ())
        except ValidationError as problem:
            first = problem.errors()[0]
            raise Damaged(f"the band: {'.'.join(map(str, first['loc']))}: {first['msg']}"[:300]) from None

    def write(self, document: RythmoBand) -> bytes:
        """The band as JSON, UTF-8."""
        return write_json({"format": _MARK, "version": _VERSION, **document.model_dump(mode="json")})

    def losses(self, document: RythmoBand) -> tuple[str, ...]:
        """Nothing."""
        return ()


RYTHMO = Rythmo()
