"""Fountain: every element of the public syntax, what is mended, and no text that breaks the reader."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.formats.made_documents import mutations

from ciak.errors import BadInput, Damaged, TooLarge, WrongFormat
from ciak.film.screenplay import ElementKind, Screenplay, ScreenplayElement, TitleEntry
from ciak.formats.base import Format, Sample
from ciak.formats.fountain import FOUNTAIN, LINES, SIZE

K = ElementKind
WHOLE = """Title:
\t_**THE OTHER SHORE**_
\tA draft
Author: Nobody
Draft date: 1 May

FADE IN:

# Act one

= A boat is late.

EXT. PIER - DAWN #1A#

Fog. [[how thick?]] A bell.

Two gulls on a post.
/* A third gull, cut
for money. */

ROSA
(to the /* old */ gulls (both))
Is he late?
  
Or are we?

UGO (V.O.)
Late!

ROSA ^
Late.

~ O the sea, the sea
~ it brings him not to me

.SOMEWHERE ELSE

@McTavish
Aye.

!INT. is what the sign says.

> THE END OF ONE <

===

[[a note
of two lines]]

## Sequence

CUT TO:

int. boat - day

> Burn to white.
"""


def plain(text: str) -> list[tuple[ElementKind, str]]:
    return [(one.kind, one.text) for one in FOUNTAIN.read(text.encode()).elements]


def test_every_element_of_the_syntax() -> None:
    document = FOUNTAIN.read(WHOLE.encode())
    assert document.title_page == (TitleEntry(key="Title", text="_**THE OTHER SHORE**_\nA draft"),
                                   TitleEntry(key="Author", text="Nobody"),
                                   TitleEntry(key="Draft date", text="1 May"))
    assert plain(WHOLE) == [
        (K.TRANSITION, "FADE IN:"), (K.SECTION, "Act one"), (K.SYNOPSIS, "A boat is late."),
        (K.HEADING, "EXT. PIER - DAWN"), (K.ACTION, "Fog. [[how thick?]] A bell."),
        (K.ACTION, "Two gulls on a post."), (K.BONEYARD, " A third gull, cut\nfor money. "), (K.CHARACTER, "ROSA"),
        (K.PARENTHETICAL, "to the /* old */ gulls (both)"), (K.DIALOGUE, "Is he late?\n\nOr are we?"),
        (K.CHARACTER, "UGO"), (K.DIALOGUE, "Late!"), (K.CHARACTER, "ROSA"), (K.DIALOGUE, "Late."),
        (K.LYRIC, "O the sea, the sea"), (K.LYRIC, "it brings him not to me"), (K.HEADING, "SOMEWHERE ELSE"),
        (K.CHARACTER, "McTavish"), (K.DIALOGUE, "Aye."), (K.ACTION, "INT. is what the sign says."),
        (K.CENTRED, "THE END OF ONE"), (K.PAGE_BREAK, ""), (K.NOTE, "a note\nof two lines"), (K.SECTION, "Sequence"),
        (K.TRANSITION, "CUT TO:"), (K.HEADING, "int. boat - day"), (K.TRANSITION, "Burn to white.")]
    by_kind = {one.kind: one for one in document.elements if one.number or one.extension or one.dual or one.depth}
    assert by_kind[K.HEADING].number == "1A" and by_kind[K.CHARACTER].dual and by_kind[K.SECTION].depth == 2
    assert any(one.extension == "V.O." for one in document.elements)
    assert document.characters == ("ROSA", "UGO", "McTavish")
    assert [scene.heading.text if scene.heading else None for scene in document.scenes] == [
        None, "EXT. PIER - DAWN", "SOMEWHERE ELSE", "int. boat - day"]
    assert document.elements[4].plain == "Fog.  A bell."


def test_the_whole_is_written_and_read_back() -> None:
    document = FOUNTAIN.read(WHOLE.encode())
    written = FOUNTAIN.write(document)
    assert FOUNTAIN.read(written) == document
    assert FOUNTAIN.write(FOUNTAIN.read(written)) == written
    assert FOUNTAIN.losses(document) == ()
    assert isinstance(FOUNTAIN, Format) and FOUNTAIN.suffixes[0] == ".fountain"


@pytest.mark.parametrize(("text", "elements"), [
    ("CUT TO:\n\nfoo", [(K.TRANSITION, "CUT TO:"), (K.ACTION, "foo")]),
    ("\nNote: this is action", [(K.ACTION, "Note: this is action")]),
    ("A\n\nROSA\n\nfoo", [(K.ACTION, "A"), (K.ACTION, "ROSA"), (K.ACTION, "foo")]),
    ("@ROSA\n\nfoo", [(K.CHARACTER, "ROSA"), (K.ACTION, "foo")]),
    ("...and so on", [(K.ACTION, "...and so on")]),
    ("  indented\n    more", [(K.ACTION, "  indented\n    more")]),
    ("ROSA [[who?]]\nHi", [(K.CHARACTER, "ROSA [[who?]]"), (K.DIALOGUE, "Hi")]),
    ("an open [[ note\n\nis none ]]", [(K.ACTION, "an open [[ note"), (K.ACTION, "is none ]]")]),
    ("/* never closed", [(K.ACTION, "/* never closed")]),
    ("23\nfoo", [(K.ACTION, "23\nfoo")]),
    ("ROSA (CONT'D)\nHi", [(K.CHARACTER, "ROSA"), (K.DIALOGUE, "Hi")]),
])
def test_what_is_easily_misread(text: str, elements: list[tuple[ElementKind, str]]) -> None:
    assert plain(text) == elements
    document = FOUNTAIN.read(text.encode())
    assert FOUNTAIN.read(FOUNTAIN.write(document)) == document


def test_findings_name_the_line() -> None:
    found = FOUNTAIN.examine(b"Title: x\n\none\n\ntwo /* open\x01").findings
    assert [(one.line, one.code) for one in found] == [(5, "controls"), (5, "unclosed")]


def test_losses_are_told() -> None:
    strange = Screenplay(elements=(ScreenplayElement(kind=K.ACTION, text="a\n\nb"),))
    assert FOUNTAIN.losses(strange) and FOUNTAIN.losses(Screenplay(elements=(
        ScreenplayElement(kind=K.ACTION, text="a"),))) == ()
    assert FOUNTAIN.losses(Screenplay()) == ()


@pytest.mark.parametrize(("data", "error"), [
    (b"", WrongFormat), (b" \n\t\n", WrongFormat), (b"\0\1\2\3" * 40, WrongFormat), (b"a" * (SIZE + 1), TooLarge),
    (b"a\n" * (LINES + 1), TooLarge), ("è così\n".encode() * 9 + b"\xe8\n", Damaged), (b"!\n!\n", WrongFormat)])
def test_bad_input_is_refused(data: bytes, error: type[BadInput]) -> None:
    with pytest.raises(error):
        FOUNTAIN.read(data)


def test_other_encodings_are_read() -> None:
    text = "INT. CITTÀ - NOTTE\n\nLa città dorme; perché no?\n"
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        assert FOUNTAIN.read(text.encode(encoding)).elements[0].text == "INT. CITTÀ - NOTTE"
    assert FOUNTAIN.read(text.replace("\n", "\r\n").encode()) == FOUNTAIN.read(text.encode())


def test_it_is_told_by_content() -> None:
    def sure(text: str) -> float:
        return FOUNTAIN.sniff(Sample(text.encode(), text))

    assert sure(WHOLE) >= .9 and sure("\nINT. HOUSE - DAY\n\nfoo\n") >= .5
    assert sure("WEBVTT\n\n00:01.000 --> 00:02.000\nINT. HOUSE\n") == 0 and sure("just a letter") == 0


PIECES = ["INT. A - B", "EXT. C #2#", ".FORCED", "...", "ROSA", "ROSA ^", "UGO (V.O.)", "@mc", "@", "(so)", "(", "()",
          "Hello.", "foo", "!bar", "!", "!  x", "~la", "~", "# One", "####### #", "= syn", "==", "===", "> c <", ">",
          "><", "> out", "CUT TO:", "FADE IN:", "[[n]]", "[[", "]]", "/*", "*/", "/* b */",
          "[[a", "b]]", "", "", "", "  ",
          "\t", "Title: x", "Key:", "\tvalue", "   v: w", "A (b", "A (b) c", "\u00e8", "\u2028", "23", "#", "^", "#a#"]
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.tuples(st.sampled_from(PIECES), st.sampled_from(PIECES)).map(
    " ".join), st.text(max_size=6)), min_size=1, max_size=12).map("\n".join)


@settings(max_examples=400, deadline=None)
@given(texts)
def test_what_was_read_is_written_and_read_the_same(text: str) -> None:
    try:
        document = FOUNTAIN.examine(text.encode("utf-8", "replace")).document
    except BadInput:
        return
    assert FOUNTAIN.losses(document) == ()
    written = FOUNTAIN.write(document)
    assert FOUNTAIN.read(written) == document and FOUNTAIN.write(FOUNTAIN.read(written)) == written


def test_mutated_files_are_read_or_refused() -> None:
    for data in mutations([WHOLE.encode()], 400):
        try:
            document = FOUNTAIN.read(data)
        except BadInput as problem:
            assert "\n" not in str(problem)
            continue
        assert FOUNTAIN.read(FOUNTAIN.write(document)) == document


@pytest.mark.parametrize("piece", [
    "[[", "/*", "A (", "[[a\n", "/*\n", "A" + " " * 90 + "\n\n", "x\n", "K: " + " " * 200 + "y\n", "(a", "~\n",
    "]]*/", "INT. " + " " * 200 + "#\n", "@A " + "(" * 200 + "\n"])
def test_time_grows_with_the_text_and_not_faster(piece: str) -> None:
    spent = []
    for size in (40_000, 160_000):
        text = (piece * (size // len(piece) + 1))[:size]
        began = time.process_time()
        with contextlib.suppress(BadInput):
            FOUNTAIN.examine(text.encode())
        spent.append(time.process_time() - began)
    assert spent[1] < 12 * spent[0] + .2 and spent[1] < 4
