"""Many sets scored and pruned together give what each gives alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pruning.criteria.base import criteria
from pruning.experiments.toy_study import scoring
from pruning.experiments.toy_study.masked import EvaluationSet
from pruning.experiments.toy_study.one_shot import Pruned, masks_of, prune_sets
from pruning.experiments.toy_study.scoring import score_sets
from pruning.masks.ranking import normalise
from pruning.toy.mlp import MLP
from tests.pruning.checks import mlp, samples, score
from tests.pruning.toy.test_evaluation import masked_forward

OFFERED = [entry for entry in criteria if entry.units and not entry.requires]
NAMES = [entry.name for entry in OFFERED]
SEEDS = [3, 1, 4, 15, 9]


def labelled(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    x, y = samples(n, seed=seed)
    return x.numpy(), y.numpy()


def references(n: int = 6) -> list[tuple[np.ndarray, np.ndarray]]:
    return [labelled(n, seed) for seed in SEEDS]


def scored(network: MLP) -> dict[str, torch.Tensor]:
    return score_sets(network, OFFERED, references(), SEEDS)


@pytest.mark.parametrize("sets_at_once", [1, 2, 5])
@pytest.mark.parametrize("hidden", [(9,), (9, 8, 7), (8, 9, 8, 7, 6)], ids=str)
def test_scores_do_not_depend_on_what_is_computed_together(
    hidden: tuple[int, ...], sets_at_once: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(scoring, "BLOCK_VALUES", sets_at_once * 6 * sum(hidden))
    network = mlp(*hidden)
    found = scored(network)
    for name in NAMES:
        assert len(found[name]) == (1 if criteria[name].source == "weights" else len(SEEDS))
        for place, row in enumerate(found[name]):
            x, y = samples(6, seed=SEEDS[place])
            alone = score(name, network, x, y, seed=SEEDS[place])
            expected = torch.cat(normalise(alone, criteria[name].normalisation))
            torch.testing.assert_close(row, expected)


@pytest.mark.parametrize("removed", [0, 5, 12, 24])
def test_each_set_is_pruned_by_its_own_ranking_and_asked_about_its_own_points(removed: int):
    network = mlp(9, 8, 7)
    train, tests = labelled(40, 77), [labelled(12, 50 + seed) for seed in SEEDS]
    found = prune_sets(
        network,
        scored(network),
        removed,
        EvaluationSet.of(network, *train),
        [EvaluationSet.of(network, *points) for points in tests],
    )
    for name, rows in scored(network).items():
        for place in range(len(SEEDS)):
            masks = masks_of(network, rows[min(place, len(rows) - 1)], removed)
            assert sum(int((~mask).sum()) for mask in masks) == removed
            expected = [plain_accuracy(network, masks, *p) for p in (train, tests[place])]
            assert found[name][place] == Pruned(*map(pytest.approx, expected))


def plain_accuracy(network: MLP, masks: list[torch.Tensor], x: np.ndarray, y: np.ndarray) -> float:
    logits = masked_forward(network, torch.from_numpy(x), masks)
    return float((logits.argmax(dim=1).numpy() == y).mean())


def test_a_set_whose_scores_rank_nothing_has_no_accuracy():
    network = mlp(4, 3)
    points = EvaluationSet.of(network, *labelled(9, 0))
    scores = torch.rand(4, 7)
    scores[1, 2] = torch.nan
    scores[2] = 0
    found = prune_sets(network, {"lrp": scores}, 2, points, [points] * 4)["lrp"]
    assert [outcome is None for outcome in found] == [False, True, True, False]
