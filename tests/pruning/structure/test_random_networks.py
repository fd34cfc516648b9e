"""Whatever a network is put together from: units go so that nothing changes, or are refused.

``PRUNELAB_EXAMPLES=300`` tries more of them.
"""

from __future__ import annotations

import copy
import os
import re

import torch
from hypothesis import HealthCheck, event, given, settings
from torch.testing import assert_close

from pruning.masks.applying import masked
from pruning.structure.cost import cost_of
from pruning.structure.groups import Structure
from pruning.structure.surgery import Slimmer
from pruning.structure.trial import randomised
from pruning.structure.widths import widths_of, with_widths
from pruning.threads import one_thread
from tests.pruning.checks_models import images, random_units
from tests.pruning.structure.random_networks import SHAPE, RandomNetwork, networks

EXAMPLES = int(os.environ.get("PRUNELAB_EXAMPLES", "30"))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(networks())
def test_what_is_slimmed_says_what_the_masked_network_said(network: RandomNetwork):
    with one_thread(), torch.no_grad():
        structure = _structure(network)
        trained = randomised(network, seed=1).double()
        check_units(network, structure, trained)
        check_weights(trained)


def _structure(network: RandomNetwork) -> Structure:
    """What can be removed, without the layers that a refusal says to exclude."""
    try:
        return Structure.of(network, SHAPE, ["output"])
    except ValueError as error:
        refusal = str(error)
    event("refused")
    layers = re.search(r"; exclude (.*)$", refusal)
    assert layers, refusal
    # Whoever does what it says is not refused again.
    return Structure.of(network, SHAPE, ["output", *layers[1].split(", ")])


def check_units(network: RandomNetwork, structure: Structure, trained: torch.nn.Module) -> None:
    """See that the small network says, costs and is as wide as what is reported."""
    x = images(SHAPE).double()
    for seed in range(3):
        units = random_units(structure, seed, keep=(seed + 1) / 4)
        hidden = masked(trained, structure.parameter_masks(units))
        small = Slimmer(hidden, structure).shrink(units)
        assert_close(small(x), hidden(x), rtol=1e-7, atol=1e-9)
        alone = copy.deepcopy(small)
        assert cost_of(small, SHAPE).parameters == sum(each.numel() for each in alone.parameters())
        again = with_widths(copy.deepcopy(network), SHAPE, widths_of(small)).double()
        again.load_state_dict(small.state_dict())
        assert_close(again(x), hidden(x), rtol=1e-7, atol=1e-9)


def check_weights(network: torch.nn.Module) -> None:
    """See that single weights can go from any of them."""
    layers = Structure.of(network, SHAPE, ["output"], units=False)
    assert set(layers.weights) <= {name for name, _ in network.named_parameters()}
    assert layers.layers
