"""What stands above the table of runs: what narrows it, and what can be done to chosen runs."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from backend.run_list import Wanted
from frontend.components.attributes import attributes
from frontend.components.icons import icon
from frontend.components.run_list import STATUS
from pruning.experiments.base import experiments


def toolbar(wanted: Wanted) -> html.Div:
    """The controls, set to what is wanted."""
    statuses = [
        dmc.Chip(title, value=name, size="xs", variant="outline")
        for name, title in STATUS.items()
        if not (wanted.bin and name in ("queued", "running"))
    ]
    filters = [
        dmc.TextInput(
            id="run-search",
            value=wanted.search,
            placeholder="Search titles, tags, datasets, criteria …",
            debounce=250,
            className="run-search",
            **attributes(aria_label="Search"),
        ),
        dmc.Select(
            id="run-experiment",
            value=wanted.experiment or None,
            data=[{"value": study.name, "label": study.title} for study in experiments],
            placeholder="Any experiment",
            clearable=True,
            className="run-experiment",
            **attributes(aria_label="Experiment"),
        ),
        html.Div(
            dmc.ChipGroup(statuses, id="run-status", multiple=True, value=list(wanted.status)),
            className="run-chips",
            role="group",
            **attributes(aria_label="Status"),
        ),
        dmc.Chip(
            "★ Starred",
            id="run-starred",
            checked=wanted.starred,
            size="xs",
            variant="outline",
            display="none" if wanted.bin else None,
        ),
    ]
    return html.Div(
        [html.Div(filters, className="run-filters"), _actions(wanted.bin)], className="run-toolbar"
    )


def _actions(binned: bool) -> html.Div:
    """What can be done to the runs that are chosen, and how many there are."""
    chosen: list[Any]
    if binned:
        chosen = [_action("restore-chosen", "Restore"), _action("remove-chosen", "Delete for good")]
        always = [_action("empty", "Empty the bin")]
    else:
        compare = dcc.Link("Compare", href="/compare", id="run-compare", className="button-link")
        chosen = [compare, _action("tag-chosen", "Tag"), _action("bin-chosen", "Delete", "bin")]
        always = []
    return html.Div(
        [
            html.Span(id="run-count", className="quiet", **attributes(data_testid="run-count")),
            html.Div(
                [html.Span(className="quiet chosen-count"), *chosen], id="run-chosen", hidden=True
            ),
            *always,
        ],
        className="run-actions",
    )


def _action(name: str, text: str, picture: str = "") -> html.Button:
    return html.Button(
        [icon(picture), text] if picture else text,
        type="button",
        className="button-link",
        **attributes(data_run_action=name),
    )
