"""The models have the published sizes, and a user can bring more."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from pruning.models import base, files
from pruning.models.base import models
from pruning.models.files import ModelFileError, register_file
from pruning.models.weights import WeightsError, load_weights
from pruning.registry import Registry
from pruning.threads import one_thread
from tests.pruning.checks_models import check_model, images, warmed

MNIST = (1, 28, 28)
CIFAR = (3, 32, 32)
DIGITS = (1, 8, 8)


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    """On one thread: the operations are small, and the cores may be shared."""
    with one_thread():
        yield


@pytest.mark.parametrize("name", models.names())
def test_every_model_passes_the_common_suite(name: str):
    check_model(name)


@pytest.mark.parametrize(
    ("name", "shape", "parameters"),
    [
        ("mlp-wide", MNIST, 2_386_000),
        ("mlp-mint", MNIST, 545_810),
        ("lenet-300-100", MNIST, 266_610),
        ("lenet5", MNIST, 431_080),
        ("conv-4", CIFAR, 2_425_930),
        # Convolutions 1,664 and 204,928; then 3,211,776, 131,328 and 2,570.
        ("lenet-gss", MNIST, 3_552_266),
        # Without the convolutions' biases.
        ("vgg11-bn", CIFAR, 9_228_362),
        ("vgg16-bn", CIFAR, 14_724_042),
        # The published 269,722, 464,154 and 853,018, and 2,752 for the projections.
        ("resnet-20", CIFAR, 269_722 + 2_752),
        ("resnet-32", CIFAR, 464_154 + 2_752),
        ("resnet-56", CIFAR, 853_018 + 2_752),
        # Torchvision's 11,689,512 and 25,557,032 with ten classes for a thousand.
        ("resnet18", (3, 64, 64), 11_689_512 - 990 * 513),
        ("resnet50", (3, 64, 64), 25_557_032 - 990 * 2_049),
    ],
)
def test_networks_have_the_published_size(name: str, shape: tuple[int, int, int], parameters: int):
    network = models[name].untrained(shape, 10, 0)
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters


@pytest.mark.parametrize("shape", [DIGITS, MNIST, CIFAR, (1, 40, 24), (3, 64, 64)], ids=str)
@pytest.mark.parametrize("name", ["lenet-gss", "conv-4", "vgg11-bn", "resnet-20", "mlp-mint"])
def test_networks_adapt_to_the_images(name: str, shape: tuple[int, int, int]):
    network = models[name].untrained(shape, 7, 0).train()
    assert network(images(shape)).shape == (4, 7)


def test_vgg_leaves_out_the_pools_that_a_small_image_has_no_pixels_for():
    pools = {
        shape[1]: sum(
            isinstance(module, nn.MaxPool2d)
            for module in models["vgg16-bn"].untrained(shape, 10, 0).modules()
        )
        for shape in (DIGITS, MNIST, CIFAR, (3, 64, 64))
    }
    assert pools == {8: 3, 28: 4, 32: 5, 64: 5}


def test_initial_weights_are_those_of_the_papers():
    gss = models["lenet-gss"].untrained(MNIST, 10, 0)
    assert float(gss.fc1.weight.detach().abs().max()) <= 0.2
    assert float(gss.fc1.weight.detach().std()) == pytest.approx(0.088, abs=0.001)
    assert torch.equal(gss.fc1.bias, torch.full((512,), 0.1))
    glorot = models["lenet-300-100"].untrained(MNIST, 10, 0).fc1
    assert float(glorot.weight.detach().std()) == pytest.approx((2 / (784 + 300)) ** 0.5, rel=0.01)
    assert not glorot.bias.any()
    he = models["resnet-20"].untrained(CIFAR, 10, 0).get_submodule("stage3.1.conv1")
    assert float(he.weight.detach().std()) == pytest.approx((2 / (64 * 9)) ** 0.5, rel=0.02)


def test_reading_the_models_needs_no_torch():
    code = """
import sys
from pruning.models.base import models
from pruning.models import files, weights
print(len(models.names()) >= 13, {"torch", "torchvision"} & sys.modules.keys())
"""
    root = Path(base.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "True set()"


USERS = """
from pruning.models.base import model

@model("{name}", title="Mine", description="A user's.", paper="None")
def build(shape, classes):
    from collections import OrderedDict
    from torch import nn
    channels, height, width = shape
    return nn.Sequential(OrderedDict(
        flatten=nn.Flatten(),
        hidden=nn.Linear(channels * height * width, 12),
        act=nn.Tanh(),
        output=nn.Linear(12, classes),
    ))
"""


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry[base.Model]:
    """A registry that forgets what a test registers."""
    registry: Registry[base.Model] = Registry("model", "pruning.models")
    for entry in models:
        registry.add(entry)
    for module in (base, files, sys.modules[check_model.__module__]):
        monkeypatch.setattr(module, "models", registry)
    monkeypatch.setattr(files, "_registered", {})
    return registry


def test_a_users_file_adds_a_model(registry: Registry[base.Model], tmp_path: Path):
    path = tmp_path / "mine.py"
    path.write_text(USERS.format(name="mine"))
    assert register_file(path) == ["mine"]
    assert register_file(path) == ["mine"], "naming a file twice does no harm"
    assert registry.names()[-1] == "mine"
    check_model("mine")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no Python file"),
        ("x = 1", "defines no model"),
        (USERS.format(name="mine") + "\nraise OSError('no luck')", "fails: OSError: no luck"),
        ("def f(:", "fails: SyntaxError"),
        (USERS.format(name="lenet5"), "'lenet5', a name that another model has"),
        (USERS.format(name="mine") * 2, "'mine', a name that another model has"),
        (USERS.format(name="mine") + USERS.format(name="lenet5"), "'lenet5', a name"),
    ],
)
def test_a_file_that_cannot_be_used_adds_nothing(
    registry: Registry[base.Model], tmp_path: Path, content: str | None, message: str
):
    path = tmp_path / "mine.py"
    if content is not None:
        path.write_text(content)
    before = registry.names()
    with pytest.raises(ModelFileError, match=message):
        register_file(path)
    assert registry.names() == before


def test_weights_come_from_safetensors(tmp_path: Path):
    saved, network = (warmed("resnet-20", DIGITS, seed) for seed in (1, 2))
    save_file(saved.state_dict(), tmp_path / "weights.safetensors")
    load_weights(network, tmp_path / "weights.safetensors")
    with torch.no_grad():
        assert torch.equal(network(images(DIGITS)), saved(images(DIGITS)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fc1.bias": None}, "it lacks fc1.bias"),
        ({"fc9.bias": torch.zeros(3)}, "it has unknown fc9.bias"),
        ({"fc1.bias": torch.zeros(3)}, r"fc1.bias is \(3,\) in place of \(300,\)"),
        ({"fc1.bias": torch.full((300,), torch.nan)}, "not finite in fc1.bias"),
        ({f"x{i}": torch.zeros(1) for i in range(9)}, "unknown x0, x1, x2, x3 and 5 more"),
    ],
    ids=["missing", "unknown", "shape", "nan", "many"],
)
def test_weights_that_do_not_fit_are_refused(
    tmp_path: Path, change: dict[str, torch.Tensor | None], message: str
):
    network = models["lenet-300-100"].untrained(DIGITS, 10, 0)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    other = models["lenet-300-100"].untrained(DIGITS, 10, 1).state_dict() | change
    path = tmp_path / "weights.safetensors"
    save_file({name: tensor for name, tensor in other.items() if tensor is not None}, path)
    with pytest.raises(WeightsError, match=message):
        load_weights(network, path)
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_a_pickle_is_not_read(tmp_path: Path):
    network = models["mlp-mint"].untrained(DIGITS, 10, 0)
    path = tmp_path / "weights.safetensors"
    torch.save(network.state_dict(), path)
    with pytest.raises(WeightsError, match="cannot be read as safetensors"):
        load_weights(network, path)
