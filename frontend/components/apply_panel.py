"""Applying the masks of a run to images of one's own; seen once the run is done."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import html

from backend.applied_masks import MOST_BYTES, MOST_IMAGES
from backend.run_model import Run
from frontend.components.attributes import attributes
from frontend.components.icons import icon
from pruning.data.limits import SIDE
from pruning.data.pictures import SUFFIXES
from pruning.experiments.input_selection.config import KINDS, Kind


def apply_panel(run: Run) -> html.Section | None:
    """The form, which ``assets/pages/apply_mask.js`` sends; none for runs without masks."""
    kinds = run.config.get("kinds")
    if run.experiment != "input_selection" or not kinds:
        return None
    words = [
        html.H2("Apply to images"),
        html.P(
            f"Choose or drop up to {MOST_IMAGES} images, PNG, JPEG or BMP of {SIDE}×{SIDE} pixels "
            "at most. They are made as large as those that the mask was learned on. You see what "
            "is sent of each, what it is taken for, and how many bytes are saved. The limit on Q "
            "is that of the mean over the run's test images: some images take more.",
            className="quiet",
        ),
        html.P(className="chosen-images", role="status"),
    ]
    return html.Section(
        [
            html.Div(words, className="apply-words"),
            html.Div([_choose(), _kind(kinds), _limit(), _send()], className="apply-settings"),
            html.P(className="apply-error", role="alert", hidden=True),
        ],
        className="card apply",
        **attributes(
            aria_label="Apply to images",
            data_testid="apply",
            data_apply=run.id,
            data_most=str(MOST_BYTES),
            data_accept=",".join(SUFFIXES),
        ),
    )


def _kind(kinds: list[Kind]) -> html.Label:
    options = [html.Option(KINDS.get(kind, kind), value=kind) for kind in kinds]
    select = html.Select(options, className="chooser", **attributes(data_apply_field="kind"))
    return html.Label(["Mask", select], className="quiet")


def _limit() -> html.Label:
    field = dmc.TextInput(
        placeholder="any",
        size="xs",
        attributes={"input": {"inputMode": "decimal", "data-apply-field": "at"}},
    )
    return html.Label(["At most Q, from 0 to 1", field], className="quiet")


def _choose() -> html.Button:
    return html.Button(
        [icon("upload"), "Choose images"],
        type="button",
        className="button-link",
        **attributes(data_action="choose-images"),
    )


def _send() -> dmc.Button:
    return dmc.Button(
        "Apply", size="compact-sm", leftSection=icon("play"), **attributes(data_action="apply-mask")
    )
