"""Hearing what was spoken: the round trip by which a take is judged without a listener.

A recogniser transcribes the take and its words are compared with the text: word error rate, the least number of
words inserted, deleted or exchanged over the number of words asked for (``jiwer``). It judges intelligibility,
not acting; and where the recogniser itself errs, so does the figure.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["UNCLEAR", "plain", "word_error"]

UNCLEAR = 0.34
"""A take of more than two words whose word error is above this is flagged."""


def plain(text: str) -> str:
    """``text`` as bare words: lower case, NFC, no punctuation, elisions split (``l'amico`` is two words)."""
    text = unicodedata.normalize("NFC", text).casefold().replace("’", "'")
    text = re.sub(r"[^\w' ]", " ", text).replace("_", " ")
    return " ".join(re.sub(r"'+", "' ", text).replace(" ' ", " ").split())


def word_error(asked: str, heard: str) -> float | None:
    """Word error rate of ``heard`` against ``asked``; None when nothing was asked for."""
    reference, hypothesis = plain(asked), plain(heard)
    if not reference:
        return None
    if not hypothesis:
        return 1.0
    import jiwer

    return round(float(jiwer.wer(reference, hypothesis)), 4)
