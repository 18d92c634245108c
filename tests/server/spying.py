"""Stands where the application stands, to see what gets past the gateway."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse

WRITES = ("POST", "PUT", "PATCH", "DELETE")


class Spy:
    """Stands where the application stands, and counts who gets there."""

    def __init__(self) -> None:
        self.reached: list[str] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.reached.append(scope["path"])
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        if scope["method"] in WRITES:
            self.bodies.append((await receive())["body"])
        await JSONResponse({"reached": True})(scope, receive, send)
