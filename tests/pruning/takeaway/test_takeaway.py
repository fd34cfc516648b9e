"""What one takes away can be used without PruneLab, or brought back."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from safetensors.torch import load_file
from tensorboardX.proto.event_pb2 import Event
from torch import nn
from torch.testing import assert_close

from pruning.models.base import Shape
from pruning.structure.groups import Structure, slim
from pruning.structure.widths import widths_of
from pruning.takeaway.description import Description
from pruning.takeaway.exported import write_exported
from pruning.takeaway.masks import read_masks, write_masks
from pruning.takeaway.onnx import write_onnx
from pruning.takeaway.pixels import OnPixels
from pruning.takeaway.tensorboard import Scalar, write_tensorboard
from pruning.takeaway.using import SUFFIXES, uses
from pruning.takeaway.weights import rebuild, write_description, write_weights
from pruning.threads import one_thread
from tests.pruning.checks_models import images, random_units, smallest, warmed


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    """On one thread: the operations are small, and the cores may be shared."""
    with one_thread():
        yield


def slimmed(name: str, shape: Shape, seed: int = 0) -> nn.Module:
    network = warmed(name, shape, seed)
    return slim(network, shape, random_units(Structure.of(network, shape), seed))


def description_of(network: nn.Module, name: str, shape: Shape) -> Description:
    return Description(
        model=name,
        dataset="random",
        shape=shape,
        classes=tuple("abcdefghij"),
        mean=(0.5,) * shape[0],
        sd=(0.25,) * shape[0],
        widths=widths_of(network),
        criterion="random",
        granularity="unit",
        sparsity=0.5,
        measures={"test_accuracy": 0.1},
    )


@pytest.mark.parametrize("name", ["mlp-mint", "lenet5", "vgg11-bn", "resnet-20"])
def test_a_slimmed_network_is_built_again_from_its_two_files(name: str, tmp_path: Path):
    shape = smallest(name, 3)
    network = slimmed(name, shape)
    told = description_of(network, name, shape)
    description = write_description(told, tmp_path / "network.json")
    weights = write_weights(network, tmp_path / "network.safetensors")
    again = rebuild(description, weights)
    assert Description.model_validate_json(description.read_text()) == told
    assert not again.training
    assert widths_of(again) == told.widths
    with torch.no_grad():
        assert torch.equal(again(images(shape)), network(images(shape)))


def test_a_masked_network_is_built_again(tmp_path: Path):
    shape = (1, 8, 8)
    network = warmed("mlp-mint", shape)
    description = write_description(
        description_of(network, "mlp-mint", shape), tmp_path / "network.json"
    )
    again = rebuild(description, write_weights(network, tmp_path / "network.safetensors"))
    with torch.no_grad():
        assert torch.equal(again(images(shape)), network(images(shape)))


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path):
    shape = (1, 8, 8)
    one, other = (slimmed("mlp-mint", shape, seed) for seed in (0, 1))
    description = write_description(
        description_of(one, "mlp-mint", shape), tmp_path / "network.json"
    )
    weights = write_weights(other, tmp_path / "network.safetensors")
    with pytest.raises(ValueError, match=r"fc1.weight is \(\d+, 64\) in place of \(\d+, 64\)"):
        rebuild(description, weights)


@pytest.mark.parametrize("text", ["", "{}", '{"model": "lenet5", "format": "other"}'])
def test_a_damaged_description_is_refused(text: str, tmp_path: Path):
    path = tmp_path / "network.json"
    path.write_text(text)
    with pytest.raises(ValueError, match="Description"):
        rebuild(path, tmp_path / "network.safetensors")


def test_weights_are_plain_safetensors(tmp_path: Path):
    network = slimmed("resnet-20", (1, 8, 8))
    found = load_file(write_weights(network, tmp_path / "network.safetensors"))
    assert_close(found, dict(network.state_dict()), rtol=0, atol=0)


@pytest.mark.parametrize("name", ["mlp-mint", "lenet5", "resnet-20"])
def test_onnx_gives_the_same_predictions(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    shape = smallest(name)
    network = slimmed(name, shape)
    path = write_onnx(network.train(), shape, tmp_path / "network.onnx")
    assert network.training
    assert capsys.readouterr() == ("", "")
    assert [file.name for file in tmp_path.iterdir()] == ["network.onnx"]
    onnx.checker.check_model(path)

    session = onnxruntime.InferenceSession(path)
    for n in (1, 2, 37):
        x = images(shape, n)
        (logits,) = session.run(["logits"], {"images": x.numpy()})
        with torch.no_grad():
            expected = network.eval()(x)
        assert np.array_equal(logits.argmax(1), expected.argmax(1).numpy())
        assert_close(torch.from_numpy(logits), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["mlp-mint", "resnet-20"])
def test_an_exported_archive_runs_by_itself(name: str, tmp_path: Path):
    shape = smallest(name)
    network = slimmed(name, shape)
    path = write_exported(network.train(), shape, tmp_path / "network.pt2")
    program = torch.export.load(path).module()
    for n in (1, 2, 37):
        with torch.no_grad():
            assert_close(program(images(shape, n)), network.eval()(images(shape, n)))


def test_what_each_file_takes_is_said_and_its_python_runs_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    shape: Shape = (1, 28, 28)
    network = slimmed("lenet5", shape)
    told = description_of(network, "lenet5", shape)
    told = told.model_copy(update={"files": uses(SUFFIXES, shape, "it")})
    whole = OnPixels(network, told.mean, told.sd).eval()
    write_weights(network, tmp_path / "it.safetensors")
    write_onnx(whole, shape, tmp_path / "it.onnx")
    write_exported(whole, shape, tmp_path / "it.pt2")
    path = write_description(told, tmp_path / "it.json")
    assert Description.model_validate_json(path.read_bytes()) == told
    assert {use.file for use in told.files} == {"it.safetensors", "it.onnx", "it.pt2"}

    pixels = images(shape, 1).clamp(0, 1)
    drawn = torch.rand
    monkeypatch.setattr(torch, "rand", lambda *n, **how: drawn(*n, **how) if how else pixels)
    monkeypatch.setattr(np.random, "rand", lambda *_: pixels.numpy())
    monkeypatch.chdir(tmp_path)
    said = {}
    for use in told.files:
        assert ("normalised inside" in use.input) == (use.format != "safetensors")
        exec(compile(use.python, use.file, "exec"), {})
        said[use.format] = capsys.readouterr().out.strip()
    place = int(whole(pixels).argmax())
    assert said == {
        "safetensors": f"['{told.classes[place]}']",
        "onnx": f"[{place}]",
        "torch_export": f"tensor([{place}])",
    }


def test_masks_come_back_as_they_were(tmp_path: Path):
    generator = torch.Generator().manual_seed(0)
    masks = {
        sparsity: {
            "stage1.0.conv1.weight": torch.rand(4, 3, 3, 3, generator=generator) > sparsity,
            "file": torch.rand(7, generator=generator) > sparsity,
        }
        for sparsity in (0.0, 0.1, 1 / 3, 0.999)
    }
    path = write_masks(masks, tmp_path / "masks.npz")
    again = read_masks(path)
    assert again.keys() == masks.keys()
    for sparsity, named in masks.items():
        assert_close(again[sparsity], named, rtol=0, atol=0)
    with np.load(path) as arrays:
        assert "0.1/file" in arrays


def test_masks_are_compressed(tmp_path: Path):
    mask = torch.arange(1000)[:, None].expand(1000, 1000) < 500
    assert write_masks({0.5: {"fc1": mask}}, tmp_path / "masks.npz").stat().st_size < 5_000


def test_pickled_objects_are_not_read(tmp_path: Path):
    np.savez(tmp_path / "masks.npz", **{"0.5/fc1": np.array([{}], dtype=object)})
    with pytest.raises(ValueError, match="allow_pickle"):
        read_masks(tmp_path / "masks.npz")


def test_tensorboard_reads_the_curves(tmp_path: Path):
    scalars = [Scalar("training/loss", step, 1 / step) for step in (1, 2, 3)]
    scalars.append(Scalar("training/accuracy", 3, 0.875))
    path = write_tensorboard(scalars, tmp_path / "events.out.tfevents.0.run")
    version, *events = records(path.read_bytes())
    assert version.file_version == "brain.Event:2"
    values = [event.summary.value[0] for event in events]
    assert [value.tag for value in values] == [scalar.tag for scalar in scalars]
    assert [event.step for event in events] == [scalar.step for scalar in scalars]
    expected = [scalar.value for scalar in scalars]
    assert [value.simple_value for value in values] == pytest.approx(expected)


def records(data: bytes) -> list[Event]:
    """Events of a file of records: length, checksum, message, checksum."""
    events = []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        events.append(Event.FromString(data[12 : 12 + length]))
        data = data[12 + length + 4 :]
    return events


def test_a_name_that_tensorboard_would_not_find_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match="tfevents"):
        write_tensorboard([], tmp_path / "curves.log")
    assert not list(tmp_path.iterdir())
