"""F7: is the delivered sound as loud as promised, and do the stems make the mix?

Measured on the delivery itself: the dubbed film's own track, decoded from its codec; loudness by ``pyloudnorm``
(BS.1770-4), true peak by eightfold polyphase oversampling: neither is Ciak's own meter. The null: peak of DX +
ME - MIX over the 24-bit stems, in dBFS. Clips: Friday, Sintel, and the longest Night clip as a film.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from clips import Sound, decode
from dubbed import Dub, dub, speaking_films
from figures import Figure, parser, record

RATE, CHUNK = 48000, 48000 * 20
LANGUAGES = {"it": "ita", "en": "eng"}


def track_of(path: Path, language: str) -> int:
    """Index among the audio streams of the one labelled with ``language``."""
    import av

    with av.open(str(path)) as film:
        labels = [stream.metadata.get("language", "und") for stream in film.streams.audio]
    if LANGUAGES[language] not in labels:
        sys.exit(f"{path.name}: no audio track is labelled {LANGUAGES[language]}, only {labels}")
    return labels.index(LANGUAGES[language])


def true_peak(sound: Sound) -> float:
    """dBTP at eightfold oversampling, in overlapping chunks."""
    from scipy.signal import resample_poly

    top = 0.0
    for start in range(0, len(sound), CHUNK):
        part = resample_poly(sound[max(0, start - 480):start + CHUNK + 480].astype(np.float64), 8, 1, axis=0)
        top = max(top, float(np.abs(part).max(initial=0)))
    return 20 * float(np.log10(max(top, 1e-9)))


def loudness(sound: Sound) -> float:
    """Integrated loudness, LUFS."""
    import pyloudnorm

    return float(pyloudnorm.Meter(RATE).integrated_loudness(sound.astype(np.float64)))


def null(made: Dub) -> float:
    """Peak of what is left when the dialogue and the M&E stems are taken from the mix, dBFS."""
    dialogue, bed, mix = (decode(made.stem(kind), RATE, 2) for kind in ("DX", "ME", "MIX"))
    if not len(dialogue) == len(bed) == len(mix):
        return 0.0
    left = np.abs(dialogue.astype(np.float64) + bed - mix).max(initial=0)
    return 20 * float(np.log10(max(left, 1e-9)))


def main() -> int:
    few = parser(__doc__).parse_args().few
    films = speaking_films()
    chosen = [films[0], films[-1], next(film for film in films if "89s" in film.name)]
    figures = []
    for film in chosen[:few or None]:
        made = dub(film)
        sound = decode(made.delivery(), RATE, 2, track_of(made.delivery(), "it"))
        loud, peak, left = loudness(sound), true_peak(sound), null(made)
        figures += [
            Figure("F7", f"loudness of the delivered track, {made.name}, LUFS", loud, "-23 +- 0.5",
                   abs(loud + 23) <= .5),
            Figure("F7", f"true peak of the delivered track, {made.name}, dBTP", peak, "<= -1", peak <= -1),
            Figure("F7", f"stems against the mix, {made.name}, dBFS", left, "<= -80", left <= -80),
        ]
    return record("delivery", figures, judge={"meter": "pyloudnorm, BS.1770-4", "oversampling": 8}, keep=not few)


if __name__ == "__main__":
    sys.exit(main())
