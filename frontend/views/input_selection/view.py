"""How an input selection looks: training, the trade-off, the mask and what it leaves of images."""

from __future__ import annotations

from frontend.figures.chooser import Chooser
from frontend.figures.tables import TableView, table_view
from frontend.figures.view import Downloads, Scrubber, View
from frontend.schemas import changed
from frontend.views.input_selection import kinds
from frontend.views.input_selection.epochs import epochs
from frontend.views.input_selection.pictures import dynamic, mask
from frontend.views.input_selection.trade_off import saved, trade_off
from frontend.views.input_selection.versions import versions
from pruning.data.image_base import image_datasets
from pruning.experiments.base import experiments
from pruning.experiments.input_selection.config import KINDS, InputSelectionConfig
from pruning.experiments.input_selection.outputs import BEST, EPOCHS, ORDER, SUMMARY
from pruning.experiments.input_selection.pictured import pictured_epochs
from pruning.models.base import models
from pruning.recipes.base import Published, recipe_of
from pruning.recipes.published import published_table


def input_selection(config: InputSelectionConfig) -> View:
    """From the training to what can be taken away."""
    recipe = recipe_of(experiments["input_selection"], config)
    published = recipe.published if recipe else None
    titles = [KINDS[kind].lower() for kind in config.kinds]
    return View(
        summary=f"{image_datasets[config.dataset].title} · {models[config.model].title} · "
        f"{', '.join(titles)} mask{'s' if len(titles) > 1 else ''}",
        details=changed(config, besides={"dataset", "model", "kinds"}),
        subject=image_datasets[config.dataset].title,
        parts=[
            trade_off(config, published),
            _scrubber(config),
            mask(config),
            *([dynamic(config)] if "dynamic" in config.kinds else []),
            epochs(config),
            *versions(config),
            saved(config),
            *([_published_table(config, published)] if published else []),
            _table("order", config),
            _table("summary", config),
            _table("best", config),
            _table("epochs", config),
            Downloads(
                "Take away",
                "Masks and networks, the best of every interval of Q, as they are made.",
                "Nothing yet: files come with the end of the first training.",
            ),
        ],
    )


def _scrubber(config: InputSelectionConfig) -> Scrubber:
    places = [float(epoch) for epoch in pictured_epochs(config.epochs)]
    return Scrubber(
        title="Epoch",
        places=places,
        labels=[f"Epoch {place:g}" for place in places],
        marks=[f"{place:g}" for place in places],
        start=places[-1],
        choosers=[Chooser("kind", "Mask", {kind: KINDS[kind] for kind in config.kinds})],
    )


_TABLES = {"order": ORDER, "summary": SUMMARY, "best": BEST, "epochs": EPOCHS}


def _table(name: str, config: InputSelectionConfig) -> TableView:
    table = _TABLES[name]
    return table_view(
        table,
        titles=kinds.titles(),
        colours=kinds.colours(config),
        places=["epoch"] if name == "epochs" else [],
        sort=list(table.key),
        chosen={"kind": "kind"} if name in ("epochs", "best") else {},
        rows=len(config.kinds) * (2 if name == "order" else 15),
    )


def _published_table(config: InputSelectionConfig, published: Published) -> TableView:
    table = published_table(experiments["input_selection"], published)
    return table_view(
        table,
        titles=kinds.titles(),
        colours=kinds.colours(config),
        sort=list(published.key),
        rows=len(published.rows),
    )
