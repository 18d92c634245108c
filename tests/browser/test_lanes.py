"""The lane protocol: what strip/lane.js promises to anybody who brings a lane of their own."""

from __future__ import annotations

import pytest
from tests.browser.conftest import Watched
from tests.browser.steps import drag, point

from ciak.project import Film

pytestmark = pytest.mark.browser
ADD = """
const { Lane } = await import('/static/strip/lane.js');
class Cues extends Lane {
  id = 'cues';
  height = 24;
  focusable = true;
  told = [];
  placed = [];
  painted = 0;
  #events = [
    { id: 'cue-1', first: 20, end: 60, text: 'Rain theme' },
    { id: 'cue-2', first: 140, end: 190, text: 'Chase', fixed: true },
  ];
  label() { return 'Music'; }
  describe(event) { return `cue ${event.text}`; }
  get events() { return this.#events; }
  grips(event) { return event.fixed ? [] : ['move', 'end']; }
  place(event, first, end) {
    this.placed.push([event.id, first, end]);
    this.#events = this.#events.map((one) => (one.id === event.id ? { ...one, first, end } : one));
    this.changed();
  }
  paint({ draw, view, height, colours, selected, moved }) {
    this.painted += 1;
    for (const event of this.#events) {
      const held = moved?.id === event.id ? moved : event;
      draw.fillStyle = event.id === selected ? colours.accent : colours.good;
      draw.fillRect(view.x(held.first), 2, view.x(held.end) - view.x(held.first), height - 4);
    }
  }
}
window.lane = new Cues();
for (const [type, said] of [['select-event', ''], ['open-event', 'open ']]) {
  document.addEventListener(type, ({ detail }) => {
    if (detail.lane === window.lane) window.lane.told.push(`${said}${detail.id}`);
  });
}
studio.strip.lanes = [...studio.strip.lanes, window.lane];
await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
"""
COLOUR = """
const row = [...studio.strip.body.children].find((node) => node.lane === window.lane);
row.scrollIntoView({ block: 'nearest' });
await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
const canvas = row.querySelector('canvas');
const ratio = canvas.width / studio.strip.view.width;
const found = canvas.getContext('2d').getImageData(studio.strip.view.x(argument) * ratio, 12 * ratio, 1, 1).data;
return found[3] > 0;
"""


def test_a_lane_of_another_department_lies_on_the_strip(strip: tuple[Watched, Film]) -> None:
    watched, _ = strip
    watched.js(ADD)
    lane = watched.page.get_by_role("listbox", name="Music")
    assert lane.count() == 1 and lane.get_attribute("tabindex") == "0"
    assert watched.js("return window.lane.painted") >= 1
    assert watched.js(COLOUR, 40) and not watched.js(COLOUR, 100)
    assert watched.js("return [...studio.strip.body.children].at(-1).lane.id") == "cues"
    lane.focus()
    for key, frame in (("ArrowDown", 20), ("ArrowDown", 140), ("ArrowUp", 20)):
        watched.page.keyboard.press(key)
        assert watched.js("return clock.frame") == frame
    assert lane.get_by_role("option").inner_text() == "01:00:00:20 cue Rain theme", "it is announced as it says"
    assert watched.js("return window.lane.told") == ["cue-1", "cue-2", "cue-1"]
    watched.js("state.dispatchEvent(new CustomEvent('change', { detail: new Set(['lines', 'film']) }))")
    watched.page.wait_for_timeout(100)
    assert lane.count() == 1, "it stays when the film's own lanes are laid anew"


def test_its_events_are_dragged_snapped_to_and_placed_by_it(strip: tuple[Watched, Film]) -> None:
    watched, _ = strip
    watched.js(ADD + "clock.seek(100)")
    drag(watched, "cues", 40, 49, keys=("Alt",))
    assert watched.js("return window.lane.placed") == [["cue-1", 29, 69]]
    assert watched.js(COLOUR, 66) and not watched.js(COLOUR, 24), "change() draws it anew"
    drag(watched, "cues", 68.4, 99)
    assert watched.js("return window.lane.placed.at(-1)") == ["cue-1", 29, 100], "its edge snaps to the playhead"
    drag(watched, "cues", 29.2, 10)
    assert watched.js("return window.lane.placed.length") == 3, "no grip at its start: the press moves it"
    assert watched.js("const [, first, end] = window.lane.placed.at(-1); return end - first") == 71
    drag(watched, "cues", 160, 220)
    assert watched.js("return window.lane.placed.length") == 3, "what has no grip stays; the press scrubs"
    assert watched.js("return clock.frame") == 220
    assert watched.js("return studio.strip.snapped(139)") == 140, "others snap to its edges"
    assert watched.js("return studio.strip.snapped(139, null, true)") == 139
    x, y = point(watched, 160, "cues")
    watched.page.mouse.dblclick(x, y)
    assert "open cue-2" in watched.js("return window.lane.told")


def test_a_lane_that_is_taken_away_is_gone(strip: tuple[Watched, Film]) -> None:
    watched, _ = strip
    watched.js(ADD)
    watched.js("studio.strip.lanes = studio.strip.lanes.filter((one) => one !== window.lane)")
    watched.page.get_by_role("listbox", name="Music").wait_for(state="detached")
    painted = watched.js("return window.lane.painted")
    watched.js("window.lane.changed(); await new Promise((r) => setTimeout(r, 80))")
    assert watched.js("return window.lane.painted") == painted, "nobody listens to it"
