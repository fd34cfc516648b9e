"""The datasets of points that there are, a card each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html

from backend.points import PointsDescription, ShownPoints
from frontend.components.attributes import attributes
from frontend.components.icons import icon
from frontend.components.points_picture import points_picture
from pruning.data.base import datasets
from pruning.experiments.toy.config import ToyConfig

_FORM = "toy"


def points_cards(points: Sequence[tuple[PointsDescription, ShownPoints | None]]) -> html.Div:
    """All of them beside each other."""
    return html.Div([_card(each, shown) for each, shown in points], className="points-cards")


def _card(dataset: PointsDescription, shown: ShownPoints | None) -> html.Article:
    picture = (
        html.Img(src=points_picture(shown), alt=f"Points of {dataset.title}")
        if shown
        else html.P("Its points cannot be read", className="quiet")
    )
    words = html.Div(
        [
            html.Div([html.H3(dataset.title), html.Code(dataset.name)], className="title"),
            html.P(dataset.description, className="quiet"),
            html.Ul([html.Li(fact) for fact in _facts(dataset)], className="settings"),
            html.Div(_actions(dataset), className="dataset-actions"),
        ],
        className="dataset-words",
    )
    return html.Article(
        [picture, words],
        className="card points-card",
        **attributes(data_testid=f"points-{dataset.name}"),
    )


def _facts(dataset: PointsDescription) -> list[str]:
    count = f"{sum(dataset.counts):,} fixed points" if dataset.counts else "drawn for every run"
    return [f"{len(dataset.classes)} classes", count]


def _settings(name: str) -> dict[str, str | int]:
    """What the form is filled in with: no more reference samples than there are points for."""
    most, usual = (
        datasets[name].most_references,
        ToyConfig.model_fields["reference_samples"].default,
    )
    fewer = {"reference_samples": most} if most is not None and most < usual else {}
    return {"experiment": _FORM, "dataset": name, **fewer}


def _actions(dataset: PointsDescription) -> list[Any]:
    use = dcc.Link(
        [icon("sliders"), "Use in a toy run"],
        href=f"/?{urlencode(_settings(dataset.name))}",
        className="button-link",
    )
    delete = html.Button(
        [icon("bin"), "Delete"],
        type="button",
        className="button-link",
        **attributes(
            data_points="remove", data_name=dataset.name, aria_label=f"Delete {dataset.title}"
        ),
    )
    return [use, delete] if dataset.origin == "own" else [use]
