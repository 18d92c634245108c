"""Editing in place: nobody's work is lost, and every step can be taken back, by whoever opens the film next."""

from __future__ import annotations

import json
import multiprocessing
from fractions import Fraction
from pathlib import Path

import pytest
from tests.project.test_killed import die

from ciak.errors import BadInput, Conflict, NotFound, NothingToDo, Refused
from ciak.film import Cast, CastMember, Dialogue, Flag, Loop, Rate, Sex, Span, Take, TakeKind, Variant, Word
from ciak.film.editing import (
    Add,
    Assign,
    Change,
    Choose,
    Dismiss,
    Lock,
    Merge,
    Place,
    Remove,
    Retype,
    Split,
    version_of,
)
from ciak.project import Edited, Film, check_film, edit, edit_cast, edit_profile, redo, undo, undoable


def take(name: str, text: str, start: int = 0) -> Take:
    return Take(id=name, kind=TakeKind.SYNTHETIC, sound="ab" * 32 + ".wav", text=text,
                span=Span.of(start, start + 1), natural=Fraction(1), rate=1.0)


def loop(number: int, **changes: object) -> Loop:
    return Loop.model_validate({
        "id": f"L{number}", "character": "S1", "span": Span.of(number * 2, number * 2 + 1), "text": f"line {number}",
        "origin": "translator:fake", "confidence": 0.5, "variants": (Variant(text=f"line {number}"),),
        "words": (Word(text="line", span=Span.of(number * 2, number * 2 + 1)),),
        "takes": (take("T1", f"line {number}", number * 2),), "chosen": "T1",
        "flags": (Flag(code="low-confidence", message="a guess"),), **changes})


@pytest.fixture
def film(tmp_path: Path) -> Film:
    film = Film.create(tmp_path / "film", "T", language="en")
    film.save_dialogue(Dialogue(language="it", source="en", loops=tuple(loop(number) for number in range(6))),
                       who="ciak dub")
    return film


def line(film: Film, name: str = "L1", language: str = "it") -> Loop:
    found = read(film, language).loop(name)
    assert found is not None
    return found


def read(film: Film, language: str = "it") -> Dialogue:
    found = film.dialogue(language)
    assert found is not None
    return found


def retype(film: Film, text: str, name: str = "L1") -> Edited:
    return edit(film, "it", [Retype(loop=name, text=text)], {name: version_of(line(film, name))})


def machine(film: Film, name: str = "L1", **changes: object) -> None:
    """A dub passes by."""
    dialogue = read(film)
    film.save_dialogue(dialogue.model_copy(update={"loops": tuple(
        one.model_copy(update=changes) if one.id == name else one for one in dialogue.loops)}), who="ciak dub")


def lines_of(film: Film) -> list[dict[str, object]]:
    return [json.loads(one) for one in film.history.path.read_text().splitlines()]


def test_an_edit_is_saved_and_told_in_one_line_of_the_history(film: Film) -> None:
    before = len(lines_of(film))
    done = retype(film, "Ciao!")
    assert line(Film.open(film.path)).text == "Ciao!"
    assert done.dialogue == read(film) and done.touched == ("L1",)
    told = lines_of(film)[before:]
    assert len(told) == 1 and told[0]["kind"] == "edit" and told[0]["what"] == "dialogue/it.json"
    settings = told[0]["settings"]
    assert isinstance(settings, dict)
    assert settings["changes"] == ["retype"] and settings["language"] == "it"
    (name, old, new), = settings["patch"]
    assert name == "L1" and old["text"] == "line 1" and new["text"] == "Ciao!"
    assert set(old) == set(new) == {"text", "origin", "confidence", "variants", "flags", "chosen"}
    assert told[0]["sequence"] == done.sequence
    assert [one.code for one in check_film(film.path) if not one.code.startswith(("take-", "character-"))] == []


def test_what_changes_nothing_is_not_written(film: Film) -> None:
    before = film.history.path.read_bytes()
    done = edit(film, "it", [Retype(loop="L1", text=" line 1 "), Lock(loop="L2", locked=False)], {})
    assert done.touched == () and done.sequence is None and done.dialogue == read(film)
    assert film.history.path.read_bytes() == before and undoable(film) == (None, None)


def test_an_edit_of_what_somebody_changed_holds_both_versions(film: Film) -> None:
    seen = {"L1": version_of(line(film))}
    edit(Film.open(film.path), "it", [Assign(loop="L1", character="S2")], seen)
    before = film.history.path.read_bytes()
    with pytest.raises(Conflict, match="L1") as caught:
        edit(film, "it", [Retype(loop="L1", text="mine")], seen)
    mine, theirs = caught.value.mine, caught.value.theirs
    assert isinstance(mine, tuple) and [(one.id, one.text, one.character) for one in mine] == [("L1", "mine", "S1")]
    assert theirs == (line(film),) and line(film).character == "S2" and line(film).text == "line 1"
    assert film.history.path.read_bytes() == before


def test_where_nobody_knows_what_was_seen_mine_are_the_changes(film: Film) -> None:
    seen = {"L1": version_of(line(film))}
    machine(film, text="otherwise")
    change = Retype(loop="L1", text="mine")
    with pytest.raises(Conflict) as caught:
        edit(film, "it", [change], seen)
    assert caught.value.mine == (change,)
    edit(film, "it", [Remove(loop="L1")], {})
    with pytest.raises(Conflict, match="no longer there"):
        edit(film, "it", [change], seen)
    with pytest.raises(NotFound):
        edit(film, "it", [change], {})


def test_edits_of_other_lines_merge(film: Film) -> None:
    ours, others = Film.open(film.path), Film.open(film.path)
    seen = {one.id: version_of(one) for one in read(ours).loops}
    edit(others, "it", [Retype(loop="L2", text="theirs")], {"L2": seen["L2"]})
    edit(ours, "it", [Retype(loop="L1", text="ours")], {"L1": seen["L1"]})
    assert [one.text for one in read(film).loops][1:3] == ["ours", "theirs"]


def test_a_save_that_comes_in_between_is_waited_for(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    real, overtaken = Film.save_dialogues, [0]

    def late(self: Film, *arguments: object, **named: object) -> tuple[tuple[Dialogue, int], ...]:
        if overtaken[0] < 3:
            overtaken[0] += 1
            other.save_dialogue((now := read(other)).model_copy(update={"loops": tuple(
                one.model_copy(update={"character": f"X{overtaken[0]}"}) if one.id == "L4" else one
                for one in now.loops)}))
        return real(self, *arguments, **named)  # type: ignore[arg-type]

    other = Film.open(film.path)
    monkeypatch.setattr(Film, "save_dialogues", late)
    retype(film, "Ciao!")
    assert overtaken[0] == 3
    assert (line(film).text, line(film, "L4").character) == ("Ciao!", "X3")


def test_locked_lines_are_refused(film: Film) -> None:
    edit(film, "it", [Lock(loop="L1", locked=True)], {})
    with pytest.raises(Refused, match="L1"):
        retype(film, "no")
    undo(film)
    retype(film, "yes")
    machine(film, locked=True)
    with pytest.raises(Refused, match="L1"):
        undo(film)


@pytest.mark.parametrize("changes", [
    [Retype(loop="L1", text="Ciao")], [Place(loop="L1", span=Span.of(Fraction(5, 2), 3))],
    [Place(loop="L1", span=Span.of(20, 21))], [Split(loop="L1", at=Fraction(5, 2), text_at=4)],
    [Merge(first="L1", second="L2")], [Assign(loop="L1", character="")], [Lock(loop="L1", locked=True)],
    [Choose(loop="L1", take=None)], [Dismiss(loop="L1", flag="low-confidence")],
    [Add(span=Span.of(1, 2), text="new", character="S1")], [Remove(loop="L1")],
    [Remove(loop="L2"), Retype(loop="L1", text="a"), Split(loop="L3", at=Fraction(13, 2), text_at=3),
     Lock(loop="L4", locked=True)],
], ids=lambda changes: "-".join(change.do for change in changes))
def test_every_edit_is_undone_and_redone_in_a_film_opened_anew(film: Film, changes: list[Change]) -> None:
    before = read(film).loops
    done = edit(film, "it", changes, {})
    after = read(film).loops
    assert after != before and done.dialogue is not None and done.dialogue.loops == after
    for _round in range(2):
        assert undo(Film.open(film.path)).touched == done.touched
        assert read(Film.open(film.path)).loops == before
        redo(Film.open(film.path))
        assert read(Film.open(film.path)).loops == after


def test_there_is_one_row_of_steps_over_languages_and_the_cast(film: Film) -> None:
    film.save_dialogue(Dialogue(language="en", loops=(loop(1),)))
    first = retype(film, "uno")
    edit_cast(film, "S1", name="Anna", sex=Sex.FEMALE, voices={"it": "if_sara"})
    edit(film, "en", [Retype(loop="L1", text="one")], {})
    back, forth = undoable(Film.open(film.path))
    assert back is not None and (back.language, back.changes, back.loops) == ("en", ("retype",), ("L1",))
    assert forth is None
    assert undo(film).dialogue == read(film, "en") and line(film, "L1", "en").text == "line 1"
    assert undo(film).cast == film.cast() == Cast(revision=2)
    back, forth = undoable(film)
    assert back is not None and back.sequence == first.sequence
    assert forth is not None and forth.language is None and forth.loops == ("S1",)
    undo(film)
    with pytest.raises(NothingToDo, match="undo"):
        undo(film)
    for _step in range(3):
        redo(film)
    with pytest.raises(NothingToDo, match="redo"):
        redo(film)
    assert (line(film).text, line(film, "L1", "en").text) == ("uno", "one")
    assert film.cast().members == (CastMember(id="S1", name="Anna", sex=Sex.FEMALE, voices={"it": "if_sara"},
                                              edited=True),)


def test_a_new_edit_empties_what_could_be_redone(film: Film) -> None:
    retype(film, "uno")
    undo(film)
    retype(film, "due", "L2")
    assert undoable(film)[1] is None
    with pytest.raises(NothingToDo):
        redo(film)


def test_takes_that_a_machine_added_neither_block_an_undo_nor_go(film: Film) -> None:
    retype(film, "Ciao")
    spoken = take("T2", "Ciao", 2)
    machine(film, takes=(*line(film).takes, spoken), chosen="T2", slot=Span.of(2, 3),
            variants=(Variant(text="Ciao", length=Fraction(1)),), flags=(Flag(code="unclear", message="?"),))
    undo(film)
    now = line(film)
    assert (now.text, now.origin, now.chosen) == ("line 1", "translator:fake", "T1")
    assert [one.id for one in now.takes] == ["T1", "T2"] and now.slot == Span.of(2, 3)
    assert [flag.code for flag in now.flags] == ["low-confidence"]
    redo(film)
    assert (line(film).text, line(film).chosen, [one.id for one in line(film).takes]) == ("Ciao", "T2", ["T1", "T2"])


def test_a_take_made_for_words_taken_back_is_not_chosen(film: Film) -> None:
    machine(film, takes=(), chosen=None)
    retype(film, "Ciao")
    machine(film, takes=(take("T2", "Ciao", 2),), chosen="T2", kept=True)
    undo(film)
    assert (line(film).text, line(film).chosen, line(film).kept, len(line(film).takes)) == ("line 1", None, False, 1)


def test_takes_of_a_line_that_undo_removes_come_back_with_it(film: Film) -> None:
    edit(film, "it", [Add(span=Span.of(1, 2), text="new")], {})
    machine(film, "P1", takes=(take("T9", "new", 1),), chosen="T9")
    undo(film)
    assert read(film).loop("P1") is None
    redo(film)
    assert line(film, "P1").chosen == "T9"


def test_undo_of_what_somebody_changed_since_is_a_conflict_and_changes_nothing(film: Film) -> None:
    edit(film, "it", [Retype(loop="L1", text="uno"), Retype(loop="L2", text="due")], {})
    machine(film, "L2", text="by hand")
    before = (read(film), film.history.path.read_bytes())
    with pytest.raises(Conflict, match="L2") as caught:
        undo(film)
    assert caught.value.theirs == line(film, "L2")
    assert (read(film), film.history.path.read_bytes()) == before


def test_undo_of_a_choice_that_was_made_anew_since_is_a_conflict(film: Film) -> None:
    edit(film, "it", [Choose(loop="L1", take=None)], {})
    machine(film, takes=(*line(film).takes, take("T2", "x")), chosen="T2")
    with pytest.raises(Conflict, match="L1"):
        undo(film)


def test_what_was_taken_back_by_hand_is_stepped_over(film: Film) -> None:
    edit(film, "it", [Assign(loop="L1", character="S2")], {})
    edit(film, "it", [Assign(loop="L2", character="S2")], {})
    machine(film, "L2", character="S1")
    undo(film)
    assert line(film).character == "S1"


def test_a_row_of_the_cast_is_a_persons_from_then_on(film: Film) -> None:
    film.save_cast(Cast(members=(CastMember(id="S1", name="Speaker 1", voices={"it": "a", "fr": "b"}),)))
    seen = version_of(film.cast().members[0])
    done = edit_cast(film, "S1", voices={"it": "if_sara"}, seen=seen)
    row = film.cast().members[0]
    assert (row.name, row.voices, row.edited) == ("Speaker 1", {"it": "if_sara", "fr": "b"}, True)
    assert done.cast == film.cast() and done.dialogue is None and done.touched == ("S1",)
    with pytest.raises(Conflict) as caught:
        edit_cast(film, "S1", name="Anna", seen=seen)
    assert isinstance(caught.value.mine, CastMember) and caught.value.mine.name == "Anna"
    assert caught.value.theirs == row
    film.save_cast(film.cast().with_member(row.model_copy(update={"voices": {**row.voices, "de": "c"}})))
    undo(film)
    assert film.cast().members[0] == CastMember(id="S1", name="Speaker 1", voices={"it": "a", "fr": "b", "de": "c"})
    assert edit_cast(film, "S1", name="Speaker 1").sequence is None
    for bad in ({"name": " "}, {"name": "a\nb"}, {"name": "x" * 201}):
        with pytest.raises(BadInput):
            edit_cast(film, "S1", **bad)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        edit_cast(film, "S7", sex=Sex.MALE)


def test_damaged_lines_of_the_history_are_no_edits(film: Film) -> None:
    retype(film, "uno")
    retype(film, "due", "L2")
    path = film.history.path
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]) + lines[-1][:40])
    assert undo(Film.open(film.path)).touched == ("L1",)
    assert (line(film).text, line(film, "L2").text) == ("line 1", "due")
    retype(film, "tre", "L3")
    undo(film)
    assert line(film, "L3").text == "line 3"


def test_an_old_history_put_back_is_read_anew(film: Film) -> None:
    before = film.history.path.read_bytes()
    retype(film, "uno")
    assert undoable(film)[0] is not None
    film.history.path.write_bytes(before + b"\n" * 5000)
    assert undoable(film) == (None, None)
    assert retype(film, "due").sequence == 2


def test_a_language_that_is_not_there(film: Film) -> None:
    with pytest.raises(NotFound, match="fr"):
        edit(film, "fr", [Add(span=Span.of(0, 1), text="x")], {})
    with pytest.raises(BadInput):
        edit(film, "it", [Remove(loop="L1")] * 501, {})


def _many(path: Path, name: str, times: int) -> None:
    film = Film.open(path)
    for number in range(times):
        retype(film, f"{name} {number}", name)


def test_processes_that_edit_other_lines_at_once_lose_nothing(film: Film) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_many, args=(film.path, f"L{number}", 15)) for number in (1, 2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    assert (line(film, "L1").text, line(film, "L2").text) == ("L1 14", "L2 14")
    for _step in range(30):
        undo(film)
    assert [one.text for one in read(film).loops] == [f"line {number}" for number in range(6)]


@pytest.mark.slow
@pytest.mark.parametrize("torn", [False, True], ids=["before", "within"])
def test_killed_at_every_call_an_edit_was_made_or_was_not(film: Film, torn: bool) -> None:
    def work(path: Path) -> None:
        retype(Film.open(path), text)

    for fatal in range(1, 100):
        text, before = f"Ciao {fatal}", line(film).text
        if not die(film.path, work, fatal, torn):
            break
        assert line(Film.open(film.path)).text in (before, text), f"killed at {fatal}"
        damage = {one.code for one in check_film(film.path)} - {"take-missing", "character-unknown"}
        assert damage <= {"history-damaged"}
        retype(Film.open(film.path), f"after {fatal}")
        undo(Film.open(film.path))
    assert fatal > (2 if torn else 10)


@pytest.mark.slow
def test_killed_at_every_call_a_translation_is_in_step_with_its_original(tmp_path: Path) -> None:
    film = translated(tmp_path)
    mixed = 0
    for fatal in range(1, 100):
        to, back = (Span(start=start, end=start + 1) for start in (Fraction(fatal, 100), Fraction(5 + fatal)))

        def work(path: Path, to: Span = to) -> None:
            edit(Film.open(path), "en", [Place(loop="L1", span=to)], {})

        if not die(film.path, work, fatal, False):
            break
        starts = {code: line(Film.open(film.path), "L1", code).span.start for code in ("en", "it")}
        mixed += len(set(starts.values())) > 1
        assert {one.code for one in check_film(film.path)} <= {"history-damaged", "character-unknown"}
        edit(Film.open(film.path), "en", [Place(loop="L1", span=back)], {})
        assert {line(Film.open(film.path), "L1", code).span for code in ("en", "it")} == {back}
    assert fatal > 15 and mixed <= 1, "only between the two renamings"


def test_of_an_edit_in_two_languages_both_are_saved_or_none(tmp_path: Path) -> None:
    film = translated(tmp_path)
    other = Film.open(film.path)
    dialogues = [one for code in ("en", "it") if (one := film.dialogue(code)) is not None]
    other.save_dialogue(dialogues[1].model_copy(update={"loops": dialogues[1].loops[:1]}))
    changed = [one.model_copy(update={"loops": one.loops[1:]}) for one in dialogues]
    with pytest.raises(Conflict):
        film.save_dialogues(changed, "person", [{}, {}])
    assert film.dialogue("en") == dialogues[0], "the other one was changed since"
    fresh = film.dialogue("it")
    assert fresh is not None
    done = film.save_dialogues([changed[0], fresh.model_copy(update={"loops": ()})], "person", [{}, {}])
    entries = list(film.history.entries())[-2:]
    assert [(one.revision, number) for one, number in done] == [(2, entries[0].sequence), (3, entries[1].sequence)]
    assert entries[1].settings == {"follows": entries[0].sequence} and entries[0].settings == {}


def translated(folder: Path) -> Film:
    """Two lines and their translation."""
    film = Film.create(folder / "two", "Two", language="en", rate=Rate.parse("24"))
    for language in ("en", "it"):
        film.save_dialogue(Dialogue(language=language, source=None if language == "en" else "en", loops=tuple(
            Loop(id=f"L{at + 1}", character="S1", text=f"line {at}", span=Span.of(3 * at, 3 * at + 2),
                 origin="person") for at in range(2))))
    return film


def test_what_is_done_to_the_originals_places_is_done_to_its_translation_and_undone_with_it(tmp_path: Path) -> None:
    film = Film.create(tmp_path / "mirrored", "Mirrored", language="en", rate=Rate.parse("24"))
    said = {"en": ("Where were you last night?", "At home."), "it": ("Dov'eri ieri notte?", "A casa.")}
    for language, words in said.items():
        film.save_dialogue(Dialogue(language=language, source=None if language == "en" else "en", loops=tuple(
            Loop(id=f"L{at + 1}", character="S1", text=text, span=Span.of(3 * at, 3 * at + 2), origin="person")
            for at, text in enumerate(words))))
    before = film.dialogue("it")
    assert before is not None
    done = edit(film, "en", [Split(loop="L1", at=Fraction(1), text_at=11), Merge(first="L1-2", second="L2")], {})
    assert [(told.language, ids) for told, ids in done.dialogues] == [("en", ("L1", "L1-2", "L2")),
                                                                      ("it", ("L1", "L1-2", "L2"))]
    after = film.dialogue("it")
    assert after is not None
    assert [(loop.id, loop.text) for loop in after.loops] == [("L1", "Dov'eri"), ("L1-2", "ieri notte? A casa.")]
    taken = undo(film)
    assert {told.language for told, _ in taken.dialogues} == {"en", "it"}
    back = film.dialogue("it")
    assert back is not None and back.loops == before.loops
    assert undoable(film)[0] is None
    redo(film)
    again = film.dialogue("it")
    assert again is not None and again.loops == after.loops
    assert undoable(film)[1] is None
    undo(film)
    assert film.dialogue("it").loops == before.loops  # type: ignore[union-attr]


@pytest.mark.parametrize(("whose", "then"), [
    (("translator:a", "translator:a"), "translator:a"), (("person", "translator:a"), "person"),
    (("translator:a", "person"), "person")])
def test_a_translation_that_is_joined_stays_whose_it_was(tmp_path: Path, whose: tuple[str, str], then: str) -> None:
    film = Film.create(tmp_path / "whose", "Whose", language="en", rate=Rate.parse("24"))
    lines = tuple(Loop(id=f"L{at + 1}", character="S1", text=f"line {at}", span=Span.of(3 * at, 3 * at + 2),
                       origin="person") for at in range(2))
    film.save_dialogue(Dialogue(language="en", loops=lines))
    film.save_dialogue(Dialogue(language="it", source="en", loops=tuple(
        line.model_copy(update={"origin": origin}) for line, origin in zip(lines, whose, strict=True))))
    edit(film, "en", [Merge(first="L1", second="L2")], {})
    after = film.dialogue("it")
    assert after is not None and [(loop.text, loop.origin) for loop in after.loops] == [("line 0 line 1", then)]


def test_words_belong_to_one_language_and_a_locked_translation_stays(tmp_path: Path) -> None:
    film = Film.create(tmp_path / "apart", "Apart", language="en", rate=Rate.parse("24"))
    line = Loop(id="L1", character="S1", text="Run.", span=Span(start=Fraction(0), end=Fraction(1)))
    film.save_dialogue(Dialogue(language="en", loops=(line,)))
    film.save_dialogue(Dialogue(language="it", source="en", loops=(
        line.model_copy(update={"text": "Corri.", "locked": True}),)))
    assert edit(film, "en", [Retype(loop="L1", text="Run now.")], {}).also == ()
    moved = edit(film, "en", [Place(loop="L1", span=Span(start=Fraction(1), end=Fraction(2)))], {})
    assert moved.also == ()
    assert film.dialogue("it").loops[0].span.start == 0  # type: ignore[union-attr]


def test_the_choice_of_the_profile_is_undone_with_the_other_edits(film: Film) -> None:
    title = film.sheet.title
    edit_profile(film, "ebu", None)
    edit_cast(film, "S9", name="Ben")
    edit_profile(film, "netflix", "ebu")
    with pytest.raises(Conflict):
        edit_profile(film, "netflix-it", "ebu")
    undo(film)
    assert film.sheet.profile == "ebu"
    undo(film)
    film.save_sheet(film.sheet_now().model_copy(update={"title": "Another title"}))
    undo(film)
    assert (film.sheet.profile, film.sheet.title) == (None, "Another title") != (None, title)
    redo(film)
    film.save_sheet(film.sheet_now().model_copy(update={"profile": "netflix-it"}))
    with pytest.raises(Conflict):
        undo(film)
    assert Film.open(film.path).sheet.profile == "netflix-it"
    before = (film.path / "history.jsonl").read_bytes()
    edit_profile(film, "netflix-it", "netflix-it")
    assert (film.path / "history.jsonl").read_bytes() == before, "nothing is written when nothing changes"
