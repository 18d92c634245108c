"""Line breaks: where a subtitle's text is broken into lines, and how good a place between two words is for it.

The style guides ask to break after punctuation, before conjunctions and prepositions, and never between an article
and its noun, a preposition and its object, a pronoun and its verb, an auxiliary or a negation and its verb (Netflix
Timed Text Style Guide, General Requirements: Line Treatment). Those words form closed classes, listed here for
English, Italian, Spanish, French and German; a word that is in the lists of two languages counts in both.

Not known here: syntax. An adjective and its noun, a first and a last name are parted when nothing else speaks
against it.
"""

from __future__ import annotations

from functools import lru_cache

from ciak.dubbing.profile import BASIC, Profile

__all__ = ["OPENERS", "STRONG", "WEAK", "break_between", "fold"]

STRONG = (".", "!", "?", "…", "。", "؟")
WEAK = (",", ";", ":", "—", "–")

_OPENERS = {
    "en": "and but or nor so yet because that which who whom whose when where while if as than though although "
          "unless until since before after to of in on at for with from by about into over under through between "
          "without",
    "it": "e ed ma o oppure né però perché che cui quando dove mentre se come poiché finché anche benché di a da in "
          "con su per tra fra del dello della dei degli delle al allo alla ai agli alle dal dalla nel nella sul "
          "sulla senza",
    "es": "y e pero o u ni porque que quien cuando donde mientras si como aunque sino de a en con por para sin "
          "sobre entre desde hasta del al",
    "fr": "et mais ou ni car donc parce que qui quand où comme si lorsque puisque de à en dans avec pour par sur "
          "sans chez entre vers du des au aux",
    "de": "und aber oder denn sondern weil dass wenn als ob damit obwohl während der die das wo wie von zu in mit "
          "auf für an bei nach aus über unter vor durch ohne um",
}
_CLINGING = {
    "en": "a an the my your his her its our their this these those i you he she we they to of in on at for with "
          "from by and but or is are was were be been am do does did have has had will would can could shall should "
          "may might must not don't doesn't didn't won't can't isn't aren't wasn't i'm you're he's she's we're "
          "they're mr. mrs. ms. dr. very",
    "it": "il lo la i gli le l' un uno una un' mio mia tuo tua suo sua nostro nostra questo questa quel quello "
          "quella io tu lui lei noi voi loro mi ti si ci vi di a da in con su per tra fra del dello della dei degli "
          "delle al allo alla ai alle dal dalla nel nella sul sulla e ed ma o che non è sono ho hai ha abbiamo "
          "avete hanno ero era sei siamo siete sig. sig.ra dott. molto",
    "es": "el la los las un una unos unas mi tu su nuestro nuestra este esta ese esa yo tú él ella nosotros ellos "
          "me te se nos de a en con por para sin del al y o que no es son soy he has ha hemos han muy sr. sra.",
    "fr": "le la les l' un une des mon ma mes ton ta tes son sa ses notre votre leur ce cet cette ces je tu il elle "
          "on nous vous ils elles me te se de à en dans avec pour par sur du au aux et ou que ne n' est sont suis "
          "ai as a avons avez ont très m. mme",
    "de": "der die das den dem des ein eine einen einem einer mein meine dein deine sein seine ihr ihre unser ich "
          "du er sie es wir von zu in mit auf für an bei nach aus und oder dass nicht ist sind bin war waren habe "
          "hast hat haben wird werden kann muss sehr herr frau",
}
OPENERS = frozenset(" ".join(_OPENERS.values()).split())
"""Words that like to begin a line: conjunctions and prepositions."""
CLINGING = frozenset(" ".join(_CLINGING.values()).split())
"""Words that do not end a line if it can be helped: what follows belongs to them."""


def fold(text: str, profile: Profile = BASIC) -> tuple[str, ...] | None:
    """``text`` as one line or two of at most ``profile.characters``; None when it cannot be.

    Two lines are balanced, with the longer one below, where syntax leaves the choice.
    """
    blanks = " ".join(part for part in text.replace("\n", " ").replace("\t", " ").split(" ") if part)
    return _folded(blanks, profile.lines, profile.characters)


@lru_cache(maxsize=8192)
def _folded(text: str, lines: int, characters: int) -> tuple[str, ...] | None:
    if len(text) <= characters:
        return (text,)
    if lines < 2 or len(text) > 2 * characters + 1:
        return None
    best: tuple[float, tuple[str, str]] | None = None
    at = text.find(" ", len(text) - characters - 1)
    while 0 <= at <= characters:
        upper, lower = text[:at], text[at + 1:]
        cost = abs(len(lower) - len(upper)) + (3.0 if len(upper) > len(lower) else 0.0) + break_between(upper, lower)
        if best is None or cost < best[0]:
            best = (cost, (upper, lower))
        at = text.find(" ", at + 1)
    return best[1] if best else None


def break_between(before: str, after: str) -> float:
    """What it costs to break between two texts that are parted by a blank, in characters of imbalance; below 0 where
    a break does good."""
    last, first = before.rsplit(" ", 1)[-1], after.split(" ", 1)[0]
    if last.endswith(STRONG):
        return -24.0
    if last.endswith(WEAK):
        return -20.0
    cost = -5.0 if first.lower() in OPENERS else 0.0
    return cost + 12.0 if last.lower() in CLINGING else cost
