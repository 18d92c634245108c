"""The page of a film's words: terms added, changed, refused, taken from proposals and undone; remarks that lead to
their lines; how each language stands; the profile chosen. As a person would, with keyboard and mouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import SCREENS, Room, Watched, leave
from tests.browser.films import whole
from tests.browser.looks import CONTRAST, PUSHED, SMALL
from tests.server.small_film import make_film

from ciak.film import TermKind
from ciak.project import Film, add_terms, edit_term, term_of

pytestmark = pytest.mark.browser
Desk = tuple[Watched, Film]
HOSTILE = '<img src=x onerror="window.harmed = 1"><script>window.harmed = 1</script>&amp;{count} \u202e'
SAID = {
    "en": {2: "It is raining on Marlow.", 4: "Run to Marlow."},
    "it": {2: "Piove su Marlow , dicono.", 4: "Corri dal fiumme."},
}


def worded(film: Film) -> Film:
    """With a name that is said, a misspelling, a blank too many, and two agreed terms."""
    for language, changed in SAID.items():
        told = film.dialogue(language)
        assert told is not None
        loops = [loop.model_copy(update={"text": changed.get(at, loop.text)}) for at, loop in enumerate(told.loops)]
        film.save_dialogue(told.model_copy(update={"loops": tuple(loops)}))
    add_terms(film, [term_of("reels", "en", {"it": "rulli"}, TermKind.PHRASE, "as the client writes it"),
                     term_of("car", "en", {"it": "macchina"}, TermKind.PHRASE)])
    return film


@pytest.fixture
def desk(room: Room, clips: dict[str, Path], tmp_path: Path) -> Iterator[Desk]:
    """The page of the words of a film of this test's own."""
    film = worded(whole(make_film(tmp_path / "film", clips=clips)))
    watched = room.show(room.key(film), "words")
    watched.page.locator("ciak-terms .row").first.wait_for()
    yield watched, film
    leave(watched, room.served.origin, "status of 409", "status of 422")


def terms(film: Film) -> dict[str, dict[str, str]]:
    """The glossary on disk: term -> renderings."""
    return {one.term: one.renderings for one in Film.open(film.path).glossary().terms}


def row(watched: Watched, text: str) -> Any:
    """A row of the list that is shown."""
    return watched.page.locator("ciak-words .row").filter(has_text=text).first


def part(watched: Watched, name: str) -> Any:
    """A field of the form, or a button of the page."""
    return watched.page.locator(f"ciak-words [data-part='{name}']")


def shown(watched: Watched, name: str) -> None:
    """One of the three parts of the page."""
    watched.page.get_by_role("radio", name=name).check(force=True)


def test_a_term_is_added_changed_in_place_removed_and_undone(desk: Desk) -> None:
    watched, film = desk
    part(watched, "add").click()
    part(watched, "term").fill("Marlow")
    part(watched, "term").press("Enter")
    row(watched, "Marlow").wait_for()
    assert terms(film)["Marlow"] == {} and "the same everywhere" in row(watched, "Marlow").inner_text()
    row(watched, "reels").locator(".main").press("Enter")
    part(watched, "in-it").wait_for()
    watched.page.wait_for_timeout(100)
    form, below = watched.page.locator("ciak-term-form").bounding_box(), row(watched, "macchina").bounding_box()
    assert form and below and below["y"] >= form["y"] + form["height"], "the rows below make room"
    part(watched, "in-it").press("Escape")
    row(watched, "Marlow").locator(".main").press("Enter")
    part(watched, "in-it").fill("Marlò")
    part(watched, "note").fill("a town")
    part(watched, "save").click()
    row(watched, "Marlò").wait_for()
    assert terms(film)["Marlow"] == {"it": "Marlò"} and "a town" in row(watched, "Marlow").inner_text()
    focused = watched.js("return studio.glossary.terms.shadowRoot.activeElement.textContent")
    assert focused == "Marlow", "one goes on from there"
    watched.page.keyboard.press("Delete")
    row(watched, "Marlow").wait_for(state="detached")
    assert "Marlow" not in terms(film)
    watched.page.keyboard.press("Control+z")
    row(watched, "Marlò").wait_for()
    assert terms(film)["Marlow"] == {"it": "Marlò"}
    watched.page.get_by_role("button", name="Undo", exact=True).click()
    row(watched, "the same everywhere").wait_for()
    watched.page.get_by_role("button", name="Undo", exact=True).click()
    row(watched, "Marlow").wait_for(state="detached")
    assert set(terms(film)) == {"reels", "car"}


def test_a_proposal_is_taken_with_one_key_and_a_click_leads_to_where_it_is_said(desk: Desk) -> None:
    watched, film = desk
    watched.page.get_by_role("radio", name="Proposed 1").check(force=True)
    assert "said 2 times" in row(watched, "Marlow").inner_text()
    row(watched, "Marlow").locator(".main").click()
    watched.until("state.selected === 'l0003' && clock.frame === 96")
    row(watched, "Marlow").locator(".main").press("Enter")
    watched.page.get_by_text("Nothing to propose").wait_for()
    assert terms(film)["Marlow"] == {}


def test_it_is_told_which_translation_does_not_keep_to_a_term(desk: Desk) -> None:
    watched, _ = desk
    watched.page.get_by_text("Italian 1 of 1").wait_for()  # car: the second line that said it is another now
    lacking = row(watched, "reels").get_by_role("button", name="Italian 0 of 1")
    lacking.click()
    watched.until("state.selected === 'l0001' && clock.frame === 12")
    part(watched, "add").click()
    part(watched, "term").fill("Marlow")
    part(watched, "in-it").fill("Marlò")
    part(watched, "in-it").press("Enter")
    lacking = row(watched, "Marlò").get_by_role("button", name="Italian 0 of 2")
    for line, frame in (("l0003", 96), ("l0005", 192), ("l0003", 96)):
        lacking.click()
        watched.until("state.selected === argument[0] && clock.frame === argument[1]", [line, frame])
    watched.page.get_by_role("searchbox", name="Find").fill("RULL")
    watched.until("studio.glossary.terms.walked.items.length === 1")
    watched.page.get_by_role("searchbox", name="Find").fill("nothing like it")
    watched.page.get_by_text("Nothing is called that.").wait_for()


def test_a_refusal_keeps_what_was_typed(desk: Desk) -> None:
    watched, film = desk
    part(watched, "add").click()
    part(watched, "term").fill("CAR")
    part(watched, "in-it").fill("auto")
    part(watched, "save").click()
    alert = watched.page.locator("ciak-term-form .wrong")
    alert.get_by_text("in the glossary already").wait_for()
    assert part(watched, "in-it").input_value() == "auto" and terms(film)["car"] == {"it": "macchina"}
    part(watched, "in-it").press("Escape")
    part(watched, "term").wait_for(state="detached")


def test_two_people_never_overwrite_each_other_unseen(desk: Desk) -> None:
    watched, film = desk
    row(watched, "reels").locator(".main").click()
    part(watched, "in-it").fill("pellicole")
    identity = next(one.id for one in Film.open(film.path).glossary().terms if one.term == "reels")
    edit_term(Film.open(film.path), term_of("reels", "en", {"it": "bobine"}, TermKind.PHRASE), identity)
    watched.page.wait_for_timeout(700)  # the stream tells it; what is being typed stays
    assert part(watched, "in-it").input_value() == "pellicole"
    part(watched, "save").click()
    dialog = watched.page.get_by_role("dialog", name="Somebody else changed this too")
    dialog.wait_for()
    assert "pellicole" in dialog.inner_text() and "bobine" in dialog.inner_text()
    assert terms(film)["reels"] == {"it": "bobine"}
    dialog.get_by_role("button", name="Make my change all the same").click()
    watched.until("studio.glossary.terms.told.terms[0].renderings.it === 'pellicole'")
    assert terms(film)["reels"] == {"it": "pellicole"}


def test_who_takes_out_a_term_that_was_changed_sees_it_first(desk: Desk) -> None:
    watched, film = desk
    watched.js("studio.glossary.terms.told.terms.find((one) => one.term === 'car').version = '0'.repeat(16);")
    row(watched, "macchina").get_by_role("button", name="Take car out of the glossary").click()
    dialog = watched.page.get_by_role("dialog", name="Somebody else changed this too")
    dialog.wait_for()
    assert "Take car out of the glossary" in dialog.inner_text() and "Italian: macchina" in dialog.inner_text()
    assert "car" in terms(film)
    dialog.get_by_role("button", name="Make my change all the same").click()
    row(watched, "macchina").wait_for(state="detached")
    assert set(terms(film)) == {"reels"}


def test_a_remark_leads_to_its_line_and_opens_it_for_typing(desk: Desk) -> None:
    watched, film = desk
    shown(watched, "Reading over")
    row(watched, "fiumme").wait_for()
    assert "not in the dictionary" in row(watched, "fiumme").inner_text()
    assert "a blank before a comma" in row(watched, "Piove su").inner_text()
    row(watched, "Piove su").locator(".main").click()
    watched.until("state.selected === 'l0003' && clock.frame === 96")
    watched.page.get_by_role("combobox", name="Which remarks").select_option("spelling")
    codes = watched.page.locator("ciak-remarks .row .code").all_inner_texts()
    assert len(codes) >= 2 and set(codes) == {"Spelling"}
    row(watched, "fiumme").locator(".main").press("ArrowUp")
    watched.until("state.selected !== 'l0005'")
    watched.page.keyboard.press("ArrowDown")
    watched.until("state.selected === 'l0005' && clock.frame === 192")
    watched.page.keyboard.press("Enter")
    field = watched.page.locator("ciak-lines textarea")
    field.wait_for()
    assert field.input_value() == "Corri dal fiumme." and watched.page.url.endswith("/dialogue")
    field.fill("Corri dal fiume.")
    field.press("Enter")
    watched.page.get_by_role("link", name="Words").click()
    row(watched, "fiumme").wait_for(state="detached")
    told = Film.open(film.path).dialogue("it")
    assert told is not None and told.loops[4].text == "Corri dal fiume."
    watched.page.locator("ciak-remarks").get_by_role("radio", name="English").check(force=True)
    watched.until("studio.glossary.remarks.reading?.language === 'en'")


def test_it_is_said_what_is_waited_for_and_nothing_else_waits(desk: Desk) -> None:
    watched, film = desk
    held: list[Any] = []
    watched.page.route("**/words/reading/**", lambda route: route.continue_() if None in held else held.append(route))
    watched.page.reload()
    row(watched, "reels").wait_for()
    shown(watched, "Reading over")
    notice = watched.page.locator("ciak-words ciak-notice")
    notice.get_by_text("Reading the words over").wait_for()
    assert notice.get_by_text("About a second for a thousand lines").is_visible()
    shown(watched, "Names and phrases")
    part(watched, "add").click()
    part(watched, "term").fill("Marlow")
    part(watched, "term").press("Enter")
    row(watched, "Marlow").wait_for()
    assert "Marlow" in terms(film)
    shown(watched, "Reading over")
    waiting = list(held)
    held.append(None)
    for route in waiting:
        route.continue_()
    row(watched, "fiumme").wait_for()
    assert waiting


def test_a_reading_that_fails_says_so_and_can_be_tried_again(desk: Desk) -> None:
    watched, film = desk
    (film.path / "glossary.json").rename(film.path / "aside.json")
    (film.path / "glossary.json").write_text("{", encoding="utf-8")
    shown(watched, "Reading over")
    notice = watched.page.locator("ciak-words ciak-notice")
    notice.get_by_text("glossary.json").wait_for()
    (film.path / "aside.json").rename(film.path / "glossary.json")
    notice.get_by_role("button", name="Try again").click()
    row(watched, "fiumme").wait_for()


def test_a_film_that_fails_meanwhile_is_tried_again_from_this_page_too(desk: Desk) -> None:
    watched, film = desk
    good = (film.path / "cast.json").read_bytes()
    (film.path / "cast.json").write_text("{", encoding="utf-8")
    shown(watched, "Reading over")
    notice = watched.page.locator("ciak-words ciak-notice")
    notice.get_by_text("cast.json").wait_for()
    (film.path / "cast.json").write_bytes(good)
    notice.get_by_role("button", name="Try again").click()
    row(watched, "fiumme").wait_for()


def test_each_language_is_told_and_the_profile_is_chosen(desk: Desk) -> None:
    watched, film = desk
    shown(watched, "Quality and rules")
    italian = watched.page.locator("ciak-quality [data-language='it']")
    italian.wait_for()
    figures = dict(zip(italian.locator("dt").all_inner_texts(), italian.locator("dd").all_inner_texts(), strict=True))
    assert figures["Terms as agreed"] == "1 of 2" and figures["Flagged"] == "2" and figures["Lines"] == "6"
    watched.until("state.cuesOf.get('it')?.length > 0")
    before = watched.js("return JSON.stringify(state.cuesOf.get('it'))")
    part(watched, "profile").select_option("ebu")
    watched.until("JSON.stringify(state.cuesOf.get('it')) !== argument", before)
    assert Film.open(film.path).sheet.profile == "ebu"
    told = watched.page.locator("ciak-quality section").last
    assert "Italian: ebu" in told.inner_text() and "undo takes the choice back" in told.inner_text()
    watched.until("state.undo.undo?.changes[0] === 'profile'")
    watched.js("await state.takeBack()")
    watched.until("studio.glossary.quality.profiles.chosen === 'basic'")
    watched.until("JSON.stringify(state.cuesOf.get('it')) === argument", before)
    watched.js("await state.makeAgain()")
    watched.until("studio.glossary.quality.profiles.chosen === 'ebu'")
    other = Film.open(film.path)
    other.save_sheet(other.sheet.model_copy(update={"profile": "netflix"}))
    watched.until("studio.glossary.quality.profiles.chosen === 'netflix'")
    assert "Italian: netflix-it" in told.inner_text()


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("language", ["en", "it"])
def test_hostile_words_are_words_and_every_part_can_be_read(
    room: Room, clips: dict[str, Path], tmp_path: Path, theme: str, language: str
) -> None:
    film = worded(whole(make_film(tmp_path / "film", clips=clips)))
    add_terms(film, [term_of("Grey Tower", "en", {"it": "Torre Grigia"}, note="the inn by the river"),
                     term_of(HOSTILE.replace("\u202e", ""), "en", {"it": "مرحبا <b>x</b>"}, note=HOSTILE)])
    key = room.key(film)
    watched = room.show(key, "words")
    watched.page.evaluate("(told) => localStorage.setItem('ciak.preferences', JSON.stringify(told))",
                          {"theme": theme, "language": language})
    watched.page.reload()
    watched.page.locator("ciak-terms .row").first.wait_for()
    wrong = {}
    for name in ("terms", "form", "proposed", "remarks", "quality"):
        if name == "form":
            watched.js("studio.glossary.terms.adds.click()")
        elif name == "proposed":
            watched.js("const { terms } = studio.glossary; terms.form.tell('leave-term'); terms.which = 'proposed';")
        else:
            watched.js("studio.glossary.part = argument", name)
        watched.until("studio.glossary.body.firstChild.localName !== 'ciak-notice'")
        watched.page.wait_for_timeout(400)
        for width, height in ((1920, 1080), (1280, 800)):
            watched.page.set_viewport_size({"width": width, "height": height})
            watched.page.wait_for_timeout(150)
            SCREENS.mkdir(exist_ok=True)
            watched.page.screenshot(path=str(SCREENS / f"words-{name}-{language}-{theme}-{width}.png"))
            measured = {"contrast": watched.js(CONTRAST), "small": watched.js(SMALL), "pushed": watched.js(PUSHED)}
            wrong |= {f"{name} {width} {what}": found for what, found in measured.items() if found}
    assert wrong == {}
    assert watched.page.evaluate("window.harmed") is None
    leave(watched, room.served.origin)
