"""Live subtitles, figure F5: how late words are shown, how many are changed later, and what it costs in words.

The judge plays sound into ``ciak subtitle live - --json`` at the speed at which it is spoken, a tenth of a second at a
time and never before it would have been recorded, and notes by its own clock when each line of JSON comes back. Of
these it knows one thing only: an object with ``"event": "line"`` says what stands in line number ``line`` of
``language`` from now on (``text``).

Sound. The FLEURS clips of each language, one after the other with 1.2 s of rest between, and the sound of our example
film (music and effects under speech).

Latency. A shown word is matched with a word of the truth (longest common blocks); it counts from the word's true end to
the arrival of the first state of a line that has it. True ends: of the film those at which its maker laid the words; of
English clips those of an independent aligner (``live_ear.py``, PocketSphinx) on the human transcript. Words that never
come are no matter of latency but of word error.

Changes. Each state of a line is held against the one before: a word that was shown and does not stand in its place any
more has changed; so has every word of a line that is taken away. Share of all words ever shown. Punctuation and
capitals count as changes here.

Word error. All lines in order against the transcripts, pooled over the languages, minus that of ``ciak subtitle`` on
the same sound at leisure.

Translation, reported: from the end of the speech of an English clip to the last change of the Italian that comes before
the next clip's speech is 2 s old.

Peer, reported: the same recogniser as simple programs use it live, faster-whisper on consecutive stretches of four
seconds, its whole text shown when a stretch is decoded; its arithmetic is timed here, its waiting is counted.
"""

from __future__ import annotations

import difflib
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from clips import Sound, decode, fleurs, write_wav
from figures import ROOT, Counts, Figure, ciak, parser, pooled, record, word_errors, words

sys.path.insert(0, str(ROOT / "examples" / "the-last-reel"))

RATE, PIECE, REST = 16000, 1600, 1.2
LEAD, TAIL = 1.0, 6.0
"""Seconds of rest before the first word, and after the last."""
WINDOW = 4.0
"""Seconds of the peer's stretches."""
LANGUAGES = ("en", "es", "fr", "de")
BENCH = ROOT / ".venv-bench" / "bin" / "python"
SETTINGS = {"piece": PIECE / RATE, "rest": REST, "lead": LEAD, "tail": TAIL, "peer_window": WINDOW}


@dataclass
class Stream:
    """Sound, its transcript, and the truth about it: ``laid`` (word, end) where known, ``parts`` (start, end)."""

    name: str
    language: str
    sound: Sound
    texts: list[str]
    laid: list[tuple[str, float]] = field(default_factory=list)
    parts: list[tuple[float, float]] = field(default_factory=list)


@dataclass(frozen=True)
class State:
    """What a line said when: ``at`` in seconds since the sound's first sample was there."""

    at: float
    language: str
    line: int
    text: str


def rest(seconds: float) -> Sound:
    """Silence with the faintest noise, as a line that is open has."""
    return np.random.default_rng(7).normal(0, 1e-4, int(seconds * RATE)).astype(np.float32)


def spoken(language: str, few: int | None) -> Stream:
    """The clips of a language one after the other."""
    parts, texts, laid, places = [rest(LEAD)], [], [], []
    at = LEAD
    for clip in [one for one in fleurs() if one.language == language][:few]:
        sound = decode(clip.path, RATE)[:, 0]
        if language == "en":
            laid += [(word, at + end) for word, end in _aligned(sound, clip.text)]
        places.append((at, at + len(sound) / RATE))
        parts += [sound, rest(REST)]
        at += len(sound) / RATE + REST
        texts.append(clip.text)
    return Stream(f"FLEURS {language}", language, np.concatenate([*parts, rest(TAIL)]), texts, laid, places)


def _aligned(sound: Sound, text: str) -> list[tuple[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        path = write_wav(Path(folder) / "clip.wav", sound, RATE)
        done = subprocess.run([BENCH, ROOT / "benchmarks" / "live_ear.py", path], input=" ".join(words(text, "en")),
                              capture_output=True, text=True, check=True)
    return [(word, end) for word, _, end in json.loads(done.stdout)]


def example() -> Stream:
    """Our own film."""
    from ciak.config import Settings
    from last_reel import film

    made = film.make(Settings.from_environment())
    truth = json.loads((made.parent / "truth.json").read_text(encoding="utf-8"))
    laid = [(word, one["end"]) for one in truth["words"] for word in words(one["text"], "en")]
    text = " ".join(one["text"] for one in truth["words"])
    return Stream("the example", "en", np.concatenate([decode(made, RATE)[:, 0], rest(TAIL)]), [text], laid)


def played(stream: Stream, *more: str) -> list[State]:
    """Play the stream into the command and note what comes back when."""
    command = [str(Path(sys.executable).parent / "ciak"), "subtitle", "live", "-", "--language", stream.language,
               "--json", *more]
    states: list[State] = []
    ready = threading.Event()
    clock = [0.0]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin and process.stdout and process.stderr

    def listen() -> None:
        assert process.stdout
        for row in process.stdout:
            now = time.monotonic()
            told = json.loads(row)
            if told.get("event") == "ready":
                ready.set()
            elif told.get("event") == "line":
                states.append(State(now - clock[0], told["language"], int(told["line"]), told["text"]))
        ready.set()

    listener = threading.Thread(target=listen)
    listener.start()
    errors: list[bytes] = []
    grumbler = threading.Thread(target=lambda: errors.append(process.stderr.read()))  # type: ignore[union-attr]
    grumbler.start()
    ready.wait(120)
    with tempfile.TemporaryDirectory() as folder:
        data = write_wav(Path(folder) / "stream.wav", stream.sound, RATE).read_bytes()
    clock[0] = time.monotonic()
    head = len(data) - 2 * len(stream.sound)
    process.stdin.write(data[:head])
    process.stdin.flush()
    for number, start in enumerate(range(head, len(data), 2 * PIECE), 1):
        time.sleep(max(0.0, clock[0] + number * PIECE / RATE - time.monotonic()))
        process.stdin.write(data[start:start + 2 * PIECE])
        process.stdin.flush()
    process.stdin.close()
    process.wait(120)
    listener.join(10)
    grumbler.join(10)
    if process.returncode != 0:
        sys.exit(f"the command failed ({process.returncode}): {b''.join(errors).decode()[-600:]}")
    return states


def final(states: list[State], language: str) -> str:
    """What stands in the end, all lines in order."""
    lines: dict[int, str] = {}
    for state in states:
        if state.language == language:
            lines[state.line] = state.text
    return " ".join(text for _, text in sorted(lines.items()) if text)


def changed(states: list[State]) -> tuple[int, int]:
    """Words that were shown and did not stay, and words ever shown."""
    before: dict[tuple[str, int], list[str]] = {}
    lost = shown = 0
    for state in states:
        old, new = before.get((state.language, state.line), []), state.text.split()
        lost += sum(1 for at, word in enumerate(old) if at >= len(new) or new[at] != word)
        shown += sum(1 for at, word in enumerate(new) if at >= len(old) or old[at] != word)
        before[state.language, state.line] = new
    return lost, shown


def latencies(stream: Stream, states: list[State]) -> list[float]:
    """Of each word that can be matched: from its true end to when it was first shown, seconds."""
    arrived: dict[int, list[tuple[str, float]]] = {}
    for state in states:
        if state.language != stream.language:
            continue
        row, new = arrived.setdefault(state.line, []), words(state.text, stream.language)
        same = next((at for at, (old, now) in enumerate(zip(row, new, strict=False)) if old[0] != now),
                    min(len(row), len(new)))
        row[same:] = [(word, state.at) for word in new[same:]]
    shown = [pair for _, row in sorted(arrived.items()) for pair in row]
    blocks = difflib.SequenceMatcher(None, [word for word, _ in shown], [word for word, _ in stream.laid],
                                     autojunk=False).get_matching_blocks()
    return [shown[block.a + at][1] - stream.laid[block.b + at][1] for block in blocks for at in range(block.size)]


def translated(stream: Stream, states: list[State], to: str) -> list[float]:
    """Of each clip: from the end of its speech to the last change of its translation, seconds."""
    late = []
    for (_, end), following in zip(stream.parts, [*(start for start, _ in stream.parts[1:]), float("inf")],
                                   strict=True):
        mine = [state.at for state in states if state.language == to and end - 3 < state.at < following + 2]
        if mine:
            late.append(max(mine) - end)
    return late


def at_leisure(stream: Stream) -> str:
    """What ``ciak subtitle`` hears in the same sound."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_wav(Path(folder) / "stream.wav", stream.sound, RATE)
        report = ciak("subtitle", path, "--language", stream.language, "--out", Path(folder) / "out", "--json").json()
    return " ".join(line["source"] for line in report["lines"])


def peer(stream: Stream) -> tuple[list[State], str]:
    """faster-whisper on stretch after stretch."""
    from faster_whisper import WhisperModel

    from ciak.bootstrap import model_store

    model = WhisperModel(str(model_store().folder("whisper-base")), device="cpu", compute_type="int8")
    states: list[State] = []
    step, free = int(WINDOW * RATE), 0.0
    for number, start in enumerate(range(0, len(stream.sound), step)):
        began = time.monotonic()
        segments, _ = model.transcribe(stream.sound[start:start + step], language=stream.language)
        text = " ".join(one.text.strip() for one in segments)
        free = max(free, min(start + step, len(stream.sound)) / RATE) + time.monotonic() - began
        states.append(State(free, stream.language, number, text))
    return states, final(states, stream.language)


def _counts(stream: Stream, said: str) -> Counts:
    return word_errors(" ".join(stream.texts), said, stream.language)


def _p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(.95 * len(values)))]


def figures(streams: list[Stream]) -> list[Figure]:
    """All of F5."""
    live, leisure, simple, late, simple_late, carried = [], [], [], [], [], []
    lost = shown = 0
    details: dict[str, Any] = {}
    for stream in streams:
        states = played(stream, *(["--to", "it"] if stream.language == "en" else []))
        said, calm = final(states, stream.language), at_leisure(stream)
        gone, all_shown = changed(states)
        lost, shown = lost + gone, shown + all_shown
        live.append(_counts(stream, said))
        leisure.append(_counts(stream, calm))
        details[stream.name] = {"live": said, "at leisure": calm, "translation": final(states, "it"),
                                "word error": pooled(live[-1:]), "word error at leisure": pooled(leisure[-1:])}
        if stream.laid:
            mine = latencies(stream, states)
            late += mine
            details[stream.name] |= {"median": statistics.median(mine), "p95": _p95(mine), "matched": len(mine),
                                     "of": len(stream.laid)}
        if stream.parts and stream.language == "en":
            carried += translated(stream, states, "it")
        others, theirs = peer(stream)
        simple.append(_counts(stream, theirs))
        if stream.laid:
            simple_late += latencies(stream, others)
    cost = pooled(live) - pooled(leisure)
    median, p95, share = statistics.median(late), _p95(late), lost / max(1, shown)
    return [
        Figure("subtitles F5", "live: a word is shown after it was spoken, median, s", median, "<= 2.5", median <= 2.5,
               details=details),
        Figure("subtitles F5", "live: a word is shown after it was spoken, p95, s", p95, "<= 4", p95 <= 4),
        Figure("subtitles F5", "live: shown words that are changed later, share", share, "<= 0.02", share <= .02,
               details={"changed": lost, "shown": shown}),
        Figure("subtitles F5", "live: word error against the same sound at leisure", cost, "<= +0.05", cost <= .05,
               details={"live": pooled(live), "at leisure": pooled(leisure)}),
        Figure("subtitles F5", "live: word error", pooled(live)),
        Figure("subtitles F5", "live: the translation of a clip stands after its end, median, s",
               statistics.median(carried) if carried else None),
        Figure("subtitles F5", "peer, stretches of 4 s: median, s", statistics.median(simple_late)),
        Figure("subtitles F5", "peer, stretches of 4 s: p95, s", _p95(simple_late)),
        Figure("subtitles F5", "peer, stretches of 4 s: word error", pooled(simple)),
    ]


def main() -> int:
    few = parser(__doc__).parse_args().few or None
    if not BENCH.is_file():
        sys.exit("the aligner is not here: make bench-setup")
    streams = [spoken(language, few) for language in (LANGUAGES[:1] if few else LANGUAGES)]
    return record("live", figures(streams if few else [*streams, example()]), judge=SETTINGS, keep=few is None)


if __name__ == "__main__":
    sys.exit(main())
