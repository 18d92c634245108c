"""Which languages a film can come in and go out in, with the backends that are chosen and nothing from the network.

A pair is *translated* when the translator does it; it is *spoken* when a voice speaks the target, and then any
language that the transcriber hears can be dubbed into it with a person's own translation. It says what is offered,
not how well it is done: the word errors and translation scores of each language are measured elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from ciak.backends import registry
from ciak.config import Settings

__all__ = ["LanguagePair", "Tongue", "language_pairs", "tongues"]


@dataclass(frozen=True, slots=True)
class LanguagePair:
    """From ``source`` to ``target``. ``needs``: models and programs that are not there yet."""

    source: str
    target: str
    translated: bool
    spoken: bool
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language: ``into``: those that it is translated into; ``voices``: how many speak it."""

    code: str
    heard: bool
    into: tuple[str, ...]
    voices: int


def tongues(settings: Settings) -> tuple[Tongue, ...]:
    """Every language that the chosen transcriber, translator or voice knows, by code. Raises as
    :func:`ciak.backends.registry.resolve` does."""
    heard = registry.resolve("transcriber", settings).languages()
    pairs = registry.resolve("translator", settings).pairs()
    voices = [voice.language for voice in registry.resolve("voice", settings).stock()]
    codes = sorted(heard | set(voices) | {code for pair in pairs for code in pair})
    return tuple(Tongue(code, code in heard, tuple(sorted(target for source, target in pairs if source == code)),
                        voices.count(code)) for code in codes)


def language_pairs(settings: Settings) -> tuple[LanguagePair, ...]:
    """Every pair of two languages that is translated or spoken, and what it needs that is not there."""
    known = tongues(settings)
    installed = registry.installed_models(settings)

    def absent(*tasks: str) -> tuple[str, ...]:
        return tuple(name for task in tasks for name in registry.absent_of(registry.resolve(task, settings), installed))

    always, wordy, speaking = (absent("detector", "separator", "transcriber"), absent("translator"),
                               absent("voice", "embedder"))
    found = []
    for source in known:
        for target in known:
            translated, spoken = target.code in source.into, target.voices > 0
            if not source.heard or source == target or not (translated or spoken):
                continue
            needs = (*always, *(wordy if translated else ()), *(speaking if spoken else ()))
            found.append(LanguagePair(source.code, target.code, translated, spoken, tuple(dict.fromkeys(needs))))
    return tuple(found)
