"""Frames of the pages and film time: exact at 24, 23.976 and 29.97 drop-frame, and no edge moves that nobody moved."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.server.asking import Page, of

from ciak.config import Settings
from ciak.film import Dialogue, Loop, Rate, Span
from ciak.project import Film
from ciak.server.studio import Session, build

RATES = (("24", "01:00:00:00"), ("24000/1001", "01:00:00:00"), ("30000/1001", "01:00:00;00"))
ODD = (Fraction(100_003, 48_000), Fraction(202_999, 48_000))
"""An edge that lies on no frame of any rate."""


@pytest.fixture(params=RATES, ids=lambda rate: rate[0])
def rated(request: pytest.FixtureRequest, tmp_path: Path, session: Session, known: dict[str, str], settings: Settings
          ) -> tuple[Page, Path, Rate]:
    """A film of each rate, whose line begins and ends between frames."""
    rate = Rate.parse(request.param[0])
    film = Film.create(tmp_path / "rated", "Rated", language="it", rate=rate, start=request.param[1])
    loop = Loop(id="odd", character="", span=Span(start=ODD[0], end=ODD[1]), text="Una battuta intera.")
    tiny = Loop(id="tiny", character="", span=Span(start=Fraction(9), end=Fraction(9) + Fraction(1, 200)), text="Eh.")
    film.save_dialogue(Dialogue(language="it", loops=(loop, tiny)))
    return Page(build(film.path, session, settings), known), film.path, rate


def exact(film: Path, name: str = "odd") -> Span:
    """Where a line lies, as it was saved."""
    dialogue = Film.open(film).dialogue("it")
    assert dialogue is not None
    loop = dialogue.loop(name)
    assert loop is not None
    return loop.span


def shown(page: Page, film: Path, name: str = "odd") -> tuple[int, int]:
    """Where it lies, as the page is told."""
    line = next(line for line in page.get(of(film, "dialogue/it")).json["lines"] if line["id"] == name)
    return line["frames"]["first"], line["frames"]["end"]


def place(page: Page, film: Path, first: int, end: int, name: str = "odd") -> Any:
    wish = {"changes": [{"do": "place", "loop": name, "frames": {"first": first, "end": end}}]}
    answer = page.post(of(film, "dialogue/it/edits"), wish)
    assert answer.status == 200, answer.body
    return answer.json


def test_what_stays_on_its_frame_stays_exact(rated: tuple[Page, Path, Rate]) -> None:
    page, film, rate = rated
    first, end = shown(page, film)
    place(page, film, first, end)
    assert exact(film) == Span(start=ODD[0], end=ODD[1]) and page.get(of(film, "undo")).json["undo"] is None
    place(page, film, first, end + 7)
    assert exact(film) == Span(start=ODD[0], end=rate.time(end + 7)), "only the edge that was moved"
    page.post(of(film, "undo"))
    place(page, film, first - 3, end)
    assert exact(film) == Span(start=rate.time(first - 3), end=ODD[1])


def test_a_line_shorter_than_a_frame_is_shown_and_kept(rated: tuple[Page, Path, Rate]) -> None:
    page, film, rate = rated
    before = exact(film, "tiny")
    first, end = shown(page, film, "tiny")
    assert end == first + 1
    place(page, film, first, end, "tiny")
    assert exact(film, "tiny") == before
    place(page, film, first, end + 2, "tiny")
    assert exact(film, "tiny") == Span(start=before.start, end=rate.time(end + 2))


@pytest.mark.parametrize("by", [1, -1, 5, -17, 100, 4321])
def test_a_moved_line_keeps_its_length_and_is_shown_where_it_was_put(rated: tuple[Page, Path, Rate], by: int) -> None:
    page, film, rate = rated
    first, end = shown(page, film)
    place(page, film, first + by, end + by)
    assert exact(film).duration == ODD[1] - ODD[0]
    assert exact(film).start - ODD[0] == rate.time(by)
    assert shown(page, film) == (first + by, end + by)
    place(page, film, first, end)
    assert exact(film) == Span(start=ODD[0], end=ODD[1]), "there and back"


def test_a_line_moved_to_the_beginning_is_not_before_it(rated: tuple[Page, Path, Rate]) -> None:
    page, film, _ = rated
    first, end = shown(page, film)
    place(page, film, 0, end - first)
    assert exact(film).start >= 0 and exact(film).duration == ODD[1] - ODD[0]
    assert shown(page, film)[0] == 0


@pytest.mark.parametrize("frame", [0, 1, 23, 1798, 1799, 1800, 17981, 17982, 107_892, 2_589_408])
def test_frames_are_exact_for_a_day(rated: tuple[Page, Path, Rate], frame: int) -> None:
    page, film, rate = rated
    place(page, film, frame, frame + 30)
    assert exact(film) == Span(start=rate.time(frame), end=rate.time(frame + 30))
    assert shown(page, film) == (frame, frame + 30)


def test_a_split_lies_on_its_frame(rated: tuple[Page, Path, Rate]) -> None:
    page, film, rate = rated
    first, _ = shown(page, film)
    wish = {"changes": [{"do": "split", "loop": "odd", "at": first + 9, "text_at": 4}]}
    answer = page.post(of(film, "dialogue/it/edits"), wish)
    (new,) = {line["id"] for line in answer.json["lines"]["it"]} - {"odd"}
    assert exact(film) == Span(start=ODD[0], end=rate.time(first + 9))
    assert exact(film, new) == Span(start=rate.time(first + 9), end=ODD[1])


def test_the_page_is_told_how_to_label_frames(rated: tuple[Page, Path, Rate]) -> None:
    page, film, rate = rated
    told = page.get(of(film)).json
    assert (told["rate"], told["nominal"], told["drop"]) == (str(rate), round(float(rate.fps)), rate.dropped > 0)
