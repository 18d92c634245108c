"""How a voice is heard: extensions of scripts in English and Italian, and what a person says of a line."""

from __future__ import annotations

import pytest

from ciak.errors import BadInput, Refused
from ciak.film import Dialogue, Edge, Loop, Presence, PresenceKind, Span
from ciak.film.captions import AddCaption, CaptionKind, StandCaption
from ciak.film.editing import Lock, Present, Retype, Sing, Split, apply
from ciak.film.presence import presence_said, without_presence

ON, OFF, OVER, DEVICE = PresenceKind


@pytest.mark.parametrize(("extension", "kind"), [
    ("V.O.", OVER), ("VO", OVER), ("V. O.", OVER), ("V/O", OVER), ("Voice-Over", OVER), ("VOCE NARRANTE", OVER),
    ("VOCE OFF", OVER), ("PENSIERO", OVER), ("PRE-LAP", OVER),
    ("O.S.", OFF), ("O.C.", OFF), ("O/S", OFF), ("OFF", OFF), ("OFF-SCREEN", OFF), ("FUORI CAMPO", OFF), ("F.C.", OFF),
    ("V.F.C.", OFF), ("voce f.c.", OFF), ("VOCE FUORI CAMPO", OFF),
    ("ON PHONE", DEVICE), ("over the phone", DEVICE), ("FILTERED", DEVICE), ("ON RADIO", DEVICE), ("ON TV", DEVICE),
    ("T.V.", DEVICE), ("P.A.", DEVICE), ("AL TELEFONO", DEVICE), ("VOCE FILTRATA", DEVICE), ("ALLA RADIO", DEVICE),
    ("VOCE NEL TELEFONO", DEVICE), ("DAL CITOFONO", DEVICE),
    ("INTO PHONE", ON), ("INTO RADIO", ON), ("NEL MICROFONO DEL TELEFONO", ON), ("PARLA AL TELEFONO", ON),
    ("IN CAMPO", ON),
    ("CONT'D", None), ("CONT’D", None), ("CONTINUA", None), ("YOUNG", None), ("", None), ("OFFICER", None),
    ("V.O., CONT'D", OVER), ("O.S./FILTERED", DEVICE), ("V.O.) (CONT'D", OVER),
])
def test_extensions(extension: str, kind: PresenceKind | None) -> None:
    assert presence_said(extension).kind is kind and not presence_said(extension).sung


@pytest.mark.parametrize("extension", ["SINGING", "canta", "V.O., singing", "CANTANDO"])
def test_singing(extension: str) -> None:
    assert presence_said(extension).sung


@pytest.mark.parametrize(("written", "name", "kind"), [
    ("LENA (V.O.)", "LENA", OVER), ("LENA (V.O.) (CONT'D)", "LENA", OVER), ("LENA (AL TELEFONO)", "LENA", DEVICE),
    ("JOHN (YOUNG)", "JOHN (YOUNG)", None), ("JOHN (YOUNG) (O.S.)", "JOHN (YOUNG)", OFF), ("(V.O.)", "(V.O.)", None),
])
def test_names_lose_what_says_how_they_are_heard_and_nothing_else(
        written: str, name: str, kind: PresenceKind | None) -> None:
    found, said = without_presence(written)
    assert (found, said.kind) == (name, kind)


def dialogue(**given: object) -> Dialogue:
    loop = Loop(id="L1", character="S1", span=Span.of(1, 4), text="Once there was", origin="given:script")
    return Dialogue(language="en", loops=(loop.model_copy(update=given),))


def test_a_person_says_how_a_line_is_heard() -> None:
    (loop,) = apply(dialogue(), [Present(loop="L1", kind=OVER), Sing(loop="L1", sung=True)]).loops
    assert loop.presence == Presence(kind=OVER, origin="person") and (loop.sung, loop.sung_origin) == (True, "person")
    assert loop.origin == "given:script", "nobody changed its words"
    (again,) = apply(Dialogue(language="en", loops=(loop,)), [Present(loop="L1", kind=None)]).loops
    assert again.presence is None and again.sung
    (told,) = apply(Dialogue(language="en", loops=(loop,)), [Retype(loop="L1", text="Never")]).loops
    assert told.presence == loop.presence, "the voice is where it was, whatever it says"
    halves = apply(Dialogue(language="en", loops=(loop,)), [Split(loop="L1", at=Span.of(2, 3).start, text_at=4)]).loops
    assert [half.presence for half in halves] == [loop.presence] * 2 and all(half.sung for half in halves)
    same = dialogue()
    assert apply(same, [Sing(loop="L1", sung=False)]) is same


def test_it_is_said_of_the_original_and_not_of_a_locked_line() -> None:
    target = dialogue().model_copy(update={"language": "it", "source": "en"})
    for change in (Present(loop="L1", kind=OVER), Sing(loop="L1", sung=True)):
        with pytest.raises(BadInput, match="of the original's line"):
            apply(target, [change])
        with pytest.raises(Refused):
            apply(dialogue(), [Lock(loop="L1", locked=True), change])


def test_writing_stands_where_a_person_says() -> None:
    made = apply(dialogue(), [AddCaption(kind=CaptionKind.ON_SCREEN, span=Span.of(1, 2), text="CINEMA"),
                              AddCaption(kind=CaptionKind.SOUND, span=Span.of(2, 3), text="rain")])
    (sign, sound) = apply(made, [StandCaption(caption="C1", edge=Edge.BOTTOM)]).captions
    assert sign.edge is Edge.BOTTOM and sound.edge is None
    assert apply(made, [StandCaption(caption="C1", edge=None)]) is made
    with pytest.raises(BadInput, match="not written in the picture"):
        apply(made, [StandCaption(caption="C2", edge=Edge.TOP)])
