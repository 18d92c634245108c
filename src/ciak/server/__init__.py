"""The roof's web side: ``ciak studio``, pages on this machine for one person and one film at a time.

``command`` is what the shell calls (entry-point group ``ciak.commands``); ``studio`` holds the gateway, the
application and its routes; ``static`` the pages. Nothing here knows how films are made: routes read a film
folder and print it.
"""

from __future__ import annotations

__all__: list[str] = []
