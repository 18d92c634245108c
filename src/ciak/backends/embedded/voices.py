"""The voices that Kokoro offers: those that it was trained with, and blends of them.

Only two Italian voices exist. A style is a direction in a space where voices mix, so further Italian speakers are
made by adding weighted styles; which mixtures stay intelligible was measured (round trip through Whisper).
Ids say language and sex: ``if_`` Italian female, ``am_`` American male, ``bf_`` British female.
"""

from __future__ import annotations

from ciak.backends.protocols import Stock
from ciak.film.people import Sex

__all__ = ["BLENDS", "STOCK"]

BLENDS: dict[str, dict[str, float]] = {
    "if_lucia": {"if_sara": 0.6, "af_heart": 0.4},
    "im_marco": {"im_nicola": 0.6, "am_michael": 0.4},
}
"""Made-up voices: id -> weights of recorded ones, summing to 1."""

_LANGUAGES = {"a": ("en", "us"), "b": ("en", "gb"), "e": ("es", ""), "f": ("fr", ""), "i": ("it", "")}
_IDS = (
    "if_sara", "if_lucia", "im_nicola", "im_marco",
    "af_heart", "af_bella", "af_nicole", "af_aoede", "af_kore", "af_sarah", "af_nova", "af_alloy", "af_sky",
    "af_jessica", "af_river",
    "am_michael", "am_fenrir", "am_puck", "am_echo", "am_eric", "am_liam", "am_onyx", "am_adam", "am_santa",
    "bf_emma", "bf_isabella", "bf_alice", "bf_lily", "bm_george", "bm_fable", "bm_lewis", "bm_daniel",
    "ef_dora", "em_alex", "em_santa", "ff_siwis",
)


def _stock(voice: str) -> Stock:
    language, region = _LANGUAGES[voice[0]]
    return Stock(voice, language, Sex.FEMALE if voice[1] == "f" else Sex.MALE, region)


STOCK: tuple[Stock, ...] = tuple(_stock(voice) for voice in _IDS)
"""All voices; for each language and sex the clearest first."""
