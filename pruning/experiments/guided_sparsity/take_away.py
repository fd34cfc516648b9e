"""What people can take away from a run of guided sparsity, as files."""

from __future__ import annotations

from collections.abc import Iterator

from pruning.evaluation.batches import Splits
from pruning.events import Artifact
from pruning.experiments.guided_sparsity.measuring import slimmed
from pruning.experiments.guided_sparsity.racing import Finished
from pruning.experiments.guided_sparsity.setup import Setup
from pruning.structure.widths import widths_of
from pruning.takeaway.description import Description
from pruning.takeaway.given import given
from pruning.takeaway.using import uses
from pruning.takeaway.weights import write_description, write_weights


def files(setup: Setup, found: Finished, data: Splits) -> Iterator[Artifact]:
    """The slimmed network of an entrant: its weights, and how to build it again."""
    folder = setup.context.artifacts
    if folder is None or found.measured is None:
        return
    _, lean = slimmed(setup, found.network, data)
    end, dataset = found.moments[-1], setup.dataset
    stem, name = found.entrant.name.replace(" ", "-"), f"{found.entrant.title}, slimmed"
    yield given(write_weights(lean, folder / f"{stem}.safetensors"), f"{name}: weights")
    described = Description(
        model=setup.config.model,
        dataset=dataset.name,
        shape=dataset.shape,
        classes=dataset.classes,
        files=uses(["safetensors"], dataset.shape, stem),
        images=dataset.notes,
        mean=dataset.mean,
        sd=dataset.sd,
        widths=widths_of(lean),
        criterion=found.entrant.arm,
        granularity="unit",
        sparsity=end.of_all_weights,
        budget="weights",
        measures={"test_accuracy": end.accuracy, "parameters": float(end.parameters)},
        validation_accuracy=end.held_out,
    )
    path = write_description(described, folder / f"{stem}.json")
    yield given(path, f"{name}: description (JSON)")
