"""How far the rankings of a toy study agree, as matrices and as a table."""

from __future__ import annotations

from typing import Any

from frontend.figures.colours import AGREEMENT, criterion_colour
from frontend.figures.layouts import matrix_layout
from frontend.figures.view import Chooser, Column, Figure, Key, Panel, Row, Section, TableView
from pruning.criteria.base import criteria
from pruning.data.base import datasets
from pruning.experiments.toy_study.config import ToyStudyConfig
from pruning.experiments.toy_study.rank_measures import CASES, measures

PAIRS = {"all_seeds": "all pairs of seeds", "equal_seeds": "the same seed"}


def agreement(config: ToyStudyConfig) -> Section:
    """Criterion against criterion at the slider's place; below, sample count against count."""
    between = Row(
        [_between_criteria(name, config) for name in config.datasets],
        "Criterion against criterion, at the slider's number of samples",
    )
    across = [
        Row(
            [_between_counts(name, criterion, config) for criterion in config.criteria],
            f"{datasets[name].title}: a number of samples against another",
        )
        for name in config.datasets
        if len(config.reference_samples) > 1
    ]
    return Section(
        "agreement",
        [between, *across],
        title="How far rankings agree",
        description="Two rankings of all hidden units, mean over pairs of seeds. On the diagonal "
        "of criteria: one criterion under different seeds. A number of samples is not compared "
        "with itself.",
        shape="matrix",
        least=190,
        choosers=[
            Chooser("measure", "Measure", measures(config.units)),
            Chooser("pairs", "Over", PAIRS),
        ],
        keys=[
            Key("1: the same ranking", AGREEMENT[2][1], "square"),
            Key("0: nothing in common", AGREEMENT[1][1], "square"),
            Key("−1: the reverse", AGREEMENT[0][1], "square"),
        ],
    )


def _between_criteria(dataset: str, config: ToyStudyConfig) -> Panel:
    figure = _matrix(f"{dataset}/agreement/{{pairs}}", config.criteria, size=10)
    return Panel(dataset, datasets[dataset].title, figure)


def _between_counts(dataset: str, criterion: str, config: ToyStudyConfig) -> Panel:
    counts = [str(count) for count in config.reference_samples]
    figure = _matrix(f"{dataset}/agreement/{criterion}/{{pairs}}", counts, size=8)
    title = criteria[criterion].title
    return Panel(f"{dataset}-{criterion}", title, figure, colour=criterion_colour(criterion))


def _matrix(frame: str, names: list[str], *, size: int) -> Figure:
    trace: dict[str, Any] = {
        "type": "heatmap",
        "name": "",
        "meta": {"frame": frame, "exact": True, "bind": {"z": "{measure}"}},
        "x": names,
        "y": names,
        # A share in common takes the upper half of the same scale: 0 and 1 mean what they do there.
        "zmin": -1,
        "zmax": 1,
        "colorscale": AGREEMENT,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "texttemplate": "%{z:.2f}",
        "textfont": {"size": size},
        "hoverongaps": False,
        "hovertemplate": "%{y} and %{x}: %{z:.3f}<extra></extra>",
    }
    return {"data": [trace], "layout": matrix_layout(size)}


def agreement_table(config: ToyStudyConfig) -> TableView:
    """The rows for the chosen measure and the slider's place; all would be ten thousand."""
    titles = {name: criteria[name].title for name in config.criteria}
    colours = {name: criterion_colour(name) for name in config.criteria}
    return TableView(
        "rank_agreement",
        "Rank agreement",
        columns=[
            Column("dataset", "Dataset", titles={n: datasets[n].title for n in config.datasets}),
            Column("case", "Between", titles=CASES),
            Column("criterion_a", "Criterion", titles=titles, colours=colours),
            Column("criterion_b", "and criterion", titles=titles, colours=colours),
            Column("samples_a", "Samples", "integer"),
            Column("samples_b", "and samples", "integer"),
            Column("mean", "Mean", "number"),
            Column("sd", "Sd", "number"),
            Column("pairs", "Pairs", "integer"),
        ],
        description="By the measure chosen above, at the slider's number of samples.",
        places=["samples_a", "samples_b"],
        only_here=True,
        sort=["dataset", "case", "criterion_a", "criterion_b", "samples_a", "samples_b"],
        chosen={"measure": "measure"},
        # As many at every place, so that the table keeps its height while the slider moves.
        rows=100,
    )
