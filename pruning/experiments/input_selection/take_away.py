"""What people can take away: masks with the networks behind them, the best of every interval."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from torch import Tensor

from pruning.events import Artifact
from pruning.experiments.input_selection.config import KINDS, Kind
from pruning.experiments.input_selection.description import (
    Checkpoint,
    SelectionDescription,
    stem_of,
)
from pruning.experiments.input_selection.learnt import Learnt
from pruning.experiments.input_selection.setup import Setup
from pruning.takeaway.given import given
from pruning.takeaway.tensorboard import Scalar, write_tensorboard
from pruning.tensor_files import write_tensors, write_text
from pruning.training.epochs import Epoch


def give(setup: Setup, kind: Kind, seed: int, learnt: Learnt, costs: Tensor) -> Iterator[Artifact]:
    """The files of one training: tensors, their description, and its curves."""
    folder = setup.context.artifacts
    if folder is None:
        return
    title, stem = f"{KINDS[kind]} mask, repeat {seed}", stem_of(kind, seed)
    described = _described(setup, kind, seed, learnt, costs)
    if described.checkpoints:
        tensors = {
            checkpoint.key(name): tensor
            for checkpoint in described.checkpoints
            for name, tensor in learnt.weights[checkpoint.q_interval].items()
        }
        path = folder / f"{stem}.safetensors"
        write_tensors(path, tensors)
        yield given(path, f"{title}: masks and networks")
        text = folder / f"{stem}.json"
        write_text(text, described.model_dump_json(indent=2) + "\n")
        yield given(text, f"{title}: description (JSON)")
    yield _curves(folder, stem, title, learnt.epochs)


def _described(
    setup: Setup, kind: Kind, seed: int, learnt: Learnt, costs: Tensor
) -> SelectionDescription:
    dataset = setup.dataset
    by_number = {epoch.epoch: epoch for epoch in learnt.epochs}
    return SelectionDescription(
        kind=kind,
        repeat=seed,
        config=setup.config.model_dump(mode="json"),
        shape=dataset.shape,
        classes=dataset.classes,
        mean=dataset.mean,
        sd=dataset.sd,
        costs=tuple(tuple(row) for row in costs.tolist()),
        checkpoints=tuple(
            Checkpoint(
                q_interval=end,
                q=by_number[number].values["test_q"],
                accuracy=by_number[number].test_accuracy,
                validation_accuracy=by_number[number].validation_accuracy,
                epoch=number,
            )
            for end, number in learnt.best.items()
        ),
    )


def _curves(folder: Path, stem: str, title: str, epochs: list[Epoch]) -> Artifact:
    """The curves for TensorBoard."""
    scalars = [
        Scalar(tag, epoch.epoch, value)
        for epoch in epochs
        for tag, value in {
            "accuracy/train": epoch.train_accuracy,
            "accuracy/validation": epoch.validation_accuracy,
            "accuracy/test": epoch.test_accuracy,
            "loss/train": epoch.train_loss,
            "q/test": epoch.values["test_q"],
            "lambda": epoch.values["lambda"],
            "tau": epoch.values["tau"],
        }.items()
        if value is not None
    ]
    path = folder / f"events.out.tfevents.{stem}"
    return given(write_tensorboard(scalars, path), f"{title}: TensorBoard")
