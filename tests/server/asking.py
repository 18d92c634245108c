"""A client for ASGI applications that may say anything: no header is added, corrected or left out."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

PORT = 8123
HOST = f"127.0.0.1:{PORT}"


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
) -> Answer:
    """Send one request. ``path`` may have a query; ``raw``: it is not percent-decoded."""
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
        "query_string": query.encode(),
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
        sent = [
            {"type": "websocket.connect"}
            if kind == "websocket"
            else {"type": "http.request", "body": body, "more_body": False}
        ]

        async def receive() -> dict[str, Any]:
            if sent:
                return sent.pop(0)
            await asyncio.sleep(3600)
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {name.decode().lower(): value.decode("latin-1") for name, value in message["headers"]}
            elif message["type"] == "http.response.body":
                answer.body += message.get("body", b"")
            elif message["type"] == "websocket.close":
                answer.status = 403
            elif message["type"] == "websocket.accept":
                answer.status = 101

        await app(scope, receive, send)

    asyncio.run(run())
    return answer
