"""Dubbing and subtitling: a film goes in, and comes out subtitled and dubbed.

The verbs are :func:`subtitle` and :func:`dub`; the steps they take are the modules, named by the craft:
listening, transcription, lines, speakers, adaptation, slots, speaking, mixing, spotting, delivery, release.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ciak.dubbing.journey import Order, Progress, dub, subtitle
    from ciak.dubbing.report import Report

__all__ = ["Order", "Progress", "Report", "dub", "subtitle"]


def __getattr__(name: str) -> Any:
    if name == "Report":
        return importlib.import_module("ciak.dubbing.report").Report
    if name in __all__:
        return getattr(importlib.import_module("ciak.dubbing.journey"), name)
    raise AttributeError(f"module 'ciak.dubbing' has no attribute {name!r}")
