"""How far the rankings of a toy study agree, as matrices and as a table."""

from __future__ import annotations

from frontend.figures import marks
from frontend.figures.chooser import Chooser
from frontend.figures.colours import AGREEMENT, variant_colour
from frontend.figures.layouts import matrix_layout
from frontend.figures.panels import Figure, Key, Panel, Row, Section
from frontend.figures.tables import TableView, table_view
from pruning.data.base import datasets
from pruning.experiments.facts import criterion_variants
from pruning.experiments.outputs import Variant
from pruning.experiments.toy_study.config import ToyStudyConfig
from pruning.experiments.toy_study.outputs import AGREEMENT_TABLE
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
            [_between_counts(name, each, config) for each in criterion_variants(config.criteria)],
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


def _between_counts(dataset: str, variant: Variant, config: ToyStudyConfig) -> Panel:
    counts = [str(count) for count in config.reference_samples]
    figure = _matrix(f"{dataset}/agreement/{variant.name}/{{pairs}}", counts, size=8)
    name, colour = f"{dataset}-{variant.name}", variant_colour(variant)
    return Panel(name, variant.title, figure, colour=colour)


def _matrix(frame: str, names: list[str], *, size: int) -> Figure:
    filled = marks.frame("heatmap", frame, {"z": "{measure}"})
    filled["meta"]["exact"] = True
    # A share in common takes the upper half of the same scale: 0 and 1 mean what they do there.
    trace = marks.matrix(
        {**filled, "x": names, "y": names, "hoverongaps": False},
        AGREEMENT,
        (-1, 1),
        text="%{z:.2f}",
        hover="%{y} and %{x}: %{z:.3f}",
        size=size,
    )
    return {"data": [trace], "layout": matrix_layout(size)}


def agreement_table(config: ToyStudyConfig) -> TableView:
    """The rows for the chosen measure and the slider's place; all would be ten thousand."""
    variants = criterion_variants(config.criteria)
    titles = {each.name: each.title for each in variants}
    colours = {each.name: variant_colour(each) for each in variants}
    # All but the measure, which is chosen above.
    names = [name for name in AGREEMENT_TABLE.names if name != "measure"]
    return table_view(
        AGREEMENT_TABLE,
        names,
        titles={
            "dataset": {name: datasets[name].title for name in config.datasets},
            "case": CASES,
            "criterion_a": titles,
            "criterion_b": titles,
        },
        colours={"criterion_a": colours, "criterion_b": colours},
        description="By the measure chosen above, at the slider's number of samples.",
        places=["samples_a", "samples_b"],
        only_here=True,
        sort=names[:6],
        chosen={"measure": "measure"},
        # As many at every place, so that the table keeps its height while the slider moves.
        rows=100,
    )
