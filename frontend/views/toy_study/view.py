"""How a toy study looks: accuracy against sample counts, pictures, spread and agreement."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from frontend.figures import boundaries
from frontend.figures.colours import UNPRUNED, criterion_colour
from frontend.figures.layouts import panel_layout
from frontend.figures.view import (
    Column,
    Panel,
    Reading,
    Row,
    Scrubber,
    Section,
    TableView,
    Toggle,
    View,
    changed,
)
from frontend.naming import origin
from frontend.views.toy_study.accuracy import accuracy_chart, spread_chart
from frontend.views.toy_study.ranks import agreement, agreement_table
from pruning.criteria.base import criteria
from pruning.data.base import datasets
from pruning.experiments.base import experiments
from pruning.experiments.toy_study.config import ToyStudyConfig
from pruning.recipes.base import Published, recipe_of

# The pictures are small, and there are many: more points than these would only cost time.
MOST_POINTS = 150
START = 10

MakePanel = Callable[[str, str], Panel]


def toy_study(config: ToyStudyConfig) -> View:
    """Charts over the sample counts; below the slider, what there is at one of them; tables."""
    recipe = recipe_of(experiments["toy_study"], config)
    published = recipe.published if recipe else None
    names = [datasets[name].title for name in config.datasets]
    titles = [criteria[name].title for name in config.criteria]
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


def _scenarios(config: ToyStudyConfig) -> dict[str, str]:
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

    def chart(dataset: str, scenario: str) -> Panel:
        figure = accuracy_chart(config, dataset, scenario, published)
        return Panel(f"{dataset}-{scenario}", f"On the {scenarios[scenario]}", figure)

    toggles = [Toggle(n, criteria[n].title, criterion_colour(n)) for n in config.criteria]
    toggles.append(Toggle("unpruned", "Unpruned", UNPRUNED))
    told = ""
    if published:
        toggles.append(Toggle("published", origin(published), "currentColor", "ring"))
        told = f" Hollow marks and their bars: as {origin(published).lower()}."
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
    classes = max(datasets[name].classes for name in config.datasets)
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
        _picture(dataset, "train", "Unpruned", ringed=False),
        _picture(dataset, "reference", "Samples", ringed=True),
        *(
            _picture(dataset, name, criteria[name].title, ringed=True, criterion=name)
            for name in config.criteria
        ),
    ]


def _picture(
    dataset: str, name: str, title: str, *, ringed: bool, criterion: str | None = None
) -> Panel:
    scope, classes = f"{dataset}/", datasets[dataset].classes
    network = criterion or "unpruned"
    region = boundaries.region(network, classes, scope)
    if ringed:
        points = boundaries.reference_points(network, classes, size=5, scope=scope)
    else:
        points = boundaries.train_points(classes, size=3, scope=scope)
    points["meta"]["most"] = MOST_POINTS
    for trace in (region, points):
        trace["meta"]["exact"] = True
    labels = {"scenario": "train", "statistic": "mean"}
    reading = Reading("", f"accuracy/{dataset}/{network}", labels, exact=True)
    return Panel(
        f"{dataset}-{name}",
        title,
        {"data": [region, points], "layout": panel_layout(f"{scope}grid")},
        description=_description(name, criterion),
        colour=criterion_colour(criterion) if criterion else None,
        readings=[] if name == "reference" else [reading],
        ringed=ringed,
    )


def _description(name: str, criterion: str | None) -> str:
    if criterion:
        return criteria[criterion].description
    if name == "train":
        return "The network with all of its units, and points that it was trained on."
    return "The network with all of its units, and the samples that the criteria look at."


def _spread(config: ToyStudyConfig) -> Section:
    scenarios = _scenarios(config)

    def chart(dataset: str, scenario: str) -> Panel:
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
        toggles=[Toggle(n, criteria[n].title, criterion_colour(n)) for n in config.criteria],
    )


def key_columns(config: ToyStudyConfig) -> list[Column]:
    """The columns that say what a row of accuracies is of."""
    return [
        Column("dataset", "Dataset", titles={n: datasets[n].title for n in config.datasets}),
        Column(
            "criterion",
            "Criterion",
            titles={name: criteria[name].title for name in config.criteria},
            colours={name: criterion_colour(name) for name in config.criteria},
        ),
        Column("reference_samples", "Samples", "integer"),
        Column(
            "scenario",
            "Tested on",
            titles={name: title.capitalize() for name, title in _scenarios(config).items()},
        ),
    ]


def _table(
    name: str,
    title: str,
    config: ToyStudyConfig,
    columns: Sequence[Column],
    description: str,
    rows: int,
) -> TableView:
    return TableView(
        name,
        title,
        columns=[*key_columns(config), *columns],
        description=description,
        places=["reference_samples"],
        sort=["dataset", "scenario", "criterion", "reference_samples"],
        rows=rows,
    )


def _published_table(config: ToyStudyConfig, published: Published) -> TableView:
    columns = [
        Column("published_mean", origin(published), "percent"),
        Column("mean", "Here", "percent"),
        Column("difference", "Difference", "points"),
        Column("published_sd", f"{origin(published)}, sd", "percent"),
        Column("sd", "Sd here", "percent"),
    ]
    source = f"{published.source[0].upper()}{published.source[1:]}."
    title = f"{origin(published)} beside reproduced here"
    return _table("published", title, config, columns, source, len(published.rows))


def _accuracy_table(config: ToyStudyConfig) -> TableView:
    columns = [
        Column("mean", "Mean", "percent"),
        Column("sd", "Sd", "percent"),
        Column("minimum", "Lowest", "percent"),
        Column("maximum", "Highest", "percent"),
        Column("unpruned_mean", "Unpruned", "percent"),
        Column("seeds", "Seeds", "integer"),
    ]
    lines = len(config.datasets) * len(_scenarios(config)) * len(config.criteria)
    rows = lines * len(config.reference_samples)
    return _table("accuracy", "Accuracy", config, columns, "", rows)
