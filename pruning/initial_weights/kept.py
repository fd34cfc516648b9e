"""Starting points that come and go: what was trained here, and what people put into a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pruning.criteria.base import criteria
from pruning.data.image_base import image_datasets
from pruning.data.places import data_directory
from pruning.initial_weights.base import InitialWeights, initial_weights
from pruning.initial_weights.pruned import DESCRIBED, pruned_networks
from pruning.models.base import models
from pruning.registry import Entry, Registry
from pruning.takeaway.description import Description
from pruning.training.descriptions import TrainedNetwork, trained_networks

# The folder of the data directory that people put safetensors files into.
WEIGHTS = "weights"
# More than these would make a list that nobody reads.
MOST_TRAINED = 30
# What goes, by granularity.
_REMOVED = {"unit": "units", "weight": "weights", "semi_structured": "weights, N:M"}


def trained() -> Iterator[InitialWeights]:
    """The networks that were trained here, the latest first."""
    if data_dir := data_directory():
        for network in trained_networks(data_dir)[:MOST_TRAINED]:
            yield _trained(network, data_dir)


def pruned() -> Iterator[InitialWeights]:
    """The pruned networks that were made here to be taken away, the latest first."""
    if data_dir := data_directory():
        for name, described, path in pruned_networks(data_dir)[:MOST_TRAINED]:
            yield _pruned(name, described, path)


def brought() -> Iterator[InitialWeights]:
    """The files that people put into the folder ``weights`` of the data directory."""
    if data_dir := data_directory():
        for path in sorted((data_dir / WEIGHTS).glob("*.safetensors")):
            text = "Your file; it has to fit the model that you choose."
            yield InitialWeights(path.stem, path.name, text, path)


def _trained(network: TrainedNetwork, data_dir: Path) -> InitialWeights:
    model = _title(models, network.model)
    dataset = _title(image_datasets, network.dataset)
    accuracy = f"{100 * network.test_accuracy:.1f} %"
    training = network.training
    return InitialWeights(
        network.hash,
        f"{model} on {dataset}, seed {training.seed}: {accuracy}",
        f"Trained for {training.epochs} epochs, {training.optimizer}, seed {training.seed}.",
        network.weights(data_dir),
        network.model,
        _needs(network.model, network.dataset),
    )


def _pruned(name: str, described: Description, path: Path) -> InitialWeights:
    model, dataset = _title(models, described.model), _title(image_datasets, described.dataset)
    share = f"{100 * described.sparsity:.4g} %"
    by = _title(criteria, str(described.criterion))
    accuracy = f"{100 * described.measures[DESCRIBED]:.1f} %"
    stays = (
        "What was removed stays removed: sparsities are shares of what is left."
        if described.granularity == "unit"
        else "Weights that were removed begin at zero, and training brings them back."
    )
    return InitialWeights(
        name,
        f"{model} on {dataset}, {share} removed by {by}: {accuracy}",
        f"Removed: {_REMOVED[str(described.granularity)]}; seed {described.seed}. {stays}",
        path,
        described.model,
        _needs(described.model, described.dataset),
    )


def _needs(model: str, dataset: str) -> dict[str, list[str]]:
    """The model, and all datasets whose images and classes the network takes."""
    needs = {"model": [model]}
    # Of a dataset that is gone nobody knows any more what its images were like.
    if dataset in image_datasets.names():
        trained_on = image_datasets[dataset]
        kind = (trained_on.shape, len(trained_on.classes))
        alike = [each for each in image_datasets if (each.shape, len(each.classes)) == kind]
        needs["dataset"] = [each.name for each in alike]
    return needs


def _title(registry: Registry[Entry], name: str) -> str:
    """What people call it; its name where it is not installed any more."""
    return registry[name].title if name in registry.names() else name


initial_weights.add_source(brought)
initial_weights.add_source(pruned)
initial_weights.add_source(trained)
