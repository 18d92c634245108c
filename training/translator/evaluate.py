"""chrF and BLEU of a CTranslate2 directory, both ways, on sentence pairs that it was not trained on.

    python training/translator/evaluate.py CT2_DIR HELDOUT.tsv[.gz] [COUNT]

This is the bare network at beam 4, for comparing training runs; the product's own figure, with names protected and
hypotheses ranked, is ``benchmarks/translation.py``.
"""

from __future__ import annotations

import gzip
import random
import sys
import time
from pathlib import Path

import ctranslate2
import sacrebleu
import sentencepiece


def main() -> None:
    """Translate and score."""
    folder, path = Path(sys.argv[1]), Path(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    engine = ctranslate2.Translator(str(folder), device="cpu", compute_type="int8", intra_threads=1)
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "spm.model"))
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        pairs = [line.rstrip("\n").split("\t")[:2] for line in file]
    random.Random(3).shuffle(pairs)
    pairs = pairs[:count]
    for target, source, wanted in (("it", 0, 1), ("en", 1, 0)):
        began = time.process_time()
        answers = engine.translate_batch(
            [[f"<2{target}>", *pieces.encode(pair[source], out_type=str)] for pair in pairs], beam_size=4,
            max_batch_size=32, max_decoding_length=120)
        spent = time.process_time() - began
        said = [pieces.decode(answer.hypotheses[0]) for answer in answers]
        references = [[pair[wanted] for pair in pairs]]
        sys.stdout.write(f"to {target}: chrF {sacrebleu.corpus_chrf(said, references).score:.1f}, "
                         f"BLEU {sacrebleu.corpus_bleu(said, references).score:.1f}, "
                         f"{len(said) / spent:.0f} lines per CPU second\n")


if __name__ == "__main__":
    main()
