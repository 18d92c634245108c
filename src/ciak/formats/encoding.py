"""Bytes to text: which encoding a text file is in, told by its bytes alone.

A byte order mark decides; then zero bytes (UTF-16 and UTF-32 without a mark, or no text at all); then whether the
bytes are UTF-8, which nothing else is by chance. What is left are the older encodings. The single-byte ones are
weighed by language: a film speaks one, so its letters beyond ASCII should all be letters of one language, in
lower case inside words; this tells Windows-1252 from 1250 where statistics over all languages cannot. What fits no
alphabet is left to charset-normalizer, which knows the Chinese, Japanese and Korean encodings.

It does not know what the text says. Text in pure ASCII is called UTF-8. A file that is UTF-8 but for a few bytes
is damaged, and is refused with the line rather than taken for something else.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from functools import cache

from ciak.errors import Damaged, TooLarge, WrongEncoding, WrongFormat
from ciak.formats.base import TEXT_BUDGET

__all__ = ["decode_text", "is_binary", "is_blank", "lines_of"]

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
          (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\f\x1a\x1b")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1c-\x1f]")
_SAMPLE = 20_000
"""Bytes of lines with non-ASCII characters that are weighed."""
_SURE = 0.75
"""Share of expected characters above which a single-byte encoding is believed."""

_PUNCTUATION = frozenset("…‘’‚“”„–—«»‹›¿¡°€·•ºª™©®№\u00a0")
_PAGES: dict[str, tuple[str, ...]] = {
    "cp1252": ("àèéìíîòóùú", "àâæçèéêëîïôœùûüÿ", "äöüßéà", "áéíñóúü", "áàâãçéêíóôõúü", "åäöéüà", "åæøéèêòóô",
               "áðéíóúýþæö", "éëïóöüèê", "àçèéíïòóúü", "äöõüšž"),
    "iso8859_15": ("àâæçèéêëîïôœùûüÿ", "àèéìíîòóùú", "äöüßéà", "áéíñóúü"),
    "cp1250": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž", "äçëé"),
    "iso8859_2": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž"),
    "cp1254": ("çğıöşüâî",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž"),
    "cp1251": ("оеаинтсрвлкмдпуя ыьгзбчйхжшюцщэфъё", "оаниевтрсклдміупязьбгчйхжїшюцщєфґ",
               "аиоентсрвлкдмпузябъгчжшхцйщюфь", "аоиенстрвкдмлупјгзбчљшжцнџђћхњф"),
    "koi8_r": ("оеаинтсрвлкмдпуя ыьгзбчйхжшюцщэфъё",),
    "koi8_u": ("оаниевтрсклдміупязьбгчйхжїшюцщєфґ",),
    "iso8859_5": ("оеаинтсрвлкмдпуя ыьгзбчйхжшюцщэфъё", "аоиенстрвкдмлупјгзбчљшжцнџђћхњф"),
    "cp866": ("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",),
    "cp1253": ("αοιετσνηυρπκμλςωγδθχφβξζψάέήίόύώϊϋΐΰ",),
    "iso8859_7": ("αοιετσνηυρπκμλςωγδθχφβξζψάέήίόύώϊϋΐΰ",),
    "cp1255": ("יוהלאמרשתבנעכדקחםפטזןגצסץךף" + "".join(map(chr, range(0x5B0, 0x5C4))),),
    "cp1256": ("اليمنتروبعدسفهكقحجشةذصخىأئإءطضغظزثؤآ،؟؛ًٌٍَُِّْ", "اینردمهتوبسشکگزلخپقفجعحچآصطضژغذظثئء،؟؛"),
}
"""For each encoding the letters beyond ASCII of the languages written in it; in other scripts the most frequent
letters come first."""
_MULTIBYTE = ["cp932", "euc_jp", "gb18030", "big5", "cp949"]
_LATIN = frozenset({"cp1252", "iso8859_15", "cp1250", "iso8859_2", "cp1254", "cp1257"})


def is_blank(line: str) -> bool:
    """Whether a line holds nothing but blanks and tabs. (Other white space is text: Japanese uses it.)"""
    return not line.strip(" \t")


def lines_of(text: str) -> list[str]:
    """The lines of a text, whatever ends them: LF, CRLF, CR, or the CR CR LF of careless programs."""
    if "\r" in text:
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def decode_text(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding (Python's; ``utf-8-sig`` has a byte order mark, which is dropped).

    Raises :class:`TooLarge` before decoding, :class:`WrongFormat` for what is not text, :class:`Damaged` with
    ``line`` for broken UTF-8, and :class:`WrongEncoding` when no encoding fits.
    """
    if len(data) > TEXT_BUDGET:
        raise TooLarge(f"{len(data):,} bytes of text; at most {TEXT_BUDGET:,} are read")
    encoding = _unicode(data)
    if encoding is None:
        if is_binary(data):
            raise WrongFormat("this is not text")
        encoding = "utf-8" if _is_utf8(data) else _legacy(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise Damaged(f"line {line} is not {encoding.removesuffix('-sig').upper()}", line=line,
                      remedy="the file is damaged or cut off there") from None
    text = text.removeprefix("\ufeff")
    if "\0" in text or _too_many(len(text[:65536]), len(_CONTROL.findall(text, 0, 65536))):
        raise WrongFormat("this is not text: it holds control characters")
    return text, encoding


def is_binary(data: bytes) -> bool:
    """Whether single bytes say that this is no text: a zero byte, or more controls than one in a hundred."""
    head = data[:65536]
    return b"\0" in data or _too_many(len(head), len(head) - len(head.translate(None, _CONTROLS)))


def _too_many(length: int, controls: int) -> bool:
    return controls > 2 + length // 100


def _unicode(data: bytes) -> str | None:
    """The Unicode encoding that a mark or the pattern of zero bytes tells, else None."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    head = data[:4096 - 4096 % 4]
    if len(data) % 2 or len(head) < 8 or b"\0" not in head:
        return None
    zeros = [head[phase::4].count(0) * 4 / len(head) for phase in range(4)]
    if len(data) % 4 == 0 and min(zeros[2:]) > 0.95 and zeros[0] < 0.05:
        return "utf-32-le"
    if len(data) % 4 == 0 and min(zeros[:2]) > 0.95 and zeros[3] < 0.05:
        return "utf-32-be"
    first, second = (zeros[0] + zeros[2]) / 2, (zeros[1] + zeros[3]) / 2
    if second > 0.25 and first < 0.02:
        return "utf-16-le"
    if first > 0.25 and second < 0.02:
        return "utf-16-be"
    return None


_SEQUENCE = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}")


def _is_utf8(data: bytes) -> bool:
    """Whether it is UTF-8. Raises :class:`Damaged` when it is but for a few bytes."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as problem:
        good = len(_SEQUENCE.findall(data))
        bad = data.decode("utf-8", "replace").count("\ufffd")
        cut_off = problem.reason == "unexpected end of data" and problem.end == len(data)
        if good < (1 if cut_off else 4 * bad):
            return False
        line = data.count(b"\n", 0, problem.start) + 1
        raise Damaged(f"line {line} is not UTF-8, though the rest is", line=line,
                      remedy="correct the characters on that line and save the file as UTF-8") from None
    return True


def _legacy(data: bytes) -> str:
    """The older encoding that fits best. Raises :class:`WrongEncoding`."""
    sample = _sample(data)
    page, weight = _best_page(sample)
    if weight >= _SURE:
        return page
    from charset_normalizer import from_bytes

    guess = from_bytes(sample, cp_isolation=_MULTIBYTE, enable_fallback=False).best()
    if guess is not None and _fits(data, guess.encoding):
        return str(guess.encoding)
    if weight > 0.25 and _fits(data, page):
        return page
    raise WrongEncoding("the text is in no encoding that is known here", remedy="save it as UTF-8")


def _sample(data: bytes) -> bytes:
    """Lines with characters beyond ASCII, up to :data:`_SAMPLE` bytes."""
    lines = (match[0][:1000] for match in re.finditer(rb"[^\r\n]*+", data) if not match[0].isascii())
    taken: list[bytes] = []
    size = 0
    for line in lines:
        taken.append(line)
        size += len(line)
        if size > _SAMPLE:
            break
    return b"\n".join(taken)


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _best_page(sample: bytes) -> tuple[str, float]:
    """The single-byte encoding whose best language explains the sample, and how well, up to 1."""
    best, weight = "cp1252", -1.0
    for page, alphabets in _PAGES.items():
        try:
            text = sample.decode(page)
        except UnicodeDecodeError:
            continue
        if page not in _LATIN and not _is_script(text):
            continue
        counts, odd = _signs(text)
        total = sum(counts.values()) or 1
        for alphabet in alphabets:
            known = _weights(alphabet, page in _LATIN)
            value = (sum(number * known.get(sign, -1.0) for sign, number in counts.items()) - 2 * odd) / total
            if value > weight + 1e-9:
                best, weight = page, value
    return best, weight


_LETTER = re.compile(r"[^\W\d_\x00-\x7f]")
_SCRIPT = re.compile(r"[^\W\d_\x00-\x7f]{2,}")


def _is_script(text: str) -> bool:
    """Whether letters beyond ASCII mostly stand together, as where they are the script and no accents."""
    return 2 * sum(map(len, _SCRIPT.findall(text))) >= len(_LETTER.findall(text)) > 1


_BEYOND = re.compile(r"[^\x00-\x7f]")
_ODD = re.compile(r"(?<=[^\W\d_])[…‚“„”–—«»‹›¿¡°€·•ºª™©®№](?=[^\W\d_])|(?<=[Α-Ωα-ωό])’(?=[Α-Ωα-ω])")
_PAIR = re.compile(r"[^\W\d_](?=([^\W\d_]))")


def _signs(text: str) -> tuple[Counter[str], int]:
    """How often each character beyond ASCII comes, in lower case, and how many stand where none should."""
    odd = len(_ODD.findall(text))
    for match in _PAIR.finditer(text):
        left, right = match[0], match[1]
        if (left > "\x7f" or right > "\x7f") and left.islower() and right.isupper():
            odd += 1
    lower: Counter[str] = Counter()
    for sign, number in Counter(_BEYOND.findall(text)).items():
        small = sign.lower()
        lower[small if len(small) == 1 else sign] += number
    return lower, odd


@cache
def _weights(alphabet: str, latin: bool) -> dict[str, float]:
    """What each character speaks for a language: letters up to 1, punctuation a little."""
    known = dict.fromkeys(_PUNCTUATION, 0.9 if latin else 0.55)
    step = 0.0 if latin else 0.4 / len(alphabet)
    known.update({sign: 1.0 - place * step for place, sign in enumerate(alphabet)})
    if latin:
        known["İ"] = 1.0
    return known
