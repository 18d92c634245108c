"""Trust case X1: scripts, images and tricks in every text that a film folder holds. Nothing runs, nothing leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import Served, enter, watch
from tests.browser.films import known_by
from tests.browser.looks import PUSHED
from tests.server.small_film import make_film

from ciak.film import Flag
from ciak.project import Entry, Film

pytestmark = pytest.mark.browser

PAYLOADS = (
    "<script>window.harmed = 1</script>",
    '<img src=http://evil.example/a.png onerror="window.harmed = 1">',
    '<svg onload="window.harmed = 1"><image href=http://evil.example/b /></svg>',
    '"><iframe srcdoc="<script>parent.harmed = 1</script>"></iframe>',
    '<a href="javascript:window.harmed = 1">javascript:window.harmed=1</a>',
    "![x](http://evil.example/c.png) [y](javascript:window.harmed=1)",
    "<style>@import url(http://evil.example/d.css); * { background: url(http://evil.example/e) }</style>",
    "<link rel=stylesheet href=//evil.example/f><base href=//evil.example/>",
    "</title><meta http-equiv=refresh content=0;url=http://evil.example/g>",
    "{{constructor.constructor('window.harmed=1')()}} ${window.harmed = 1} {count} {name}",
    "<c.evil><v Ada><00:00:01.000>{\\an8\\p1}WEBVTT\n\nNOTE --> http://evil.example/h",
    "\u202egnp.lacitra\u202c \u2066\u2067\u2068 \u200f\u200b\ufeff\ufdfa",
    "مرحبا <b>שלום</b> こんにちは 🎬\u0301" + "\u0336" * 40,
)


def hostile(folder: Path, clips: dict[str, Path]) -> Film:
    """A film in which every word is a payload."""
    lines = tuple(
        (
            12 + 20 * n,
            24 + 20 * n,
            ("ada", "leo")[n % 2],
            payload,
            PAYLOADS[-1 - n],
            (Flag(code="unclear", message=payload), Flag(code="odd-flag", message=payload)),
        )
        for n, payload in enumerate(PAYLOADS)
    )
    film = make_film(
        folder / "<img src=x onerror=harmed=1>'\"&",
        clips=clips,
        title=PAYLOADS[1],
        names=(PAYLOADS[0], PAYLOADS[2]),
        lines=lines,
    )
    known_by(film, voice=PAYLOADS[2], wording=PAYLOADS[4])
    film.history.append(Entry(kind="step", what=PAYLOADS[3], who=PAYLOADS[0]))
    path = film.path / "deliveries" / "report.json"
    report = json.loads(path.read_text())
    report["film"] = PAYLOADS[0]
    report["files"] = {payload: payload for payload in PAYLOADS}
    report["notes"] = list(PAYLOADS)
    for row, payload in zip(report["lines"], PAYLOADS, strict=True):
        row["id"] = row["heard"] = payload
        row["character"] = payload
        row["flags"] = [{"code": payload, "message": payload}, payload]
    report["lines"][0]["span"] = None
    path.write_text(json.dumps(report))
    return film


def test_x1_nothing_runs_and_nothing_leaves(
    clips: dict[str, Path], serve: Callable[[Path | None], Served], tmp_path: Path, chromium: Any
) -> None:
    film = hostile(tmp_path, clips)
    served = serve(film.path)
    context = enter(chromium, served)
    watched = watch(context)
    page = watched.page
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.on("popup", lambda popup: asked.append(popup.url))

    def harmless(where: str) -> None:
        """Nothing ran, nothing was made of the payloads, nothing was pushed off the page."""
        page.wait_for_timeout(150)
        made = set(watched.js(MADE))
        assert not made & FORBIDDEN, where
        assert page.evaluate("window.harmed") is None, where
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
        pushed = [what for what in watched.js(PUSHED) if what[0] != "cut off"]
        assert pushed == [], where

    page.goto(served.origin)
    page.locator("ciak-lines .row").first.wait_for()
    assert page.get_by_role("heading", level=1).inner_text() == PAYLOADS[1], "shown as it is"
    assert page.locator("[aria-posinset='1'] p").first.inner_text() == PAYLOADS[0]
    for subtitles in ("en", "it"):
        watched.js("state.chooseSubtitles(argument)", subtitles)
        for number in range(len(PAYLOADS)):
            watched.js(
                "state.select(`l${String(argument + 1).padStart(4, '0')}`); clock.seek(13 + 20 * argument)", number
            )
    harmless("dialogue")
    watched.js("state.select('l0001')")
    watched.until("studio.inspector.line?.id === 'l0001'")
    told = page.locator("ciak-inspector .body").inner_text()
    assert PAYLOADS[4] in told, "other wordings are text"
    page.locator("ciak-inspector [data-part^='take-']").first.wait_for()
    watched.js("studio.lines.edit('l0004')")
    harmless("an open line")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Problems first").click()
    page.get_by_text("IT", exact=True).first.click()
    page.get_by_role("button", name="Prima i problemi").wait_for()
    watched.js(HOSTILE_WORK, list(PAYLOADS))
    watched.js("studio.jobs.show(studio.shadowRoot)")
    harmless("jobs")
    assert PAYLOADS[1] in page.get_by_role("dialog").inner_text()
    watched.js("studio.jobs.hide()")
    watched.js(
        "studio.conflict.ask(studio.shadowRoot, { again: null, changes: [{ do: 'retype', text: argument[0] }],"
        " error: { theirs: [{ text: argument[1] }], message: '' } })",
        list(PAYLOADS),
    )
    harmless("conflict")
    watched.js("studio.conflict.hide()")
    for place in ("report", "activity"):
        watched.js("location.hash = location.hash.replace(/[a-z]+$/, argument)", place)
        page.locator(f"ciak-{place}").wait_for()
        harmless(place)
    assert PAYLOADS[3][:100] in page.locator("ciak-activity .list").inner_text(), "the history is text"
    watched.js("location.hash = '#/'")
    page.locator("ciak-shelf li").first.wait_for()
    harmless("shelf")
    assert PAYLOADS[1] in page.locator("ciak-shelf li").first.inner_text()
    page.keyboard.press("?")
    harmless("help")
    assert asked == []
    assert [url for url in watched.requests if not url.startswith((f"{served.origin}/", "blob:"))] == []
    stopped = [text for text in watched.said if "status of 404" not in text]
    assert stopped == [], "not even an attempt was stopped by the policy"
    context.close()


MADE = """
const found = []; const walk = (root) => { for (const node of root.querySelectorAll('*')) {
  if (node.localName !== 'img' || !node.src.startsWith(location.origin)) found.push(node.localName);
  if (node.shadowRoot) walk(node.shadowRoot); } };
walk(document.body); return [...new Set(found)];
"""
FORBIDDEN = {"script", "img", "iframe", "style", "link", "b", "object", "embed", "base", "image", "meta", "c.evil"}
HOSTILE_WORK = """
const job = (error, at) => ({ id: `j${at}`, verb: 'dub', what: error, state: at % 2 ? 'failed' : 'running', done: .5,
  left: 4, seconds: 4, created: '', error });
state.jobs = argument.map(job);
state.dispatchEvent(new CustomEvent('change', { detail: new Set(['jobs']) }));
"""


def test_x1_the_policy_would_stop_what_slips_through(small: tuple[Served, Any]) -> None:
    served, context = small
    watched = watch(context)
    watched.page.goto(served.origin)
    watched.page.locator("ciak-lines .row").first.wait_for()
    outcomes = watched.page.evaluate("""async () => {
      await new Promise((resolve) => setTimeout(resolve, 50)); // out of the debugger's own leave to evaluate
      const found = {};
      const attempt = (name, does) => { try { does(); found[name] = 'allowed'; } catch { found[name] = 'refused'; } };
      attempt('markup', () => { document.body.innerHTML = '<b>x</b>'; });
      attempt('eval', () => { eval('1'); });
      attempt('function', () => { new Function('1')(); });
      await fetch('http://127.0.0.1:9/x').then(() => { found.fetch = 'allowed'; }, () => { found.fetch = 'refused'; });
      const script = document.createElement('script');
      try { script.textContent = 'window.harmed = 1'; document.body.append(script); } catch {}
      found.inline = window.harmed ? 'allowed' : 'refused';
      return found;
    }""")
    assert outcomes == dict.fromkeys(("markup", "eval", "function", "fetch", "inline"), "refused")
    watched.page.close()
