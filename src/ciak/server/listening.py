"""The sockets that servers of this house listen on."""

from __future__ import annotations

import socket
import sys

from ciak.errors import SettingsError

__all__ = ["listen"]


def listen(address: str, port: int) -> socket.socket:
    """A socket bound to ``address`` and nothing else, at ``port`` or, for 0, at a free one.

    Its protocol is named: only then does asyncio send small answers at once instead of waiting for more to send with
    them (TCP_NODELAY). Raises :class:`SettingsError`.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise SettingsError(f"port {port} cannot be used: {error.strerror}",
                            remedy="choose another, or leave --port away for a free one") from None
    return listener
