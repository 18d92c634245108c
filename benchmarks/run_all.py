"""``make bench``: every benchmark in turn, each in a process of its own; exit status 1 when a figure was missed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ORDER = ["footprint.py", "asr.py", "coverage.py", "separation_asr.py", "round_trip.py", "translation.py", "slots.py",
         "diarisation.py", "performance.py", "voice_match.py", "delivery.py", "mix.py", "scene_fit.py", "quality.py",
         "watermark.py",
         "last_reel.py", "subtitle_fixing.py", "subtitle_formats.py",
         "subtitling.py", "foreign_files.py", "segmentation.py", "live.py", "resync.py", "conform.py", "sounds.py",
         "sound_events.py", "script_alignment.py", "glossary.py", "idioms.py", "languages.py", "studio.py",
         "speed.py", "memory.py"]


def scripts() -> list[Path]:
    """The benchmarks: those named above, then the seek, kill and fuzz judges that stand beside them."""
    beside = [path for pattern in ("seek_*.py", "kill_*.py", "fuzz_*.py") for path in sorted(HERE.glob(pattern))]
    return [HERE / name for name in ORDER] + beside


def main() -> int:
    wanted = set(sys.argv[1:])
    missed = []
    for script in scripts():
        if wanted and script.stem not in wanted:
            continue
        print(f"== {script.name}", flush=True)
        began = time.monotonic()
        if subprocess.run([sys.executable, script], cwd=HERE.parent, check=False).returncode:
            missed.append(script.stem)
        print(f"   {time.monotonic() - began:.0f} s", flush=True)
    print("all figures met" if not missed else f"missed or not run: {', '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
