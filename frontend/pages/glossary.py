"""The glossary: what all words mean, in groups, to be searched."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc, html

from frontend.callbacks import in_browser
from frontend.components.attributes import attributes
from frontend.components.explained import explanation
from frontend.components.tour_offer import take_tour
from pruning.glossary.entries import Entry, all_entries
from pruning.glossary.kinds import Kind


async def page() -> html.Div:
    """The page; ``assets/pages/glossary.js`` searches it."""
    groups = [(kind, list(all_of)) for kind, all_of in groupby(all_entries(), lambda e: e.kind)]
    return html.Div(
        [
            html.Div([html.H1("Glossary"), take_tour()], className="page-head"),
            html.P(
                "What the names in forms, figures and tables mean: three sentences, the formula, "
                "the paper, and settings that show it.",
                className="quiet lead",
            ),
            _search(),
            html.Nav(
                [html.A(kind.title, href=f"#{_anchor(kind)}") for kind, _ in groups],
                className="glossary-groups",
                **attributes(aria_label="Groups"),
            ),
            *(_group(kind, entries) for kind, entries in groups),
            dcc.Store(id="glossary-shown"),
        ],
        id="glossary",
        className="narrow glossary",
    )


def _search() -> html.Div:
    field = dmc.TextInput(
        id="glossary-search",
        label="Search the glossary",
        placeholder="relevance, speed-up, λ …",
    )
    return html.Div([field, html.P(className="quiet", role="status")], className="glossary-search")


def _anchor(kind: Kind) -> str:
    return f"group-{kind.name}"


def _group(kind: Kind, entries: list[Entry]) -> html.Section:
    return html.Section(
        [html.H2(kind.title), *map(_told, entries)],
        id=_anchor(kind),
        **attributes(data_glossary="group"),
    )


def _told(entry: Entry) -> html.Article:
    name = html.Code(entry.short_name, className="quiet")
    title = html.H3([html.A(entry.title, href=f"#{entry.name}"), " ", name])
    return html.Article(
        [title, *explanation(entry), _see(entry)],
        id=entry.name,
        className="card entry",
        **attributes(data_glossary="entry", data_words=" ".join(entry.words)),
    )


def _see(entry: Entry) -> Any:
    if not entry.address:
        return None
    label = f"See it work: {entry.title}"
    return html.P(dcc.Link("See it work", href=entry.address, title=label), className="entry-see")


def add_callbacks(app: Dash) -> None:
    """Whoever comes with the name of a word is led to it."""
    in_browser(app, "showWord", Output("glossary-shown", "data"), Input("glossary", "id"))
