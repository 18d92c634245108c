"""F6: chrF and BLEU of the translator, both ways, on held-out Tatoeba and on sixty lines of film dialogue.

``sacrebleu`` with its default settings (chrF2, BLEU with the 13a tokeniser, cased). The dialogue and its
references (``data/dialogue60.tsv``) were written before any translation of them was seen. Also reported: lines
without a confidence, and the rank correlation (Spearman) of confidence with each line's own chrF. Peer:
Apertium through Spanish, where it is installed (``apertium-eng-spa``, ``apertium-spa-ita``).
"""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from clips import read_lines
from figures import Figure, material, parser, record

Pairs = list[tuple[str, str]]


def held_out() -> Pairs:
    """2,000 pairs that no translator of ours was trained on."""
    path = material() / "parallel" / "tatoeba-en-it.heldout.tsv.gz"
    rows = gzip.decompress(path.read_bytes()).decode().splitlines()
    return [(row.split("\t")[0], row.split("\t")[1]) for row in rows if "\t" in row]


def dialogue() -> Pairs:
    """The sixty lines of film dialogue."""
    rows = read_lines(Path(__file__).parent / "data" / "dialogue60.tsv")
    return [(row.split("\t")[1], row.split("\t")[2]) for row in rows]


def scores(answers: list[str], references: list[str]) -> dict[str, float]:
    """Corpus chrF and BLEU."""
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    return {"chrF": CHRF().corpus_score(answers, [references]).score,
            "BLEU": BLEU().corpus_score(answers, [references]).score}


def trust(answers: list[Any], references: list[str]) -> dict[str, Any]:
    """How many lines carry a confidence, and whether it ranks them as chrF does."""
    from sacrebleu.metrics.chrf import CHRF
    from scipy.stats import spearmanr

    metric = CHRF()
    known = [(one.confidence, metric.sentence_score(one.text, [reference]).score)
             for one, reference in zip(answers, references, strict=True) if one.confidence is not None]
    rank = float(spearmanr(*zip(*known, strict=True)).statistic) if len(known) > 9 else None
    return {"lines": len(answers), "without confidence": len(answers) - len(known), "spearman": rank}


def apertium(lines: list[str], chain: tuple[str, ...]) -> list[str] | None:
    """``lines`` through Apertium's modes one after the other; None where they are not installed."""
    if shutil.which("apertium") is None:
        return None
    modes = subprocess.run(["apertium", "-l"], capture_output=True, text=True, check=False).stdout.split()
    if not set(chain) <= set(modes):
        return None
    text = "\n".join(lines)
    for mode in chain:
        text = subprocess.run(["apertium", "-u", mode], input=text, capture_output=True, text=True,
                              check=True).stdout.rstrip("\n")
    answers = text.split("\n")
    return answers if len(answers) == len(lines) else None


def main() -> int:
    few = parser(__doc__).parse_args().few or None
    from ciak.backends import registry
    from ciak.config import Settings

    settings = Settings.from_environment()
    translator: Any = registry.resolve("translator", settings)
    figures, notes = [], []
    for name, pairs in (("held-out Tatoeba", held_out()[:few]), ("film dialogue", dialogue()[:few])):
        for source, target, chain in (("en", "it", ("eng-spa", "spa-ita")), ("it", "en", ("ita-spa", "spa-eng"))):
            said = [pair[source == "it"] for pair in pairs]
            wanted = [pair[target == "it"] for pair in pairs]
            best = [ways[0] for ways in translator.translate(said, source, target)]
            score = scores([one.text for one in best], wanted)
            details: dict[str, Any] = {**trust(best, wanted), "translator": translator.name}
            peer = apertium(said, chain) if name == "film dialogue" else None
            if peer:
                details["peer, Apertium through Spanish"] = scores(peer, wanted)
            if name == "film dialogue":
                details["answers"] = [one.text for one in best]
            for metric, value in score.items():
                figures.append(Figure("F6", f"{metric}, {name}, {source} to {target}", value, details=details))
                details = {}
            unsure = figures[-2].details["without confidence"]
            figures.append(Figure("F6", f"lines without confidence, {name}, {source} to {target}", unsure, "0",
                                  unsure == 0))
    if not any("peer, Apertium through Spanish" in figure.details for figure in figures):
        notes.append("peer not measured: Apertium is not installed")
    return record("translation", figures, notes=notes, keep=few is None)


if __name__ == "__main__":
    sys.exit(main())
