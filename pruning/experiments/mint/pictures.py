"""The scores of a layer as frames, and how much of them is signal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from pruning.events import Array, Event, Frame
from pruning.experiments.mint.cuts import ScoredLayer
from pruning.experiments.mint.cutting import Counts, Scores
from pruning.experiments.mint.layers import Pair
from pruning.experiments.mint.outputs import BLOCKS, DISTRIBUTION, DRAWS, SCORES, SIGNAL
from pruning.experiments.mint.scoring import Way

# So many layers of a sum are named.
_READS = 2


def score_frame(layer: str, scores: Scores, weights: Counts) -> Frame:
    """Those that have come by now."""
    arrays = {"scores": Array.of(scores, "f4"), "weights": Array.of(weights, "i4")}
    return Frame(name=SCORES.name.format(layer=layer), at=0, arrays=arrays)


def distribution_frames(layer: str, found: Mapping[Way, Scores]) -> Iterator[Frame]:
    """All scores of a layer, and what they are held against."""
    scores = Array.of(found["mint"].ravel(), "f4")
    arrays = {"scores": scores}
    if "permuted" in found:
        arrays["permuted"] = Array.of(found["permuted"].ravel(), "f4")
    yield Frame(name=DISTRIBUTION.name.format(layer=layer), at=0, arrays=arrays)
    if "second_draw" in found:
        second = Array.of(found["second_draw"].ravel(), "f4")
        arrays = {"first": scores, "second": second}
        yield Frame(name=DRAWS.name.format(layer=layer), at=0, arrays=arrays)


def signal_row(pair: Pair, shape: tuple[int, ...], found: Mapping[Way, Scores], seed: int) -> Event:
    """What of the scores of a layer is signal; before it is scored what there is to score."""
    children, parents = shape
    scores = found.get("mint")
    permuted, second = found.get("permuted"), found.get("second_draw")
    return SIGNAL.row(
        layer=pair.layer,
        reads=_told(pair.reads),
        groups=f"{children} × {parents}",
        mean=None if scores is None else float(scores.mean()),
        sd=None if scores is None else float(scores.std()),
        distinct=None if scores is None else len(np.unique(scores)),
        parent_share=None if scores is None else _common(scores),
        permuted=None if permuted is None else float(permuted.mean()),
        second_mean=None if second is None else float(second.mean()),
        correlation=_correlation(scores, second),
        seed=seed,
    )


def _told(reads: Sequence[str]) -> str:
    """The layers that a layer reads; of a long sum the first two."""
    more = len(reads) - _READS
    return " + ".join([*reads[:_READS], *([f"{more} more"] if more > 0 else [])])


def blocks_frame(layers: Sequence[ScoredLayer], total: int) -> Frame:
    """All blocks that can go."""
    arrays = {
        "scores": Array.of(np.concatenate([each.scores.ravel() for each in layers]), "f4"),
        "weights": Array.of(np.concatenate([each.weights.ravel() for each in layers]), "i4"),
        "total": Array.of(np.array([total]), "i4"),
    }
    return Frame(name=BLOCKS.name, at=0, arrays=arrays)


def _common(scores: Scores) -> float | None:
    """The share of the variance that lies between groups of parents; None without variance."""
    return float(scores.mean(axis=0).var() / scores.var()) if _vary(scores) else None


def _correlation(scores: Scores | None, others: Scores | None) -> float | None:
    if scores is None or others is None or not (_vary(scores) and _vary(others)):
        return None
    return float(np.corrcoef(scores.ravel(), others.ravel())[0, 1])


def _vary(scores: Scores) -> bool:
    """Not by the variance: the mean of equal scores may be another in its last digit."""
    return bool(np.ptp(scores))
