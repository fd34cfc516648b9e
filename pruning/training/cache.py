"""Trained networks, kept under the hash of what made them; importable without torch."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Generator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pruning.context import Context
from pruning.data.image_base import ImageDataset, Images, image_datasets
from pruning.models.base import Model, models
from pruning.models.weights import WeightsError, load_weights
from pruning.training.descriptions import (
    DESCRIPTION,
    WEIGHTS,
    TrainedNetwork,
    described,
    networks_folder,
)
from pruning.training.epochs import Batches, Epoch
from pruning.training.identity import digest, identity
from pruning.training.optimisers import Training

if TYPE_CHECKING:
    from torch import nn

    from pruning.evaluation.batches import Splits

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NetworkSpec:
    """Everything that a trained network depends on.

    Attributes
    ----------
    content
        What is in the dataset: :func:`pruning.evaluation.batches.fingerprint`.
    code
        What the code of the model comes to: :attr:`pruning.models.base.Model.code`.
    training
        Its seed also decides the initial weights, and which images are held out.
    validation, training_images
        See :meth:`pruning.evaluation.batches.Splits.of`.
    weights
        A safetensors file of weights to start from; without one the initial weights.
    version
        Raised when training changes in a way that no other field says.
    """

    model: str
    dataset: str
    content: str
    code: str
    training: Training
    validation: float = 0.0
    training_images: int = 0
    weights: Path | None = None
    version: int = 3

    @classmethod
    def of(
        cls,
        model: Model,
        dataset: ImageDataset,
        images: Images,
        training: Training,
        *,
        validation: float = 0.0,
        training_images: int = 0,
        weights: Path | None = None,
    ) -> NetworkSpec:
        """The network of a model that is trained on these images of a dataset."""
        from pruning.evaluation.batches import fingerprint

        return cls(
            model.name,
            dataset.name,
            fingerprint(images, dataset),
            model.code,
            training,
            validation,
            training_images,
            weights,
        )

    @cached_property
    def hash(self) -> str:
        """What its files are called: everything that it depends on, in few digits.

        A file of weights counts as what is in it, not as where it is.
        """
        return digest(self._identity())

    @property
    def settings(self) -> str:
        """The same without what is in the dataset, which is known once that has been loaded.

        It tells beforehand, most likely, whether a network has been trained.
        """
        return digest(self._identity() | {"content": ""})

    def _identity(self) -> dict[str, Any]:
        fields: dict[str, Any] = identity(self)
        if self.weights:
            fields["weights"] = hashlib.sha256(self.weights.read_bytes()).hexdigest()
        return fields

    def path(self, data_dir: Path, epoch: int | None = None) -> Path:
        """Where the trained network is kept, or how it was after an epoch; 0: at the start."""
        stem = self.hash if epoch is None else f"{self.hash}.epoch-{epoch}"
        return networks_folder(data_dir) / (stem + WEIGHTS)

    def untrained(self, context: Context) -> nn.Module:
        """The network that training starts from, on the device; as slim as weights that it takes.

        Raises
        ------
        WeightsError
            If the file of weights cannot be read or does not fit the model.
        """
        dataset = image_datasets[self.dataset]
        network = models[self.model].untrained(
            dataset.shape, len(dataset.classes), self.training.seed
        )
        if self.weights:
            from pruning.structure.widths import load_any_width

            network = load_any_width(network, dataset.shape, self.weights)
        return network.to(context.device)


def load(spec: NetworkSpec, context: Context, epoch: int | None = None) -> nn.Module | None:
    """The trained network in eval mode, or None where there is none that can be read.

    Parameters
    ----------
    epoch
        Take the weights after this epoch instead, one of the ``snapshots`` of :func:`fit`.
    """
    path = spec.path(context.data_dir, epoch)
    if not path.exists():
        return None
    network = spec.untrained(context)
    try:
        load_weights(network, path)
    except WeightsError as error:
        log.warning("a network is trained again: %s", error)
        return None
    return network.eval()


def fit(
    spec: NetworkSpec, data: Splits, context: Context, snapshots: Collection[int] = ()
) -> Generator[Batches | Epoch, None, nn.Module]:
    """The trained network: loaded, or trained and kept. A killed training goes on where it was.

    Parameters
    ----------
    data
        What :meth:`pruning.evaluation.batches.Splits.of` makes with the settings of ``spec``
        and the seed of its training.
    snapshots
        Epochs after which the weights are kept too, for rewinding: :func:`load` reads them. 0 are
        those at the start.

    Yields
    ------
    Batches, Epoch
        How training goes; the epochs alone, at once, where there was nothing to train.

    Returns
    -------
    nn.Module
        The trained network, in eval mode.
    """
    if late := sorted(epoch for epoch in snapshots if epoch > spec.training.epochs):
        raise ValueError(f"there are no weights after epoch {late[0]}: training ends before")
    network, description = _kept(spec, context, snapshots)
    if network and description:
        yield from [replace(epoch, replayed=True) for epoch in description.epochs]
        return network
    network = spec.untrained(context)
    # Whoever trains it: on other numbers of threads sums are rounded in other ways.
    with _on_its_threads(network, spec):
        epochs = yield from _train(network, spec, data, context, snapshots)
        _keep(network, spec, data, context, epochs)
    return network


def _on_its_threads(network: nn.Module, spec: NetworkSpec) -> AbstractContextManager[None]:
    from pruning.structure.cost import is_small_step
    from pruning.threads import one_thread

    shape = image_datasets[spec.dataset].shape
    small = is_small_step(network, shape, spec.training.batch_size)
    return one_thread() if small else nullcontext()


def _kept(
    spec: NetworkSpec, context: Context, snapshots: Collection[int]
) -> tuple[nn.Module | None, TrainedNetwork | None]:
    """The network and its description, unless one of its files is missing or cannot be read."""
    if not all(load(spec, context, epoch) for epoch in snapshots):
        return None, None
    path = spec.path(context.data_dir).with_suffix(".json")
    return load(spec, context), described(path) if path.exists() else None


def _train(
    network: nn.Module,
    spec: NetworkSpec,
    data: Splits,
    context: Context,
    snapshots: Collection[int],
) -> Generator[Batches | Epoch, None, list[Epoch]]:
    from pruning.tensor_files import write_tensors
    from pruning.training.loop import Objective, train

    if 0 in snapshots:
        write_tensors(spec.path(context.data_dir, 0), network.state_dict())
    # An interrupted training counts only for those who want the same snapshots of it.
    stem = "-".join([spec.hash, *map(str, sorted(snapshots))])
    checkpoint = networks_folder(context.data_dir) / f"{stem}.partial{WEIGHTS}"
    epochs = []
    for event in train(Objective(network, spec.training), data, context, checkpoint):
        if isinstance(event, Epoch):
            epochs.append(replace(event, replayed=False))
            if event.epoch in snapshots and not event.replayed:
                path = spec.path(context.data_dir, event.epoch)
                write_tensors(path, network.state_dict())
        yield event
    return epochs


def _keep(
    network: nn.Module, spec: NetworkSpec, data: Splits, context: Context, epochs: list[Epoch]
) -> None:
    from pruning.evaluation.accuracy import evaluate
    from pruning.tensor_files import write_tensors, write_text

    outcome = evaluate(network, data.test, context)
    description = TrainedNetwork(
        spec.hash,
        spec.model,
        spec.dataset,
        spec.training,
        outcome.accuracy,
        outcome.loss,
        len(data.test),
        epochs,
        spec.settings,
    )
    path = spec.path(context.data_dir)
    write_tensors(path, network.state_dict())
    write_text(path.with_suffix(".json"), DESCRIPTION.dump_json(description, indent=2).decode())
