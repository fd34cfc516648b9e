"""Evaluation: of one network, and of one network under many masks, against the plain way."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from pruning.context import CancelledError, Context
from pruning.evaluation import accuracy as evaluation
from pruning.evaluation import many_masks
from pruning.evaluation.accuracy import Outcome, blocks_of, evaluate
from pruning.evaluation.batches import ImageSet
from pruning.evaluation.many_masks import evaluate_masked, evaluate_slimmed, links_of
from pruning.masks.applying import masked
from pruning.models.base import models
from pruning.structure.groups import Structure
from tests.pruning.small_images import network_of, splits

CONTEXT = Context(Path())
MODELS = {
    "mlp-mint": (1, 8, 8),
    "lenet-300-100": (1, 8, 8),
    "lenet5": (1, 28, 28),
    "vgg11-bn": (3, 8, 8),
    "resnet-20": (3, 8, 8),
}


class Unlinked(nn.Module):
    """A network that does not say what comes before what."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = network_of(0)

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x)


def images_of(shape: tuple[int, int, int], seed: int, count: int = 24) -> ImageSet:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randint(0, 256, (count, *shape), dtype=torch.uint8, generator=generator)
    y = torch.randint(0, 10, (count,), generator=generator)
    return ImageSet(x, y, (0.5,) * shape[0], (0.25,) * shape[0])


def trained_looking(network: nn.Module, seed: int) -> nn.Module:
    """Give batch norms statistics and weights that are not 0 and 1."""
    generator = torch.Generator().manual_seed(seed)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            for tensor in (module.weight.data, module.running_var):
                tensor.uniform_(0.5, 1.5, generator=generator)
            for tensor in (module.bias.data, module.running_mean):
                tensor.normal_(0, 0.3, generator=generator)
    return network.eval()


def plain(network: nn.Module, images: ImageSet) -> Tensor:
    """All logits, one image at a time."""
    with torch.no_grad():
        return torch.cat([network(images.batch(slice(i, i + 1))[0]) for i in range(len(images))])


def agrees(outcome: Outcome, logits: Tensor, y: Tensor) -> None:
    assert outcome.loss == pytest.approx(float(nn.functional.cross_entropy(logits, y)), abs=1e-4)
    top = logits.topk(2).values
    clear = (top[:, 0] - top[:, 1]) > 1e-3
    assert clear.any()
    assert (torch.from_numpy(outcome.predictions) == logits.argmax(1))[clear].all()
    accuracy = (logits.argmax(1) == y).double().mean()
    assert outcome.accuracy == pytest.approx(float(accuracy), abs=float((~clear).double().mean()))


class TestOne:
    def test_it_is_the_plain_way(self):
        network, images = network_of(1).eval(), splits().test
        agrees(evaluate(network, images, CONTEXT), plain(network, images), images.y)

    def test_dropout_sleeps_meanwhile(self):
        network, images = network_of(1, dropout=0.9), splits().test
        network.train()
        first, second = (evaluate(network, images, CONTEXT) for _ in range(2))
        assert first.loss == second.loss
        assert network.training

    def test_it_stops_when_asked(self):
        with pytest.raises(CancelledError):
            evaluate(network_of(1), splits().test, Context(Path(), cancelled=lambda: True))

    @pytest.mark.parametrize("shape", [(1, 8, 8), (3, 224, 224)])
    def test_blocks_hold_every_image_once(self, shape: tuple[int, int, int]):
        images = ImageSet(
            torch.zeros(1, *shape, dtype=torch.uint8).expand(1100, -1, -1, -1),
            torch.zeros(1100, dtype=torch.int64),
            (0.5,),
            (0.5,),
        )
        indices = [i for block in blocks_of(images) for i in range(1100)[block]]
        assert indices == list(range(1100))


def seeded(*names: str) -> list[tuple[str, int]]:
    """Each model under three seeds; the deep one, which takes as long as all others, under one."""
    return [(name, seed) for name in names for seed in range(1 if name == "resnet-20" else 3)]


def nested(structure: Structure, seed: int) -> list[dict[str, Tensor]]:
    generator = torch.Generator().manual_seed(seed)
    orders = {
        name: torch.randperm(count, generator=generator)
        for name, count in structure.unit_counts.items()
    }
    return [
        {name: order >= int(share * len(order)) for name, order in orders.items()}
        for share in (0, 0.2, 0.5, 0.9)
    ]


def one_group_at_a_time(structure: Structure, seed: int) -> list[dict[str, Tensor]]:
    return [
        {name: mask[name]} for name in structure.unit_counts for mask in nested(structure, seed)
    ]


@pytest.mark.parametrize("masks_of", [nested, one_group_at_a_time])
@pytest.mark.parametrize(("name", "seed"), seeded(*MODELS))
def test_slimmed_networks_say_what_masked_ones_say(name: str, seed: int, masks_of):
    network = trained_looking(models[name].untrained(MODELS[name], 10, seed), seed)
    images = images_of(MODELS[name], seed)
    structure = Structure.of(network, MODELS[name], ["output"])
    masks = masks_of(structure, seed)[:12]
    outcomes = evaluate_slimmed(network, structure, masks, images, CONTEXT)
    for mask, outcome in zip(masks, outcomes, strict=True):
        logits = plain(masked(network, structure.parameter_masks(mask)), images)
        agrees(outcome, logits, images.y)


@pytest.mark.parametrize(("name", "seed"), seeded("lenet-300-100", "lenet5", "resnet-20"))
def test_masked_weights_say_what_they_say_alone(name: str, seed: int):
    network = trained_looking(models[name].untrained(MODELS[name], 10, seed), seed)
    images = images_of(MODELS[name], seed)
    generator = torch.Generator().manual_seed(seed)
    parameters = dict(network.named_parameters())
    masks = [
        {weight: torch.rand(parameters[weight].shape, generator=generator) > share}
        for weight in Structure.of(network, MODELS[name]).weights[:6]
        for share in (0.3, 0.8)
    ]
    masks += [{}, masks[0] | masks[-1], masks[-1]]
    outcomes = evaluate_masked(network, masks, images, CONTEXT)
    for mask, outcome in zip(masks, outcomes, strict=True):
        agrees(outcome, plain(masked(network, mask), images), images.y)


def test_a_network_without_links_is_evaluated_too():
    network, images = Unlinked().eval(), splits().test
    structure = Structure.of(network, (1, 8, 8))
    masks = nested(structure, 0)
    for mask, outcome in zip(
        masks, evaluate_slimmed(network, structure, masks, images, CONTEXT), strict=True
    ):
        logits = plain(masked(network, structure.parameter_masks(mask)), images)
        agrees(outcome, logits, images.y)


@pytest.mark.parametrize("seed", range(3))
def test_units_may_lie_behind_an_axis_of_tokens(seed: int):
    # As many tokens as units: the wrong axis would fit, too.
    network = nn.Sequential(
        nn.Unflatten(2, (4, 2)),
        nn.Flatten(3),
        nn.Flatten(1, 2),
        nn.Linear(16, 4),
        nn.ReLU(),
        nn.Linear(4, 6),
        nn.Flatten(),
        nn.Linear(24, 10),
    ).eval()
    images, shape = splits().test, (1, 8, 8)
    structure = Structure.of(network, shape, ["5"])
    masks = nested(structure, seed)
    for mask, outcome in zip(
        masks, evaluate_slimmed(network, structure, masks, images, CONTEXT), strict=True
    ):
        logits = plain(masked(network, structure.parameter_masks(mask)), images)
        agrees(outcome, logits, images.y)


def test_a_module_in_two_places_is_two_links():
    relu = nn.ReLU()
    network = nn.Sequential(nn.Linear(2, 2), relu, nn.Sequential(nn.Linear(2, 2), relu))
    assert list(links_of(network)) == ["0", "1", "2.0", "2.1"]


@pytest.mark.parametrize("room", [0, 20_000])
def test_what_there_is_no_room_for_is_computed_again(room: int, monkeypatch):
    monkeypatch.setattr(many_masks, "KEPT_BYTES", room)
    monkeypatch.setattr(evaluation, "MOST_BLOCK", 32)
    network, images = network_of(0).eval(), splits().test
    structure = Structure.of(network, (1, 8, 8))
    masks = [*one_group_at_a_time(structure, 0), *nested(structure, 1)]
    for mask, outcome in zip(
        masks, evaluate_slimmed(network, structure, masks, images, CONTEXT), strict=True
    ):
        logits = plain(masked(network, structure.parameter_masks(mask)), images)
        agrees(outcome, logits, images.y)


def test_shared_layers_are_computed_once():
    network, images = network_of(0).eval(), splits().test
    seen = []
    network[0].register_forward_hook(lambda *_: seen.append(1))
    structure = Structure.of(network, (1, 8, 8))
    seen.clear()
    masks = nested(structure, 0)[1:]
    list(evaluate_slimmed(network, structure, masks, images, CONTEXT))
    # Each block once, the first a second time to see how much room it takes, and two images to see
    # how they should lie.
    assert len(seen) == len(blocks_of(images)) + 2


def test_networks_that_need_the_usual_layout_are_evaluated_in_it():
    class Flat(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.view(len(x), -1)

    images, network, odd = splits().test, network_of(0).eval(), network_of(0).eval()
    odd[4] = Flat()
    mask = {"6.weight": torch.rand(24, 96) < 0.5}
    for mine, other in (
        (evaluate(odd, images, CONTEXT), evaluate(network, images, CONTEXT)),
        *zip(*(evaluate_masked(n, [mask], images, CONTEXT) for n in (odd, network)), strict=True),
    ):
        assert (mine.predictions == other.predictions).all()
        assert mine.loss == pytest.approx(other.loss, rel=1e-5)


def test_outcomes_come_one_by_one():
    network, images = network_of(0).eval(), splits().test
    structure = Structure.of(network, (1, 8, 8))

    def masks():
        yield from nested(structure, 0)[:2]
        raise AssertionError("nobody asked for a third")

    outcomes = evaluate_slimmed(network, structure, masks(), images, CONTEXT)
    assert next(outcomes).accuracy >= 0
    assert next(outcomes).accuracy >= 0


def test_an_empty_group_is_refused():
    network = network_of(0)
    structure = Structure.of(network, (1, 8, 8))
    masks = [{"0": torch.zeros(6, dtype=torch.bool)}]
    with pytest.raises(ValueError, match="lose all its units"):
        list(evaluate_slimmed(network, structure, masks, splits().test, CONTEXT))
