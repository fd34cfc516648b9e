"""One pruned network: trained again, and measured."""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from torch import Tensor, nn

from pruning.evaluation.accuracy import Outcome, evaluate
from pruning.evaluation.batches import Splits
from pruning.evaluation.latency import speedup
from pruning.experiments.mint.fields import VariantName
from pruning.experiments.mint.setup import Setup
from pruning.experiments.mint.statistics import Measured
from pruning.masks.applying import masked
from pruning.models.state import load_state
from pruning.structure.cost import cost_of
from pruning.structure.dead_units import Masks
from pruning.structure.surgery import Slimmer
from pruning.training.epochs import Batches, Epoch
from pruning.training.loop import Objective
from pruning.training.once import trained_once

if TYPE_CHECKING:
    from pruning.context import Context

# How many seconds a network is timed beside the dense one.
_SECONDS = 2.0


@dataclass(frozen=True)
class Dense:
    """The dense network of a seed, and its images."""

    network: nn.Module
    data: Splits
    seed: int
    context: Context

    @cached_property
    def outcome(self) -> Outcome:
        """On the test images; parts that do not tell it do not evaluate it."""
        return evaluate(self.network, self.data.test, self.context)


@dataclass(frozen=True)
class Retrained:
    """A network without its blocks, after training again.

    Attributes
    ----------
    network
        In its full size, with zeros where something is gone.
    before
        Accuracy on the test images right after pruning.
    best
        The highest accuracy on the test images after any epoch: what published figures are.
    """

    network: nn.Module
    masks: Masks
    before: float
    best: float | None


def retrained(
    setup: Setup, dense: Dense, masks: Masks, name: str
) -> Generator[Batches | Epoch, None, Retrained]:
    """Cut, and train again under the masks unless an attempt before this one has.

    Parameters
    ----------
    name
        What such an attempt has kept the network under.
    """
    network = masked(dense.network, masks.parameters)
    before = evaluate(network, dense.data.test, setup.context).accuracy
    training = setup.retraining(dense.seed)
    if not training.epochs:
        return Retrained(network, masks, before, None)

    objective = Objective(network, training, masks.parameters)
    state, _, epochs = yield from trained_once(
        objective,
        dense.data,
        setup.context,
        f"stages/{setup.spec(dense.seed).hash}/{name}",
        lambda _: (network.state_dict(), {}),
    )
    load_state(network, state)
    return Retrained(network.eval(), masks, before, max(each.test_accuracy for each in epochs))


def measured(
    setup: Setup,
    dense: Dense,
    variant: VariantName,
    asked: float = 0.0,
    found: Retrained | None = None,
) -> Measured:
    """Count, evaluate and time a network; without one that was pruned the dense one."""
    network = found.network if found else dense.network
    masks = found.masks if found else Masks({}, {})
    lean = slimmed(setup, network, masks)
    # A network that says the same of all images is none that anybody would run.
    is_timed = masks.units_cut and not masks.broken
    counts = setup.weight_counts
    lost = sum(mask.numel() - int(mask.sum()) for mask in masks.parameters.values())
    outcome = evaluate(lean, dense.data.test, setup.context) if found else dense.outcome
    return Measured(
        variant=variant,
        seed=dense.seed,
        asked=asked,
        compared=_share_gone(masks.parameters, counts, setup.compared),
        whole=_share_gone(masks.parameters, counts, counts),
        before=found.before if found else None,
        accuracy=outcome.accuracy,
        best=found.best if found else None,
        parameters=sum(each.numel() for each in network.parameters()) - lost,
        bytes_sparse=sum(_deflated(network, name) for name in setup.compared),
        bytes_slim=cost_of(lean, setup.dataset.shape).bytes,
        units_cut=masks.units_cut,
        speedup=_speedup(setup, dense, lean) if is_timed else (None, None, None),
    )


def slimmed(setup: Setup, network: nn.Module, masks: Masks) -> nn.Module:
    """The network without the units of which nothing is left; itself where there are none."""
    return Slimmer(network, setup.structure).shrink(masks.units) if masks.units else network


def _share_gone(
    masks: Mapping[str, Tensor], weights: Mapping[str, int], of: Iterable[str]
) -> float:
    """Which share of the weights of these layers is masked."""
    names = [*of]
    gone = sum(int((~masks[f"{n}.weight"]).sum()) for n in names if f"{n}.weight" in masks)
    return gone / sum(weights[name] for name in names)


def _deflated(network: nn.Module, layer: str) -> int:
    """Bytes of a layer's weights, zeros in place, when they are deflated.

    Of the ways to store them this comes closest to the published figures: weights keep some nine
    tenths of their size, and zeros take nearly nothing. In compressed rows each weight needs an
    index of as many bytes, so that a dense layer would take twice its size.
    """
    weight = network.get_parameter(f"{layer}.weight").detach().float().cpu()
    # What a mask sets to zero may be -0.0, which other bits than those of 0 stand for.
    return len(zlib.compress((weight + 0.0).contiguous().numpy().tobytes()))


def _speedup(setup: Setup, dense: Dense, lean: nn.Module) -> tuple[float, float, float]:
    """How many times faster it is than the dense network: quartiles of the repeats."""
    count = min(setup.config.latency_batch, len(dense.data.test))
    batch = dense.data.test.batch(slice(0, count))[0]
    found = speedup(dense.network, lean, batch, _SECONDS, setup.context.check)
    return found.q1, found.median, found.q3
