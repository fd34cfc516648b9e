"""The card with the form: the experiment, its fields, and what is said of them before they run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html

from frontend.components.attributes import attributes
from frontend.components.icons import icon
from frontend.components.schema_form import schema_form, shown_values
from pruning.experiments.base import ExperimentConfig, experiments


def form_card(
    experiment: str, values: Mapping[str, Any], marks: Mapping[str, str], alert: Any
) -> html.Div:
    """The form of an experiment with ``values``; ``marks`` are what is wrong, by field."""
    study = experiments[experiment]
    return html.Div(
        [
            html.Div(_experiment_choice(experiment), className="form-head"),
            html.P(study.description, id="experiment-description", className="quiet"),
            html.Div(form_fields(study.config, values, marks), id="fields"),
            html.Div(
                [html.Div(alert, id="form-alert"), _differs(), _run(), _estimate()],
                className="form-foot",
            ),
        ],
        id="form",
        className="card form",
    )


def form_fields(
    config: type[ExperimentConfig], values: Mapping[str, Any], marks: Mapping[str, str]
) -> list[Any]:
    """The controls, and what they show by default, for the page to go back to."""
    defaults = json.dumps(shown_values(config, {}))
    return [
        schema_form(config, values, marks),
        html.Div(hidden=True, **attributes(data_form_defaults=defaults)),
    ]


def _differs() -> html.Div:
    """How what was typed differs from what it could go back to; ``pages/form_basis.js`` says it."""
    return html.Div(
        [
            html.Span(role="status", **attributes(data_form_said="")),
            _back("form-to-run", "Take its settings"),
            _back("form-to-defaults", "Reset to defaults"),
        ],
        className="form-differs",
        hidden=True,
    )


def _back(action: str, title: str) -> html.Button:
    return html.Button(
        title, type="button", className="text-button", hidden=True, **attributes(data_action=action)
    )


def _run() -> dmc.Button:
    return dmc.Button(
        "Run",
        id="submit",
        fullWidth=True,
        size="md",
        leftSection=icon("play"),
        **attributes(data_testid="run"),
    )


def _estimate() -> html.P:
    return html.P(
        id="estimate",
        className="estimate",
        **attributes(aria_live="polite", data_testid="estimate"),
    )


def _experiment_choice(experiment: str) -> Any:
    """The experiments to choose from, that of the form among them; a heading of but one."""
    choices = [each for each in experiments if each.offered or each.name == experiment]
    several = len(choices) > 1
    select = dmc.Select(
        id="experiment",
        label="Experiment",
        data=[{"value": each.name, "label": each.title} for each in choices],
        value=experiment,
        allowDeselect=False,
        display=None if several else "none",
    )
    return [select] if several else [html.H2(experiments[experiment].title), select]
