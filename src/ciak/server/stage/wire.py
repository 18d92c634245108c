"""The websocket of the hall: each viewer is told what changed on the board since it was told last.

Nothing is queued for a viewer: one that is slow gets the lines as they stand when it is ready again. Viewers say
nothing; one that does is sent away, as is one too many.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from ciak.dubbing.live.board import Board

__all__ = ["SEATS", "Wire"]

SEATS = 500
"""Viewers at a time."""
_POLICY, _FULL, _GOING = 1008, 1013, 1001
"""Codes with which a websocket is closed (RFC 6455, section 7.4.1, and its registry)."""


class Wire:
    """Tells viewers of a board."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bells: set[asyncio.Event] = set()
        board.listen(self._ring)

    @property
    def viewers(self) -> int:
        """How many watch now."""
        return len(self._bells)

    async def serve(self, socket: WebSocket) -> None:
        """One viewer, until it leaves or the session ends."""
        self._loop = asyncio.get_running_loop()
        if len(self._bells) >= SEATS:
            await socket.close(_FULL)
            return
        await socket.accept()
        bell = asyncio.Event()
        bell.set()
        self._bells.add(bell)
        listening = asyncio.create_task(_silence(socket))
        try:
            await self._tell(socket, bell, listening)
        except (WebSocketDisconnect, RuntimeError, OSError):
            pass  # the viewer has left
        finally:
            self._bells.discard(bell)
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

    async def _tell(self, socket: WebSocket, bell: asyncio.Event, listening: asyncio.Task[bool]) -> None:
        version = 0
        while True:
            ringing = asyncio.create_task(bell.wait())
            await asyncio.wait({ringing, listening}, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                ringing.cancel()
                if listening.result():
                    await socket.close(_POLICY)
                return
            bell.clear()
            news = self._board.since(version)
            version = news.version
            for line in news.lines:
                await socket.send_json(line.as_json())
            if news.ended:
                await socket.send_json({"event": "done"})
                await socket.close(_GOING)
                return

    def _ring(self) -> None:
        """From the thread that wrote on the board."""
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the hall is closed
                loop.call_soon_threadsafe(self._ring_all)

    def _ring_all(self) -> None:
        for bell in self._bells:
            bell.set()


async def _silence(socket: WebSocket) -> bool:
    """Wait until the viewer leaves; True when it said something instead."""
    message = await socket.receive()
    return bool(message["type"] == "websocket.receive")
