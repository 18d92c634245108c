"""What ``ciak subtitle review`` shows: the remarks on each language, and how it stands with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ciak.dubbing.reviewing import LanguageReport

__all__ = ["Reviewed", "reviewed"]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The reports of a film or of a file."""

    path: Path
    reports: Sequence[LanguageReport]

    @property
    def remarked(self) -> bool:
        """Whether there is anything to look at."""
        return any(one.remarks for one in self.reports)

    @property
    def as_json(self) -> dict[str, Any]:
        """Plain values for ``--json``."""
        return {"file": str(self.path.absolute()), "languages": [asdict(one) for one in self.reports]}

    @property
    def lines(self) -> list[str]:
        """For people."""
        rows = []
        for report in self.reports:
            rows += [f"{_clock(one.start)}  {one.line:>6}  {one.code:16} {one.word}: {one.message}"
                     for one in report.remarks]
            rows += [*_summary(report), ""]
        return rows[:-1]


def reviewed(path: Path, language: str | None, tick: Callable[[float], None]) -> Reviewed:
    """Read over a film folder or a subtitle file. Raises :class:`ciak.errors.CiakError` for what cannot be read."""
    from ciak.bootstrap import open_film, review
    from ciak.dubbing.reviewing import review_document
    from ciak.errors import BadInput, NothingToDo
    from ciak.formats import read_subtitles, shown

    if path.is_dir():
        film = open_film(path)
        languages = [code for code in film.languages() if language in (None, code)]
        if not languages:
            raise NothingToDo(f"the film has no dialogue{f' in {language!r}' if language else ''}",
                              remedy="ciak subtitle makes one")
        return Reviewed(path, review(film, languages, tick))
    document = read_subtitles(path)
    code = language or document.language
    if code == "und":
        raise BadInput(f"{shown(path)} does not say its language", remedy="name it with --language it")
    tick(0.5)
    return Reviewed(path, (review_document(document, code),))


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{int(seconds % 1 * 1000):03}"


def _summary(report: LanguageReport) -> list[str]:
    counted = Counter(one.code for one in report.remarks)
    told = ", ".join(f"{code} {count}" for code, count in sorted(counted.items())) or "nothing remarked"
    rows = [f"{report.language}: {report.lines} lines; {told}"]
    if not report.dictionary:
        rows.append(f"    there is no dictionary for {report.language!r}: spelling was not read")
    if report.written:
        rows.append("    written by " + ", ".join(f"{who} {count}" for who, count in sorted(report.written.items()))
                    + f"; {report.flagged} flagged, {report.untranslated} without words"
                    + (f"; the machine's confidence {report.confidence:.0%}" if report.confidence is not None else ""))
    if report.terms:
        rows.append(f"    agreed terms: {report.terms_kept} of {report.terms} as agreed")
    if report.profile:
        broken = ", ".join(f"{rule} {count}" for rule, count in sorted(report.rules.items())) or "no rule broken"
        rows.append(f"    subtitles by {report.profile}: {broken}")
    return rows
