"""Every command of the tutorial runs, in order, on a made-up clip and the fakes."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from ciak.config import TASKS, Settings

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.md"


def blocks(language: str) -> list[str]:
    """The code blocks of the tutorial in one language."""
    return re.findall(rf"```{language}\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.S)


def make_clip(target: Path) -> None:
    """The film of examples/made_up_film.py, before it is dubbed."""
    from ciak.film import Rate
    from ciak.media.encode import encode_film
    from ciak.media.wav import SoundWriter

    where = importlib.util.spec_from_file_location("made_up_film", ROOT / "examples" / "made_up_film.py")
    assert where and where.loader
    example = importlib.util.module_from_spec(where)
    where.loader.exec_module(example)
    settings = Settings.from_environment().with_backends(dict.fromkeys(TASKS, "fake"))
    track = target.with_suffix(".wav")
    with SoundWriter(track, example.SOUND, 2) as writer:
        writer.write(example.sound(settings))
    encode_film(target, example.pictures(), Rate(Fraction(example.FPS)), track, language="eng")
    track.unlink()


@pytest.mark.slow
def test_every_command_of_the_tutorial_runs(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                   **{f"CIAK_BACKEND_{task.upper()}": "fake" for task in TASKS}}
    commands = blocks("sh")
    assert len(commands) >= 7
    script = "set -ex\n" + "\n".join(commands)
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True,
                          check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    assert (tmp_path / "first" / "clip.it.mp4").is_file()
    assert "Buonasera a tutti" in (tmp_path / "night" / "dialogue" / "it.json").read_text(encoding="utf-8")
    assert '"Barbara"' in (tmp_path / "night" / "cast.json").read_text(encoding="utf-8")
    python = blocks("python")[0]
    done = subprocess.run([sys.executable, "-c", python], cwd=tmp_path, env=environment, capture_output=True,
                          text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "->" in done.stdout
