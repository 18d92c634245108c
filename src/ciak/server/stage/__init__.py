"""The stage: the opt-in public face. Nothing of a film is reached from here, and nothing can be written."""

from ciak.server.stage.hall import Hall, open_hall

__all__ = ["Hall", "open_hall"]
