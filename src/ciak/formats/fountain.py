"""Fountain screenplays (https://fountain.io/syntax), read and written over the library ``screenplay-tools``.

Read: every element of the syntax. Notes and struck-out parts (boneyard) are taken out before the library sees the
text and put back where they stood, because it joins them line by line in quadratic time and ends them by other
rules. One that is never closed is text. Mended besides: a character or a transition that opens the file is no title
page; text after an empty line is no dialogue; ``FADE IN:`` is a transition; a parenthetical keeps inner brackets.

Not kept: how an element was forced (writing forces where it must), ``(CONT'D)``, tabs in action (four blanks), blanks
at the ends of lines, more than one empty line, control characters. Dialogue after a lyric of the same block comes
back as action. Emphasis (``*so*``) stays in the text as it is. A line of over 300 characters is never a cue, a
heading or a transition.

Written: UTF-8, LF, one empty line between elements; what was read is read back as the same document.
"""

from __future__ import annotations

import re

from ciak.errors import TooLarge, WrongFormat
from ciak.film.screenplay import ElementKind, Screenplay, ScreenplayElement
from ciak.formats.base import Finding, Reading, Sample, strictly
from ciak.formats.encoding import decode_text, is_blank, lines_of
from ciak.formats.fountain_parts import CUE, HEADING, TITLE, TRANSITION, Asides, parsed

__all__ = ["FOUNTAIN", "Fountain"]

SIZE = 2 * 2**20
"""Bytes of one screenplay: ten times what the longest has."""
LINES = 100_000
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff]")
_SCENE = re.compile(r"(?:^|\n)[ \t]*+\n?(?:INT|EXT|EST|I/E|INT\.?/EXT)[. ][^\n]*+\n", re.IGNORECASE)
_FIRST = re.compile(r"(?:Title|Credit|Author|Authors|Draft date|Contact|Source):", re.IGNORECASE)
_SPOKEN = (ElementKind.PARENTHETICAL, ElementKind.DIALOGUE)


class Fountain:
    """The format (see the module). Documents are :class:`ciak.film.screenplay.Screenplay`."""

    name = "fountain"
    title = "Fountain screenplays"
    suffixes = (".fountain", ".spmd")
    media_type = "text/x-fountain"

    def sniff(self, sample: Sample) -> float:
        """Fairly sure when there is a scene heading, surer with a title page; doubtful with the latter alone."""
        if "-->" in sample.text[:4096] or sample.text.startswith(("WEBVTT", "{", "<")):
            return 0.0
        first = bool(_FIRST.match(sample.text.lstrip()[:40]))
        scene = bool(_SCENE.search(sample.text[:65536]))
        return 0.9 if first and scene else 0.7 if scene else 0.4 if first else 0.0

    def read(self, data: bytes) -> Screenplay:
        """All of a screenplay. Nothing in a text is fatal, so it raises what :meth:`examine` raises."""
        return strictly(self.examine(data), self.title)

    def examine(self, data: bytes) -> Reading[Screenplay]:
        """The screenplay, with findings for what is not kept. Raises :class:`WrongFormat` for an empty file or one
        that is no text, :class:`TooLarge` over the budgets, ``Damaged`` and ``WrongEncoding``."""
        if len(data) > SIZE:
            raise TooLarge(f"{len(data):,} bytes of screenplay; at most {SIZE:,} are read")
        text = "\n".join(lines_of(decode_text(data)[0]))
        findings = []
        if clean := _CONTROLS.search(text):
            findings.append(Finding(text.count("\n", 0, clean.start()) + 1, "controls",
                                    "control characters are left out"))
            text = _CONTROLS.sub("", text)
        if text.count("\n") >= LINES:
            raise TooLarge(f"more than {LINES:,} lines in one screenplay")
        if not text.strip():
            raise WrongFormat("there is no screenplay in it: it is empty")
        asides = Asides(text)
        findings += [Finding(line, "unclosed", f"{mark} is never closed and stays text")
                     for line, mark in asides.unclosed]
        document = parsed(asides)
        if not document.elements and not document.title_page:
            raise WrongFormat("there is no screenplay in it: nothing but marks")
        return Reading(document, tuple(findings))

    def write(self, document: Screenplay) -> bytes:
        """The screenplay as a file. What Fountain cannot say is written as it best can: see :meth:`losses`."""
        lines: list[str] = []
        for entry in document.title_page:
            hidden = Asides(entry.text)
            parts = hidden.text.split("\n")
            lines += ([f"{entry.key}: {hidden.shown(parts[0])}"] if len(parts) == 1
                      else [f"{entry.key}:", *(f"\t{hidden.shown(part)}" for part in parts)])
        if lines:
            lines.append("")
        body: list[str] = []
        before: ScreenplayElement | None = None
        for place, element in enumerate(document.elements):
            after = document.elements[place + 1] if place + 1 < len(document.elements) else None
            if before is not None and not _joined(before, element):
                body.append("")
            body += _written(element, after)
            before = element
        if not lines and body and (TITLE.match(body[0][:1000]) or is_blank(body[0])):
            body.insert(0, "")
        return ("\n".join([*lines, *body]) + "\n").encode("utf-8", "replace")

    def losses(self, document: Screenplay) -> tuple[str, ...]:
        """What would not come back as it is, found by writing and reading."""
        try:
            again = self.examine(self.write(document)).document
        except WrongFormat:
            again = Screenplay()
        lost = {
            "entries of the title page": again.title_page != document.title_page,
            "marks that Fountain would take for something else": again.elements != document.elements,
        }
        return tuple(what for what, is_lost in lost.items() if is_lost)


FOUNTAIN = Fountain()


def _joined(before: ScreenplayElement, element: ScreenplayElement) -> bool:
    """Whether an element stands directly under the one before."""
    if before.kind is ElementKind.CHARACTER:
        return element.kind in _SPOKEN or element.kind is ElementKind.LYRIC
    return before.kind in _SPOKEN and element.kind in _SPOKEN


def _written(element: ScreenplayElement, after: ScreenplayElement | None) -> list[str]:
    """The lines of an element."""
    text = element.text
    match element.kind:
        case ElementKind.ACTION:
            return _action(text)
        case ElementKind.CHARACTER:
            cue = text + (f" ({element.extension})" if element.extension else "") + (" ^" if element.dual else "")
            spoken = after is not None and _joined(element, after)
            return [cue if spoken and _is_plain_cue(cue) else f"@{cue}"]
        case ElementKind.DIALOGUE:
            hidden = Asides(text)
            return [hidden.shown(line) if line.strip() else "  " for line in hidden.text.split("\n")]
        case ElementKind.HEADING:
            number = f" #{element.number}#" if element.number else ""
            return [("" if HEADING.match(text) else ".") + text + number]
        case ElementKind.TRANSITION:
            return [text if TRANSITION.fullmatch(text) else f"> {text}"]
        case ElementKind.SECTION:
            return ["#" * max(1, element.depth) + f" {text}"]
        case _:
            around = {ElementKind.PARENTHETICAL: ("(", ")"), ElementKind.LYRIC: ("~ ", ""),
                      ElementKind.CENTRED: ("> ", " <"), ElementKind.NOTE: ("[[", "]]"),
                      ElementKind.BONEYARD: ("/*", "*/"), ElementKind.SYNOPSIS: ("= ", ""),
                      ElementKind.PAGE_BREAK: ("===", "")}[element.kind]
            return [around[0] + text + around[1]]


def _is_plain_cue(cue: str) -> bool:
    return (bool(CUE.match(cue)) and len(cue) < 120 and "[[" not in cue and "/*" not in cue
            and not HEADING.match(cue) and not TRANSITION.fullmatch(cue))


def _action(text: str) -> list[str]:
    """A paragraph; each line forced where one would be taken for something else."""
    hidden = Asides(text)
    lines = hidden.text.split("\n")
    bare = all(line.strip() and line.strip()[0] not in "!#.@>~=" and not HEADING.match(line.strip()) for line in lines)
    first = lines[0].strip()
    bare = bare and not (len(first) < 400 and (CUE.match(first) or TRANSITION.fullmatch(first)))
    return [("" if bare else "!") + hidden.shown(line) for line in lines]
