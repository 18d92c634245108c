"""How progress and results look, in a terminal and elsewhere."""

from __future__ import annotations

import io

import pytest

from ciak.cli import screen
from ciak.cli.screen import duration, megabytes, printable, progress, table


def test_text_from_files_cannot_steer_a_terminal() -> None:
    assert printable("a\x1b]0;x\x07\nb\u202ec\ud800é") == "a\\x1b]0;x\\x07\\nb\\u202ec\\ud800é"


@pytest.mark.parametrize(("seconds", "text"), [
    (-1, "0 s"), (0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s"), (3599.7, "1 h 00 min"),
    (3725, "1 h 02 min")])
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_sizes() -> None:
    assert [megabytes(size) for size in (0, 1_234_567, 99_000_000, 147_000_000)] == [
        "0.0 MB", "1.2 MB", "99.0 MB", "147 MB"]


def test_a_table_is_aligned() -> None:
    assert table(("a", "b"), [("xx", 1), ("y", "\n")]) == ["a   b", "xx  1", "y   \\n"]


def test_without_a_terminal_progress_is_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch,
                                                            capsys: pytest.CaptureFixture[str]) -> None:
    clock = [0.0]
    monkeypatch.setattr(screen.time, "monotonic", lambda: clock[0])
    with progress() as meter:
        tick = meter("copying")
        for step in range(1001):
            clock[0] += 0.05
            tick(step / 1000)
        meter.part(0.5, 1.0, "mixing")(0.5)
    shown = capsys.readouterr()
    assert shown.out == ""
    lines = shown.err.splitlines()
    assert lines[0] == "copying: 0%"
    assert 9 <= sum(line.startswith("copying") for line in lines) <= 12
    assert lines[-1].startswith("mixing: 75%")


def test_in_a_terminal_it_is_a_bar_with_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with progress() as meter:
        meter.show("hea[b]ring\x1b", 0.25, 75.0)
        meter.show("hea[b]ring\x1b", 0.5, 50.0)
    shown = terminal.getvalue()
    assert "hea[b]ring\\x1b" in shown
    assert "50%" in shown
    assert "50 s left" in shown


def test_a_bar_ends_when_something_goes_wrong() -> None:
    with pytest.raises(ValueError, match="x"), progress() as meter:
        meter("copying")(0.5)
        raise ValueError("x")
