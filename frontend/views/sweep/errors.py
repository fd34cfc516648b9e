"""Which mistakes a pruned network makes, for the chosen arm at the slider's place."""

from __future__ import annotations

from frontend.figures import marks
from frontend.figures.layouts import classes_layout, picture_layout
from frontend.figures.panels import Figure, Panel, Row, Section
from pruning.data.image_base import image_datasets
from pruning.experiments.sweep.config import SweepConfig

# How many tiles of images that flip stand beside each other.
TILES_ABREAST = 6
# Numbers in the cells of larger matrices could not be read.
_MOST_WRITTEN = 12
# Few mistakes have to be seen beside many right answers: the first shades come fast.
_SHADES = [
    (0.0, "rgba(74,99,216,0)"),
    (0.02, "rgba(74,99,216,0.12)"),
    (0.2, "rgba(74,99,216,0.35)"),
    (1.0, "rgba(74,99,216,0.8)"),
]


def confusion(config: SweepConfig) -> Section:
    """Confusion matrices before and after, side by side."""
    names = image_datasets[config.dataset].classes
    return Section(
        "confusion",
        [Row([_matrix("before", "Dense", names, at=0), _matrix("after", "Pruned", names)])],
        title="What is taken for what",
        description="Test images by their class, in rows, and by what the network takes them "
        "for, of the first seed. Colour: the share of the row.",
        shape="matrix",
        least=300,
        animated=True,
    )


def _matrix(name: str, title: str, names: tuple[str, ...], at: float | None = None) -> Panel:
    bind = {"z": {"share": "counts"}, "text": {"blank": "counts"}, "customdata": "counts"}
    trace = marks.matrix(
        {**marks.frame("heatmap", "confusion/{arm}", bind, at), "x": [*names], "y": [*names]},
        _SHADES,
        (0, 1),
        text="%{text}" if len(names) <= _MOST_WRITTEN else "",
        hover="%{y} taken for %{x}: %{customdata} (%{z:.1%})",
        size=9,
    )
    figure: Figure = {"data": [trace], "layout": classes_layout(names, "taken for", "is")}
    return Panel(name, title, figure, waiting="Comes with the first pruned network.")


def flips(config: SweepConfig) -> Section:
    """Test images that the dense network knows and the pruned one does not."""
    words = image_datasets[config.dataset].classes
    tile = {"tiles": "image", "of": "true", "abreast": TILES_ABREAST}
    told = {"named": ["true", "after"], "words": list(words)}
    bind = {"x": {**tile, "axis": "x"}, "y": {**tile, "axis": "y"}, "text": told, "hovertext": told}
    captions = {
        **marks.frame("scatter", "flips/{arm}", bind),
        "mode": "text",
        "textposition": "top center",
        "textfont": {"size": 12, "color": "#FFFFFF"},
        "hoverinfo": "text",
    }
    figure: Figure = {
        "data": [marks.picture("flips/{arm}", of="true", abreast=TILES_ABREAST), captions],
        "layout": picture_layout("flips/{arm}:image"),
    }
    waiting = "Comes with the first image that is not recognised any more."
    return Section(
        "flips",
        [Row([Panel("images", "Flips", figure, waiting=waiting)])],
        title="What is not recognised any more",
        description="Test images that flip from right to wrong, at most 24, of the first seed, "
        "and what each is → what the pruned network takes it for.",
        shape="mosaic",
    )
