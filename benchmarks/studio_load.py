"""Twenty clients that ask the studio for what its pages ask for, five times a second each, on connections kept alive.

When each request shall go out is fixed beforehand; a client whose last answer is late sends late, and the wait counts:
latency is measured from the intended moment to the last byte of the answer (no coordinated omission). Each of the ten
kinds of request is as likely as any other; every answer must be 200. Beforehand each paper is asked for once, as the
page that opens does, one after the other: what that takes is told apart (``first``).
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from figures import SEED

__all__ = ["CLIENTS", "RATE", "Heard", "load", "quantile"]

CLIENTS, RATE = 20, 5
"""Clients, and requests a second of each."""


@dataclass
class Heard:
    """Milliseconds of each request by kind, the status codes, and the bytes that came."""

    milliseconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    served: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """The same from the moment at which the request really went out."""
    statuses: Counter[int] = field(default_factory=Counter)
    size: int = 0
    first: dict[str, float] = field(default_factory=dict)
    """Milliseconds of the very first answer, by path."""

    @property
    def all(self) -> list[float]:
        """Every latency."""
        return [one for many in self.milliseconds.values() for one in many]


def quantile(values: list[float], share: float) -> float:
    """The value below which ``share`` of them lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def load(origin: str, cookie: str, key: str, shots: dict[str, Any], length: float, seconds: float) -> Heard:
    """Ask for ``seconds``. ``shots``: what the studio tells of the film's pictures and sounds; ``length``: seconds."""
    heard = Heard()
    place = urlsplit(origin)
    head = f"Host: {place.netloc}\r\nCookie: {cookie}\r\nAccept: application/json\r\nSec-Fetch-Site: same-origin\r\n"
    rng = random.Random(SEED)
    base = f"/api/v1/films/{key}"

    def asked() -> tuple[str, str]:
        kind = rng.choice(("film", "dialogue", "subtitles", "shots", "cast", "report", "activity", "undo", "peaks",
                           "thumbnails"))
        language = rng.choice(("en", "it"))
        if kind == "film":
            return kind, base
        if kind in ("dialogue", "subtitles"):
            return kind, f"{base}/{kind}/{language}"
        if kind == "peaks":
            sound, version = rng.choice(sorted(shots["sounds"].items()))
            step = 2.0 ** rng.randint(-4, 6)  # frames of a bin, as the strip asks at its zooms, 1,024 bins a tile
            tile = 1024 * step / 24
            start = rng.randrange(max(1, int(length / tile))) * tile
            return kind, f"{base}/peaks/{sound}?start={start}&end={start + tile}&width=1024&v={version}"
        if kind == "thumbnails":
            return kind, f"{base}/thumbnails/{rng.randrange(len(shots['pictures']))}?v={shots['version']}"
        return kind, f"{base}/{kind}"

    plans = [[asked() for _ in range(round(seconds * RATE))] for _ in range(CLIENTS)]

    async def client(number: int, began: float) -> None:
        reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=1 << 24)
        for turn, (kind, path) in enumerate(plans[number]):
            intended = began + turn / RATE + number / (RATE * CLIENTS)
            if (wait := intended - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            sent = time.perf_counter()
            writer.write(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
            status, size = await _answer(reader)
            ended = time.perf_counter()
            heard.milliseconds[kind].append((ended - intended) * 1000)
            heard.served[kind].append((ended - sent) * 1000)
            heard.statuses[status] += 1
            heard.size += size
        writer.close()

    async def alone() -> None:
        reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=1 << 24)
        for path in ("", "/dialogue/en", "/dialogue/it", "/subtitles/en", "/subtitles/it", "/shots", "/cast", "/report",
                     "/activity", "/undo"):
            sent = time.perf_counter()
            writer.write(f"GET {base}{path} HTTP/1.1\r\n{head}\r\n".encode())
            await _answer(reader)
            heard.first[path] = (time.perf_counter() - sent) * 1000
        writer.close()

    async def together() -> None:
        await alone()
        began = time.perf_counter() + 0.5
        await asyncio.gather(*(client(number, began) for number in range(CLIENTS)))

    asyncio.run(together())
    return heard


async def _answer(reader: asyncio.StreamReader) -> tuple[int, int]:
    """Status and bytes of one answer, read to its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")), None)
    if length is None:
        raise RuntimeError(f"an answer {status} without a length")
    return status, len(await reader.readexactly(length))
