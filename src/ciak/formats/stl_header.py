"""The first block of an EBU STL file: general subtitle information (GSI, 1024 bytes, EBU Tech 3264-E).

Read: frame rate, first timecode, character table, screen, title, language, and how many blocks there should be;
the other names and dates in it are left alone. Written: all that the standard asks for. The dates are always
1 January 2000, for the same document gives the same bytes and knows no clock.

STL30.01 is 30000/1001 frames a second: the standard says 30, and means the television of 525 lines, which never ran
at any other rate. Its timecodes have no mark for drop-frame and are counted without. STL23.01, STL24.01, STL29.01
and STL50.01 are in no standard, but met.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from ciak.errors import BadInput, Damaged, WrongEncoding, WrongFormat
from ciak.film.time import Rate, Timecode
from ciak.formats.base import Finding
from ciak.formats.stl_characters import TABLES
from ciak.formats.stl_place import TELETEXT, Screen

__all__ = ["GSI", "LANGUAGES", "RATES", "Header", "language_code", "read_header", "title_field", "write_header"]

GSI = 1024
"""Bytes of the block."""
RATES: dict[str, Fraction] = {
    "STL25.01": Fraction(25), "STL30.01": Fraction(30000, 1001), "STL24.01": Fraction(24),
    "STL23.01": Fraction(24000, 1001), "STL50.01": Fraction(50), "STL29.01": Fraction(30000, 1001)}
"""Frames a second by disk format code; of codes for one rate the first is written."""
_PAGES = ("850", "437", "860", "863", "865")
_EUROPE = ("und sq br ca hr cy cs da de en es eo et eu fo fr fy ga gd gl is it se la lv lb lt hu mt nl no oc pl pt ro "
           "rm sr sk sl fi sv tr nl-BE wa")
_WORLD = ("zu vi uz uk ur th te tt ta tg sw srn so si sn sh rue ru qu ps pa fa pap or ne nd mr ro-MD ms mg mk lo ko "
          "km kk kn ja id hi he ha gn gu el ka ff prs cv zh my bg bn be bm az as hy ar am")
LANGUAGES: dict[int, str] = {**dict(enumerate(_EUROPE.split())), **dict(enumerate(_WORLD.split(), 0x45))}
"""The table of language codes (LC), which is that of the Radio Data System."""
_CODES = {language: code for code, language in LANGUAGES.items()} | {"nb": 0x1E, "nn": 0x1E, "iw": 0x6C}


@dataclass(frozen=True, slots=True)
class Header:
    """What reading and writing need of the block. ``start``: of the programme in frames, None where the file does
    not say; ``blocks``, ``subtitles``: how many, None where it is no number; ``first``: frame of the first."""

    rate: Fraction = Fraction(25)
    start: int | None = None
    table: str = "00"
    screen: Screen = TELETEXT[1]
    title: str = ""
    language: str = "und"
    blocks: int | None = None
    subtitles: int = 0
    first: int = 0


def read_header(data: bytes) -> tuple[Header, list[Finding]]:
    """The block at the beginning of ``data``. Raises :class:`WrongFormat` for what is no EBU STL file,
    :class:`Damaged` for one that ends inside the block, :class:`WrongEncoding` for a table that nobody knows."""
    code = data[3:11].decode("latin-1")
    if not re.fullmatch(r"STL[0-9 ]{2}\.[0-9 ]{2}", code, re.ASCII):
        raise WrongFormat("this is no EBU STL file: its disk format code is not STL25.01 or the like")
    if len(data) < GSI:
        raise Damaged(f"the file ends inside its header, after {len(data)} of {GSI} bytes",
                      remedy="get the whole file again")
    if code not in RATES:
        raise WrongFormat(f"an EBU STL file of the disk format {code!r}, whose frame rate is unknown here",
                          remedy=f"known are {', '.join(RATES)}")
    found: list[Finding] = []
    table = data[12:14].decode("latin-1")
    if not table.strip():
        found.append(Finding(0, "no-table", "the header names no character table: it is read as Latin (00)"))
        table = "00"
    if table not in TABLES:
        raise WrongEncoding(f"the header names a character table {table!r} that EBU STL does not have",
                            remedy=f"the tables are {', '.join(TABLES)}")
    if data[255:256] == b"0":
        found.append(Finding(0, "not-for-use", "the header says that its timecodes are not intended for use"))
    rate = RATES[code]
    header = Header(rate=rate, start=_start(data[256:264], rate, found), table=table, screen=_screen(data),
                    title=_title(data[:3].decode("latin-1"), data[16:48], found),
                    language=_language(data[14:16], found), blocks=_number(data[238:243]))
    return header, found


def _screen(data: bytes) -> Screen:
    rows, columns = _number(data[253:255]) or 23, _number(data[251:253]) or 40
    return Screen(teletext=data[11:12] != b"0", rows=rows, columns=columns)


def _number(field: bytes) -> int | None:
    text = field.decode("latin-1").strip(" ")
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text) else None


def _start(field: bytes, rate: Fraction, found: list[Finding]) -> int | None:
    text = field.decode("latin-1")
    if not text.strip(" \0"):
        return None
    try:
        if not re.fullmatch(r"[0-9]{8}", text):
            raise BadInput(f"{text!r} is not a timecode")
        return Timecode.parse(":".join(re.findall("..", text)), Rate(rate)).frames
    except BadInput as problem:
        found.append(Finding(0, "bad-start", f"the start of the programme is left out: {problem.message}"))
        return None


def _language(field: bytes, found: list[Finding]) -> str:
    text = field.decode("latin-1")
    known = LANGUAGES.get(int(text, 16)) if re.fullmatch(r"[0-9A-Fa-f]{2}", text) else None
    if known is None and text.strip(" "):
        found.append(Finding(0, "bad-language", f"{text!r} is not the code of a language"))
    return known or "und"


def _title(page: str, field: bytes, found: list[Finding]) -> str:
    if page not in _PAGES:
        found.append(Finding(0, "bad-page", f"{page!r} is not a code page of EBU STL: the title is read with 850"))
        page = "850"
    text = field.decode(f"cp{page}")
    return "".join(sign for sign in text if sign >= " " and sign != "\x7f").strip(" ")


def language_code(language: str) -> int:
    """The code of a language, or of the language without its region; 0 (unknown) where the table has neither."""
    return _CODES.get(language, _CODES.get(language.split("-")[0], 0))


def title_field(title: str) -> tuple[str, bytes]:
    """The code page, and the title in it: 32 bytes, with ``?`` for characters that no page has."""
    clean = "".join(sign if sign >= " " and sign != "\x7f" else " " for sign in title).strip(" ")[:32]
    for page in _PAGES:
        try:
            return page, clean.encode(f"cp{page}").ljust(32)
        except UnicodeEncodeError:
            continue
    return "850", clean.encode("cp850", "replace").ljust(32)


def write_header(header: Header) -> bytes:
    """The block. Fields that nobody asks us to fill (translator, publisher) are blank."""
    page, title = title_field(header.title)
    code = next(code for code, rate in RATES.items() if rate == header.rate)
    start, first = (str(Timecode(frame, Rate(header.rate))).replace(":", "") for frame in
                    (header.start or 0, header.first))
    fields = {
        0: page, 3: code, 11: "1" if header.screen.teletext else "0", 12: header.table,
        14: f"{language_code(header.language):02X}", 224: "000101", 230: "000101", 236: "00",
        238: f"{header.blocks or 0:05}", 243: f"{header.subtitles:05}", 248: "001", 251: f"{header.screen.columns:02}",
        253: f"{header.screen.rows:02}", 255: "1", 256: start, 264: first, 272: "1", 273: "1"}
    block = bytearray(b" " * GSI)
    for place, text in fields.items():
        block[place:place + len(text)] = text.encode("ascii")
    block[16:48] = title
    return bytes(block)
