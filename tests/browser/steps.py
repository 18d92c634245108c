"""What people do at the desk and what they see of it, for the tests that drive it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.browser.conftest import Watched
from tests.server.small_film import RATE, SQUARE, WIDTH

from ciak.film import Loop
from ciak.project import Film

READ_FRAME = f"""
const video = studio.picture.video;
const canvas = document.createElement('canvas');
canvas.width = video.videoWidth; canvas.height = video.videoHeight;
const draw = canvas.getContext('2d', {{ willReadFrequently: true }});
draw.drawImage(video, 0, 0);
const square = canvas.width / {WIDTH} * {SQUARE};
let number = 0;
for (let bit = 0; bit < 16; bit += 1) {{
  const light = draw.getImageData((bit + .5) * square, square / 2, 1, 1).data[0];
  if (light > 128) number |= 1 << bit;
}}
"""
STILL = """
for (;;) {
  if (!clock.loading && !studio.picture.video.seeking && clock.shown === clock.frame) break;
  await new Promise((resolve) => setTimeout(resolve, 10));
}
"""


def shown(watched: Watched) -> int:
    """The number burnt into what the player shows, once it stands still."""
    return int(watched.js(STILL + READ_FRAME + "return number;"))


def row(watched: Watched, text: str) -> Any:
    """The line that says ``text``."""
    return watched.page.locator("ciak-lines .row").filter(has_text=text)


def field(watched: Watched) -> Any:
    """Where the words of a line are typed."""
    return watched.page.locator("ciak-lines textarea")


def saved(watched: Watched, does: Any) -> None:
    """Do something, and wait until the page has it saved."""
    watched.js(
        "window.savings ??= 0; if (!window.hears) state.addEventListener('saved', () => { window.savings += 1; });"
        " window.hears = true; window.before = window.savings;"
    )
    does()
    watched.until("window.savings > window.before")


def on_disk(film: Film | Path, language: str = "it") -> dict[str, Loop]:
    """The lines of a language as the film folder has them now."""
    dialogue = Film.open(film.path if isinstance(film, Film) else film).dialogue(language)
    assert dialogue is not None
    return {loop.id: loop for loop in dialogue.loops}


def frames(loop: Loop) -> tuple[int, int]:
    """First frame and end of a line."""
    return RATE.nearest_frame(loop.span.start), RATE.nearest_frame(loop.span.end)


def point(watched: Watched, frame: float, lane: str = "") -> tuple[float, float]:
    """Where the middle of a frame is on a lane of the strip; without a lane: on the ruler."""
    x, y = watched.js(
        "const { strip } = studio; let canvas = strip.rule;"
        "if (argument.lane) { const row = [...strip.body.children].find((node) => node.lane.id === argument.lane);"
        " row.scrollIntoView({ block: 'nearest' });"
        " while (!(canvas = row.querySelector('canvas'))) await new Promise(requestAnimationFrame); }"
        "const box = canvas.getBoundingClientRect();"
        "return [box.left + strip.view.x(argument.frame + .5), box.top + box.height / 2];",
        {"lane": lane, "frame": frame},
    )
    return float(x), float(y)


def drag(
    watched: Watched, lane: str, start: float, end: float, *, keys: tuple[str, ...] = (), drop: bool = True
) -> None:
    """Press on a lane at one frame, draw to another, let go."""
    x, y = point(watched, start, lane)
    to, _ = point(watched, end, lane)
    mouse = watched.page.mouse
    mouse.move(x, y)
    mouse.down()
    for key in keys:
        watched.page.keyboard.down(key)
    mouse.move((x + to) / 2, y)
    mouse.move(to, y)
    if drop:
        mouse.up()
    for key in keys:
        watched.page.keyboard.up(key)


def dropped(watched: Watched, on: str, name: str, data: bytes, kind: str = "video/mp4") -> None:
    """Let a file fall on an element, as a hand from another window would."""
    import base64

    watched.js(
        "const bytes = Uint8Array.from(atob(argument.data), (sign) => sign.charCodeAt(0));"
        "const file = new File([bytes], argument.name, { type: argument.kind });"
        "const carried = new DataTransfer(); carried.items.add(file);"
        "for (const type of ['dragover', 'drop']) studio[argument.on].dispatchEvent("
        "new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true, composed: true }));",
        {"on": on, "name": name, "kind": kind, "data": base64.b64encode(data).decode()},
    )
