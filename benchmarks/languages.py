"""Languages: does every pair that ``ciak languages`` offers offline work from end to end?

The pairs are asked of the product, and only then tried: each that it says is ready is dubbed with the real models, from
a real clip of the source language (FLEURS; for Italian a telephone prompt) whose language is not told. A pair that the
embedded translator does is dubbed by it; every pair of a language that is heard and one that is spoken is dubbed with
a translation that a person wrote (``data/languages.tsv``). A pair is good when

- the command ends well and heard the right language;
- a person's words stand in the subtitles of the target as they were given;
- the voice that was delivered (the stem DX) is taken for the target language by the recogniser, and heard back with
  no more than a third of the words wrong (against the words that should be spoken).

Languages that are heard and not spoken get subtitles only; those of the clips are counted as pairs with themselves.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from asr import srt_text
from clips import decode, fleurs, prompts, read_lines
from figures import ROOT, Figure, ciak, parser, pooled, record, word_errors
from hearing import Ear

WRONG = 1 / 3
PROMPT = "prompt-it-confbridge-pin"


def clips() -> dict[str, Path]:
    """One clip of each language."""
    found = {clip.name: clip.path for clip in [*fleurs(), *prompts("it")]}
    return {"en-4": found["en-4"], "it-pin": found[PROMPT], "es-3": found["es-3"], "fr-4": found["fr-4"],
            "de-4": found["de-4"]}


def offered() -> list[dict[str, Any]]:
    """The pairs that the product says are ready."""
    return [pair for pair in ciak("languages", "--json").json()["pairs"] if not pair["needs"]]


def dubbed(clip: Path, target: str, text: str | None, ear: Ear) -> tuple[bool, str, float]:
    """Whether one dub is good, what was heard in it, and its word error."""
    from ciak.film.sound import Signal

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        more: list[str | Path] = []
        if text is not None:
            seconds = len(decode(clip, 16000)) / 16000
            (folder / "given.srt").write_text(
                f"1\n00:00:00,000 --> 00:00:{int(seconds):02},{round(seconds % 1 * 999):03}\n{text}\n",
                encoding="utf-8")
            more = ["--translation", folder / "given.srt"]
        ran = ciak("dub", clip, "--to", target, *more, "--out", folder / "out", "--json")
        if ran.status:
            return False, ran.err[-200:], 1.0
        report = ran.json()
        spoken = srt_text(next(iter((folder / "out").glob(f"*.{target}.srt"))))
        voice = decode(folder / "out" / report["files"]["stem.DX"], 16000)[:, 0]
        guess = ear.backend.identify(Signal.mono(voice, 16000))
        heard = ear.hear(voice, 16000, target)
        kept = text is None or " ".join(spoken.split()) == " ".join(text.split())
        error = pooled([word_errors(text or spoken, heard, target)])
        good = report["languages"][1] == target and kept and guess.language == target and error <= WRONG
        return good, heard if guess.language == target else f"({guess.language}) {heard}", error


def main() -> int:
    few = parser(__doc__).parse_args().few
    ear, found = Ear(), clips()
    pairs = offered()
    translated = {(one["source"], one["target"]) for one in pairs if one["translated"]}
    own = {(one["source"], one["target"]) for one in pairs if one["spoken"]}
    tried: dict[str, Any] = {}
    rows = [line.split("\t") for line in read_lines(ROOT / "benchmarks" / "data" / "languages.tsv")]
    for name, target, text in rows[:few or None]:
        source = name[:2]
        if (source, target) in own:
            tried[f"{source} {target}, a person's words"] = dubbed(found[name], target, text, ear)
        if (source, target) in translated:
            tried[f"{source} {target}, translated"] = dubbed(found[name], target, None, ear)
    for name, clip in found.items():
        with tempfile.TemporaryDirectory() as folder:
            ran = ciak("subtitle", clip, "--out", folder, "--json")
            tried[f"{name[:2]}, subtitles"] = (ran.status == 0 and ran.json()["languages"] == [name[:2]], "", 0.0)
    written = {(name[:2], target) for name, target, _ in rows}
    five = {"en", "it", "es", "fr", "de"}
    untried = sorted(pair for pair in own | translated if pair not in written and set(pair) <= five)
    for name, (good, heard, error) in tried.items():
        print(f"{'good' if good else 'BAD ':4} {error:.2f} {name}: {heard}")
    share = sum(good for good, _, _ in tried.values()) / len(tried)
    return record("languages", [
        Figure("subtitles 9", "pairs of languages that work offline from end to end, share of those tried", share,
               "1",
               share == 1, details={name: {"good": good, "heard": heard, "word_error": error}
                                    for name, (good, heard, error) in tried.items()}),
        Figure("subtitles 9", "pairs offered between these five languages and not tried", len(untried), "0",
               not untried, details={"pairs": [" ".join(pair) for pair in untried]})], keep=not few)


if __name__ == "__main__":
    sys.exit(main())
