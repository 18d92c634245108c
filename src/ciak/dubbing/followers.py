"""Which words keep to the word before them: in Italian, Spanish and French most adjectives follow their noun.

*un ospedale | pubblico* and *las montañas | nevadas* part a noun from its adjective, as *suona | sempre* parts a verb
from its adverb; the style guides forbid the first, and no reader likes the second. Adjectives and adverbs of manner
are told by how they end, the commonest by name (``words/``: ``attribute`` and ``after``).

It does not know a noun from a verb: a verb that ends as adjectives do (*sale*, *public*) is taken for one, and costs a
place where a line might have ended.
"""

from __future__ import annotations

import re

__all__ = ["BOUND", "CHAINED", "FOLLOWING", "LEADING", "RELEASED", "follows"]

BOUND = 45.0
"""Of a break between a word and one that follows it by its ending."""
CHAINED = 33.0
"""The same between two such words ("manoscritto medievale | nascosto")."""
FOLLOWING = 30.0
"""Of a break between a verb and its adverb ("suona | sempre")."""
RELEASED = 20.0
"""Of a break after a noun and its adjective, before a word that is none ("gli uomini armati | aspettavano")."""
LEADING = 40.0
"""Of a break after an article and one word that may be an adjective ("una terribile | tempesta")."""
_ENDINGS = {
    "it": r"\w{2}(al[ei]|ic[oaie]|iche|iv[oaie]|os[oaie]|bil[ei]|istic[oa]|ian[oaie]|ant[ei]|ent[ei]|[aiu]t[oaie]"
          r"|es[ei]|vol[ei]|an[ei]|ari[oae]?|ess[oaie]|ier[oaie]|in[oaie])$",
    "es": r"\w{2}(al|ales|[ií]c[oa]s?|iv[oa]s?|os[oa]s?|bles?|[aií]d[oa]s?|antes?|[ei]ntes?|ísim[oa]s?|mente|an[oa]s?"
          r"|iles|il|eñ[oa]s?|ari[oa]s?|és|esas?|ores?|eras?|ent[oa]s?)$",
    "fr": r"\w{2}(al|ales?|aux|iques?|ifs?|ives?|eux|euses?|ables?|ibles?|els?|elles?|aires?|ants?|antes?|entes?"
          r"|ées?|és|é|ois|oises?|iens?|iennes?|ment|ains?|aines?|ères?|iers?|in|ins|ines?|ures?|is)$",
}
"""Two letters at least before them: "cosa", "vale" and "rosa" are none."""
_PATTERNS = {language: re.compile(pattern) for language, pattern in _ENDINGS.items()}


def follows(word: str, language: str, named: frozenset[str]) -> bool:
    """Whether ``word`` (bare, in small letters) keeps to the noun or verb before it, if that is no small word. Always
    False for a language whose adjectives precede. ``named``: those that are known by name."""
    pattern = _PATTERNS.get(language)
    return pattern is not None and (word in named or bool(pattern.search(word)))
