"""The networks that one arm leads to, sparsity after sparsity."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor, nn

from pruning.evaluation.accuracy import Outcome, evaluate
from pruning.evaluation.batches import Splits
from pruning.evaluation.many_masks import evaluate_masked, evaluate_slimmed
from pruning.experiments.sweep.arms import Arm, Pruner
from pruning.experiments.sweep.setup import Setup
from pruning.masks.applying import apply_masks, masked
from pruning.structure.surgery import Slimmer
from pruning.training.epochs import Batches, Epoch
from pruning.training.loop import Objective, train

if TYPE_CHECKING:
    from pruning.context import Kept


@dataclass(frozen=True)
class PrunedNetwork:
    """One network of an arm.

    Attributes
    ----------
    network
        Full-sized, with zeros where something was removed.
    lean
        As one would use it, and as it is given away: slimmed, or with zeros where weights are gone.
    kept
        What is left: of each group of units, or of each layer's weights.
    masks
        The same as masks of the parameters.
    outcome
        Of the lean network on the test images.
    before
        The same before fine-tuning; None where there was none.
    best_epoch_accuracy
        The highest test accuracy after any epoch of fine-tuning: what a study reports that picks
        its epoch by the test set.
    """

    sparsity: float
    network: nn.Module
    lean: nn.Module
    kept: dict[str, Tensor]
    masks: dict[str, Tensor]
    outcome: Outcome
    before: Outcome | None = None
    best_epoch_accuracy: float | None = None


@dataclass(frozen=True)
class DenseNetwork:
    """A seed's dense network and what it was before.

    Attributes
    ----------
    rewound
        The weights that pruned networks go back to before they are trained again; None where
        they go on from what they are.
    """

    dense: nn.Module
    untrained: nn.Module
    rewound: dict[str, Tensor] | None
    outcome: Outcome
    data: Splits
    seed: int


@dataclass(frozen=True)
class Retraining:
    """How far the training of a pruned network is."""

    sparsity: float
    said: Batches | Epoch


def pruned_networks(
    setup: Setup, arm: Arm, trained: DenseNetwork
) -> Iterator[Retraining | PrunedNetwork]:
    """Prune by one arm to every sparsity, and train in between where that is asked for.

    Raises
    ------
    UnusableScoresError
        If the criterion cannot rank what there is.
    """
    reference = setup.reference(trained.data, trained.seed)
    pruner = setup.pruner(arm, reference, trained.seed)
    learns = setup.retraining(trained.seed) is not None
    dense = PrunedNetwork(0.0, trained.dense, trained.dense, pruner.kept, {}, trained.outcome)
    yield dense
    yield from (_learning if learns else _resting)(setup, pruner, trained)


def _resting(setup: Setup, pruner: Pruner, trained: DenseNetwork) -> Iterator[PrunedNetwork]:
    """Nothing is trained, so all networks are the dense one under nested masks."""
    cells = [(sparsity, pruner.kept) for sparsity in _pruned(setup, pruner, trained.dense)]
    outcomes = evaluate_all(setup, pruner, trained, [kept for _, kept in cells])
    for (sparsity, kept), outcome in zip(cells, outcomes, strict=True):
        masks = pruner.parameter_masks(kept)
        network = masked(trained.dense, masks)
        lean = _lean(setup, pruner.arm, network, kept)
        yield PrunedNetwork(sparsity, network, lean, kept, masks, outcome)


def _lean(setup: Setup, arm: Arm, network: nn.Module, kept: dict[str, Tensor]) -> nn.Module:
    if arm.granularity == "weight":
        return network
    return Slimmer(network, setup.structure).shrink(kept)


def evaluate_all(
    setup: Setup, pruner: Pruner, trained: DenseNetwork, kept: Sequence[dict[str, Tensor]]
) -> Iterator[Outcome]:
    """What the dense network says on the test images where each of these is left of it."""
    network, images, context = trained.dense, trained.data.test, setup.context
    if pruner.arm.granularity == "unit":
        return evaluate_slimmed(network, setup.structure, kept, images, context)
    return evaluate_masked(network, map(pruner.parameter_masks, kept), images, context)


def _pruned(setup: Setup, pruner: Pruner, network: nn.Module) -> Iterator[float]:
    """Prune one network, which never changes, to every sparsity; say when it is there.

    One score serves all of them in one shot; step by step what is left is scored again.
    """
    again = setup.step_by_step or pruner.arm.criterion.rounds > 1
    scores = None if again else pruner.scores(network)
    for sparsity in setup.path:
        setup.context.check()
        if sparsity == 0:
            continue
        if scores is None:
            pruner.prune(masked(network, pruner.masks()), sparsity)
        else:
            pruner.remove(scores, sparsity)
        if sparsity in setup.config.sparsities:
            yield sparsity


def _learning(
    setup: Setup, pruner: Pruner, trained: DenseNetwork
) -> Iterator[Retraining | PrunedNetwork]:
    """Each pruned network is trained; in an iterative schedule the next comes from it."""
    if setup.at_initialisation:
        for sparsity in _pruned(setup, pruner, trained.untrained):
            yield from _retrained(setup, pruner, trained, trained.untrained, sparsity)
    elif not setup.step_by_step:
        for sparsity in _pruned(setup, pruner, trained.dense):
            yield from _retrained(setup, pruner, trained, trained.dense, sparsity)
    else:
        yield from _iterated(setup, pruner, trained)


def _iterated(
    setup: Setup, pruner: Pruner, trained: DenseNetwork
) -> Iterator[Retraining | PrunedNetwork]:
    network = trained.dense
    for sparsity in setup.path:
        if sparsity == 0:
            continue
        pruner.prune(network, sparsity)
        pruned = yield from _retrain(setup, pruner, trained, network, sparsity)
        network = pruned.network
        if sparsity in setup.config.sparsities:
            yield pruned


def _retrained(
    setup: Setup, pruner: Pruner, trained: DenseNetwork, network: nn.Module, sparsity: float
) -> Iterator[Retraining | PrunedNetwork]:
    yield (yield from _retrain(setup, pruner, trained, network, sparsity))


def _retrain(
    setup: Setup, pruner: Pruner, trained: DenseNetwork, network: nn.Module, sparsity: float
) -> Generator[Retraining, None, PrunedNetwork]:
    """Train what the masks leave of ``network``; it is left as it was."""
    data, context, masks = trained.data, setup.context, pruner.masks()
    network = masked(network, masks)
    before = evaluate(network, data.test, context)
    if trained.rewound is not None:
        network.load_state_dict(trained.rewound)
        apply_masks(network, masks)
    training = setup.retraining(trained.seed)
    assert training

    def learn(unfinished: Path | None) -> Generator[Retraining, None, Kept]:
        best = 0.0
        objective = Objective(network, training, masks)
        for said in train(objective, data, context, unfinished):
            best = max(best, said.test_accuracy) if isinstance(said, Epoch) else best
            yield Retraining(sparsity, said)
        return network.state_dict(), {"best": repr(best)}

    # With what the dense network is: a model may be corrected before a killed run goes on.
    arm, start = pruner.arm, setup.spec(trained.seed).hash
    folder = f"stages/{start}/{arm.name}-{arm.granularity}"
    state, words = yield from context.once(f"{folder}/{sparsity!r}", learn)
    network.load_state_dict(state)
    lean = _lean(setup, arm, network, pruner.kept)
    outcome, best = evaluate(lean, data.test, context), float(words["best"])
    return PrunedNetwork(sparsity, network, lean, pruner.kept, masks, outcome, before, best)
