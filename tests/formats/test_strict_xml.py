"""XML from outside: well-formed, without a DOCTYPE, within budgets, and in the encoding that it says."""

from __future__ import annotations

import time
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciak.errors import BadInput, CiakError, Damaged, Hostile, TooLarge, WrongEncoding
from ciak.formats.strict_xml import XML, Element, XmlLimits, clean_text, escaped, parse_xml

LAUGHS = b'<?xml version="1.0"?>\n<!-- <tt> -->\n<!DOCTYPE tt [<!ENTITY a0 "ha">' + b"".join(
    b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 12)) + b"]>\n<tt>&a11;</tt>"
FILE = b'<!DOCTYPE tt [<!ENTITY f SYSTEM "file:///etc/passwd">]><tt>&f;</tt>'


def test_a_tree_with_namespaces_lines_and_text() -> None:
    root = parse_xml(b'<a xmlns="urn:one" xmlns:t="urn:two" x="1">\n<t:b t:x="2&#10;3" xml:lang="it">hi <c/>&lt;you'
                     b'<![CDATA[ & me]]></t:b>\n<d xmlns=""/><!-- no --></a>')
    b, d = root.elements()
    assert (root.namespace, root.name, root.line, dict(root.attributes)) == ("urn:one", "a", 1, {("", "x"): "1"})
    assert (b.namespace, b.name, b.line) == ("urn:two", "b", 2)
    assert dict(b.attributes) == {("urn:two", "x"): "2\n3", (XML, "lang"): "it"}
    assert b.content[0] == "hi " and isinstance(b.content[1], Element) and b.content[2] == "<you & me"
    assert b.content[1].namespace == "urn:one" and (d.namespace, d.line) == ("", 3)
    assert root.text() == "hi <you & me"


@pytest.mark.parametrize(("data", "line"), [
    (b"", 1), (b"<a>", 1), (b"<a>\n</b>", 2), (b"<a>\n\n&nbsp;</a>", 3), (b"<a/><b/>", 1), (b"text", 1),
    (b"<a>\n<x:b/></a>", 2), (b'<a x="1" x="2"/>', 1), (b"<a x='<'/>", 1), (b"<a>\x01</a>", 1), (b"<a>&#0;</a>", 1),
    (b'<a xmlns:p="u" xmlns:q="u" p:x="1" q:x="2"/>', 1), (b"<a:/>", 1), (b"<a>\xef\xbf\xbf</a>", 1),
])
def test_what_is_not_well_formed_is_refused_with_its_line(data: bytes, line: int) -> None:
    with pytest.raises(Damaged) as caught:
        parse_xml(data)
    assert caught.value.details["line"] == line and "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [LAUGHS, FILE, b"\n\n<!DOCTYPE html><html/>", FILE.decode().encode("utf-16")])
def test_a_doctype_is_refused_at_once(data: bytes) -> None:
    before = time.process_time()
    with pytest.raises(Hostile, match=r"^line \d: a DOCTYPE.*: delete the DOCTYPE$"):
        parse_xml(data)
    assert time.process_time() - before < 0.5


def test_a_doctype_in_words_is_no_doctype() -> None:
    assert parse_xml(b"<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE a>]]></a>").text() == "<!DOCTYPE a>"


@pytest.mark.parametrize(("data", "words"), [
    (b"<a>" * 1_000_000, "nested more than 64"), (b"<a>" + b"<b/>" * 300_000, "elements"),
    (b"<a " + b" ".join(b'a%d=""' % place for place in range(101)) + b"/>", "more than 100 attributes"),
    (b"<a " + b" ".join(b'a%d=""' % place for place in range(700_000)) + b"/>", "a tag or comment"),
    (b"<a x='" + b"y" * 7_000_000 + b"'/>", "a tag or comment"), (b"<!--" + b"-x" * 3_000_000, "a tag or comment"),
    (b"<" + b"a" * 7_000_000, "a tag or comment"), (b"<a xmlns='" + b"u" * 501 + b"'/>", "a namespace of 501"),
    (b"<a " + b" ".join(b'xmlns:a%d="u"' % place for place in range(99)) + b"/>", "namespaces"),
    (b"<a>" + b" " * 8 * 2**20 + b"</a>", "bytes of XML"),
])
def test_budgets(data: bytes, words: str) -> None:
    before = time.process_time()
    with pytest.raises(TooLarge, match=words):
        parse_xml(data)
    assert time.process_time() - before < 5


def test_long_text_is_no_long_tag() -> None:
    assert len(parse_xml(b"<a>" + b"x\n" * 1_000_000 + b"y" * 1_000_000 + b"</a>").text()) == 3_000_000
    assert len(parse_xml(b"<a><![CDATA[" + b"x" * 1_000_000 + b"]]></a>").text()) == 1_000_000
    assert parse_xml(b"<a x='" + b"y" * 100_000 + b"'/>").attributes["", "x"] == "y" * 100_000
    with pytest.raises(TooLarge):
        parse_xml(b"<a><b/></a>", limits=XmlLimits(elements=1))


@pytest.mark.parametrize(("encoding", "declared"), [
    ("utf-8", ""), ("utf-8", "UTF-8"), ("utf-8-sig", "utf-8"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"),
    ("utf-16-be", ""), ("iso-8859-1", "ISO-8859-1"), ("cp1252", "windows-1252"), ("iso-8859-15", "iso-8859-15"),
    ("utf-8", "UTF-16"), ("utf-8-sig", "iso-8859-1"), ("utf-32", "utf-32"),
])
def test_encodings(encoding: str, declared: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    assert parse_xml(f"{head}\n<a>perché</a>".encode(encoding)).text() == "perché"


@pytest.mark.parametrize("data", [
    b"<a>perch\xe9</a>", b'<?xml version="1.0" encoding="ascii"?><a>\xe9</a>', b"\xff\xfe<\0a",
    b'<?xml version="1.0" encoding="utf-7"?><a/>', b'<?xml version="1.0" encoding="unicode_escape"?><a/>',
    b'<?xml version="1.0" encoding="rot13"?><a/>', b'<?xml version="1.0" encoding="x-none"?><a/>',
    b'\xef\xbb\xbf<a>\xe9</a>',
])
def test_other_encodings_are_refused(data: bytes) -> None:
    with pytest.raises(WrongEncoding, match="save it as UTF-8"):
        parse_xml(data)


@given(st.text())
def test_escaped_text_comes_back(text: str) -> None:
    kept = clean_text(text)
    root = parse_xml(f'<a x="{escaped(text)}">{escaped(text)}</a>'.encode())
    assert "".join(part for part in root.content if isinstance(part, str)) == kept
    assert root.attributes["", "x"] == kept.replace("\t", " ").replace("\n", " ")


@given(st.binary(max_size=80) | st.text(st.sampled_from("<>/!?-[]&;#x= \"'ab:\n"), max_size=80).map(str.encode))
def test_any_bytes_are_xml_or_an_error_of_ours(data: bytes) -> None:
    try:
        root = parse_xml(b"<a>" + data + b"</a>")
    except CiakError as problem:
        assert isinstance(problem, BadInput) and "\n" not in str(problem)
        return
    other = ElementTree.fromstring((b"<a>" + data + b"</a>").decode("utf-8"))
    assert root.text() == " ".join("".join(other.itertext()).split())
