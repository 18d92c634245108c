"""The disclosure sheet of a delivery: what in it is synthetic, for people, in English and Italian, and as JSON.

One page that prints; no script, no style from elsewhere, every text escaped. States the law as a fact and gives no
legal advice: article 50 of Regulation (EU) 2024/1689 applies from 2 August 2026.
"""

from __future__ import annotations

import html

from ciak.dubbing.delivery import Delivery
from ciak.dubbing.provenance import Disclosure

__all__ = ["deliver_disclosure", "sheet"]

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "head": "What in this film is synthetic", "film": "Film", "from": "Original language", "to": "Dubbed into",
        "lines": "Lines",
        "synthetic": "spoken by a synthetic voice",
        "person": "spoken by a person for the dub",
        "original": "in which the original is heard", "machine": "whose words a machine wrote",
        "consents": "Consents to voices in a performer's likeness, by number", "none": "none: no likeness is heard",
        "models": "Models that worked on it", "steps": "for", "each": "Line by line", "line": "Line", "words": "Words",
        "voice": "Voice", "consent": "Consent", "by-person": "a person", "by-machine": "a machine",
        "by-synthetic": "synthetic", "by-original": "original", "marked": "How it is marked for machines",
        "credentials": "Content Credentials (C2PA) in the film file",
        "sidecar": "Content Credentials (C2PA) beside the film file", "unmarked": "not marked",
        "mark": "an inaudible mark in the synthetic speech",
        "named": "signed with the key of the house",
        "machine-key": "signed with a key of this machine, which no list of trust knows",
        "law": "Article 50 of Regulation (EU) 2024/1689 (AI Act) asks, from 2 August 2026, that synthetic sound be "
        "marked in a machine-readable way and deep fakes be disclosed. This sheet states facts and is no legal advice.",
        "picture": "The picture is that of the original."},
    "it": {
        "head": "Che cosa è sintetico in questo film", "film": "Film", "from": "Lingua originale", "to": "Doppiato in",
        "lines": "Battute",
        "synthetic": "dette da una voce sintetica",
        "person": "dette da una persona per il doppiaggio",
        "original": "in cui si sente l'originale", "machine": "le cui parole sono di una macchina",
        "consents": "Consensi a voci con le fattezze vocali di un interprete, per numero",
        "none": "nessuno: non si sente la voce imitata di nessuno", "models": "Modelli che ci hanno lavorato",
        "steps": "per", "each": "Battuta per battuta", "line": "Battuta", "words": "Parole", "voice": "Voce",
        "consent": "Consenso", "by-person": "una persona", "by-machine": "una macchina", "by-synthetic": "sintetica",
        "by-original": "originale", "marked": "Come è marcato per le macchine",
        "credentials": "Content Credentials (C2PA) nel file del film",
        "sidecar": "Content Credentials (C2PA) accanto al file del film", "unmarked": "non marcato",
        "mark": "una marcatura non udibile nella voce sintetica",
        "named": "firmato con la chiave della casa",
        "machine-key": "firmato con una chiave di questa macchina, che nessuna lista di fiducia conosce",
        "law": "L'articolo 50 del Regolamento (UE) 2024/1689 (AI Act) chiede, dal 2 agosto 2026, che il suono "
        "sintetico sia marcato in modo leggibile da una macchina e che i deep fake siano dichiarati. Questo foglio "
        "riporta fatti e non è una consulenza legale.",
        "picture": "L'immagine è quella dell'originale."}}
_STYLE = ("body{font:11pt/1.5 serif;max-width:46em;margin:2em auto;padding:0 1em}"
          "table{border-collapse:collapse;width:100%}"
          "td,th{text-align:left;padding:.2em .6em;border-bottom:1px solid #999}"
          "code{font-size:9pt;word-break:break-all}")


def deliver_disclosure(delivery: Delivery, told: Disclosure) -> None:
    """The sheet in both languages and as JSON, beside the film."""
    stem = f"{delivery.stem}.{told.language}.disclosure"
    delivery.put("disclosure", f"{stem}.json", (told.model_dump_json(indent=1) + "\n").encode())
    for language in _WORDS:
        delivery.put(f"disclosure.{language}", f"{stem}.{language}.html", sheet(told, language).encode())


def sheet(told: Disclosure, language: str) -> str:
    """The sheet as a page in ``language`` ("en", "it")."""
    say = _WORDS[language]
    counts = [(told.synthetic, "synthetic"), (told.recorded, "person"), (told.original, "original"),
              (told.machine_words, "machine")]
    models = "".join(
        f"<li>{_e(one.name)} ({_e(one.backend)}), {say['steps']} {_e(', '.join(one.steps))}<br><code>sha256 "
        f"{_e(one.sha256)}</code></li>" for one in told.models)
    rows = "".join(
        f"<tr><td>{_e(one.id)}</td><td>{say['by-' + one.words]}</td><td>{say['by-' + one.spoken]} {_e(one.voice)}</td>"
        f"<td>{one.consent or ''}</td></tr>" for one in told.lines)
    how = say["unmarked"] if told.marked == "none" else say[told.marked]
    signed = {"named": say["named"], "machine": say["machine-key"], "none": ""}[told.signer]
    consents = ", ".join(map(str, told.consents)) or say["none"]
    heads = "".join(f"<th>{say[name]}</th>" for name in ("line", "words", "voice", "consent"))
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{say["head"]}</title>'
        f"<style>{_STYLE}</style></head><body>\n<h1>{say['head']}</h1>\n"
        f"<p>{say['film']}: <b>{_e(told.title)}</b>. {say['from']}: {_e(told.source)}. {say['to']}: "
        f"{_e(told.language)}. {say['picture']}</p>\n<h2>{say['lines']}: {len(told.lines)}</h2>\n<ul>"
        + "".join(f"<li>{count} {say[name]}</li>" for count, name in counts)
        + f"</ul>\n<h2>{say['consents']}</h2>\n<p>{consents}</p>\n<h2>{say['marked']}</h2>\n<p>{how}"
        + (f"; {signed}" if signed else "") + (f"; {say['mark']} ({_e(told.mark)})" if told.mark else "")
        + f"</p>\n<h2>{say['models']}</h2>\n<ul>{models}</ul>\n<h2>{say['each']}</h2>\n<table><tr>{heads}</tr>{rows}"
        f"</table>\n<p>{say['law']}</p>\n</body></html>\n")


def _e(text: str) -> str:
    return html.escape(text)
