"""Masks whose elements go in an order that is known before: given and random ones."""

from __future__ import annotations

from math import ceil
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from pruning.context import Context
from pruning.evaluation.batches import ImageSet
from pruning.inputs.ordered import OrderedMask, RemoveInOrder
from pruning.training import checkpoints
from pruning.training.epochs import Epoch
from pruning.training.hooks import Step
from pruning.training.loop import train
from pruning.training.objective import Evaluation, Objective
from pruning.training.optimisers import Training
from tests.pruning.small_images import network_of, same, splits

IMAGE = (3, 10, 9)
ELEMENTS = [(1, 10, 9), (3, 10, 9), (3, 1, 1), (1, 1, 1), (1, 4, 4), (3, 3, 2)]


def with_ties(shape: tuple[int, int, int], seed: int) -> np.ndarray:
    """Importances, of which several are equal."""
    return np.random.default_rng(seed).integers(0, 5, shape) / 7


def one_by_one(importances: np.ndarray, image: tuple[int, int, int], steps: int, count: int):
    """Slowly: what is kept of each pixel after each step in which ``count`` elements go."""
    left = {place: float(importances[place]) for place in np.ndindex(importances.shape)}
    channels, rows, columns = importances.shape
    for _ in range(steps):
        for _ in range(count):
            if len(left) > 1:
                del left[min(left, key=lambda place: (left[place], place))]
        kept = np.zeros((1, channels, *image[1:]), np.float32)
        for channel, row, column in np.ndindex(*kept.shape[1:]):
            element = (channel, row * rows // image[1], column * columns // image[2])
            kept[0, channel, row, column] = element in left
        yield kept


def steps_of(mask: OrderedMask, hook: RemoveInOrder, first: int, last: int) -> list[Tensor]:
    """The mask after each step."""
    found = []
    for number in range(first, last + 1):
        hook.after_step(Step(number, 1000, 0.1))
        found.append(mask())
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("elements", ELEMENTS)
class TestGiven:
    @pytest.mark.parametrize("count", [1, 4])
    def test_the_least_important_go_first_until_one_is_left(self, elements, seed, count):
        importances = with_ties(elements, seed)
        mask = OrderedMask.given(importances, IMAGE)
        assert mask().shape == (1, elements[0], *IMAGE[1:])
        assert mask().all()
        assert mask.q() == 1
        total = int(np.prod(elements))
        steps = ceil(total / count) + 2
        found = steps_of(mask, RemoveInOrder(mask, count), 1, steps)
        expected = list(one_by_one(importances, IMAGE, steps, count))
        for mine, reference in zip(found, expected, strict=True):
            np.testing.assert_array_equal(mine, reference)
        assert int((mask.ranks >= mask.removed).sum()) == 1

    def test_q_is_the_share_of_pixels_that_are_left(self, elements, seed):
        mask = OrderedMask.given(with_ties(elements, seed), IMAGE)
        images = torch.rand(5, *IMAGE, generator=torch.Generator().manual_seed(seed)) + 0.1
        for removed in (1, 2, 5):
            mask.remove(removed)
            left = (images * mask()).count_nonzero() / images.numel()
            assert mask.q() == pytest.approx(float(left))

    def test_nothing_happens_between_the_steps_that_count(self, elements, seed):
        importances = with_ties(elements, seed)
        seldom = OrderedMask.given(importances, IMAGE)
        often = OrderedMask.given(importances, IMAGE)
        found = steps_of(seldom, RemoveInOrder(seldom, 2, every=5), 1, 20)
        expected = [often(), *steps_of(often, RemoveInOrder(often, 2), 1, 4)]
        for number, kept in enumerate(found, 1):
            assert torch.equal(kept, expected[number // 5])

    def test_from_its_state_it_goes_on_as_if_nothing_had_been(self, elements, seed):
        importances = with_ties(elements, seed)
        mask = OrderedMask.given(importances, IMAGE)
        undisturbed = steps_of(mask, RemoveInOrder(mask, 1, 2), 1, 30)
        for end in (0, 7, 29):
            first = OrderedMask.given(importances, IMAGE)
            steps_of(first, RemoveInOrder(first, 1, 2), 1, end)
            second = OrderedMask.random(elements, IMAGE, seed + 9)
            second.load_state_dict(first.state_dict())
            found = steps_of(second, RemoveInOrder(second, 1, 2), end + 1, 30)
            assert all(map(torch.equal, found, undisturbed[end:]))


class TestRandom:
    @pytest.mark.parametrize("elements", ELEMENTS)
    def test_every_element_has_its_turn_in_an_order_of_the_seeds(self, elements):
        orders = [OrderedMask.random(elements, IMAGE, seed).ranks for seed in range(5)]
        total = orders[0].numel()
        for ranks in orders:
            assert ranks.flatten().sort().values.tolist() == list(range(total))
            assert ranks.shape == elements
        again = OrderedMask.random(elements, IMAGE, 3).ranks
        assert torch.equal(again, orders[3])
        if total > 10:
            assert len({tuple(ranks.flatten().tolist()) for ranks in orders}) == 5

    def test_each_element_is_as_likely_to_go_first(self):
        ranks = torch.stack([OrderedMask.random((1, 2, 2), IMAGE, s).ranks for s in range(2000)])
        counts = (ranks == 0).sum(0).flatten()
        assert (counts - 500).abs().max() < 5 * (2000 * 0.25 * 0.75) ** 0.5


def test_nothing_or_never_is_refused():
    mask = OrderedMask.random((1, 2, 2), IMAGE, 0)
    for count, every in ((0, 1), (1, 0), (-1, 1)):
        with pytest.raises(ValueError, match="at least 1 of each"):
            RemoveInOrder(mask, count, every)


class Masked(nn.Module):
    """A network behind a mask."""

    def __init__(self, mask: OrderedMask, network: nn.Module) -> None:
        super().__init__()
        self.mask, self.network = mask, network

    def forward(self, x: Tensor) -> Tensor:
        return self.network(x * self.mask(x, 1.0))


class Removing(Objective):
    """Plain classification while pixels go."""

    def __init__(self, seed: int) -> None:
        network = network_of(seed)
        super().__init__(network, Training(epochs=4, batch_size=50, seed=seed))
        self.mask = OrderedMask.random((1, 8, 8), (1, 8, 8), seed)
        self.module = Masked(self.mask, network)
        self.hooks = [RemoveInOrder(self.mask, count=3, every=2)]

    def measure(self, images: ImageSet, context: Context) -> Evaluation:
        return super().measure(images, context)._replace(values={"q": self.mask.q()})


@pytest.mark.parametrize("finished", range(4))
def test_a_training_that_was_killed_goes_on_to_the_same_numbers(
    finished: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(checkpoints, "IMAGES_PER_CHECKPOINT", 1)
    context, path = Context(Path()), tmp_path / "checkpoint.safetensors"

    def epochs(objective: Objective, file: Path | None) -> list[Epoch]:
        said = train(objective, splits(), context, file)
        return [event for event in said if isinstance(event, Epoch)]

    undisturbed, again = Removing(1), Removing(1)
    expected = epochs(undisturbed, None)
    # Six steps an epoch, so nine elements go.
    assert [e.values["test_q"] for e in expected] == [(64 - 9 * n) / 64 for n in range(1, 5)]
    events = train(Removing(1), splits(), context, path)
    for event in events:
        if not isinstance(event, Epoch) and event.epoch == finished + 1 and event.done % 6 == 4:
            break
    events.close()
    assert epochs(again, path) == expected
    assert same(again.module, undisturbed.module)
    assert torch.equal(again.mask(), undisturbed.mask())
