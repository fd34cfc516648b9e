"""The datasets of images and of points: what there is, and bringing one's own."""

from __future__ import annotations

import asyncio
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc, html
from dash.exceptions import PreventUpdate

from backend.datasets import DatasetDescription
from backend.points import PointsDescription, ShownPoints
from backend.problems import Problem
from backend.services import Services
from frontend.callbacks import answers, in_browser
from frontend.components.attributes import attributes
from frontend.components.icons import icon
from frontend.components.importances import importances_list
from frontend.components.points_list import points_cards
from frontend.components.points_tool import points_tool
from pruning.data.archives import SUFFIXES
from pruning.data.limits import LEAST_SIDE, SIDE
from pruning.experiments.base import experiments

_CLASSES_SHOWN = 12
_FORM = "sweep"
Pictured = tuple[PointsDescription, ShownPoints | None]


async def listing(services: Services) -> html.Div:
    """The page; ``assets/pages/datasets.js`` uploads, and has the lists made anew after that."""
    return html.Div(
        [
            html.Div(html.H1("Datasets"), className="page-head"),
            html.P(
                "Images and points to train and prune networks on. What you bring appears in every "
                "form, in the API and on the command line.",
                className="quiet lead",
            ),
            _importer(services.datasets.upload_bytes),
            points_tool(),
            html.Div(await _lists(services), id="dataset-lists"),
            html.Button(id="datasets-changed", hidden=True),
        ],
        className="narrow datasets",
    )


def _importer(upload_bytes: int) -> html.Section:
    choose = dmc.Button(
        "Choose a file",
        leftSection=icon("upload"),
        **attributes(data_dataset="choose", data_testid="choose-dataset"),
    )
    name = dmc.TextInput(id="dataset-name", label="Name", placeholder="made of the file’s name")
    side = dmc.NumberInput(
        id="dataset-side",
        label="Side, in pixels",
        placeholder="as they are",
        min=LEAST_SIDE,
        max=SIDE,
        allowDecimal=False,
    )
    bar = html.Div(
        html.Div(),
        className="bar",
        role="progressbar",
        **attributes(aria_label="Import", aria_valuemin="0", aria_valuemax="100"),
    )
    return html.Section(
        [
            html.Div([html.H2("Images of your own"), *_formats()], className="importer-words"),
            html.Div([name, side, choose], className="importer-actions"),
            html.Div(
                [bar, html.P(className="message", role="status")], className="importer-progress"
            ),
            html.P(className="importer-error", role="alert", hidden=True),
        ],
        id="importer",
        className="card importer",
        **attributes(data_most=str(upload_bytes), data_accept=",".join(SUFFIXES)),
    )


def _formats() -> list[html.P]:
    return [
        html.P(
            [
                "Drop a ",
                html.Strong(".zip or .tar (.gz, .xz)"),
                " with ",
                html.Code("train/CLASS/*.png"),
                " and ",
                html.Code("test/CLASS/*.png"),
                " (or ",
                html.Code("val"),
                "), or ",
                html.Code("CLASS/*.png"),
                " alone, here; PNG, JPEG or BMP, all of one size, or with a side to which they are "
                "scaled and cropped. Without ",
                html.Code("test"),
                " a fifth is held out; what is transparent lies on white.",
            ],
            className="quiet",
        ),
        html.P(
            [
                "Or an ",
                html.Strong(".npz"),
                " of ",
                html.Code("x_train, y_train, x_test, y_test"),
                ": whole numbers from 0 to 255, or floats from 0 to 1; classes as numbers, names "
                "or one-hot.",
            ],
            className="quiet",
        ),
    ]


async def _lists(services: Services) -> list[Any]:
    found, waiting, importances, points = await asyncio.gather(
        asyncio.to_thread(services.datasets.everything),
        asyncio.to_thread(services.datasets.waiting),
        asyncio.to_thread(services.importances.everything),
        asyncio.to_thread(_with_pictures, services),
    )
    own = [_card(each) for each in found if each.origin == "own"]
    built_in = [_card(each) for each in found if each.origin == "built-in"]
    return [
        *(_waiting(waiting, str(services.datasets.placed_folder)) if waiting else []),
        *([html.H2("Your own images"), *own] if own else []),
        *_points("Your own points", points, "own"),
        html.H2("Images"),
        *built_in,
        *_points("Points", points, "built-in"),
        *importances_list(importances),
    ]


def _with_pictures(services: Services) -> list[Pictured]:
    return [(each, _shown(services, each.name)) for each in services.points.everything()]


def _shown(services: Services, name: str) -> ShownPoints | None:
    """What there is to draw; nothing where files are damaged, or gone since they were listed."""
    try:
        return services.points.shown(name)
    except Problem:
        return None


def _points(title: str, points: list[Pictured], origin: str) -> list[Any]:
    found = [(each, shown) for each, shown in points if each.origin == origin]
    return [html.H2(title), points_cards(found)] if found else []


def _waiting(files: list[str], folder: str) -> list[Any]:
    lines = [html.Li([html.Strong(file), _import_button(file)]) for file in files]
    return [
        html.H2("Waiting"),
        html.P(["Found in ", html.Code(folder)], className="quiet"),
        html.Ul(lines, className="file-lines", **attributes(data_testid="waiting")),
    ]


def _import_button(file: str) -> html.Button:
    return html.Button(
        "Import",
        type="button",
        className="button-link",
        **attributes(data_dataset="placed", data_file=file, aria_label=f"Import {file}"),
    )


def _card(dataset: DatasetDescription) -> html.Article:
    return html.Article(
        [
            _picture(dataset),
            html.Div(
                [
                    html.Div([html.H3(dataset.title), html.Code(dataset.name)], className="title"),
                    html.P(dataset.description, className="quiet"),
                    html.Ul([html.Li(fact) for fact in _facts(dataset)], className="settings"),
                    html.P(_classes(dataset.classes), className="quiet"),
                    *_notes(dataset),
                    html.Div(_actions(dataset), className="dataset-actions"),
                ],
                className="dataset-words",
            ),
        ],
        className="card dataset",
        **attributes(data_testid=f"dataset-{dataset.name}"),
    )


def _picture(dataset: DatasetDescription) -> html.Div:
    shown = (
        html.Img(src=f"/api/datasets/{dataset.name}/picture.png", alt=f"Images of {dataset.title}")
        if dataset.at_hand
        else html.P("Downloaded when it is first used", className="quiet")
    )
    return html.Div(shown, className="dataset-picture")


def _facts(dataset: DatasetDescription) -> list[str]:
    channels, height, width = dataset.shape
    counts = ((dataset.train_images, "training"), (dataset.test_images, "test"))
    return [
        f"{width}×{height} {'grey' if channels == 1 else 'in colour'}",
        f"{len(dataset.classes)} classes",
        *(f"{count:,} {what} images" for count, what in counts if count is not None),
    ]


def _classes(classes: list[str]) -> str:
    more = len(classes) - _CLASSES_SHOWN
    return ", ".join(classes[:_CLASSES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _notes(dataset: DatasetDescription) -> list[html.Ul]:
    """What was left out or changed when it was imported."""
    items = [html.Li(note) for note in dataset.notes]
    return [html.Ul(items, className="dataset-notes")] if items else []


def _actions(dataset: DatasetDescription) -> list[Any]:
    use = dcc.Link(
        [icon("sliders"), "Use in a sweep"],
        href=f"/?experiment={_FORM}&dataset={dataset.name}",
        className="button-link",
    )
    delete = html.Button(
        [icon("bin"), "Delete"],
        type="button",
        className="button-link",
        **attributes(
            data_dataset="delete", data_name=dataset.name, aria_label=f"Delete {dataset.title}"
        ),
    )
    return [
        *([use] if _FORM in experiments.names() else []),
        *([delete] if dataset.origin == "own" else []),
    ]


def add_callbacks(app: Dash, services: Services) -> None:
    """Making the lists anew after an import or a removal; the tool for points."""
    in_browser(app, "pointsTool", Output("points-ready", "data"), Input("points-tool", "id"))

    @answers(
        app,
        Output("dataset-lists", "children"),
        Input("datasets-changed", "n_clicks"),
        prevent_initial_call=True,
    )
    async def look(clicks: int | None) -> list[Any]:
        # Dash asks once when the button appears.
        if not clicks:
            raise PreventUpdate
        return await _lists(services)
