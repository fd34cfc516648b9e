"""Going the way of a sweep again, up to one point of one curve."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from torch import Tensor

from pruning.context import CannotRunError
from pruning.events import Event
from pruning.experiments.operating_point.setup import PointProgress, PointSetup
from pruning.experiments.sweep.arms import Arm, UnusableScoresError
from pruning.experiments.sweep.networks import (
    DenseNetwork,
    PrunedNetwork,
    Retraining,
    pruned_networks,
    reinitialised_networks,
)
from pruning.masks.schedules import Step


def replayed(
    setup: PointSetup, trained: DenseNetwork, progress: PointProgress
) -> Generator[Event, None, PrunedNetwork]:
    """The pruned network of the point.

    Raises
    ------
    CannotRunError
        If the criterion cannot rank what there is.
    """
    arm = setup.arm
    try:
        if not arm.is_reinitialised:
            return (yield from _last(setup, arm, pruned_networks(setup, arm, trained), progress))
        controlled = arm.controlled
        networks = pruned_networks(setup, controlled, trained)
        found = yield from _last(setup, controlled, networks, progress)
        masks: dict[Step, dict[str, Tensor]] = (
            {found.step: found.kept} if found.step.sparsity else {}
        )
        networks = reinitialised_networks(setup, arm, trained, masks)
        return (yield from _last(setup, arm, networks, progress))
    except UnusableScoresError as error:
        raise CannotRunError(f"{arm.title} leads to no network: {error}") from error


def _last(
    setup: PointSetup,
    arm: Arm,
    networks: Iterator[Retraining | PrunedNetwork],
    progress: PointProgress,
) -> Generator[Event, None, PrunedNetwork]:
    """The network at the sparsity of the point; what comes behind it is not made."""
    for said in networks:
        if isinstance(said, Retraining):
            yield progress.retrained(arm, setup.seed, said)
            continue
        yield progress.pruned(arm, setup.seed, said.sparsity)
        if said.sparsity == setup.config.sparsity:
            return said
    raise CannotRunError(f"{arm.title} has come to no network of this sparsity")
