"""Encodings told by bytes alone: real subtitle texts in the encodings that they come in."""

from __future__ import annotations

from pathlib import Path

import pytest

from ciak.errors import Damaged, TooLarge, WrongEncoding, WrongFormat
from ciak.formats import decode_text, detect
from ciak.formats.base import TEXT_BUDGET
from ciak.formats.encoding import lines_of
from ciak.formats.srt import SRT

TEXTS = {
    "italian": ("Perché non è già partito?\nLa città è più là, così.\n– Cos’è?\n“Niente”, disse…", "cp1252"),
    "french": ("Où étais-tu hier soir ?\nÇa ne m’étonne pas, il est né là-bas.\nTête… sœur fêlée !", "cp1252"),
    "french euro": ("Ma sœur a payé 10 € à l'Œuvre. Ça va, élève ?", "iso8859_15"),
    "german": ("Ich weiß nicht, was für ein Mädchen sie war.\nDas Öl läuft über die Straße.", "cp1252"),
    "german short": ("Schön, dass Sie da sind.", "cp1252"),
    "spanish": ("¿Dónde está el niño?\n¡Cuidado! Mañana será otro día.\nNo sé qué pasó, señor.", "cp1252"),
    "portuguese": ("Não sei o que você está dizendo.\nAmanhã será tarde demais, coração.", "cp1252"),
    "swedish": ("Är du skadad?\nJag tror inte det, på något sätt.\nGå härifrån!", "cp1252"),
    "english quotes": ("Don’t you dare…\nIt’s over — finally.", "cp1252"),
    "polish": ("Gdzie byłeś wczoraj?\nNie wiem, co się stało z tą dziewczyną.\nŹle się czuję.", "cp1250"),
    "polish iso": ("Gdzie byłeś wczoraj?\nNie wiem, co się stało z tą dziewczyną.\nTeż śpię.", "iso8859_2"),
    "czech": ("Kde jsi byl včera večer?\nNevím, co se stalo s tou dívkou. Příliš žluťoučký kůň.", "cp1250"),
    "hungarian": ("Hol voltál tegnap este?\nNem tudom, mi történt a lánnyal. Főnök úr, jöjjön ön is!", "cp1250"),
    "romanian": ("Unde ai fost aseară?\nNu ştiu ce s-a întâmplat cu fata aia. Ţi-am spus.", "cp1250"),
    "croatian": ("Gdje si bio sinoć?\nNe znam što se dogodilo s tom djevojkom. Možeš li?", "cp1250"),
    "turkish": ("Dün akşam neredeydin?\nO kıza ne olduğunu bilmiyorum. Şimdi değil, çocuğum.", "cp1254"),
    "russian": ("Где ты был вчера вечером?\nЯ не знаю, что случилось с этой девушкой…", "cp1251"),
    "russian koi": ("Где ты был вчера вечером?\nЯ не знаю, что случилось с этой девушкой.", "koi8_r"),
    "russian iso": ("Где ты был вчера вечером?\nЯ не знаю, что случилось с этой девушкой.", "iso8859_5"),
    "russian dos": ("Где ты был вчера вечером?\nЯ не знаю, что случилось с этой девушкой.", "cp866"),
    "english ellipsis": ("Wait… … what?\n… and then", "cp1252"),
    "ukrainian": ("Де ти був учора ввечері?\nЯ не знаю, що сталося з цією дівчиною. Її немає.", "cp1251"),
    "greek": ("Πού ήσουν χθες το βράδυ;\nΔεν ξέρω τι απέγινε. Άσε με!", "cp1253"),
    "greek iso": ("Πού ήσουν χθες το βράδυ;\nΔεν ξέρω τι απέγινε. Άσε με!", "iso8859_7"),
    "hebrew": ("איפה היית אתמול בערב?\nאני לא יודע מה קרה לבחורה ההיא.", "cp1255"),
    "arabic": ("أين كنت ليلة أمس؟\nلا أعرف ماذا حدث لتلك الفتاة.", "cp1256"),
    "japanese": ("ゆうべはどこにいたの？\nあの娘に何があったのか知らない。", "cp932"),
    "japanese euc": ("ゆうべはどこにいたの？\nあの娘に何があったのか知らない。", "euc_jp"),
    "chinese": ("你昨天晚上在哪里？\n我不知道那个女孩出了什么事。\n走吧，我不舒服。", "gb18030"),
    "chinese big5": ("你昨天晚上在哪裡？\n我不知道那個女孩出了什麼事。\n走吧，我不舒服。", "big5"),
    "korean": ("어젯밤에 어디 있었어?\n그 여자애한테 무슨 일이 있었는지 몰라.", "cp949"),
}
texts = pytest.mark.parametrize("name", TEXTS)


def srt(text: str) -> str:
    return "".join(f"{place}\r\n00:00:{place:02},000 --> 00:00:{place + 1:02},000\r\n<i>{line}</i>\r\n\r\n"
                   for place, line in enumerate(text.split("\n"), 1))


@texts
@pytest.mark.parametrize("shape", [str, str.upper], ids=["as it is", "in capitals"])
def test_older_encodings(name: str, shape: type[str]) -> None:
    text, encoding = TEXTS[name]
    whole = srt(shape(text))
    assert decode_text(whole.encode(encoding)) == (whole, encoding)


@texts
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32",
                                      "utf-32-le", "utf-32-be"])
def test_unicode_with_and_without_marks(name: str, encoding: str) -> None:
    whole = srt(TEXTS[name][0])
    text, found = decode_text(whole.encode(encoding))
    assert text == whole
    assert found.replace("-sig", "").startswith(encoding.replace("-sig", ""))
    assert detect(whole.encode(encoding)).format == "srt"


@pytest.mark.material
@pytest.mark.parametrize(("language", "encoding"), [
    ("ru", "cp1251"), ("ru", "koi8_r"), ("ru", "iso8859_5"), ("ar", "cp1256"), ("ja", "cp932"), ("ja", "euc_jp"),
    ("sv", "cp1252"), ("en", "ascii")])
def test_real_subtitles_in_older_encodings(material: Path, language: str, encoding: str) -> None:
    text = (material / "subtitles" / "elephants-dream" / f"captions.{language}.vtt").read_text("utf-8")
    data = text.encode(encoding, "ignore")
    found, name = decode_text(data)
    assert (found, name) == (data.decode(encoding), "utf-8" if encoding == "ascii" else encoding)


@pytest.mark.parametrize("data", [b"a\0b", b"\0" * 100, bytes(range(256)) * 10, b"\x7fELF\x02\x01\x01\0\0\0",
                                  b"\x01\x02\x03" * 100, "a\0b".encode("utf-16")])
def test_what_is_no_text(data: bytes) -> None:
    with pytest.raises((WrongFormat, WrongEncoding)):
        decode_text(data)


def test_broken_utf8_is_refused_with_its_line_not_taken_for_something_else() -> None:
    good = srt(TEXTS["russian"][0]).encode()
    in_line_3, cut_off = good.replace(b"<i>", b"<i>\xff", 1), good[:good.rindex("й".encode()) + 1]
    for broken, line in ((in_line_3, 3), (cut_off, 7)):
        with pytest.raises(Damaged, match=f"line {line} ") as caught:
            decode_text(broken)
        assert caught.value.details["line"] == line


@pytest.mark.parametrize(("data", "why"), [
    (b"\xff\xfea", Damaged), (b"\xfe\xff\xd8\x00\x00a", Damaged), (b"\xef\xbb\xbf\xff", Damaged),
    (b"\xff\xfe\0\0\xff\xff\xff\xff", Damaged)])
def test_marks_that_lie(data: bytes, why: type[Exception]) -> None:
    with pytest.raises(why, match="line 1"):
        decode_text(data)


def test_the_budget_comes_before_decoding() -> None:
    with pytest.raises(TooLarge):
        decode_text(bytes(TEXT_BUDGET + 1))


def test_an_empty_text_is_a_text() -> None:
    assert decode_text(b"") == ("", "utf-8")
    assert decode_text(b"\xef\xbb\xbf") == ("", "utf-8-sig")


def test_lines_end_in_four_ways_and_no_others() -> None:
    assert lines_of("a\nb\r\nc\rd\r\r\ne\u2028f\x0bg\x85h") == ["a", "b", "c", "d", "e\u2028f\x0bg\x85h"]


def test_subtitles_in_an_older_encoding_are_read() -> None:
    whole = srt(TEXTS["polish"][0])
    assert SRT.read(whole.encode("cp1250")) == SRT.read(whole.encode())
