"""The one gateway: every request and every websocket passes here before any route sees it.

It decides on what cannot be forged from a web page or a rebound name: the literal Host, the Origin, the
session cookie, and ``scope["path"]`` (never a URL built from headers). What is odd is refused, never repaired.

Sources: DNS rebinding (CVE-2025-14279), text/plain job starts and forgotten methods (CVE-2026-27482), Host
poisoning of the URL (CVE-2026-48710), quadratic Range headers (CVE-2025-62727). It does not know what the routes
do; it only makes sure that GET and HEAD are the only methods that come without a JSON body.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["BODY_LIMIT", "PIECE_LIMIT", "Door", "Gateway", "Refusal", "closed_page"]

BODY_LIMIT = 1 << 20
"""Bytes of the largest request body that is read."""
PIECE_LIMIT = 8 << 20
"""Bytes of the largest piece of a file that is sent."""

_READS = frozenset({"GET", "HEAD"})
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_JSON = re.compile(r"application/json(;\s*charset=\"?utf-8\"?)?", re.IGNORECASE)
_PIECE = re.compile(r"/api/v1/films/[0-9a-f]{16}/uploads/[0-9a-f]{32}", re.ASCII)
_RANGE = re.compile(r"bytes=(\d{1,15}-\d{0,15}|-\d{1,15})", re.ASCII)
_ODD = re.compile(r"[\x00-\x1f\x7f\\]|(^|/)\.{1,2}(/|$)|//|\A(?!/)")
_ONCE = (b"host", b"origin", b"range", b"content-type", b"content-length", b"cookie", b"sec-fetch-site")

_CSP = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'", "img-src 'self' blob:",
    "media-src 'self' blob:", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
    "form-action 'none'", "require-trusted-types-for 'script'"))
_HEADERS = (
    (b"content-security-policy", _CSP.encode()), (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"), (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"), (b"x-frame-options", b"DENY"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), fullscreen=(self)"))



def closed_page(english: str, italian: str) -> bytes:
    """The page of somebody who has no session: one sentence in each language, which may hold ``<code>``."""
    return (f"<!doctype html><html lang=en><meta charset=utf-8><meta name=color-scheme content='dark light'>"
            f"<title>Ciak</title><h1>Ciak</h1><p>{english}<p lang=it>{italian}</html>").encode()


_PAGE = closed_page(
    "This page opens with the link that <code>ciak studio</code> printed. Each link works once; the newest one stands "
    "in the terminal.",
    "Questa pagina si apre con il collegamento stampato da <code>ciak studio</code>. Ogni collegamento vale una volta; "
    "il pi\u00f9 recente si trova nel terminale.")
_ENTER = (b"<!doctype html><html lang=en><meta charset=utf-8><meta name=color-scheme content='dark light'>"
          b"<meta http-equiv=refresh content='0;url=/'><title>Ciak</title><a href='/'>Ciak</a></html>")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request goes no further: an HTTP status and a stable code."""

    status: int
    code: str


class Door(Protocol):
    """Whom the gateway lets in: the studio's session, or the hall's."""

    port: int

    def exchange(self, token: str) -> str | None:
        """The ``Set-Cookie`` value for the token of a link; None for any other."""
        ...

    def knows(self, cookies: str) -> bool:
        """Whether a ``Cookie`` header carries what was set."""
        ...


class Gateway:
    """ASGI middleware, outermost. ``app`` is reached only by requests that pass every rule.

    ``names``: hosts under which it may be asked for, besides this machine's own; ``secure``: over TLS; ``closed``: the
    page of somebody without a session; ``writes``: whether anything but reading is let through at all.
    """

    def __init__(self, app: ASGIApp, session: Door, *, names: Iterable[str] = (), secure: bool = False,
                 closed: bytes = _PAGE, writes: bool = True) -> None:
        self._app = app
        self._session = session
        self._hosts = frozenset(f"{name}:{session.port}" for name in ("127.0.0.1", "localhost", *names))
        self._scheme = "https" if secure else "http"
        self._closed, self._writes = closed, writes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request or websocket and pass it on, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            if self.judge(scope, scope["headers"]) is None:
                await self._app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
        else:
            await self._request(scope, receive, _Guarded(send, scope["method"]))

    async def _request(self, scope: Scope, receive: Receive, send: _Guarded) -> None:
        refusal = self.judge(scope, scope["headers"])
        if refusal and refusal.code == "no-session" and scope["path"] == "/" and scope["method"] in _READS:
            cookie = self._entering(scope)
            await send.page(200 if cookie else 403, _ENTER if cookie else self._closed, cookie)
            return
        if refusal is None and scope["method"] in _WRITES:
            body = await _whole_body(receive, _limit(scope["method"], scope["path"]))
            if body is not None:
                await self._app(scope, _Replayed(body, receive), send)
                return
            refusal = Refusal(413, "body-too-large")
        if refusal:
            await send.refuse(refusal)
            return
        await self._app(scope, receive, send)

    def _entering(self, scope: Scope) -> str | None:
        """The cookie for a request that carries a fresh link's token."""
        if scope["method"] != "GET" or len(scope["query_string"]) > 200:
            return None
        tokens = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=4).get("token", [])
        return self._session.exchange(tokens[0]) if len(tokens) == 1 else None

    def judge(self, scope: Scope, headers: Iterable[tuple[bytes, bytes]]) -> Refusal | None:
        """The first rule that the request breaks, or None."""
        found = _headers(headers)
        if found is None:
            return Refusal(400, "repeated-header")
        host = found.get("host")
        if host not in self._hosts:
            return Refusal(403, "foreign-host")
        socket = scope["type"] == "websocket"
        if not self._writes and not socket and scope["method"] not in _READS:
            return Refusal(405, "method")
        method = "GET" if socket else scope["method"]
        return (self._origin(found, scope["path"], needed=socket or method not in _READS)
                or _method(method, scope["path"], found)
                or _shape(scope, found, method)
                or (None if self._session.knows(found.get("cookie", "")) else Refusal(403, "no-session")))

    def _origin(self, found: dict[str, str], path: str, *, needed: bool) -> Refusal | None:
        """Only our own pages ask for things; from elsewhere one may at most be led to the first page."""
        origin = found.get("origin")
        if (origin is None and needed) or (origin is not None and origin != f"{self._scheme}://{found['host']}"):
            return Refusal(403, "foreign-origin")
        if found.get("sec-fetch-site", "none") in ("none", "same-origin"):
            return None
        opened = found.get("sec-fetch-mode") == "navigate" and found.get("sec-fetch-dest") == "document"
        return None if opened and path == "/" and not needed else Refusal(403, "foreign-site")


def _headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str] | None:
    """The headers by name, or None when one that decides is there twice."""
    found: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        if key in _ONCE and key.decode() in found:
            return None
        found[key.decode("latin-1")] = value.decode("latin-1")
    return found


def _limit(method: str, path: str) -> int:
    """Bytes that the body of a request may have."""
    if method not in _WRITES:
        return 0
    return PIECE_LIMIT if method == "PUT" and _PIECE.fullmatch(path) else BODY_LIMIT


def _method(method: str, path: str, found: dict[str, str]) -> Refusal | None:
    if method in _READS:
        return None
    if method not in _WRITES:
        return Refusal(405, "method")
    if method == "PUT" and _PIECE.fullmatch(path):
        plain = found.get("content-type", "") == "application/octet-stream"
        return None if plain else Refusal(415, "content-type")
    return None if _JSON.fullmatch(found.get("content-type", "")) else Refusal(415, "content-type")


def _shape(scope: Scope, found: dict[str, str], method: str) -> Refusal | None:
    """Rules about the form of a request: path, range, announced length."""
    if len(scope["path"]) > 1000 or _ODD.search(scope["path"]):
        return Refusal(400, "path")
    if "range" in found and not _RANGE.fullmatch(found["range"]):
        return Refusal(416, "range")
    length = found.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        return Refusal(400, "content-length")
    if len(length) > 12 or int(length) > _limit(method, scope["path"]):
        return Refusal(413, "body-too-large")
    return None


async def _whole_body(receive: Receive, limit: int) -> bytes | None:
    """The request body; None when it is larger than ``limit`` bytes, or when the client left."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)


class _Replayed:
    """A ``receive`` that gives a body read before, then whatever comes after it."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


class _Guarded:
    """A ``send`` that puts the security headers on every answer, whoever wrote it."""

    def __init__(self, send: Send, method: str) -> None:
        self._send = send
        self._head = method == "HEAD"

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = {name for name, _ in _HEADERS}
            kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in ours]
            if not any(name.lower() == b"cache-control" for name, _ in kept):
                kept.append((b"cache-control", b"no-store"))
            message = {**message, "headers": [*kept, *_HEADERS]}
        await self._send(message)

    async def refuse(self, refusal: Refusal) -> None:
        """Answer with a refusal as JSON, an ErrorView; nothing of the request is repeated in it."""
        body = json.dumps({"error": "Refused", "message": f"refused: {refusal.code}", "remedy": "", "details": {},
                           "code": refusal.code}).encode()
        await self._answer(refusal.status, body, [(b"content-type", b"application/json")])

    async def page(self, status: int, body: bytes, cookie: str | None) -> None:
        """Answer with one of the two tiny pages that need no session."""
        headers = [(b"content-type", b"text/html; charset=utf-8")]
        if cookie:
            headers.append((b"set-cookie", cookie.encode()))
        await self._answer(status, body, headers)

    async def _answer(self, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        headers.append((b"content-length", str(len(body)).encode()))
        await self({"type": "http.response.start", "status": status, "headers": headers})
        await self({"type": "http.response.body", "body": b"" if self._head else body})
