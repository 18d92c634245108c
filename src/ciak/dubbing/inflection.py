"""English verbs in their forms: what ``kicked`` is a form of, and the same form of another verb.

A verb has five forms (base, s, past, participle, ing); ``be`` has its own. Which of several a word is (``hit``) is told
by the words before it, and may be told wrong. Regular verbs by rule, the others from a table.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache

__all__ = ["Form", "form_of", "forms", "inflected"]


class Form(StrEnum):
    """A form of a verb."""

    BASE = "base"
    PRESENT = "present"
    """The base form with its subject: we *go*, they *are*."""
    THIRD = "s"
    PAST = "past"
    DONE = "participle"
    GOING = "ing"


_IRREGULAR = """
beat beat beaten|become became become|begin began begun|bend bent bent|bet bet bet|bite bit bitten|blow blew blown
break broke broken|breathe breathed breathed|bring brought brought|build built built|burn burned burned
buy bought bought|catch caught caught|choose chose chosen|come came come|cost cost cost|cut cut cut|dig dug dug
do did done|draw drew drawn|dream dreamed dreamed|drink drank drunk|drive drove driven|eat ate eaten|fall fell fallen
feed fed fed|feel felt felt|fight fought fought|find found found|fly flew flown|forget forgot forgotten
freeze froze frozen|get got got|give gave given|go went gone|grind ground ground|hang hung hung|have had had
hear heard heard|hide hid hidden|hit hit hit|hold held held|hurt hurt hurt|keep kept kept|know knew known|lay laid laid
lead led led|leave left left|lend lent lent|let let let|lie lied lied|light lit lit|lose lost lost|make made made
meet met met|pay paid paid|put put put|quit quit quit|read read read|rid rid rid|ride rode ridden|ring rang rung
rise rose risen|run ran run|say said said|see saw seen|sell sold sold|send sent sent|set set set|shake shook shaken
shoot shot shot|show showed shown|shut shut shut|sing sang sung|sink sank sunk|sit sat sat|sleep slept slept
sling slung slung|speak spoke spoken|spend spent spent|spill spilled spilled|spin spun spun|split split split
spoil spoiled spoiled|stand stood stood|steal stole stolen|stick stuck stuck|stink stank stunk|strike struck struck
string strung strung|swallow swallowed swallowed|swear swore sworn|sweat sweated sweated|sweep swept swept
swim swam swum|take took taken|teach taught taught|tell told told|think thought thought|throw threw thrown
tread trod trodden|turn turned turned|understand understood understood|upset upset upset|wake woke woken
wear wore worn|win won won|write wrote written|deal dealt dealt|bear bore borne|sow sowed sown
weather weathered weathered
"""
_BE = {"be": Form.BASE, "am": Form.PRESENT, "are": Form.PRESENT, "'m": Form.PRESENT, "'re": Form.PRESENT,
       "is": Form.THIRD, "'s": Form.THIRD, "was": Form.PAST, "were": Form.PAST, "been": Form.DONE,
       "being": Form.GOING}
_ADVERBS = frozenset((
    "just", "only", "really", "always", "never", "ever", "already", "finally", "almost", "still", "also",
    "even", "probably", "not", "all", "both", "nearly", "simply", "actually", "fucking", "totally", "once",
    "soon", "often", "usually", "sometimes", "completely"))
_HAVE = frozenset((
    "have", "has", "had", "'ve", "having", "be", "is", "are", "was", "were", "been", "being", "'s", "get",
    "gets", "got"))
_BARE = frozenset((
    "to", "will", "'ll", "would", "'d", "can", "could", "may", "might", "must", "shall", "should", "let",
    "let's", "do", "does", "did", "don't", "doesn't", "didn't", "n't", "can't", "couldn't", "won't", "wouldn't",
    "shouldn't", "mustn't", "better", "not", "gonna", "wanna", "and", "or"))
_PLURAL = frozenset((
    "i", "you", "we", "they", "who"))
_DOUBLED = frozenset((
    "bat", "bet", "beg", "chat", "cut", "dig", "drag", "drop", "get", "grab", "grin", "hit", "hop", "hug",
    "jog", "let", "nip", "pin", "plan", "plug", "put", "quit", "rob", "rub", "run", "set", "shed", "shut",
    "sip", "sit", "skip", "slap", "slip", "snap", "split", "stab", "step", "stir", "stop", "strip", "swim",
    "tap", "tip", "trip", "whip", "win", "wrap", "zip", "admit", "forget", "regret"))


@cache
def _table() -> dict[str, tuple[str, str]]:
    rows = (row.split() for line in _IRREGULAR.strip().splitlines() for row in line.split("|"))
    return {base: (past, done) for base, past, done in rows}


@cache
def forms(verb: str) -> dict[str, tuple[Form, ...]]:
    """Every form of ``verb`` as it is written, and which forms that may be."""
    if verb == "be":
        return {word: (form,) for word, form in _BE.items()}
    found: dict[str, tuple[Form, ...]] = {}
    for form in (Form.BASE, Form.THIRD, Form.PAST, Form.DONE, Form.GOING):
        word = inflected(verb, form)
        found[word] = (*found.get(word, ()), form)
    return found


def inflected(verb: str, form: Form, before: str = "") -> str:
    """``verb`` in ``form``. ``before``: what stands before it, by which ``be`` agrees with its subject."""
    if verb == "be":
        return _be(form, before)
    if form in (Form.BASE, Form.PRESENT):
        return verb
    if form is Form.THIRD:
        if verb == "have":
            return "has"
        if re.search(r"(?:s|x|z|ch|sh|o)$", verb):
            return verb + "es"
        return re.sub(r"(?<=[^aeiou])y$", "ie", verb) + "s"
    if form is Form.GOING:
        if verb in ("lie", "die", "tie"):
            return verb[:-2] + "ying"
        return (re.sub(r"(?<=[^eoy])e$", "", verb) if verb != "be" else verb) + _twice(verb) + "ing"
    if verb in _table():
        return _table()[verb][form is Form.DONE]
    if verb.endswith("e"):
        return verb + "d"
    return re.sub(r"(?<=[^aeiou])y$", "i", verb) + _twice(verb) + "ed"


def _twice(verb: str) -> str:
    return verb[-1] if verb in _DOUBLED else ""


def _be(form: Form, before: str) -> str:
    words = re.findall(r"[\w']+", before.lower())
    subject = next((word for word in reversed(words) if word not in _ADVERBS), "")
    if form is Form.PRESENT:
        return "am" if subject == "i" else "are"
    if form is Form.PAST:
        return "were" if subject in ("you", "we", "they") else "was"
    return {Form.BASE: "be", Form.THIRD: "is", Form.DONE: "been", Form.GOING: "being"}[form]


def form_of(verb: str, word: str, before: str) -> Form:
    """Which form ``word`` of ``verb`` is, by what stands ``before`` it in the sentence."""
    may = forms(verb)[word]
    words = [one for one in re.findall(r"'?[\w']+", before.lower())[-4:] if one not in _ADVERBS]
    last = words[-1] if words else ""
    helped = any(one in _HAVE or one.endswith("'ve") for one in words[-2:])
    if Form.BASE in may and (last in _BARE or last.endswith(("n't", "'ll", "'d"))):
        return Form.BASE
    if Form.DONE in may and helped:
        return Form.DONE
    if Form.PAST in may and last:
        return Form.PAST
    if Form.BASE in may:
        return Form.PRESENT if last in _PLURAL else Form.BASE
    return may[0]
