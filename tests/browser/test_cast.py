"""The cast: names and voices are typed and chosen on the page, saved at once, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from tests.browser.conftest import Watched
from tests.browser.steps import row

from ciak.film import CastMember
from ciak.project import Film

pytestmark = pytest.mark.browser
Desk = tuple[Watched, Film]


def member(film: Film, name: str) -> CastMember:
    """A row of the cast table, as it is on disk."""
    found = Film.open(film.path).cast().member(name)
    assert found is not None
    return found


def cell(watched: Watched, part: str) -> Any:
    """A field of the cast table."""
    return watched.page.locator(f"ciak-cast [data-part='{part}']")


def test_a_name_is_changed_everywhere_and_taken_back(desk: Desk) -> None:
    watched, film = desk
    before = member(film, "ada")
    cell(watched, "name-ada").fill("Adele Conti")
    cell(watched, "name-ada").press("Enter")
    watched.until("state.cast.get('ada').name === 'Adele Conti'")
    assert member(film, "ada").name == "Adele Conti" and member(film, "ada").edited
    assert "Adele Conti" in row(watched, "Run.").inner_text()
    assert watched.page.get_by_role("listbox", name="Adele Conti").count() == 1, "the lane on the strip"
    watched.page.get_by_role("button", name="Undo", exact=True).click()
    watched.until(f"state.cast.get('ada').name === '{before.name}'")
    assert member(film, "ada") == before


def test_who_names_a_character_that_was_renamed_meanwhile_sees_both_names(desk: Desk) -> None:
    watched, film = desk
    watched.until("studio.voices?.length > 0")
    watched.js("state.cast = new Map(state.cast).set('ada', { ...state.cast.get('ada'), version: '0'.repeat(16) });")
    now = member(film, "ada").name
    cell(watched, "name-ada").fill("Adele")
    cell(watched, "name-ada").press("Enter")
    dialog = watched.page.get_by_role("dialog", name="Somebody else changed this too")
    dialog.wait_for()
    assert "Adele" in dialog.inner_text() and now in dialog.inner_text()
    assert member(film, "ada").name == now, "nothing is overwritten before somebody chose"
    dialog.get_by_role("button", name="Make my change all the same").click()
    watched.until("state.cast.get('ada').name === 'Adele'")
    assert member(film, "ada").name == "Adele"
    (told,) = watched.said
    assert "status of 409" in told, "the browser's own word for the refusal"
    watched.said.clear()


def test_a_voice_is_chosen_and_an_empty_name_is_none(desk: Desk) -> None:
    watched, film = desk
    before = member(film, "leo").voices.get("it", "")
    watched.until("studio.voices?.length > 0")
    choice = cell(watched, "voice-leo")
    choice.focus()
    offered = choice.locator("option").evaluate_all("(all) => all.map((one) => one.value)")
    other = next(voice for voice in offered if voice and voice != before)
    choice.select_option(other)
    watched.until(f"state.cast.get('leo').voices.it === '{other}'")
    assert member(film, "leo").voices["it"] == other
    name = member(film, "leo").name
    cell(watched, "name-leo").fill("   ")
    cell(watched, "name-leo").press("Enter")
    assert cell(watched, "name-leo").input_value() == name == member(film, "leo").name
