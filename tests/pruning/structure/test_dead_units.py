"""Units of which nothing is left, where a whole layer goes."""

from __future__ import annotations

from collections import OrderedDict

import pytest
import torch
from torch import nn

from pruning.structure.dead_units import Masks, masks_of
from pruning.structure.groups import Structure
from pruning.structure.units import layers_of
from tests.pruning.small_networks import residual

SHAPE = (1, 2, 3)


def chain(*widths: int) -> nn.Sequential:
    layers = OrderedDict[str, nn.Module](flatten=nn.Flatten())
    for place, width in enumerate(widths, 1):
        inputs = (6, *widths)[place - 1]
        layers |= {f"fc{place}": nn.Linear(inputs, width), f"relu{place}": nn.ReLU()}
    return nn.Sequential(layers | {"output": nn.Linear(widths[-1], 3)})


def without(network: nn.Module, shape: tuple[int, int, int], *layers: str) -> Masks:
    """What is left once all weights of some layers are gone."""
    left = {
        name: torch.full(layer.weight.shape, name not in layers)
        for name, layer in layers_of(network).items()
    }
    return masks_of(Structure.of(network, shape, ["output"]), left)


@pytest.mark.parametrize("layer", ["fc1", "fc2", "fc3"])
@pytest.mark.parametrize("widths", [(5, 4, 6), (5, 1, 6), (1, 1, 1)])
def test_where_nothing_passes_one_unit_of_each_layer_stays(widths: tuple[int, ...], layer: str):
    """Wherever it is: what is before it has no reader, what is behind it no input."""
    masks = without(chain(*widths), SHAPE, layer)
    assert masks.broken == ("fc1", "fc2", "fc3")
    assert masks.units_cut == sum(widths) - 3
    for name in ("fc1", "fc2", "fc3"):
        assert not masks.parameters[f"{name}.weight"].any()
    assert not masks.parameters["output.weight"].any()


def test_of_a_block_that_is_dead_the_shortcut_lives_on():
    masks = without(residual(0).float(), (2, 6, 6), "conv2")
    assert masks.broken == ("conv2",)
    assert masks.units_cut == 4
    assert not masks.parameters["conv3.weight"].any()
    assert masks.parameters["shortcut.weight"].all()


def test_nothing_is_broken_where_nothing_is_gone():
    masks = without(chain(5, 1, 6), SHAPE)
    assert (masks.broken, masks.units_cut) == ((), 0)
