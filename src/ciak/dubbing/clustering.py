"""Average-linkage clustering: the two groups that are nearest, by the mean distance of their members, are joined.

Works on a full matrix of distances, updated after every union by the formula of Lance and Williams; nearest
neighbours are followed until two are each other's, so n things take O(n^2) time and memory (2,000: about 0.2 s).
Where several distances are exactly equal, more than one clustering is right and one of them is found.

Method: G. N. Lance and W. T. Williams, The Computer Journal 9(4), 1967 (the update); F. Murtagh, The Computer
Journal 26(4), 1983 (the chain of nearest neighbours, which average linkage permits).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ciak.errors import BadInput

__all__ = ["Union", "average_linkage", "cosine_distances", "cut"]


class Union(NamedTuple):
    """The groups that ``one`` and ``other`` (row numbers) belong to are joined at ``height``, their distance."""

    one: int
    other: int
    height: float


def cosine_distances(vectors: NDArray[np.floating]) -> NDArray[np.float64]:
    """1 - cosine, in [0, 2], between all rows of ``vectors``: shape (n, n), symmetric.

    A row of zeros is at 1 from every other. Raises :class:`BadInput` for numbers that are not finite.
    """
    if not np.isfinite(vectors).all():
        raise BadInput("vectors with infinite or undefined numbers cannot be compared")
    rows = np.asarray(vectors, np.float64)
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.finfo(np.float64).tiny)
    distances: NDArray[np.float64] = rows @ rows.T
    np.subtract(1.0, distances, out=distances)
    np.clip(distances, 0.0, 2.0, out=distances)
    np.fill_diagonal(distances, 0.0)
    return distances


def average_linkage(distances: NDArray[np.float64]) -> list[Union]:
    """The n - 1 unions that join n things into one group, lowest first; ``distances`` is symmetric, (n, n)."""
    near = np.maximum(distances, distances.T)
    np.fill_diagonal(near, np.inf)
    sizes = np.ones(len(near))
    unions: list[Union] = []
    chain: list[int] = []
    while len(unions) < len(near) - 1:
        if not chain:
            chain.append(int(np.argmax(sizes > 0)))
        tip = chain[-1]
        nearest = int(np.argmin(near[tip]))
        # On a tie the chain turns back; otherwise it could run in a circle.
        if len(chain) < 2 or near[tip, nearest] < near[tip, chain[-2]]:
            chain.append(nearest)
            continue
        gone, kept = sorted(chain[-2:])
        del chain[-2:]
        unions.append(Union(gone, kept, float(near[gone, kept])))
        _join(near, sizes, gone, kept)
    return sorted(unions, key=lambda union: union.height)


def _join(near: NDArray[np.float64], sizes: NDArray[np.float64], gone: int, kept: int) -> None:
    """In place: row ``kept`` stands for both; row ``gone`` is infinitely far from everything."""
    total = sizes[gone] + sizes[kept]
    joined = (sizes[gone] * near[gone] + sizes[kept] * near[kept]) / total
    near[kept], near[:, kept] = joined, joined
    near[gone], near[:, gone] = np.inf, np.inf
    sizes[gone], sizes[kept] = 0, total


def cut(unions: list[Union], threshold: float) -> list[int]:
    """A group number for each thing: groups are joined while their distance is at most ``threshold``.

    Groups are numbered by their first member.
    """
    parents = list(range(len(unions) + 1))

    def root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    for union in unions:
        if union.height <= threshold:
            parents[root(union.one)] = root(union.other)
    order: dict[int, int] = {}
    return [order.setdefault(root(index), len(order)) for index in range(len(parents))]
