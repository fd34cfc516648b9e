"""Fine-tuning a network from its operating point on, under its mask."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import TypeVar

from pruning.evaluation.accuracy import evaluate
from pruning.events import Event
from pruning.experiments.images.dense import epoch_points
from pruning.experiments.operating_point.setup import PointProgress, PointSetup
from pruning.experiments.sweep.networks import DenseNetwork, PrunedNetwork, lean_of
from pruning.experiments.sweep.outputs import FINETUNING
from pruning.experiments.telling import told
from pruning.masks.applying import masked
from pruning.models.state import load_state
from pruning.training.epochs import Batches, Epoch
from pruning.training.loop import Objective
from pruning.training.once import trained_once

Found = TypeVar("Found")


def fine_tuned(
    setup: PointSetup, trained: DenseNetwork, pruned: PrunedNetwork, progress: PointProgress
) -> Generator[Event, None, PrunedNetwork]:
    """The pruned network after its further epochs; ``pruned`` is left as it was."""
    network = masked(pruned.network, pruned.masks)
    objective = Objective(network, setup.further_training, pruned.masks)

    learning = trained_once(
        objective,
        trained.data,
        setup.context,
        f"stages/{setup.spec(setup.seed).hash}/further",
        lambda _: (network.state_dict(), {}),
    )
    state, _, _ = yield from _told(learning, setup, progress)
    load_state(network, state)
    lean = lean_of(setup, setup.arm, network, pruned.kept)
    outcome = evaluate(lean, trained.data.test, setup.context)
    return replace(pruned, network=network, lean=lean, outcome=outcome, before=pruned.outcome)


def _told(
    learning: Generator[Batches | Epoch, None, Found], setup: PointSetup, progress: PointProgress
) -> Generator[Event, None, Found]:
    arm = setup.arm
    words = {"criterion": arm.name, "granularity": arm.granularity}
    labels = {"seed": setup.seed, "sparsity": setup.config.sparsity}

    def tell(said: Batches | Epoch) -> Iterator[Event]:
        yield progress.fine_tuned(said)
        if isinstance(said, Epoch):
            yield from epoch_points(FINETUNING, said, words, **labels)

    return (yield from told(learning, tell))
