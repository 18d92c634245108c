"""``ciak languages``: what can be heard, translated and spoken, without the network."""

from __future__ import annotations

from dataclasses import asdict

from ciak.cli.screen import command, emit, table

__all__ = ["languages"]


@command("ciak languages\nciak languages --json")
def languages(as_json: bool) -> None:
    """Every language with what Ciak does in it: hear it, translate it, speak it; and the pairs, with what they need.

    Any language that is heard is dubbed into any that is spoken with a translation of your own (`--translation`).
    """
    from ciak.backends.languages import language_pairs, tongues
    from ciak.bootstrap import settings

    chosen = settings()
    known, pairs = tongues(chosen), language_pairs(chosen)
    full = [one for one in known if one.into or one.voices]
    only = [one.code for one in known if one not in full and one.heard]
    spoken = ", ".join(one.code for one in known if one.voices)
    missing = tuple(dict.fromkeys(name for pair in pairs for name in pair.needs))
    rows = [(one.code, "yes" if one.heard else "", ", ".join(one.into), str(one.voices or "")) for one in full]
    emit({"languages": [asdict(one) for one in known], "pairs": [asdict(pair) for pair in pairs]},
         [*table(("language", "heard", "translated into", "voices"), rows), "",
          f"Heard too, for subtitles in the original ({len(only)}): {' '.join(only)}",
          f"With a translation of your own (--translation) a film in any of these is dubbed into {spoken}.",
          *([f"Missing: {', '.join(missing)} (models come with: ciak models pull NAME)"] if missing else [])],
         as_json=as_json)
