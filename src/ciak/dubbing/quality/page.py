"""The quality of a dub as words: short values for the terminal, and one page that prints, in English and Italian.

The page stands alone: no script, no font, nothing fetched; its one style is allowed by its hash, in a policy that
allows nothing else. Every text of the film is escaped.
"""

from __future__ import annotations

import html
import tomllib
from base64 import b64encode
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from ciak.dubbing.quality.told import Basis, Check, LineQuality, Quality, Verdict

__all__ = ["LANGUAGES", "limit_of", "page", "policy", "reason_of", "title_of", "value_of"]

LANGUAGES = ("en", "it")
_STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:72em;margin:2em auto;padding:0 1em}
h1{font-size:1.6em;margin:0}h2{font-size:1.15em;margin:2em 0 .5em}
table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;padding:.3em .8em .3em 0;border-bottom:1px solid #8886}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.t{font-variant-numeric:tabular-nums;white-space:nowrap}
ul{margin:0;padding:0;list-style:none}li{margin:0 0 .2em}
.fail{color:#b3261e;font-weight:600}.look{color:#8a5a00}.ok{color:#1b6b3a}.unmeasured{color:#666}
.note{color:#666}.words{overflow-wrap:anywhere}
@media (prefers-color-scheme:dark){.fail{color:#ff8a80}.look{color:#ffc46b}.ok{color:#7ddc9b}
.unmeasured,.note{color:#aaa}}
@media screen and (max-width:44em){table,tbody,tr,td{display:block}thead{display:none}td{border:0;padding:.1em 0}
td.n{text-align:left}tr{border-bottom:1px solid #8886;padding:.5em 0}}
@media print{@page{size:A4;margin:15mm}body{font-size:9pt;max-width:none;margin:0;padding:0}tr{break-inside:avoid}
thead{display:table-header-group}}
"""


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, dict[str, dict[str, str]]]:
    text = files("ciak.dubbing.quality").joinpath("words.toml").read_text("utf-8")
    found: dict[str, Any] = tomllib.loads(text)
    return found


def _say(language: str, table: str, code: str, details: Mapping[str, object] | None = None) -> str:
    words = _catalogue()[language][table].get(code, code)
    shown = {name: _number(value, language) if isinstance(value, float) else str(value)
             for name, value in (details or {}).items()}
    return words.format_map(defaultdict(str, shown)).strip(" :")


def title_of(check: Check, language: str = "en") -> str:
    """What a check is called."""
    return _say(language, "checks", check.code)


def reason_of(check: Check, language: str = "en") -> str:
    """Why it has its verdict; empty where there is nothing to say."""
    return _say(language, "why", check.why, check.details) if check.why else ""


def _number(value: float, language: str) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text
    return text.replace(".", ",") if language == "it" else text


def value_of(check: Check, language: str = "en") -> str:
    """The value with its unit; in words where it was not measured."""
    if check.verdict is Verdict.UNMEASURED:
        return _say(language, "verdicts", "not-measured")
    if check.value is None:
        return ""
    if isinstance(check.value, str):
        return check.value
    if check.unit == "ratio":
        return f"{_number(100 * check.value, language)} %"
    unit = "" if check.unit in ("files", "lines", "takes", "cues", "rules", "correlation") else f" {check.unit}"
    return _number(float(check.value), language) + unit


def limit_of(check: Check, language: str = "en") -> str:
    """What the value is held to."""
    factor = 100 if check.unit == "ratio" else 1
    least, most = (None if one is None else _number(factor * one, language) for one in (check.least, check.most))
    unit = " %" if factor == 100 else ""
    if least is not None and most is not None:
        return f"{least} {_say(language, 'page', 'to')} {most}{unit}"
    return f"≥ {least}{unit}" if least is not None else f"≤ {most}{unit}" if most is not None else ""


def page(told: Quality, language: str = "en") -> str:
    """The page in ``language`` ("en", "it")."""
    say = _catalogue()[language]["page"]
    counts = {"unmeasured" if name == "not measured" else name: count for name, count in told.counts.items()}
    head = (f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
            f'<meta http-equiv="Content-Security-Policy" content="{policy()}">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>{_e(say['title'])}: {_e(told.film)}</title><style>{_STYLE}</style></head><body>\n")
    top = (f"<h1>{_e(told.film)}</h1>\n<p>{_e(say['title'])}, "
           f"{_e(_say(language, 'page', 'from', {'source': told.source, 'language': told.language}))}: "
           f"{_verdict(told.verdict, language)}. {_e(_say(language, 'page', 'counts', counts))}.</p>\n"
           f'<p class="note">{_e(say["page"])} '
           f"{_e(_say(language, 'page', 'profiles', {'profile': told.profile, 'loudness': told.loudness}))}</p>\n")
    heads = "".join(f"<th>{_e(say[name])}</th>" for name in ("check", "verdict", "value", "limit", "whose"))
    rows = "".join(_row(check, language) for check in told.checks)
    lines = "".join(_line(line, language) for line in told.lines)
    named = "".join(f"<th>{_e(say[name])}</th>" for name in ("line", "who", "words", "found"))
    return (f"{head}{top}<h2>{_e(say['film'])}</h2>\n<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>"
            f"</table>\n<h2>{_e(say['lines'])}</h2>\n<table><thead><tr>{named}</tr></thead><tbody>{lines}</tbody></table>\n"
            "</body></html>\n")


def policy() -> str:
    """The content security policy of the page: its own style, by its hash, and nothing else."""
    return f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"


def _verdict(verdict: Verdict, language: str) -> str:
    code = str(verdict).replace(" ", "-")
    kind = "unmeasured" if verdict is Verdict.UNMEASURED else code
    return f'<span class="{kind}">{_e(_say(language, "verdicts", code))}</span>'


def _row(check: Check, language: str) -> str:
    basis = "" if check.basis is Basis.DELIVERED or check.verdict is Verdict.UNMEASURED else _say(
        language, "basis", str(check.basis))
    why = " · ".join(filter(None, (reason_of(check, language), basis)))
    note = f'<br><span class="note words">{_e(why)}</span>' if why else ""
    value = "" if check.verdict is Verdict.UNMEASURED else value_of(check, language)
    return (f"<tr><td>{_e(title_of(check, language))}{note}</td><td>{_verdict(check.verdict, language)}</td>"
            f'<td class="n">{_e(value)}</td><td class="t">{_e(limit_of(check, language))}</td>'
            f'<td class="note">{_e(check.source)}</td></tr>')


def _line(line: LineQuality, language: str) -> str:
    say = _catalogue()[language]["page"]
    items = "".join(_item(check, language) for check in line.checks if check.verdict in (Verdict.FAIL, Verdict.LOOK))
    blind = ", ".join(f"{title_of(check, language)} ({reason_of(check, language)})" for check in line.checks
                      if check.verdict is Verdict.UNMEASURED)
    rest = f'<li class="note">{_e(say["unmeasured"])}: {_e(blind)}</li>' if blind else ""
    spoken = " ".join(filter(None, (say.get(line.kind or "original", line.kind), line.voice)))
    hers = f"<br>{_e(_say(language, 'page', 'likeness', {'number': line.consent}))}" if line.likeness else ""
    alike = "" if line.pitch_likeness is None or line.energy_likeness is None else _say(
        language, "page", "alike", {"pitch": line.pitch_likeness, "energy": line.energy_likeness})
    note = f'<br><span class="note">{_e(alike)}</span>' if alike else ""
    return (f'<tr><td class="t">{_e(line.id)}<br>{_e(line.timecode)}<br>{_verdict(line.verdict, language)}</td>'
            f"<td>{_e(line.name)}<br>{_e(spoken)}{hers}</td>"
            f'<td class="words" dir="auto">{_e(line.text)}{note}</td><td class="words"><ul>{items}{rest}</ul></td>'
            "</tr>")


def _item(check: Check, language: str) -> str:
    limit, why = limit_of(check, language), reason_of(check, language)
    told = f"{title_of(check, language)}: {value_of(check, language)}" + (f" ({limit})" if limit else "")
    kind = "fail" if check.verdict is Verdict.FAIL else "look"
    return f'<li><span class="{kind}">{_e(told)}</span>{f" {_e(why)}" if why else ""}</li>'


def _e(text: str) -> str:
    """Escaped; control characters and half characters as a page can show them."""
    shown = "".join(mark if mark.isprintable() or mark in "\n\t" else "\ufffd" for mark in text)
    return html.escape(shown)
