"""The door of the hall: a code that everybody who sits there may use, and the cookie that it is exchanged for.

Unlike the studio's link it is not spent: a hall has many phones and one sheet of paper at its entrance. It lets people
read subtitles and nothing else, and ends with the session.
"""

from __future__ import annotations

import hmac
import secrets

__all__ = ["HallDoor"]

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for each other."""


class HallDoor:
    """See :class:`ciak.server.gateway.Door`. ``secure``: the cookie is for TLS only."""

    def __init__(self, port: int, secure: bool = False) -> None:
        self.port = port
        self.code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
        self._name, self._cookie = f"ciak-hall-{port}", secrets.token_urlsafe(32)
        self._secure = "; Secure" if secure else ""

    def exchange(self, token: str) -> str | None:
        """The ``Set-Cookie`` value for the code; None for any other."""
        if not hmac.compare_digest(token.strip().lower().encode(), self.code.encode()):
            return None
        return f"{self._name}={self._cookie}; HttpOnly; SameSite=Strict; Path=/{self._secure}"

    def knows(self, cookies: str) -> bool:
        """Whether a ``Cookie`` header carries it."""
        pairs = (part.strip().partition("=") for part in cookies.split(";"))
        return any(name == self._name and hmac.compare_digest(value.encode(), self._cookie.encode())
                   for name, _, value in pairs)
