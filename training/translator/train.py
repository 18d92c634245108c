"""Train the embedded English-Italian translator, both directions in one network.

    python training/translator/train.py PAIRS.tsv[.gz] RUN_DIR --minutes 90 [--resume]

PAIRS has English and Italian, tab between, a pair a line; take held-out sentences out of it first (the shared file
``tatoeba-en-it.train.tsv.gz`` has them out). The vocabulary is a SentencePiece unigram model of 6,000 pieces over
both languages; the source begins with ``<2it>`` or ``<2en>``. Fifteen per cent of the examples are two sentences
joined, so that lines of several sentences translate whole. A running average of the weights is what is exported.

The published weights: 346,250 pairs of Tatoeba (CC BY 2.0 FR), 2.6 passes, 82 minutes on two CPU cores. Needs torch
and sentencepiece, which users of Ciak do not.
"""

from __future__ import annotations

import argparse
import gzip
import math
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import sentencepiece
import torch
import torch.nn.functional as F
from network import BOS, EOS, PAD, UNK, Network, Shape

TAGS = {"it": "<2it>", "en": "<2en>"}
JOINED = 0.15
Example = tuple[list[int], list[int]]


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Distinct (English, Italian) pairs, sorted."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        rows = (line.rstrip("\n").split("\t") for line in file)
        return sorted({(row[0], row[1]) for row in rows if len(row) > 1})


def vocabulary(pairs: list[tuple[str, str]], run: Path, size: int) -> sentencepiece.SentencePieceProcessor:
    """The SentencePiece model of the run, trained on 150,000 pairs when it is not there yet."""
    model = run / "spm.model"
    if not model.exists():
        text = run / "sentences.txt"
        sample = random.sample(pairs, min(150_000, len(pairs)))
        text.write_text("\n".join(sentence for pair in sample for sentence in pair), encoding="utf-8")
        sentencepiece.SentencePieceTrainer.train(
            input=str(text), model_prefix=str(run / "spm"), vocab_size=size, model_type="unigram",
            character_coverage=1.0, unk_id=UNK, bos_id=BOS, eos_id=EOS, pad_id=PAD,
            user_defined_symbols=list(TAGS.values()), num_threads=2)
    return sentencepiece.SentencePieceProcessor(model_file=str(model))


def examples(english: list[list[int]], italian: list[list[int]], tags: dict[str, int], longest: int) -> list[Example]:
    """One pass over the data, shuffled: both directions of each pair, some pairs joined."""
    order = list(range(len(english)))
    random.shuffle(order)
    out: list[Example] = []
    at = 0
    while at < len(order):
        first = order[at]
        one, other = english[first], italian[first]
        if random.random() < JOINED and at + 1 < len(order):
            second = order[at + 1]
            one, other, at = one + english[second], other + italian[second], at + 1
        at += 1
        if max(len(one), len(other)) <= longest:
            out.append(([tags["it"], *one, EOS], other))
            out.append(([tags["en"], *other, EOS], one))
    random.shuffle(out)
    return out


def batches(items: list[Example], tokens: int) -> Iterator[list[Example]]:
    """Batches of examples of like length, about ``tokens`` tokens on the longer side."""
    out: list[list[Example]] = []
    for start in range(0, len(items), 40_000):
        held: list[Example] = []
        widest = 0
        for item in sorted(items[start:start + 40_000], key=lambda item: len(item[0]) + len(item[1])):
            width = max(widest, len(item[0]), len(item[1]) + 1)
            if held and width * (len(held) + 1) > tokens:
                out.append(held)
                held, width = [], max(len(item[0]), len(item[1]) + 1)
            held.append(item)
            widest = width
        out.append(held)
    random.shuffle(out)
    yield from out


def tensors(batch: list[Example]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(source, target shifted right, target), padded."""
    wide = max(len(source) for source, _ in batch)
    deep = max(len(target) for _, target in batch) + 1
    source, shifted, wanted = (torch.full((len(batch), n), PAD) for n in (wide, deep, deep))
    for row, (text, target) in enumerate(batch):
        source[row, :len(text)] = torch.tensor(text)
        shifted[row, 0] = BOS
        shifted[row, 1:len(target) + 1] = torch.tensor(target)
        wanted[row, :len(target) + 1] = torch.tensor([*target, EOS])
    return source, shifted, wanted


class Run:
    """A training run: network, optimiser, average, where it stands."""

    def __init__(self, folder: Path, shape: Shape, rate: float) -> None:
        self.folder = folder
        self.network = Network(shape)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), rate, betas=(0.9, 0.98), weight_decay=0.01)
        self.step = 0
        self.average = {name: value.detach().clone() for name, value in self.network.state_dict().items()}

    def load(self) -> None:
        """Go on where the last checkpoint stands."""
        kept = torch.load(self.folder / "last.pt", weights_only=True)
        self.network.load_state_dict(kept["net"])
        self.optimiser.load_state_dict(kept["opt"])
        self.average, self.step = kept["ema"], kept["step"]

    def save(self) -> None:
        """Write the checkpoint that ``export.py`` and ``--resume`` read."""
        torch.save({"net": self.network.state_dict(), "ema": self.average, "opt": self.optimiser.state_dict(),
                    "step": self.step}, self.folder / "last.pt")

    def learn(self, batch: list[Example], rate: float) -> float:
        """One step; its loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        source, shifted, wanted = tensors(batch)
        with torch.autocast("cpu", torch.bfloat16):
            logits = self.network(source, shifted)
        loss = F.cross_entropy(logits.float().flatten(0, 1), wanted.flatten(), ignore_index=PAD, label_smoothing=0.1)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        if self.step % 10 == 0:
            keep = min(0.999, (self.step + 1) / (self.step + 100))
            for name, value in self.network.state_dict().items():
                if value.dtype.is_floating_point:
                    self.average[name].mul_(keep).add_(value, alpha=1 - keep)
        return loss.item()


def main() -> None:
    """Train for the minutes asked, a checkpoint every 2,000 steps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--tokens", type=int, default=3000)
    parser.add_argument("--rate", type=float, default=1.6e-3)
    parser.add_argument("--warm", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--resume", action="store_true")
    asked = parser.parse_args()
    asked.run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(asked.seed)
    random.seed(asked.seed)
    shape = Shape()
    pairs = read_pairs(asked.pairs)
    pieces = vocabulary(pairs, asked.run, shape.vocabulary)
    tags = {language: pieces.piece_to_id(tag) for language, tag in TAGS.items()}
    english, italian = (pieces.encode([pair[side] for pair in pairs]) for side in (0, 1))
    run = Run(asked.run, shape, asked.rate)
    if asked.resume:
        run.load()
    began, mean = time.monotonic(), None
    while True:
        for batch in batches(examples(english, italian, tags, shape.longest), asked.tokens):
            passed = (time.monotonic() - began) / 60
            cooling = max(0.02, math.cos(min(1.0, passed / asked.minutes) * math.pi / 2))
            loss = run.learn(batch, asked.rate * min(1.0, (run.step + 1) / asked.warm) * cooling)
            mean = loss if mean is None else 0.99 * mean + 0.01 * loss
            if run.step % 200 == 0:
                sys.stdout.write(f"step {run.step}, loss {mean:.3f}, {passed:.1f} minutes\n")
                sys.stdout.flush()
            if run.step % 2000 == 0:
                run.save()
            if passed > asked.minutes:
                run.save()
                return


if __name__ == "__main__":
    main()
