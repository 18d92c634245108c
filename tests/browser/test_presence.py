"""How a voice is heard, in the inspector: chosen by mouse and by keys, saved in the original, seen in italics over the
picture, taken back."""

from __future__ import annotations

import pytest
from tests.browser.conftest import Watched
from tests.browser.steps import on_disk, row, saved

from ciak.film import PresenceKind
from ciak.project import Film

pytestmark = pytest.mark.browser
Desk = tuple[Watched, Film]
OVERLAY = "[...studio.picture.overlay.children].map((line) => [line.textContent, Boolean(line.querySelector('i'))])"


def test_a_voice_is_said_to_be_over_and_its_words_are_in_italics(desk: Desk) -> None:
    watched, film = desk
    row(watched, "Run.").click()
    watched.until("state.line && state.line.id === 'l0005'")
    watched.js("state.chooseSubtitles('it'); studio.clock.seek(200);")
    watched.until(f"JSON.stringify({OVERLAY}) === JSON.stringify([['Corri.', false]])")
    voice = watched.page.locator("ciak-inspector [data-part=presence]")
    assert voice.input_value() == "" and len(voice.locator("option").all()) == 5
    saved(watched, lambda: voice.select_option("voice-over"))
    said = on_disk(film, "en")["l0005"].presence
    assert said is not None and (said.kind, said.origin) == (PresenceKind.VOICE_OVER, "person")
    assert on_disk(film)["l0005"].presence is None
    watched.until(f"JSON.stringify({OVERLAY}) === JSON.stringify([['Corri.', true]])")
    watched.until("state.cuesOf.get('en').some((cue) => cue.italics.length)")
    watched.page.locator("ciak-inspector [data-part=sung]").focus()
    saved(watched, lambda: watched.page.keyboard.press("Space"))
    assert on_disk(film, "en")["l0005"].sung
    assert watched.js("return studio.inspector.shadowRoot.activeElement.dataset.part") == "sung", "the keys stay there"
    row(watched, "Run.").click()
    saved(watched, lambda: watched.page.keyboard.press("Control+z"))
    saved(watched, lambda: watched.page.keyboard.press("Control+z"))
    assert on_disk(film, "en")["l0005"].presence is None and not on_disk(film, "en")["l0005"].sung
    watched.until(f"JSON.stringify({OVERLAY}) === JSON.stringify([['Corri.', false]])")


def test_a_subtitle_stands_at_the_top_while_something_is_written_at_the_bottom(desk: Desk) -> None:
    watched, _ = desk
    watched.js("state.chooseSubtitles('it'); studio.clock.seek(200);")
    watched.js("state.edit([{ do: 'add-caption', kind: 'on-screen', text: 'USCITA',"
               " frames: { first: 190, end: 214 } }], 'it');")
    watched.until("state.captions.length === 1")
    watched.js("state.select(state.captions[0].key);")
    edge = watched.page.locator("ciak-caption [data-part=edge]")
    saved(watched, lambda: edge.select_option("bottom"))
    watched.until("studio.picture.overlay.querySelector('.top')")
    higher = watched.js("const box = studio.picture.getBoundingClientRect();"
                        "const line = studio.picture.overlay.querySelector('.top').getBoundingClientRect();"
                        "return line.bottom < box.top + box.height / 2;")
    assert higher
