"""Backends are found by name; what is unknown, doubled or broken is an error that says so."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

from ciak.backends import fake_voices, registry
from ciak.config import TASKS, Settings
from ciak.errors import BackendError


def entry(name: str, value: str, package: str = "someones-plugin") -> EntryPoint:
    made = EntryPoint(name, value, registry.GROUP)
    vars(made)["dist"] = SimpleNamespace(name=package, version="3.1")
    return made


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch):
    """Adds entry points to those that are installed."""
    real = registry.entry_points

    def plug(*more: EntryPoint) -> None:
        monkeypatch.setattr(registry, "entry_points", lambda group: (*real(group=group), *more))

    return plug


def chosen(task: str, name: str) -> Settings:
    return Settings().with_backends({task: name})


@pytest.mark.parametrize("task", TASKS)
def test_built_ins_are_registered_like_any_plugin(task: str) -> None:
    names = {name for _, name in registry.entries(task)}
    assert {"fake", TASKS[task]} <= names
    assert registry.resolve(task, chosen(task, "fake")).name == "fake"


def test_a_strangers_backend_is_found(plugged) -> None:
    plugged(entry("voice.mine", "ciak.backends.fake_voices:voice"))
    assert isinstance(registry.resolve("voice", chosen("voice", "mine")), fake_voices.FakeVoice)
    offer = next(offer for offer in registry.listing() if offer.name == "mine")
    assert offer.origin == "someones-plugin 3.1" and offer.ready and dict(offer.capabilities)["voices"] == "16"


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(BackendError) as raised:
        registry.resolve("voice", chosen("voice", "nobody"))
    assert "nobody" in str(raised.value) and "kokoro" in str(raised.value) and "fake" in str(raised.value)


def test_an_unknown_task_is_refused() -> None:
    with pytest.raises(BackendError):
        registry.resolve("painter", Settings())


def test_a_name_claimed_twice_names_both(plugged) -> None:
    plugged(entry("voice.fake", "elsewhere:make"))
    with pytest.raises(BackendError) as raised:
        registry.resolve("voice", chosen("voice", "fake"))
    assert "someones-plugin 3.1" in str(raised.value) and "ciak " in str(raised.value)
    offer = next(offer for offer in registry.listing() if (offer.task, offer.name) == ("voice", "fake"))
    assert not offer.ready and "two backends" in offer.problem


@pytest.mark.parametrize("value", ["no_such_module:make", "ciak.backends.fakes:no_such_factory",
                                   "ciak.film.time:Rate.parse", "ciak.backends.fakes:WORDS"])
def test_a_plugin_that_does_not_load_is_an_error_of_its_own(plugged, value: str) -> None:
    plugged(entry("voice.broken", value))
    with pytest.raises(BackendError) as raised:
        registry.resolve("voice", chosen("voice", "broken"))
    assert "someones-plugin" in str(raised.value)
    assert any(offer.name == "broken" and offer.problem for offer in registry.listing())


def test_a_backend_that_does_not_keep_its_protocol_is_refused(plugged) -> None:
    plugged(entry("voice.deaf", "ciak.backends.fakes:detector"))
    with pytest.raises(BackendError, match=r"lacks .*speak"):
        registry.resolve("voice", chosen("voice", "deaf"))


@pytest.mark.parametrize("name", ["voice", "voice.", ".x", "painter.x", ""])
def test_malformed_entry_names_are_left_out(plugged, name: str) -> None:
    before = registry.entries()
    plugged(entry(name, "ciak.backends.fake_voices:voice"))
    assert registry.entries() == before


def test_listing_says_what_is_absent(tmp_path) -> None:
    offers = {(offer.task, offer.name): offer for offer in registry.listing(Settings(models=tmp_path))}
    kokoro = offers["voice", "kokoro"]
    assert kokoro.default and "kokoro" in kokoro.absent and not kokoro.ready and not kokoro.problem
    assert offers["voice", "fake"].ready
    assert kokoro.as_json()["models"] == ["kokoro"]


def test_a_card_has_the_models_hashes() -> None:
    card = registry.card("translator", Settings())
    assert card.name == "embedded" and card.version
    assert len(card.hashes["translator-en-it"]) == 64
    assert registry.card("voice", chosen("voice", "fake")).hashes == {}
