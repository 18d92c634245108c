"""Sees to the few Debian packages that Ciak's programs come from: ``python tools/system.py espeak-ng chromium``.

Installs what is missing when it may (root, or sudo without a password); else prints the one command to run. Exit
status 0 in both cases: what needs an absent program says so itself.
"""

# ruff: noqa: T201

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys

PRESENT = {
    "espeak-ng": lambda: shutil.which("espeak-ng") is not None,
    "chromium": lambda: any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")),
    "libc++1": lambda: _loads("libc++.so.1"),
    "alsa-utils": lambda: shutil.which("arecord") is not None,
    "openssl": lambda: shutil.which("openssl") is not None,
    "ffmpeg": lambda: shutil.which("ffmpeg") is not None,
}
"""How each package shows that it is there."""


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _install(packages: list[str]) -> bool:
    """Whether apt could install them, without asking anybody anything."""
    if shutil.which("apt-get") is None:
        return False
    prefix: list[str] = []
    if os.geteuid() != 0:
        if shutil.which("sudo") is None or subprocess.run(["sudo", "-n", "true"], capture_output=True,
                                                          check=False).returncode:
            return False
        prefix = ["sudo", "-n"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [*prefix, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    print(f"installing the Debian packages {' '.join(packages)}", flush=True)
    for step in (install, [*prefix, "apt-get", "update", "-qq"], install):
        done = subprocess.run(step, env=environment, capture_output=True, text=True, check=False)
        if step is install and not done.returncode:
            return True
    print(done.stderr[-600:], file=sys.stderr)
    return False


def main(wanted: list[str]) -> int:
    missing = [name for name in wanted if not PRESENT[name]()]
    if missing and not _install(missing):
        print(f"please install by hand:\n\n    sudo apt-get install {' '.join(missing)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
