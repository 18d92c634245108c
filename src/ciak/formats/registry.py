"""The formats that Ciak reads and, but for SCC, writes, one line each."""

from __future__ import annotations

from typing import Any

from ciak.errors import WrongFormat
from ciak.formats.ass import ASS
from ciak.formats.base import Format
from ciak.formats.dcp import DCP
from ciak.formats.detx import DETX
from ciak.formats.dialogue_list import DIALOGUE_LIST
from ciak.formats.edl import EDL
from ciak.formats.fountain import FOUNTAIN
from ciak.formats.imsc import IMSC
from ciak.formats.otio import OTIO
from ciak.formats.rythmo import RYTHMO
from ciak.formats.scc import SCC
from ciak.formats.srt import SRT
from ciak.formats.stl import EBU_STL
from ciak.formats.webvtt import WEBVTT

__all__ = ["FORMATS", "format_named"]

FORMATS: tuple[Format[Any], ...] = (
    WEBVTT, SRT, ASS, IMSC, DCP, EBU_STL, SCC, OTIO, EDL, RYTHMO, DETX, FOUNTAIN, DIALOGUE_LIST)


def format_named(name: str) -> Format[Any]:
    """The format of that short name. Raises :class:`WrongFormat`, which lists those there are."""
    for format_ in FORMATS:
        if format_.name == name:
            return format_
    names = ", ".join(format_.name for format_ in FORMATS)
    raise WrongFormat(f"there is no format {name[:40]!r}", remedy=f"the formats are {names}")
