"""Release: the film itself, picture untouched, both languages as sound tracks, subtitles as tracks, stems beside.

The container is MP4 where the picture's codec may live there, else MKV. A film without picture has no film file:
its mix is the delivery. For the studio a proxy per language is made, because browsers cannot switch a file's
sound tracks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ciak.dubbing.delivery import Delivery
from ciak.dubbing.finish import Finish
from ciak.dubbing.stems import deliver_stems
from ciak.film import SubtitleCue
from ciak.media import MuxPlan, SoundTrack, SubtitleTrack, mux, with_sound
from ciak.project import Film, Maker, Step, once, proxy_of
from ciak.project.rights import Rights
from ciak.store import commit_bytes

__all__ = ["release", "title_of"]

Tick = Callable[[float], None]
Seal = Callable[[str], dict[str, str]]
"""Artefact -> the artefact ``film`` to be delivered in its place, and ``credentials`` to lie beside it, if any."""
_NAMES = {"en": "English", "it": "Italiano", "es": "Español", "fr": "Français", "de": "Deutsch", "pt": "Português"}


def unsealed(artefact: str) -> dict[str, str]:
    """Deliver it as it is."""
    return {"film": artefact}


def title_of(language: str) -> str:
    """A language by its own name, as players show it; the code where it is not known here."""
    return _NAMES.get(language.split("-")[0], language)


def release(film: Film, delivery: Delivery, languages: tuple[str, str], stems: Mapping[str, str],
            cues: Mapping[str, Sequence[SubtitleCue]], wanted: tuple[Finish, Tick], seal: Seal = unsealed) -> Path:
    """Deliver stems and film; returns the path of the film (of the mix, where there is no picture). ``languages``:
    the original's and the dub's; ``wanted``: the finish, and who hears of the progress; ``seal``: signs what is
    delivered, last. Raises :class:`NoConsent` where a voice is heard in them that may not be."""
    (source, target), (finish, tick) = languages, wanted
    for name in ("DX", "MIX"):
        Rights(film).ask_artefact(stems[name], "the release")
    alone = film.source is None or not film.source.picture
    given = {**stems, "MIX": seal(stems["MIX"])["film"]} if alone else stems
    paths = deliver_stems(film, delivery, target, given, finish, lambda done: tick(0.3 * done))
    tick(0.3)
    if film.source is None or not film.source.picture:
        delivery.files["film"] = paths["MIX"]
        return paths["MIX"]
    made = _film(film, source, target, stems, cues)
    tick(0.8)
    signed = seal(made["film"])
    whole = film.artefacts.path(signed["film"])
    picture = delivery.copy("film", f"{delivery.stem}.{target}{whole.suffix}", whole)
    if "credentials" in signed:
        delivery.copy("credentials", f"{picture.name}.c2pa", film.artefacts.path(signed["credentials"]))
    _proxies(film, source, target, stems["MIX"])
    return picture


def _film(film: Film, source: str, target: str, stems: Mapping[str, str],
          cues: Mapping[str, Sequence[SubtitleCue]]) -> dict[str, str]:
    assert film.source is not None
    shown = {language: [[str(cue.span.start), str(cue.span.end), cue.text] for cue in cues[language]]
             for language in (target, source) if cues.get(language)}
    words = film.artefacts.put_bytes(json.dumps(shown, ensure_ascii=False, sort_keys=True).encode(), ".json")
    step = Step(name="release", version="1", maker=Maker("ciak", "1"),
                inputs={"media": film.source.sha256, "mix": stems["MIX"], "subtitles": words},
                settings={"source": source, "target": target, "start": str(film.start), "title": film.title})

    def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
        texts = tuple(SubtitleTrack(tuple(cues[language]), language, title_of(language)) for language in shown)
        plan = MuxPlan(
            picture=film.source_path(), target=temporary(".mp4"), subtitles=texts, timecode=str(film.start),
            title=film.title,
            tracks=(SoundTrack(film.artefacts.path(stems["MIX"]), target, title_of(target), default=True),
                    SoundTrack(film.source_path(), source, f"{title_of(source)} (original)")))
        return {"film": Path(mux(plan).path)}

    return once(film, step, make)


def _proxies(film: Film, source: str, target: str, mix: str) -> None:
    """A proxy per language, the picture encoded once; noted in ``.ciak/proxies.json``."""
    original = proxy_of(film)
    if original is None:
        return
    picture = original.path.name
    step = Step(name="proxy-sound", version="1", maker=Maker("ciak", "1"), inputs={"proxy": picture, "sound": mix},
                settings={"language": target})

    def make(temporary: Callable[[str], Path]) -> dict[str, Path]:
        out = temporary(".mp4")
        with_sound(original.path, film.artefacts.path(mix), out, target)
        return {"proxy": out}

    dubbed = once(film, step, make)["proxy"]
    note = film.private("") / "proxies.json"
    known: dict[str, object] = json.loads(note.read_bytes()) if note.is_file() else {}
    changed = {**known, source: {"artefact": picture}, target: {"artefact": dubbed}}
    if changed != known:
        commit_bytes(note, json.dumps(changed, indent=1).encode())
