"""Dictionaries of Hunspell: words taken apart by their affixes."""

from __future__ import annotations

import pytest

from ciak.errors import BadInput, CiakError
from ciak.formats.hunspell import HunspellWords, read_hunspell

AFF = """SET UTF-8
FORBIDDENWORD !
NEEDAFFIX h
PFX U Y 1
PFX U 0 un .
PFX N N 1
PFX N 0 non .
SFX S Y 3
SFX S y ies [^aeiou]y
SFX S 0 s [aeiou]y
SFX S 0 s/Q [^y]
SFX Q Y 1
SFX Q 0 ' .
SFX D Y 1
SFX D 0 ed [^e]
"""
DIC = "7\nlady/S\nboy/S\nlock/SUD\nsense/N\nfoot\nfoots/!\nmeth/hS\n"


def words(aff: str = AFF, dic: str = DIC) -> HunspellWords:
    return read_hunspell(aff.encode(), dic.encode())


@pytest.mark.parametrize("word", ["lady", "ladies", "boys", "locks", "locked", "unlock", "unlocked", "nonsense", "foot",
                                  "meths", "locks'"])
def test_stems_and_their_forms_are_words(word: str) -> None:
    assert words().knows(word)


@pytest.mark.parametrize("word", ["ladys", "boies", "unboy", "lockeds", "nonsenses", "foots", "meth", "unlady", "",
                                  "un"])
def test_what_the_affixes_do_not_make_is_none(word: str) -> None:
    assert not words().knows(word)


@pytest.mark.parametrize(("aff", "dic"), [
    ("FLAG long\nSFX S1 Y 1\nSFX S1 0 s .\n", "1\ncat/AAS1\n"),
    ("FLAG num\nSFX 12 Y 1\nSFX 12 0 s .\n", "1\ncat/7,12\n"),
    ("AF 2\nAF X\nAF XS\nSFX S Y 1\nSFX S 0 s .\n", "1\ncat/2\n"),
    ("SET ISO8859-1\nSFX S Y 1\nSFX S 0 s .\n", "1\ncat/S\n")])
def test_flags_are_written_in_four_ways(aff: str, dic: str) -> None:
    assert words(aff, dic).knows("cats") and not words(aff, dic).knows("cat's")


@pytest.mark.parametrize(("aff", "dic"), [
    ("SET EBCDIC\n", "1\na\n"), ("", "no number\n"), ("", ""), ("SFX", "x")])
def test_what_is_no_dictionary_is_refused_in_words(aff: str, dic: str) -> None:
    with pytest.raises(BadInput):
        words(aff, dic)


def test_a_torn_file_never_fails_otherwise() -> None:
    for end in range(0, len(AFF), 3):
        try:
            words(AFF[:end] + "\nSFX Z Y\nSFX Z 0 [ [\nAF\nFLAG\n", DIC[:end])
        except CiakError:
            continue
