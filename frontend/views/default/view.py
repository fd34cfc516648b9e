"""The page of a run of an experiment without a view of its own."""

from __future__ import annotations

from collections.abc import Mapping

from frontend.figures.colours import variant_colour
from frontend.figures.tables import TableView, table_view
from frontend.figures.view import Downloads, Part, View
from frontend.schemas import changed
from frontend.views.default.charts import charts
from frontend.views.default.filling import Filling
from frontend.views.default.frames import along_of, pictures, slider
from pruning.experiments.base import Experiment, ExperimentConfig
from pruning.experiments.outputs import Facts, TableOutput


def declared_view(study: Experiment, config: ExperimentConfig) -> View:
    """Curves, then the slider with what it moves, tables and files."""
    filling = Filling(study, config)
    scrubber = slider(filling)
    parts: list[Part] = [
        *charts(filling),
        *([scrubber] if scrubber else []),
        *pictures(filling),
        *(_table(each, filling) for each in study.outputs.tables),
        Downloads("Files", "What the run gives away.", "No files so far."),
    ]
    facts = study.facts(config)
    details = changed(config, besides=set())
    return View(_summary(facts), details, parts, subject=facts.dataset)


def _summary(facts: Facts) -> str:
    """What a run is of."""
    what = f"{facts.model} on {facts.dataset}" if facts.model and facts.dataset else ""
    titles = ", ".join(each.title for each in facts.variants)
    return " · ".join(filter(None, (what or facts.model or facts.dataset, titles)))


def _table(table: TableOutput, filling: Filling) -> TableView:
    along = along_of(filling)
    titles: dict[str, Mapping[str, str]] = {}
    colours: dict[str, Mapping[str, str]] = {}
    for column in table.names:
        titles[column], variants = filling.titles(column)
        colours[column] = {name: variant_colour(each) for name, each in variants.items()}
    places = [along.name] if along and along.name in table.names else []
    return table_view(table, titles=titles, colours=colours, places=places)
