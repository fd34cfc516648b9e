"""The control of a field that names a file: what there is to choose from, and bringing one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html

from frontend.components.attributes import attributes
from frontend.components.icons import icon
from frontend.schemas import Schema


def file_field(name: str, schema: Schema, value: str, words: Mapping[str, Any]) -> html.Div:
    """The control; ``assets/pages/importances.js`` uploads.

    A file that is gone is still seen where a stored run names it.
    """
    files = schema["x-files"]
    gone = [value] if value and value not in files else []
    select = dmc.Select(
        id={"type": "field", "name": name, "holder": "input"},
        data=[*files, *gone],
        value=value or None,
        placeholder=schema["x-placeholder"],
        clearable=True,
        **words,
    )
    upload = html.Button(
        [icon("upload"), "Upload…"],
        type="button",
        className="button-link",
        **attributes(data_upload=schema["x-upload"], data_field=name),
    )
    return html.Div([select, upload], className="file-field")
