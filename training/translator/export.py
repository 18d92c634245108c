"""Turn a checkpoint of ``train.py`` into the CTranslate2 directory (int8) that ships in the wheel.

    python training/translator/export.py RUN_DIR OUT_DIR

Needs torch, ctranslate2 and sentencepiece. The averaged weights are exported.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import sentencepiece
import torch
from ctranslate2.specs import common_spec, transformer_spec


def depth(weights: dict[str, Any], side: str) -> int:
    """Layers of ``"enc"`` or ``"dec"``."""
    return 1 + max(int(name.split(".")[1]) for name in weights if name.startswith(f"{side}."))


def specification(weights: dict[str, Any]) -> Any:
    """The CTranslate2 model of the weights."""
    width = weights["emb.weight"].shape[1]
    spec = transformer_spec.TransformerSpec.from_config(
        (depth(weights, "enc"), depth(weights, "dec")), width // 64, pre_norm=True,
        activation=common_spec.Activation.RELU)

    def linear(part: Any, name: str) -> None:
        part.weight, part.bias = weights[f"{name}.weight"], weights[f"{name}.bias"]

    def norm(part: Any, name: str) -> None:
        part.gamma, part.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]

    for side, name in ((spec.encoder, "enc"), (spec.decoder, "dec")):
        norm(side.layer_norm, f"{name}n")
        embeddings = side.embeddings[0] if isinstance(side.embeddings, list) else side.embeddings
        embeddings.weight = weights["emb.weight"]
        side.scale_embeddings = True
        side.position_encodings.encodings = weights["pos"]
        for number, layer in enumerate(side.layer):
            own = f"{name}.{number}"
            norm(layer.self_attention.layer_norm, f"{own}.n1")
            linear(layer.self_attention.linear[0], f"{own}.sa.qkv")
            linear(layer.self_attention.linear[1], f"{own}.sa.o")
            if name == "dec":
                norm(layer.attention.layer_norm, f"{own}.n2")
                for place, part in enumerate(("q", "kv", "o")):
                    linear(layer.attention.linear[place], f"{own}.ca.{part}")
            norm(layer.ffn.layer_norm, f"{own}.n3")
            linear(layer.ffn.linear_0, f"{own}.f1")
            linear(layer.ffn.linear_1, f"{own}.f2")
    spec.decoder.projection.weight = weights["emb.weight"]
    return spec


def main() -> None:
    """Export, and say how large it became."""
    run, out = Path(sys.argv[1]), Path(sys.argv[2])
    kept = torch.load(run / "last.pt", map_location="cpu", weights_only=True)
    spec = specification({name: value.float().numpy() for name, value in kept["ema"].items()})
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(run / "spm.model"))
    vocabulary = [pieces.id_to_piece(number) for number in range(pieces.get_piece_size())]
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.add_source_bos, spec.config.add_source_eos = False, True
    spec.config.decoder_start_token = spec.config.bos_token = "<s>"
    spec.config.eos_token, spec.config.unk_token = "</s>", "<unk>"
    spec.validate()
    spec.optimize(quantization="int8")
    out.mkdir(parents=True, exist_ok=True)
    spec.save(str(out))
    shutil.copy(run / "spm.model", out / "spm.model")
    sys.stdout.write(f"{sum(file.stat().st_size for file in out.iterdir()) / 1e6:.1f} MB in {out}\n")


if __name__ == "__main__":
    main()
