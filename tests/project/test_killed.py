"""A process killed at every single write, sync and rename of a film's workflows leaves a film that opens and goes on.

A child forks off for each kill point: it counts the system calls that change the disk and kills itself at the k-th,
once before the call is made and once in the middle of it where it writes. The parent then opens what is left.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from ciak.errors import NotFound
from ciak.film import Cast, CastMember, Dialogue, Loop, Signal, Span
from ciak.media import SoundWriter, probe
from ciak.project import Film, Step, check_film, media, once

CALLS = ("write", "fsync", "rename", "replace", "unlink", "mkdir", "rmdir", "chmod", "fchmod", "ftruncate", "open")


class Reaper:
    """Stands before the calls that change the disk, and kills at the ``fatal``-th; within the ``fatal``-th write when
    ``torn``."""

    def __init__(self, fatal: int, torn: bool) -> None:
        self.seen = 0
        self.fatal = fatal
        self.torn = torn

    def stand_before(self, name: str) -> Callable[..., object]:
        real: Callable[..., object] = getattr(os, name)

        def call(*arguments: object, **named: object) -> object:
            if name == "open" and not int(arguments[1] if len(arguments) > 1 else 0) & os.O_CREAT:  # type: ignore[call-overload]
                return real(*arguments, **named)
            self.seen += 1
            if self.seen == self.fatal:
                if self.torn:
                    real(arguments[0], bytes(arguments[1])[:len(bytes(arguments[1])) // 2])  # type: ignore[arg-type]
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)
        return call


def loop(number: int) -> Loop:
    return Loop(id=f"l{number}", character="anna", span=Span.of(number, number + 1), text="t")


def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
    path = temporary(".txt")
    path.write_text("made")
    return {"text": path}


def workflow(path: Path) -> None:
    """Everything that writes into a film, resumable: what was done before is not undone."""
    try:
        film = Film.open(path)
    except NotFound:
        film = Film.create(path, "T", language="en")
    film.save_sheet(film.sheet.model_copy(update={"backends": {"voice": "kokoro"}}))
    film.save_cast(film.cast().with_member(CastMember(id="anna", name="Anna")))
    once(film, Step("one", "1"), make)
    for count in (1, 2):
        old = film.dialogue("en") or Dialogue(language="en")
        if len(old.loops) < count:
            film.save_dialogue(old.model_copy(update={"loops": (*old.loops, loop(count))}))
    once(film, Step("two", "1"), make)
    film.close()


def die(path: Path, work: Callable[[Path], None], fatal: int, torn: bool) -> bool:
    """Do ``work`` in a child that dies at the ``fatal``-th call; whether it died."""
    child = os.fork()
    if child == 0:
        reaper = Reaper(fatal, torn)
        for name in ("write",) if torn else CALLS:
            setattr(os, name, reaper.stand_before(name))
        code = 3
        try:
            work(path)
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the work failed without being killed"
    return os.WIFSIGNALED(status)


def folders(tmp_path: Path) -> Iterator[Path]:
    number = 0
    while True:
        number += 1
        yield tmp_path / f"film{number}"


def is_whole(path: Path, fatal: int) -> None:
    """Whatever was killed, the film opens, and nothing but the line being written is damaged."""
    if (path / "film.toml").exists():
        assert [one.code for one in check_film(path)] in ([], ["history-damaged"]), f"killed at {fatal}"


def nothing_is_left(film: Film, fatal: int) -> None:
    film.artefacts.sweep()
    assert not list(film.path.rglob(".ciak-*.part")), f"killed at {fatal}: leftovers stay"
    film.close()


@pytest.mark.slow
@pytest.mark.parametrize(("torn", "least"), [(False, 90), (True, 10)], ids=["before", "within"])
def test_killed_at_every_call_a_film_opens_and_goes_on(tmp_path: Path, torn: bool, least: int) -> None:
    for fatal, path in enumerate(folders(tmp_path), 1):
        if not die(path, workflow, fatal, torn):
            break
        is_whole(path, fatal)
        workflow(path)
        film = Film.open(path)
        assert film.cast() == Cast(revision=1, members=(CastMember(id="anna", name="Anna"),))
        dialogue = film.dialogue("en")
        assert dialogue is not None
        assert [one.id for one in dialogue.loops] == ["l1", "l2"]
        made = [once(film, Step(name, "1"), make)["text"] for name in ("one", "two")]
        assert all(film.artefacts.path(identity).read_text() == "made" for identity in made)
        is_whole(path, fatal)
        nothing_is_left(film, fatal)
    assert fatal > least


@pytest.mark.slow
@pytest.mark.parametrize(("torn", "least"), [(False, 25), (True, 3)], ids=["before", "within"])
def test_killed_at_every_call_an_import_goes_on(tmp_path: Path, torn: bool, least: int,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    sound = tmp_path / "voice.wav"
    with SoundWriter(sound, 48000, 1, "pcm24") as out:
        out.write(Signal.silence(Fraction(1), 48000))
    info = probe(sound)
    monkeypatch.setattr(media, "probe_limited", lambda _path: info)  # its child process is tested in media

    def bring_in(path: Path) -> None:
        media.import_media(Film.open(path), sound, True)

    for fatal, path in enumerate(folders(tmp_path), 1):
        Film.create(path, "T")
        if not die(path, bring_in, fatal, torn):
            break
        is_whole(path, fatal)
        bring_in(path)
        film = Film.open(path)
        assert film.source_path().read_bytes() == sound.read_bytes()
        assert [name.name for name in (path / "media").iterdir()] == ["voice.wav"]
        is_whole(path, fatal)
        nothing_is_left(film, fatal)
    assert fatal > least
