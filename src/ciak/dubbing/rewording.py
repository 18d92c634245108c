"""Wordings of lines without their idioms: what the translator makes of plain words comes before the words themselves.

A line that has an idiom (:mod:`.idioms`) is translated as it stands too: its words may have been meant. Those wordings
come after, with the reason ``word-for-word``; the others have the reason ``idiom``, which names it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ciak.dubbing.idioms import Reworded, reworded
from ciak.film import Reason, Variant

__all__ = ["Offer", "also_asked", "with_idioms"]

Offer = tuple[tuple[Variant, ...], tuple[str, ...]]
"""Wordings, best first, and the doubts about the first."""
ALONE = 3
"""Wordings of a plain line that are taken, where it is translated as a whole."""
SAYING = 0.9
"""How far a saying of the dictionary is trusted: it may not be the one that is meant."""


def also_asked(lines: Sequence[str], source: str, target: str) -> list[str]:
    """What the translator is to be asked besides ``lines``: their plain wordings."""
    return [_bare(part.text) for line in lines for way in reworded(line, source, target)
            for part in way.parts if not part.done]


def with_idioms(line: str, source: str, target: str, found: Mapping[str, Offer]) -> Offer:
    """The wordings of ``line``; ``found``: those of the line and of what :func:`also_asked` said."""
    ways = reworded(line, source, target)
    literal, doubts = found[line]
    if not ways:
        return literal, doubts
    made = [one for way in ways[:1] for one in _said(way, found)]
    made += [one for way in ways[1:] for one in _said(way, found)]
    plain = {one.text: one for one in reversed(made) if one.text.strip()}
    asked = [_bare(part.text) for part in ways[0].parts if not part.done]
    words = tuple(one.model_copy(update={"reasons": (*one.reasons, Reason(code="word-for-word"))})
                  for one in literal if one.text not in plain)
    first = tuple(plain[text] for text in dict.fromkeys(one.text for one in made) if text in plain)
    return (*first, *words), tuple(doubt for text in asked for doubt in found[text][1])


def _said(way: Reworded, found: Mapping[str, Offer]) -> Iterator[Variant]:
    """What a way of saying a line is in the target language."""
    idioms = tuple(Reason(code="idiom", about=name[:200]) for name in way.idioms)
    whole = len(way.parts) == 1 and not way.parts[0].done
    for rank in range(ALONE if whole else 1):
        text, trust, origin, reasons = "", 1.0, "", idioms
        for part in way.parts:
            if part.done:
                said, trust = part.text, min(trust, SAYING)
            else:
                offered = found[_bare(part.text)][0]
                if rank >= len(offered):
                    return
                said = (", " if part.text.startswith(",") else "") + offered[rank].text
                trust, origin = min(trust, offered[rank].confidence or 0.0), offered[rank].origin
                reasons = (*reasons, *offered[rank].reasons)
            text += said if not text or said.startswith(",") else f" {said}"
        yield Variant(text=text, confidence=trust, origin=origin or "idioms", reasons=reasons)


def _bare(text: str) -> str:
    return text.lstrip(", ")
