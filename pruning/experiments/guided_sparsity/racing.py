"""One entrant's training, found again or done, and several of them side by side."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from torch import nn

from pruning.evaluation.batches import Splits
from pruning.experiments.guided_sparsity.entrants import Entrant
from pruning.experiments.guided_sparsity.measuring import Measured, measured
from pruning.experiments.guided_sparsity.moments import Moment, Watch, packed, unpacked
from pruning.experiments.guided_sparsity.setup import Setup
from pruning.models.state import load_state
from pruning.training.epochs import Batches, DivergedError
from pruning.training.loop import Objective, train
from pruning.training.optimisers import Training

if TYPE_CHECKING:
    from pruning.context import Kept

_WEIGHTS, _ENERGIES = "weights ", "energies "


class Said(NamedTuple):
    """What an entrant says on its way: how far it is, and new moments."""

    entrant: Entrant
    steps: int
    moments: list[Moment]


@dataclass(frozen=True)
class Finished:
    """An entrant at its end.

    Attributes
    ----------
    network
        As training left it, with all small weights.
    measured
        What it is when it is slimmed; None where training diverged.
    diverged
        Why training ended early; nothing where it did not.
    """

    entrant: Entrant
    network: nn.Module
    moments: list[Moment]
    measured: Measured | None
    diverged: str = ""


class Guided(Objective):
    """Classification under penalties that is watched."""

    def __init__(self, setup: Setup, network: nn.Module, training: Training, data: Splits) -> None:
        super().__init__(network, training)
        self.watch = Watch(
            network,
            setup.structure,
            self.penalties,
            data,
            setup.context,
            every=setup.config.evaluate_every,
            threshold=setup.config.threshold,
        )
        # Last of all: what is seen is what a step has left.
        self.hooks = [*self.penalties.values(), self.watch]


def run(setup: Setup, entrant: Entrant, seed: int, data: Splits) -> Generator[Said, None, Finished]:
    """Train an entrant unless an attempt before this one, or another part, has.

    That may have been killed before what it said was heard: all moments are said again.
    """
    network, is_found = setup.untrained(seed), True

    def learn(unfinished: Path | None) -> Generator[Said, None, Kept]:
        nonlocal is_found
        is_found = False
        objective = Guided(setup, network, setup.entrant_training(entrant, seed), data)
        watch, diverged, found = objective.watch, "", None
        try:
            for said in train(objective, data, setup.context, unfinished):
                if isinstance(said, Batches):
                    yield Said(entrant, said.done, watch.fresh())
                elif said.replayed:
                    yield Said(entrant, 0, watch.fresh())
            found = measured(setup, network, data)
        except DivergedError as error:
            diverged = str(error)
            yield Said(entrant, 0, watch.fresh())
        energies, words = packed(watch.moments)
        weights = {f"{_WEIGHTS}{name}": value for name, value in network.state_dict().items()}
        tensors = {**weights, **{f"{_ENERGIES}{name}": value for name, value in energies.items()}}
        told = {"moments": words, "measured": found and vars(found), "diverged": diverged}
        return tensors, {name: json.dumps(value) for name, value in told.items()}

    name = f"races/{seed}/{entrant.name.replace(' ', '-')}"
    tensors, words = yield from setup.context.once(name, learn)
    load_state(network, _part(tensors, _WEIGHTS))
    told = {name: json.loads(words[name]) for name in ("moments", "measured", "diverged")}
    moments = unpacked(_part(tensors, _ENERGIES), told["moments"])
    if is_found:
        yield Said(entrant, moments[-1].step if moments else 0, moments)
    found = told["measured"] and Measured(**told["measured"])
    return Finished(entrant, network.eval(), moments, found, told["diverged"])


Value = TypeVar("Value")


def _part(tensors: Mapping[str, Value], prefix: str) -> dict[str, Value]:
    return {n.removeprefix(prefix): v for n, v in tensors.items() if n.startswith(prefix)}


def side_by_side(
    races: list[Generator[Said, None, Finished]],
) -> Generator[Said, None, list[Finished]]:
    """All of them in turns, so that all are about as far; what they end with, in their order."""
    ends: dict[int, Finished] = {}
    while len(ends) < len(races):
        for place, race in enumerate(races):
            if place in ends:
                continue
            try:
                yield next(race)
            except StopIteration as stop:
                ends[place] = stop.value
    return [ends[place] for place in range(len(races))]
