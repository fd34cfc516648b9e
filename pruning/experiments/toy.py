"""What is left of a decision boundary when a network loses hidden units (``toy``)."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from pruning.context import Context
from pruning.criteria.base import ToyCriterionName, criteria
from pruning.data.base import DatasetName, datasets
from pruning.events import Event, Label, Note, Point, Progress, Table
from pruning.experiments import main_results
from pruning.experiments.base import ExperimentConfig, experiment
from pruning.experiments.fields import (
    Ascending,
    AsList,
    AsNumbers,
    Distinct,
    OrNone,
    Seed,
    Share,
    Width,
)
from pruning.numbers import parse_numbers
from pruning.toy.recipe import TEST_PER_CLASS

if TYPE_CHECKING:
    from torch import Tensor

    from pruning.toy.canvas import Canvas, Labelled
    from pruning.toy.evaluation import Evaluator
    from pruning.toy.mlp import MLP
    from pruning.toy.networks import NetworkSpec

SPARSITY_STEPS = 20
COLUMNS = ["criterion", "sparsity", "units_removed", "train_accuracy", "test_accuracy"]
UNUSABLE = "its scores over these reference samples are all zero or not numbers"


class ToyConfig(ExperimentConfig):
    """The settings of one toy run."""

    dataset: DatasetName = Field(
        "circle",
        title="Dataset",
        description="Which points the network learns to tell apart.",
        json_schema_extra={"group": "Data"},
    )
    noise: Annotated[float | None, OrNone] = Field(
        None,
        ge=0,
        le=1,
        title="Noise",
        description="How far points stray, as a standard deviation in the dataset's own units "
        "(length, or radians for spiral arms). Empty: as the dataset was published.",
        json_schema_extra={"group": "Data"},
    )
    criteria: Annotated[list[ToyCriterionName], AsList, Distinct] = Field(
        ["weight", "grad", "taylor", "lrp"],
        min_length=1,
        title="Criteria",
        description="What scores the hidden units; each criterion gets a panel of its own.",
        json_schema_extra={"group": "Pruning"},
    )
    reference_samples: int = Field(
        10,
        ge=1,
        le=1000,
        title="Reference samples",
        description="How many points per class the criteria look at.",
        json_schema_extra={"group": "Pruning"},
    )
    reference_seed: Seed = Field(
        0,
        title="Reference seed",
        description="Seed of the reference samples; the test points come from the next seed.",
        json_schema_extra={"group": "Pruning"},
    )
    sparsities: Annotated[list[Share], AsNumbers, Ascending] = Field(
        sorted(parse_numbers("0:0.95:0.05, 1/3")),
        min_length=1,
        max_length=200,
        title="Sparsities",
        description="The shares of hidden units to remove, from 0 to 0.99: numbers, fractions "
        "and ranges start:stop:step, with commas between them.",
        json_schema_extra={"group": "Pruning", "x-format": "numbers"},
    )
    hidden: Annotated[list[Width], AsNumbers] = Field(
        [100, 100, 100],
        min_length=1,
        max_length=5,
        title="Hidden layers",
        description="How many units each hidden layer has, from the input on; "
        "published: 1000, 1000, 1000.",
        json_schema_extra={"group": "Network", "x-format": "numbers"},
    )
    train_seed: Seed = Field(
        0,
        title="Training seed",
        description="Seed of the training points, the initial weights and the training.",
        json_schema_extra={"group": "Network"},
    )
    grid: int = Field(
        100,
        ge=20,
        le=200,
        title="Grid",
        description="How many points the boundary is drawn from along each side.",
        json_schema_extra={"group": "Drawing"},
    )


@experiment(
    "toy",
    title="Toy decision boundaries",
    description="Watch the decision boundary of a small network while criteria remove its hidden "
    "units, the lowest scores first.",
    queue="interactive",
    config=ToyConfig,
    main_result=main_results.toy,
)
def run(config: ToyConfig, context: Context) -> Iterator[Event]:
    """Train or load the network, then prune it by every criterion at every sparsity."""
    from pruning.threads import one_thread
    from pruning.toy.canvas import Canvas
    from pruning.toy.evaluation import Evaluator
    from pruning.toy.networks import NetworkSpec, load

    data = datasets[config.dataset]
    noise = data.noise if config.noise is None else config.noise
    spec = NetworkSpec(data.name, noise, tuple(config.hidden), config.train_seed)
    canvas = Canvas(
        grid=config.grid,
        train=spec.training_set(),
        reference=data.sample(config.reference_samples, noise, config.reference_seed),
        test=data.sample(TEST_PER_CLASS, noise, config.reference_seed + 1),
    )
    yield from canvas.scenery()
    yield canvas.references()
    with one_thread():
        network = load(spec, context)
        steps = _Steps(0 if network else spec.recipe.steps, len(config.sparsities))
        network = network or (yield from _train(spec, canvas, steps, context))
        evaluator = Evaluator(network, canvas.points().to(context.device))
        yield from _unpruned(canvas, evaluator)
        ranks = yield from _ranks(network, canvas.reference, config, context)
        yield from _prune(ranks, canvas, evaluator, steps, config)


@dataclass(frozen=True)
class _Steps:
    """One scale for the progress of training and pruning."""

    training: int
    sparsities: int

    def trained(self, done: int, accuracy: float) -> Progress:
        message = f"Training: step {done:,} of {self.training:,}, accuracy {100 * accuracy:.1f} %"
        return Progress(done=done, total=self._total, message=message)

    def pruned(self, done: int, message: str) -> Progress:
        done = self.training + SPARSITY_STEPS * done
        return Progress(done=done, total=self._total, message=message)

    @property
    def _total(self) -> int:
        return self.training + SPARSITY_STEPS * self.sparsities


def _train(
    spec: NetworkSpec, canvas: Canvas, steps: _Steps, context: Context
) -> Generator[Event, None, MLP]:
    """Train the network; its boundary is drawn along the way, more and more rarely."""
    from pruning.toy.evaluation import Evaluator
    from pruning.toy.networks import fit

    due = 0.0
    for network, trained in fit(spec, context):
        yield steps.trained(trained.steps, trained.accuracy)
        if trained.steps >= due:
            due = 1.5 * trained.steps
            points = canvas.points().to(context.device)
            yield canvas.boundary("unpruned", 0, Evaluator(network, points).logits(), train=True)
    return network


def _unpruned(canvas: Canvas, evaluator: Evaluator) -> Iterator[Event]:
    logits = evaluator.logits()
    yield canvas.boundary("unpruned", 0, logits, train=True)
    yield from _curve("unpruned", 0, canvas.accuracies(logits))


def _ranks(
    network: MLP, reference: Labelled, config: ToyConfig, context: Context
) -> Generator[Event, None, dict[str, list[Tensor]]]:
    """Each criterion's ranking of the hidden units; one that ranks nothing is left out."""
    import torch

    from pruning.masks import normalise, rank_units, usable
    from pruning.toy.samples import ReferenceSamples

    x, y = (torch.from_numpy(part).to(context.device)[None] for part in reference)
    samples = ReferenceSamples(network, x, y, [config.reference_seed])
    ranks = {}
    for name in config.criteria:
        entry = criteria[name]
        scores = [score[0] for score in normalise(entry.units(samples), entry.normalisation)]
        if usable(scores):
            ranks[name] = rank_units(scores)
        else:
            yield Note(level="warning", text=f"{entry.title} ({name}) is left out: {UNUSABLE}")
    if not ranks:
        raise ValueError(f"no criterion can rank the units: {UNUSABLE}")
    return ranks


def _prune(
    ranks: dict[str, list[Tensor]],
    canvas: Canvas,
    evaluator: Evaluator,
    steps: _Steps,
    config: ToyConfig,
) -> Iterator[Event]:
    """Every criterion at one sparsity, then at the next, so that all panels advance together."""
    from pruning.masks import units_removed

    masks = {name: evaluator.under(rank) for name, rank in ranks.items()}
    units = sum(config.hidden)
    for done, sparsity in enumerate(config.sparsities):
        removed = units_removed(sparsity, units)
        yield steps.pruned(done, f"Pruning: {removed:,} of {units:,} units removed")
        for name, nested in masks.items():
            logits = nested.logits(removed)
            yield canvas.boundary(name, sparsity, logits)
            accuracies = canvas.accuracies(logits)
            yield from _curve(name, sparsity, accuracies)
            row = [name, sparsity, removed, accuracies["train"], accuracies["test"]]
            yield Table(name="accuracy", columns=COLUMNS, key=COLUMNS[:2], rows=[row])
    yield steps.pruned(len(config.sparsities), "Pruned at every sparsity")


def _curve(name: str, sparsity: float, accuracies: dict[str, float]) -> Iterator[Point]:
    for scenario, accuracy in accuracies.items():
        labels: dict[str, Label] = {"scenario": scenario}
        yield Point(series=f"accuracy/{name}", x=sparsity, y=accuracy, labels=labels)
