"""The takes of a line in the inspector: one more is sent, chosen, another dropped, and all of it taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.browser.steps import on_disk, saved
from tests.browser.test_editing import Desk, choose, inspector
from tests.dubbing.recorded import speech, write_wav

pytestmark = pytest.mark.browser


def test_a_recording_is_added_chosen_and_another_dropped(desk: Desk, tmp_path: Path) -> None:
    watched, film = desk
    choose(watched, "Where did you")
    with watched.page.expect_file_chooser() as chooser:
        inspector(watched, "add-take").click()
    chooser.value.set_files(write_wav(tmp_path / "buona.wav", speech(0.8)))
    watched.until("studio.inspector.line?.takes.some((take) => take.kind === 'imported' && take.chosen)")
    line = on_disk(film)["l0001"]
    assert line.take is not None and line.take.recording is not None and len(line.takes) == 3
    shown = watched.page.locator("ciak-inspector .body").inner_text()
    assert "recorded" in shown and "0.80 s" in shown
    assert inspector(watched, f"drop-{line.chosen}").is_disabled(), "the chosen one is not dropped"
    inspector(watched, "drop-t2").focus()
    saved(watched, lambda: watched.page.keyboard.press("Enter"))
    assert [take.id for take in on_disk(film)["l0001"].takes] == ["t1", line.chosen]
    saved(watched, lambda: watched.page.keyboard.press("Control+z"))
    assert len(on_disk(film)["l0001"].takes) == 3
    saved(watched, lambda: inspector(watched, "take-t1").click())
    assert on_disk(film)["l0001"].chosen == "t1"
