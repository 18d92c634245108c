"""The report of a dub, alone on a page: plots, keyboard, what is saved, the list of lines; in every language."""

from __future__ import annotations

import csv
import io
import random
import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import SCREENS, Served, Watched, watch
from tests.browser.looks import CONTRAST, SMALL

pytestmark = pytest.mark.browser
SVG = "{http://www.w3.org/2000/svg}"
WHO = {"ada": "Ada Conti", "leo": "Leo Marsh", "nina": "Nina", "marc": "Marc de la Rivière", "old": "The projectionist"}
SAID = (
    "Dove hai lasciato le bobine?",
    "In macchina. Sotto i cappotti, dove nessuno guarda.",
    "Sta piovendo.",
    "Allora abbiamo tempo finché la pioggia non trova il finestrino che non ho potuto chiudere.",
    "Corri.",
)
PAGE = (
    "<!doctype html><html lang=en data-theme=dark><meta charset=utf-8><title>Report</title>"
    "<link rel=stylesheet href=/static/theme.css><body></body></html>"
)
SHOW = """async ([report, cast, theme, language]) => {
  document.documentElement.dataset.theme = theme;
  const { words } = await import('/static/ui/words.js');
  await words.use(language);
  await import('/static/ui/notice.js');
  await import('/static/desk/dubbing/report.js');
  const { Clock } = await import('/static/strip/clock.js');
  const { Timebase } = await import('/static/strip/timebase.js');
  const clock = new Clock();
  clock.base = new Timebase({ rate: '24000/1001', nominal: 24, start: '01:00:00:00' });
  clock.frames = (report.lines.at(-1)?.frames?.end ?? 600) + 200;
  const page = document.createElement('ciak-report');
  Object.assign(page, { clock, report, cast: new Map(Object.entries(cast).map(([id, name]) => [id, { name }])) });
  Object.assign(page.style, { position: 'fixed', inset: '0' });
  document.body.replaceChildren(page);
  Object.assign(window, { report: page, clock, chosen: [] });
  document.addEventListener('select-line', (event) => window.chosen.push(event.detail));
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}"""


def line(number: int, first: int, **told: Any) -> dict[str, Any]:
    """A line as the API sends it."""
    return {
        "id": f"l{number:04}",
        "character": "ada",
        "source": "Where did you leave the reels?",
        "translation": SAID[number % len(SAID)],
        "frames": {"first": first, "end": first + 40},
        "slot": 2.0,
        "spoken": 1.5,
        "rate": 1.0,
        "word_error": 0.0,
        "natural": 1.5,
        "used": 0.75,
        "confidence": 0.8,
        "heard": "",
        "flags": [],
    } | told


def figure(code: str, value: float | None, unit: str, **told: Any) -> dict[str, Any]:
    """A figure as the API sends it."""
    return {"code": code, "value": value, "unit": unit, "of": None, "good": None, "language": ""} | told


def made_up(count: int) -> dict[str, Any]:
    """A film's report with everything in it: some lines too fast, unclear, unsure, some not measured."""
    chance = random.Random(count)
    lines, first = [], 100
    for number in range(count):
        rate = round(chance.lognormvariate(0.02, 0.13) * (1.4 if chance.random() < 0.03 else 1), 3)
        error = 0.0 if chance.random() < 0.6 else round(min(1.0, chance.expovariate(9)), 3)
        trust = round(min(1.0, max(0.05, chance.gauss(0.8, 0.14))), 3)
        slot = round(chance.uniform(0.8, 5), 3)
        used = min(1.0, chance.uniform(0.55, 1.15))
        flags = [("too-fast", rate > 1.335), ("unclear", error > 0.34), ("low-confidence", trust < 0.5)]
        told = {
            "character": chance.choice(list(WHO)),
            "slot": slot,
            "spoken": round(slot * used, 3),
            "used": round(used, 4),
            "rate": rate,
            "word_error": error,
            "confidence": trust,
            "flags": [{"code": code, "message": f"about {code}"} for code, so in flags if so],
        }
        if number % 20 == 7:
            told |= {"spoken": None, "used": None, "rate": None, "word_error": None}
        lines.append(line(number, first, **told))
        first += 40 + chance.randint(4, 120)
    return {
        "present": True,
        "film": "The Night Reels: è/1",
        "languages": ["en", "it"],
        "lines": lines,
        "figures": [
            figure("in-slot", count - 3, "lines", of=count, good=False),
            figure("flagged", sum(bool(each["flags"]) for each in lines), "lines", of=count, good=False),
            figure("word-error", 0.046, "ratio", of=count - 3, good=True),
            figure("loudness", -23.1, "LUFS", good=True),
            figure("true-peak", None, "dBTP"),
            figure("subtitles", 0, "rules", of=count, good=True, language="en"),
            figure("subtitles", 17, "rules", of=count, good=False, language="it"),
        ],
        "files": [{"role": "film", "path": "night.it.mp4"}, {"role": "webvtt.it", "path": "night.it.vtt"}],
        "mix": {
            "integrated": -23.1,
            "true_peak": None,
            "gain_db": 2.0,
            "limited_db": 0.4,
            "target": -23,
            "ceiling": -1.5,
            "note": "",
        },
        "subtitles": [
            {"language": "en", "cues": count, "violations": []},
            {
                "language": "it",
                "cues": count,
                "violations": [{"rule": "reading-speed", "count": 12}, {"rule": "gap", "count": 5}],
            },
        ],
        "notes": ["the translation at 12.20 s belongs to no line: «Sì»"],
        "limits": {"slowest": 0.77, "fastest": 1.33, "word_error": 0.12, "confidence": 0.5},
        "detected_language": None,
        "problem": "",
    }


@pytest.fixture
def alone(small: tuple[Served, Any]) -> Iterator[Watched]:
    """A page of the studio's own origin, under the studio's own policy, with nothing on it yet."""
    served, context = small
    watched = watch(context)
    page = watched.page
    policy = context.request.get(f"{served.origin}/static/theme.css").headers["content-security-policy"]
    headers = {"content-type": "text/html", "content-security-policy": policy}
    page.route("**/report-alone", lambda route: route.fulfill(body=PAGE, headers=headers))
    page.goto(f"{served.origin}/report-alone")
    yield watched
    page.close()
    assert watched.said == []
    assert [url for url in watched.requests if not url.startswith((served.origin, "blob:"))] == []


def show(
    watched: Watched,
    report: dict[str, Any],
    theme: str = "dark",
    language: str = "en",
    size: tuple[int, int] = (1280, 800),
) -> Any:
    """The page with this report on it."""
    watched.page.set_viewport_size({"width": size[0], "height": size[1]})
    watched.page.evaluate(SHOW, [report, WHO, theme, language])
    return watched.page


def plot(page: Any, name: str) -> Any:
    """The plot over film time of a measure."""
    return page.locator(f"[data-plot='{name}'] ciak-plot").first


def saved(page: Any, of: Any, kind: str) -> tuple[str, bytes]:
    """Name and bytes of what its menu saves."""
    menu = of.locator(".save button[aria-expanded]")
    if menu.get_attribute("aria-expanded") == "false":
        menu.click()
    with page.expect_download() as told:
        of.locator(f"[data-kind={kind}]").click()
    return told.value.suggested_filename, Path(told.value.path()).read_bytes()


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("language", ["en", "it"])
def test_both_languages_and_themes(alone: Watched, theme: str, language: str) -> None:
    SCREENS.mkdir(exist_ok=True)
    for width, height in ((1920, 1080), (1280, 800)):
        page = show(alone, made_up(400), theme, language, (width, height))
        page.wait_for_timeout(200)
        page.screenshot(path=str(SCREENS / f"report-{language}-{theme}-{width}.png"))
        assert page.evaluate("report.page.scrollWidth <= report.page.clientWidth"), "nothing is pushed off the page"
        assert page.evaluate(f"() => {{ {CONTRAST} }}") == []
        assert page.evaluate(f"() => {{ {SMALL} }}") == []
        page.evaluate("report.page.scrollTop = report.table.offsetTop - 24")
        page.wait_for_timeout(200)
        assert page.evaluate("[...report.lines.list.querySelectorAll('.none')].length") > 0
        cut = "[...report.lines.list.querySelectorAll('.none')].filter((cell) => cell.scrollWidth > cell.clientWidth)"
        assert page.evaluate(f"{cut}.length") == 0, "not measured is said in full"
        page.screenshot(path=str(SCREENS / f"report-lines-{language}-{theme}-{width}.png"))
        assert page.evaluate(f"() => {{ {CONTRAST} }}") == []
    title = {"en": "Spoken rate", "it": "Ritmo del parlato"}[language]
    assert plot(page, "rate").get_by_role("heading").inner_text() == title
    assert page.get_by_text({"en": "17 breaches", "it": "17 violazioni"}[language]).is_visible()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_is_drawn_can_be_told_from_its_ground(alone: Watched, theme: str) -> None:
    page = show(alone, made_up(100), theme)
    poor = page.evaluate("""() => {
      const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
      const light = (colour) => colour.slice(0, 3).map((value) => value / 255)
        .map((value) => (value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4))
        .reduce((sum, value, at) => sum + value * [.2126, .7152, .0722][at], 0);
      const grounds = [getComputedStyle(document.body).backgroundColor];
      const found = [];
      for (const plot of report.plots.querySelectorAll('ciak-plot')) {
        const band = plot.svg.querySelector('rect:not([fill-opacity])');
        const under = band ? [...grounds, getComputedStyle(band).fill] : grounds;
        for (const node of plot.svg.querySelectorAll('text, [data-points]')) {
          const style = getComputedStyle(node);
          const paint = style.fill === 'none' ? style.stroke : style.fill;
          const opacity = Number(style.fillOpacity);
          for (const ground of under) {
            const seen = rgb(paint).map((value, at) => value * opacity + rgb(ground)[at] * (1 - opacity));
            const [front, back] = [light(seen), light(rgb(ground))];
            const ratio = (Math.max(front, back) + .05) / (Math.min(front, back) + .05);
            const needed = node.localName === 'text' ? 4.5 : 3;
            if (ratio < needed) found.push([node.localName, node.textContent || node.dataset.points, ratio]);
          }
        }
      }
      return found; }""")
    assert poor == []


def test_the_plots_say_what_they_show(alone: Watched) -> None:
    report = made_up(40)
    for number, each in enumerate(report["lines"]):
        each |= {"rate": 1.5 if number < 3 else 0.7 if number == 3 else 1.0, "flags": []}
    report["lines"][0]["flags"] = [{"code": "too-fast", "message": ""}]
    report["lines"][7]["rate"] = report["lines"][27]["rate"] = None
    report["lines"][9]["frames"] = None
    page = show(alone, report)
    rate = plot(page, "rate")
    told = rate.get_by_role("img").first.get_attribute("aria-label")
    assert told == "Spoken rate: 38 values, 0.70 to 1.50 · 4 outside · 1 flagged · 2 not measured"
    drawn = rate.evaluate(
        "(node) => Object.fromEntries([...node.svg.querySelectorAll('[data-count]')].map((path) =>"
        " [path.dataset.points, Number(path.dataset.count)]))"
    )
    assert drawn == {"missing": 2, "inside": 33, "outside": 4, "flagged": 1}, "one line has no place in the film"
    texts = rate.locator("svg text").all_text_contents()
    assert {"natural", "not measured", "0.77", "1.33", "1.50"} <= set(texts)
    lowest = rate.evaluate("""(node) => {
      const box = (name) => node.svg.querySelector(`[data-points=${name}]`).getBBox();
      return [box('missing').y, box('inside').y + box('inside').height, box('outside').y + box('outside').height]; }""")
    assert lowest[0] > max(lowest[1:]), "what was not measured stands on its own row"
    error = plot(page, "word-error").locator("svg text").all_text_contents()
    assert "limit, whole film" in error and any(text.startswith("mean ") for text in error)
    assert page.locator("[data-plot='rate'] ciak-plot").nth(1).get_by_text("3 above").count() == 1


def test_a_plot_of_nothing_measured_says_so(alone: Watched) -> None:
    report = made_up(12)
    for each in report["lines"]:
        each |= {"rate": None, "confidence": None}
    page = show(alone, report)
    assert plot(page, "rate").locator(".told").inner_text() == "not measured"
    assert plot(page, "confidence").count() == 0
    assert page.locator("[data-plot='rate'] ciak-plot").nth(1).is_hidden()
    assert page.get_by_role("columnheader", name="Confidence").count() == 0
    assert page.locator("[data-figure=true-peak]").get_by_text("not measured").is_visible()
    page.evaluate("(told) => { report.report = told; }", report | {"lines": [], "figures": []})
    page.wait_for_timeout(50)
    assert page.locator("ciak-plot").count() == 0 and page.get_by_role("row").count() == 0


def test_values_are_reached_by_keyboard(alone: Watched) -> None:
    report = made_up(40)
    for each in report["lines"]:
        each |= {"rate": 1.0, "flags": []}
    report["lines"][5] |= {"rate": 1.6, "flags": [{"code": "too-fast", "message": ""}], "character": "leo"}
    page = show(alone, report)
    assert plot(page, "rate").locator("[tabindex='0']").count() == 1, "one stop of the tab key"
    points = plot(page, "rate").get_by_role("slider")
    plot(page, "rate").locator(".save button[aria-expanded]").focus()
    page.keyboard.press("Tab")
    assert points.evaluate("(node) => node.getRootNode().activeElement === node")
    assert "1.00" in points.get_attribute("aria-valuetext")
    page.keyboard.press("ArrowDown")
    told = points.get_attribute("aria-valuetext")
    assert "Leo Marsh" in told and "1.60" in told and "Too fast" in told and SAID[0] in told
    label = plot(page, "rate").locator(".label")
    assert label.is_visible() and "1.60" in label.inner_text()
    page.keyboard.press("Enter")
    assert page.evaluate("[clock.frame, chosen]") == [report["lines"][5]["frames"]["first"], ["l0005"]]
    page.keyboard.press("ArrowRight")
    assert points.get_attribute("aria-valuenow") == "7"
    page.keyboard.press("End")
    assert points.get_attribute("aria-valuenow") == points.get_attribute("aria-valuemax") == "40"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    assert points.get_attribute("aria-valuenow") == "1"
    page.keyboard.press("Escape")
    assert label.is_hidden()


def test_the_pointer_shows_a_value_and_a_click_goes_there(alone: Watched) -> None:
    report = made_up(60)
    page = show(alone, report)
    rate = plot(page, "rate")
    rate.scroll_into_view_if_needed()
    for number in (30, 27):
        x, y = rate.evaluate(
            "(node, number) => { const point = node.data.points[number]; node.points.focus();"
            " const ring = node.ring;"
            " const key = (key) => node.points.dispatchEvent(new KeyboardEvent('keydown', { key }));"
            " key('Home'); for (let at = 0; at < number; at += 1) key('ArrowRight');"
            " const box = ring.children[1].getBoundingClientRect(); node.points.blur();"
            " return [box.x + box.width / 2, box.y + box.height / 2]; }",
            number,
        )
        page.mouse.move(x, y)
        expected = report["lines"][number]
        shown = "not measured" if expected["rate"] is None else f"{expected['rate']:.2f}"
        assert rate.locator(".label .value").inner_text() == shown
        page.mouse.click(x, y)
        assert page.evaluate("clock.frame") == expected["frames"]["first"]
        assert page.evaluate("chosen.at(-1)") == expected["id"]
    page.mouse.move(5, 5)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_plots_are_saved(alone: Watched, theme: str) -> None:
    report = made_up(400)
    report["lines"][0] |= {"source": '=HYPERLINK("http://evil.example")', "translation": "+39, «a»\n\u0007@x"}
    page = show(alone, report, theme)
    rate = plot(page, "rate")
    name, data = saved(page, rate, "svg")
    assert name == "The-Night-Reels-è-1-rate-it.svg"
    root = ET.fromstring(data)
    assert root.tag == f"{SVG}svg" and float(root.get("width", "0")) >= 720
    assert "var(" not in data.decode() and "style" not in {key for node in root.iter() for key in node.attrib}
    paper = root.find(f"{SVG}rect")
    assert paper is not None and paper.get("fill") == {"dark": "rgb(18, 18, 18)", "light": "rgb(255, 255, 255)"}[theme]
    assert "Hanken Grotesk" in root.get("font-family", "")
    assert "Spoken rate" in [node.text for node in root.iter(f"{SVG}text")]
    paints = {node.get(name) for node in root.iter() for name in ("fill", "stroke")} - {None, "none"}
    assert all(str(paint).startswith("rgb(") for paint in paints)
    assert root.find(f".//{SVG}*[@data-playhead]") is None
    name, data = saved(page, rate, "png")
    assert name.endswith(".png") and data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (2 * int(root.get("width", "0")), 2 * int(root.get("height", "0")))
    assert len(data) > 5000, "something is drawn on it"
    name, data = saved(page, rate, "csv")
    assert name.endswith(".csv") and data.startswith(b"\xef\xbb\xbf") and data.count(b"\r\n") == 401
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert list(rows[0]) == ["loop", "character", "in", "frame", "rate", "flags", "source", "translation"]
    assert [row["rate"] for row in rows] == [
        "" if each["rate"] is None else f"{each['rate']:g}" for each in report["lines"]
    ]
    assert rows[0]["source"] == '\'=HYPERLINK("http://evil.example")' and rows[0]["translation"] == "'+39, «a»\n@x"
    assert rows[0]["in"] == "01:00:04:04" and rows[1]["translation"] == report["lines"][1]["translation"]
    spread = page.locator("[data-plot='rate'] ciak-plot").nth(1)
    for kind in ("svg", "png", "csv"):
        assert saved(page, spread, kind)[0] == f"The-Night-Reels-è-1-rate-spread-it.{kind}"


def test_no_cell_is_a_formula(alone: Watched) -> None:
    """The same rule as the dialogue list's."""
    from ciak.formats.dialogue_list import guarded

    cells = [
        "=1",
        "+1",
        "-1",
        "@x",
        "\t=",
        "\rx",
        "  =1",
        "'=1",
        "''+",
        "'tis",
        "=",
        "＝1",
        "－",
        "a=1",
        '"x",\n',
        "\x1b=1",
        "",
        "x\u00a0",
    ]
    found = alone.page.evaluate(
        "async (cells) => { const { csv } = await import('/static/ui/plot-save.js');"
        " return csv(cells.map((cell) => [cell])); }",
        cells,
    )
    read = [
        row[0] if row else "" for row in csv.reader(io.StringIO(found.removeprefix("\ufeff"), newline=""), strict=True)
    ]
    assert read == [guarded(cell) for cell in cells]


def test_a_long_film_is_drawn_at_once_and_stays_small(alone: Watched) -> None:
    page = show(alone, made_up(2000))
    times = page.evaluate("""() => {
      const spent = [];
      for (const plot of report.plots.querySelectorAll('ciak-plot')) {
        const begun = performance.now();
        plot.data = { ...plot.data };
        plot.update(new Set(['data']));
        plot.svg.getBoundingClientRect();
        spent.push(performance.now() - begun);
      }
      return spent; }""")
    print("drawing 2,000 values, ms:", [round(time) for time in times])
    assert min(times) < 100 and sum(times) / len(times) < 100
    for count in (300, 2000):
        page = show(alone, made_up(count))
        nodes = page.evaluate(
            "[...report.plots.querySelectorAll('ciak-plot')]"
            ".map((plot) => plot.shadowRoot.querySelectorAll('*').length)"
        )
        assert max(nodes) <= 60, nodes
    rows = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        page.evaluate("(share) => { report.page.scrollTop = share * report.page.scrollHeight; }", share)
        page.wait_for_timeout(100)
        rows.append(page.evaluate("report.lines.list.querySelectorAll('.line').length"))
    assert max(rows) <= 60 and rows[2] > 10, rows
    show(alone, made_up(2000), size=(1920, 1080))
    page.evaluate("report.page.scrollTop = report.page.scrollHeight / 2")
    page.wait_for_timeout(100)
    assert 20 < page.evaluate("report.lines.list.querySelectorAll('.line').length") <= 60


def test_the_list_is_sorted_filtered_and_walked(alone: Watched) -> None:
    report = made_up(400)
    report["lines"][300] |= {"rate": 2.5, "flags": [{"code": "too-fast", "message": "m"}], "character": "nina"}
    page = show(alone, report)

    def column(name: str, count: int = 8) -> list[str]:
        found: list[str] = page.evaluate(
            "([name, count]) => [...report.lines.list.querySelectorAll('.line')].slice(0, count)"
            ".map((row) => row.querySelector(`.c-${name}`).innerText)",
            [name, count],
        )
        return found

    page.evaluate("report.page.scrollTop = report.table.offsetTop")
    page.wait_for_timeout(100)
    assert column("line") == sorted(column("line"))
    page.get_by_role("columnheader", name="Rate").get_by_role("button").click()
    assert page.get_by_role("columnheader", name="Rate").get_attribute("aria-sort") == "descending"
    assert column("rate", 1) == ["2.50"]
    rates = [float(text) for text in column("rate")]
    assert rates == sorted(rates, reverse=True)
    page.get_by_role("columnheader", name="Rate").get_by_role("button").click()
    rates = [float(text) for text in column("rate")]
    assert rates == sorted(rates), "what was not measured stands last"
    page.get_by_role("button", name="Problems first").click()
    assert all(column("flags", 5))
    page.get_by_role("combobox", name="Character").select_option("nina")
    assert set(column("character")) == {"Nina"}
    counted = sum(each["character"] == "nina" for each in report["lines"])
    assert page.get_by_role("heading", name=f"{counted} lines").is_visible()
    first = page.get_by_role("row").nth(1)
    label = first.get_by_role("button").inner_text()
    first.click()
    assert page.evaluate("clock.base.label(clock.frame)") == label
    assert first.get_attribute("aria-current") == "true"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.evaluate("chosen.length") == 2
    assert page.evaluate("report.lines.list.querySelector('[aria-current]').dataset.index") == "1"
    page.keyboard.press("End")
    page.wait_for_timeout(100)
    assert page.evaluate("report.lines.shadowRoot.activeElement.closest('.line').getAttribute('aria-rowindex')") == str(
        counted + 1
    )
    seen = page.evaluate("""() => { const row = report.lines.shadowRoot.activeElement.getBoundingClientRect();
      const box = report.page.getBoundingClientRect(); return row.top >= box.top && row.bottom <= box.bottom; }""")
    assert seen, "the list scrolls with the page"
    page.keyboard.press("Home")
    page.wait_for_timeout(100)
    assert page.evaluate("report.lines.list.querySelectorAll('.line')[0].dataset.index") == "0"


def test_hostile_texts_are_texts(alone: Watched) -> None:
    payload = (
        '<img src=http://evil.example/x onerror="window.harmed = 1"><script>window.harmed = 1</script>&amp;{count}'
    )
    report = made_up(12)
    report |= {
        "film": payload,
        "languages": [payload],
        "notes": [payload],
        "files": [{"role": payload, "path": payload}],
        "subtitles": [{"language": payload, "cues": 1, "violations": [{"rule": payload, "count": 1}]}],
    }
    report["mix"]["note"] = payload
    report["figures"][-1]["language"] = payload
    for number, each in enumerate(report["lines"]):
        each |= {
            "id": payload,
            "character": payload,
            "source": payload,
            "translation": payload if number % 2 else "مرحبا \u202e\u0000\ufffe",
            "flags": [{"code": payload, "message": payload}],
        }
    page = show(alone, report)
    plot(page, "rate").get_by_role("slider").focus()
    page.keyboard.press("End")
    assert payload in plot(page, "rate").locator(".label").inner_text()
    for kind in ("svg", "png", "csv"):
        name, data = saved(page, plot(page, "rate"), kind)
        assert len(name) < 120 and not set(name) & set('<>:"/\\|?*')
        if kind == "svg":
            ET.fromstring(data)
    made = page.evaluate("""() => { const found = new Set();
      const walk = (root) => { for (const node of root.querySelectorAll('*')) {
        found.add(node.localName); if (node.shadowRoot) walk(node.shadowRoot); } };
      walk(document.body); return [...found]; }""")
    assert not {"img", "script", "a", "iframe", "style", "image", "foreignObject"} & set(made)
    assert page.evaluate("window.harmed") is None


def test_the_theme_and_the_playhead_are_followed(alone: Watched) -> None:
    page = show(alone, made_up(40), "dark")
    colour = "getComputedStyle(report.plots.querySelector('ciak-plot').svg.querySelector('[data-points=inside]')).fill"
    before = page.evaluate(colour)
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    assert page.evaluate(colour) != before
    move = "report.plots.querySelector('ciak-plot').playhead.getAttribute('transform')"
    before = page.evaluate(move)
    page.evaluate("clock.seek(2000)")
    assert page.evaluate(move) != before
    ends = page.evaluate("""async () => { const plot = report.plots.querySelector('ciak-plot');
      const before = plot.data.end; clock.frames = 90000; clock.dispatchEvent(new Event('state'));
      await new Promise((resolve) => setTimeout(resolve, 50)); return [before, plot.data.end]; }""")
    assert ends[0] < ends[1] == 90000


def test_a_narrow_place_scrolls(alone: Watched) -> None:
    page = show(alone, made_up(40), size=(1280, 800))
    for width, height in ((1210, 500), (1190, 500), (910, 500), (900, 240), (690, 400), (520, 400)):
        page.evaluate(
            "([width, height]) => Object.assign(report.style,"
            " { inset: '0 auto auto 0', width: `${width}px`, height: `${height}px` })",
            [width, height],
        )
        page.wait_for_timeout(150)
        page.screenshot(path=str(SCREENS / f"report-narrow-{width}.png"))
        assert page.evaluate(
            "report.page.scrollWidth <= report.page.clientWidth && report.page.scrollHeight > report.page.clientHeight"
        )
    page.evaluate("report.notice = { key: 'notice.no-report' }")
    page.wait_for_timeout(50)
    assert page.get_by_text("No report yet").is_visible() and page.locator("ciak-plot").first.is_hidden()
