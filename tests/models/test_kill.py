"""N3: a pull killed at every file operation, and at every report of progress, leaves a sound store."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.models.shop import two_part_model

from ciak.config import Settings
from ciak.models import Store
from ciak.models.manifest import Manifest

WATCHED = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.copyfile", "shutil.rmtree", "os.listdir",
           "os.scandir", "fcntl.flock")


def in_child(work: Callable[[], None]) -> int:
    """Run ``work`` in a forked child; its exit code, negative for the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - whatever it was, the child ends here
            os._exit(70)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def pull_until_operation(settings: Settings, manifest: Manifest, number: int) -> int:
    def work() -> None:
        counter = iter(range(1, number + 1))
        base = str(settings.models)

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            if event in WATCHED and any(str(one).startswith(base) for one in arguments) \
                    and next(counter, number) == number:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        Store(settings, manifest).pull("halves")

    return in_child(work)


def pull_until_tick(settings: Settings, manifest: Manifest, number: int) -> int:
    def work() -> None:
        left = iter(range(number - 1))

        def tick(_: float) -> None:
            if next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        Store(settings, manifest).pull("halves", tick)

    return in_child(work)


@pytest.mark.slow
@pytest.mark.parametrize("kill", [pull_until_operation, pull_until_tick])
def test_killed_at_every_point(tmp_path: Path, kill: Callable[[Settings, Manifest, int], int]) -> None:
    shop = tmp_path / "shop"
    manifest = two_part_model(shop, size=1_500_000)
    points = 0
    for number in range(1, 400):
        settings = Settings(models=tmp_path / f"cache{number}", mirror=shop)
        store = Store(settings, manifest)
        code = kill(settings, manifest, number)
        assert code in (0, -signal.SIGKILL)
        state = store.status("halves").state
        assert state in ("absent", "ready"), f"killed at point {number}"
        if state == "ready":
            store.verify("halves")
        store.pull("halves")
        store.verify("halves")
        assert not [path for path in (settings.models / ".coming").rglob("*") if path.is_file()]
        if code == 0:
            break
        points += 1
    else:
        pytest.fail("the pull never came to its end")
    assert points >= 8, "the test must really have killed"
