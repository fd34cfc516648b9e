"""Holding out: in proportion, without overlap, the same for equal seeds."""

from __future__ import annotations

import numpy as np
import pytest

from pruning.data.split import stratified


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("held_out", [1, 7, 40])
def test_every_class_gives_its_share(seed: int, held_out: int):
    y = np.random.default_rng(seed).integers(0, 5, 100)
    kept, held = stratified(y, held_out, np.random.default_rng(seed))
    assert len(held) == held_out
    assert sorted([*kept, *held]) == list(range(100))
    assert (np.diff(kept) > 0).all()
    assert (np.diff(held) > 0).all()
    wanted = np.bincount(y) * held_out / len(y)
    assert np.abs(np.bincount(y[held], minlength=5) - wanted).max() < 1
    again = stratified(y, held_out, np.random.default_rng(seed))
    assert np.array_equal(held, again[1])
    if held_out == 40:
        assert not np.array_equal(held, stratified(y, held_out, np.random.default_rng(seed + 1))[1])
