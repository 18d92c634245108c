"""Dubbing and subtitling: a film goes in, and comes out subtitled and dubbed.

The verbs are :func:`subtitle`, :func:`dub` and, for single lines, :func:`redo`; the steps that they take are the
modules, named by the craft: listening, transcription, lines, speakers, adaptation, slots, speaking, mixing, spotting,
titling, delivery, release, redoing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ciak.dubbing.finish import Finish
    from ciak.dubbing.journey import Order, Progress, dub, subtitle
    from ciak.dubbing.redoing import redo
    from ciak.dubbing.report import Report
    from ciak.dubbing.sources import Source
    from ciak.dubbing.titling import Titling

__all__ = ["Finish", "Order", "Progress", "Report", "Source", "Titling", "dub", "redo", "subtitle"]
_ELSEWHERE = {"Finish": "finish", "Report": "report", "Source": "sources", "Titling": "titling", "redo": "redoing"}


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(importlib.import_module(f"ciak.dubbing.{_ELSEWHERE.get(name, 'journey')}"), name)
    raise AttributeError(f"module 'ciak.dubbing' has no attribute {name!r}")
