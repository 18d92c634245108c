"""The hall: one page that shows live subtitles, on this machine or, when asked, to a whole room.

A server of its own, beside the studio's and apart from it: it knows a board of lines, and no film. It listens on
127.0.0.1; with ``public`` on all addresses of this machine, answering to those addresses by name only, to people who
have the code. Over plain HTTP everybody in the same network can read along on the wire; with a certificate nobody can.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from ciak.dubbing.live.board import Board
from ciak.errors import BackendError, SettingsError
from ciak.server.gateway import Gateway, closed_page
from ciak.server.listening import listen
from ciak.server.pages import Page, pages
from ciak.server.stage.door import HallDoor
from ciak.server.stage.wire import SEATS, Wire

__all__ = ["Hall", "application", "open_hall"]

_CLOSED = closed_page("The subtitles open with the link, or the code, that you were given.",
                      "I sottotitoli si aprono con il collegamento, o il codice, che ti è stato dato.")
_SERVED = ("stage/", "fonts/", "i18n/", "ui/words.js", "preferences.js", "theme.css", "icon.svg")
"""Which of the pages' files are the hall's."""


@dataclass(frozen=True, slots=True)
class Hall:
    """A hall that is open. ``url`` lets in whoever has it; ``addresses``: links by each address of this machine."""

    url: str
    addresses: tuple[str, ...]
    code: str
    wire: Wire


def application(wire: Wire) -> Starlette:
    """The routes, without the gateway. Not to be served as they are."""
    files = {name: page for name, page in pages().items() if name.startswith(_SERVED)}

    async def first(request: Request) -> Response:
        return _answer(request, files.get("stage/hall.html"))

    async def static(request: Request) -> Response:
        return _answer(request, files.get(request.path_params["name"]))

    async def icon(request: Request) -> Response:
        return _answer(request, files.get("icon.svg"))

    return Starlette(routes=[
        Route("/", first, methods=["GET"]), Route("/static/{name:path}", static, methods=["GET"]),
        Route("/favicon.ico", icon, methods=["GET"]), WebSocketRoute("/live", wire.serve)])


def _answer(request: Request, page: Page | None) -> Response:
    return page.answer(request) if page else Response(status_code=404)


@contextmanager
def open_hall(board: Board, *, port: int = 0, public: bool = False, certificate: Path | None = None,
              key: Path | None = None) -> Iterator[Hall]:
    """Show ``board`` until the block ends. ``port`` 0: a free one; ``certificate``, ``key``: PEM files for TLS.

    Raises :class:`SettingsError` for a port or a certificate that cannot be used.
    """
    secure = _checked(certificate, key)
    with listen("0.0.0.0" if public else "127.0.0.1", port) as listener:  # noqa: S104 - only when it was asked for
        taken = listener.getsockname()[1]
        door, wire = HallDoor(taken, secure), Wire(board)
        names = _addresses() if public else ()
        app = Gateway(application(wire), door, names=names, secure=secure, closed=_CLOSED, writes=False)
        server = uvicorn.Server(uvicorn.Config(
            app, http="h11", ws="websockets-sansio", lifespan="off", access_log=False, log_level="error",
            proxy_headers=False, server_header=False, timeout_keep_alive=20, timeout_graceful_shutdown=2,
            limit_concurrency=2 * SEATS, h11_max_incomplete_event_size=32768, ws_max_size=1024, ws_max_queue=4,
            ws_per_message_deflate=False, ssl_certfile=certificate, ssl_keyfile=key))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while thread.is_alive() and not server.started:
            thread.join(0.01)
        if not server.started:
            raise BackendError("the hall could not be opened")
        try:
            links = [f"{'https' if secure else 'http'}://{name}:{taken}/?token={door.code}"
                     for name in (*names, "127.0.0.1")]
            yield Hall(links[0], tuple(links), door.code, wire)
        finally:
            server.should_exit = True
            thread.join(5)


def _checked(certificate: Path | None, key: Path | None) -> bool:
    """Whether the hall is to use TLS; refused here when it cannot."""
    if certificate is None and key is None:
        return False
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate or "", key)
    except (OSError, ValueError) as error:
        raise SettingsError(f"the certificate cannot be used: {getattr(error, 'strerror', None) or error}",
                            remedy="give --certificate and --key as PEM files that belong together") from None
    return True


def _addresses() -> tuple[str, ...]:
    """This machine's own addresses (IPv4), those of the network first."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):  # without a network
        probe.connect(("192.0.2.1", 9))  # an address for documentation: nothing is sent, the route is looked up
        found.append(probe.getsockname()[0])
    with suppress(OSError):
        found += [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return tuple(dict.fromkeys(one for one in found if not ipaddress.ip_address(one).is_loopback))
