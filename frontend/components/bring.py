"""A link beside a field whose choices people can add to."""

from __future__ import annotations

from typing import Any

from dash import dcc

from frontend.components.icons import icon
from frontend.schemas import Schema

# What is added, and where: the element that tools of a page are in.
_PLACES = {"points": ("Draw your own", "/datasets#points-tool")}


def bring(schema: Schema) -> list[Any]:
    """The link, where a field has one."""
    if "x-bring" not in schema:
        return []
    words, address = _PLACES[schema["x-bring"]]
    return [dcc.Link([icon("edit"), words], href=address, className="button-link bring")]
