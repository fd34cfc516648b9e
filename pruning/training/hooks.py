"""What acts in training beside the optimisers: small parts that the one loop calls.

Penalties, masks, schedules that react to what an epoch measured, and keepers of weights are all
hooks, so that the loop knows none of them, and all of them are in its checkpoints. open_lth builds
its loop so, and says why: what differs between methods is a few lines each, what they share is not.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from pruning.masks.applying import ParameterMasks, parameters_of
from pruning.structure.layout import laid_out_as
from pruning.training.epochs import Epoch


class Step(NamedTuple):
    """Where in training a hook is called.

    Attributes
    ----------
    number
        Steps so far, this one included.
    total
        Of the whole training.
    rate
        The learning rate of this step, of the first optimiser.
    """

    number: int
    total: int
    rate: float


class Hook:
    """Does nothing; a hook overrides what it wants to be called for.

    No gradients are recorded meanwhile. A training that goes on from a checkpoint gives the same
    numbers if ``state_dict`` holds all that changes, and if what is drawn at random outside of
    steps comes from generators that are in it.
    """

    def before_step(self, step: Step, /) -> None:
        """The gradients are there, and may be changed or looked at."""

    def after_step(self, step: Step, /) -> None:
        """The optimisers have moved the weights, which may be changed."""

    def after_epoch(self, epoch: Epoch) -> Epoch:
        """What the epoch measured; returned with what there is to add to it.

        Hooks take turns in their order: each sees what those before it added.
        """
        return epoch

    def over(self) -> bool:
        """Whether training ends before its next epoch; asked before each of them."""
        return False

    def at_end(self) -> None:
        """The last epoch is over; the weights that are now left in the network are the result."""

    def state_dict(self) -> dict[str, Any]:
        """What changes in training, for a checkpoint: tensors, numbers, words, lists and dicts."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what :meth:`state_dict` was; tuples have become lists."""


class Zeros:
    """What masks remove of a network, set to zero again and again."""

    def __init__(self, network: nn.Module, masks: ParameterMasks) -> None:
        named = parameters_of(network)
        self._parameters: list[Tensor] = [named[name] for name in masks]
        # Of the parameters' own type: multiplying by truth values converts them each time.
        self._masks = [mask.to(named[name]) for name, mask in masks.items()]

    @torch.no_grad()
    def restore(self) -> None:
        """All at once, and each mask laid out as its parameter is by now: both is faster."""
        if self._masks:
            self._masks = list(map(laid_out_as, self._masks, self._parameters))
            torch._foreach_mul_(self._parameters, self._masks)


class FixedMasks(Hook):
    """Keeps at zero, from now on, what masks remove."""

    def __init__(self, network: nn.Module, masks: ParameterMasks) -> None:
        self._zeros = Zeros(network, masks)
        self._zeros.restore()

    def after_step(self, _: Step) -> None:
        """Not before it: momentum and weight decay move weights without a gradient too."""
        self._zeros.restore()
