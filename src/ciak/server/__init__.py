"""The roof's web side: ``ciak studio``, pages on this machine for one person and all of their films.

``command`` is what the shell calls (entry-point group ``ciak.commands``); ``studio`` holds the gateway, the
application and its routes; ``static`` the pages. Nothing here knows how films are made: routes ask
readers, edits and jobs one thing and send it.
"""

from __future__ import annotations

__all__: list[str] = []
