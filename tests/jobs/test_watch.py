"""Progress, parts, time left, cancel, and errors over the wire."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ciak import errors
from ciak.errors import Cancelled, CiakError, Conflict, JobError
from ciak.jobs import Progress, Watch
from ciak.jobs.watch import TimeLeft
from ciak.jobs.wire import error_from_json, line, parse


class Clock:
    """A clock that the test winds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_parts_map_to_the_whole_and_nest() -> None:
    heard: list[Progress] = []
    watch = Watch(heard.append, every=0)
    tick = watch.part(0.2, 0.6, "one")
    tick(0.5)
    inner = tick.part(0.5, 1.0, "two")
    inner(0.5)
    inner(9.0)
    told = [(round(progress.done, 6), progress.what) for progress in heard]
    assert told == [(0.4, "one"), (0.5, "two"), (0.6, "two")]
    for start, end in ((0.5, 0.4), (-0.1, 1), (0, 1.1)):
        with pytest.raises(ValueError, match="not within"):
            watch.part(start, end)
        with pytest.raises(ValueError, match="not within"):
            tick.part(start, end)
    with pytest.raises(ValueError, match="fraction"):
        watch.tell(float("nan"))


def test_it_never_goes_back() -> None:
    heard: list[Progress] = []
    watch = Watch(heard.append, every=0)
    for done in (0.1, 0.5, 0.3, 0.6, 0.0, 1.0):
        watch.tell(done)
    assert [progress.done for progress in heard] == [0.1, 0.5, 0.5, 0.6, 0.6, 1.0]


def test_reports_are_thinned_but_not_new_words_nor_the_end() -> None:
    clock, heard = Clock(), []
    watch = Watch(heard.append, every=0.1, clock=clock)
    tick = watch.part(0, 1, "a")
    for step in range(1001):
        clock.now += 0.001
        tick(step / 1000)
    assert 9 <= len(heard) <= 13 and heard[-1].done == 1.0
    before = len(heard)
    watch.tell(1.0, "b")
    assert len(heard) == before + 1


def test_cancel_is_asked_at_each_call() -> None:
    stop = False
    watch = Watch(cancelled=lambda: stop)
    tick = watch.part(0, 1, "x")
    tick(0.1)
    watch.check()
    stop = True
    for call in (watch.check, lambda: tick(0.2)):
        with pytest.raises(Cancelled):
            call()
    Watch().part(0, 1)(1.0)


def test_time_left_of_steady_work_is_right() -> None:
    clock = Clock()
    left = TimeLeft(clock)
    said = None
    for step in range(1, 61):
        clock.now += 1
        said = left.update(step / 100)
    assert said == pytest.approx(40, rel=0.02) and left.seconds == 60


def test_steps_found_done_before_bend_it_only_for_a_while() -> None:
    clock = Clock()
    left = TimeLeft(clock)
    clock.now += 0.1
    left.update(0.5)
    said = None
    for step in range(1, 41):
        clock.now += 1
        said = left.update(0.5 + step / 100)
    assert said == pytest.approx(10, rel=0.5)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1000)), max_size=60))
def test_time_left_is_never_negative_or_absurd(steps: list[tuple[float, float]]) -> None:
    clock = Clock()
    left = TimeLeft(clock)
    for done, passed in steps:
        clock.now += passed
        said = left.update(done)
        assert said is None or 0 <= said <= 1e7
    assert left.seconds >= 0


def test_every_error_of_the_tree_crosses_the_wire_as_itself() -> None:
    kinds = [kind for _name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, CiakError)]
    assert len(kinds) > 20
    for kind in kinds:
        if kind is Conflict:
            sent: CiakError = Conflict("message", mine=1, theirs=2, remedy="remedy")
        else:
            sent = kind("message", remedy="remedy", line=7)
        message = parse(line(sent.as_json()))
        assert message is not None
        back = error_from_json(message)
        assert type(back) is kind and str(back) == str(sent) and back.exit_code == sent.exit_code


def test_strange_errors_and_lines_do_no_harm() -> None:
    for data in ({}, {"error": "SystemExit", "message": "x"}, {"error": "CiakError.__init__"},
                 {"error": "annotations"},
                 {"error": "Damaged", "details": {"message": "a", "remedy": "b", "self": 1}}, {"details": 5}):
        assert isinstance(error_from_json(data), CiakError)
    assert type(error_from_json({"error": "SystemExit"})) is JobError
    for junk in (b"", b"junk", b"[1]", b"\xff\xfe", b"[" * 100_000, b'"x"'):
        assert parse(junk) is None
    with pytest.raises(ValueError, match="compliant"):
        line({"x": float("inf")})
