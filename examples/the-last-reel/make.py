"""Makes the example film "The Last Reel", or copies it from the cache when it was made before.

    python examples/the-last-reel/make.py TARGET.mp4 [--truth FOLDER]
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from ciak import Settings
from ciak.errors import CiakError
from last_reel import film


def _percent(part: float) -> None:
    if sys.stderr.isatty():
        print(f"\r  {part:4.0%}", end="", file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("target", type=Path, help="where the film goes, .mp4")
    parser.add_argument("--truth", type=Path, help="a folder for truth.json and the stems DX.wav and ME.wav")
    options = parser.parse_args(arguments)
    try:
        made = film.make(Settings.from_environment(), _percent)
    except CiakError as problem:
        print(problem, file=sys.stderr)
        return problem.exit_code
    options.target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made, options.target)
    print(options.target)
    if options.truth:
        options.truth.mkdir(parents=True, exist_ok=True)
        for name in film.TRUTH:
            shutil.copyfile(made.parent / name, options.truth / name)
            print(options.truth / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
