"""Byte ranges of a file, sent block by block. One range a request; the gateway has refused every other form."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

__all__ = ["RangeResponse", "wanted"]

_BLOCK = 1 << 19
_ONE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


def wanted(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last that a ``Range`` header asks of ``size`` bytes (RFC 9110, 14.1.2).

    The whole file for no header; None when the range cannot be satisfied.
    """
    if header is None:
        return 0, size
    match = _ONE.fullmatch(header)
    if not match or header == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        return (max(0, size - int(last)), size) if int(last) and size else None
    end = min(int(last) + 1, size) if last else size
    return (int(first), end) if int(first) < end else None


class RangeResponse(Response):
    """Sends an open file, or the range of it that was asked for, and closes it whatever happens."""

    def __init__(self, handle: BinaryIO, *, asked: str | None, media_type: str, etag: str,
                 turn: Callable[[], Awaitable[None]]) -> None:
        """``turn`` is waited for before each block."""
        self._handle = handle
        self._turn = turn
        size = os.fstat(handle.fileno()).st_size
        self._span = wanted(asked, size)
        headers = {"accept-ranges": "bytes", "etag": f'"{etag}"', "cache-control": "private, max-age=3600"}
        status = 206 if asked else 200
        if self._span is None:
            status, headers["content-range"], headers["content-length"] = 416, f"bytes */{size}", "0"
        else:
            first, end = self._span
            headers["content-length"] = str(end - first)
            if asked:
                headers["content-range"] = f"bytes {first}-{end - 1}/{size}"
        super().__init__(status_code=status, headers=headers, media_type=media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the range; stop reading as soon as the browser has gone."""
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            at, end = self._span or (0, 0)
            if at == end:
                await send({"type": "http.response.body", "body": b""})
            await run_in_threadpool(self._handle.seek, at)
            while at < end and not gone.done():
                await self._turn()
                block = await run_in_threadpool(self._handle.read, min(_BLOCK, end - at))
                if not block:
                    break
                at += len(block)
                await send({"type": "http.response.body", "body": block, "more_body": at < end})
        finally:
            gone.cancel()
            self._handle.close()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
