"""What fills the figures of MINT: what goes at a cutoff, and how far two draws agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from frontend.figures.panels import Panel, Reading
from frontend.figures.view import View
from frontend.views.base import view_of
from pruning.events import Array, Frame, Result, fold
from pruning.experiments.mint.config import MintConfig

CHOSEN = {"layer": "fc2"}
# As they are of 120 samples: 40 in a third, so that many lie on the slider's very places.
THIRD = 40
SHAPE = (6, 8)
TOTAL = 5000


def scores(seed: int) -> np.ndarray:
    """Information as it is estimated, from the edges between two kinds of samples."""
    edges = np.random.default_rng(seed).integers(24, THIRD + 1, SHAPE)
    return 1 - edges / THIRD


SCORES, SECOND = scores(0), scores(1)
WEIGHTS = np.random.default_rng(2).integers(1, 90, SHAPE)


def frame(name: str, **arrays: np.ndarray) -> Frame:
    kinds = {"weights": "i4", "total": "i4"}
    held = {name: Array.of(values, kinds.get(name, "f4")) for name, values in arrays.items()}
    return Frame(name=name, at=0, arrays=held)


def result_of(first: np.ndarray, second: np.ndarray = SECOND) -> Result:
    flat, weights = first.ravel(), WEIGHTS.ravel()
    return fold(
        [
            frame("scores/fc2", scores=first, weights=WEIGHTS),
            frame("blocks", scores=flat, weights=weights, total=np.array([TOTAL])),
            frame("draws/fc2", first=flat, second=second.ravel()),
        ]
    )


@pytest.fixture(scope="module")
def view() -> View:
    return view_of("mint", MintConfig())


def panel(view: View, name: str) -> Panel:
    return next(p for part in view.sections for p in part.panels if p.name == name)


def painted(fill: Any, view: View, result: Result, at: float) -> np.ndarray:
    """Which blocks of the map are orange."""
    filled = fill(panel(view, "map").figure, result, at, CHOSEN)
    go.Figure(filled)
    every, gone = (np.array(trace["z"], dtype=float) for trace in filled["data"])
    assert every.shape == gone.shape == SHAPE
    assert set(np.unique(gone[~np.isnan(gone)])) <= {1.0}
    return gone == 1


PLACES = [0, 0.0255, 0.05, 0.1, 0.125, 0.15, 0.2, 0.3, 0.4, 1]


@pytest.mark.parametrize("at", PLACES)
def test_orange_is_exactly_what_is_at_most_the_cutoff(fill, view, at):
    assert np.array_equal(painted(fill, view, result_of(SCORES), at), (SCORES - at) < 1e-9)


def test_what_has_not_been_scored_yet_does_not_go(fill, read, view):
    partly = SCORES.copy()
    partly[:, 3:] = np.nan
    result = result_of(partly)
    assert np.array_equal(painted(fill, view, result, 1), ~np.isnan(partly))
    share = WEIGHTS[:, :3].sum() / WEIGHTS.sum()
    assert read(panel(view, "map").readings[0], result, 1, CHOSEN) == f"{100 * share:.1f} %"


@pytest.mark.parametrize("at", PLACES)
def test_readings_are_the_share_of_weights_that_goes(read, view, at):
    gone = WEIGHTS[(SCORES - at) < 1e-9].sum()
    readings = panel(view, "map").readings
    said = {each.title: read(each, result_of(SCORES), at, CHOSEN) for each in readings}
    assert said == {
        "of the layer": f"{100 * gone / WEIGHTS.sum():.1f} %",
        "of the network": f"{100 * gone / TOTAL:.1f} %",
    }


def test_without_weights_each_value_counts_as_much_as_any(read):
    bind = {"text": {"at_most": "scores", "said": "of the blocks"}}
    reading = Reading("", bound={"frame": "scores/{layer}", "bind": bind})
    share = (SCORES < 0.1501).mean()
    assert read(reading, result_of(SCORES), 0.15, CHOSEN) == f"{100 * share:.1f} % of the blocks"


def correlation(read: Any, view: View, first: np.ndarray, second: np.ndarray) -> str:
    [reading] = panel(view, "draws").readings
    return read(reading, result_of(first, second), 0, CHOSEN)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("share", [0, 0.3, 1])
def test_how_far_two_draws_agree_is_their_correlation(read, view, sign, share):
    second = sign * (share * SCORES + (1 - share) * SECOND)
    expected = np.corrcoef(SCORES.ravel(), second.ravel())[0, 1]
    said = correlation(read, view, SCORES, second)
    assert said.startswith("r = ")
    assert float(said.removeprefix("r = ")) == pytest.approx(expected, abs=0.00501)


@pytest.mark.parametrize("constant", [0, 0.1, 0.35, 1 - 23 / 40])
def test_nothing_correlates_with_what_stays_the_same(read, evaluator, view, constant):
    same = np.full(SHAPE, constant)
    for first, second in ((same, SECOND), (SCORES, same), (same, same)):
        assert correlation(read, view, first, second) == "–"
        arrays = {
            name: {"values": values.ravel().tolist(), "shape": [values.size]}
            for name, values in (("a", first), ("b", second))
        }
        assert evaluator.evaluate({"correlates": ["a", "b"], "said": "r ="}, arrays) is None
