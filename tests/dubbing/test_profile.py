"""Profiles: every rule has a source and a date, a person's own is read, and what is none is refused in one line."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from ciak.dubbing.profile import BASIC, RULES, profile_named, profiles
from ciak.errors import BadInput, NotFound
from ciak.film import Rate


@pytest.mark.parametrize("name", profiles())
def test_every_rule_says_who_set_it_and_when(name: str) -> None:
    profile = profile_named(name)
    assert profile.name == name and profile.title and profile.version
    assert {rule for rule, _ in profile.rules} <= set(RULES)
    assert {"lines", "characters", "shortest", "longest", "reading-speed", "gap"} <= {rule for rule, _ in profile.rules}
    for _, rule in profile.rules:
        assert len(rule.source) > 10 and rule.date[:2] == "20"


@pytest.mark.parametrize(("name", "language", "speed"), [
    ("netflix-en", "en", 20), ("netflix-it", "it", 17), ("netflix-es", "es", 17), ("netflix-fr", "fr", 17),
    ("netflix-de", "de", 17), ("netflix-children", "it", 13), ("netflix-children", "en", 17), ("netflix-sdh", "it", 20),
    ("basic", "en", 20), ("basic", "it", 17), ("basic", "en-GB", 20),
])
def test_reading_speeds_are_those_of_the_guides(name: str, language: str, speed: int) -> None:
    assert profile_named(name).speed(language) == speed


@pytest.mark.parametrize(("rate", "shortest", "longest", "half", "near"), [
    ("23.976", 20, 167, 12, 9), ("24", 20, 168, 12, 9), ("25", 21, 175, 12, 9), ("29.97", 25, 209, 15, 11),
])
def test_rules_in_frames(rate: str, shortest: int, longest: int, half: int, near: int) -> None:
    profile, at = profile_named("netflix-en"), Rate.parse(rate)
    assert (profile.shortest_frames(at), profile.longest_frames(at)) == (shortest, longest)
    assert (profile.chain_frames(at), profile.shot_frames(at), profile.near_frames(at)) == (half, half, near)
    assert profile.reading_frames(20, at, "en") in (int(at.fps), int(at.fps) + 1)


def test_a_persons_own_profile_extends_ours(tmp_path: Path) -> None:
    file = tmp_path / "festival.toml"
    said = 'source = "the festival"\ndate = "2026-11"\n'
    file.write_text(f'name = "festival"\nextends = "netflix-it"\n[rules.characters]\nlimit = 36\n{said}'
                    f'[rules.shortest]\nlimit = 1.5\n{said}')
    profile = profile_named(str(file))
    assert (profile.name, profile.characters, profile.shortest) == ("festival", 36, Fraction(3, 2))
    assert (profile.language, profile.speed("it"), profile.text("dash")) == ("it", 17, "-")


@pytest.mark.parametrize(("text", "words"), [
    ("name = ", "no profile"),
    ("title = 'x'", "no name"),
    ("name = 'x'\ncolour = 'red'", "colour"),
    ("name = 'x'\nextends = 'nobody'", "nobody"),
    ("name = 'x'\nrules = 3", "tables"),
    ("name = 'x'\n[rules.smell]\nlimit = 3\nsource = 'a'\ndate = 'b'", "smell"),
    ("name = 'x'\n[rules.lines]\nlimit = 3", "source"),
    ("name = 'x'\n[rules.lines]\nlimit = 0\nsource = 'a'\ndate = 'b'", "lines"),
    ("name = 'x'\n[rules.shortest]\nlimit = '1/0'\nsource = 'a'\ndate = 'b'", "shortest"),
    ("name = 'x'\n[rules.shortest]\nlimit = nan\nsource = 'a'\ndate = 'b'", "shortest"),
    ("name = 'x'\n[rules.lines]\nlimit = []\nsource = 'a'\ndate = 'b'", "lines"),
    ("name = 'x'\n[rules.dash]\nlimit = 3\nsource = 'a'\ndate = 'b'", "dash"),
    ("name = 'x'\n[speeds]\nen = 0", "en"),
])
def test_what_is_no_profile_is_refused(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(BadInput, match=words) as refused:
        profile_named(str(file))
    assert "\n" not in str(refused.value).split(";")[0]


def test_an_unknown_name_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="netflix-it"):
        profile_named("nobody")
    with pytest.raises(NotFound):
        profile_named(str(tmp_path / "absent.toml"))
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput):
        profile_named(str(tmp_path / "bytes.toml"))


def test_spotting_keeps_the_basic_profile() -> None:
    assert (BASIC.name, BASIC.lines, BASIC.characters, BASIC.gap_frames) == ("basic", 2, 42, 2)
