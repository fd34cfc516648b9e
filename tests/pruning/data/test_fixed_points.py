"""Fixed points: which are learned from, looked at and tested on."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from pruning.context import CannotRunError
from pruning.data.fixed_points import FixedDataset, FixedSets
from pruning.toy.settings import TEST_PER_CLASS, TRAINING_PER_CLASS

COUNTS = (4, 9, 31)


def dataset(*counts: int) -> FixedDataset:
    """Points that are told apart by their x."""
    total = sum(counts)
    points = np.stack([np.arange(total), np.zeros(total)], axis=1).astype(np.float32)
    classes = np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))
    return FixedDataset(
        "a", "A", "A.", len(counts), 0.0, per_class=counts, load=lambda: (points, classes)
    )


def places(labelled) -> set[int]:
    return set(labelled[0][:, 0].astype(int).tolist())


def counted(labelled) -> list[int]:
    return np.bincount(labelled[1]).tolist()


@pytest.mark.parametrize("seed", range(6))
def test_one_half_is_learned_from_and_the_other_is_looked_at_and_tested_on(seed: int):
    data = dataset(*COUNTS)
    sets = data.sets(0.0, seed)
    training = sets.training(TRAINING_PER_CLASS)
    assert counted(training) == [2, 5, 16]
    for count, other_seed in product((1,), range(4)):
        reference = sets.reference(count, other_seed)
        test = sets.test(TEST_PER_CLASS, count, other_seed)
        assert counted(reference) == [count] * 3
        assert counted(test) == [1, 3, 14]
        parts = [places(part) for part in (training, reference, test)]
        assert sum(map(len, parts)) == len(set.union(*parts)) == sum(COUNTS)
        known = dict(zip(data.load()[0][:, 0], data.load()[1], strict=True))
        for points, classes in (training, reference, test):
            assert [known[x] for x in points[:, 0]] == classes.tolist()
            assert (np.diff(classes) >= 0).all()


def test_seeds_decide_and_equal_ones_give_equal_points():
    data = dataset(40, 40)
    first, again, other = (data.sets(0.0, seed) for seed in (0, 0, 1))
    assert places(first.training(0)) == places(again.training(0)) != places(other.training(0))
    np.testing.assert_array_equal(first.reference(5, 3)[0], again.reference(5, 3)[0])
    assert places(first.reference(5, 3)) != places(first.reference(5, 4))
    assert places(first.reference(5, 3)) < places(first.reference(6, 3))


def test_at_most_so_many_are_tested_on():
    test = dataset(40, 40).sets(0.0, 0).test(7, 3, 0)
    assert counted(test) == [7, 7]


def test_the_greatest_number_of_reference_samples_leaves_one_to_test_on():
    for counts in ((4, 4), (5, 11), (9, 8, 100)):
        data = dataset(*counts)
        most = data.most_references
        sets = data.sets(0.0, 0)
        assert min(counted(sets.test(500, most, 0))) == 1
        assert counted(sets.reference(most, 0)) == [most] * len(counts)
        with pytest.raises(CannotRunError, match=f"take {most} or fewer"):
            sets.reference(most + 1, 0)


def test_noise_does_not_move_them():
    with pytest.raises(CannotRunError, match="leave the noise empty"):
        dataset(4, 4).sets(0.1, 0)


def test_removed_ones_say_so():
    data = FixedDataset(
        "a", "A", "A.", 2, 0.0, missing="it was removed", per_class=(4, 4), load=lambda: None
    )
    with pytest.raises(CannotRunError, match="it was removed"):
        data.sets(0.0, 0)


def test_the_halves_are_as_large_whatever_the_order_of_the_file():
    points = np.arange(20, dtype=np.float32).reshape(10, 2)
    classes = np.array([0, 1] * 5)
    assert counted(FixedSets(points, classes, 3).training(0)) == [3, 3]
