"""How a run of MINT looks: the scores, the cutoff, and what is left without what goes."""

from __future__ import annotations

from collections.abc import Sequence

from frontend.figures.chooser import Chooser
from frontend.figures.tables import TableView, table_view
from frontend.figures.view import Downloads, Highest, Scrubber, View
from frontend.schemas import changed
from frontend.views.mint import variants
from frontend.views.mint.scores import scores
from frontend.views.mint.trade_off import trade_off
from pruning.data.image_base import image_datasets
from pruning.events import Cell
from pruning.experiments.base import experiments
from pruning.experiments.mint.config import MintConfig
from pruning.experiments.mint.fields import VARIANTS
from pruning.experiments.mint.outputs import (
    ACCURACY_TABLE,
    BY_GROUPS,
    BY_SAMPLES,
    PAIRS,
    SIGNAL,
    SUMMARY,
)
from pruning.experiments.outputs import TableOutput
from pruning.models.base import models
from pruning.recipes.base import Published, recipe_of
from pruning.recipes.published import published_table

# The quartiles of the speed-up, which tell whether it is one, are in the CSV.
_SHOWN = [name for name in ACCURACY_TABLE.names if not name.endswith(("_q1", "_q3"))]


def mint(config: MintConfig) -> View:
    """From the scores to the tables."""
    recipe = recipe_of(experiments["mint"], config)
    published = recipe.published if recipe else None
    networks = len(config.variants) * len(config.seeds) * (len(config.percentages) + 1)
    return View(
        summary=f"{image_datasets[config.dataset].title} · {models[config.model].title} · "
        f"{', '.join(VARIANTS[each] for each in config.variants)}",
        details=changed(config, besides={"dataset", "model", "variants"}),
        subject=image_datasets[config.dataset].title,
        parts=[
            trade_off(config, published),
            _cutoff(config),
            scores(config),
            *([_published(config, published)] if published else []),
            _table(SIGNAL, config, rows=3),
            _table(SUMMARY, config, rows=networks // len(config.seeds)),
            *([_table(BY_GROUPS, config, rows=8)] if config.other_groups else []),
            *([_table(BY_SAMPLES, config, rows=8)] if config.other_samples else []),
            _table(PAIRS, config, rows=networks),
            _table(ACCURACY_TABLE, config, rows=networks, names=_SHOWN),
            _take_away(config),
        ],
    )


def _take_away(config: MintConfig) -> Downloads:
    """The files, and by which images the network among them was chosen."""
    images, apart = (
        ("validation", "The main result in the list of runs is chosen on the test images.")
        if config.validation
        else ("test", "None are held out, so that its test accuracy is the best of several.")
    )
    return Downloads(
        "Take away",
        "Of each variant the masks, and of the first seed's networks that lose at most one point "
        f"of accuracy on the {images} images the one with most removed, where there is one. "
        f"{apart}",
        "Nothing yet: files come once a variant has come to all percentages.",
    )


def _cutoff(config: MintConfig) -> Scrubber:
    """Any score; closer together where scores lie: few are above 0.1, fewer above 0.3."""
    places = [
        *(place / 4000 for place in range(400)),
        *(place / 1000 for place in range(100, 300)),
        *((600 + 7 * place) / 2000 for place in range(201)),
    ]
    return Scrubber(
        title="Cutoff",
        places=places,
        labels=[f"Cutoff {place:.4g}" for place in places],
        marks=[f"{place:g}" for place in places],
        start=0.03,
        even=True,
        choosers=[Chooser("layer", "Layer", source=("signal", "layer"))],
        reached=_least_cutoff(config),
    )


def _least_cutoff(config: MintConfig) -> Highest:
    """The cutoff of the lowest percentage, of layers that no limit held back."""
    where: dict[str, Cell] = {
        "variant": "mint",
        "pruned_percent_asked": config.percentages[0],
        "seed": config.seeds[0],
    }
    return Highest(PAIRS.name, "cutoff", where)


def _table(
    table: TableOutput, config: MintConfig, rows: int, names: Sequence[str] = ()
) -> TableView:
    return table_view(
        table,
        names,
        titles=variants.titles(),
        colours=variants.colours(config),
        sort=list(table.key),
        rows=rows,
    )


def _published(config: MintConfig, published: Published) -> TableView:
    return table_view(
        published_table(experiments["mint"], published),
        titles=variants.titles(),
        colours=variants.colours(config),
        sort=list(published.key),
        rows=len(published.rows),
    )
