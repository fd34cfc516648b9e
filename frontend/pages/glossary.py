"""The glossary: what all words mean, in groups, to be searched."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from urllib.parse import unquote

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc, html

from backend.problems import Problem
from frontend.callbacks import in_browser
from frontend.components.attributes import attributes
from frontend.components.explained import explanation
from frontend.components.tour_offer import take_tour
from frontend.words import word
from pruning.glossary.entries import Entry, all_entries, entry
from pruning.glossary.kinds import Kind


async def page(name: str = "") -> html.Div:
    """The page; ``assets/pages/glossary.js`` searches it, and leads to the word of this name."""
    here, several = _asked(unquote(name))
    groups = [(kind, list(all_of)) for kind, all_of in groupby(all_entries(), lambda e: e.kind)]
    return html.Div(
        [
            html.Div([html.H1("Glossary"), take_tour()], className="page-head"),
            html.P(
                "What the names in forms, figures and tables mean: three sentences, the formula, "
                "the paper, and settings that show it.",
                className="quiet lead",
            ),
            several,
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
        **attributes(data_word=here, **_titled(here)),
    )


def find(name: str) -> None:
    """A Problem unless there is such a word; that there are several is none."""
    _asked(unquote(name))


def _titled(word: str) -> dict[str, str]:
    """What the tab is called where an address names a word."""
    return {"data_page_title": f"{entry(word).title} · Glossary"} if word else {}


def _asked(name: str) -> tuple[str, html.Div | None]:
    """The anchor of the word that is asked for, or links to all those that are called so."""
    if not name:
        return "", None
    try:
        return word(name).name, None
    except Problem as problem:
        if problem.status != 409:
            raise
        names = problem.errors[0].allowed or []
        return "", _several(name, [entry(each) for each in names])


def _several(name: str, entries: list[Entry]) -> html.Div:
    links = [
        html.Li([dcc.Link(each.title, href=f"/glossary/{each.name}"), f" ({each.kind.title})"])
        for each in entries
    ]
    told = html.P(f"{name} is the name of several words:")
    return html.Div([told, html.Ul(links)], className="glossary-several", role="note")


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
