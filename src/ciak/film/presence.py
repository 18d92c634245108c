"""How the voice of a line is heard: from the picture, from beside it, from outside the scene, through a device.

Scripts say it behind a character's name (``LENA (V.O.)``, ``LENA (AL TELEFONO)``), other papers in a column of their
own; :func:`presence_said` reads both in English and Italian. It belongs to the line of the original: a translation is
heard as its original is. Does not know what a client makes of it on the screen, nor where one thing ends within a line.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from pydantic import Field

from ciak.film.model import FilmModel

__all__ = ["Presence", "PresenceKind", "PresenceSaid", "presence_said", "without_presence"]


class PresenceKind(StrEnum):
    """Where a voice comes from."""

    ON_SCREEN = "on-screen"
    """Whoever speaks is in the picture."""
    OFF_SCREEN = "off-screen"
    """In the scene, not in the picture (O.S., O.C., F.C.)."""
    VOICE_OVER = "voice-over"
    """Narration, a thought, somebody who is not in the scene (V.O.)."""
    DEVICE = "device"
    """Through a telephone, a radio, a television, a loudspeaker."""


class Presence(FilmModel):
    """Where the voice of a line comes from, and whose word that is. A person's is never overwritten."""

    kind: PresenceKind
    origin: str = ""
    """As of a line: ``given:script``, ``given:list``, ``given:subtitles``; ``person``, said by hand; the name of what
    told it by ear or eye."""
    confidence: float | None = Field(default=None, ge=0, le=1)


class PresenceSaid(FilmModel):
    """What an extension says; None and False: nothing of that."""

    kind: PresenceKind | None = None
    sung: bool = False

    def __bool__(self) -> bool:
        return self.kind is not None or self.sung


_ON, _OFF, _OVER, _DEVICE = PresenceKind
_MEANT: dict[str, PresenceKind] = {
    **dict.fromkeys(("on screen", "on camera", "in picture", "in campo", "in scena"), _ON),
    **dict.fromkeys(("os", "o s", "oc", "o c", "off", "off screen", "offscreen", "off camera", "off stage", "offstage",
                     "fc", "f c", "fuori campo", "fuoricampo", "vfc", "v f c", "voce fc", "voce f c",
                     "voce fuori campo", "voce fuoricampo", "fuori scena"), _OFF),
    **dict.fromkeys(("vo", "v o", "voice over", "voiceover", "narration", "narrating", "thought", "thoughts",
                     "thinking", "pre lap", "prelap", "voce off", "voce over", "voce narrante", "narrazione",
                     "pensiero", "pensieri", "pensando"), _OVER),
}
_DEVICES = frozenset((
    "phone", "telephone", "speakerphone", "cellphone", "radio", "walkie", "talkie", "tv", "television", "filter",
    "filtered", "intercom", "loudspeaker", "speaker", "speakers", "pa", "megaphone", "recording", "recorded", "tape",
    "voicemail", "machine", "comms", "comm", "headset", "earpiece", "computer", "laptop",
    "telefono", "cellulare", "vivavoce", "citofono", "interfono", "televisione", "televisore", "filtrato", "filtrata",
    "altoparlante", "altoparlanti", "megafono", "registrato", "registrata", "registrazione", "registratore", "nastro",
    "segreteria", "ricetrasmittente"))
"""Words that name what a voice comes through."""
_INTO = frozenset(("into", "nel", "nella", "dentro", "parla", "parlando", "talking"))
"""Who speaks into a device is where the picture is."""
_VOICE = frozenset(("voce", "voice", "voci", "voices"))
_SUNG = frozenset(("singing", "sings", "sung", "sing", "canta", "cantando", "cantato", "cantata", "cantano"))
_AGAIN = re.compile(r"\s*(?:cont(?:['’]?d|inued)?\.?|continua|segue)\s*", re.IGNORECASE)
_LONGEST = 100
_BRACKETED = re.compile(r"\s*\(([^()]{0,100})\)\s*$")
_PARTS = re.compile(r"[,;&+/()]+")
_INITIAL = re.compile(r"\b(\w)\.\s*")


def presence_said(extension: str) -> PresenceSaid:
    """What an extension (``V.O.``, ``O.S./FILTERED``, ``al telefono``) says; nothing for ``CONT'D`` and for what is
    not known. Of several the one that is furthest from the picture holds: a device, a voice over, off the screen."""
    text = unicodedata.normalize("NFKC", extension)[:_LONGEST].casefold().replace("v/o", "vo").replace("o/s", "os")
    kinds: list[PresenceKind] = []
    sung = False
    for part in _PARTS.split(text):
        words = re.sub(r"[\W_]+", " ", _INITIAL.sub(r"\1", part)).split()
        sung = sung or bool(_SUNG.intersection(words))
        if (kind := _kind(words)) is not None:
            kinds.append(kind)
    return PresenceSaid(kind=max(kinds, key=list(PresenceKind).index, default=None), sung=sung)


def _kind(words: list[str]) -> PresenceKind | None:
    if (known := _MEANT.get(" ".join(words))) is not None:
        return known
    if _DEVICES.intersection(words):
        return _ON if _INTO.intersection(words) and not _VOICE.intersection(words) else _DEVICE
    return None


def without_presence(name: str) -> tuple[str, PresenceSaid]:
    """A name without the extensions behind it that say how its voice is heard, and what they say; others are a part
    of the name (``JOHN (YOUNG)``)."""
    kind, sung = None, False
    while match := _BRACKETED.search(name[-_LONGEST - 8:]):
        said = presence_said(match[1])
        if not (said or _AGAIN.fullmatch(match[1])) or not name[:len(name) - len(match[0])].strip():
            break
        kind, sung = kind or said.kind, sung or said.sung
        name = name[:len(name) - len(match[0])].rstrip()
    return name, PresenceSaid(kind=kind, sung=sung)
