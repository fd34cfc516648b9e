"""Points by a formula."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pruning.data.adding_points import Called, add_formula
from pruning.data.base import datasets
from pruning.data.formula_points import SIDE, FormulaRefusedError
from tests.pruning.checks import check_dataset


def add(data_dir: Path, text: str, classes: int | None = None, name: str = "f"):
    return add_formula(text, classes, Called(name), data_dir)


@pytest.mark.parametrize(
    ("text", "classes"), [("y > sin(3 x)", None), ("3 r", 3), ("(x > 0) + (y > 0)", 3)]
)
def test_formulas_pass_the_common_suite(data_dir: Path, text: str, classes: int | None):
    add(data_dir, text, classes)
    check_dataset("f")


def test_points_lie_evenly_in_the_square_on_their_side(data_dir: Path):
    x, y = add(data_dir, "y > x").sample(4000, 0.0, 0)
    assert np.abs(x).max() <= SIDE
    np.testing.assert_array_equal(x[:, 1] > x[:, 0], y == 1)
    means = x[y == 1].mean(axis=0)
    np.testing.assert_allclose(means, [-0.5, 0.5], atol=0.05)


def test_noise_moves_points_and_leaves_their_class(data_dir: Path):
    data = add(data_dir, "x > 0")
    calm, noisy = (data.sample(3000, noise, 1) for noise in (0.0, 0.25))
    np.testing.assert_array_equal(calm[1], noisy[1])
    assert np.std(noisy[0] - calm[0], axis=0) == pytest.approx([0.25, 0.25], rel=0.05)


def test_points_without_a_value_are_drawn_again(data_dir: Path):
    x, y = add(data_dir, "log(x) > y").sample(500, 0.0, 0)
    assert (x[:, 0] > 0).all()
    assert np.bincount(y).tolist() == [500, 500]


def test_training_reference_and_test_points_differ(data_dir: Path):
    sets = add(data_dir, "r > 1").sets(0.0, 0)
    training, reference, test = sets.training(50), sets.reference(50, 0), sets.test(50, 50, 0)
    rows = np.concatenate([part[0] for part in (training, reference, test)])
    assert len(np.unique(rows, axis=0)) == 300


@pytest.mark.parametrize(
    ("text", "classes", "said"),
    [
        ("1", 2, "all of the square from -1.5 to 1.5 is of class 1"),
        ("x > 2", None, "all of the square from -1.5 to 1.5 is of class 0"),
        ("log(-1)", 2, "it has no value anywhere"),
        ("1/0", 2, "it has no value anywhere"),
        ("x > 1.495", None, "class 1 has 0.2 % of the square from -1.5 to 1.5, but needs 1 %"),
        ("floor(x)", 6, "class 2 has 0.0 %"),
        ("x > 0", 3, "a comparison makes two classes, not 3"),
        ("3 r", 7, "there are 2 to 6 classes, not 7"),
        ("3 r", 1, "there are 2 to 6 classes, not 1"),
        ("y > sin x", None, "at character 5: put brackets behind sin"),
    ],
)
def test_what_makes_no_dataset_is_refused(
    data_dir: Path, text: str, classes: int | None, said: str
):
    with pytest.raises(FormulaRefusedError) as refused:
        add(data_dir, text, classes)
    assert said in str(refused.value)
    assert "f" not in datasets.names()
