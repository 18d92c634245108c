"""The domain: what a film is made of. No input, no output; everything else speaks in these words.

``time`` rates, spans, timecode; ``people`` the cast; ``sound`` signals and loudness; ``language`` dialogue and
subtitles; ``cut`` shots and lanes. Screenplay, story, audience, release and rights come with their departments.
"""

from ciak.film.cut import Clip, Cut, Lane, Marker, Shot
from ciak.film.language import (
    Align,
    Dialogue,
    Edge,
    Flag,
    Loop,
    Place,
    StyledRun,
    StyleKind,
    SubtitleCue,
    SubtitleDocument,
    Take,
    TakeKind,
    Variant,
    Word,
)
from ciak.film.people import Cast, CastMember, Sex
from ciak.film.sound import Loudness, Signal, StemKind
from ciak.film.time import FilmTime, Rate, Span, Timecode, seconds

__all__ = [
    "Align", "Cast", "CastMember", "Clip", "Cut", "Dialogue", "Edge", "FilmTime", "Flag", "Lane", "Loop", "Loudness",
    "Marker", "Place", "Rate", "Sex", "Shot", "Signal", "Span", "StemKind", "StyleKind", "StyledRun", "SubtitleCue",
    "SubtitleDocument", "Take", "TakeKind", "Timecode", "Variant", "Word", "seconds",
]
