"""What was delivered beside the sound: files, signature, consents, subtitles; and what of the film is not dubbed.

A delivered file that is missing or cannot be read fails; one whose bytes are not those that the film made is to be
looked at: it may have been worked on since. Subtitles are read from the delivered file; what it breaks and the film's
own subtitles, spotted today, do not, fails; what they break too could not be mended, and is to be looked at.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ciak.dubbing.checking import Violation, violations
from ciak.dubbing.profile import Profile, profile_for, profiles
from ciak.dubbing.quality.dubbed import Dubbed
from ciak.dubbing.quality.sounding import OWN
from ciak.dubbing.quality.told import Basis, Check, Verdict, unmeasured
from ciak.dubbing.titling import Titling, spotting_profile, titled
from ciak.errors import CiakError, SettingsError
from ciak.film import Loop, SubtitleCue
from ciak.formats import read_subtitles
from ciak.formats.subtitles import SUBTITLES
from ciak.media.signing import verify_file
from ciak.project import surveyed
from ciak.project.rights import Rights
from ciak.store.records import Consent

__all__ = ["SOON", "Subtitled", "consent_check", "covering", "credentials", "files", "people", "subtitled",
           "undubbed"]

SOON = 30
"""Days before the end of a consent from which it is told."""
_NAMED = 8
"""Files named in one check, at most."""


def files(film: Dubbed, broken: Mapping[str, str]) -> list[Check]:
    """Delivered files that are missing, cannot be read, or are not those that the film made."""
    missing = [role for role, path in film.files.items() if not path.is_file()]
    wrong = [*missing, *broken]
    found = [Check(code="files", verdict=Verdict.FAIL if wrong else Verdict.OK, value=len(wrong), unit="files", most=0,
                   source=f"{OWN}: report.json", basis=Basis.DELIVERED, why="files-missing" if wrong else "",
                   details=_named(wrong))]
    if film.outside:
        found.append(unmeasured("files-outside", "outside", _named(film.outside)))
    changed = [role for role, digest in film.hashes.items()
               if role in ("film", "stem.DX", "stem.ME", "stem.MIX") and digest not in film.made]
    found.append(Check(
        code="bytes", verdict=Verdict.LOOK if changed else Verdict.OK, value=len(changed), unit="files", most=0,
        source=f"{OWN}: history.jsonl", basis=Basis.DELIVERED, why="bytes-changed" if changed else "",
        details=_named(changed)))
    return found


def _named(roles: Sequence[str]) -> dict[str, str | float]:
    more = f" +{len(roles) - _NAMED}" if len(roles) > _NAMED else ""
    return {"files": ", ".join(sorted(roles)[:_NAMED]) + more} if roles else {}


def credentials(film: Dubbed) -> Check:
    """The Content Credentials of the delivered film; of one without picture, of its mix."""
    path = film.there("film")
    if path is None:
        return unmeasured("credentials", "no-film")
    try:
        found = verify_file(path)
    except SettingsError:
        return unmeasured("credentials", "no-library")
    except CiakError as error:
        return unmeasured("credentials", "unreadable", {"said": error.message[:200]})
    source = "C2PA 2, docs/provenance.md"
    if found.state == "valid":
        return Check(code="credentials", verdict=Verdict.OK, value="valid", source=source, basis=Basis.DELIVERED,
                     details={"sha256": film.hashes.get("film", ""), "signer": found.signer[:100],
                              "trusted": "yes" if found.trusted else "no"})
    signed = _said_signed(film)
    verdict = Verdict.FAIL if found.state == "changed" or signed else Verdict.LOOK
    return Check(code="credentials", verdict=verdict, value=found.state, source=source, basis=Basis.DELIVERED,
                 why="signed-changed" if found.state == "changed" else "signature-lost" if signed else "never-signed",
                 details={"said": "; ".join(found.problems)[:200]} if found.problems else {})


def _said_signed(film: Dubbed) -> bool:
    """Whether the disclosure sheet says that the film was marked."""
    path = film.there("disclosure")
    with suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
        if path is not None and path.stat().st_size < 1 << 26:
            return str(json.loads(path.read_bytes()).get("marked", "none")) != "none"
    return False


def undubbed(film: Dubbed) -> list[Check]:
    """Lines that nobody dubbed, and takes in quarantine."""
    without = [loop.id for loop in film.target.loops if loop.take is None]
    gone = [loop.id for loop in film.original.loops if film.target.loop(loop.id) is None]
    apart = [loop.id for loop in film.target.loops if loop.take is not None and loop.take.quarantined]
    lines, kept = [*without, *gone], {one.sound: one.start for one in film.laid() or ()}
    chosen = {loop.take.sound for loop in film.target.loops if loop.take is not None}
    stale = [sound for sound in kept if sound not in chosen]
    found = [
        Check(code="undubbed", verdict=Verdict.LOOK if lines else Verdict.OK, value=len(lines), unit="lines", most=0,
              source=f"{OWN}: every line is dubbed", why="lines-left" if lines else "", details=_lines(lines)),
        Check(code="quarantined", verdict=Verdict.FAIL if apart else Verdict.OK, value=len(apart), unit="takes", most=0,
              source="docs/rights.md", why="takes-apart" if apart else "", details=_lines(apart))]
    if film.laid() is None:
        return [*found, unmeasured("mix-current", "mix-unknown")]
    return [*found, Check(code="mix-current", verdict=Verdict.FAIL if stale else Verdict.OK, value=len(stale),
                          unit="takes", most=0, source=f"{OWN}: the mix holds the chosen takes",
                          why="takes-stale" if stale else "")]


def _lines(ids: Sequence[str]) -> dict[str, str | float]:
    more = f" +{len(ids) - _NAMED}" if len(ids) > _NAMED else ""
    return {"lines": ", ".join(ids[:_NAMED]) + more} if ids else {}


def people() -> Check:
    """How sure it is who speaks: not kept by the division of voices, so it cannot be told."""
    return unmeasured("speakers", "certainty-not-kept")


def covering(film: Dubbed, loop: Loop) -> tuple[str, Consent | None]:
    """(performer whose likeness the chosen take is, the consent that covers it today)."""
    take = loop.take
    if take is None:
        return "", None
    rights = Rights(film.film)
    performer = rights.whose(take)
    return performer, rights.covering(performer, film.language) if performer else None


def consent_check(film: Dubbed, performer: str, consent: Consent | None) -> Check | None:
    """Whether a likeness may be heard today, and for how long; None for a voice that is nobody's."""
    if not performer:
        return None
    if consent is None:
        return Check(code="consent", verdict=Verdict.FAIL, value="none", source="docs/rights.md", why="no-consent")
    last = consent.last
    left = (last - Rights(film.film).day).days if last is not None else None
    soon = left is not None and left < SOON
    details: dict[str, str | float] = {"number": consent.id}
    if last is not None:
        details["until"] = last.isoformat()
    return Check(code="consent", verdict=Verdict.LOOK if soon else Verdict.OK, value=left, unit="days",
                 least=SOON, source=f"docs/rights.md; {OWN}: {SOON} days", why="ends-soon" if soon else "",
                 details=details)


@dataclass(frozen=True, slots=True)
class Subtitled:
    """The checks of the delivered subtitles: of the film, and by line; ``profile``: their rules'."""

    checks: tuple[Check, ...]
    lines: Mapping[str, Check]
    profile: str


def subtitled(film: Dubbed) -> Subtitled:
    """The delivered subtitles in the dubbed language, read again."""
    profile = _profile(film)
    path = next(filter(None, (film.there(f"{kind}.{film.language}") for kind in SUBTITLES)), None)
    if path is None:
        return Subtitled((unmeasured("subtitles", "no-subtitles"),), {}, profile.name)
    try:
        cues = read_subtitles(path).cues
    except CiakError as error:
        return Subtitled((Check(code="subtitles", verdict=Verdict.FAIL, value="unreadable", source=profile.title,
                                basis=Basis.DELIVERED, why="unreadable", details={"said": error.message[:200]}),),
                         {}, profile.name)
    rate = film.film.rate
    shots = tuple(shot.first for shot in surveyed(film.film).shots if shot.first > 0)
    kept = film.film.sheet.profile
    own = titled(film.film, film.target, Titling(kept if kept in profiles() else None), lambda done: None, known=shots)
    found = violations(cues, profile, rate, film.language, shots)
    excused = {(one.rule, rate.nearest_frame(own.cues[one.cue - 1].span.start)) for one in own.broken}
    grave = [one for one in found if (one.rule, rate.nearest_frame(cues[one.cue - 1].span.start)) not in excused]
    counted = Counter(one.rule for one in found)
    source = f"{profile.name} {profile.version}"
    whole = Check(
        code="subtitles", verdict=Verdict.FAIL if grave else Verdict.LOOK if found else Verdict.OK, value=len(found),
        unit="rules", most=0, source=source, basis=Basis.DELIVERED,
        why="rules-broken" if grave else "rules-unmendable" if found else "", details=_rules(counted))
    return Subtitled((whole, _same(cues, own.cues)), _by_line(film, cues, own.cues, (found, grave), source),
                     profile.name)


def _rules(counted: Mapping[str, int]) -> dict[str, str | float]:
    return {"rules": ", ".join(f"{rule} {count}" for rule, count in sorted(counted.items()))} if counted else {}


def _profile(film: Dubbed) -> Profile:
    """That of the delivery, where it is one of ours; else the film's own."""
    told = film.report.subtitles.get(film.language)
    if told is not None and told.profile in profiles():
        return profile_for(told.profile, film.language)
    return spotting_profile(film.film, film.language)


def _same(cues: Sequence[SubtitleCue], own: Sequence[SubtitleCue]) -> Check:
    """Whether the delivered subtitles are those of the lines as they are today."""
    one, other = (Counter((cue.text, round(float(cue.span.start), 1)) for cue in part) for part in (cues, own))
    apart = sum(((one - other) | (other - one)).values())
    return Check(code="subtitles-current", verdict=Verdict.LOOK if apart else Verdict.OK, value=apart, unit="cues",
                 most=0, source=f"{OWN}: delivered as the lines are", basis=Basis.DELIVERED,
                 why="subtitles-differ" if apart else "")


def _by_line(film: Dubbed, cues: Sequence[SubtitleCue], own: Sequence[SubtitleCue],
             broken: tuple[Sequence[Violation], Sequence[Violation]], source: str) -> dict[str, Check]:
    """A check for each line that is shown; a subtitle is of the lines of ours that it shares most time with."""
    found, grave = broken
    lines: dict[str, list[Violation]] = {loop: [] for cue in own for loop in cue.loops}
    bad: set[str] = set()
    for one in found:
        span = cues[one.cue - 1].span
        near = max(own, key=lambda cue: cue.span.overlap(span), default=None)
        for loop in near.loops if near is not None and near.span.overlap(span) > 0 else ():
            lines.setdefault(loop, []).append(one)
            if one in grave:
                bad.add(loop)
    out = {}
    for loop, wrong in lines.items():
        verdict = Verdict.FAIL if loop in bad else Verdict.LOOK if wrong else Verdict.OK
        out[loop] = Check(code="subtitles", verdict=verdict, value=len(wrong), unit="rules", most=0, source=source,
                          basis=Basis.DELIVERED, details=_rules(Counter(one.rule for one in wrong)),
                          why="rules-broken" if loop in bad else "rules-unmendable" if wrong else "")
    return out
