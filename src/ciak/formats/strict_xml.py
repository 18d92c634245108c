"""The one reader for XML that comes from outside: subtitles of television, streaming and cinema.

Built on expat, which checks that the document is well-formed, and stricter than it: a DOCTYPE is refused, and with
it every entity that could multiply or reach outside the file; size, the length of one tag, depth, elements and
attributes have budgets. Namespaces are resolved here (Namespaces in XML 1.0), so that a long name is never copied.

The encoding is that of the byte order mark, else the one that zero bytes tell, else the declared one (of those
in which subtitles are met), else UTF-8. Comments and processing instructions are dropped. It does not know what
the elements mean, nor any schema.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from xml.parsers import expat

from ciak.errors import Damaged, Hostile, TooLarge, WrongEncoding

__all__ = ["XML", "Element", "XmlLimits", "clean_text", "escaped", "parse_xml"]

XML = "http://www.w3.org/XML/1998/namespace"
"""Namespace of ``xml:lang``, ``xml:space`` and ``xml:id``."""


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """``size``: bytes; ``tag``: bytes of one tag or comment, of which a tag twice as long is surely refused;
    ``depth``: nested elements; ``attributes``: of one element; ``names``: characters of a namespace."""

    size: int = 8 * 2**20
    tag: int = 2**17
    depth: int = 64
    elements: int = 250_000
    attributes: int = 100
    names: int = 500


@dataclass(slots=True)
class Element:
    """One element: names are (namespace, local name), the namespace empty where there is none."""

    namespace: str
    name: str
    line: int
    attributes: Mapping[tuple[str, str], str]
    content: list[str | Element] = field(default_factory=list)
    """Text and elements in the order of the file."""

    def elements(self) -> Iterator[Element]:
        """The elements in it, without those inside them."""
        return (part for part in self.content if isinstance(part, Element))

    def text(self) -> str:
        """All text in it, at any depth, with runs of white space as one blank."""
        parts: list[str] = []
        waiting: list[str | Element] = [self]
        while waiting:
            part = waiting.pop()
            if isinstance(part, Element):
                waiting += reversed(part.content)
            else:
                parts.append(part)
        return " ".join("".join(parts).split())


_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]+")


def clean_text(text: str) -> str:
    """``text`` without the characters that XML 1.0 cannot hold."""
    return _NOT_XML.sub("", text)


def escaped(text: str) -> str:
    """``text`` for an element or an attribute in double quotes, without the characters that XML cannot hold."""
    text = clean_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("\r", "&#13;")


def parse_xml(data: bytes, *, limits: XmlLimits | None = None) -> Element:
    """The root element of a document.

    Raises :class:`TooLarge` over a budget, :class:`Hostile` for a DOCTYPE, :class:`WrongEncoding` for an encoding
    that is not known or not kept to, and :class:`Damaged` with ``line`` for what is not well-formed.
    """
    limits = limits or XmlLimits()
    if len(data) > limits.size:
        raise TooLarge(f"{len(data):,} bytes of XML; at most {limits.size:,} are read")
    text = _decoded(data)
    if match := _DOCTYPE.match(text):
        _refuse_doctype(text.count("\n", 0, match.end()) + 1)
    return _Builder(limits).build(text.encode("utf-8"))


_DOCTYPE = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)


def _refuse_doctype(line: int) -> NoReturn:
    raise Hostile(f"line {line}: a DOCTYPE, which no subtitle file needs and which can hide endless text", line=line,
                  remedy="delete the DOCTYPE")


_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
          (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(rb"""\s*<\?xml\s[^<>]{0,200}?encoding\s*=\s*["']([A-Za-z][\w.:-]{0,40})["']""", re.ASCII)
_KNOWN = frozenset({"utf-8", "ascii", "cp932", "shift_jis", "euc_jp", "gb2312", "gbk", "gb18030", "big5", "euc_kr",
                    "cp949", "koi8-r", "koi8-u", *(f"iso8859-{part}" for part in range(1, 17) if part != 12),
                    *(f"cp125{part}" for part in range(9))})


def _decoded(data: bytes) -> str:
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise WrongEncoding(f"line {line} is not {encoding.upper()}, as the XML says it is", line=line,
                            remedy="save it as UTF-8, with encoding=\"UTF-8\" in the first line") from None
    return text.removeprefix("\ufeff")


def _encoding(data: bytes) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    if b"\0" in data[:2]:
        return "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
    match = _DECLARED.match(data[:400])
    if not match:
        return "utf-8"
    name = match[1].decode("ascii")
    if name.lower().startswith(("utf-16", "utf16", "ucs-2", "iso-10646-ucs")):
        return "utf-8"  # one byte a character up to here: a program wrote UTF-8 and declared what it has in memory
    try:
        encoding = codecs.lookup(name).name
    except LookupError:
        encoding = ""
    if encoding not in _KNOWN:
        raise WrongEncoding(f"the XML declares the encoding {name!r}, which is not known here",
                            remedy="save it as UTF-8, with encoding=\"UTF-8\" in the first line")
    return encoding


_STEP = 2**14
"""Bytes given to expat at a time: what it does after an error of ours ends with them."""


class _Builder:
    """One parse: a stack of open elements and of the prefixes known in each."""

    def __init__(self, limits: XmlLimits) -> None:
        self.limits = limits
        self.count = 0
        self.root: Element | None = None
        self.open: list[Element] = []
        self.scopes: list[dict[str, str]] = [{"xml": XML, "": ""}]
        self.parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype

    def build(self, data: bytes) -> Element:
        try:
            for place in range(0, len(data), _STEP):
                self.parser.Parse(data[place:place + _STEP], False)
                if place + _STEP - self.parser.CurrentByteIndex > self.limits.tag + _STEP:
                    line = self.parser.CurrentLineNumber
                    raise TooLarge(f"line {line}: a tag or comment of more than {self.limits.tag:,} bytes", line=line)
            self.parser.Parse(b"", True)
        except expat.ExpatError as problem:
            raise Damaged(f"line {problem.lineno}: this is not well-formed XML"
                          f" ({expat.errors.messages[problem.code]})", line=problem.lineno,
                          remedy="the file is damaged or cut off there") from None
        finally:  # the parser and the handlers hold each other
            self.parser.StartElementHandler = self.parser.EndElementHandler = None
            self.parser.CharacterDataHandler = self.parser.StartDoctypeDeclHandler = None
        if self.root is None:
            raise Damaged("there is no element in the XML")
        return self.root

    def _start(self, name: str, pairs: list[str]) -> None:
        line = self.parser.CurrentLineNumber
        self.count += 1
        if self.count > self.limits.elements:
            raise TooLarge(f"more than {self.limits.elements:,} elements in the XML")
        if len(self.open) >= self.limits.depth:
            raise TooLarge(f"line {line}: elements nested more than {self.limits.depth} deep", line=line)
        if len(pairs) > 2 * self.limits.attributes:
            raise TooLarge(f"line {line}: more than {self.limits.attributes} attributes of one element", line=line)
        self.scopes.append(self._scope(pairs, line))
        namespace, local = self._resolved(name, line)
        element = Element(namespace, local, line, self._attributes(pairs, line) if pairs else _NONE)
        if self.open:
            self.open[-1].content.append(element)
        else:
            self.root = element
        self.open.append(element)

    def _scope(self, pairs: list[str], line: int) -> dict[str, str]:
        """The prefixes known in an element: those of the one around it, and its own."""
        scope = self.scopes[-1]
        own: dict[str, str] = {}
        for name, value in zip(pairs[::2], pairs[1::2], strict=True):
            if name == "xmlns" or name.startswith("xmlns:"):
                if len(value) > self.limits.names or len(name) > self.limits.names:
                    raise TooLarge(f"line {line}: a namespace of {max(len(value), len(name)):,} characters", line=line)
                own[name[6:]] = value
        if not own:
            return scope
        if len(scope) + len(own) > self.limits.attributes:
            raise TooLarge(f"line {line}: more than {self.limits.attributes} namespaces", line=line)
        return {**scope, **own, "xml": XML}

    def _resolved(self, name: str, line: int, *, bare: bool = False) -> tuple[str, str]:
        prefix, colon, local = name.rpartition(":")
        if not colon and bare:
            return "", name
        namespace = self.scopes[-1].get(prefix)
        if namespace is None or not local or ":" in prefix:
            raise Damaged(f"line {line}: the prefix of {name[:40]!r} stands for no namespace", line=line,
                          remedy="the file is damaged, or a part of it was copied without its beginning")
        return namespace, local

    def _attributes(self, pairs: list[str], line: int) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for name, value in zip(pairs[::2], pairs[1::2], strict=True):
            if name != "xmlns" and not name.startswith("xmlns:"):
                key = self._resolved(name, line, bare=True)
                if key in found:
                    raise Damaged(f"line {line}: the attribute {key[1][:40]!r} comes twice", line=line)
                found[key] = value
        return found

    def _end(self, name: str) -> None:
        self.open.pop()
        self.scopes.pop()

    def _text(self, text: str) -> None:
        self.open[-1].content.append(text)

    def _doctype(self, *_: Any) -> None:
        _refuse_doctype(self.parser.CurrentLineNumber)


_NONE: Mapping[tuple[str, str], str] = {}
