"""The studio and a likeness (figure F9): takes and films that may not be heard are not sent, a voice is not given, a
take not chosen; consents are recorded, withdrawn and erased by routes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.server.asking import JSON, Page, ask, of

from ciak.backends.fake_voices import FakeLikeness
from ciak.config import Settings
from ciak.film import Signal
from ciak.film.editing import version_of
from ciak.media import SoundWriter
from ciak.project import Entry, Film
from ciak.project.rights import note_for
from ciak.server.studio import Gateway, Session, build
from ciak.store.records import Consent, Mark, Records

WHO = FakeLikeness.PERFORMER


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, backends={**settings.backends, "voice": "fake-likeness"})


@pytest.fixture
def hers(whole: Path, tmp_path: Path) -> tuple[Path, str]:
    """A film whose first line in Italian is spoken in her likeness, and the sound; nobody agreed."""
    import numpy as np

    film = Film.open(whole)
    path = tmp_path / "take.wav"
    with SoundWriter(path, 48000, 1, note=note_for(WHO)) as writer:
        writer.write(Signal.mono(np.linspace(-0.5, 0.5, 4800, dtype=np.float32), 48000))
    sound = film.artefacts.put_bytes(path.read_bytes(), ".wav")
    told = json.loads((whole / "dialogue" / "it.json").read_text())
    told["loops"][0]["takes"][0] |= {"sound": sound, "likeness": WHO, "consent": 1, "voice": "it_ada"}
    (whole / "dialogue" / "it.json").write_text(json.dumps(told))
    proxy = json.loads((whole / ".ciak" / "proxies.json").read_text())["it"]["artefact"]
    film.record(Entry(kind="step", what="proxy-sound", who="ciak", key="a" * 64, inputs={"take": sound},
                      outputs={"proxy": proxy}))
    film.close()
    return whole, sound


def agree(film: Path) -> None:
    from datetime import date

    Records.of(film).add(Consent(performer=WHO, scope="voice", since=date(2020, 1, 1), proof="contract 7"))


@pytest.fixture
def hearing(hers: tuple[Path, str], session: Session, known: dict[str, str], settings: Settings) -> Page:
    return Page(build(hers[0], session, settings), known)


def refusal(answer: Any) -> dict[str, Any]:
    assert answer.status == 451, (answer.status, answer.body[:300])
    told: dict[str, Any] = answer.json
    assert told["error"] == "NoConsent" and WHO in told["message"] and "'it'" in told["message"]
    assert "The Night Reels" in told["message"] and "ciak rights add" in told["remedy"]
    return told


def test_a_take_and_the_film_it_is_heard_in_are_sent_only_with_a_consent(hearing: Page, hers: tuple[Path, str]) -> None:
    film, _ = hers
    for path in ("takes/it/l0001/t1", "media/it"):
        refusal(hearing.get(of(film, path)))
        refusal(ask(hearing.app, of(film, path), headers=hearing.known | {"range": "bytes=0-99"}))
    agree(film)
    for path in ("takes/it/l0001/t1", "media/it"):
        assert hearing.get(of(film, path)).status == 200, path


def test_a_take_whose_paper_was_cleaned_by_hand_is_not_sent(hearing: Page, hers: tuple[Path, str]) -> None:
    film, sound = hers
    path = film / "dialogue" / "it.json"
    told = json.loads(path.read_text())
    told["loops"][0]["takes"][0] |= {"likeness": "", "voice": "it_f1", "kind": "imported"}
    path.write_text(json.dumps(told))
    refusal(hearing.get(of(film, "takes/it/l0001/t1")))
    Records.of(film).mark(Mark(sound=sound, performer=WHO, language="it", voice="it_ada", consent=1))
    refusal(hearing.get(of(film, "takes/it/l0001/t1")))


def test_a_likeness_is_not_given_and_not_chosen(hearing: Page, hers: tuple[Path, str]) -> None:
    film, _ = hers
    row = Film.open(film).cast().member("ada")
    assert row is not None
    body = {"seen": version_of(row), "voices": {"it": "it_ada"}}
    refusal(hearing.post(of(film, "cast/ada/edits"), body))
    choose = {"changes": [{"do": "choose", "loop": "l0001", "take": "t1"}]}
    refusal(hearing.post(of(film, "dialogue/it/edits"), choose))
    assert hearing.post(of(film, "cast/ada/edits"), {**body, "voices": {"it": "it_f1"}, "performer": WHO}).status == 200
    agree(film)
    row = Film.open(film).cast().member("ada")
    assert row is not None and row.performer == WHO
    assert hearing.post(of(film, "cast/ada/edits"), {"seen": version_of(row), "voices": {"it": "it_ada"}}).status == 200


def test_a_voice_matched_to_her_is_not_given(hearing: Page, hers: tuple[Path, str]) -> None:
    film, _ = hers
    recipe = Film.open(film).artefacts.put_bytes(json.dumps({
        "character": "ada", "language": "it", "sex": "female", "backend": "fake-likeness", "timbre": {"it_f1": 1.0},
        "manner": {"it_f1": 1.0}, "pitch": 0.0, "before": 0.5, "after": 0.6, "seconds": 4.0,
        "seed": 5}).encode(), ".json")
    voice = f"matched-ada-{recipe[:8]}"
    row = Film.open(film).cast().member("ada")
    assert row is not None
    body = {"seen": version_of(row), "voices": {"it": voice}}
    unknown = hearing.post(of(film, "cast/ada/edits"), body)
    assert unknown.status == 451 and "do not say to whom" in unknown.json["message"]
    Records.of(film).mark(Mark(sound=recipe, performer=WHO, language="it", voice=voice, consent=1))
    refusal(hearing.post(of(film, "cast/ada/edits"), body))
    assert Film.open(film).cast().member("ada") == row
    agree(film)
    assert hearing.post(of(film, "cast/ada/edits"), body).status == 200


def test_consents_are_recorded_withdrawn_and_erased(hearing: Page, hers: tuple[Path, str]) -> None:
    film, sound = hers
    told = hearing.get(of(film, "rights")).json
    assert told["consents"] == [] and len(told["refused"]) == 1
    done = hearing.post(of(film, "rights/consents"), {"performer": WHO, "proof": "contract 7", "languages": ["it"]})
    assert done.status == 201 and done.json["consent"] == 1
    assert hearing.get(of(film, "rights")).json["refused"] == []
    assert hearing.get(of(film, "takes/it/l0001/t1")).status == 200
    done = hearing.post(of(film, "rights/consents/1/withdraw"), None)
    assert done.status == 200 and done.json["apart"] == 2
    told = hearing.get(of(film, "rights")).json
    assert told["consents"][0]["why_not"] == "it was withdrawn"
    assert told["quarantined"] == [{"language": "it", "take": "t1", "performer": WHO}]
    refusal(hearing.get(of(film, "takes/it/l0001/t1")))
    assert hearing.get(of(film, "media/it")).status == 404
    assert hearing.post(of(film, "rights/erase"), {"performer": WHO, "again": "Ada"}).status == 422
    done = hearing.post(of(film, "rights/erase"), {"performer": WHO, "again": WHO})
    assert done.status == 200 and done.json["takes"] == 1 and done.json["sounds"] == 2
    assert hearing.get(of(film, "takes/it/l0001/t1")).status == 404
    assert not Film.open(film).artefacts.has(sound)
    assert b"Fittizia" not in b"".join(path.read_bytes() for path in film.rglob("*") if path.is_file())
    assert hearing.post(of(film, "rights/consents/7/withdraw"), None).status == 404


def test_reading_the_rights_changes_nothing(hearing: Page, hers: tuple[Path, str]) -> None:
    film, _ = hers
    hearing.get(of(film, "rights"))
    assert not (film / "records").exists()


def test_every_route_that_sends_sound_or_picture_is_in_the_matrix(studio: Gateway) -> None:
    """A new route that sends media fails here until it asks for the consent and is told in docs/rights.md."""
    from tests.server.contract import document

    sends = {path for path, methods in document()["paths"].items() for told in methods.values()
             for answer in told["responses"].values() for kind in answer.get("content", {})
             if kind.startswith(("audio/", "video/"))}
    assert sends == {"/api/v1/films/{film}/media/{language}", "/api/v1/films/{film}/takes/{language}/{loop}/{take}"}
    page = (Path(__file__).resolve().parents[2] / "docs" / "rights.md").read_text(encoding="utf-8")
    assert all(path.removeprefix("/api/v1/films/{film}") in page for path in sends)


def test_a_foreign_page_records_nothing(hearing: Page, hers: tuple[Path, str], known: dict[str, str]) -> None:
    body = json.dumps({"performer": WHO, "proof": "x"}).encode()
    answer = ask(hearing.app, of(hers[0], "rights/consents"), method="POST", headers=known | JSON | {
        "origin": "http://evil.example"}, body=body)
    assert answer.status == 403 and not (hers[0] / "records").exists()
