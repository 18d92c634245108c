"""Jobs in worker processes: outcome, progress, errors, cancel, crash, death, resume (trust R4, R9)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from ciak.errors import Cancelled, CiakError, Damaged, JobError, NotFound
from ciak.jobs import JobState, Limits, LocalRunner, Progress, Runner, run_here
from ciak.jobs.processes import alive, born, signal_process
from ciak.store import Index, SqliteJournal


def until(what: Callable[[], object], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_job_runs_and_is_kept(runner: LocalRunner, index: Index) -> None:
    assert isinstance(runner, Runner)
    heard: list[Progress] = []
    result = run_here(runner, "slow", {"steps": 5}, film="/a/film", listener=heard.append)
    assert result["steps"] == 5 and result["pid"] != os.getpid()
    job, = runner.jobs()
    assert (job.state, job.done, job.film, job.arguments) == (JobState.DONE, 1.0, "/a/film", {"steps": 5})
    assert job.result == result and job.created <= job.started <= job.ended and job.seconds > 0.05
    assert SqliteJournal(index).get(job.id)["state"] == "done"  # type: ignore[index]
    assert [progress.done for progress in heard] == sorted(progress.done for progress in heard)
    assert heard[-1].done == 1.0 and heard[0].what == "slowly"


def test_order_is_by_sequence_whatever_the_clock_says(runner: LocalRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust R9: the wall clock jumps a year back between two jobs."""
    from ciak.jobs import local

    first = runner.submit("slow", {})
    runner.wait(first.id)
    monkeypatch.setattr(local, "utc_now", lambda: "2001-01-01T00:00:00.000+00:00")
    second = runner.submit("slow", {})
    ended = runner.wait(second.id)
    assert [job.id for job in runner.jobs()] == [first.id, second.id]
    assert second.sequence > first.sequence and 0 < ended.seconds < 60


def test_what_a_library_prints_is_no_message(runner: LocalRunner) -> None:
    assert run_here(runner, "loud", {}) == {"stdin": ""}


def test_an_error_comes_back_as_itself(runner: LocalRunner) -> None:
    with pytest.raises(Damaged) as caught:
        run_here(runner, "fault", {"kind": "input"})
    assert caught.value.remedy == "get the whole film" and caught.value.details == {"frame": 7}
    assert runner.jobs()[-1].state is JobState.FAILED


@pytest.mark.parametrize(("kind", "words"), [
    ("bug", "ValueError"), ("exit", "exit status 9"), ("segfault", "SIGSEGV"), ("killed", "out of memory"),
    ("unplain", "no plain data"), ("nan", "no plain data")])
def test_a_crash_is_one_clear_line(runner: LocalRunner, kind: str, words: str) -> None:
    with pytest.raises(JobError, match=words) as caught:
        run_here(runner, "fault", {"kind": kind})
    assert "\n" not in str(caught.value) and "Traceback" not in str(caught.value)
    assert runner.jobs()[-1].state is JobState.FAILED


def test_limits_bind_the_worker(index: Index, worker_command: tuple[str, ...]) -> None:
    with LocalRunner(SqliteJournal(index), worker_command, limits=Limits(memory=2 << 30)) as runner:
        result = run_here(runner, "limits", {})
        assert (result["core"], result["memory"], result["leader"]) == (0, 2 << 30, True)
        with pytest.raises(JobError, match="ran out of memory"):
            run_here(runner, "fault", {"kind": "memory"})


def test_what_cannot_be_submitted(runner: LocalRunner, index: Index) -> None:
    for arguments in ({"x": {1}}, {"x": float("nan")}, {"x": b"bytes"}):
        with pytest.raises(JobError):
            runner.submit("slow", arguments)
    with pytest.raises(JobError, match="no verb"):
        run_here(runner, "os.system", {})
    with pytest.raises(NotFound):
        runner.job("0" * 16)
    with pytest.raises(NotFound):
        runner.cancel("nothing")
    broken = LocalRunner(SqliteJournal(index), ["/no/such/program"])
    with pytest.raises(JobError, match="started"):
        run_here(broken, "slow", {})


def test_cancel_is_polite_and_leaves_no_process(runner: LocalRunner) -> None:
    job = runner.submit("slow", {"steps": 10_000, "pause": 0.01})
    until(lambda: runner.job(job.id).done > 0)
    pid = runner.job(job.id).pid
    runner.cancel(job.id)
    ended = runner.wait(job.id, 10)
    assert ended.state is JobState.CANCELLED and ended.error and ended.error["error"] == "Cancelled"
    assert gone(pid)
    runner.cancel(job.id)


def test_the_deaf_are_killed_with_all_they_started(runner: LocalRunner) -> None:
    job = runner.submit("deaf", {})
    until(lambda: runner.job(job.id).what.startswith("child"))
    child, pid = int(runner.job(job.id).what.split()[1]), runner.job(job.id).pid
    time.sleep(0.3)  # telling looks once whether to stop; deaf it is only after that
    began = time.monotonic()
    runner.cancel(job.id)
    assert runner.wait(job.id, 10).state is JobState.CANCELLED
    assert 0.5 < time.monotonic() - began < 5
    assert gone(pid) and gone(child)


def test_what_a_worker_started_does_not_outlive_it(runner: LocalRunner) -> None:
    job = runner.submit("deaf", {"pause": 0.1})
    ended = runner.wait(job.id, 10)
    assert ended.state is JobState.DONE
    until(lambda: gone(int(ended.what.split()[1])), 3)  # a signal that cannot be refused still takes its moment


def test_jobs_wait_in_line_and_can_be_cancelled_there(index: Index, worker_command: tuple[str, ...]) -> None:
    with LocalRunner(SqliteJournal(index), worker_command, at_once=1, grace=0.5) as runner:
        first = runner.submit("slow", {"steps": 1000, "pause": 0.01})
        second = runner.submit("slow", {})
        until(lambda: runner.job(first.id).state is JobState.RUNNING)
        assert runner.job(second.id).state is JobState.QUEUED
        runner.cancel(second.id)
        runner.cancel(first.id)
        assert runner.wait(first.id, 10).state is JobState.CANCELLED
        assert runner.wait(second.id, 10).state is JobState.CANCELLED
        assert runner.job(second.id).started == ""


def test_another_runner_can_cancel(runner: LocalRunner, tmp_path: Path, worker_command: tuple[str, ...]) -> None:
    job = runner.submit("deaf", {})
    until(lambda: runner.job(job.id).what.startswith("child"))
    with Index(tmp_path / "index.sqlite") as other, LocalRunner(SqliteJournal(other), worker_command,
                                                               grace=0.5) as stranger:
        assert stranger.job(job.id).state is JobState.RUNNING
        stranger.cancel(job.id)
    assert runner.wait(job.id, 10).state is JobState.CANCELLED


def test_an_ended_job_is_resumed_with_what_it_had(runner: LocalRunner, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    job = runner.submit("slow", {"steps": 30, "pause": 0.02, "notes": str(notes)})
    until(lambda: notes.exists() and len(notes.read_text().split()) > 4)
    with pytest.raises(JobError, match="still"):
        runner.resume(job.id)
    os.kill(runner.job(job.id).pid, signal.SIGKILL)
    assert runner.wait(job.id, 10).state is JobState.FAILED
    again = runner.wait(runner.resume(job.id).id, 20)
    assert again.state is JobState.DONE and again.resumes == job.id and again.arguments == job.arguments
    assert notes.read_text().split() == [str(step) for step in range(30)]


RUNNER = """
import sys, time
from pathlib import Path
from ciak.jobs import LocalRunner
from ciak.store import Index, SqliteJournal
index = Index(Path(sys.argv[1]))
runner = LocalRunner(SqliteJournal(index), sys.argv[2:4], grace=0.5)
job = runner.submit(sys.argv[4], {"steps": 100000, "pause": 30 if sys.argv[4] == "deaf" else 0.01})
while not runner.job(job.id).done:
    time.sleep(0.02)
print(job.id, runner.job(job.id).pid, flush=True)
runner.wait(job.id)
"""


@pytest.mark.parametrize("verb", ["slow", "deaf"])
def test_a_worker_dies_with_its_runner_and_the_job_is_found_interrupted(
        tmp_path: Path, worker_command: tuple[str, ...], verb: str) -> None:
    path = tmp_path / "index.sqlite"
    parent = subprocess.Popen([sys.executable, "-c", RUNNER, str(path), *worker_command, verb],
                              stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    identity, pid = parent.stdout.readline().split()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: gone(int(pid)))
    with Index(path) as index, LocalRunner(SqliteJournal(index), worker_command) as runner:
        job = runner.job(identity)
        assert job.state is JobState.INTERRUPTED and job.ended
        assert runner.wait(runner.resume(identity).id, 0.0).resumes == identity


def test_a_reused_process_number_deceives_nobody(index: Index, worker_command: tuple[str, ...]) -> None:
    journal = SqliteJournal(index)
    record = {"id": "a" * 16, "verb": "slow", "state": "running", "pid": os.getpid(), "born": "another-1"}
    journal.add(record)
    journal.add({**record, "id": "b" * 16, "born": born(os.getpid())})
    with LocalRunner(journal, worker_command) as runner:
        assert runner.job("a" * 16).state is JobState.INTERRUPTED
        assert runner.job("b" * 16).state is JobState.RUNNING
    assert not signal_process(os.getpid(), "another-1", signal.SIGKILL)
    assert alive(os.getpid(), born(os.getpid())) and not alive(0, "") and born(2**22 + 1) == ""


def test_ctrl_c_asks_and_waits(tmp_path: Path, worker_command: tuple[str, ...]) -> None:
    program = RUNNER.split("job =")[0] + (
        "from ciak.jobs import run_here\nfrom ciak.errors import CiakError\n"
        "def hear(progress):\n print(progress.done, flush=True)\n"
        "try:\n run_here(runner, 'slow', {'steps': 100000, 'pause': 0.01}, listener=hear)\n"
        "except CiakError as error:\n print(type(error).__name__, runner.jobs()[0].state.value); "
        "sys.exit(error.exit_code)")
    child = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "i.sqlite"), *worker_command],
                             stdout=subprocess.PIPE, text=True)
    assert child.stdout
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    rest = child.stdout.read()
    child.stdout.close()
    assert child.wait(10) == 130 == Cancelled.exit_code
    assert rest.endswith("Cancelled cancelled\n")


def test_a_full_journal_does_not_stop_the_work(runner: LocalRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_named: object) -> bool:
        raise CiakError("no room")

    job = runner.submit("slow", {"steps": 50, "pause": 0.01})
    until(lambda: runner.job(job.id).done > 0)
    monkeypatch.setattr(SqliteJournal, "change", full)
    assert runner.wait(job.id, 10).state is JobState.DONE


def test_many_jobs_from_many_threads(runner: LocalRunner) -> None:
    ended = []

    def go() -> None:
        ended.append(run_here(runner, "slow", {"steps": 2}))

    threads = [threading.Thread(target=go) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ended) == 6 and [job.sequence for job in runner.jobs()] == [1, 2, 3, 4, 5, 6]
