"""Writes requirements.lock: all packages of the extras, pinned, with hashes, without addresses.

Works in a scratch environment with pip-tools, so that nothing here is changed besides the lock.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = ("--quiet", "--generate-hashes", "--strip-extras", "--no-header", "--no-annotate",
           "--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links", "--no-emit-options",
           *(part for extra in ("dubbing", "studio", "provenance", "dev") for part in ("--extra", extra)))


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        binaries = Path(folder) / "bin"
        subprocess.run([binaries / "python", "-m", "pip", "install", "--quiet", "pip-tools==7.5.2"], check=True)
        subprocess.run([binaries / "pip-compile", *OPTIONS, "--output-file", ROOT / "requirements.lock",
                        ROOT / "pyproject.toml"], check=True, cwd=ROOT)
    lock = ROOT / "requirements.lock"
    lines = lock.read_text(encoding="utf-8").splitlines()
    addresses = ("--index", "--extra-index", "--find-links", "--trusted")
    kept = [line for line in lines if not line.startswith(addresses)]
    lock.write_text("\n".join(["# Made by `make lock`; installed with pip's --require-hashes.", *kept]) + "\n",
                    encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
