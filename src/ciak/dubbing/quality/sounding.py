"""What is measured of the delivered stems: the mix as a whole, and each line in it.

Limits are those of the loudness profile that the mix was made for, of ITU-R BT.1359 for sound against picture, and
Ciak's own where nobody else sets one; each check names whose. A stem that is missing or broken is told by the files;
what stands on it is not measured then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ciak.dubbing.ducking import MOST
from ciak.dubbing.levelling import Levelling, levelling_named
from ciak.dubbing.listening import united
from ciak.dubbing.quality.dubbed import Dubbed
from ciak.dubbing.quality.meters import RATE, Measured, Stems, measured
from ciak.dubbing.quality.places import heard_in, line_level, sought
from ciak.dubbing.quality.told import Basis, Check, Verdict, between, unmeasured
from ciak.errors import BadInput, CiakError
from ciak.film import Span, Take
from ciak.media import SoundFile

__all__ = ["OWN", "Opened", "film_sound", "line_sounds", "loudness_of", "opened", "peak"]

SUMMED = -120.0
"""dBFS: what the rounding of three 24-bit stems can leave, and room."""
NULL = -80.0
EARLY, LATE = 45.0, 125.0
"""Milliseconds, ITU-R BT.1359-1: beyond, viewers notice."""
EXACT = 2.0
"""Milliseconds that a take of ours is off its place at most."""
ALIKE, FOUND = 0.9, 0.6
"""Correlation of a take with its place: below the first a person listens, below the second it is another sound."""
UNEVEN, WRONG = 6.0, 12.0
"""Decibels by which a line stands out of its film's balance with the original."""
ENOUGH = 3
"""Lines that a balance needs."""
SYNC, OWN = "ITU-R BT.1359-1", "Ciak"

Tick = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Opened:
    """The stems that can be read, by name, and roles of those that cannot, with what is wrong."""

    stems: Mapping[str, SoundFile]
    broken: Mapping[str, str]

    @property
    def whole(self) -> bool:
        """Whether all three are there."""
        return set(self.stems) == {"DX", "ME", "MIX"}


def opened(film: Dubbed) -> Opened:
    """The delivered stems."""
    stems, broken = {}, {}
    for name in ("DX", "ME", "MIX"):
        path = film.there(f"stem.{name}")
        if path is None:
            continue
        try:
            stems[name] = SoundFile(path)
        except (BadInput, OSError) as error:
            broken[f"stem.{name}"] = getattr(error, "message", str(error))[:200]
    return Opened(stems, broken)


def loudness_of(film: Dubbed) -> Levelling:
    """The profile that the mix was made for, by the history, else by the report."""
    told = film.mixed.settings.get("loudness") if film.mixed else None
    name = told[0] if isinstance(told, list) and told else film.report.mix.profile if film.report.mix else "r128"
    return levelling_named(str(name))


def film_sound(film: Dubbed, stems: Opened, tick: Tick) -> list[Check]:
    """The checks of the mix as a whole."""
    if not stems.whole:
        return [unmeasured(code, "stems-missing") for code in
                ("loudness", "true-peak", "stems-sum", "me-null", "duration")]
    original: Path | None
    try:
        original = film.film.source_path()
    except CiakError:
        original = None
    limited = bool(film.report.mix and film.report.mix.limited_db > 0)
    three = Stems(stems.stems["DX"], stems.stems["ME"], stems.stems["MIX"], original, limited)
    wanted = loudness_of(film)
    try:
        found = measured(three, _spoken(film), tick)
    except BadInput as error:
        return [unmeasured(code, "unreadable", {"said": error.message[:200]}) for code in
                ("loudness", "true-peak", "stems-sum", "me-null", "duration")]
    sources = dict(wanted.sources)
    return [_loudness(found, wanted, sources), peak("true-peak", found.true_peak, wanted, sources), _sum(found),
            _null(found, original), _duration(film, three, found)]


def _spoken(film: Dubbed) -> list[Span]:
    return list(united([*(loop.span for loop in (*film.original.loops, *film.target.loops)),
                        *(loop.take.span for loop in film.target.loops if loop.take)]))


def _loudness(found: Measured, wanted: Levelling, sources: Mapping[str, str]) -> Check:
    value = found.dialogue if wanted.dialogue else found.integrated
    if value is None:
        return unmeasured("loudness", "too-short")
    least, most = wanted.target - wanted.tolerance, wanted.target + wanted.tolerance
    other = found.integrated if wanted.dialogue else found.dialogue
    verdict = between(round(value, 2), least, most)
    return Check(code="loudness", verdict=verdict, value=round(value, 2), unit="LUFS", least=least, most=most,
                 source=f"{wanted.name}: {sources.get('target', '')}", basis=Basis.DELIVERED,
                 why="" if verdict is Verdict.OK else "off-target",
                 details={} if other is None else {"programme" if wanted.dialogue else "dialogue": round(other, 2)})


def peak(code: str, value: float | None, wanted: Levelling, sources: Mapping[str, str]) -> Check:
    """A true peak, dBTP, under the ceiling of its profile; None: silence."""
    if value is None:
        return unmeasured(code, "silent")
    verdict = between(round(value, 2), None, wanted.ceiling)
    return Check(code=code, verdict=verdict, value=round(value, 2), unit="dBTP", most=wanted.ceiling,
                 source=f"{wanted.name}: {sources.get('ceiling', '')}", basis=Basis.DELIVERED,
                 why="" if verdict is Verdict.OK else "too-high")


def _sum(found: Measured) -> Check:
    if found.sum is None:
        return Check(code="stems-sum", verdict=Verdict.FAIL, value="unlike", most=SUMMED, unit="dBFS", source=OWN,
                     basis=Basis.DELIVERED, why="stems-unlike")
    verdict = between(found.sum, None, SUMMED)
    return Check(code="stems-sum", verdict=verdict, value=round(found.sum, 1), unit="dBFS", most=SUMMED,
                 source=f"{OWN}: rounding of 24 bit", basis=Basis.DELIVERED,
                 why="" if verdict is Verdict.OK else "no-sum")


def _null(found: Measured, original: Path | None) -> Check:
    if found.null is None or found.gain is None:
        return unmeasured("me-null", "no-source" if original is None else "nowhere-quiet")
    verdict = between(found.null, None, NULL)
    details: dict[str, str | float] = {"seconds": found.free, "gain": round(found.gain, 2)}
    if found.limited:
        details["limited"] = found.limited
    return Check(code="me-null", verdict=verdict, value=round(found.null, 1), unit="dBFS", most=NULL,
                 source=f"{OWN}: figure dubbing F5", basis=Basis.DELIVERED, details=details,
                 why="" if verdict is Verdict.OK else "bed-altered")


def _duration(film: Dubbed, stems: Stems, found: Measured) -> Check:
    """The furthest of the stems from the original's sound; of a film without one, from its length."""
    length = float(film.film.source.duration) if film.film.source else 0.0
    whole = found.original / RATE if found.original else length
    off = max((one.frames / one.rate - whole for one in (stems.dx, stems.me, stems.mix)), key=abs)
    most = 1000 / float(film.film.rate.fps)
    verdict = between(abs(off) * 1000, None, most)
    return Check(code="duration", verdict=verdict, value=round(off * 1000, 1), unit="ms", least=-round(most, 1),
                 most=round(most, 1), source=f"{OWN}: one frame", basis=Basis.DELIVERED,
                 why="" if verdict is Verdict.OK else "another-length")


def line_sounds(film: Dubbed, stems: Opened, tick: Tick) -> dict[str, list[Check]]:
    """By line, whether its take is in the dialogue stem, where, and how loud."""
    stem, out = stems.stems.get("DX"), {}
    original = _dialogue(film)
    said = {loop.id: loop for loop in film.original.loops}
    levels: dict[str, float] = {}
    for number, loop in enumerate(film.target.loops):
        take = loop.take
        tick(number / len(film.target.loops))
        if take is None:
            continue
        out[loop.id] = _placed(film, stem, take)
        if stem is not None and original is not None and stem.rate == RATE:
            level = line_level(stem, original, said.get(loop.id, loop), take)
            if level is not None:
                levels[loop.id] = level
    usual = float(np.median(list(levels.values()))) if len(levels) >= ENOUGH else None
    for line, checks in out.items():
        checks.append(_level(levels.get(line), usual, original is not None and stem is not None))
    return out


def _dialogue(film: Dubbed) -> SoundFile | None:
    """The original's dialogue as the mix heard it."""
    identity = film.mixed.inputs.get("dialogue", "") if film.mixed else ""
    if not film.film.artefacts.has(identity):
        return None
    try:
        return SoundFile(film.film.artefacts.path(identity))
    except BadInput:
        return None


def _placed(film: Dubbed, stem: SoundFile | None, take: Take) -> list[Check]:
    laid = film.laid_as(take)
    found = [_in_mix(film, laid is not None), _residue(laid.duck if laid else None)]
    try:
        sound = heard_in(film, take, film.laid_ever(take))
    except (CiakError, OSError):
        return [Check(code="take-sound", verdict=Verdict.FAIL, value="missing", source=f"{OWN}: a take has its sound",
                      basis=Basis.FILM, why="take-lost"), unmeasured("place", "take-lost"), *found]
    there = Check(code="take-sound", verdict=Verdict.OK, value="there", source=f"{OWN}: a take has its sound",
                  basis=Basis.FILM)
    if stem is None or stem.rate != RATE:
        return [there, unmeasured("place", "stems-missing"), *found]
    place = sought(stem, sound, take.span)
    if place is None:
        return [there, unmeasured("place", "silent"), *found]
    lag = 1000 * place.lag
    if place.alike < FOUND and film.laid() is None:
        return [there, unmeasured("place", "fit-unknown", {"alike": round(place.alike, 3)}), *found]
    if place.alike < FOUND:
        verdict, why = Verdict.FAIL, "another-sound"
    elif not -EARLY <= lag <= LATE:
        verdict, why = Verdict.FAIL, "off-place"
    elif abs(lag) > EXACT or place.alike < ALIKE:
        verdict, why = Verdict.LOOK, "off-place" if abs(lag) > EXACT else "hardly-alike"
    else:
        verdict, why = Verdict.OK, ""
    return [there, Check(code="place", verdict=verdict, value=round(lag, 1), unit="ms", least=-EARLY, most=LATE,
                         source=SYNC, basis=Basis.DELIVERED, why=why, details={"alike": round(place.alike, 3)}), *found]


def _in_mix(film: Dubbed, laid: bool) -> Check:
    if film.laid() is None:
        return unmeasured("mix-current", "mix-unknown")
    return Check(code="mix-current", verdict=Verdict.OK if laid else Verdict.FAIL, value="same" if laid else "changed",
                 source=f"{OWN}: the mix holds the chosen takes", why="" if laid else "take-changed")


def _residue(duck: float | None) -> Check:
    if duck is None:
        return unmeasured("residue", "mix-unknown")
    return Check(code="residue", verdict=Verdict.LOOK if duck > 0 else Verdict.OK, value=duck, unit="dB", most=MOST,
                 source=f"{OWN}: ducking.py", why="still-heard" if duck > 0 else "")


def _level(level: float | None, usual: float | None, able: bool) -> Check:
    if level is None or usual is None:
        return unmeasured("level", "silent" if level is None and able else "few-lines" if able else "no-dialogue")
    off = level - usual
    verdict = between(off, -WRONG, WRONG) if abs(off) > WRONG else between(off, -UNEVEN, UNEVEN, Verdict.LOOK)
    return Check(code="level", verdict=verdict, value=round(off, 1), unit="dB", least=-UNEVEN, most=UNEVEN, source=OWN,
                 basis=Basis.DELIVERED, why="" if verdict is Verdict.OK else "out-of-balance")
