"""What every criterion and every dataset must do, a plug-in's too."""

from __future__ import annotations

import numpy as np
import torch

from pruning.criteria.base import criteria
from pruning.data.base import datasets
from pruning.masks import normalise, rank_units, usable
from pruning.toy.mlp import MLP
from pruning.toy.samples import ReferenceSamples


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def mlp(*hidden: int, classes: int = 3, seed: int = 0, inputs: int = 2) -> MLP:
    """A network with random weights in double precision, so that comparisons can be tight."""
    return MLP(inputs, hidden, classes, generator(seed)).double()


def samples(n: int, classes: int = 3, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Random points, with every class among them in turn."""
    x = torch.randn(n, 2, generator=generator(seed + 1000), dtype=torch.float64)
    return x, torch.arange(n) % classes


def reference(network: MLP, x: torch.Tensor, y: torch.Tensor, seed: int = 0) -> ReferenceSamples:
    """One set of reference samples."""
    return ReferenceSamples(network, x[None], y[None], [seed])


def score(
    name: str, network: MLP, x: torch.Tensor, y: torch.Tensor, seed: int = 0
) -> list[torch.Tensor]:
    """A criterion's scores over one set, one tensor of shape ``(units,)`` per hidden layer."""
    return [layer[0] for layer in criteria[name].score(reference(network, x, y, seed))]


def check_criterion(name: str) -> None:
    """Check that the criterion scores every unit, repeatably, and changes nothing else."""
    criterion = criteria[name]
    assert criterion.title
    assert criterion.description.endswith(".")
    assert criterion.paper
    for hidden in [(12,), (12, 10), (9, 12, 10), (12, 10, 11, 9, 8)]:
        network = mlp(*hidden, seed=3)
        x, y = samples(9)
        before = {key: value.clone() for key, value in network.state_dict().items()}
        torch_state = torch.get_rng_state()
        scores = score(name, network, x, y)

        assert [tuple(score.shape) for score in scores] == [(width,) for width in hidden]
        assert not any(score.requires_grad for score in scores)
        normalised = normalise(scores, criterion.normalisation)
        assert usable(normalised)
        assert sorted(torch.cat(rank_units(normalised)).tolist()) == list(range(sum(hidden)))

        assert all(torch.equal(before[key], now) for key, now in network.state_dict().items())
        assert all(parameter.grad is None for parameter in network.parameters())
        assert torch.equal(torch_state, torch.get_rng_state()), "draw from the generator given"

        again = score(name, network, x, y)
        assert all(map(torch.equal, scores, again))
        turned = score(name, network, x.flip(0), y.flip(0))
        torch.testing.assert_close(scores, turned)
        other = score(name, network, *samples(4, seed=8))
        assert all(map(torch.equal, scores, other)) == (criterion.source != "samples")
        redrawn = score(name, network, x, y, seed=1)
        assert all(map(torch.equal, scores, redrawn)) == (criterion.source != "chance")
        check_sets(name, network)


def check_sets(name: str, network: MLP) -> None:
    """Check that a set's scores do not depend on the sets beside it."""
    sets = [samples(6, seed=seed) for seed in range(3)]
    x, y = (torch.stack(parts) for parts in zip(*sets, strict=True))
    together = criteria[name].score(ReferenceSamples(network, x, y, [4, 5, 6]))
    for place, seed in enumerate((4, 5, 6)):
        alone = score(name, network, *sets[place], seed=seed)
        torch.testing.assert_close([layer[place] for layer in together], alone)


def check_dataset(name: str) -> None:
    """Check that the dataset draws balanced, finite points that depend on nothing but the seed."""
    dataset = datasets[name]
    assert dataset.title
    assert dataset.description.endswith(".")
    assert dataset.classes >= 2
    assert 0 <= dataset.noise <= 1
    numpy_state = np.random.get_state()[1]
    for per_class in (1, 2, 37):
        for noise in (0.0, dataset.noise, 1.0):
            x, y = dataset.sample(per_class, noise, 5)
            assert x.dtype == np.float32
            assert x.shape == (dataset.classes * per_class, 2)
            assert np.isfinite(x).all()
            assert y.dtype == np.int64
            assert np.bincount(y).tolist() == [per_class] * dataset.classes

            x_again, y_again = dataset.sample(per_class, noise, 5)
            assert np.array_equal(x, x_again)
            assert np.array_equal(y, y_again)
    assert not np.array_equal(*(dataset.sample(37, dataset.noise, seed)[0] for seed in (5, 6)))
    assert np.array_equal(numpy_state, np.random.get_state()[1]), "use a generator of your own"
