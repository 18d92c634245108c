"""The session of one running studio: a link that works once, and the cookie that it is exchanged for.

Known limit: cookies are not bound to a port. Another program that listens on 127.0.0.1 and that the same browser
visits is sent the cookie too; it already runs as somebody on this machine.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable

__all__ = ["Session"]

_BYTES = 32


class Session:
    """Holds the secrets of one studio process. Nothing is written to disk; both end with the process.

    ``used`` is called with a fresh link's token each time a link was exchanged, so that a second browser has one.
    """

    def __init__(self, port: int, used: Callable[[str], None] | None = None) -> None:
        self.port = port
        self.cookie_name = f"ciak-{port}"
        self._cookie = secrets.token_urlsafe(_BYTES)
        self._link = secrets.token_urlsafe(_BYTES)
        self._used = used
        self.ending = False
        """Set when the studio is about to end: what would go on for ever ends then."""

    @property
    def token(self) -> str:
        """The token of the link that has not been used yet."""
        return self._link

    @property
    def url(self) -> str:
        """The link to open."""
        return f"http://127.0.0.1:{self.port}/?token={self._link}"

    def exchange(self, token: str) -> str | None:
        """The ``Set-Cookie`` value for a valid token, which is thereby spent; None for any other."""
        if not hmac.compare_digest(token.encode(), self._link.encode()):
            return None
        self._link = secrets.token_urlsafe(_BYTES)
        if self._used:
            self._used(self._link)
        return f"{self.cookie_name}={self._cookie}; HttpOnly; SameSite=Strict; Path=/"

    def knows(self, cookies: str) -> bool:
        """Whether a ``Cookie`` header carries this session."""
        for part in cookies.split(";"):
            name, _, value = part.strip().partition("=")
            if name == self.cookie_name and hmac.compare_digest(value.encode(), self._cookie.encode()):
                return True
        return False
