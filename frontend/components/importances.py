"""The files of importances that there are, to be deleted; the form uploads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from backend.importances import ImportancesDescription
from frontend.components.attributes import attributes
from frontend.components.icons import icon
from pruning.inputs.names import dimensions


def importances_list(files: Sequence[ImportancesDescription]) -> list[Any]:
    """A section of the page of datasets; none where there are no such files."""
    if not files:
        return []
    return [
        html.H2("Importances"),
        html.P("Your own files for the given masks of an input selection.", className="quiet"),
        html.Ul(
            [html.Li([_words(file), _delete(file.name)]) for file in files],
            className="file-lines",
            **attributes(data_testid="importances"),
        ),
    ]


def _words(file: ImportancesDescription) -> html.Span:
    shape = html.Span(f" {dimensions(tuple(file.shape))}", className="quiet")
    return html.Span([html.Strong(file.name), shape])


def _delete(name: str) -> html.Button:
    return html.Button(
        [icon("bin"), "Delete"],
        type="button",
        className="button-link",
        **attributes(data_importances="delete", data_name=name, aria_label=f"Delete {name}"),
    )
