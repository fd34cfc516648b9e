"""Starting points that come and go: what was trained here, and what people put into a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pruning.data.image_base import image_datasets
from pruning.data.places import data_directory
from pruning.initial_weights.base import InitialWeights, initial_weights
from pruning.models.base import models
from pruning.registry import Entry, Registry
from pruning.training.descriptions import TrainedNetwork, trained_networks

# The folder of the data directory that people put safetensors files into.
WEIGHTS = "weights"
# More than these would make a list that nobody reads.
MOST_TRAINED = 30


def trained() -> Iterator[InitialWeights]:
    """The networks that were trained here, the latest first."""
    if data_dir := data_directory():
        for network in trained_networks(data_dir)[:MOST_TRAINED]:
            yield _trained(network, data_dir)


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
        f"{model} on {dataset}: {accuracy}",
        f"Trained for {training.epochs} epochs, {training.optimizer}, seed {training.seed}.",
        network.weights(data_dir),
        network.model,
    )


def _title(registry: Registry[Entry], name: str) -> str:
    """What people call it; its name where it is not installed any more."""
    return registry[name].title if name in registry.names() else name


initial_weights.add_source(brought)
initial_weights.add_source(trained)
