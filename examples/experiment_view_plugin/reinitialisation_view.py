"""How runs of reinitialised layers look: drawings side by side, and the loss against layers."""

from __future__ import annotations

from reinitialisation.config import ORDERS, ReinitialisationConfig
from reinitialisation.outputs import CURVE, FRESH, LOSS, TABLE, facts

from frontend.figures import marks
from frontend.figures.colours import variant_colour, variant_symbol
from frontend.figures.layouts import marked_layout, picture_layout
from frontend.figures.panels import Panel, Reading, Row, Section, Toggle
from frontend.figures.tables import table_view
from frontend.figures.view import Scrubber, View
from frontend.schemas import changed
from frontend.views.base import Face, faces
from frontend.views.comparable import Comparable, Curve
from frontend.views.prose import Sentences, cite, counted, listed
from pruning.experiments.outputs import Variant

_HOVER = "%{y:.3f}"


def view(config: ReinitialisationConfig) -> View:
    """The pattern and a drawing per order; the slider; the loss; the table."""
    orders = facts(config).variants
    target = Panel("target", "The pattern", _drawing("target"), "What the network learns to draw.")
    titles = {each.name: each.title for each in orders}
    return View(
        summary=f"{config.pattern.capitalize()} · {counted(config.layers, 'layer')}",
        details=changed(config, besides={"pattern", "layers"}),
        parts=[
            Section(
                "drawings",
                [Row([target, *map(_panel, orders)])],
                title="What is left of the drawing",
                shape="picture",
                animated=True,
            ),
            _scrubber(config),
            _losses(orders, config.layers),
            table_view(TABLE, titles={"order": titles}, places=["layers"]),
        ],
    )


def _drawing(frame: str) -> dict:
    data = [marks.picture(frame, "drawing")]
    return {"data": data, "layout": picture_layout(f"{frame}:drawing")}


def _panel(order: Variant) -> Panel:
    reading = Reading("loss", f"loss/{order.name}", {"statistic": "mean"}, format=LOSS.format)
    return Panel(
        order.name,
        order.title,
        _drawing(f"drawing/{order.name}"),
        order.description,
        variant_colour(order),
        [reading],
        waiting="Comes once the network has learnt.",
    )


def _scrubber(config: ReinitialisationConfig) -> Scrubber:
    places = [float(count) for count in range(config.layers + 1)]
    return Scrubber(
        title="Fresh layers",
        places=places,
        labels=[f"{counted(int(place), 'fresh layer')} of {config.layers}" for place in places],
        marks=[f"{place:.0f}" for place in places],
        start=1.0,
        even=True,
    )


def _losses(orders: tuple[Variant, ...], layers: int) -> Section:
    bands = [trace for order in orders for trace in _band(order)]
    held = [{"series": f"loss/{order.name}"} for order in orders]
    layout = marked_layout(
        {"title": FRESH.title, "dtick": 1},
        {"title": LOSS.title},
        {"x": [-0.1, layers + 0.1], "y": {"hold": held, "least": [0], "room": 0.04}},
    )
    figure = {"data": [*bands, *map(_mean, orders)], "layout": layout}
    return Section(
        "losses",
        [Row([Panel("loss", CURVE.title, figure)])],
        title=CURVE.title,
        description="Mean over the seeds, ± 1 standard deviation.",
        shape="wide",
        toggles=[Toggle(each.name, each.title, variant_colour(each)) for each in orders],
    )


def _bound(order: Variant, statistic: str) -> marks.Trace:
    filled = marks.series(f"loss/{order.name}", {"statistic": statistic})
    return {**filled, "legendgroup": order.name}


def _band(order: Variant) -> list[marks.Trace]:
    edges = [_bound(order, edge) for edge in ("lower", "upper")]
    return marks.band(edges, variant_colour(order), 0.15)


def _mean(order: Variant) -> marks.Trace:
    look = variant_colour(order), variant_symbol(order)
    return marks.mean(_bound(order, "mean"), order.title, *look, hover=_HOVER)


def comparable(config: ReinitialisationConfig) -> Comparable:
    """The loss against fresh layers, over that of other runs."""
    curves = [
        Curve(
            f"loss/{order.name}",
            axes=(FRESH,),
            measures=(LOSS,),
            variant=order,
            labels={"statistic": "mean"},
            band=True,
        )
        for order in facts(config).variants
    ]
    return Comparable(curves, places={FRESH.name: [float(n) for n in range(config.layers + 1)]})


def methods(config: ReinitialisationConfig) -> Sentences:
    """The sentences of a run, by what they are about."""
    orders = listed(ORDERS[name][0].lower() for name in config.orders)
    return {
        "network": f"A network of {config.layers} layers of {config.width} units learned to draw "
        f"{config.pattern} from coordinates in {config.steps:,} steps of Adam.",
        "fresh": f"Then ever more of its layers ({orders}) were given fresh random "
        f"weights{cite('zhang2022')}, and the mean squared error of the drawing was measured.",
        "seeds": f"This was done with {counted(len(config.seeds), 'seed')}.",
    }


faces.add(
    Face(
        "reinitialisation",
        view=view,
        comparable=comparable,
        methods=methods,
        headline="See which layers matter",
        invitation="Press Run: a small network learns to draw, then its layers get fresh weights, "
        "and the drawing dissolves.",
        called="a run with fresh layers",
        main_result="how many times the loss grows with one fresh layer, where it grows most",
    ),
    __name__,
)
