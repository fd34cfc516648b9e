"""How the weight and the temperature of a mask follow the share that it lets through."""

from __future__ import annotations

from math import inf
from typing import Any

from pruning.inputs.selection import Selection
from pruning.inputs.settings import MaskSchedule
from pruning.training.epochs import Epoch
from pruning.training.hooks import Hook


class LambdaAndTau(Hook):
    """Raises λ where Q has stood still for too long, and lowers τ meanwhile [oehmcke2022]_.

    After an epoch it looks at the Q of the evaluation before: that of the epoch before, after the
    first epoch that of the mask as it starts. The published code counts no epoch as one without
    improvement while τ falls, and forgets to start over from ``tau_init`` with a new λ; here τ
    does, and every epoch counts.

    Adds to what an epoch tells ``lambda`` and ``tau``, as they were in it, and ``q``: that of the
    images that are held out, or else of those to test.

    Attributes
    ----------
    weight
        λ of the next epoch.
    """

    def __init__(self, settings: MaskSchedule, selection: Selection) -> None:
        self._settings, self._selection = settings, selection
        self.weight = settings.lambda_init
        selection.temperature = settings.tau_init
        self._before, self._lowest, self._waited = selection.start_q(), inf, 0

    def after_epoch(self, epoch: Epoch) -> Epoch:
        """Say how it was, and decide how it goes on."""
        values = epoch.values
        q = values["validation_q"] if "validation_q" in values else values["test_q"]
        epoch = epoch.told(**{"lambda": self.weight, "tau": self._selection.temperature, "q": q})
        if self._stands_still(self._before):
            self.weight *= self._settings.lambda_factor
            self._selection.temperature = self._settings.tau_init
        else:
            cooler = self._selection.temperature * self._settings.tau_factor
            self._selection.temperature = max(cooler, self._settings.tau_min)
        self._before = q
        return epoch

    def _stands_still(self, q: float) -> bool:
        """Whether Q has not improved for too long; then it may take that long again."""
        if q <= self._lowest - self._settings.lambda_threshold:
            self._lowest, self._waited = q, 0
            return False
        self._waited += 1
        if self._waited <= self._settings.lambda_patience:
            return False
        self._waited = 0
        return True

    def state_dict(self) -> dict[str, Any]:
        """λ, τ, and what the decision looks at."""
        return {
            "lambda": self.weight,
            "tau": self._selection.temperature,
            "before": self._before,
            "lowest": self._lowest,
            "waited": self._waited,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take them over."""
        self.weight, self._selection.temperature = state["lambda"], state["tau"]
        self._before, self._lowest = state["before"], state["lowest"]
        self._waited = state["waited"]


class EndBelow(Hook):
    """Ends training after the first epoch whose Q is below a floor."""

    def __init__(self, floor: float) -> None:
        self._floor, self._over = floor, False

    def after_epoch(self, epoch: Epoch) -> Epoch:
        """Look at the ``q`` that :class:`LambdaAndTau` told."""
        self._over = epoch.values["q"] < self._floor
        return epoch

    def over(self) -> bool:
        """Whether it was below."""
        return self._over

    def state_dict(self) -> dict[str, Any]:
        """The same."""
        return {"over": self._over}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take it over."""
        self._over = state["over"]
