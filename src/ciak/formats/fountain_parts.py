"""The reading half of Fountain: notes and struck-out parts set aside, and the library's parser with mends.

What is mended is said in ``fountain``. It does not know bytes.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from screenplay_tools.fountain.parser import Parser
from screenplay_tools.screenplay import ElementType

from ciak.film.screenplay import ElementKind, Screenplay, ScreenplayElement, TitleEntry
from ciak.formats.encoding import is_blank

__all__ = ["CUE", "HEADING", "TITLE", "TRANSITION", "Asides", "parsed"]

HEADING = re.compile(r"(?:INT|EXT|EST|INT\./EXT|INT/EXT|I/E)(?:\.|\s)", re.IGNORECASE)
TRANSITION = re.compile(r"[A-Z\s]+TO:|FADE IN:")
CUE = re.compile(r"[A-Z][^a-z(]*+(?:$|\()")
"""What may be a character's line: capitals, or capitals up to a bracket. A little wider than the library's rule."""
TITLE = re.compile(r"\s*[A-Za-z0-9 ]+:")
_LONGEST, _CUE_LENGTH, _ENTRIES = 300, 120, 200
_PLACE = re.compile(r"\0(\d+)\0")
_ALONE = re.compile(r"\s*\0(\d+)\0\s*")


class Asides:
    """A text whose notes and struck-out parts are replaced by marks, so that no line of it holds half of one.

    ``text`` has the marks; :meth:`shown` puts the parts back. ``unclosed``: line and mark of those without an end.
    A note ends before the next empty line, or is none. Takes time in proportion to the text.
    """

    def __init__(self, text: str) -> None:
        self.parts: list[str] = []
        self.unclosed: list[tuple[int, str]] = []
        kept: list[str] = []
        done = at = line = counted = 0
        closes = {"*/": 0, "]]": 0, "\n\n": 0}
        for match in re.finditer(r"\[\[|/\*", text):
            at = match.start()
            if at < done:
                continue
            end = "]]" if match[0] == "[[" else "*/"
            for what in (end, "\n\n"):
                if 0 <= closes[what] < at + 2:
                    closes[what] = text.find(what, at + 2)
            close, gap = closes[end], closes["\n\n"]
            if close < 0 or (end == "]]" and 0 <= gap < close):
                line, counted = line + text.count("\n", counted, at), at
                self.unclosed.append((line + 1, match[0]))
                continue
            kept += [text[done:at], f"\0{len(self.parts)}\0"]
            self.parts.append(text[at:close + 2])
            done = close + 2
        self.text = "".join([*kept, text[done:]])

    def shown(self, text: str) -> str:
        """``text`` with its parts where the marks are."""
        return _PLACE.sub(lambda match: self.parts[int(match[1])], text)


class _Mended(Parser):  # type: ignore[misc]
    """The library's parser, with its slips mended and no pattern run over a long line."""

    def __init__(self) -> None:
        super().__init__()
        self.mergeActions = self.mergeDialogue = False

    def _parse_boneyard(self) -> bool:
        return False

    def _parse_notes(self) -> bool:
        return False

    def _parse_title_page(self) -> bool:
        entries = self.script.titleEntries
        if (len(self._line) > _LONGEST or len(entries) >= _ENTRIES
                or (not entries and TRANSITION.fullmatch(self._lineTrim))):
            self._inTitlePage = False
            return False
        return bool(super()._parse_title_page())

    def _parse_forced_action(self) -> bool:
        if not self._lineTrim.startswith("!"):
            return False
        self._add_element(self._create_action(self._line.lstrip()[1:], forced=True))
        return True

    def _parse_forced_scene_heading(self) -> bool:
        return len(self._line) <= _LONGEST and bool(super()._parse_forced_scene_heading())

    def _parse_forced_character(self) -> bool:
        return len(self._line) <= _LONGEST and bool(super()._parse_forced_character())

    def _parse_scene_heading(self) -> bool:
        return (len(self._line) <= _LONGEST and bool(HEADING.match(self._lineTrim))
                and bool(super()._parse_scene_heading()))

    def _parse_transition(self) -> bool:
        if self._lineTrim == "FADE IN:" and is_blank(self._lastLine):
            self._pending.append({"type": ElementType.TRANSITION, "element": _transition(self._lineTrim),
                                  "backup": self._create_action(self._lineTrim)})
            return True
        return len(self._line) <= _LONGEST and bool(super()._parse_transition())

    def _parse_parenthetical(self) -> bool:
        inner = self._lineTrim[1:-1].strip()
        if not super()._parse_parenthetical():
            return False
        self._get_last_elem()._text = inner
        return True

    def _parse_character(self) -> bool:
        return len(self._line) <= _CUE_LENGTH and bool(super()._parse_character())

    def _parse_dialogue(self) -> bool:
        last = self._get_last_elem()
        kept_open = self._lastLineEmpty and self._lastLine and last and last.type == ElementType.DIALOGUE
        return bool(self._inDialogue or kept_open) and bool(super()._parse_dialogue())


def _transition(text: str) -> Any:
    from screenplay_tools.screenplay import Transition

    return Transition(text)


def parsed(asides: Asides) -> Screenplay:
    """The screenplay that a text is."""
    parser, before = _Mended(), ""
    for raw in asides.text.split("\n"):
        line = raw.rstrip()
        if not line and len(raw) > 1 and before:
            line = "  "
        parser.add_line(line)
        before = line.strip()
    parser.finalize()
    shown = asides.shown
    title = tuple(TitleEntry(key=entry.key.strip(), text=shown("\n".join(
        part.strip() for part in entry.text_raw.strip("\n").split("\n")))) for entry in parser.script.titleEntries)
    elements: list[ScreenplayElement] = []
    for kind, run in groupby(parser.script.elements, key=_joins):
        elements += _joined(kind, list(run), asides)
    return Screenplay(title_page=title, elements=tuple(elements))


def _joins(element: Any) -> str:
    """What runs of elements are joined by: lines of dialogue, and lines of action that are not blank."""
    if element.type == ElementType.DIALOGUE:
        return "dialogue"
    if element.type == ElementType.ACTION and not element.centered:
        return "aside" if _ALONE.fullmatch(element.text_raw) else "action" if element.text_raw.strip() else "blank"
    return f"single {id(element)}"


def _joined(kind: str, run: list[Any], asides: Asides) -> list[ScreenplayElement]:
    if kind == "blank":
        return []
    if kind in ("dialogue", "action"):
        text = asides.shown("\n".join(element.text_raw.rstrip() for element in run)).strip("\n")
        return [ScreenplayElement(kind=ElementKind(kind), text=text)] if text.strip() else []
    return [_element(element, asides) for element in run]


_KINDS = {
    ElementType.HEADING: ElementKind.HEADING, ElementType.CHARACTER: ElementKind.CHARACTER,
    ElementType.PARENTHETICAL: ElementKind.PARENTHETICAL, ElementType.LYRIC: ElementKind.LYRIC,
    ElementType.TRANSITION: ElementKind.TRANSITION, ElementType.PAGEBREAK: ElementKind.PAGE_BREAK,
    ElementType.SECTION: ElementKind.SECTION, ElementType.SYNOPSIS: ElementKind.SYNOPSIS,
}


def _element(element: Any, asides: Asides) -> ScreenplayElement:
    """An element of the library that stands for itself."""
    shown = asides.shown
    if element.type == ElementType.ACTION:
        if element.centered:
            return ScreenplayElement(kind=ElementKind.CENTRED, text=shown(element.text_raw.strip()))
        part = shown(element.text_raw.strip())
        kind = ElementKind.NOTE if part.startswith("[[") else ElementKind.BONEYARD
        return ScreenplayElement(kind=kind, text=part[2:-2])
    if element.type == ElementType.CHARACTER:
        return ScreenplayElement(kind=ElementKind.CHARACTER, text=shown(element.name),
                                 extension=shown(element.extension or ""), dual=element.is_dual_dialogue)
    return ScreenplayElement(
        kind=_KINDS[element.type], text=shown(element.text_raw.strip()),
        number=(element.scene_number or "") if element.type == ElementType.HEADING else "",
        depth=element.level if element.type == ElementType.SECTION else 0)
