"""A network behind a learned mask in the one training loop."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import AdamW

from pruning.context import Context
from pruning.evaluation.accuracy import evaluate
from pruning.evaluation.batches import ImageSet, Splits
from pruning.inputs.granularity import MaskShape
from pruning.inputs.masks import AnyMask, XorMask
from pruning.inputs.objective import InputSelection
from pruning.inputs.selection import Selection
from pruning.inputs.settings import MaskSchedule, SelectionSettings
from pruning.inputs.versioned import with_versions
from pruning.inputs.versions import Size, Versions
from pruning.training import checkpoints
from pruning.training.epochs import Epoch
from pruning.training.keepers import weights_of
from pruning.training.loop import order_of, train
from pruning.training.optimisers import Training
from tests.pruning.data.crafted import returned
from tests.pruning.small_images import network_of, same, splits

EPOCHS, BATCH = 20, 64
CONTEXT = Context(Path())
IMAGE, PIXELS = (1, 8, 8), MaskShape(1, 8, 8)
SETTINGS = SelectionSettings(
    mask_rate=0.05,
    schedule=MaskSchedule(
        lambda_init=0.1, lambda_factor=4.0, lambda_patience=0, tau_init=2, tau_factor=0.8, tau_min=1
    ),
    floor=0.35,
)


CHOICES = ("thumbnail_0", "thumbnail_1", "quality_0", "quality_1")


class Head(nn.Module):
    """Logits from the pixels themselves."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.weight = nn.Parameter(0.1 * torch.randn(64, 64, generator=generator))
        self.norm = nn.BatchNorm1d(64)

    def forward(self, images: Tensor) -> Tensor:
        return self.norm(images.flatten(1) @ self.weight).view(-1, 1, 8, 8)


class SmallIfBright(nn.Module):
    """Logits of two versions: the second one's are higher for brighter images."""

    def forward(self, images: Tensor) -> Tensor:
        bright = images.mean((1, 2, 3))
        return torch.stack([torch.zeros_like(bright), 2 + 20 * bright], 1)


def training(seed: int, **settings) -> Training:
    made = {"epochs": EPOCHS, "batch_size": BATCH, "learning_rate": 0.01, "augment": True}
    return Training(**{**made, "seed": seed, **settings})


def static(seed: int, **settings) -> InputSelection:
    selection = Selection(AnyMask(PIXELS, IMAGE, seed, mean=0.5), **settings)
    return InputSelection(network_of(seed, dropout=0.3), selection, training(seed), SETTINGS)


def dynamic(seed: int) -> InputSelection:
    selection = Selection(AnyMask(PIXELS, IMAGE, seed, mean=0.3, head=Head(seed)))
    return InputSelection(network_of(seed), selection, training(seed), SETTINGS)


_VERSIONED: list[tuple[Splits, Tensor]] = []


def versioned() -> tuple[Splits, Tensor]:
    if not _VERSIONED:
        making = with_versions(splits(), Versions((Size(4, 4),), (50,)), CONTEXT)
        _VERSIONED.append(returned(making))
    return _VERSIONED[0]


def chain(seed: int) -> InputSelection:
    """JPEGs of images as small cost as much as their pixels: these costs are made up."""
    costs, one = torch.tensor([[1.0, 0.6], [0.25, 0.1]]), MaskShape(1, 1, 1)
    selection = Selection(
        AnyMask(PIXELS, IMAGE, seed, mean=0.5),
        thumbnails=XorMask(costs[:, 0], one, IMAGE),
        qualities=XorMask(costs[0], one, IMAGE),
        costs=costs,
    )
    return InputSelection(network_of(seed), selection, training(seed), SETTINGS)


KINDS = {"static": static, "dynamic": dynamic, "chain": chain}


def data_of(kind: str) -> Splits:
    return versioned()[0] if kind == "chain" else splits()


def trained(kind: str, seed: int, path: Path | None = None) -> tuple[InputSelection, list[Epoch]]:
    objective = KINDS[kind](seed)
    events = train(objective, data_of(kind), CONTEXT, path)
    return objective, [event for event in events if isinstance(event, Epoch)]


def equal(a: Mapping[str, Tensor], b: Mapping[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.fixture(scope="module", params=[(kind, seed) for kind in KINDS for seed in (0, 1)], ids=str)
def undisturbed(request) -> tuple[str, int, InputSelection, list[Epoch]]:
    return *request.param, *trained(*request.param)


class TestWhatItSays:
    def test_an_epoch_tells_q_lambda_and_tau(self, undisturbed):
        epochs = undisturbed[3]
        kind = undisturbed[0]
        names = {"train_q", "validation_q", "test_q", "q", "lambda", "tau"}
        if kind == "chain":
            names |= {f"{of}_{version}" for of in ("validation", "test") for version in CHOICES}
        assert all(epoch.values.keys() == names for epoch in epochs)
        assert all(epoch.values["q"] == epoch.values["validation_q"] for epoch in epochs)
        assert epochs[0].values["lambda"] == 0.1
        assert epochs[0].values["tau"] == 2
        assert epochs[-1].values["lambda"] > 0.1, "choose settings under which λ grows"

    def test_less_and_less_is_sent_until_the_floor_is_reached(self, undisturbed):
        epochs = undisturbed[3]
        assert 2 < len(epochs) < EPOCHS, "choose settings under which the floor is reached"
        assert [epoch.values["q"] < 0.35 for epoch in epochs] == [False] * (len(epochs) - 1) + [
            True
        ]

    def test_measures_are_those_of_each_image_by_itself(self, undisturbed):
        kind, _, objective, epochs = undisturbed
        data = data_of(kind).validation
        shares, hits = [], 0
        for i in range(len(data)):
            x, y = data.batch(slice(i, i + 1))
            with torch.no_grad():
                selected = objective.selection.eval()(x)
                hits += int(objective.network.eval()(selected.images).argmax(1) == y)
            if kind != "chain":
                sent = int((selected.kept != 0).sum()) / 64
                assert int((selected.images != 0).sum()) <= sent * 64
                shares.append(sent)
        assert epochs[-1].validation_accuracy == pytest.approx(hits / len(data), abs=0.011)
        if shares:
            assert epochs[-1].values["q"] == pytest.approx(sum(shares) / len(shares), abs=1e-9)
            assert (len(set(shares)) > 1) == (kind == "dynamic")

    def test_of_versions_it_tells_which_share_of_the_images_has_them(self):
        data, one = versioned()[0], MaskShape(1, 1, 1)
        costs, chooses = torch.tensor([[1.0, 0.6], [0.25, 0.1]]), SmallIfBright()
        selection = Selection(
            AnyMask(PIXELS, IMAGE, 0),
            thumbnails=XorMask(costs[:, 0], one, IMAGE, head=chooses),
            qualities=XorMask(costs[0], one, IMAGE),
            costs=costs,
        )
        objective = InputSelection(network_of(0), selection, training(0), SETTINGS)
        told = objective.measure(data.test, CONTEXT).values
        with torch.no_grad():
            # At the start of each the square of its cost times two.
            logits = chooses(data.test.batch(slice(None))[0][:, :1]) + torch.tensor([2, 0.125])
        small = float((logits[:, 1] > logits[:, 0]).double().mean())
        assert 0 < small < 1, "choose a head under which images differ"
        assert told["thumbnail_1"] == pytest.approx(small)
        assert told["thumbnail_0"] == pytest.approx(1 - small)
        assert (told["quality_0"], told["quality_1"]) == (1, 0), "the dearer one at the start"

    def test_the_module_takes_images_as_networks_do(self, undisturbed):
        kind, _, objective, epochs = undisturbed
        outcome = evaluate(objective.module, data_of(kind).test, CONTEXT)
        assert outcome.accuracy == epochs[-1].test_accuracy


class TestBest:
    def test_each_interval_keeps_the_best_on_held_out_images(self, undisturbed):
        kind, seed, objective, epochs = undisturbed
        again, states = KINDS[kind](seed), {}
        for event in train(again, data_of(kind), CONTEXT):
            if isinstance(event, Epoch):
                states[event.epoch] = weights_of(again.module)
        expected = {}
        for interval, (low, high) in enumerate(pairwise([-1.0, *SETTINGS.edges])):
            inside = [epoch for epoch in epochs if low < epoch.values["q"] <= high]
            if inside:
                expected[interval] = max(inside, key=lambda e: (e.validation_accuracy, -e.epoch))
        assert [kept.interval for kept in objective.best.kept] == list(expected)
        for kept in objective.best.kept:
            assert kept.epoch == expected[kept.interval].epoch
            assert equal(kept.weights, states[kept.epoch])

    def test_or_on_test_images_where_none_are_held_out(self):
        objective = static(0)
        data = splits(validation=0.0)
        epochs = [e for e in train(objective, data, CONTEXT) if isinstance(e, Epoch)]
        assert all(epoch.values["q"] == epoch.values["test_q"] for epoch in epochs)
        scores = {epoch.epoch: epoch.test_accuracy for epoch in epochs}
        assert all(kept.score == scores[kept.epoch] for kept in objective.best.kept)


class TestKilled:
    @pytest.fixture(autouse=True)
    def _every_epoch(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(checkpoints, "IMAGES_PER_CHECKPOINT", 1)

    @pytest.mark.parametrize("deaths", [[0], [1, 2]])
    def test_it_goes_on_to_the_same_numbers(self, undisturbed, tmp_path: Path, deaths: list[int]):
        kind, seed, expected, records = undisturbed
        path = tmp_path / "checkpoint.safetensors"
        for finished in deaths:
            self.killed(kind, seed, finished, path)
        objective, said = trained(kind, seed, path)
        assert said == records
        self.same(objective, expected)
        assert not list(tmp_path.iterdir())

    def test_nothing_is_trained_where_the_floor_was_reached(
        self, undisturbed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        kind, seed, expected, records = undisturbed
        path = tmp_path / "checkpoint.safetensors"
        # As if it had died between its last checkpoint and its end.
        with monkeypatch.context() as patched:
            patched.setattr(Path, "unlink", lambda *_, **__: None)
            trained(kind, seed, path)
        objective, said = trained(kind, seed, path)
        assert said == records
        assert all(epoch.replayed for epoch in said)
        self.same(objective, expected)

    def killed(self, kind: str, seed: int, finished: int, path: Path) -> None:
        events = train(KINDS[kind](seed), data_of(kind), CONTEXT, path)
        for event in events:
            if not isinstance(event, Epoch) and event.epoch == finished + 1 and event.done % 5 == 2:
                break
        events.close()

    def same(self, one: InputSelection, other: InputSelection) -> None:
        assert same(one.module, other.module)
        assert one.schedule.state_dict() == other.schedule.state_dict()
        assert one.selection.temperature == other.selection.temperature
        for mine, theirs in zip(one.best.kept, other.best.kept, strict=True):
            assert (mine.epoch, mine.place, mine.score) == (
                theirs.epoch,
                theirs.place,
                theirs.score,
            )
            assert equal(mine.weights, theirs.weights)


def plain_network(seed: int) -> nn.Sequential:
    """Without a bias in front of a norm: what Adam does there is led by rounding errors alone."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 10))


@pytest.mark.parametrize("upscaling", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_an_epoch_is_that_of_a_plain_loop(seed: int, upscaling: bool):
    """Written out: sigmoid, rounding, two optimisers; of the package only the images' order."""
    settings = SelectionSettings(
        mask_rate=0.1, schedule=MaskSchedule(lambda_init=0.3, tau_init=1.5)
    )
    mask = AnyMask(PIXELS, IMAGE, seed, mean=0.4)
    logits = mask.logits.start.detach().clone().requires_grad_()
    objective = InputSelection(
        plain_network(seed),
        Selection(mask, upscaling=upscaling),
        training(seed, epochs=1, augment=False),
        settings,
    )
    network, data = plain_network(seed), splits()
    optimizers = [
        AdamW(network.parameters(), 0.01, (0.5, 0.999), weight_decay=1e-4, amsgrad=True),
        AdamW([logits], 0.1, (0.5, 0.999), weight_decay=1e-7, amsgrad=True),
    ]
    for indices in order_of(300, seed, 1).split(BATCH):
        x, y = (data.train.x[indices].float() / 255 - 0.3) / 0.37, data.train.y[indices]
        soft = torch.sigmoid(logits / 1.5)
        mask_value = soft + ((soft > 0.5).float() - soft).detach()
        seen = x * mask_value
        if upscaling:
            seen = seen / (soft > 0.5).float().mean()
        loss = cross_entropy(network(seen), y) + 0.3 * mask_value.mean()
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
    epochs = [e for e in train(objective, data, CONTEXT) if isinstance(e, Epoch)]
    torch.testing.assert_close(mask.logits.start.detach(), logits.detach(), rtol=1e-3, atol=1e-3)
    for name, weight in network.state_dict().items():
        torch.testing.assert_close(
            objective.network.state_dict()[name], weight, rtol=1e-3, atol=1e-4
        )
    kept = float((logits.detach() > 0).float().mean())
    assert 0 < kept < 1, "choose settings under which the mask drops some"
    assert epochs[0].values["q"] == kept


def test_a_mask_without_parameters_needs_no_optimiser():
    class Half(nn.Module):
        def forward(self, images: Tensor | None, temperature: float) -> Tensor:
            mask = torch.zeros(1, 1, 8, 8)
            mask[..., :4] = 1
            return mask

    objective = InputSelection(
        network_of(0), Selection(Half()), training(0, epochs=2), SelectionSettings()
    )
    assert len(objective.optimizers) == 1
    epochs = [e for e in train(objective, splits(), CONTEXT) if isinstance(e, Epoch)]
    assert [epoch.values["q"] for epoch in epochs] == [0.5, 0.5]


def test_a_share_of_a_fifth_is_in_the_interval_up_to_a_fifth():
    class Fifth(nn.Module):
        def forward(self, images: Tensor | None, temperature: float) -> Tensor:
            mask = torch.zeros(1, 1, 5, 5)
            mask[..., 0] = 1
            return mask

    data = ImageSet(
        torch.ones(997, 1, 5, 5, dtype=torch.uint8), torch.zeros(997).long(), (0,), (1,)
    )
    network = nn.Sequential(nn.Flatten(), nn.Linear(25, 2))
    objective = InputSelection(network, Selection(Fifth()), training(0), SelectionSettings())
    assert objective.measure(data, CONTEXT).values["q"] == 0.2
