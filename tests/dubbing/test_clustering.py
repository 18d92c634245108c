"""Average linkage against another implementation, and where that has nothing to say."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage

from ciak.dubbing.clustering import Union, average_linkage, cosine_distances, cut
from ciak.errors import BadInput


def voices(seed: int, count: int, speakers: int, noise: float) -> np.ndarray:
    """Noisy unit vectors around ``speakers`` random directions."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((speakers, 48))
    rows = centres[rng.integers(0, speakers, count)] + noise * rng.standard_normal((count, 48))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def partition(labels: list[int]) -> set[frozenset[int]]:
    groups: dict[int, set[int]] = {}
    for index, label in enumerate(labels):
        groups.setdefault(int(label), set()).add(index)
    return {frozenset(group) for group in groups.values()}


@pytest.mark.parametrize("noise", [0.2, 0.7, 1.2, 3.0])
@pytest.mark.parametrize(("seed", "count"), [(1, 2), (2, 3), (3, 17), (4, 120), (5, 400)])
def test_groups_and_heights_are_another_implementations(seed: int, count: int, noise: float) -> None:
    vectors = voices(seed, count, 7, noise)
    wanted = linkage(vectors, "average", metric="cosine")
    unions = average_linkage(cosine_distances(vectors))
    assert [union.height for union in unions] == pytest.approx(wanted[:, 2].tolist(), abs=1e-6)
    for threshold in (0.05, 0.25, 0.42, 0.6, 0.9, 1.0):
        assert partition(cut(unions, threshold)) == partition(fcluster(wanted, threshold, "distance").tolist())


def test_lines_that_are_the_same_do_not_send_it_in_circles() -> None:
    vectors = np.repeat(voices(6, 20, 5, 0.6), 8, axis=0)
    wanted = fcluster(linkage(vectors, "average", metric="cosine"), 0.42, "distance").tolist()
    assert partition(cut(average_linkage(cosine_distances(vectors)), 0.42)) == partition(wanted)
    corners = np.ones((12, 12)) - np.eye(12)  # all equally far: any order is right, the height is known
    unions = average_linkage(corners)
    assert [union.height for union in unions] == pytest.approx([1.0] * 11)
    assert cut(unions, 0.99) == list(range(12)) and cut(unions, 1.01) == [0] * 12


def test_a_distance_of_the_threshold_still_joins_and_groups_are_numbered_by_first_member() -> None:
    unions = [Union(1, 3, 0.2), Union(0, 2, 0.3), Union(2, 3, 0.8)]
    assert cut(unions, 0.3) == [0, 1, 0, 1]
    assert cut(unions, 0.29) == [0, 1, 2, 1]
    assert cut([], 0.5) == [0]


def test_what_is_nowhere_is_like_nothing_and_what_is_no_number_is_refused() -> None:
    vectors = np.array([[1, 0], [0, 0], [2, 0], [-1, 0]], np.float32)
    assert cosine_distances(vectors).tolist() == [[0, 1, 0, 2], [1, 0, 1, 1], [0, 1, 0, 2], [2, 1, 2, 0]]
    vectors[1, 1] = np.nan
    with pytest.raises(BadInput):
        cosine_distances(vectors)


def test_a_long_film_is_a_matter_of_a_moment() -> None:
    vectors = voices(8, 2000, 25, 0.8)
    start = time.process_time()
    labels = cut(average_linkage(cosine_distances(vectors)), 0.42)
    assert time.process_time() - start < 5
    assert len(labels) == 2000
