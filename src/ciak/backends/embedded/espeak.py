"""Phonemes from espeak-ng, run as a separate process: arguments in a list, text on standard input, no shell.

espeak-ng is GPL and stays behind the process boundary. It writes what it would say in the International Phonetic
Alphabet, one line per line given; :mod:`ciak.backends.embedded.phonemes` makes a voice's alphabet of it. It does
not know names, and reads a foreign word by the rules of the language that it was told.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence

from ciak.errors import BackendError, ProgramAbsent

__all__ = ["PROGRAM", "VOICES", "ipa_lines"]

PROGRAM = "espeak-ng"
VOICES: dict[str, str] = {"it": "it", "en": "en-us", "en-us": "en-us", "en-gb": "en-gb", "es": "es", "fr": "fr-fr"}
"""Language (and region) -> espeak-ng voice."""

_TIMEOUT = 30.0
_UNSPOKEN = re.compile(r"[^\w\s'%$€£+°.,:/-]|[\n\r\t\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_FOREIGN = re.compile(r"\([\^a-z-]+\)")
"""The mark, ``(en)``, by which espeak-ng says that it reads the next word in another language."""


def ipa_lines(lines: Sequence[str], language: str) -> list[str]:
    """The pronunciation of each line, words apart by spaces, the parts of a diphthong or affricate tied by ``^``.

    ``language``: a key of :data:`VOICES`. Lines should be stretches without sentence punctuation. An empty string
    comes back for what has no sound. Raises :class:`ProgramAbsent` when espeak-ng is not installed and
    :class:`BackendError` when it fails.
    """
    if language not in VOICES:
        raise BackendError(f"no pronunciation for the language {language[:20]!r}",
                           remedy=f"there is {', '.join(sorted(VOICES))}")
    given = [" ".join(_UNSPOKEN.sub(" ", line).split()) for line in lines]
    if not any(given):
        return ["" for _ in given]
    heard = _run(given, VOICES[language])
    if len(heard) != len(given):  # a line was spoken as several clauses: ask for each alone
        heard = [" ".join(_run([line], VOICES[language])) if line else "" for line in given]
    return [_FOREIGN.sub("", line).strip() for line in heard]


def _run(lines: Sequence[str], voice: str) -> list[str]:
    command = [PROGRAM, "-q", "-b", "1", "--ipa", "--tie=^", "-v", voice]
    text = "\n".join(lines) + "\n"
    try:
        done = subprocess.run(command, input=text.encode("utf-8", "ignore"), capture_output=True,
                              timeout=_TIMEOUT, check=False)
    except FileNotFoundError:
        raise ProgramAbsent(f"{PROGRAM} is not installed", remedy="apt install espeak-ng") from None
    except subprocess.TimeoutExpired:
        raise BackendError(f"{PROGRAM} did not answer within {_TIMEOUT:.0f} s") from None
    except OSError as error:
        raise BackendError(f"{PROGRAM} could not be run: {error}") from error
    if done.returncode:
        raise BackendError(f"{PROGRAM} failed: {done.stderr.decode('utf-8', 'replace').strip()[:200]}")
    return done.stdout.decode("utf-8", "replace").splitlines()
