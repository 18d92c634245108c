"""F11: how quickly does it start, how much room does it take?

Start times are the least of nine runs in fresh processes: the import by the clock inside, ``ciak --help`` from
outside, the interpreter's own start included. The wheel is built from the working tree; the installation is
that wheel with the extra ``all`` in a clean virtual environment, pip and setuptools not counted. Sizes are MB
of 10^6 bytes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from figures import ROOT, Figure, ciak, parser, record

RUNS = 9
IMPORT = "import time; began = time.perf_counter(); import ciak; print(time.perf_counter() - began)"


def import_time() -> float:
    """Seconds of ``import ciak``, the least of nine."""
    command = [sys.executable, "-c", IMPORT]
    return min(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
               for _ in range(RUNS))


def help_time() -> float:
    """Seconds of ``ciak --help``, the least of nine."""
    command, times = [str(Path(sys.executable).parent / "ciak"), "--help"], []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        times.append(time.perf_counter() - began)
    return min(times)


def wheel(folder: Path) -> Path:
    """A wheel of the working tree."""
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT], check=True,
                   stdout=subprocess.DEVNULL)
    return next(folder.glob("*.whl"))


def size(folder: Path) -> int:
    """Bytes of all files below ``folder``, each file once."""
    seen: dict[tuple[int, int], int] = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            facts = path.stat()
            seen[(facts.st_dev, facts.st_ino)] = facts.st_size
    return sum(seen.values())


def installed(package: Path, folder: Path) -> tuple[float, float]:
    """MB that the wheel and all it needs take in a clean environment, and how many of them are Python's bytecode."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    packages = next((folder / "lib").glob("python*/site-packages"))
    before = size(packages)
    subprocess.run([python, "-m", "pip", "install", "-q", f"{package}[all]"], check=True)
    bytecode = sum(path.stat().st_size for path in packages.rglob("*.pyc"))
    return (size(packages) - before) / 1e6, bytecode / 1e6


def demo_models() -> tuple[float, dict[str, float]]:
    """MB of the models that the default backends need, as they lie in the model store."""
    answer = ciak("backends", "--json").json()
    offers = answer["backends"] if isinstance(answer, dict) else answer
    needed = {name for offer in offers if offer["default"] for name in offer["models"]}
    sizes = {}
    for name in sorted(needed):
        ran = ciak("models", "path", name)
        if ran.status == 0:
            sizes[name] = size(Path(ran.out.strip())) / 1e6
        else:
            sizes[name] = float("inf")
    return sum(sizes.values()), sizes


def main() -> int:
    few = parser(__doc__).parse_args().few
    quick, shown = import_time(), help_time()
    models, sizes = demo_models()
    figures = [
        Figure("F11", "import ciak, s", quick, "<= 0.3", quick <= .3),
        Figure("F11", "ciak --help, s", shown, "<= 0.6", shown <= .6),
        Figure("F11", "models of the demo, MB", models, "<= 700", models <= 700,
               details=json.loads(json.dumps(sizes))),
    ]
    if not few:
        with tempfile.TemporaryDirectory() as name:
            package = wheel(Path(name))
            weight = package.stat().st_size / 1e6
            room, bytecode = installed(package, Path(name) / "clean")
        figures += [
            Figure("F11", "wheel, MB", weight, "<= 80", weight <= 80),
            Figure("F11", "installed with the extra all, without models, MB", room, "<= 700", room <= 700,
                   details={"of which bytecode that pip compiles, MB": bytecode}),
        ]
    return record("footprint", figures, keep=not few)


if __name__ == "__main__":
    sys.exit(main())
