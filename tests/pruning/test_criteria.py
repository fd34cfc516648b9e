"""Every criterion passes the common suite; what each computes is in tests/reference."""

from __future__ import annotations

import pytest
import torch

from pruning.criteria.base import criteria
from pruning.criteria.gradient import sample_gradients
from pruning.criteria.relevance import sample_relevances
from tests.pruning.checks import check_criterion, generator, mlp, samples


@pytest.mark.parametrize("name", criteria.names())
def test_every_criterion_passes_the_common_suite(name: str):
    check_criterion(name)


def test_the_published_criteria_and_a_baseline_are_there():
    assert {"weight", "grad", "taylor", "lrp", "random"} <= set(criteria.names())


def test_random_depends_on_the_generator_alone():
    network = mlp(5, 4)
    first, same = (criteria["random"].score(network, *samples(4), generator(1)) for _ in range(2))
    other = criteria["random"].score(network, *samples(4), generator(2))
    assert all(map(torch.equal, first, same))
    assert not any(map(torch.equal, first, other))


def test_taylor_and_grad_take_the_mean_before_the_absolute_value():
    network = mlp(6, 5, 4)
    x, y = samples(7)
    activations, gradients = sample_gradients(network, x, y)
    for layer, score in enumerate(criteria["taylor"].score(network, x, y, generator())):
        values = activations[layer] * gradients[layer]
        torch.testing.assert_close(score, values.mean(0).abs())
        assert (score < values.abs().mean(0)).any()


@pytest.mark.parametrize("seed", range(5))
def test_per_sample_values_do_not_depend_on_the_other_samples(seed: int):
    network = mlp(6, 5, 4, seed=seed)
    x, y = samples(7, seed=seed)
    together = [*sample_gradients(network, x, y)[1], *sample_relevances(network, x, y)]
    for row in range(len(x)):
        alone_x, alone_y = x[row : row + 1], y[row : row + 1]
        alone = [
            *sample_gradients(network, alone_x, alone_y)[1],
            *sample_relevances(network, alone_x, alone_y),
        ]
        torch.testing.assert_close([values[row : row + 1] for values in together], alone)
