"""Forced narratives in IMSC: written and read again, inherited, and told where a format has no word for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ciak.film import Span, SubtitleCue, SubtitleDocument
from ciak.formats import read_subtitles, subtitle_losses, write_subtitles
from ciak.formats.imsc import IMSC
from ciak.formats.subtitles import SUBTITLES

SIGN = SubtitleCue(span=Span.of(1, 2), lines=("POLICE",), forced=True)
LINE = SubtitleCue(span=Span.of(3, 4), lines=("Hello.",))
BOTH = SubtitleDocument(language="en", cues=(SIGN, LINE))


def test_what_is_forced_comes_back_forced(tmp_path: Path) -> None:
    path = tmp_path / "a.ttml"
    path.write_bytes(write_subtitles(BOTH, "imsc"))
    assert [cue.forced for cue in read_subtitles(path).cues] == [True, False]
    assert b'xmlns:itts="http://www.w3.org/ns/ttml/profile/imsc1#styling"' in path.read_bytes()


def test_a_document_without_any_says_nothing_of_it() -> None:
    assert b"itts" not in write_subtitles(BOTH.model_copy(update={"cues": (LINE,)}), "imsc")


@pytest.mark.parametrize(("outer", "inner", "forced"), [
    ("true", "", True), ("true", "false", False), ("false", "true", True), ("", "", False), ("maybe", "", False)])
def test_what_contains_it_decides_unless_it_says_itself(outer: str, inner: str, forced: bool) -> None:
    def said(value: str) -> str:
        return f'itts:forcedDisplay="{value}"' if value else ""
    text = (f'<tt xmlns="http://www.w3.org/ns/ttml" xmlns:itts="http://www.w3.org/ns/ttml/profile/imsc1#styling" '
            f'xml:lang="en"><body><div {said(outer)}><p begin="1s" end="2s" {said(inner)}>x</p></div></body></tt>')
    assert [cue.forced for cue in IMSC.read(text.encode()).cues] == [forced]


@pytest.mark.parametrize("name", ["srt", "webvtt", "ass", "dcp", "ebu-stl"])
def test_other_formats_say_that_it_is_lost(name: str) -> None:
    assert name in SUBTITLES
    assert any("forced" in loss for loss in subtitle_losses(BOTH, name))
    assert not any("forced" in loss for loss in subtitle_losses(BOTH, "imsc"))
