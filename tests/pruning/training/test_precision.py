"""Training in 16 bits: where they are, where they are not, and what they come to."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from pruning.context import Context
from pruning.evaluation.accuracy import evaluate
from pruning.experiments.sweep.config import SweepConfig
from pruning.training import checkpoints
from pruning.training.loop import Batches, Epoch, Objective, Training, train
from pruning.training.objective import BatchLoss
from pruning.training.optimisers import Precision
from pruning.training.precision import imitated
from tests.pruning.small_images import network_of, same, splits, two_convolutions

CONTEXT = Context(Path())
TRAINING = Training(epochs=3, batch_size=64, learning_rate=0.01, keep="last", precision="bfloat16")
PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16")


def epochs_of(objective: Objective, checkpoint: Path | None = None) -> list[Epoch]:
    events = train(objective, splits(), CONTEXT, checkpoint)
    return [event for event in events if isinstance(event, Epoch)]


@pytest.mark.parametrize("seed", range(3))
def test_16_bits_learn_about_as_well(seed: int):
    accuracies = []
    for precision in PRECISIONS:
        training = replace(TRAINING, epochs=10, seed=seed, precision=precision)
        objective = Objective(two_convolutions(seed), training)
        accuracies.append(np.mean([epoch.test_accuracy for epoch in epochs_of(objective)[-3:]]))
    assert min(accuracies) > 0.75
    assert accuracies[0] == pytest.approx(accuracies[1], abs=0.04)


class Watching(Objective):
    """Notes which types convolutions, terms and logits have."""

    def __init__(self, training: Training) -> None:
        network = network_of(0, dropout=0.3)
        super().__init__(network, training)
        self.seen: dict[str, set[torch.dtype]] = {}
        for name in ("0", "6", "8"):
            network.get_submodule(name).register_forward_hook(
                lambda module, _, output, name=name: self.note(name, output, module.training)
            )

    def note(self, name: str, output: Tensor, learning: bool) -> None:
        self.seen.setdefault(f"{name} {learning}", set()).add(output.dtype)

    def loss(self, x: Tensor, y: Tensor) -> BatchLoss:
        plain = super().loss(x, y)
        # A product, which autocast would round.
        kernels = self.module[6].weight
        term = (kernels @ kernels.T).trace()
        for name, value in {**plain._asdict(), "term": term}.items():
            if isinstance(value, Tensor):
                self.note(name, value, True)
        return plain._replace(total=plain.total + 1e-3 * term, terms={"size": term})


@pytest.mark.parametrize("precision", PRECISIONS)
def test_16_bits_are_in_the_network_while_it_learns_and_nowhere_else(precision: Precision):
    objective = Watching(replace(TRAINING, precision=precision))
    epochs = epochs_of(objective)
    layers = {f"{name} True" for name in ("0", "6", "8")}
    expected = {name: {torch.float32} for name in objective.seen}
    if precision == "bfloat16":
        expected |= {name: {torch.bfloat16} for name in layers}
    assert layers < objective.seen.keys()
    assert {"0 False", "total True", "logits True", "cross_entropy True", "term True"} < (
        objective.seen.keys()
    )
    assert objective.seen == expected
    state = objective.module.state_dict().values()
    assert {tensor.dtype for tensor in state} == {torch.float32, torch.int64}
    kept = objective.optimizers[0].optimizer.state.values()
    assert {value.dtype for values in kept for value in values.values()} == {torch.float32}
    outcome = evaluate(objective.module, splits().validation, CONTEXT)
    assert epochs[-1].validation_loss == outcome.loss


def test_the_precision_is_followed():
    networks = []
    for precision in PRECISIONS:
        objective = Objective(two_convolutions(0), replace(TRAINING, precision=precision))
        epochs_of(objective)
        networks.append(objective.module)
    assert not same(*networks)


def test_an_experiment_trains_as_its_field_says():
    assert SweepConfig().training(0).precision == "float32"
    assert SweepConfig(precision="bfloat16").training(0).precision == "bfloat16"
    with pytest.raises(ValueError, match="precision"):
        SweepConfig(precision="float16")


def test_a_checkpoint_with_a_scaler_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Until there was a precision, loss scaling of float16 was kept, on the CPU an empty one."""
    monkeypatch.setattr(checkpoints, "IMAGES_PER_CHECKPOINT", 1)
    path, training = tmp_path / "checkpoint.safetensors", replace(TRAINING, precision="float32")
    events = train(Objective(two_convolutions(0), training), splits(), CONTEXT, path)
    next(event for event in events if isinstance(event, Batches) and event.epoch == 3)
    events.close()
    _add_scaler(path)
    expected = Objective(two_convolutions(0), training)
    records = epochs_of(expected)
    again = Objective(two_convolutions(0), training)
    said = epochs_of(again, path)
    assert [epoch.replayed for epoch in said] == [True, True, False]
    assert said == records
    assert same(again.module, expected.module)


def _add_scaler(path: Path) -> None:
    tensors = load_file(path)
    tree = json.loads(tensors["$tree"].numpy().tobytes())
    tree["scaler"] = {"scale": 65536.0, "growth_factor": 2.0, "_growth_tracker": 3}
    text = bytearray(json.dumps(tree).encode())
    save_file({**tensors, "$tree": torch.frombuffer(text, dtype=torch.uint8)}, path)


def test_a_processor_that_imitates_16_bits_is_told_of(monkeypatch: pytest.MonkeyPatch):
    notes = {}
    for multiplies in (True, False):
        monkeypatch.setattr(
            "pruning.training.precision.multiplies_bfloat16", lambda device, it=multiplies: it
        )
        notes[multiplies] = [
            [note.level for note in imitated(precision, "cpu")] for precision in PRECISIONS
        ]
    assert notes == {True: [[], []], False: [[], ["warning"]]}
