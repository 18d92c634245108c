"""Everyday phrases, English and Italian, that a model trained on sentences gets wrong: greetings, calls, oaths.

Written for Ciak. A phrase is matched whole, without regard to case and punctuation; the final mark is the source's.
More than one Italian way stands in order of use; it does not know who speaks to whom.
"""

from __future__ import annotations

import re
from functools import cache

__all__ = ["phrase"]

_PHRASES = """
hello|hi|hi there = ciao|salve
hey = ehi
hello there = salve
good morning = buongiorno
good evening = buonasera
good night|goodnight = buonanotte
goodbye|good bye|farewell = addio|arrivederci
bye|bye bye = ciao
see you|see you later|see ya = a dopo|ci vediamo
see you soon = a presto
see you tomorrow = a domani
welcome = benvenuto|benvenuti
thanks|thank you = grazie
thanks a lot|thank you so much|thank you very much|many thanks = grazie mille
you're welcome|you are welcome = prego
please = per favore|ti prego
sorry|i'm sorry|i am sorry = mi dispiace|scusa
excuse me|pardon me = mi scusi|scusa
yes|yeah|yep|yup = sì
no|nope = no
ok|okay|all right|alright = va bene|d'accordo
sure|of course|certainly = certo|certamente
right|correct = giusto
exactly = esatto
absolutely = assolutamente
maybe|perhaps = forse
never = mai
always = sempre
now|right now = adesso|subito
here = qui
there = là|lì
again = ancora
enough|that's enough = basta
what = cosa|che cosa
what is it|what's wrong|what is wrong|what's the matter = che c'è|che succede
what's up|what's going on|what is going on|what's happening|what is happening = che succede|come va
who is it|who's there|who is there = chi è|chi è là
who = chi
where = dove
when = quando
why = perché
why not = perché no
how = come
how come = come mai
really = davvero|sul serio
seriously = sul serio
are you sure = sei sicuro|ne sei sicuro
are you okay|are you all right|are you alright|are you ok = stai bene|tutto bene
i'm fine|i am fine|i'm okay|i'm ok = sto bene
how are you = come stai|come va
how are you doing|how's it going|how is it going = come va
i see = capisco
i know = lo so
i don't know|i do not know|i dunno|dunno = non lo so
i don't understand|i do not understand = non capisco
i don't care|i do not care = non m'importa
i think so = credo di sì
i don't think so = non credo
i hope so = lo spero
me too = anch'io
me neither = neanch'io
not yet = non ancora
not now = non adesso
not me = non io
no way = neanche per sogno|impossibile
no problem = nessun problema
never mind = lascia stare|non importa
forget it = lascia perdere
it's nothing|it is nothing = non è niente
it's okay|it's all right|it's alright = va tutto bene
everything's fine|everything is fine|everything's okay = va tutto bene
don't worry|do not worry = non preoccuparti|non ti preoccupare
calm down = calmati
relax = rilassati|calma
easy|take it easy = calma|piano
be careful|careful|watch out|look out = attento|attenzione
be quiet|quiet|silence = silenzio|zitto
shut up = sta' zitto|zitto
hush|shh = zitto
stop|stop it|stop that = fermati|basta
wait|hold on = aspetta|un momento
wait a minute|wait a moment|just a minute|just a moment = aspetta un attimo|un momento
one moment|hold on a second|wait a second = un attimo|aspetta un attimo
hurry|hurry up = sbrigati|presto
come on = forza|dai|andiamo
come here = vieni qui
come in = avanti|entra
come with me = vieni con me
follow me = seguimi
let's go|let us go = andiamo
go|go go go = vai|via
go ahead = vai avanti
go away = vattene|va' via
get out|get out of here = fuori|vattene
get down = a terra|giù
get up|stand up = alzati
sit down = siediti|si sieda
get back|stay back = state indietro|indietro
stay here = resta qui
run = corri|scappa
jump = salta
fire = fuoco
don't move|do not move|freeze = fermo|non muoverti
hands up = mani in alto
don't shoot|do not shoot = non sparare
let me go|let go of me = lasciami andare|lasciami
leave me alone = lasciami in pace
help|help me = aiuto|aiutami
look|look at this = guarda
look at me = guardami
listen|listen to me = ascolta|ascoltami
got it|understood = capito
give it to me|give me that = dammelo
my god|oh my god|oh god|good god = mio dio|oddio
for god's sake|for heaven's sake = per l'amor di dio
god = dio
jesus|jesus christ = gesù
damn|damn it|dammit|goddamn it = maledizione|accidenti
hell|what the hell = che diavolo|ma che diavolo
shit|crap = merda
bastard = bastardo
idiot = idiota
liar = bugiardo
coward = codardo
wow = wow|accidenti
whoa = ehi|wow
oh = oh
ah = ah
oh no = oh no
oh yes|oh yeah = oh sì
uh-huh|mm-hmm = mm-mm|sì
well = beh|bene
so = allora|quindi
and = e
anyway = comunque
great|excellent|wonderful = ottimo|fantastico|magnifico
good|very good = bene|molto bene
perfect = perfetto
fine = bene
nice = bello
nice to meet you|pleased to meet you = piacere|piacere di conoscerti
good luck = buona fortuna
good job|well done|nice work = ottimo lavoro|bravo
congratulations = congratulazioni
cheers = salute|cin cin
happy birthday = buon compleanno
merry christmas = buon natale
sir|yes sir|yes, sir = signore|sissignore
madam|ma'am = signora
boss = capo
honey|darling|sweetheart|my love = tesoro|amore mio
buddy|pal|dude = amico
guys = ragazzi
kids = ragazzi|bambini
mom|mommy|mum = mamma
dad|daddy = papà
i love you = ti amo
i hate you = ti odio
i miss you = mi manchi
i'm here|i am here = sono qui
i'm coming|i am coming = arrivo
i'm ready|i am ready = sono pronto
i promise = lo prometto
i swear = lo giuro
trust me = fidati di me|fidati
promise me = promettimelo
tell me = dimmi
tell me the truth = dimmi la verità
show me = fammi vedere
it's over|it is over = è finita
it's me|it is me = sono io
it's true|that's true = è vero
that's right|that's it = proprio così|esatto
that's not true|it's not true = non è vero
that's impossible|it's impossible|impossible = è impossibile|impossibile
that's all = è tutto|tutto qui
the end = fine
"""


@cache
def _tables() -> dict[str, dict[str, tuple[str, ...]]]:
    tables: dict[str, dict[str, tuple[str, ...]]] = {"en": {}, "it": {}}
    for line in _PHRASES.strip().splitlines():
        english, italian = (tuple(side.strip().split("|")) for side in line.split("="))
        for one in english:
            tables["en"].setdefault(_plain(one), italian)
        for one in italian:
            known = tables["it"].get(_plain(one), ())
            tables["it"][_plain(one)] = (*known, *(way for way in english[:2] if way not in known))[:3]
    return tables


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[\w'-]+", text.lower().replace("’", "'")))


def phrase(sentence: str, source: str, target: str) -> tuple[str, ...]:
    """Ways to say ``sentence`` (clean, with its final mark), best first; empty when it is not in the book."""
    if {source, target} != {"en", "it"}:
        return ()
    ways = _tables()[source].get(_plain(sentence), ())
    mark = re.search(r"[.!?]*$", sentence.rstrip("\"' "))
    ending = mark[0] if mark else ""
    made = []
    for way in ways:
        text = re.sub(r"\bi\b(?=[' ]|$)", "I", way) if target == "en" else way
        text = re.sub(r"\b(god|jesus|christ|christmas|dio|gesù)\b", lambda word: word[0].capitalize(), text)
        made.append(text[:1].upper() + text[1:] + ending)
    return tuple(made)
