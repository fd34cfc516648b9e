"""How a toy study looks: accuracy against sample counts, pictures, spread and agreement."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from frontend.figures import boundaries
from frontend.figures.colours import UNPRUNED, variant_colour
from frontend.figures.layouts import panel_layout
from frontend.figures.panels import Panel, Reading, Row, Section, Toggle
from frontend.figures.tables import TableView, table_view
from frontend.figures.view import Scrubber, View
from frontend.schemas import changed
from frontend.views.toy_study.accuracy import accuracy_chart, spread_chart
from frontend.views.toy_study.ranks import agreement, agreement_table
from pruning.data.base import datasets
from pruning.experiments.base import experiments
from pruning.experiments.facts import criterion_variants
from pruning.experiments.outputs import TableOutput, Variant
from pruning.experiments.toy_study.config import Scenario, ToyStudyConfig
from pruning.experiments.toy_study.outputs import ACCURACY_TABLE
from pruning.recipes.base import Published, recipe_of
from pruning.recipes.published import published_table

# The pictures are small, and there are many: more points than these would only cost time.
MOST_POINTS = 150
START = 10

# The network with all of its units.
_LEARNED = Variant(
    "unpruned",
    "train",
    "Unpruned",
    "The network with all of its units, and points that it was trained on.",
)
_SAMPLES = Variant(
    "unpruned",
    "reference",
    "Samples",
    "The network with all of its units, and the samples that the criteria look at.",
)

MakePanel = Callable[[str, Scenario], Panel]


def toy_study(config: ToyStudyConfig) -> View:
    """Charts over the sample counts; below the slider, what there is at one of them; tables."""
    recipe = recipe_of(experiments["toy_study"], config)
    published = recipe.published if recipe else None
    names = [datasets[name].title for name in config.datasets]
    titles = [each.title for each in criterion_variants(config.criteria)]
    said = {"datasets", "criteria", "reference_samples", "seeds", "test", "noise_sigma", "ranks"}
    return View(
        summary=f"{', '.join(names)} · {_size(config)}",
        details=" · ".join(filter(None, (", ".join(titles), changed(config, besides=said)))),
        parts=[
            _accuracy(config, published),
            _scrubber(config),
            _pictures(config),
            _spread(config),
            *([agreement(config)] if config.ranks else []),
            *([_published_table(config, published)] if published else []),
            _accuracy_table(config),
            *([agreement_table(config)] if config.ranks else []),
        ],
    )


def _size(config: ToyStudyConfig) -> str:
    """In a few words, how much is done."""
    counts = config.reference_samples
    said = [
        f"{counts[0]} to {counts[-1]} samples per class"
        if len(counts) > 1
        else _samples(counts[0]),
        f"{config.seeds} seeds" if config.seeds > 1 else "1 seed",
        f"tested with noise {config.noise_sigma:g}" if config.test == "noisy" else "",
        "rank analysis" if config.ranks else "",
    ]
    return " · ".join(filter(None, said))


def _samples(count: int) -> str:
    return f"{count} sample{'' if count == 1 else 's'} per class"


def _scenarios(config: ToyStudyConfig) -> dict[Scenario, str]:
    return {
        "train": "training set",
        "test": "noisy test" if config.test == "noisy" else "reference samples",
    }


def _by_dataset(config: ToyStudyConfig, make: MakePanel) -> list[Row]:
    """A row for each dataset, with a panel for each set that is tested on."""
    return [
        Row([make(name, scenario) for scenario in _scenarios(config)], datasets[name].title)
        for name in config.datasets
    ]


def _accuracy(config: ToyStudyConfig, published: Published | None) -> Section:
    scenarios = _scenarios(config)

    def chart(dataset: str, scenario: Scenario) -> Panel:
        figure = accuracy_chart(config, dataset, scenario, published)
        return Panel(f"{dataset}-{scenario}", f"On the {scenarios[scenario]}", figure)

    toggles = [*_toggles(config), Toggle("unpruned", "Unpruned", UNPRUNED)]
    told = ""
    if published:
        toggles.append(Toggle("published", published.origin, "currentColor", "ring"))
        told = f" Hollow marks and their bars: as {published.origin.lower()}."
    return Section(
        "accuracy",
        _by_dataset(config, chart),
        title="Accuracy after pruning",
        description="Against reference samples per class: mean over the seeds, ± 1 standard "
        f"deviation.{told}",
        shape="small",
        least=240,
        abreast=True,
        toggles=toggles,
    )


def _toggles(config: ToyStudyConfig) -> list[Toggle]:
    variants = criterion_variants(config.criteria)
    return [Toggle(each.name, each.title, variant_colour(each)) for each in variants]


def _scrubber(config: ToyStudyConfig) -> Scrubber:
    counts = config.reference_samples
    return Scrubber(
        title="Reference samples per class",
        places=[float(count) for count in counts],
        labels=[_samples(count) for count in counts],
        marks=[str(count) for count in counts],
        start=float(START if START in counts else counts[len(counts) // 2]),
        even=True,
    )


def _pictures(config: ToyStudyConfig) -> Section:
    classes = boundaries.common(datasets[name].labels for name in config.datasets)
    return Section(
        "picture",
        [Row(_row(name, config), datasets[name].title) for name in config.datasets],
        title="What is left of the boundary",
        description="The pictures are of the first seed, the numbers of all seeds: accuracy on "
        "the training set.",
        least=96,
        keys=boundaries.keys(classes),
    )


def _row(dataset: str, config: ToyStudyConfig) -> list[Panel]:
    """The unpruned network with the points it learned and with the samples; the pruned ones."""
    return [
        _picture(dataset, _LEARNED, ringed=False),
        _picture(dataset, _SAMPLES, ringed=True),
        *(_picture(dataset, each, ringed=True) for each in criterion_variants(config.criteria)),
    ]


def _picture(dataset: str, variant: Variant, *, ringed: bool) -> Panel:
    scope, classes = f"{dataset}/", datasets[dataset].labels
    is_whole = variant.kind == "unpruned"
    network = "unpruned" if is_whole else variant.name
    region = boundaries.region(network, classes, scope)
    if ringed:
        points = boundaries.reference_points(network, classes, size=5, scope=scope)
    else:
        points = boundaries.train_points(classes, size=3, scope=scope)
    points["meta"]["most"] = MOST_POINTS
    for trace in (region, points):
        trace["meta"]["exact"] = True
    labels = {"scenario": "train", "statistic": "mean"}
    name = f"accuracy/{dataset}/{network}"
    reading = Reading("", name, labels, exact=True, long_title="mean train accuracy")
    return Panel(
        f"{dataset}-{variant.name}",
        variant.title,
        {"data": [region, points], "layout": panel_layout(f"{scope}grid")},
        description=variant.description,
        colour=None if is_whole else variant_colour(variant),
        readings=[] if variant is _SAMPLES else [reading],
        ringed=ringed,
    )


def _spread(config: ToyStudyConfig) -> Section:
    scenarios = _scenarios(config)

    def chart(dataset: str, scenario: Scenario) -> Panel:
        figure = spread_chart(config, dataset, scenario)
        return Panel(f"{dataset}-{scenario}", f"On the {scenarios[scenario]}", figure)

    return Section(
        "spread",
        _by_dataset(config, chart),
        title="Spread over the seeds",
        description="Accuracy at the slider's number of samples: median, quartiles, and each "
        "seed beyond 1.5 times the box.",
        shape="small",
        least=240,
        abreast=True,
        toggles=_toggles(config),
    )


def _table(
    table: TableOutput, config: ToyStudyConfig, names: Sequence[str], rows: int
) -> TableView:
    variants = criterion_variants(config.criteria)
    return table_view(
        table,
        ["dataset", "criterion", "reference_samples", "scenario", *names],
        titles={
            "dataset": {name: datasets[name].title for name in config.datasets},
            "criterion": {each.name: each.title for each in variants},
            "scenario": {name: title.capitalize() for name, title in _scenarios(config).items()},
        },
        colours={"criterion": {each.name: variant_colour(each) for each in variants}},
        places=["reference_samples"],
        sort=["dataset", "scenario", "criterion", "reference_samples"],
        rows=rows,
    )


def _published_table(config: ToyStudyConfig, published: Published) -> TableView:
    names = ["published_mean", "mean", "difference", "published_sd", "sd"]
    table = published_table(experiments["toy_study"], published)
    return _table(table, config, names, len(published.rows))


def _accuracy_table(config: ToyStudyConfig) -> TableView:
    names = ["mean", "sd", "minimum", "maximum", "unpruned_mean", "seeds"]
    lines = len(config.datasets) * len(_scenarios(config)) * len(config.criteria)
    return _table(ACCURACY_TABLE, config, names, lines * len(config.reference_samples))
