"""The translator's network: a small pre-norm transformer, one for both directions.

Shared embeddings for source, target and output; sinusoidal positions; six encoder and two decoder layers by
default, because at beam search the decoder runs once a word and the encoder once a line. Layer names are those that
``export.py`` carries into CTranslate2.

Method: Vaswani et al., "Attention Is All You Need", 2017, with layer norm before each block (Xiong et al., 2020) and
a deep encoder with a shallow decoder (Kasai et al., 2021).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

UNK, BOS, EOS, PAD = 0, 1, 2, 3


@dataclass(frozen=True)
class Shape:
    """Sizes of the network. ``width / heads`` is 64."""

    vocabulary: int = 6000
    width: int = 256
    heads: int = 4
    encoder: int = 6
    decoder: int = 2
    inner: int = 1024
    longest: int = 96


def positions(count: int, width: int) -> Tensor:
    """Sinusoids of shape (count, width): sines in the first half, cosines in the second, as CTranslate2 has them."""
    steps = torch.arange(0, width // 2) * -(math.log(10000.0) / (width // 2 - 1))
    angles = torch.arange(count)[:, None] * torch.exp(steps)
    return torch.cat([torch.sin(angles), torch.cos(angles)], 1)


class Attention(nn.Module):
    """Attention over itself, or over ``memory``."""

    def __init__(self, shape: Shape, cross: bool = False) -> None:
        super().__init__()
        self.heads, self.cross = shape.heads, cross
        if cross:
            self.q, self.kv = nn.Linear(shape.width, shape.width), nn.Linear(shape.width, 2 * shape.width)
        else:
            self.qkv = nn.Linear(shape.width, 3 * shape.width)
        self.o = nn.Linear(shape.width, shape.width)

    def forward(self, x: Tensor, memory: Tensor | None = None, mask: Tensor | None = None,
                causal: bool = False) -> Tensor:
        batch, length, width = x.shape
        if self.cross:
            q, (k, v) = self.q(x), self.kv(memory).chunk(2, -1)
        else:
            q, k, v = self.qkv(x).chunk(3, -1)
        q, k, v = (part.view(batch, -1, self.heads, width // self.heads).transpose(1, 2) for part in (q, k, v))
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)
        return self.o(mixed.transpose(1, 2).reshape(batch, length, width))


class Layer(nn.Module):
    """One layer of either side."""

    def __init__(self, shape: Shape, decoder: bool) -> None:
        super().__init__()
        self.n1, self.sa = nn.LayerNorm(shape.width), Attention(shape)
        self.decoder = decoder
        if decoder:
            self.n2, self.ca = nn.LayerNorm(shape.width), Attention(shape, cross=True)
        self.n3 = nn.LayerNorm(shape.width)
        self.f1, self.f2 = nn.Linear(shape.width, shape.inner), nn.Linear(shape.inner, shape.width)

    def forward(self, x: Tensor, mask: Tensor, memory: Tensor | None = None) -> Tensor:
        if memory is None:
            x = x + self.sa(self.n1(x), mask=mask)
        else:
            x = x + self.sa(self.n1(x), causal=True)
            x = x + self.ca(self.n2(x), memory, mask)
        return x + self.f2(F.relu(self.f1(self.n3(x))))


class Network(nn.Module):
    """``forward(source, target)``: token ids (batch, length) to logits (batch, target length, vocabulary)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.emb = nn.Embedding(shape.vocabulary, shape.width, PAD)
        self.register_buffer("pos", positions(512, shape.width))
        self.enc = nn.ModuleList(Layer(shape, False) for _ in range(shape.encoder))
        self.dec = nn.ModuleList(Layer(shape, True) for _ in range(shape.decoder))
        self.encn, self.decn = nn.LayerNorm(shape.width), nn.LayerNorm(shape.width)
        nn.init.normal_(self.emb.weight, 0, shape.width**-0.5)
        for name, weight in self.named_parameters():
            if weight.dim() == 2 and "emb" not in name:
                nn.init.xavier_uniform_(weight)

    def _embedded(self, tokens: Tensor) -> Tensor:
        return self.emb(tokens) * math.sqrt(self.shape.width) + self.pos[: tokens.size(1)]

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        mask = (source != PAD)[:, None, None, :]
        memory = self._embedded(source)
        for layer in self.enc:
            memory = layer(memory, mask)
        memory = self.encn(memory)
        said = self._embedded(target)
        for layer in self.dec:
            said = layer(said, mask, memory)
        return self.decn(said) @ self.emb.weight.T
