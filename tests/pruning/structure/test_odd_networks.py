"""Networks that reorder, mix or share channels: followed, or refused before anything is trained."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from pruning.masks.applying import masked
from pruning.structure.cost import cost_of
from pruning.structure.groups import Structure
from pruning.structure.surgery import Slimmer
from pruning.threads import one_thread
from tests.pruning.checks_models import images, random_units
from tests.pruning.odd_networks import FOLLOWED, REFUSED, SHAPE, Does, between, head
from tests.pruning.small_networks import drawn


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    """On one thread: the operations are small, and the cores may be shared."""
    with one_thread():
        yield


def check_slimmed_equals_masked(network: nn.Module, structure: Structure) -> None:
    """In double precision, under masks of every density."""
    x = images(SHAPE).double()
    for seed in range(12):
        units = random_units(structure, seed, keep=(seed + 1) / 13)
        with torch.no_grad():
            hidden = masked(network, structure.parameter_masks(units))(x)
            small = Slimmer(network, structure).shrink(units)(x)
        assert_close(small, hidden, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", FOLLOWED)
def test_units_are_followed_to_where_they_are_read(name: str, seed: int):
    network = drawn(FOLLOWED[name](), seed)
    structure = Structure.of(network, SHAPE, ["output"])
    assert structure.groups
    assert structure.groups[0].name in ("first", "left", "0")
    check_slimmed_equals_masked(network, structure)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", REFUSED)
def test_units_that_cannot_be_removed_are_refused_at_once(name: str, seed: int):
    build, exclude = REFUSED[name]
    network = drawn(build(), seed)
    with pytest.raises(ValueError, match=f"cannot be removed, because .*; exclude {exclude}$"):
        Structure.of(network, SHAPE)
    structure = Structure.of(network, SHAPE, exclude.split(", "))
    check_slimmed_equals_masked(network, structure)
    assert Structure.of(network, SHAPE, units=False).groups == []


def test_untrained_networks_are_tried_with_numbers_that_are_not_trivial():
    network = between(lambda x: x.roll(1, 1))
    for parameter in network.parameters():
        nn.init.zeros_(parameter)
    with pytest.raises(ValueError, match=r"exclude first$"):
        Structure.of(network, SHAPE)


@pytest.mark.parametrize("does", [torch.sigmoid, torch.cos, lambda x: x.relu() + 1])
def test_what_takes_zero_to_something_else_is_named(does: Callable[[torch.Tensor], torch.Tensor]):
    with pytest.raises(ValueError, match=r"out still takes in something else than zero"):
        Structure.of(head(does), SHAPE)


def test_a_network_that_says_something_else_each_time_is_called_so():
    with pytest.raises(ValueError, match="something else of the same images each time"):
        Structure.of(head(lambda x: nn.functional.dropout(x, 0.5, training=True)), SHAPE)


def test_what_a_network_raises_when_it_is_slimmed_is_a_reason():
    def counts(x: torch.Tensor) -> torch.Tensor:
        if x.shape[1] != 12:
            raise KeyError("twelve, please")
        return x

    with pytest.raises(ValueError, match=r"cannot run \(KeyError: 'twelve, please'\)"):
        Structure.of(head(counts), SHAPE)


def test_a_network_that_takes_no_silence_is_refused_all_the_same():
    def listens(x: torch.Tensor) -> torch.Tensor:
        if not x.any():
            raise ValueError("nothing there")
        return x.roll(1, 1)

    with pytest.raises(ValueError, match=r"depends on their number or order.*; exclude first$"):
        Structure.of(between(listens), SHAPE)


@pytest.mark.parametrize("kind", [tuple, list])
def test_what_is_no_logits_is_refused(kind: type):
    network = Does(lambda self, x: kind([self.out(x.flatten(1))]), out=nn.Linear(108, 4))
    with pytest.raises(ValueError, match=f"gives out a {kind.__name__}, not a tensor of logits"):
        Structure.of(network, SHAPE)


def test_a_network_of_single_precision_is_tried_in_it():
    network = between(lambda x: x.flip(1).float())
    structure = Structure.of(network, SHAPE)
    assert structure.groups[0].readers[0].units == tuple(range(11, -1, -1))
    with pytest.raises(ValueError, match=r"exclude first$"):
        Structure.of(between(lambda x: x.roll(1, 1).float()), SHAPE)


def hidden_twice(**layers: nn.Module) -> nn.Module:
    """Three hidden layers, of which the last two are ``a`` and ``b``, or ``a`` twice."""
    second = "b" if "b" in layers else "a"
    return Does(
        lambda self, x: self.out(
            self.get_submodule(second)(self.a(self.first(x.flatten(1)).relu()).relu()).relu()
        ),
        first=nn.Linear(108, 16),
        **layers,
        out=nn.Linear(16, 4),
    )


def tied() -> nn.Module:
    network = hidden_twice(a=nn.Linear(16, 16), b=nn.Linear(16, 16))
    network.b.weight = network.a.weight
    return network


def under_two_names() -> nn.Module:
    layer = nn.Linear(16, 16)
    return hidden_twice(a=layer, b=layer)


def used_twice() -> nn.Module:
    return hidden_twice(a=nn.Linear(16, 16))


SHARED = [(tied, "a shares its weight with b"), (under_two_names, "a is used 2 times")]
SHARED += [(used_twice, "a is used 2 times")]


@pytest.mark.parametrize(("build", "reason"), SHARED)
def test_units_of_shared_layers_are_refused(build: Callable[[], nn.Module], reason: str):
    network = build()
    with pytest.raises(ValueError, match=f"because {reason}") as refused:
        Structure.of(network, SHAPE)
    named = re.search("; exclude ([^;]+)$", str(refused.value))
    assert named
    assert Structure.of(network, SHAPE, named[1].split(", ")).groups == []


@pytest.mark.parametrize(("build", "_"), SHARED)
def test_shared_weights_count_once(build: Callable[[], nn.Module], _: str):
    network = build()
    structure = Structure.of(network, SHAPE, units=False)
    assert structure.weight_counts == {"first": 1728, "a": 256, "out": 64}
    mask = torch.arange(256).view(16, 16) % 4 == 0
    dense, pruned = cost_of(network, SHAPE), cost_of(network, SHAPE, {"a.weight": mask})
    assert dense.nonzero - pruned.nonzero == 192
    assert dense.multiply_adds - pruned.multiply_adds == 2 * 192, "it is used twice"
    assert pruned.bytes == 4 * pruned.nonzero + 256 // 8
    last = masked(network, {"a.weight": mask}).get_submodule("b" if build is tied else "a")
    assert int(last.weight.count_nonzero()) == 64
    assert "a" not in Structure.of(network, SHAPE, ["a"], units=False).layers


def test_a_weight_whose_twin_is_excluded_stays_whole():
    assert list(Structure.of(tied(), SHAPE, ["b", "output"], units=False).layers) == ["first"]


def test_a_weight_that_is_computed_from_others_is_refused():
    network = head(torch.relu)
    nn.utils.parametrizations.weight_norm(network.first)
    with pytest.raises(ValueError, match="weight of first is computed from other parameters"):
        Structure.of(network, SHAPE)


def test_a_network_whose_only_unit_may_not_be_silent_is_refused_all_the_same():
    def listens(x: torch.Tensor) -> torch.Tensor:
        if not x.any():
            raise ValueError("nothing there")
        return x.cos()

    network = Does(
        lambda self, x: self.out(listens(self.first(x.flatten(1)))),
        first=nn.Linear(108, 1),
        out=nn.Linear(1, 4),
    )
    # One unit always stays, so that nothing is ever removed.
    assert Structure.of(network, SHAPE).unit_counts == {"first": 1}
