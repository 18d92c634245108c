"""When each word of a known text is spoken, by an aligner that has nothing to do with the recogniser under test.

Runs in the judges' own environment: ``.venv-bench/bin/python benchmarks/live_ear.py FILE < TEXT`` prints JSON, a list
of [word, start, end] in seconds of a 16 kHz mono 16-bit WAV file. English only (PocketSphinx's own acoustic model and
dictionary). Words that its dictionary lacks are left out; their neighbours' times take their sound in.
"""

from __future__ import annotations

import json
import sys
import wave

__all__ = ["aligned"]


def aligned(path: str, words: list[str]) -> list[tuple[str, float, float]]:
    """The words of ``words`` that the dictionary has, with their times."""
    from pocketsphinx import Decoder

    decoder = Decoder(samprate=16000, loglevel="FATAL")
    known = [word for word in words if decoder.lookup_word(word) is not None]
    with wave.open(path) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (16000, 1, 2):
            raise SystemExit("the aligner wants 16 kHz mono 16-bit")
        sound = file.readframes(file.getnframes())
    decoder.set_align_text(" ".join(known))
    decoder.start_utt()
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()
    found = [(part.word.split("(")[0], part.start_frame / 100, (part.end_frame + 1) / 100) for part in decoder.seg()
             if part.word[0] not in "<["]
    if [word for word, _, _ in found] != known:
        raise SystemExit("the aligner did not find the text in the sound")
    return found


if __name__ == "__main__":
    print(json.dumps(aligned(sys.argv[1], sys.stdin.read().split())))
