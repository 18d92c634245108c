"""Looks through every tracked file for what must not be published: paths of a machine, addresses of registries.

Exit status 1 and one line a finding. Binary files are left out.
"""

# ruff: noqa: T201

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# written in pieces, so that this file does not find itself
HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "registry." + "npmjs", "deb." + "debian", "npmjs" + ".com")
PATHS = ("/ro" + "ot/", "/wo" + "rk/", "/ho" + "me/", "file" + ":///")
PATTERN = re.compile("|".join([*map(re.escape, HOSTS), *(rf"(?<![\w.$}}/~]){re.escape(path)}" for path in PATHS)]))
ALLOWED = re.compile(r"^(tests/|src/ciak/server/).*")
"""Here made-up paths are part of what is tested: only hosts are looked for."""


def findings() -> list[str]:
    """``file:line: text`` of everything found."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    hosts = re.compile("|".join(map(re.escape, HOSTS)))
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if not path.is_file() or b"\0" in path.read_bytes()[:4096]:
            continue
        pattern = hosts if ALLOWED.match(name) else PATTERN
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{name}:{number}: {line.strip()[:120]}")
    return found


if __name__ == "__main__":
    lines = findings()
    print("\n".join(lines) or "nothing private in what is committed")
    sys.exit(1 if lines else 0)
