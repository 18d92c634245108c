"""The voices that Kokoro offers: those that it was trained with, and blends of them.

Only two Italian voices exist. A style is a direction in a space where voices mix, so further Italian speakers are
made by adding weighted styles. A blend was kept for being another speaker (cosine of its embedding with every other
Italian voice of its sex at most .76; one speaker has .9) and for staying intelligible. Word error of Whisper base over
14 lines, natural and at 1.33 times the rate: ``if_sara`` .05, .09; ``im_nicola`` .04, .11; ``if_chiara`` .08, .11;
``im_giorgio`` .08, .07; and for a third speaker of a sex, ``if_bianca`` .08, .15; ``im_franco`` .11, .14.
Ids say language and sex: ``if_`` Italian female, ``am_`` American male, ``bf_`` British female.
"""

from __future__ import annotations

from ciak.backends.protocols import Stock
from ciak.film.people import Sex

__all__ = ["BLENDS", "RECORDED", "STOCK"]

BLENDS: dict[str, dict[str, float]] = {
    "if_chiara": {"if_sara": 0.4, "ff_siwis": 0.6},
    "if_bianca": {"if_sara": 0.5, "af_bella": 0.5},
    "im_giorgio": {"im_nicola": 0.4, "bm_george": 0.6},
    "im_franco": {"im_nicola": 0.4, "am_fenrir": 0.6},
}
"""Made-up voices: id -> weights of recorded ones, summing to 1."""

_LANGUAGES = {"a": ("en", "us"), "b": ("en", "gb"), "e": ("es", ""), "f": ("fr", ""), "i": ("it", "")}
_IDS = (
    "if_sara", "if_chiara", "if_bianca", "im_nicola", "im_giorgio", "im_franco",
    "af_heart", "af_bella", "af_aoede", "af_kore", "af_sarah", "af_nova", "af_alloy", "af_sky", "af_jessica",
    "af_river", "af_nicole",
    "am_michael", "am_fenrir", "am_puck", "am_echo", "am_eric", "am_liam", "am_onyx", "am_adam", "am_santa",
    "bf_emma", "bf_isabella", "bf_alice", "bf_lily", "bm_george", "bm_fable", "bm_lewis", "bm_daniel",
    "ef_dora", "em_alex", "em_santa", "ff_siwis",
)


RECORDED = tuple(sorted(voice for voice in _IDS if voice not in BLENDS))
"""The voices that Kokoro was trained with: what can be mixed."""


def _stock(voice: str) -> Stock:
    language, region = _LANGUAGES[voice[0]]
    return Stock(voice, language, Sex.FEMALE if voice[1] == "f" else Sex.MALE, region)


STOCK: tuple[Stock, ...] = tuple(_stock(voice) for voice in _IDS)
"""All voices; for each language and sex the clearest first."""
