"""Access: the tokens of whoever is logged in, and logging out."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import html

from backend.services import Services
from frontend.components.attributes import attributes


async def page(services: Services) -> html.Div:
    """The page; ``assets/pages/access.js`` asks for the tokens, which are those of the reader."""
    content = _tokens() if services.access.is_on else _open_to_all()
    return html.Div(
        [html.Div(html.H1("Access"), className="page-head"), *content], className="narrow access"
    )


def _open_to_all() -> list[html.P]:
    return [
        html.P(
            [
                "Nobody has to log in here, because only this machine can reach the server. Set ",
                html.Code("PRUNELAB_PASSWORD"),
                " before starting it to change that; ",
                html.Code("--host"),
                " then takes an address that others reach.",
            ],
            className="quiet lead",
        )
    ]


def _tokens() -> list[html.Section | html.Form]:
    name = dmc.TextInput(id="token-name", label="What it is for", placeholder="notebook")
    make = dmc.Button("Make a token", **attributes(data_token="make"))
    tokens = html.Section(
        [
            html.H2("Tokens for the API"),
            html.P(
                [
                    "A token lets a program use the API as you: ",
                    html.Code("Authorization: Bearer TOKEN"),
                    ". It opens no pages.",
                ],
                className="quiet",
            ),
            html.Div([name, make], className="token-form"),
            html.P(className="share-problem", role="alert", hidden=True),
            html.Div(id="new-token", role="status"),
            html.Ul(id="tokens", className="share-lines"),
        ],
        className="card token-card",
    )
    leave = html.Form(
        html.Button("Log out", type="submit", className="button-link"),
        method="post",
        action="/logout",
    )
    return [tokens, leave]
