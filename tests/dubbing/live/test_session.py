"""A session from sound to board and files, with the fakes: words, translations, minutes that are always whole."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tests.dubbing.live.test_ear import RATE, TEXT, blocks, speech

from ciak.backends.fakes import WORDS, FakeTranscriber, FakeTranslator
from ciak.backends.protocols import Transcript
from ciak.config import TASKS, Settings
from ciak.dubbing.crew import Crew
from ciak.dubbing.live.board import Board
from ciak.dubbing.live.interpreting import LONG, LONGEST, Interpreter, Sentences
from ciak.dubbing.live.minutes import Minutes
from ciak.dubbing.live.rolling import LiveLine
from ciak.dubbing.live.session import BEHIND, LiveOrder, LiveSession
from ciak.errors import BackendError, Damaged, StorageError, WrongFormat
from ciak.film import Signal, Span, Word
from ciak.formats import read_subtitles

FAKES = Settings().with_backends(dict.fromkeys(TASKS, "fake"))
ITALIAN = dict(WORDS)


def session(told: list[str] | None = None, **order: object) -> LiveSession:
    return LiveSession(Crew(FAKES), LiveOrder(**order), Board(), (told if told is not None else []).append)  # type: ignore[arg-type]


def shown(board: Board, language: str) -> str:
    return " ".join(line.text for line in sorted(board.since(0).lines, key=lambda one: one.number)
                    if line.language == language)


def spoken(text: str, step: Fraction = Fraction(1, 4)) -> list[Word]:
    return [Word(text=word, span=Span(start=step * at, end=step * (at + 1))) for at, word in enumerate(text.split())]


def test_what_is_said_stands_on_the_board_in_both_languages(tmp_path: Path) -> None:
    def minutes(language: str, original: bool) -> Minutes:
        return Minutes(tmp_path / ("talk.vtt" if original else f"talk.{language}.vtt"), language)

    live = session(language="en", to=("it",), minutes=minutes)
    live.warm_up()
    summary = live.run(blocks(speech(TEXT), 1600))
    italian = " ".join(ITALIAN[word] for word in TEXT.split())
    assert shown(live.board, "en") == TEXT
    assert shown(live.board, "it").lower() == italian
    assert all(line.whole for line in live.board.since(0).lines) and live.board.since(0).ended
    assert (summary.language, summary.words, summary.lost) == ("en", 16, 0)
    assert summary.files == {"en": str(tmp_path / "talk.vtt"), "it": str(tmp_path / "talk.it.vtt")}
    for name, words in (("talk.vtt", TEXT), ("talk.it.vtt", italian)):
        document = read_subtitles(tmp_path / name)
        assert " ".join(" ".join(cue.lines) for cue in document.cues).lower() == words
        assert document.cues[0].span.start >= Fraction(9, 10), "the session's own clock"


class Mishearing(FakeTranscriber):
    """Writes one word as a name that it does not know sounds."""

    def transcribe(self, signal: Signal, language: str) -> Transcript:
        heard = super().transcribe(signal, language)
        return replace(heard, words=tuple(word.model_copy(update={"text": "Gribaldy,"}) if word.text == "water" else
                                          word for word in heard.words))


@pytest.mark.parametrize(("names", "written"), [(("Griboldi",), "Griboldi,"), ((), "Gribaldy,")])
def test_names_are_put_right_before_they_are_shown_and_nothing_shown_changes(
        names: tuple[str, ...], written: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Crew, "transcriber", Mishearing())
    asked: list[str] = []
    states: dict[int, list[str]] = {}

    def of(language: str) -> tuple[str, ...]:
        asked.append(language)
        return names

    class Watching(Board):
        def put(self, line: LiveLine) -> None:
            states.setdefault(line.number, []).append(line.text)
            super().put(line)

    order = LiveOrder("en", names=of, minutes=lambda code, _: Minutes(tmp_path / "talk.vtt", code))
    live = LiveSession(Crew(FAKES), order, Watching())
    live.run(blocks(speech(TEXT), 1600))
    assert shown(live.board, "en") == TEXT.replace("water", written) and asked == ["en"]
    for texts in states.values():
        assert all(later.startswith(text) for text, later in pairwise(texts)), "a line only grows"
    document = read_subtitles(tmp_path / "talk.vtt")
    assert written in " ".join(" ".join(cue.lines) for cue in document.cues)


def test_a_language_that_nobody_translates_is_refused_before_anything_is_heard() -> None:
    with pytest.raises(BackendError, match="nobody translates from en to fr"):
        session(language="en", to=("fr",)).warm_up()


def test_a_source_that_fails_shows_what_was_heard_first() -> None:
    def failing() -> Iterator[Signal]:
        yield from blocks(speech("the house night", after=0), 1600)
        raise Damaged("the stream broke off")

    live = session(language="en")
    with pytest.raises(Damaged):
        live.run(failing())
    assert shown(live.board, "en") == "the house night"
    assert live.board.since(0).ended


def test_a_machine_that_is_behind_lets_go_and_says_so() -> None:
    told: list[str] = []
    live = session(told, language="en")
    late = [block for sound in (speech("the house", after=float(BEHIND) + 10), speech("river winter", before=3))
            for block in blocks(sound, RATE)]
    live._push(late)
    live._show(live._ear.hear())
    live._show(live._ear.finish())
    assert told and "not heard" in told[0]
    assert live.summary().lost > 10
    assert live.summary().length == sum((block.duration for block in late), Fraction(0)), "the clock goes on"
    assert shown(live.board, "en") == "river winter"


def test_a_full_disk_ends_nothing_while_somebody_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    full = [False, True, True, False]

    def commit(path: Path, data: bytes) -> None:
        if full.pop(0) if full else False:
            raise StorageError("the disk is full", remedy="make room")
        path.write_bytes(data)

    monkeypatch.setattr("ciak.dubbing.live.minutes.commit_bytes", commit)
    live = session(told, language="en", minutes=lambda language, original: Minutes(tmp_path / "talk.vtt", language))
    rest = np.concatenate([speech("the house", after=2), speech("river winter", after=2), speech("door light")])
    live.run(blocks(rest, 1600))
    assert [one for one in told if "full" in one] == ["the disk is full: make room"]
    document = read_subtitles(tmp_path / "talk.vtt")
    said = " ".join(" ".join(cue.lines) for cue in document.cues).replace("- ", "")
    assert said == "the house river winter door light"
    full[:] = [False] + [True] * 9
    live = session(told, language="en", minutes=lambda language, original: Minutes(tmp_path / "other.vtt", language))
    with pytest.raises(StorageError):
        live.run(blocks(speech("the house"), 1600))
    assert shown(live.board, "en") == "the house", "shown all the same"


def test_a_translator_that_fails_leaves_the_original(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def failing(*_: object, **__: object) -> None:
        raise BackendError("the translator is gone")

    live = session(told, language="en", to=("it",))
    live.warm_up()
    monkeypatch.setattr(FakeTranslator, "translate", failing)
    live.run(blocks(speech(TEXT), 1600))
    assert shown(live.board, "en") == TEXT and shown(live.board, "it") == ""
    assert told == ["the translator is gone"]


def test_other_heavy_work_is_told_and_does_not_keep_anybody_waiting(tmp_path: Path) -> None:
    told: list[str] = []
    alone = Settings(models=tmp_path).with_backends(dict.fromkeys(TASKS, "fake"))
    held, over = threading.Event(), threading.Event()

    def work() -> None:
        with Crew(alone).at_work():
            held.set()
            over.wait(30)

    thread = threading.Thread(target=work)
    thread.start()
    held.wait(10)
    try:
        live = LiveSession(Crew(alone), LiveOrder("en"), Board(), told.append)
        assert live.run(blocks(speech("the house"), 1600)).words == 2
        assert told and "may come late" in told[0]
    finally:
        over.set()
        thread.join()
    told.clear()
    LiveSession(Crew(alone), LiveOrder("en"), Board(), told.append).run(blocks(speech("the house"), 1600))
    assert told == []


def test_nobody_speaks() -> None:
    live = session(language="en")
    summary = live.run(blocks(np.zeros(RATE * 3, np.float32), 1600))
    assert summary.words == 0 and summary.language is None and live.board.since(0).ended


def test_sentences_end_at_full_stops_long_ones_at_commas_and_at_pauses() -> None:
    def parts(text: str) -> list[str]:
        return [" ".join(word.text for word in part) for part in Sentences().add(spoken(text))]

    assert parts("Good evening. Mr. Smith is here, and") == ["Good evening."]
    assert parts(" ".join(["so"] * (LONG - 2)) + " here, and") == [], "a short part waits for its end"
    assert parts(" ".join(["so"] * (LONG - 1)) + " here, and") == [" ".join(["so"] * (LONG - 1)) + " here,"]
    assert parts(" ".join(["so"] * (LONGEST + 1))) == [" ".join(["so"] * LONGEST)]
    sentences = Sentences()
    assert sentences.add(spoken("and so")) == []
    late = Word(text="now", span=Span(start=Fraction(90), end=Fraction(91)))
    assert [len(part) for part in sentences.add([late])] == [2], "a pause ends it"
    assert [len(part) for part in sentences.close()] == [1]
    assert sentences.close() == []


def test_an_interpreter_keeps_to_the_agreed_rendering_and_the_original_s_time() -> None:
    def house(source: str, target: str) -> list[tuple[str, str]]:
        return [("night train", "Notturno")] if (source, target) == ("en", "it") else []

    words = Interpreter(FakeTranslator(), "en", "it", house).carry(spoken("The night train"))
    assert " ".join(word.text for word in words).endswith("Notturno")
    assert words[0].span.start == 0 and words[-1].span.end <= Fraction(3, 4)


def test_minutes_are_whole_after_each_sentence_and_lose_no_word(tmp_path: Path) -> None:
    minutes, step = Minutes(tmp_path / "deep" / "talk.srt", "en"), Fraction(1, 5)
    assert (tmp_path / "deep" / "talk.srt").is_file(), "a place that cannot be written is found out at once"
    said: list[str] = []
    for number in range(12):
        text = "No." if number % 3 else "You found this film in the house of my mother, and never came back."
        minutes.add([word.model_copy(update={"span": word.span.shifted(number * Fraction(4))})
                     for word in spoken(text, step)])
        said += text.split()
        document = read_subtitles(minutes.path)
        assert [word for cue in document.cues for line in cue.lines for word in line.split() if word != "-"] == said
    assert minutes.count == 12


def test_minutes_of_a_name_without_a_format_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongFormat):
        Minutes(tmp_path / "talk.doc", "en")
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError):
        Minutes(tmp_path / "file" / "talk.vtt", "en")
