"""The vocabulary of TTML (W3C TTML2): its names in all their namespaces, its styles, and where its regions are.

Styles are merged as TTML has it: referenced ones first, chained and in their order, then those nested in a region,
then the element's own attributes; what is inherited goes from the region through body, div and p to span. Of all
styles only those are read that the domain can hold; the rest is gathered in :attr:`Styles.dropped`.

Only origins and extents in percent, pixels, cells, ``rw`` and ``rh`` are known, not ``tts:position``. Without
``tts:displayAlign`` a region in the lower half is taken to hold its text at its bottom, as people mean it, not at
its top, as TTML says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from ciak.film.language import Align, Edge, Place
from ciak.formats.percent_places import fitted, usual
from ciak.formats.strict_xml import XML, Element

__all__ = ["USUAL", "Styles", "attributes_of", "box_of", "name_of"]

_BASES = ("http://www.w3.org/ns/ttml", "http://www.w3.org/2006/10/ttaf1", "http://www.w3.org/2006/04/ttaf1",
          "http://www.w3.org/2006/02/ttaf1")
_PARTS = {"": "", "styling": "tts:", "style": "tts:", "style-extension": "tts:", "parameter": "ttp:",
          "metadata": "ttm:"}
_INHERITED = ("color", "fontStyle", "fontWeight", "textDecoration", "textAlign", "direction", "visibility")
_READ = frozenset({*_INHERITED, "displayAlign", "origin", "extent", "display", "ruby"})
_SILENT = frozenset({("overflow", "visible"), ("fontFamily", "proportionalSansSerif")})
_CHAIN = 30
"""Styles that refer to one another, at most."""
USUAL = Fraction(10)
"""Percent between the picture's edges and a region that says nothing: the safe area of television."""


def _prefix(namespace: str) -> str:
    base, _, part = namespace.partition("#")
    if base in _BASES and part in _PARTS:
        return _PARTS[part]
    return "xml:" if namespace == XML else "" if not namespace else "other:"


def name_of(element: Element) -> str:
    """``p``, ``ttm:title``, or ``other:name`` for an element that is not of TTML."""
    return _prefix(element.namespace) + element.name


def attributes_of(element: Element) -> dict[str, str]:
    """Attributes by names such as ``begin``, ``tts:color``, ``xml:id``, ``other:backgroundImage``."""
    return {_prefix(namespace) + name: value for (namespace, name), value in element.attributes.items()}


def box_of(place: Place) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """The region of a fitted place, in percent of the picture: left, top, width, height."""
    near = Fraction(80)
    if place.edge is Edge.MIDDLE:
        shift = place.inset or Fraction(0)
        half = 50 - abs(shift) - (USUAL if abs(shift) <= 30 else 0)
        top, height = 50 + shift - half, 2 * half
    else:
        inset = USUAL if place.inset is None else place.inset
        far = USUAL if inset < near else Fraction(0)
        height = 100 - inset - far
        top = inset if place.edge is Edge.TOP else far
    aside = USUAL if place.aside is None or place.align is Align.CENTRE else place.aside
    far = USUAL if aside < near else Fraction(0)
    return (far if place.align is Align.RIGHT else aside), top, 100 - aside - far, height


class Styles:
    """The styles and regions of one document; ``find`` takes a line, a code and a message."""

    def __init__(self, root: Mapping[str, str], find: Callable[[int, str, str], None]) -> None:
        self.find = find
        self.dropped: dict[str, int] = {}
        """Styles that are not read, and the line of the first."""
        self.initial: dict[str, str] = {}
        self._styles: dict[str, Element] = {}
        self._regions: dict[str, Element] = {}
        self._known: dict[str, dict[str, str]] = {}
        self._region_styles: dict[str, dict[str, str]] = {}
        self._boxes: dict[str, tuple[Edge, Fraction, Fraction, Fraction]] = {}
        self._pixels = _pair(root.get("tts:extent", ""), r"(\d{1,5})px")
        self._cells = _pair(root.get("ttp:cellResolution", ""), r"(\d{1,4})") or (Fraction(32), Fraction(15))

    def add(self, element: Element) -> None:
        """Know a ``style``, ``initial`` or ``region`` of the head."""
        name = attributes_of(element).get("xml:id", attributes_of(element).get("id", ""))
        kind = name_of(element)
        if kind == "initial":
            self.initial.update(self.own(element))
        elif name:
            (self._regions if kind == "region" else self._styles).setdefault(name, element)

    def own(self, element: Element, depth: int = 0) -> dict[str, str]:
        """The styles that an element says: by reference, nested, and by its attributes."""
        found: dict[str, str] = {}
        attributes = attributes_of(element)
        for name in attributes.get("style", "").split():
            found.update(self._referenced(name, element.line, depth))
        if name_of(element) == "region":
            for part in element.elements():
                if name_of(part) == "style":
                    found.update(self.own(part, depth))
        for name, value in attributes.items():
            if not name.startswith("tts:"):
                continue
            if name[4:] in _READ:
                found[name[4:]] = value.strip()
            elif (name[4:], value.strip()) not in _SILENT:
                self.dropped.setdefault(name, element.line)
        return found

    def _referenced(self, name: str, line: int, depth: int) -> dict[str, str]:
        if name not in self._known:
            element = self._styles.get(name)
            if element is None or depth > _CHAIN:
                self.find(line, "style", "a style is referred to that is not there" if element is None else
                          f"more than {_CHAIN} styles refer to one another; the rest is left out")
                return {}
            self._known[name] = {}  # a style that refers to itself adds nothing
            self._known[name] = self.own(element, depth + 1)
        return self._known[name]

    def inherited(self, outer: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
        """What goes on from an element to those in it."""
        return {name: value for name, value in {**outer, **own}.items() if name in _INHERITED}

    def look(self, region: str, style: Mapping[str, str]) -> dict[str, str]:
        """The styles of a text in a region; ``style`` is what its elements say."""
        if region not in self._region_styles:
            element = self._regions.get(region)
            self._region_styles[region] = {**self.initial, **(self.own(element) if element else {})}
        return {**self._region_styles[region], **style}

    def place(self, region: str, look: Mapping[str, str], line: int) -> Place | None:
        """Where a text stands; None for the usual place, and for a file that says nothing of it."""
        align = _align(look)
        if region not in self._regions:
            if region:
                self.find(line, "region", "a region is referred to that is not there")
            return usual(Place(align=align or Align.CENTRE), USUAL, USUAL)
        if region not in self._boxes:
            self._boxes[region] = self._box(self._regions[region])
        edge, inset, left, right = self._boxes[region]
        align = align or Align.LEFT
        if align is Align.CENTRE and left != right:
            self.find(line, "place", "centred in a part of the picture; centred in the whole picture instead")
        place = Place(align=align, edge=edge, inset=inset, aside=right if align is Align.RIGHT else left)
        return usual(fitted(place), USUAL, USUAL)

    def _box(self, element: Element) -> tuple[Edge, Fraction, Fraction, Fraction]:
        """Edge, distance from it, distances from the left and the right side."""
        said = self.look(attributes_of(element).get("xml:id", attributes_of(element).get("id", "")), {})
        left, top = self._lengths(said.get("origin", "auto"), element) or (Fraction(0), Fraction(0))
        width, height = self._lengths(said.get("extent", "auto"), element) or (100 - left, 100 - top)
        align = said.get("displayAlign", "after" if 2 * top + height > 100 else "before")
        if align == "before":
            edge, inset = Edge.TOP, top
        elif align == "after":
            edge, inset = Edge.BOTTOM, 100 - top - height
        else:
            edge, inset = Edge.MIDDLE, top + height / 2 - 50
        return edge, inset, left, 100 - left - width

    def _lengths(self, text: str, element: Element) -> tuple[Fraction, Fraction] | None:
        parts = text.split(maxsplit=2)
        if text.strip() == "auto":
            return None
        across = self._percent(parts[0], 0) if len(parts) == 2 else None
        down = self._percent(parts[1], 1) if len(parts) == 2 else None
        if across is None or down is None:
            self.find(element.line, "region", "the place of a region is not understood, and taken as the whole picture")
            return None
        return across, down

    def _percent(self, text: str, axis: int) -> Fraction | None:
        match = _LENGTH.fullmatch(text)
        if not match:
            return None
        value, unit = Fraction(match[1]), match[2]
        if unit == "px":
            return value * 100 / self._pixels[axis] if self._pixels else None
        if unit == "c":
            return value * 100 / self._cells[axis]
        return value if unit in ("%", ("rw", "rh")[axis]) else None


_LENGTH = re.compile(r"([+-]?\d{1,6}(?:\.\d{1,9})?)(%|px|c|rw|rh)", re.ASCII)


def _pair(text: str, pattern: str) -> tuple[Fraction, Fraction] | None:
    match = re.fullmatch(rf"\s*+{pattern}\s+{pattern}\s*+", text, re.ASCII)
    if not match or not int(match[1]) or not int(match[2]):
        return None
    return Fraction(match[1]), Fraction(match[2])


def _align(look: Mapping[str, str]) -> Align | None:
    said = look.get("textAlign", "")
    begins, ends = ((Align.RIGHT, Align.LEFT) if look.get("direction") == "rtl" else (Align.LEFT, Align.RIGHT))
    known: Iterable[tuple[str, Align]] = (("center", Align.CENTRE), ("left", Align.LEFT), ("right", Align.RIGHT),
                                          ("start", begins), ("end", ends))
    return dict(known).get(said)
