"""Every criterion passes the common suite; what each computes is in tests/reference."""

from __future__ import annotations

import pytest
import torch

from pruning.criteria.base import criteria
from pruning.toy.mlp import MLP
from tests.pruning.checks import check_criterion, mlp, reference, samples, score


@pytest.mark.parametrize("name", criteria.names())
def test_every_criterion_passes_the_common_suite(name: str):
    check_criterion(name)


def test_the_published_criteria_and_a_baseline_are_there():
    assert {"weight", "grad", "taylor", "lrp", "random"} <= set(criteria.names())


def test_random_depends_on_the_seed_alone():
    network = mlp(5, 4)
    first, same = (score("random", network, *samples(4), seed=1) for _ in range(2))
    other = score("random", network, *samples(4), seed=2)
    assert all(map(torch.equal, first, same))
    assert not any(map(torch.equal, first, other))


def test_taylor_and_grad_take_the_mean_before_the_absolute_value():
    network = mlp(6, 5, 4)
    x, y = samples(7)
    seen = reference(network, x, y)
    for layer, found in enumerate(score("taylor", network, x, y)):
        values = (seen.activations[layer] * seen.gradients[layer])[0]
        torch.testing.assert_close(found, values.mean(0).abs())
        assert (found < values.abs().mean(0)).any()


@pytest.mark.parametrize("seed", range(5))
def test_per_sample_values_do_not_depend_on_the_other_samples(seed: int):
    network = mlp(6, 5, 4, seed=seed)
    x, y = samples(7, seed=seed)
    together = per_sample(network, x, y)
    for row in range(len(x)):
        alone = per_sample(network, x[row : row + 1], y[row : row + 1])
        torch.testing.assert_close([values[:, row : row + 1] for values in together], alone)


def per_sample(network: MLP, x: torch.Tensor, y: torch.Tensor) -> list[torch.Tensor]:
    seen = reference(network, x, y)
    return [*seen.gradients, *seen.relevances("z_plus")]
