"""The domain: what a film is made of. No input, no output; everything else speaks in these words.

``time`` rates, spans, timecode; ``people`` the cast; ``glossary`` names and phrases; ``sound`` signals and loudness;
``language`` dialogue and subtitles; ``presence`` how a voice is heard; ``captions`` what is told besides; ``place``
where words stand in the picture; ``cut`` shots and lanes; ``conforming`` an old cut found again in a new one.
Screenplay, story, audience, release and rights come with their departments.
"""

from ciak.film.captions import Caption, CaptionKind, Verdict
from ciak.film.carrying import Changed, Fallen, conform_dialogue, conform_subtitles
from ciak.film.conforming import Appearance, Conforming, Fate, Outcome, conform
from ciak.film.cut import Clip, Cut, Lane, Marker, Shot
from ciak.film.glossary import Glossary, GlossaryTerm, TermKind
from ciak.film.held import HeldSubtitle, HeldSubtitles
from ciak.film.language import (
    Dialogue,
    Flag,
    Loop,
    Reason,
    Recording,
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
from ciak.film.place import Align, Edge, Place
from ciak.film.presence import Presence, PresenceKind
from ciak.film.sound import Loudness, Signal, StemKind
from ciak.film.time import FilmTime, Rate, Span, Timecode, seconds

__all__ = [
    "Align", "Appearance", "Caption", "CaptionKind", "Cast", "CastMember", "Changed", "Clip", "Conforming", "Cut",
    "Dialogue", "Edge", "Fallen", "Fate", "FilmTime", "Flag", "Glossary", "GlossaryTerm", "HeldSubtitle",
    "HeldSubtitles", "Lane", "Loop", "Loudness", "Marker", "Outcome", "Place", "Presence", "PresenceKind", "Rate",
    "Reason", "Recording", "Sex", "Shot", "Signal", "Span", "StemKind", "StyleKind", "StyledRun", "SubtitleCue",
    "SubtitleDocument", "Take", "TakeKind", "TermKind", "Timecode", "Variant", "Verdict", "Word", "conform",
    "conform_dialogue", "conform_subtitles", "seconds",
]
