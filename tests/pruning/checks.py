"""What every criterion and every dataset must do, a plug-in's too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import numpy as np
import torch
from torch import nn

from pruning.criteria.base import Criterion, Granularity, criteria
from pruning.criteria.evidence import network as evidence
from pruning.criteria.evidence.network import score_layers
from pruning.data.base import datasets
from pruning.masks.ranking import normalise, rank_units, usable
from pruning.threads import one_thread
from pruning.toy.mlp import MLP
from pruning.toy.samples import ReferenceSamples
from tests.pruning.small_networks import LAYERS, convolutional, images, residual


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
    return [layer[0] for layer in criteria[name].score_units(reference(network, x, y, seed))]


def check_criterion(name: str) -> None:
    """Check that the criterion scores every unit, repeatably, and changes nothing else."""
    criterion = criteria[name]
    assert criterion.title
    assert criterion.description.endswith(".")
    assert criterion.rounds >= 1
    if criterion.units and not criterion.requires:
        check_toy_criterion(name)
    for network in (convolutional(3), residual(3)):
        for granularity in criterion.granularities:
            check_image_criterion(criterion, granularity, network)


def check_toy_criterion(name: str) -> None:
    """Check the scores of the units of toy networks, of one set of samples and of several."""
    criterion = criteria[name]
    for hidden in [(12,), (12, 10), (9, 12, 10), (12, 10, 11, 9, 8)]:
        network = mlp(*hidden, seed=3)
        x, y = samples(9)
        with untouched(network):
            scores = score(name, network, x, y)

        assert [tuple(score.shape) for score in scores] == [(width,) for width in hidden]
        assert not any(score.requires_grad for score in scores)
        normalised = normalise(scores, criterion.normalisation)
        assert usable(normalised)
        assert sorted(torch.cat(rank_units(normalised)).tolist()) == list(range(sum(hidden)))

        again = score(name, network, x, y)
        assert all(map(torch.equal, scores, again))
        turned = score(name, network, x.flip(0), y.flip(0))
        torch.testing.assert_close(scores, turned)
        other = score(name, network, *samples(4, seed=8))
        assert all(map(torch.equal, scores, other)) == (criterion.source != "samples")
        redrawn = score(name, network, x, y, seed=1)
        assert all(map(torch.equal, scores, redrawn)) == (criterion.source != "chance")
        check_sets(name, network)


@one_thread()
def check_image_criterion(
    criterion: Criterion, granularity: Granularity, network: nn.Module
) -> None:
    """Check the scores of the layers of a network for images."""
    layers = {name: network.get_submodule(name) for name in LAYERS}
    x, y = images(9)

    def scores(x: torch.Tensor = x, y: torch.Tensor = y, seed: int = 0) -> dict[str, torch.Tensor]:
        return score_layers(network, LAYERS, criterion, granularity, x, y, seed)

    with untouched(network):
        found = scores()
    assert list(found) == LAYERS
    for layer, score in zip(layers.values(), found.values(), strict=True):
        assert score.shape == (
            layer.weight.shape if granularity == "weight" else (len(layer.weight),)
        )
        assert score.device.type == "cpu"
        assert not score.requires_grad
    flat = [score.flatten() for score in found.values()]
    assert usable(flat)
    assert torch.cat(flat).unique().numel() > len(layers)

    assert same(found, scores())
    with torch.no_grad():
        assert same(found, scores())
    with mock.patch.object(evidence, "BLOCK_VALUES", 1):
        torch.testing.assert_close(found, scores())
    torch.testing.assert_close(found, scores(x.flip(0), y.flip(0)))
    assert same(found, scores(*images(4, seed=8))) == (criterion.source != "samples")
    assert same(found, scores(seed=1)) == (criterion.source != "chance")


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return all(map(torch.equal, one.values(), other.values()))


@contextmanager
def untouched(network: nn.Module) -> Iterator[None]:
    """Check that a network, each module's mode and torch's generator stay as they are.

    Some modules train meanwhile, some parameters have gradients, and some need none.
    """
    modes = [module.training for module in network.modules()]
    first, *others = network.parameters()
    first.requires_grad_(False)
    others[-1].grad = torch.ones_like(others[-1])
    for module in list(network.modules())[::2]:
        module.training = True

    def state() -> list[object]:
        parameters = network.parameters()
        return [
            *(value.tolist() for value in network.state_dict().values()),
            *((p.requires_grad, p.grad is None) for p in parameters),
            *((m.training, len(m._forward_hooks)) for m in network.modules()),
            torch.get_rng_state().tolist(),
        ]

    before = state()
    yield
    assert state() == before
    assert torch.equal(others[-1].grad, torch.ones_like(others[-1]))
    first.requires_grad_(True)
    others[-1].grad = None
    for module, mode in zip(network.modules(), modes, strict=True):
        module.training = mode


def check_sets(name: str, network: MLP) -> None:
    """Check that a set's scores do not depend on the sets beside it."""
    sets = [samples(6, seed=seed) for seed in range(3)]
    x, y = (torch.stack(parts) for parts in zip(*sets, strict=True))
    together = criteria[name].units(ReferenceSamples(network, x, y, [4, 5, 6]))
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
