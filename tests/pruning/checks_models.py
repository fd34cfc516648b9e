"""What every model must do, a plug-in's too, and networks for tests to work on."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.testing import assert_close

from pruning.masks.applying import masked
from pruning.models.base import Shape, models
from pruning.structure.groups import Structure, slim
from pruning.structure.units import layers_of


def smallest(name: str, channels: int = 1) -> Shape:
    """The smallest images that the model takes, but at least those of ``digits``."""
    side = max(models[name].least, 8)
    return channels, side, side


def images(shape: Shape, n: int = 4, seed: int = 0) -> Tensor:
    return torch.randn(n, *shape, generator=torch.Generator().manual_seed(seed))


def warmed(name: str, shape: Shape, seed: int = 0, classes: int = 10) -> nn.Module:
    """A network in eval mode whose batch norms have seen images, so that they do something."""
    network = models[name].untrained(shape, classes, seed).train()
    with torch.no_grad(), torch.random.fork_rng():
        for batch in range(3):
            network(images(shape, 8, seed=seed + batch))
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight.uniform_(0.5, 1.5)
                module.bias.normal_(std=0.3)
    return network.eval()


def random_units(structure: Structure, seed: int, keep: float = 0.5) -> dict[str, Tensor]:
    """Masks that keep about this share of each group, and at least one unit."""
    generator = torch.Generator().manual_seed(seed)
    units = {}
    for name, count in structure.unit_counts.items():
        order = torch.rand(count, generator=generator)
        units[name] = (order < keep) | (order == order.min())
    return units


def check_model(name: str) -> None:
    """Check that the model builds, classifies, says what it cannot take, and can be slimmed."""
    _check_words(name)
    _check_layers(name)
    _check_least(name)
    _check_seed(name)
    for channels, classes in ((1, 10), (3, 2)):
        shape = smallest(name, channels)
        network = models[name].untrained(shape, classes, 0).eval()
        with torch.no_grad():
            assert network(images(shape)).shape == (4, classes)
        _check_order(network, shape)
    has_norms = any(isinstance(module, nn.BatchNorm2d) for module in network.modules())
    assert models[name].norms or not has_norms
    check_slimmed(name, smallest(name, 3), seed=0)


def check_slimmed(name: str, shape: Shape, seed: int) -> None:
    """Check that slimming by random masks leaves the outputs that masking leaves."""
    network = warmed(name, shape, seed)
    structure = Structure.of(network, shape)
    units = random_units(structure, seed)
    small = slim(network, shape, units)
    hidden = masked(network, structure.parameter_masks(units))
    x = images(shape, seed=seed + 100)
    with torch.no_grad():
        assert_close(small(x), hidden(x), rtol=1e-4, atol=1e-4)
        assert not torch.allclose(small(x), network(x), rtol=1e-4, atol=1e-4)
    sizes = [sum(map(torch.numel, one.parameters())) for one in (small, network)]
    assert sizes[0] < 0.75 * sizes[1]


def _check_words(name: str) -> None:
    model = models[name]
    assert model.title
    assert model.description.endswith(".")


def _check_layers(name: str) -> None:
    """What is declared of its layers, if anything, is so whatever the images are."""
    declared = models[name].layers
    for channels, height, width in (smallest(name), smallest(name, 3), (3, 64, 48)):
        network = models[name].untrained((channels, height, width), 2, 0)
        assert declared in ((), tuple(layers_of(network)))


def _check_least(name: str) -> None:
    model = models[name]
    least = model.least
    assert model.refusal((1, least, least)) is None
    model.untrained((1, least, least), 2, 0).eval()(torch.zeros(1, 1, least, least))
    if least > 1:
        for shape in ((1, least - 1, least), (1, least, least - 1)):
            assert f"{least} × {least} pixels" in (model.refusal(shape) or "")


def _check_seed(name: str) -> None:
    state = torch.get_rng_state()
    first, same, other = (
        nn.utils.parameters_to_vector(models[name].untrained(smallest(name), 10, seed).parameters())
        for seed in (1, 1, 2)
    )
    assert torch.equal(first, same)
    assert not torch.equal(first, other)
    assert torch.equal(state, torch.get_rng_state()), "the seed belongs to the network alone"


def _check_order(network: nn.Module, shape: Shape) -> None:
    order = list(Structure.of(network, shape).layers)
    assert order == list(layers_of(network)), "define layers in the order of the forward pass"
    assert order[-1] == "output"
