"""The experiment `toy`: what it accepts, what it says, and that it says the same again."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError

import pruning
from pruning.context import Context
from pruning.criteria.base import Criterion, criteria
from pruning.data.base import datasets
from pruning.events import Event, Frame, Progress, Result, fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.experiments.toy.config import ToyConfig
from pruning.numbers import format_numbers, parse_numbers
from pruning.randomness import torch_generator
from pruning.toy import networks
from pruning.toy.page_network import halved, network_frame
from pruning.toy.samples import ReferenceSamples
from pruning.toy.settings import MOMENTS

SMALL: dict[str, Any] = {
    "hidden": "20,20,20",
    "sparsities": "0,1/3,0.9",
    "grid": 20,
    "criteria": "lrp,weight,random",
}
ROOT = Path(pruning.__file__).parent.parent


def run(folder: Path, **changes: Any) -> list[Event]:
    config = ToyConfig(**{**SMALL, **changes})
    return list(execute(experiments["toy"], config, Context(folder)))


def spec(dataset: str, hidden: str) -> networks.ToyNetworkSpec:
    return networks.ToyNetworkSpec(
        dataset, datasets[dataset].noise, tuple(map(int, hidden.split(","))), 0
    )


def run_untrained(folder: Path, dataset: str, hidden: str, **changes: Any) -> Result:
    """Run with a network that passes for trained, where only the shapes matter."""
    context, wanted = Context(folder), spec(dataset, hidden)
    networks.save(wanted.untrained(), wanted, context)
    return fold(run(folder, dataset=dataset, hidden=hidden, **changes))


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Event]]:
    """A data directory and the events of the first run in it, which trains its network."""
    folder = tmp_path_factory.mktemp("toy")
    return folder, run(folder)


@pytest.fixture(scope="module")
def folder(first_run: tuple[Path, list[Event]]) -> Path:
    """A data directory in which the small network is trained already."""
    return first_run[0]


@pytest.fixture(scope="module")
def trained(first_run: tuple[Path, list[Event]]) -> list[Event]:
    """The events of the run that trained the network."""
    return first_run[1]


@pytest.fixture(scope="module")
def result(trained: list[Event]) -> Result:
    return fold(trained)


def frames(events: list[Event], name: str) -> list[Frame]:
    return [event for event in events if isinstance(event, Frame) and event.name == name]


class TestConfiguration:
    def test_the_keys_are_the_published_ones(self):
        keys = "dataset criteria reference_samples reference_seed hidden train_seed noise"
        assert ToyConfig.model_fields.keys() == {
            *keys.split(),
            "sparsities",
            "grid",
            "criterion_settings",
        }

    def test_every_field_tells_a_person_what_it_is(self):
        schema = ToyConfig.model_json_schema()
        for name, field in schema["properties"].items():
            assert field["title"], name
            assert field["description"].endswith("."), name
            assert "default" in field, name
            if "x-settings-of" in field:
                assert field["x-settings-of"] in schema["properties"], "where its group is"
                continue
            assert field["group"] in {"Data", "Pruning", "Network", "Drawing"}, name

    def test_the_defaults_are_a_good_first_run(self):
        config = ToyConfig()
        assert config.dataset == "circle"
        assert config.criteria == ["weight", "grad", "taylor", "lrp"]
        assert config.hidden == [100, 100, 100]
        assert config.noise is None
        assert config.sparsities == sorted([*(i / 20 for i in range(20)), 1 / 3])

    def test_the_command_lines_strings_mean_what_lists_mean(self):
        written = ToyConfig(
            criteria="lrp, weight",
            hidden="10,20",
            sparsities="1/3, 0, 0.5",
            noise="0.2",
            grid="50",
            reference_samples="5",
        )
        listed = ToyConfig(
            criteria=["lrp", "weight"],
            hidden=[10, 20],
            sparsities=[0, 1 / 3, 0.5],
            noise=0.2,
            grid=50,
            reference_samples=5,
        )
        assert written == listed
        assert ToyConfig(noise="").noise is ToyConfig(noise="none").noise is None

    def test_it_survives_json_and_its_own_spelling(self):
        config = ToyConfig()
        assert ToyConfig.model_validate_json(config.model_dump_json()) == config
        for name in ("sparsities", "hidden"):
            text = format_numbers(getattr(config, name))
            assert parse_numbers(text) == getattr(config, name)
            assert ToyConfig.model_json_schema()["properties"][name]["x-format"] == "numbers"

    def test_sparsities_are_sorted_and_unique(self):
        assert ToyConfig(sparsities=[0.5, 0, 0.5]).sparsities == [0, 0.5]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("dataset", "squircle"),
            ("criteria", []),
            ("criteria", "lrp,vibes"),
            ("criteria", "lrp,lrp"),
            ("reference_samples", 0),
            ("reference_seed", -1),
            ("train_seed", 2**31),
            ("hidden", []),
            ("hidden", [0]),
            ("hidden", "2001"),
            ("hidden", [10] * 6),
            ("hidden", "10.5"),
            ("noise", -0.1),
            ("noise", "loud"),
            ("noise", float("nan")),
            ("sparsities", []),
            ("sparsities", "1"),
            ("sparsities", "-0.1"),
            ("sparsities", "0:0.99:0.001"),
            ("grid", 19),
            ("grid", 201),
        ],
    )
    def test_what_is_not_allowed_is_refused_at_its_field(self, field: str, value: Any):
        with pytest.raises(ValidationError) as caught:
            ToyConfig(**{field: value})
        assert {error["loc"][0] for error in caught.value.errors()} == {field}

    def test_an_unknown_name_is_answered_with_the_known_ones(self):
        with pytest.raises(ValidationError, match=r"choose one of .*lrp"):
            ToyConfig(criteria="vibes")


class TestEvents:
    def test_points_and_grid_come_first(self, trained: list[Event]):
        names = [event.name for event in trained[:3] if isinstance(event, Frame)]
        assert names == ["points/train", "grid", "points/reference"]

    def test_the_points_are_the_datasets(self, result: Result):
        circle = datasets["circle"]
        arrays = result.frames["points/reference"][0].arrays
        x, y = circle.sample(10, circle.noise, 0)
        np.testing.assert_array_equal(arrays["x"].numpy(), x[:, 0])
        np.testing.assert_array_equal(arrays["y"].numpy(), x[:, 1])
        np.testing.assert_array_equal(arrays["class"].numpy(), y)
        train = result.frames["points/train"][0].arrays
        assert np.bincount(train["class"].numpy()).tolist() == [1000, 1000]

    def test_the_grid_is_the_bounding_box_and_a_margin(self, result: Result):
        train = result.frames["points/train"][0].arrays
        for axis, values in result.frames["grid"][0].arrays.items():
            points, values = train[axis].numpy(), values.numpy()
            assert values.shape == (20,)
            assert values[[0, -1]] == pytest.approx([points.min() - 0.1, points.max() + 0.1])
            assert np.diff(values) == pytest.approx(np.ptp(values) / 19, rel=1e-4)

    def test_the_boundary_is_seen_forming(self, trained: list[Event]):
        forming = frames(trained, "boundary/unpruned")
        assert len(forming) > 5
        assert forming[0] != forming[-1]
        assert fold(trained).frames["boundary/unpruned"][-1].arrays == forming[-1].arrays

    def test_progress_runs_on_one_scale(self, trained: list[Event]):
        steps = [event for event in trained if isinstance(event, Progress)]
        assert len({step.total for step in steps}) == 1
        assert [step.done for step in steps] == sorted(step.done for step in steps)
        assert steps[0].done == 0
        assert steps[-1].done == steps[-1].total
        assert steps[0].message.startswith("Training: step 0 of 1,500, accuracy ")

    def test_panels_advance_together(self, trained: list[Event]):
        order = [
            (event.at, event.name)
            for event in trained
            if isinstance(event, Frame) and event.name in ("boundary/lrp", "boundary/weight")
        ]
        names = ["boundary/lrp", "boundary/weight"]
        assert order == [(at, name) for at in (1 / 3, 0, 0.9) for name in names]

    def test_a_boundary_says_class_and_confidence_of_every_place(self, result: Result):
        whole = 1 + len(MOMENTS)
        for name, count in [("unpruned", whole), ("lrp", 3), ("weight", 3), ("random", 3)]:
            found = result.frames[f"boundary/{name}"]
            assert len(found) == count
            for frame in found:
                sizes = {"": (20, 20), "reference_": (20,)}
                sizes |= {"train_": (2000,)} if name == "unpruned" else {}
                assert frame.arrays.keys() == {
                    prefix + what for prefix in sizes for what in ("class", "confidence")
                }
                for prefix, shape in sizes.items():
                    classes = frame.arrays[prefix + "class"].numpy()
                    confidence = frame.arrays[prefix + "confidence"].numpy()
                    assert classes.shape == confidence.shape == shape
                    assert classes.max() <= 1
                    assert 50 <= confidence.min() <= confidence.max() <= 100

    def test_what_is_drawn_is_what_the_network_says(self, folder: Path, result: Result):
        """Rows are y, columns are x."""
        x, y = (result.frames["grid"][0].arrays[axis].numpy() for axis in "xy")
        grid = torch.tensor([[px, py] for py in y for px in x])
        network = networks.load(spec("circle", "20,20,20"), Context(folder))
        assert network is not None
        confidence, classes = network(grid).detach().softmax(1).max(1)
        arrays = result.frames["boundary/unpruned"][0].arrays
        np.testing.assert_array_equal(arrays["class"].numpy().ravel(), classes)
        error = arrays["confidence"].numpy().ravel() - 100 * confidence.numpy()
        assert np.abs(error).max() <= 0.51

    def test_the_table_has_a_row_per_criterion_and_sparsity(self, result: Result):
        table = result.tables["accuracy"]
        assert table.columns == [
            "criterion",
            "sparsity",
            "units_removed",
            "train_accuracy",
            "test_accuracy",
        ]
        assert [row[:3] for row in table.rows] == [
            [name, sparsity, removed]
            for sparsity, removed in [(0, 0), (1 / 3, 20), (0.9, 54)]
            for name in ("lrp", "weight", "random")
        ]

    def test_curves_and_table_say_the_same(self, result: Result):
        for name in ("lrp", "weight", "random"):
            curve = result.series[f"accuracy/{name}"]
            points = zip(curve.x, curve.labels["scenario"], curve.y, strict=True)
            expected = []
            for criterion, sparsity, _, train, test in result.tables["accuracy"].rows:
                if criterion == name:
                    expected += [(sparsity, "train", train), (sparsity, "test", test)]
            assert list(points) == expected

    def test_nothing_removed_is_the_unpruned_network(self, result: Result):
        unpruned = result.series["accuracy/unpruned"]
        assert unpruned.x[:2] == [0, 0]
        assert unpruned.labels["scenario"][:2] == ["train", "test"]
        for name in ("lrp", "weight", "random"):
            assert result.series[f"accuracy/{name}"].y[:2] == unpruned.y[:2]

    def test_accuracies_are_shares_of_the_points(self, result: Result):
        *_, train, test = zip(*result.tables["accuracy"].rows, strict=True)
        assert all((2000 * value) % 1 == pytest.approx(0, abs=1e-9) for value in train)
        assert all((1000 * value) % 1 == pytest.approx(0, abs=1e-9) for value in test)
        classes = result.frames["boundary/unpruned"][0].arrays["train_class"].numpy()
        truth = result.frames["points/train"][0].arrays["class"].numpy()
        assert (classes == truth).mean() == pytest.approx(result.series["accuracy/unpruned"].y[0])


class TestAgain:
    def test_a_cached_network_gives_the_same_result_without_training(
        self, folder: Path, result: Result, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(networks, "train", None)
        again = fold(run(folder))
        assert again.status == "done", again.error
        assert again.tables == result.tables
        assert again.series == result.series
        assert again.frames == result.frames

    @pytest.mark.parametrize(
        "change",
        [{"criteria": "grad"}, {"reference_seed": 1}, {"grid": 30}, {"sparsities": "0.5"}],
        ids=str,
    )
    def test_nothing_but_the_network_needs_training(
        self, folder: Path, result: Result, change: Any, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(networks, "train", None)
        assert fold(run(folder, **change)).status == "done"

    def test_a_fresh_process_gives_the_same_tables(self, tmp_path: Path, result: Result):
        code = f"""
import json
from pathlib import Path
from pruning.context import Context
from pruning.events import fold
from pruning.execution import execute
from pruning.experiments.base import experiments
study = experiments["toy"]
config = study.config(**{SMALL!r})
result = fold(execute(study, config, Context(Path({str(tmp_path)!r}))))
print(json.dumps(result.tables["accuracy"].rows))
"""
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert json.loads(done.stdout) == result.tables["accuracy"].rows

    def test_another_seed_gives_other_results(self, folder: Path, result: Result):
        other = fold(run(folder, reference_seed=1))
        assert other.frames["points/reference"] != result.frames["points/reference"]
        assert other.frames["points/train"] == result.frames["points/train"]
        assert other.tables != result.tables


class TestTrouble:
    @pytest.fixture
    def broken(self, monkeypatch: pytest.MonkeyPatch) -> str:
        def score(samples: ReferenceSamples) -> list[torch.Tensor]:
            return [torch.zeros(1, width) for width in samples.network.widths]

        criteria.names()
        entry = Criterion("broken", "Broken", "Scores nothing.", "sum", "weights", score)
        monkeypatch.setitem(criteria._entries, "broken", entry)
        return "broken"

    def test_a_criterion_that_ranks_nothing_is_named_and_left_out(self, folder: Path, broken: str):
        result = fold(run(folder, criteria=f"{broken},lrp"))
        assert result.status == "done"
        (note,) = result.notes
        assert note.level == "warning"
        assert broken in note.text
        assert {row[0] for row in result.tables["accuracy"].rows} == {"lrp"}
        assert f"boundary/{broken}" not in result.frames

    def test_a_run_in_which_no_criterion_ranks_anything_fails(self, folder: Path, broken: str):
        result = fold(run(folder, criteria=broken))
        assert result.status == "failed"
        assert "no criterion can rank the units" in str(result.error)
        assert "boundary/unpruned" in result.frames, "what it had is kept"

    def test_a_cancelled_run_stops_while_training_and_keeps_no_network(self, tmp_path: Path):
        seen: list[Event] = []
        context = replace(Context(tmp_path), cancelled=lambda: len(seen) > 9)
        for event in execute(experiments["toy"], ToyConfig(**SMALL), context):
            seen.append(event)
        result = fold(seen)
        assert result.status == "cancelled"
        assert len(seen) < 15
        assert not list(tmp_path.rglob("*.safetensors"))

    def test_threads_are_given_back(self, folder: Path):
        threads = torch.get_num_threads()
        run(folder)
        steps = execute(experiments["toy"], ToyConfig(**SMALL), Context(folder))
        for _ in range(6):
            next(steps)
        steps.close()
        assert torch.get_num_threads() == threads

    @pytest.mark.parametrize("hidden", ["1", "5,5", "3,4,5,6,7"])
    @pytest.mark.parametrize("dataset", ["mult", "spiral"])
    def test_any_depth_and_everything_removed(self, tmp_path: Path, hidden: str, dataset: str):
        sparsities = "0,0.5,0.99"
        result = run_untrained(
            tmp_path, dataset, hidden, criteria="random,weight", sparsities=sparsities
        )
        assert result.status == "done", result.error
        last = result.frames["boundary/random"][-1].arrays["class"].numpy()
        assert len(np.unique(last)) == 1 or len(hidden) > 5

    @pytest.mark.parametrize("dataset", datasets.names())
    def test_one_reference_sample_per_class_is_enough(self, tmp_path: Path, dataset: str):
        criteria = "weight,grad,taylor,lrp"
        changes = {"reference_samples": 1, "criteria": criteria}
        result = run_untrained(tmp_path, dataset, "20,20,20", **changes)
        assert result.status == "done", result.error
        assert not result.notes


class TestLearning:
    """The network along its training, where a page evaluates it."""

    def test_boundaries_of_its_training_stand_before_that_of_the_whole_network(self, result):
        places = [frame.at for frame in result.frames["boundary/unpruned"]]
        assert sorted(places) == [*(float(step - 1500) for step in MOMENTS), 0.0]
        series = result.series["accuracy/unpruned"]
        for scenario in ("train", "test"):
            told = zip(series.x, series.labels["scenario"], strict=True)
            own = [x for x, label in told if label == scenario]
            assert sorted(own) == sorted(places)

    def test_it_learns(self, result):
        series = result.series["accuracy/unpruned"]
        points = zip(series.x, series.y, series.labels["scenario"], strict=True)
        accuracy = {x: y for x, y, scenario in points if scenario == "train"}
        assert accuracy[-1500.0] < 0.8 < accuracy[0.0]

    def test_its_beginning_is_the_network_that_is_told_as_untrained(self, folder, result):
        initial = {n: a.numpy() for n, a in result.frames["initial"][0].arrays.items()}
        network = spec("circle", "20,20,20").untrained()
        assert np.array_equal(initial["weight_1"], network.hidden_layers[1].weight.detach().half())

    def test_a_network_without_its_moments_is_trained_again_and_is_the_same(self, tmp_path):
        first = run(tmp_path)
        (moments,) = (tmp_path / "networks").glob("*.moments.safetensors")
        moments.unlink()
        assert fold(run(tmp_path)) == fold(first)
        assert moments.exists()

    def test_one_that_pages_cannot_evaluate_has_none(self, tmp_path):
        found = run_untrained(tmp_path, "moon", "700,700", criteria="weight")
        assert [frame.at for frame in found.frames["boundary/unpruned"]] == [0]
        assert "network" not in found.frames


class TestNetworkFrames:
    def test_the_ranks_that_are_told_are_those_by_which_units_go(self, result):
        for name in ("lrp", "weight"):
            arrays = result.frames[f"scores/{name}"][0].arrays
            scores, ranks = arrays["score"].numpy(), arrays["rank"].numpy()
            assert np.array_equal(np.sort(ranks), np.arange(60))
            assert np.array_equal(np.argsort(scores, kind="stable"), np.argsort(ranks))

    def test_small_networks_have_places_that_are_true(self, tmp_path):
        found = fold(run(tmp_path, hidden="4,5,5", sparsities="0:0.95:0.05, 1/3"))
        removed = [row[2] for row in found.tables["accuracy"].rows if row[0] == "lrp"]
        assert removed == list(range(14))
        assert [row[1] for row in found.tables["accuracy"].rows if row[0] == "lrp"] == [
            count / 14 for count in removed
        ]

    def test_half_precision_is_taken_only_where_it_decides_alike(self):
        network = spec("moon", "20,20,20").untrained()
        points = torch.randn(500, 2, generator=torch_generator("test", 0))
        frame = network_frame(network, points, network(points))
        rounded = halved(network)(points).argmax(dim=1)
        differs = (rounded != network(points).argmax(dim=1)).any()
        assert (frame.arrays["weight_0"].dtype == "f2") or bool(differs)
        with torch.no_grad():
            for parameter in network.output.parameters():
                parameter.mul_(1e7)
        assert network_frame(network, points, network(points)).arrays["weight_0"].dtype == "f4"
