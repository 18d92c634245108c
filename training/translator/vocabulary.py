"""The words that the translator's training text shows, a list per language, shipped beside the weights.

    python training/translator/vocabulary.py tatoeba-en-it.train.tsv.gz OUT_DIR

Writes ``words.en.txt.gz`` and ``words.it.txt.gz``: a word a line in its usual case, a tab, its count; most frequent
first. Words seen once are left out. The usual case is the most frequent one away from the beginning of a sentence,
where capitals say nothing. The same pairs give the same bytes.

Source of the text: Tatoeba (CC BY 2.0 FR).
"""

from __future__ import annotations

import gzip
import io
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*['’]?")
SENTENCE_END = re.compile(r"[.!?…:\"“”«»\-–—]\s*$")
LEAST = 2


def count(lines: list[str]) -> list[tuple[str, int]]:
    """(word in its usual case, count) of ``lines``, most frequent first."""
    inside: dict[str, Counter[str]] = defaultdict(Counter)
    total: Counter[str] = Counter()
    for line in lines:
        for match in WORD.finditer(line):
            word = match[0].replace("’", "'")
            total[word.lower()] += 1
            before = line[:match.start()].strip()
            if before and not SENTENCE_END.search(before):
                inside[word.lower()][word] += 1
    rows = []
    for lower, number in total.items():
        if number >= LEAST:
            usual = min(inside[lower], key=lambda form: (-inside[lower][form], form)) if inside[lower] else lower
            rows.append((usual, number))
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def write(path: Path, rows: list[tuple[str, int]]) -> None:
    """Gzip without name and time, so that the bytes depend on the rows alone."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, compresslevel=9, mtime=0) as file:
        file.write("".join(f"{word}\t{number}\n" for word, number in rows).encode())
    path.write_bytes(buffer.getvalue())


def main() -> None:
    """Read the pairs, write both lists."""
    pairs, out = Path(sys.argv[1]), Path(sys.argv[2])
    with gzip.open(pairs, "rt", encoding="utf-8") as file:
        columns = [line.rstrip("\n").split("\t")[:2] for line in file if "\t" in line]
    for place, language in enumerate(("en", "it")):
        rows = count(sorted({column[place] for column in columns}))
        write(out / f"words.{language}.txt.gz", rows)
        sys.stdout.write(f"{language}: {len(rows)} words\n")


if __name__ == "__main__":
    main()
