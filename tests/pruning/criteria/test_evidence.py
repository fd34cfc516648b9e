"""What evidence says of a network, what it refuses, and that it needs little memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from pydantic import BaseModel, ValidationError
from scipy.stats import spearmanr
from torch import nn
from torch.nn.functional import cross_entropy

from pruning.context import Context
from pruning.criteria.base import CriterionName, ToyCriterionName, criteria
from pruning.criteria.evidence import network as evidence
from pruning.criteria.evidence.network import Evidence, score_layers
from pruning.experiments.toy.config import ToyConfig
from pruning.masks.applying import masked
from pruning.masks.ranking import usable
from pruning.structure.groups import Structure
from pruning.structure.hooks import tapped
from pruning.threads import one_thread
from pruning.training.loop import Objective, Training, train
from tests.pruning.checks import mlp
from tests.pruning.checks import reference as toy_samples
from tests.pruning.checks import samples as points
from tests.pruning.small_images import splits
from tests.pruning.small_networks import LAYERS, convolutional, functional, images, residual

BOTH = {"weight", "weight_l2", "snip", "grasp", "synflow", "taylor_weight", "random"}
ONLY_WEIGHTS = {"lamp", "obd", "wanda", "movement"}
SINGLE = BOTH | ONLY_WEIGHTS
TOY = {
    *("activation_mean", "apoz", "grad", "taylor", "taylor_abs", "fisher", "weight"),
    *(
        "weight_l2",
        "geometric_median",
        "lrp",
        "lrp_epsilon",
        "lrp_gamma",
        "lrp_alpha2_beta1",
        "random",
    ),
}
ATTRIBUTES = ["weights", "activations", "outputs", "zeros", "gradients", "products"]


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    """Such small products are slower in two threads than in one."""
    with one_thread():
        yield


def seen(network: nn.Module, n: int = 5) -> Evidence:
    return Evidence(network, LAYERS, *images(n), 0)


class Choices(BaseModel):
    everything: CriterionName = "lrp"
    toy: ToyCriterionName = "lrp"


def test_forms_show_what_each_criterion_can_rank():
    schema = Choices.model_json_schema()["properties"]["everything"]
    shown = {choice["name"]: choice["granularities"] for choice in schema["x-choices"]}
    assert list(shown) == [name for name in criteria.names() if name != "taylor"]
    assert {name for name, can in shown.items() if can == ["weight", "unit"]} == BOTH
    assert {name for name, can in shown.items() if can == ["weight"]} == ONLY_WEIGHTS
    assert all(can == ["unit"] for name, can in shown.items() if name not in SINGLE)


def test_what_is_stored_is_understood_though_not_offered():
    assert Choices(everything="taylor").everything == "taylor"


def test_toy_networks_are_offered_what_works_there():
    assert set(Choices.model_json_schema()["properties"]["toy"]["enum"]) == TOY
    old = ["weight", "grad", "taylor", "lrp", "random"]
    offered = ToyConfig.model_json_schema()["properties"]["criteria"]["items"]["enum"]
    assert [name for name in offered if name in old] == old
    with pytest.raises(ValidationError, match="unknown criterion 'bn_scale'; choose one of"):
        ToyConfig(criteria=["bn_scale"])


def test_only_synflow_is_scored_again_and_again():
    assert {entry.name: entry.rounds for entry in criteria if entry.rounds > 1} == {"synflow": 100}


@pytest.mark.parametrize("name", sorted(set(criteria.names()) - SINGLE))
def test_a_criterion_for_units_refuses_single_weights(name: str):
    with pytest.raises(ValueError, match=f"\\({name}\\) scores units, not single weights"):
        score_layers(residual(0), LAYERS, criteria[name], "weight", *images(3), 0)


@pytest.mark.parametrize("name", sorted(ONLY_WEIGHTS))
def test_a_criterion_for_single_weights_refuses_units(name: str):
    with pytest.raises(ValueError, match=rf"\({name}\) scores single weights, not units"):
        score_layers(residual(0), LAYERS, criteria[name], "unit", *images(3), 0)


@pytest.mark.parametrize("attribute", ATTRIBUTES)
@pytest.mark.parametrize("seed", range(8))
def test_toy_networks_and_others_show_the_same(attribute: str, seed: int):
    toy = mlp(6, 5, 4, seed=seed)
    x, y = points(7, seed=seed)
    found = getattr(Evidence(sequential(toy), ["0", "2", "4"], x, y, 0), attribute)
    expected = getattr(toy_samples(toy, x, y), attribute)
    torch.testing.assert_close(found, expected)


def sequential(toy: nn.Module) -> nn.Sequential:
    """The toy network, whose last hidden layer has no ReLU."""
    one, two, three = toy.hidden
    return nn.Sequential(one, nn.ReLU(), two, nn.ReLU(), three, toy.output)


@pytest.mark.parametrize("name", ["outputs", "zeros"])
def test_functions_are_followed_as_modules_are(name: str):
    torch.testing.assert_close(getattr(seen(functional(1)), name), getattr(seen(residual(1)), name))


def test_outputs_are_those_behind_the_residual_addition():
    network = residual(2)
    kept: list[torch.Tensor] = []
    network.relu3.register_forward_hook(lambda _, __, output: kept.append(output.clone()))
    x, y = images(5)
    network(x)
    found = Evidence(network, ["conv3", "shortcut"], x, y, 0).outputs
    for layer in found:
        torch.testing.assert_close(layer[0], kept[0].mean((2, 3)))


def test_scales_are_none_without_a_batch_norm_that_scales():
    network = nn.Sequential(
        *(nn.Conv2d(2, 3, 3), nn.ReLU(), nn.BatchNorm2d(3), nn.Conv2d(3, 4, 3)),
        *(nn.BatchNorm2d(4, affine=False), nn.Flatten(), nn.Linear(16, 3)),
    ).double()
    found = Evidence(network, ["0", "3", "6"], *images(3), 0)
    assert found.norm_scales == [None, None, None]
    with pytest.raises(ValueError, match="bn_scale cannot score the layer '0'"):
        criteria["bn_scale"].units(found)


def test_what_is_no_layer_is_named_with_those_that_are():
    for name in ("conv9", "relu1", ""):
        with pytest.raises(ValueError, match=f"no layer '{name}'; its layers are conv1, conv2"):
            Evidence(residual(0), [name], *images(3), 0)


class Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(2, 2).double()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(self.layer(x))


class Branching(Twice):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x) if x.sum() > 0 else -self.layer(x)


@pytest.mark.parametrize("name", ["taylor", "apoz", "lrp"])
def test_a_layer_that_is_used_twice_is_refused(name: str):
    with pytest.raises(ValueError, match=r"uses its layer 'layer' (2 times|more than once)"):
        score_layers(Twice(), ["layer"], criteria[name], "unit", *points(4, classes=2), 0)


@pytest.mark.parametrize("name", ["apoz", "bn_scale", "lrp"])
def test_a_network_that_cannot_be_traced_is_refused(name: str):
    with pytest.raises(ValueError, match="cannot trace the network \\(Branching\\)"):
        score_layers(Branching(), ["layer"], criteria[name], "unit", *points(4, classes=2), 0)


@pytest.mark.parametrize("name", ["grad", "taylor", "fisher", "snip", "grasp", "weight", "synflow"])
def test_what_needs_no_trace_works_without(name: str):
    found = score_layers(Branching(), ["layer"], criteria[name], "unit", *points(4, classes=2), 0)
    assert usable(list(found.values()))


def test_dead_units_are_not_hidden():
    network = residual(0)
    with torch.no_grad():
        network.norm5.bias.fill_(-1e6)
    scores = score_layers(network, LAYERS, criteria["taylor"], "unit", *images(5), 0)
    assert scores["fc"].isnan().all()
    assert not usable(list(scores.values()))


def test_masked_weights_have_no_flow():
    network = convolutional(0)
    with torch.no_grad():
        network.conv1.weight[0] = 0
    scores = score_layers(network, LAYERS, criteria["synflow"], "weight", *images(1), 0)
    assert (scores["conv1"][0] == 0).all()
    assert (scores["conv1"][1:] > 0).any()


def test_the_flow_of_a_deep_network_has_room():
    """In single precision its sum would be infinite."""
    deep = nn.Sequential(*(nn.Linear(30, 30, bias=False) for _ in range(60)))
    with torch.no_grad():
        for parameter in deep.parameters():
            parameter.fill_(0.5)
    scores = score_layers(
        deep, ["0", "59"], criteria["synflow"], "weight", torch.ones(1, 30), torch.zeros(1), 0
    )
    total = 30.0 * 15.0**60
    assert total > torch.finfo(torch.float32).max
    assert [score.sum().item() for score in scores.values()] == pytest.approx([total] * 2)


@pytest.mark.parametrize("seed", range(3))
def test_gradients_are_looked_at_where_a_removed_unit_is_zero(seed: int):
    """Behind the norm the score says what the loss will do; before it, it does not."""
    network, layers, x, y = trained_with_norms(seed)
    structure = Structure.of(network, (1, 8, 8), ["output"])
    with torch.no_grad():
        dense = float(cross_entropy(network(x), y))
        changes = [
            float(cross_entropy(masked(network, without(structure, name, unit))(x), y)) - dense
            for name in layers
            for unit in range(structure.unit_counts[name])
        ]
    behind = score_layers(network, layers, criteria["fisher"], "unit", x, y, 0)
    found = torch.cat([behind[name] for name in layers])
    before = torch.cat(fisher_before_the_norm(network, layers, x, y))
    assert spearmanr(found, changes).statistic > 0.9
    assert spearmanr(before, changes).statistic < 0.8


def trained_with_norms(seed: int) -> tuple[nn.Module, list[str], torch.Tensor, torch.Tensor]:
    data = splits(seed=seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = nn.Sequential()
        for name, module in {
            "conv1": nn.Conv2d(1, 16, 3, padding=1),
            "norm1": nn.BatchNorm2d(16),
            "relu1": nn.ReLU(),
            "conv2": nn.Conv2d(16, 24, 3, stride=2, padding=1),
            "norm2": nn.BatchNorm2d(24),
            "relu2": nn.ReLU(),
            "conv3": nn.Conv2d(24, 24, 3, padding=1),
            "norm3": nn.BatchNorm2d(24),
            "relu3": nn.ReLU(),
            "pool": nn.AdaptiveAvgPool2d(2),
            "flatten": nn.Flatten(),
            "output": nn.Linear(96, 10),
        }.items():
            network.add_module(name, module)
    settings = Training(epochs=12, batch_size=32, learning_rate=0.003, seed=seed)
    list(train(Objective(network, settings), data, Context(Path())))
    return network, ["conv1", "conv2", "conv3"], *data.train.batch(slice(0, 300))


def without(structure: Structure, name: str, unit: int) -> dict[str, torch.Tensor]:
    keep = torch.ones(structure.unit_counts[name], dtype=torch.bool)
    keep[unit] = False
    return structure.parameter_masks({name: keep})


def fisher_before_the_norm(network, layers, x, y) -> list[torch.Tensor]:
    with tapped(network, layers) as taps:
        loss = cross_entropy(network(x), y, reduction="sum")
        values = [taps[name] for name in layers]
        slopes = torch.autograd.grad(loss, values)
    pairs = zip(values, slopes, strict=True)
    return [(v * s).flatten(2).sum(2).square().mean(0).detach() / 2 for v, s in pairs]


def test_blocks_bound_what_goes_through_the_network_together(monkeypatch: pytest.MonkeyPatch):
    network = convolutional(0)
    sizes: list[int] = []
    network.register_forward_pre_hook(lambda _, args: sizes.append(len(args[0])))
    network(images(1)[0])
    kept: list[int] = []
    for module in network:
        module.register_forward_hook(lambda _, __, output: kept.append(output.numel()))
    network(images(1)[0])
    monkeypatch.setattr(evidence, "BLOCK_VALUES", 12 * sum(kept))
    found = seen(network, 30)
    sizes.clear()
    assert found.gradients[0].shape == (1, 30, 4)
    # One to see the size of a block, one to see which norm is behind which layer.
    assert sizes == [1, 1, 10, 10, 10]
    sizes.clear()
    assert found.hessian_products()
    assert sizes == [10, 10, 10, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]


def test_what_criteria_share_is_computed_once():
    network = residual(0)
    calls: list[int] = []
    network.register_forward_pre_hook(lambda _, args: calls.append(len(args[0])))
    found = seen(network)
    for name in ("taylor", "grad", "fisher", "snip", "snip", "grasp", "grasp", "synflow"):
        criteria[name].score_units(found)
    # One sample to see the size of a block, one for the norms behind, gradients of outputs, of
    # weights, the same at GraSP's temperature, H g; the flow.
    assert calls == [1, 1, 5, 5, 5, 5, 5, 1]
