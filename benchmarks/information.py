"""The scores of MINT against a plain reference of the published estimator, and what they take."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import minimum_spanning_tree

from benchmarks.report import Line, middle, show, spread
from pruning.information.conditional import conditional_information
from pruning.information.groups import equal_runs

# The MLP that MINT was published with; 250 samples of each of ten classes.
SAMPLES, LAYERS = 2500, (784, 500, 300, 10)
FASTER, MOST_SECONDS, MOST_GIB = 1000, 120, 2
ROUNDS = 3

Rows = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def main() -> None:
    """Measure both by turns, and then all pairs with many groups in a process of its own."""
    parents, children = activations(500, 300)
    _score(parents[:90], children[:90], 2)  # compiles
    plain, ours = [], []
    for _ in range(ROUNDS):
        plain.append(400 * _plain_pair(parents, children, 20))
        start = time.perf_counter()
        _score(parents, children, 20)
        ours.append(time.perf_counter() - start)
    ratios = [slow / fast for slow, fast in zip(plain, ours, strict=True)]
    command = [sys.executable, "-m", "benchmarks.information"]
    whole = json.loads(subprocess.check_output(command, cwd=Path(__file__).parents[1]))
    show(
        f"Scores of MINT, {SAMPLES:,} samples: the middle of {ROUNDS}, by turns (lowest to "
        "highest)",
        [
            Line(f"plain reference, 400 pairs from one {spread(plain)}", middle(plain), "s"),
            Line(f"fc1 → fc2, 20 × 20 groups {spread(ours)}", middle(ours), "s"),
            Line(f"faster {spread(ratios)}", middle(ratios), "×", at_least=FASTER),
            Line(
                "all three pairs, 50 × 50 groups, compiling included",
                whole["seconds"],
                "s",
                at_most=MOST_SECONDS,
            ),
            Line("its peak memory", whole["gib"], "GiB", at_most=MOST_GIB),
        ],
    )


def activations(*units: int) -> list[Rows]:
    """Rectified, with half of them zero and some correlation, as those of a network are."""
    rng = np.random.default_rng(0)
    below = rng.normal(size=(SAMPLES, 40))
    return [
        np.maximum(below @ rng.normal(size=(40, width)) + rng.normal(size=(SAMPLES, width)), 0)
        for width in units
    ]


def _score(parents: Rows, children: Rows, groups: int) -> None:
    above = equal_runs("parents", parents.shape[1], groups)[0]
    under = equal_runs("children", children.shape[1], groups)[0]
    for _ in conditional_information(parents, children, above, under, 0, lambda: None):
        pass


def _plain_pair(parents: Rows, children: Rows, groups: int) -> float:
    """Seconds that one pair of groups takes as it was published: a loop over all pairs of rows."""
    start = time.perf_counter()
    third = len(parents) // 3
    own, read = children[:, : children.shape[1] // groups], parents[:, : parents.shape[1] // groups]
    others = parents[:, read.shape[1] :]
    donors = [
        int(np.argmin([np.linalg.norm(row - other) for other in others[third : 2 * third]]))
        for row in others[:third]
    ]
    rows = np.concatenate(
        [
            np.hstack([own[2 * third :], read[2 * third :], others[2 * third :]])[:third],
            np.hstack([own[:third], read[third : 2 * third][donors], others[:third]]),
        ]
    )
    distances = np.zeros((len(rows), len(rows)))
    for i, one in enumerate(rows):
        for k, other in enumerate(rows):
            distances[i, k] = np.linalg.norm(one - other)
    minimum_spanning_tree(csr_matrix(distances))
    return time.perf_counter() - start


def whole() -> None:
    """All pairs of the MLP with 50 groups a layer; prints seconds and the peak of memory."""
    import resource

    layers = activations(*LAYERS)
    start = time.perf_counter()
    for parents, children in pairwise(layers):
        _score(parents, children, 50)
    seconds = time.perf_counter() - start
    kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "gib": kib / 2**20}))


if __name__ == "__main__":
    whole()
