"""The networks that one arm leads to, sparsity after sparsity."""

from __future__ import annotations

import copy
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torch import Tensor, nn

from pruning.evaluation.accuracy import Outcome, evaluate
from pruning.evaluation.batches import Splits
from pruning.evaluation.many_masks import evaluate_masked, evaluate_slimmed
from pruning.experiments.sweep.arms import Arm, Pruner
from pruning.experiments.sweep.setup import Setup
from pruning.experiments.telling import told
from pruning.masks.applying import apply_masks, masked
from pruning.masks.schedules import Step
from pruning.models.state import load_state
from pruning.structure.surgery import Slimmer
from pruning.training.epochs import Batches, Epoch
from pruning.training.gradual import GradualObjective, GradualPruning
from pruning.training.loop import Objective
from pruning.training.once import trained_once

if TYPE_CHECKING:
    from pruning.context import Kept

# In the file of a trained network: what is left of it.
KEPT = "kept:"
# Nothing is removed of the dense network.
DENSE = Step(0.0, (0.0,))


@dataclass(frozen=True)
class PrunedNetwork:
    """One network of an arm.

    Attributes
    ----------
    sparsity
        That was asked for.
    step
        The pruning that is nearest to it.
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
    step: Step
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

    step: Step
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
    learns = setup.retraining(trained.seed, arm) is not None
    yield _dense(pruner, trained)
    yield from (_learning if learns else _resting)(setup, pruner, trained)


def reinitialised_networks(
    setup: Setup, arm: Arm, trained: DenseNetwork, masks: Mapping[Step, dict[str, Tensor]]
) -> Iterator[Retraining | PrunedNetwork]:
    """Train other initial weights under the masks that another arm has come to [frankle2019]_.

    Parameters
    ----------
    masks
        What that arm has left at each step that is reported.
    """
    reference = setup.reference(trained.data, trained.seed)
    pruner = setup.pruner(arm, reference, trained.seed)
    yield _dense(pruner, trained)
    network, fresh = setup.reinitialised(trained.seed), replace(trained, rewound=None)
    for step, kept in masks.items():
        pruner.kept = kept
        pruned = yield from _retrain(setup, pruner, fresh, network, step)
        # These weights have never been whole: there is nothing before to compare with.
        yield from _reported(replace(pruned, before=None))


def _dense(pruner: Pruner, trained: DenseNetwork) -> PrunedNetwork:
    dense = trained.dense
    return PrunedNetwork(0.0, DENSE, dense, dense, pruner.kept, {}, trained.outcome)


def _reported(pruned: PrunedNetwork) -> Iterator[PrunedNetwork]:
    """The same for each sparsity that was asked for and is nearest to this step."""
    for asked in pruned.step.reported:
        yield replace(pruned, sparsity=asked)


def _resting(setup: Setup, pruner: Pruner, trained: DenseNetwork) -> Iterator[PrunedNetwork]:
    """Nothing is trained, so all networks are the dense one under nested masks."""
    cells = [(step, pruner.kept) for step in _pruned(setup, pruner, trained.dense)]
    outcomes = evaluate_all(setup, pruner, trained, [kept for _, kept in cells])
    for (step, kept), outcome in zip(cells, outcomes, strict=True):
        masks = pruner.parameter_masks(kept)
        network = masked(trained.dense, masks)
        lean = lean_of(setup, pruner.arm, network, kept)
        pruned = PrunedNetwork(step.sparsity, step, network, lean, kept, masks, outcome)
        yield from _reported(pruned)


def lean_of(setup: Setup, arm: Arm, network: nn.Module, kept: dict[str, Tensor]) -> nn.Module:
    """A pruned network as one would use it: :attr:`PrunedNetwork.lean`."""
    if arm.granularity != "unit":
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


def _pruned(setup: Setup, pruner: Pruner, network: nn.Module) -> Iterator[Step]:
    """Prune one network, which never changes, step by step; say where something is reported.

    One score serves all of them in one shot; step by step what is left is scored again.
    """
    again = setup.step_by_step or pruner.arm.criterion.rounds > 1
    scores = None if again else pruner.scores(network)
    for step in setup.trajectory(pruner.arm):
        setup.context.check()
        if scores is None:
            pruner.prune(masked(network, pruner.masks()), step.sparsity)
        else:
            pruner.remove(scores, step.sparsity)
        if step.reported:
            yield step


def _learning(
    setup: Setup, pruner: Pruner, trained: DenseNetwork
) -> Iterator[Retraining | PrunedNetwork]:
    """Each pruned network is trained; in an iterative schedule the next comes from it."""
    if setup.is_iterated:
        yield from _iterated(setup, pruner, trained)
        return
    if setup.while_training:
        yield from _gradually(setup, pruner, trained)
        return
    network = trained.untrained if setup.at_initialisation else trained.dense
    for step in _pruned(setup, pruner, network):
        pruned = yield from _retrain(setup, pruner, trained, network, step)
        yield from _reported(pruned)


def _iterated(
    setup: Setup, pruner: Pruner, trained: DenseNetwork
) -> Iterator[Retraining | PrunedNetwork]:
    network = trained.dense
    for step in setup.trajectory(pruner.arm):
        pruner.prune(network, step.sparsity)
        pruned = yield from _retrain(setup, pruner, trained, network, step)
        network = pruned.network
        yield from _reported(pruned)


def _gradually(
    setup: Setup, pruner: Pruner, trained: DenseNetwork
) -> Iterator[Retraining | PrunedNetwork]:
    """Each sparsity in a training of its own, which prunes as it goes [zhu2017]_."""
    for step in setup.trajectory(pruner.arm):
        pruner.restart()
        network = copy.deepcopy(trained.untrained)
        pruning = GradualPruning(network, setup.gradually(step.sparsity), pruner)
        training = setup.retraining(trained.seed, pruner.arm)
        assert training
        objective = GradualObjective(network, training, pruning)
        best = yield from _learnt(setup, pruner, trained, objective, step)
        yield from _reported(_found(setup, pruner, trained, network, step, None, best))


def _retrain(
    setup: Setup, pruner: Pruner, trained: DenseNetwork, network: nn.Module, step: Step
) -> Generator[Retraining, None, PrunedNetwork]:
    """Train what the masks leave of ``network``; it is left as it was."""
    data, context, masks = trained.data, setup.context, pruner.masks()
    network = masked(network, masks)
    before = evaluate(network, data.test, context)
    if trained.rewound is not None:
        load_state(network, trained.rewound)
        apply_masks(network, masks)
    training = setup.retraining(trained.seed, pruner.arm)
    assert training
    objective = Objective(network, training, masks)
    best = yield from _learnt(setup, pruner, trained, objective, step)
    return _found(setup, pruner, trained, network, step, before, best)


def _found(
    setup: Setup,
    pruner: Pruner,
    trained: DenseNetwork,
    network: nn.Module,
    step: Step,
    before: Outcome | None,
    best: float,
) -> PrunedNetwork:
    """A network that was trained under masks, measured as it is given away."""
    kept, masks = pruner.kept, pruner.masks()
    lean = lean_of(setup, pruner.arm, network, kept)
    outcome = evaluate(lean, trained.data.test, setup.context)
    return PrunedNetwork(step.sparsity, step, network, lean, kept, masks, outcome, before, best)


def _learnt(
    setup: Setup, pruner: Pruner, trained: DenseNetwork, objective: Objective, step: Step
) -> Generator[Retraining, None, float]:
    """Train, unless an attempt before this one has; returns the best test accuracy of an epoch."""
    network = objective.module

    def keep(_: list[Epoch]) -> Kept:
        kept = {f"{KEPT}{name}": mask for name, mask in pruner.kept.items()}
        return {**network.state_dict(), **kept}, {}

    # With what the dense network is: a model may be corrected before a killed run goes on.
    arm, start = pruner.arm, setup.spec(trained.seed).hash
    name = f"stages/{start}/{arm.name}-{arm.granularity}/{step.sparsity!r}"
    learning = trained_once(objective, trained.data, setup.context, name, keep)
    state, _, epochs = yield from told(learning, lambda said: [Retraining(step, said)])
    pruner.kept = {name: state.pop(f"{KEPT}{name}").cpu() for name in pruner.kept}
    load_state(network, state)
    return max((each.test_accuracy for each in epochs), default=0.0)
