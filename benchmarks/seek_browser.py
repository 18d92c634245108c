"""F8, the browser's part: does headless Chromium show the requested frame of a proxy?

Proxies of the films of ``drawn_films`` are served with byte ranges on a free local port. A page sets
``currentTime = (n + 0.5) / rate``, waits until the seek has ended and the frame is presented
(``requestVideoFrameCallback``), draws it on a canvas and reads the burnt-in number. 1,000 random frames.
"""

from __future__ import annotations

import functools
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ciak.media import make_proxy
from drawn_films import SEED, asked, plans, sources
from figures import Figure, parser, record
from seek_decoder import expected

REQUESTS = 1000
BROWSER = "/usr/bin/chromium"
PAGE = """<!doctype html><meta charset=utf-8><video id=v muted playsinline preload=auto></video>
<script>
const video = document.getElementById('v'), canvas = document.createElement('canvas');
const pen = canvas.getContext('2d', {willReadFrequently: true});
function load(url) {
  return new Promise((done, failed) => {
    video.onloadeddata = () => done([video.videoWidth, video.videoHeight, video.duration]);
    video.onerror = () => failed(new Error(video.error.message));
    video.src = url; video.load();
  });
}
function number() {
  const wide = canvas.width = video.videoWidth, high = canvas.height = video.videoHeight;
  pen.drawImage(video, 0, 0);
  const mean = (left, right, top, bottom) => {
    const w = Math.max(1, right - left), h = Math.max(1, bottom - top);
    const data = pen.getImageData(left, top, w, h).data;
    let sum = 0;
    for (let i = 0; i < data.length; i += 4) sum += data[i] + data[i + 1] + data[i + 2];
    return sum / (w * h * 3);
  };
  let value = 0;
  for (let bit = 0; bit < 16; bit++) {
    const left = Math.floor((bit + .3) * wide / 16), right = Math.floor((bit + .7) * wide / 16);
    const upper = mean(left, right, Math.floor(high / 36), Math.floor(high / 12));
    const lower = mean(left, right, Math.floor(high * 5 / 36), Math.floor(high * 7 / 36));
    if (Math.abs(upper - lower) < 60) return null;
    value = value * 2 + (upper > lower ? 1 : 0);
  }
  return value;
}
function shown(time) {
  return new Promise(done => {
    let sought = false, presented = false;
    const finish = () => { if (sought && presented) done(number()); };
    const still = setTimeout(() => { presented = true; finish(); }, 400);
    video.requestVideoFrameCallback(() => { presented = true; clearTimeout(still); finish(); });
    video.addEventListener('seeked', () => { sought = true; finish(); }, {once: true});
    video.currentTime = time;
  });
}
async function all(times) { const seen = []; for (const time of times) seen.push(await shown(time)); return seen; }
</script>"""


class Ranges(SimpleHTTPRequestHandler):
    """Serves files, in pieces when a piece is asked for: what a browser needs to seek."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        asked_for = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        first, last = 0, len(data) - 1
        if asked_for:
            first, last = int(asked_for[1]), min(last, int(asked_for[2] or last))
        self.send_response(206 if asked_for else 200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(last - first + 1))
        if asked_for:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        self.end_headers()
        try:
            self.wfile.write(data[first:last + 1])
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address under which the folder's files are."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Ranges, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def main() -> int:
    few = parser(__doc__).parse_args().few
    from playwright.sync_api import sync_playwright

    each = -(-(few or REQUESTS) // len(plans()))
    hits: list[bool] = []
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as address, sync_playwright() as player:
        folder = Path(name)
        (folder / "page.html").write_text(PAGE)
        browser = player.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        version = browser.version
        page = browser.new_page()
        page.goto(f"{address}/page.html")
        for source in sources(folder):
            plan, proxy = plans()[source.name], folder / f"{source.stem}.proxy.mp4"
            frame_map = make_proxy(source, proxy, height=180)
            page.evaluate("url => load(url)", f"{address}/{proxy.name}")
            order = asked(f"{source.name} browser", len(frame_map.source), each)
            times = [float((2 * n + 1) / (2 * frame_map.rate.fps)) for n in order]
            for n, shown in zip(order, page.evaluate("times => all(times)", times), strict=True):
                wanted = expected(plan, n, frame_map.rate.fps)
                hits.append(shown == wanted)
                if shown != wanted:
                    wrong.append(f"{source.name} {n}: {shown}, not {wanted}")
        browser.close()
    figure = Figure("F8", "requested frame = shown frame, browser on proxy", sum(hits) / len(hits), "1", all(hits),
                    details={"requests": len(hits), "wrong": wrong[:20]})
    return record("seek_browser", [figure], judge={"seed": SEED, "browser": version, "films": list(plans())},
                  keep=not few)


if __name__ == "__main__":
    sys.exit(main())
