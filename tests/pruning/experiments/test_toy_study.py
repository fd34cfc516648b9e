"""The study says what pruning one set after another says, and refuses what it cannot do."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from pruning.context import Context
from pruning.criteria.base import Criterion, criteria
from pruning.data.base import datasets
from pruning.events import Event, Progress, Result, fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.experiments.toy_study.config import ToyStudyConfig
from pruning.experiments.toy_study.outputs import ACCURACY_TABLE
from pruning.experiments.toy_study.parts import parts
from pruning.experiments.toy_study.study import DatasetStudy
from pruning.locks import alone
from pruning.masks.ranking import normalise, rank_units, unit_masks
from pruning.toy.networks import ToyNetworkSpec, load
from pruning.toy.samples import ReferenceSamples
from pruning.toy.settings import TRAININGS
from tests.pruning.checks import score
from tests.pruning.toy.test_evaluation import masked_forward

STUDY = experiments["toy_study"]
SMALL: dict[str, Any] = {
    "datasets": ["circle", "mult"],
    "criteria": ["weight", "grad", "taylor", "lrp", "random"],
    "reference_samples": [1, 4, 9],
    "seeds": 3,
    "hidden": [20, 16, 12],
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data directory: the networks are trained once."""
    return tmp_path_factory.mktemp("study")


def run(home: Path, **changes: Any) -> list[Event]:
    config = ToyStudyConfig.model_validate({**SMALL, **changes})
    return list(execute(STUDY, config, Context(home)))


@pytest.fixture(scope="module")
def result(home: Path) -> Result:
    result = fold(run(home))
    assert result.status == "done", result.error
    assert not result.notes
    return result


def cells(result: Result) -> dict[tuple[Any, ...], dict[str, Any]]:
    table = result.tables["accuracy"]
    assert table.columns == ACCURACY_TABLE.names
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return {tuple(row[name] for name in ACCURACY_TABLE.key): row for row in rows}


def plain_accuracies(
    home: Path, dataset: str, name: str, count: int, test: Any
) -> dict[str, list[float]]:
    """Score, rank, mask and evaluate one seed after another, with nothing shared."""
    data = datasets[dataset]
    spec = ToyNetworkSpec(dataset, data.noise, tuple(SMALL["hidden"]), 0)
    network = load(spec, Context(home))
    found: dict[str, list[float]] = {"train": [], "test": [], "unpruned": []}
    for seed in range(SMALL["seeds"]):
        reference = data.sample(count, data.noise, seed)
        x, y = map(torch.from_numpy, reference)
        scores = normalise(score(name, network, x, y, seed), criteria[name].normalisation)
        masks = unit_masks(rank_units(scores), 16)
        tested = test(data, seed) if test else reference
        found["train"].append(accuracy(network, masks, *spec.training_set()))
        found["test"].append(accuracy(network, masks, *tested))
        found["unpruned"].append(
            accuracy(network, [torch.ones(w) for w in network.widths], *tested)
        )
    return found


def accuracy(network: Any, masks: list[torch.Tensor], x: np.ndarray, y: np.ndarray) -> float:
    logits = masked_forward(network, torch.from_numpy(x), masks)
    return float((logits.argmax(dim=1).numpy() == y).mean())


@pytest.mark.parametrize("count", SMALL["reference_samples"])
@pytest.mark.parametrize("name", SMALL["criteria"])
@pytest.mark.parametrize("dataset", SMALL["datasets"])
class TestEveryCell:
    def test_is_the_mean_over_prunings_done_one_by_one(
        self, dataset: str, name: str, count: int, home: Path, result: Result
    ):
        plain = plain_accuracies(home, dataset, name, count, None)
        for scenario in ("train", "test"):
            row, values = cells(result)[dataset, name, count, scenario], plain[scenario]
            assert row["mean"] == pytest.approx(fmean(values), abs=1e-6)
            assert row["sd"] == pytest.approx(stdev(values), abs=1e-6)
            assert (row["minimum"], row["maximum"]) == pytest.approx((min(values), max(values)))
            assert row["seeds"] == 3
            frames = {frame.at: frame for frame in result.frames[f"{dataset}/accuracies"]}
            drawn = frames[count].arrays[f"{name}/{scenario}"].numpy()
            assert drawn.tolist() == pytest.approx(values)
        tested = cells(result)[dataset, name, count, "test"]
        assert tested["unpruned_mean"] == pytest.approx(fmean(plain["unpruned"]))

    def test_is_a_point_of_a_curve_with_its_band(
        self, dataset: str, name: str, count: int, home: Path, result: Result
    ):
        series = result.series[f"accuracy/{dataset}/{name}"]
        for scenario in ("train", "test"):
            row = cells(result)[dataset, name, count, scenario]
            found = {
                series.labels["statistic"][i]: series.y[i]
                for i, x in enumerate(series.x)
                if x == count and series.labels["scenario"][i] == scenario
            }
            mean, sd = row["mean"], row["sd"]
            assert found == pytest.approx({"mean": mean, "lower": mean - sd, "upper": mean + sd})


def test_weight_is_the_same_for_every_number_of_samples(result: Result):
    found = cells(result)
    means = {found["circle", "weight", count, "train"]["mean"] for count in (1, 4, 9)}
    assert len(means) == 1
    assert found["circle", "weight", 4, "train"]["sd"] == 0


def test_the_noisy_test_is_fresh_points_of_the_next_seed_with_noise(home: Path):
    noisy = cells(fold(run(home, datasets="circle", test="noisy", noise_sigma=0.3)))
    still = cells(fold(run(home, datasets="circle", test="noisy", noise_sigma=0)))

    def points(data: Any, seed: int) -> Any:
        return data.sample(500, data.noise, seed + 1)

    plain = plain_accuracies(home, "circle", "lrp", 4, points)
    key = ("circle", "lrp", 4)
    assert still[*key, "test"]["mean"] == pytest.approx(fmean(plain["test"]), abs=1e-6)
    assert noisy[*key, "test"]["mean"] < still[*key, "test"]["mean"]
    assert noisy[*key, "train"] == still[*key, "train"]


def test_the_boundaries_are_those_of_the_first_seed(home: Path, result: Result):
    for dataset in SMALL["datasets"]:
        for name in ("unpruned", *SMALL["criteria"]):
            frames = result.frames[f"{dataset}/boundary/{name}"]
            assert {frame.at for frame in frames} == {1, 4, 9} | (
                {0} if name == "unpruned" else set()
            )
        for frame in result.frames[f"{dataset}/points/reference"]:
            data = datasets[dataset]
            expected = data.sample(int(frame.at), data.noise, 0)[0]
            assert np.array_equal(frame.arrays["x"].numpy(), expected[:, 0])


def test_progress_grows_to_the_end_over_all_parts(home: Path):
    events = run(home)
    steps = sum(part.steps for part in parts(ToyStudyConfig.model_validate(SMALL)))
    shown = []
    for place, event in enumerate(events):
        if isinstance(event, Progress):
            shown.append(fold(events[: place + 1]).progress)
    assert [progress.done for progress in shown] == sorted(progress.done for progress in shown)
    assert {progress.total for progress in shown} == {steps}
    assert shown[-1].done == steps


def test_parts_in_any_order_and_done_again_give_the_same_result(home: Path, result: Result):
    config = ToyStudyConfig.model_validate(SMALL)
    plan = parts(config)
    said = {part.name: list(execute(STUDY, config, Context(home), part))[:-1] for part in plan}
    lost = said["mult/4"][: len(said["mult/4"]) // 2]
    shuffled = [event for part in reversed(plan) for event in said[part.name]]
    mixed = fold([*lost, *shuffled])
    assert sorted(mixed.tables["accuracy"].rows) == sorted(result.tables["accuracy"].rows)
    assert mixed.progress.done == result.progress.done
    in_order = fold([event for part in plan for event in said[part.name]])
    assert in_order.tables == result.tables
    assert in_order.series == result.series
    assert in_order.frames == result.frames


def test_a_part_that_does_not_find_its_network_trains_it(tmp_path: Path, result: Result):
    config = ToyStudyConfig.model_validate({**SMALL, "datasets": "circle"})
    part = STUDY.part(config, "circle/4")
    alone = fold(execute(STUDY, config, Context(tmp_path), part))
    key = ("circle", "lrp", 4, "train")
    assert cells(alone)[key] == cells(result)[key]


class TestPublishedTraining:
    """The setting alone, with fewer steps than were published."""

    @pytest.fixture(autouse=True)
    def _short(self, monkeypatch: pytest.MonkeyPatch) -> None:
        short = replace(TRAININGS["published"], steps=200)
        monkeypatch.setitem(TRAININGS, "published", short)

    def test_its_networks_are_others(self, home: Path, result: Result):
        quick = ToyStudyConfig.model_validate(SMALL)
        assert quick.training == "quick", "as all were before there was a choice"
        published = fold(run(home, training="published"))
        assert published.status == "done", published.error
        rows, others = cells(published), cells(result)
        assert rows.keys() == others.keys()
        for dataset in SMALL["datasets"]:
            key = (dataset, "lrp", 4, "train")
            assert rows[key]["unpruned_mean"] != others[key]["unpruned_mean"]

    def test_it_is_told_step_by_step_and_fills_its_share_of_the_bar(self, tmp_path: Path):
        events = run(tmp_path, training="published", datasets="circle")
        said = [event for event in events if isinstance(event, Progress)]
        training = [event for event in said if event.part == "circle/network"]
        assert training[1].message.startswith("Circles: training its network, step 25 of 200, acc")
        assert [event.done for event in training[:3]] == [0, 50, 100]
        # 200 steps on the points of two classes.
        assert training[-1].done == 400
        assert {event.total for event in said} == {400 + 3 * 3}

    def test_one_that_waits_for_another_run_says_so(self, tmp_path: Path):
        config = ToyStudyConfig.model_validate({**SMALL, "training": "published"})
        part = STUDY.part(config, "circle/network")
        spec = DatasetStudy(config, "circle", part.steps, Context(tmp_path)).spec
        spec.path(tmp_path).parent.mkdir()
        events = execute(STUDY, config, Context(tmp_path), part)
        with alone(spec.path(tmp_path).with_suffix(".lock")):
            next(events)
            waiting = next(events)
        assert waiting.message == "Circles: waiting for another run that trains its network"
        assert fold(events).status == "done"


def test_a_run_can_be_cancelled_between_rounds(home: Path):
    config = ToyStudyConfig.model_validate(SMALL)
    asked = iter(range(10_000))
    context = Context(home, cancelled=lambda: next(asked) >= 8)
    events = list(execute(STUDY, config, context))
    assert events[-1].status == "cancelled"
    assert len(events) == 10


@pytest.fixture(scope="module")
def ranked(home: Path) -> Result:
    result = fold(run(home, ranks=True))
    assert result.status == "done", result.error
    return result


class TestRanks:
    def test_every_case_is_there_for_every_group(self, ranked: Result):
        rows = ranked.tables["rank_agreement"].rows
        found: dict[str, int] = {}
        for row in rows:
            if row[6] == "kendall":
                found[row[1]] = found.get(row[1], 0) + 1
        names, counts, sets = 5, 3, 2
        pairs, steps = names * (names - 1) // 2, counts * (counts - 1) // 2
        assert found == {
            "seeds": sets * names * counts,
            "criteria": sets * pairs * counts,
            "criteria_equal_seeds": sets * pairs * counts,
            "samples": sets * names * steps,
            "samples_equal_seeds": sets * names * steps,
        }

    @pytest.mark.parametrize("measure", ["spearman", "kendall"])
    @pytest.mark.parametrize("dataset", SMALL["datasets"])
    def test_the_rows_are_what_scipy_says_of_the_same_scores(
        self, ranked: Result, home: Path, dataset: str, measure: str
    ):
        from scipy.stats import kendalltau, spearmanr

        correlate = {"spearman": spearmanr, "kendall": kendalltau}[measure]
        data = datasets[dataset]
        network = load(
            ToyNetworkSpec(dataset, data.noise, tuple(SMALL["hidden"]), 0), Context(home)
        )

        def scores(name: str, count: int, seed: int) -> np.ndarray:
            x, y = (torch.from_numpy(p)[None] for p in data.sample(count, data.noise, seed))
            samples = ReferenceSamples(network, x, y, [seed])
            layers = normalise(criteria[name].units(samples), criteria[name].normalisation)
            return torch.cat(layers, dim=-1)[0].double().numpy()

        checked = 0
        for _, case, a, b, n_a, n_b, what, mean, sd, pairs in self.rows(ranked, dataset):
            if what != measure or {a, b} == {"weight"}:
                continue
            values = [
                correlate(scores(a, n_a, i), scores(b, n_b, j)).statistic
                for i in range(3)
                for j in range(3)
                if (i == j if "equal" in case else i < j if case == "seeds" else True)
            ]
            assert mean == pytest.approx(fmean(values), abs=1e-5), (case, a, b, n_a, n_b)
            assert sd == pytest.approx(stdev(values), abs=1e-5)
            assert pairs == len(values)
            checked += 1
        assert checked > 50

    def rows(self, ranked: Result, dataset: str) -> Iterator[list[Any]]:
        return (row for row in ranked.tables["rank_agreement"].rows if row[0] == dataset)

    def test_the_heat_maps_hold_the_means_of_the_rows(self, ranked: Result):
        names = SMALL["criteria"]
        means = {tuple(row[:7]): row[7] for row in ranked.tables["rank_agreement"].rows}
        for frame in ranked.frames["circle/agreement/all_seeds"]:
            matrix = frame.arrays["spearman"].numpy()
            assert np.array_equal(matrix, matrix.T)
            for i, a in enumerate(names):
                for j, b in enumerate(names[i:], start=i):
                    case = "seeds" if i == j else "criteria"
                    key = ("circle", case, a, b, frame.at, frame.at, "spearman")
                    assert matrix[i, j] == pytest.approx(means[key])
        (frame,) = ranked.frames["circle/agreement/lrp/equal_seeds"]
        matrix = frame.arrays["kendall"].numpy()
        key = ("circle", "samples_equal_seeds", "lrp", "lrp", 1, 9, "kendall")
        assert matrix[0, 2] == matrix[2, 0] == pytest.approx(means[key])
        assert np.isnan(np.diag(matrix)).all()

    def test_accuracies_are_those_without_ranks(self, ranked: Result, result: Result):
        assert ranked.tables["accuracy"] == result.tables["accuracy"]


class TestTrouble:
    @pytest.fixture
    def broken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A criterion whose relevances are all zero wherever a set's first point lies left."""

        def zero(samples: ReferenceSamples) -> list[torch.Tensor]:
            left = samples.x[:, 0, 0] < limit
            return [
                torch.rand(len(left), width).masked_fill(left[:, None], 0)
                for width in samples.network.widths
            ]

        data = datasets["circle"]
        firsts = sorted(float(data.sample(4, data.noise, seed)[0][0, 0]) for seed in range(3))
        limit = (firsts[0] + firsts[1]) / 2
        entry = Criterion("broken", "Broken", "Scores.", "sum", "samples", zero)
        monkeypatch.setitem(criteria._entries, "broken", entry)

    @pytest.mark.usefixtures("broken")
    def test_a_seed_that_cannot_be_ranked_is_left_out_and_named(self, home: Path):
        result = fold(run(home, datasets="circle", criteria="lrp,broken", reference_samples="4"))
        assert result.status == "done"
        row = cells(result)["circle", "broken", 4, "train"]
        assert row["seeds"] == 2
        assert row["mean"] > 0
        assert cells(result)["circle", "lrp", 4, "train"]["seeds"] == 3
        (note,) = result.notes
        assert note.level == "warning"
        assert "Circles, 4 reference samples per class: Broken" in note.text

    def test_a_cell_without_any_ranking_has_no_value(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ):
        def zero(samples: ReferenceSamples) -> list[torch.Tensor]:
            return [torch.zeros(len(samples.x), width) for width in samples.network.widths]

        entry = Criterion("broken", "Broken", "Scores.", "sum", "samples", zero)
        monkeypatch.setitem(criteria._entries, "broken", entry)
        result = fold(run(home, datasets="circle", criteria="lrp,broken", ranks=True))
        assert result.status == "done", result.error
        row = cells(result)["circle", "broken", 4, "test"]
        assert [row[name] for name in ("mean", "sd", "minimum", "maximum")] == [None] * 4
        assert row["seeds"] == 0
        assert "accuracy/circle/broken" not in result.series
        assert "circle/boundary/broken" not in result.frames
        assert len(result.notes) == 3
        broken = [row for row in result.tables["rank_agreement"].rows if "broken" in row[2:4]]
        assert broken
        assert all(row[7:] == [None, None, 0] for row in broken)

    def test_one_seed_has_no_spread(self, home: Path):
        result = fold(run(home, datasets="circle", seeds=1))
        row = cells(result)["circle", "lrp", 4, "train"]
        assert row["mean"] == row["minimum"] == row["maximum"]
        assert row["sd"] is None

    @pytest.mark.parametrize(
        ("changes", "size", "limit"),
        [
            ({"seeds": 600}, "57,600 prunings", "50,000"),
            ({"seeds": 500, "criteria": "lrp"}, "1,552,000 reference samples", "1,000,000"),
            (
                {"reference_samples": "1000", "seeds": 1, "hidden": "2000,2000,2000"},
                "24,000,000 values",
                "16,000,000",
            ),
            ({"seeds": 120, "ranks": True}, "8,294,400 comparisons", "2,500,000"),
        ],
    )
    def test_a_grid_that_is_too_large_is_refused_with_its_size_and_the_limit(
        self, changes: dict[str, Any], size: str, limit: str
    ):
        with pytest.raises(ValidationError) as error:
            ToyStudyConfig.model_validate(changes)
        (problem,) = error.value.errors()
        assert f"the grid is too large: {size}" in problem["msg"]
        assert f"at most {limit}" in problem["msg"]

    def test_ranks_of_a_single_ranking_are_refused(self):
        alone = {"ranks": True, "criteria": "lrp", "reference_samples": "5", "seeds": 1}
        with pytest.raises(ValidationError, match="nothing to compare"):
            ToyStudyConfig.model_validate(alone)
        for more in ({"seeds": 2}, {"criteria": "lrp,grad"}, {"reference_samples": "5,10"}):
            ToyStudyConfig.model_validate(alone | more)

    @pytest.mark.parametrize(
        "changes",
        [
            {"datasets": "circle,circle"},
            {"datasets": "square"},
            {"criteria": ""},
            {"reference_samples": "0"},
            {"reference_samples": "2.5"},
            {"fraction": "1"},
            {"fraction": "1/2,1/3"},
            {"test": "fresh"},
            {"noise_sigma": -1},
            {"seeds": 0},
            {"hidden": "50,,50"},
        ],
        ids=str,
    )
    def test_bad_settings_are_refused(self, changes: dict[str, Any]):
        with pytest.raises(ValidationError) as error:
            ToyStudyConfig.model_validate(changes)
        assert error.value.errors()[0]["loc"][0] == next(iter(changes))


def test_all_published_settings_but_the_training_are_the_defaults():
    config = ToyStudyConfig()
    assert config.hidden == [1000, 1000, 1000]
    assert config.reference_samples == [1, 2, 5, 10, 20, 50, 100, 200]
    assert (config.seeds, config.fraction, config.test) == (50, 1 / 3, "reference")
    assert ToyStudyConfig.model_validate({"fraction": "1/3", "criteria": "grad"}).fraction == 1 / 3
    assert [part.name for part in parts(config)][:3] == ["moon/network", "moon/1", "moon/2"]
    assert len(parts(config)) == 27


MEMORY = """
import json, re, sys, torch
from pathlib import Path
from pruning.context import Context
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.toy.networks import ToyNetworkSpec, save
study = experiments["toy_study"]
config = study.config.model_validate(json.loads(sys.argv[1]))
context = Context(Path(sys.argv[2]))
spec = ToyNetworkSpec("mult", 0.2, tuple(config.hidden), 0)
save(spec.untrained(), spec, context)
for event in execute(study, config, context, study.part(config, sys.argv[3])):
    pass
assert event.status == "done", event.error
# Not getrusage: a child begins with the peak of the process that it was forked from.
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 2**20)
"""


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"reference_samples": [1000], "hidden": [1000] * 4, "seeds": 3}, "mult/1000"),
        ({"reference_samples": [1], "seeds": 60, "test": "noisy"}, "mult/1"),
        (
            {"reference_samples": [1, 2, 3, 4], "seeds": 120, "ranks": True, "criteria": ["lrp"]},
            "mult/4",
        ),
    ],
    ids=["large sets", "large tests", "many rankings"],
)
def test_memory_stays_under_two_gibibytes(changes: dict[str, Any], part: str, tmp_path: Path):
    arguments = [json.dumps({"datasets": ["mult"], **changes}), str(tmp_path), part]
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 2
