"""The studio on this machine: one gateway, one application, thin routes.

``gateway`` decides who may ask; ``session`` holds the token; ``app`` puts the application together; ``film`` and
``media`` are its routes; ``reading`` and ``figures`` turn a film folder into the ``views`` that the pages get.
"""

from __future__ import annotations

from ciak.server.gateway import Gateway
from ciak.server.studio.app import build
from ciak.server.studio.session import Session

__all__ = ["Gateway", "Session", "build"]
