"""A client for ASGI applications that may say anything: no header is added, corrected or left out.

Every JSON answer of a studio is held against the schema that its own OpenAPI document states for it.
"""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from fastapi import FastAPI
from tests.server.contract import check

from ciak.server.studio import Gateway
from ciak.server.studio.keys import key_of

PORT = 8123
HOST = f"127.0.0.1:{PORT}"
JSON = {"origin": f"http://{HOST}", "content-type": "application/json"}
BYTES = {"origin": f"http://{HOST}", "content-type": "application/octet-stream"}
_LOOP = asyncio.new_event_loop()
threading.Thread(target=lambda: _LOOP.run_until_complete(asyncio.Event().wait()), daemon=True).start()


def of(film: Path, rest: str = "") -> str:
    """The address of something of a film: ``of(film, "dialogue/it")``."""
    return f"/api/v1/films/{key_of(film)}" + (f"/{rest}" if rest else "")


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


def ask(
    app: Any,
    path: str = "/",
    *,
    method: str = "GET",
    headers: dict[str, str] | list[tuple[str, str]] | None = None,
    body: bytes = b"",
    raw: bool = False,
    kind: str = "http",
    until: bytes = b"",
) -> Answer:
    """Send one request. ``path`` may have a query; ``raw``: it is not percent-decoded; ``until``: the client leaves
    when the body has these bytes."""
    path, _, query = path.partition("?")
    pairs = list(headers.items() if isinstance(headers, dict) else headers or [])
    scope = {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "ws" if kind == "websocket" else "http",
        "path": path if raw else unquote(path),
        "raw_path": path.encode("utf-8", "surrogatepass"),
        "query_string": query.encode("utf-8", "surrogatepass"),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in pairs],
        "client": ("127.0.0.1", 5),
        "server": ("127.0.0.1", PORT),
    }
    if kind == "websocket":
        del scope["method"]
        scope["subprotocols"] = []
    answer = Answer()

    async def run() -> None:
        gone = asyncio.Event()
        sent = [
            {"type": "websocket.connect"}
            if kind == "websocket"
            else {"type": "http.request", "body": body, "more_body": False}
        ]

        async def receive() -> dict[str, Any]:
            if sent:
                return sent.pop(0)
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {name.decode().lower(): value.decode("latin-1") for name, value in message["headers"]}
            elif message["type"] == "http.response.body":
                answer.body += message.get("body", b"")
                if until and until in answer.body:
                    gone.set()
            elif message["type"] == "websocket.close":
                answer.status = 403
            elif message["type"] == "websocket.accept":
                answer.status = 101

        await app(scope, receive, send)

    asyncio.run_coroutine_threadsafe(asyncio.wait_for(run(), 60), _LOOP).result()
    if kind == "http" and isinstance(app, Gateway) and isinstance(app._app, FastAPI):
        check(app, method, str(scope["path"]), answer.status, answer.headers, answer.body)
    return answer


@dataclass
class Page:
    """A browser that has our page open: it sends its cookie, its origin and JSON."""

    app: Any
    known: dict[str, str]

    def get(self, path: str, **more: Any) -> Answer:
        """Read."""
        return ask(self.app, path, headers=self.known, **more)

    def post(self, path: str, body: object = None, method: str = "POST") -> Answer:
        """Change something; ``body`` becomes JSON unless it is bytes."""
        data = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        return ask(self.app, path, method=method, headers=self.known | JSON, body=data)

    def delete(self, path: str) -> Answer:
        """Take away."""
        return self.post(path, method="DELETE")

    def put(self, path: str, data: bytes) -> Answer:
        """Send bytes."""
        return ask(self.app, path, method="PUT", headers=self.known | BYTES, body=data)
