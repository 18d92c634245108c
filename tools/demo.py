"""``make demo``: the models, then the whole journey on a clip, by the commands that a user would type.

The clip: ``--film``, else the clips of the test material where it is (``CIAK_TEST_MATERIAL``, by default beside the
project), else the example film that Ciak draws and speaks itself. Everything lies under ``demo/``; a second run fetches
nothing and repeats nothing.
"""

# ruff: noqa: T201

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "demo"
CIAK = Path(sys.executable).parent / "ciak"
CLIPS = ("media/sintel/trailer.mp4", "media/his-girl-friday/friday.mp4")
SHOWN = (("film", "film"), ("srt.{source}", "subtitles, original"), ("srt.{target}", "subtitles, translated"),
         ("timeline", "timeline (OTIO)"), ("dialogue-list", "dialogue list (CSV)"), ("report", "report"))


def ask(*arguments: str | Path) -> dict[str, object]:
    """The command's answer as JSON; its progress goes to the terminal, its failure ends the demo."""
    done = subprocess.run([CIAK, *map(str, arguments), "--json"], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def pull_models() -> None:
    """Fetch what the chosen backends lack."""
    offers = ask("backends")["backends"]
    assert isinstance(offers, list)
    listed = ask("models", "list")["models"]
    assert isinstance(listed, list)
    known = {model["name"]: model for model in listed}
    missing = [name for offer in offers if offer["chosen"] for name in offer["absent"]]
    for program in (name for name in missing if name not in known):
        sys.exit(f"{program} is not installed: sudo apt-get install {program}")
    names = sorted({name for name in missing if name in known})
    if not names:
        return
    size = sum(known[name]["download_bytes"] for name in names) / 1e6
    print(f"models to fetch: {', '.join(names)}, {size:.0f} MB at most; an interrupted fetch goes on where it was")
    ask("models", "pull", *names)


def clips(named: str | None) -> list[Path]:
    """What to dub."""
    if named:
        return [Path(named).expanduser().absolute()]
    material = Path(os.environ.get("CIAK_TEST_MATERIAL") or ROOT.parent / "shared" / "data")
    found = [material / clip for clip in CLIPS if (material / clip).is_file()]
    return found or [own_scene()]


def own_scene() -> Path:
    """The example film that Ciak draws, scores and speaks itself; made once, then kept in the cache."""
    target = OUT / "the-last-reel.mp4"
    if not target.is_file():
        print("no clip at hand: making the example film, one minute of it, in a few minutes", flush=True)
        make = ROOT / "examples" / "the-last-reel" / "make.py"
        done = subprocess.run([sys.executable, make, target], stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            sys.exit(done.returncode)
        print()
    return target


def journey(clip: Path, to: str) -> list[str]:
    """Dub ``clip`` and say where everything is."""
    out = OUT / clip.stem
    began = time.monotonic()
    print(f"\n{clip.name}: subtitles and voices in {to}", flush=True)
    report = ask("dub", clip, "--to", to, "--out", out)
    files, summary, mix = report["files"], report["summary"], report["mix"]
    languages = report["languages"]
    assert isinstance(files, dict) and isinstance(summary, dict) and isinstance(languages, list)
    told = [f"{clip.name}: {summary['lines']} lines, {summary['in_slot_at_natural_rate']} in their slot at a "
            f"natural rate, {summary['flagged']} to look at; {time.monotonic() - began:.0f} s"]
    if isinstance(mix, dict) and mix["integrated"] is not None:
        told[0] += f"; {mix['integrated']:.1f} LUFS, {mix['true_peak']:.1f} dBTP"
    for role, name in SHOWN:
        role = role.format(source=languages[0], target=to)
        if role in files:
            told.append(f"  {name:<22} {os.path.relpath(out / files[role])}")
    return [*told, f"  {'look at it':<22} {os.path.relpath(CIAK)} studio {os.path.relpath(str(report['folder']))}"]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--film", help="a video of yours")
    parser.add_argument("--to", default="it", help="language to speak (default: it)")
    parser.add_argument("--models-only", action="store_true", help="fetch the models and stop")
    options = parser.parse_args()
    if shutil.which(CIAK) is None:
        sys.exit("ciak is not installed here: run make setup")
    pull_models()
    if options.models_only:
        return 0
    told = [journey(clip, options.to) for clip in clips(options.film)]
    print()
    for lines in told:
        print("\n".join(lines), end="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
