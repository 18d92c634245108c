"""Rights (figure F9): a voice in a performer's likeness, through every verb, route and file drop, with and without a
consent; withdrawn, ended, of another language or title; put into quarantine, returned, erased byte by byte.

The matrix is told in docs/rights.md; each row of it is a test here, in ``tests/server/test_rights_routes.py`` or in
``tests/cli/test_rights_command.py``.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.dubbing.journeys import FAKES, talking_clip

import ciak
from ciak.backends.fake_voices import FakeLikeness
from ciak.backends.protocols import Delivery as Wanted
from ciak.bootstrap import check_film, redo
from ciak.bootstrap.rights import allow, erase_performer, rights_of, rights_report, withdraw
from ciak.config import Settings
from ciak.dubbing.comparing import export_takes
from ciak.dubbing.delivery import Delivery, deliver_cut
from ciak.dubbing.exporting import export
from ciak.dubbing.finish import Finish
from ciak.dubbing.mixing import mix
from ciak.dubbing.release import release
from ciak.dubbing.rights import ask_voice, clones
from ciak.dubbing.taking_in import Intake, find_takes, take_in
from ciak.errors import BadInput, NoConsent, NotFound
from ciak.film import Dialogue, Signal, Take
from ciak.film.editing import Choose
from ciak.media.wav import note_of
from ciak.project import Film, edit, edit_cast, undo
from ciak.project.rights import Rights, utc_day
from ciak.store.records import Records

WHO = FakeLikeness.PERFORMER
SETTINGS = Settings().with_backends({**FAKES, "voice": "fake-likeness"})
TODAY = utc_day()


def dub(film: Film) -> None:
    ciak.dub(film.path, to="it", settings=SETTINGS)


def spoken(film: Film) -> Dialogue:
    dialogue = Film.open(film.path).dialogue("it")
    assert dialogue is not None
    return dialogue


def chosen(film: Film) -> Take:
    take = spoken(film).loops[0].take
    assert take is not None
    return take


def cast_her(film: Film, voice: str = "it_ada") -> None:
    """The character of the first line is given the voice that is a likeness, by a person."""
    who = spoken(film).loops[0].character
    edit_cast(film, who, voices={"it": voice})


def step(film: Film, what: str) -> dict[str, str]:
    """What the last step of that name made."""
    return [entry.outputs for entry in film.history.entries() if entry.kind == "step" and entry.what == what][-1]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film dubbed with stock voices. Not to be changed."""
    folder = tmp_path_factory.mktemp("plain")
    ciak.dub(talking_clip(folder / "night.mp4"), to="it", out=folder / "out", settings=SETTINGS)
    return folder


@pytest.fixture(scope="module")
def agreed(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, dubbed by her voice, to which she agreed. Not to be changed."""
    folder = tmp_path_factory.mktemp("agreed")
    shutil.copytree(plain, folder / "all")
    film = Film.open(folder / "all" / "out" / "night.film")
    allow(film, WHO, "contract 7", languages=["it"], titles=[film.title])
    cast_her(film)
    dub(film)
    return folder / "all"


def copied(source: Path, target: Path) -> Film:
    shutil.copytree(source, target)
    return Film.open(target / "out" / "night.film")


@pytest.fixture
def stock(plain: Path, tmp_path: Path) -> Film:
    return copied(plain, tmp_path / "here")


@pytest.fixture
def film(agreed: Path, tmp_path: Path) -> Film:
    """Dubbed in her likeness, with her consent (number 1)."""
    return copied(agreed, tmp_path / "here")


def refused(act: Callable[[], object]) -> NoConsent:
    """The refusal: one line that names performer, language and title, and the command that records a consent."""
    with pytest.raises(NoConsent) as told:
        act()
    line = str(told.value)
    assert "\n" not in line and WHO in line and "'it'" in line and "'night'" in line and "ciak rights add" in line, line
    return told.value


# What is a likeness, and who may choose one

def test_no_machine_gives_a_likeness_to_anybody(stock: Film) -> None:
    cast = Film.open(stock.path).cast()
    assert all(voice != "it_ada" for row in cast.members for voice in row.voices.values())
    assert not Rights(stock).sources() and not Rights(stock).kept, "stock voices ask nothing and record nothing"


def test_her_own_character_is_given_her_voice_once_she_agreed(stock: Film) -> None:
    who = spoken(stock).loops[0].character
    edit_cast(stock, who, voices={"it": ""}, performer=WHO.upper())
    dub(Film.open(stock.path))
    assert Film.open(stock.path).cast().member(who).voices["it"] != "it_ada"  # type: ignore[union-attr]
    edit_cast(stock, who, voices={"it": ""})
    allow(stock, WHO, "contract 7")
    ciak.dub(stock.path, to="it", settings=SETTINGS)
    given = {row.id: row.voices["it"] for row in Film.open(stock.path).cast().members}
    assert list(given.values()).count("it_ada") <= 1


def test_a_take_in_her_likeness_says_so_in_its_paper_its_bytes_and_the_records(film: Film) -> None:
    take = chosen(film)
    assert (take.likeness, take.consent, take.voice, take.quarantined) == (WHO, 1, "it_ada", False)
    assert WHO in note_of(film.artefacts.path(take.sound))
    mark = Rights(film).marks()[take.sound]
    assert (mark.performer, mark.language, mark.consent) == (WHO, "it", 1)
    entry = next(one for one in film.history.entries() if take.sound in one.outputs.values())
    assert entry.settings["likeness"] == WHO
    others = [one for loop in spoken(film).loops for one in loop.takes if one.voice != "it_ada"]
    assert others and all(not one.likeness and note_of(film.artefacts.path(one.sound)) == "" for one in others)


class Cloner(FakeLikeness):
    """A stranger's backend that clones: every voice is made from the character's performer."""

    likeness = True


class Imitator(FakeLikeness):
    """Says that it does not clone, and takes a sound to imitate."""

    def speak(self, text: str, delivery: Wanted, reference: Signal | None = None):  # type: ignore[no-untyped-def]
        return super().speak(text, delivery)


class Silent(FakeLikeness):
    """Does not say what it is."""


@pytest.mark.parametrize("backend", [Cloner(), Imitator()], ids=["says-so", "takes-a-sound"])
def test_a_strangers_backend_that_clones_needs_a_consent_for_every_voice(stock: Film, backend: FakeLikeness) -> None:
    assert clones(backend) and not clones(FakeLikeness())
    row = stock.cast().members[0]
    with pytest.raises(NoConsent, match="nobody says whose"):
        ask_voice(stock, backend, "it_f1", row, "it")
    played = row.model_copy(update={"performer": WHO})
    refused(lambda: ask_voice(stock, backend, "it_f1", played, "it"))
    allow(stock, WHO, "contract 7")
    assert ask_voice(stock, backend, "it_f1", played, "it") == (WHO, 1)


def test_a_backend_that_says_nothing_is_refused_by_the_registry() -> None:
    from ciak.backends.protocols import Voice

    class Mute:
        name, rate, exact = "mute", 24000, True
        stock = length = speak = None

    assert not isinstance(Mute(), Voice) and isinstance(FakeLikeness(), Voice) and clones(Mute())  # type: ignore[arg-type]


# Verbs without a consent

def test_a_dub_is_refused_before_any_work(stock: Film) -> None:
    cast_her(stock)
    before, history = spoken(stock), stock.history.size
    refused(lambda: dub(Film.open(stock.path)))
    assert spoken(stock) == before and stock.history.size == history


def test_a_line_is_not_done_again(stock: Film) -> None:
    cast_her(stock)
    line = spoken(stock).loops[0].id
    refused(lambda: redo(stock.path, "it", [line], settings=SETTINGS))


def test_a_cast_written_by_hand_is_refused(stock: Film) -> None:
    path = stock.path / "cast.json"
    told = json.loads(path.read_text())
    for row in told["members"]:
        row["voices"]["it"] = "it_ada"
    path.write_text(json.dumps(told))
    refused(lambda: dub(Film.open(stock.path)))
    assert any("it_ada" in line for line in rights_report(Film.open(stock.path), SETTINGS).refused)


def test_a_cast_brought_back_by_undo_is_refused(film: Film) -> None:
    edit_cast(film, spoken(film).loops[0].character, voices={"it": "it_f1"})
    withdraw(film, 1)
    undo(film)
    assert Film.open(film.path).cast().member(spoken(film).loops[0].character).voices["it"] == "it_ada"  # type: ignore[union-attr]
    refused(lambda: dub(Film.open(film.path)))


# A consent that does not cover

@pytest.mark.parametrize(("terms", "why"), [
    ({"languages": ["fr"]}, "it is for fr"), ({"titles": ["Another Film"]}, "it is for Another Film"),
    ({"scope": "image"}, "it is for image"), ({"term": (TODAY + timedelta(days=9), None)}, "it begins on"),
    ({"term": (date(2020, 1, 1), TODAY - timedelta(days=1))}, "it ended on"),
])
def test_what_the_consent_does_not_cover_is_refused_and_told_why(stock: Film, terms: dict, why: str) -> None:
    allow(stock, WHO, "contract 7", **terms)
    cast_her(stock)
    assert why in refused(lambda: dub(Film.open(stock.path))).message


def test_somebody_elses_consent_is_nobodys_else(stock: Film) -> None:
    allow(stock, "Leo Marsh", "contract 8")
    cast_her(stock)
    refused(lambda: dub(Film.open(stock.path)))


def test_a_term_ends_and_a_clock_that_goes_back_revives_nothing(stock: Film) -> None:
    last = TODAY + timedelta(days=30)
    allow(stock, WHO, "contract 7", term=(None, last))
    for day, holds in ((TODAY, True), (last, True), (last + timedelta(days=1), False), (date(2000, 1, 1), True)):
        assert (Rights(stock, lambda day=day: day).covering(WHO, "it") is not None) is holds, day
    ended = Film.open(stock.path)
    withdraw(ended, 1)
    assert Rights(ended, lambda: date(2000, 1, 1)).covering(WHO, "it") is None, "a clock set back is not believed"


def test_a_consent_to_a_language_is_one_to_its_regions_and_names_are_compared_as_people_do(stock: Film) -> None:
    allow(stock, f"  {WHO.lower()} ", "contract 7", languages=["pt"], titles=["NIGHT"])
    assert Rights(stock).covering(WHO.upper(), "pt-BR") and not Rights(stock).covering(WHO, "it")


# Withdrawn

def test_withdrawn_takes_are_marked_and_lie_apart_and_come_back_with_the_consent(film: Film) -> None:
    take = chosen(film)
    delivered = next((film.path / "deliveries").rglob("*.it.MIX.wav"))
    _, done = withdraw(film, 1)
    assert take.sound in done.apart and done.takes >= 1
    assert chosen(film).quarantined and not film.artefacts.has(take.sound)
    apart = film.path / ".ciak" / "quarantine"
    assert (apart / take.sound).is_file() and apart.stat().st_mode & 0o077 == 0
    made = {*step(film, "mix").values(), *step(film, "release").values(), *step(film, "proxy-sound").values()}
    assert {one for one in made if film.artefacts.has(one)} == {
        one for one in made if one.endswith(".json")} | {step(film, "mix")["ME"]}
    assert str(delivered) in done.recalled and not delivered.exists(), "what was delivered is taken back"
    assert [one.code for one in check_film(film.path, settings=SETTINGS)].count("take-quarantined") >= 1
    assert rights_report(film, SETTINGS).refused
    _, back = allow(film, WHO, "contract 8", languages=["it"])
    assert take.sound in back.back and not chosen(film).quarantined and delivered.is_file()
    assert not rights_report(film, SETTINGS).refused
    dub(Film.open(film.path))


def test_withdrawn_nothing_is_spoken_mixed_released_or_laid_on_a_timeline(film: Film, tmp_path: Path) -> None:
    stems, original = step(film, "mix"), Film.open(film.path).dialogue("en")
    sound = step(film, "divide") if any(one.what == "divide" for one in film.history.entries()) else {}
    assert original is not None
    withdraw(film, 1)
    now = Film.open(film.path)
    delivery = Delivery(tmp_path / "elsewhere", "night", now)
    refused(lambda: dub(now))
    refused(lambda: redo(now.path, "it", [spoken(now).loops[0].id], settings=SETTINGS))
    refused(lambda: mix(now, (original, spoken(now)), sound, Finish(), lambda _: None))
    refused(lambda: release(now, delivery, ("en", "it"), stems, {}, (Finish(), lambda _: None)))
    refused(lambda: deliver_cut(delivery, now, spoken(now), Path("x.mp4"), {"ME": Path("me.wav")}))
    refused(lambda: delivery.copy("any", "any.wav", now.artefacts.root / stems["MIX"][:2] / stems["MIX"]))
    for kind, ending in (("otio", "otio"), ("edl", "edl"), ("aaf", "aaf")):
        refused(lambda kind=kind, ending=ending: export(now, kind, "it", tmp_path / "elsewhere" / f"x.{ending}"))
    line = next(loop.id for loop in spoken(now).loops if any(take.likeness for take in loop.takes))
    refused(lambda: export_takes(now, "it", line, tmp_path / "elsewhere"))
    assert not list((tmp_path / "elsewhere").rglob("*.[woea]*"))


def test_an_export_of_her_voice_is_traced_and_knows_whose_it_is(film: Film, tmp_path: Path) -> None:
    made = export(film, "otio", "it", tmp_path / "out" / "night.otio")
    hers = [path for path in made.files if path.suffix == ".wav" and note_of(path)]
    assert hers and {path for path, _, _ in Rights(film).traces()} >= set(hers)
    withdraw(film, 1)
    assert not any(path.exists() for path in hers), "they lie in quarantine"


def test_her_voice_brought_in_as_a_recording_of_another_film_is_known_by_its_note(film: Film, plain: Path,
                                                                                  tmp_path: Path) -> None:
    other = copied(plain, tmp_path / "other")
    line = next(loop.id for loop in spoken(film).loops if loop.take and loop.take.likeness)
    out = next(path for path in export_takes(film, "it", line, tmp_path / "hers") if "_chosen" in path.name)
    brought = out.rename(out.with_name(f"{line}.wav"))
    found, _ = find_takes(other, "it", brought.parent, Intake(anyway=True))
    told = take_in(other, None, "it", [one for one in found if one.path.name == brought.name], Intake(anyway=True))
    assert [one.line for one in told] == [line] and note_of(brought)
    refused(lambda: ciak.dub(other.path, to="it", settings=Settings().with_backends(FAKES)))


def test_withdrawn_the_line_can_be_spoken_by_another_voice_and_the_film_is_delivered(film: Film) -> None:
    withdraw(film, 1)
    cast_her(film, "it_f1")
    dub(Film.open(film.path))
    take = chosen(film)
    assert take.voice == "it_f1" and not take.likeness
    assert any(one.quarantined for loop in spoken(film).loops for one in loop.takes), "hers is still there, apart"
    assert not rights_report(Film.open(film.path), SETTINGS).refused
    old = next(one for one in spoken(film).loops[0].takes if one.likeness)
    refused(lambda: edit(Film.open(film.path), "it", [Choose(loop=spoken(film).loops[0].id, take=old.id)], {}))


def test_a_take_that_was_chosen_by_hand_or_locked_does_not_slip_into_the_mix(film: Film) -> None:
    path = film.path / "dialogue" / "it.json"
    told = json.loads(path.read_text())
    told["loops"][0] |= {"locked": True, "kept": True}
    path.write_text(json.dumps(told))
    withdraw(Film.open(film.path), 1)
    cast_her(Film.open(film.path), "it_f1")
    assert spoken(film).loops[0].locked and chosen(film).quarantined
    refused(lambda: dub(Film.open(film.path)))


def test_an_ended_consent_is_found_by_check_and_its_takes_put_apart(film: Film) -> None:
    Records.of(film.path).withdraw(1, TODAY - timedelta(days=1))  # as time does: nothing else happens
    take = chosen(film)
    refused(lambda: Rights(film).ask_take(take, "it", "playing"))
    assert film.artefacts.has(take.sound)
    assert take.sound in rights_of(film).apart and rights_of(film).apart == ()


# File drops and papers edited by hand

STRIPPED = {"likeness": "", "consent": 0, "quarantined": False, "voice": "it_f1", "kind": "recorded"}


@pytest.mark.parametrize("lie", [{}, STRIPPED, {"consent": 99}, {"quarantined": False}, {"likeness": "Leo Marsh"}],
                         ids=["as-it-was", "stripped", "another-consent", "unmarked", "another-performer"])
def test_a_dialogue_dropped_in_with_a_quarantined_take_put_back_is_refused(film: Film, lie: dict) -> None:
    """What the paper says does not help: the records know the sound, and so do its bytes."""
    allow(film, "Leo Marsh", "contract 8")
    take, store = chosen(film), film.artefacts
    withdraw(film, 1)
    path = film.path / "dialogue" / "it.json"
    told = json.loads(path.read_text())
    for loop in told["loops"]:
        for one in loop["takes"]:
            if one["sound"] == take.sound:
                one |= lie
    path.write_text(json.dumps(told))
    shutil.copy(film.path / ".ciak" / "quarantine" / take.sound, store.root / take.sound[:2] / take.sound)
    now = Film.open(film.path)
    bad = chosen(now)
    cast_her(now, "it_f1")
    refused(lambda: Rights(now).ask_take(bad, "it", "playing"))
    refused(lambda: Rights(now).ask_dialogue(spoken(now), "the mix"))
    assert rights_of(now).apart and not store.has(take.sound), "it goes back where it was"


def test_a_take_dropped_into_another_film_is_known_by_its_bytes(film: Film, plain: Path, tmp_path: Path) -> None:
    other = copied(plain, tmp_path / "other")
    take = chosen(film)
    data = film.artefacts.path(take.sound).read_bytes()
    assert other.artefacts.put_bytes(data, ".wav") == take.sound
    path = other.path / "dialogue" / "it.json"
    told = json.loads(path.read_text())
    mine = {**json.loads(take.model_dump_json()), **STRIPPED}
    told["loops"][0] |= {"takes": [mine], "chosen": take.id, "kept": True, "text": take.text, "locked": True}
    path.write_text(json.dumps(told))
    refused(lambda: dub(Film.open(other.path)))
    assert rights_of(Film.open(other.path)).takes == 1


def test_an_artefact_overwritten_by_one_of_hers_is_known_by_its_bytes(film: Film) -> None:
    withdraw(film, 1)
    cast_her(film, "it_f1")
    dub(Film.open(film.path))
    take = chosen(film)
    place = film.artefacts.path(take.sound)
    place.chmod(0o600)
    hers = next(one for one in spoken(film).loops[0].takes if one.likeness)
    place.write_bytes((film.path / ".ciak" / "quarantine" / hers.sound).read_bytes())
    refused(lambda: Rights(Film.open(film.path)).ask_dialogue(spoken(film), "the mix"))


def test_without_records_every_likeness_is_refused(film: Film) -> None:
    shutil.rmtree(film.path / "records")
    refused(lambda: dub(Film.open(film.path)))
    refused(lambda: Rights(Film.open(film.path)).ask_artefact(step(film, "mix")["MIX"], "the release"))


def test_a_film_of_another_title_is_refused(film: Film) -> None:
    told = (film.path / "film.toml").read_text()
    (film.path / "film.toml").write_text(told.replace('title = "night"', 'title = "Night II"'))
    with pytest.raises(NoConsent, match="Night II"):
        dub(Film.open(film.path))


# Jobs

def test_a_job_taken_up_after_withdrawal_is_refused(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    from ciak.bootstrap import job_runner

    for task, name in SETTINGS.backends.items():
        monkeypatch.setenv(f"CIAK_BACKEND_{task.upper()}", name)
    with job_runner(film) as runner:
        arguments = {"film_or_video": str(film.path), "to": "it"}
        job = runner.wait(runner.submit("dub", arguments, film=str(film.path)).id)
        assert job.state == "done", job.error
        withdraw(film, 1)
        again = runner.wait(runner.resume(job.id).id)
        assert again.state == "failed" and again.error is not None
        assert again.error["error"] == "NoConsent" and WHO in again.error["message"]


# What leaves the house

def test_a_delivery_tells_the_consent_by_number_and_no_name(film: Film) -> None:
    """The takes beside the timeline say whose voice they are; film, sheet, report, timeline and list do not."""
    from ciak.media.signing import verify_file

    files = [path for path in (film.path / "deliveries").iterdir() if path.is_file()]
    assert any(path.suffix == ".mp4" for path in files) and any(path.suffix == ".html" for path in files)
    assert all(WHO.encode() not in path.read_bytes() for path in files)
    told = json.loads((film.path / "deliveries" / "night.it.disclosure.json").read_text())
    assert told["consents"] == [1] and {one["consent"] for one in told["lines"]} >= {1}
    found = verify_file(film.path / "deliveries" / "night.it.mp4")
    assertions = {one["label"]: one["data"] for one in found.manifest["assertions"]}
    assert found.state == "valid" and assertions["org.ciak.consents"] == {"consents": ["1"]}


# Erased

def test_a_performer_is_erased_byte_by_byte(film: Film) -> None:
    Records.of(film.path).backup(film.path.parent / "backup.sqlite")
    edit_cast(film, spoken(film).loops[0].character, performer=WHO)
    take = chosen(film)
    samples = film.artefacts.path(take.sound).read_bytes()[200:1200]
    withdraw(film, 1)
    with pytest.raises(NoConsent):
        dub(Film.open(film.path))
    gone = erase_performer(Film.open(film.path), WHO.lower())
    assert gone.takes >= 1 and gone.sounds >= 4 and gone.rows >= 2
    held = b"".join(path.read_bytes() for path in film.path.parent.rglob("*") if path.is_file())
    for text in (WHO, WHO.lower(), "Fittizia"):
        for encoding in ("utf-8", "utf-16-le"):
            assert text.encode(encoding) not in held, text
    assert samples not in held
    now = Film.open(film.path)
    assert not Rights(now).sources() and not Rights(now).consents() and now.dialogue("it").loops[0].chosen is None  # type: ignore[union-attr]
    assert [line.fault for line in now.history.lines() if line.fault] == []
    dub(now)
    with pytest.raises(NotFound):
        erase_performer(now, WHO)


def test_erasing_one_leaves_the_others(film: Film) -> None:
    allow(film, "Leo Marsh", "contract 8")
    erase_performer(film, "Leo Marsh")
    assert [one.performer for one in Rights(film).consents()] == [WHO] and chosen(film).likeness == WHO
    assert film.artefacts.has(chosen(film).sound)


@pytest.mark.parametrize("bad", [{"languages": ["Italian"]}, {"term": (date(2027, 1, 1), date(2026, 1, 1))},
                                 {"note": "x" * 2000}])
def test_a_consent_that_cannot_be_is_not_recorded(stock: Film, bad: dict) -> None:
    with pytest.raises(BadInput):
        allow(stock, WHO, "contract", **bad)
    with pytest.raises(BadInput):
        allow(stock, "  ", "contract")
    assert not Rights(stock).consents()
