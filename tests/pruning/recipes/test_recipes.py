"""Recipes are valid, and what they published stands beside what comes out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pruning.context import Context
from pruning.events import Event, Note, fold
from pruning.experiments.base import Experiment, ExperimentConfig, experiments
from pruning.experiments.outputs import Column, Outputs, TableOutput
from pruning.recipes.base import Published, Recipe, recipe_of, recipes
from pruning.recipes.published import TABLE, beside_published, published_table

# Columns of published figures, and the settings that name what stands in them.
CONFIGURED = {
    "toy_study": {
        "dataset": "datasets",
        "criterion": "criteria",
        "reference_samples": "reference_samples",
    },
    "sweep": {"granularity": "granularities", "sparsity": "sparsities"},
    "input_selection": {"kind": "kinds"},
    "mint": {"pruned_percent_asked": "percentages"},
}


@pytest.mark.parametrize("recipe", list(recipes), ids=lambda recipe: recipe.name)
def test_a_recipe_configures_its_experiment(recipe: Recipe):
    config = recipe.checked_config()
    assert recipe_of(recipe.study, config) == recipe
    assert recipe.url.startswith("https://")
    assert all(sentence.endswith(".") for sentence in [recipe.description, *recipe.expect])


@pytest.mark.parametrize("recipe", list(recipes), ids=lambda recipe: recipe.name)
def test_published_figures_belong_to_rows_that_the_run_has(recipe: Recipe):
    if recipe.published is None:
        return
    config, columns = recipe.checked_config().model_dump(), CONFIGURED[recipe.experiment]
    assert set(columns) <= set(recipe.published.key)
    for row in recipe.published.rows:
        for column, setting in columns.items():
            assert row[column] in config[setting]
        assert 0 <= row[recipe.published.values[0]] <= 1
    keys = [tuple(row[name] for name in recipe.published.key) for row in recipe.published.rows]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("recipe", list(recipes), ids=lambda recipe: recipe.name)
def test_what_was_measured_is_what_the_picture_and_the_comparison_need(recipe: Recipe):
    measured, picture = recipe.measured, recipe.picture
    assert picture is not None
    assert bool(measured) != bool(recipe.effort)
    if measured is None:
        return
    assert measured.command == f"python -m prunelab run --recipe {recipe.name}"
    table = measured.tables[picture.table]
    assert table.columns == picture.columns
    assert table.rows
    for name, value in picture.where.items():
        assert {row[table.columns.index(name)] for row in table.rows} == {value}
    if recipe.published:
        names = published_table(recipe.study, recipe.published).names
        assert measured.tables[TABLE].columns == names
        # A run in short may not come to all that was published.
        assert 0 < len(measured.tables[TABLE].rows) <= len(recipe.published.rows)


def test_the_toy_recipe_has_the_published_grid():
    config = recipes["yeom2021-toy"].checked_config()
    assert config == experiments["toy_study"].config(training="published")
    dataset, criterion, counts, seeds = 3, 4, 8, 50
    assert dataset * criterion * counts * seeds == 4800
    rows = recipes["yeom2021-toy"].published.rows
    found = {(r["dataset"], r["criterion"], r["reference_samples"]): r["mean"] for r in rows}
    assert found["moon", "lrp", 1] == 0.85
    assert found["moon", "taylor", 200] == 0.959
    assert found["circle", "weight", 20] == 0.971
    assert found["circle", "grad", 200] == 0.925
    assert found["mult", "lrp", 1] == 0.63
    assert len(found) == 3 * 4 * 4


def test_any_other_configuration_is_no_recipe():
    study = experiments["toy_study"]
    assert recipe_of(study, study.config(seeds=49, training="published")) is None
    assert recipe_of(study, study.config()) is None, "its networks are trained quickly"
    assert recipe_of(experiments["toy"], experiments["toy"].config()) is None


class Config(ExperimentConfig):
    far: int = 3


SQUARES = TableOutput(
    "squares",
    "Squares",
    (
        Column("n", "Number", "integer"),
        Column("square", "Square", "number"),
        Column("sd", "Sd", "number"),
    ),
    key=("n",),
)


def squares(config: Config, context: Context) -> Iterator[Event]:
    sds = [None if n == 2 else 0.5 for n in range(config.far)]
    yield SQUARES.rows({"n": n, "square": n * n, "sd": sd} for n, sd in enumerate(sds))
    yield Note(level="info", text="done")


STUDY = Experiment(
    "squares", "Squares", "Squares.", "interactive", Config, squares, Outputs(tables=(SQUARES,))
)
PUBLISHED = Published(
    table="squares",
    source="Euclid",
    what="squares",
    key=["n"],
    rows=[{"n": 1, "square": 1.5, "sd": 0.1}, {"n": 2, "square": 4}, {"n": 7, "square": 49}],
)


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch) -> Recipe:
    made = Recipe(
        name="euclid",
        title="Euclid",
        description="Squares.",
        papers=["yeom2021"],
        experiment="toy",
        config={},
        expect=["Squares."],
        published=PUBLISHED,
    )
    monkeypatch.setattr("pruning.recipes.published.recipe_of", lambda study, config: made)
    return made


def test_rows_stand_beside_what_was_published(recipe: Recipe):
    events = list(beside_published(STUDY, Config(), squares(Config(), None)))
    assert [event.kind for event in events] == ["table", "table", "note"]
    table = fold(events).tables["published"]
    assert table.columns == published_table(STUDY, PUBLISHED).names
    assert table.columns == ["n", "published_square", "square", "published_sd", "sd", "difference"]
    assert table.rows == [[1, 1.5, 1, 0.1, 0.5, -0.5], [2, 4, 4, None, None, 0]]


def test_rows_that_nobody_published_say_nothing(recipe: Recipe):
    events = list(beside_published(STUDY, Config(far=1), squares(Config(far=1), None)))
    assert [event.kind for event in events] == ["table", "note"]


def test_a_plug_in_brings_recipes_with_their_papers(tmp_path: Path):
    (tmp_path / "euclid_recipes.py").write_text(
        "from pathlib import Path\n"
        "from pruning.recipes.base import read_recipe, recipes\n"
        "REFERENCES = Path(__file__).with_name('lines.toml')\n"
        "recipes.add(read_recipe(Path(__file__).with_name('a-euclid.toml')), __name__)\n"
    )
    (tmp_path / "a-euclid.toml").write_text(
        'title = "Euclid"\ndescription = "Squares."\npapers = ["euclid1482"]\n'
        'experiment = "toy"\nexpect = ["Squares."]\n[config]\n'
    )
    (tmp_path / "lines.toml").write_text(
        '[euclid1482]\nkind = "misc"\nauthor = ["Euclid"]\ntitle = "Elements"\nyear = 1482\n'
    )
    installed = tmp_path / "euclid-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: euclid\nVersion: 1\n")
    (installed / "entry_points.txt").write_text(
        "[prunelab.recipes]\neuclid = euclid_recipes\n"
        "[prunelab.references]\neuclid = euclid_recipes:REFERENCES\n"
    )
    # Whoever imports it first does not put it in front.
    code = (
        "import euclid_recipes\n"
        "from pruning.recipes.base import recipes\n"
        "print(*recipes.names(), recipes['a-euclid'].paper, sep='|')\n"
    )
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert told.split("|") == [*recipes.names(), "a-euclid", "Euclid, Elements, 1482"]
