"""What is around every page: the header, the banner, the theme, the address bar."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import dcc, html

from frontend.components.attributes import attributes
from frontend.components.icons import logo
from frontend.components.theme_toggle import theme_toggle
from frontend.pages import workbench
from frontend.routes import linked_pages
from frontend.theme import THEME


def shell(*, needs_login: bool = False) -> dmc.MantineProvider:
    """The layout of the application; pages come into ``#page``."""
    return dmc.MantineProvider(
        [
            dcc.Location(id="url", refresh=False),
            dcc.Store(id="route"),
            dcc.Store(id="shown"),
            *workbench.stores(),
            html.A("Skip to the content", href="#page", className="skip"),
            _header(needs_login),
            html.Div(id="banner", role="status", hidden=True),
            html.P(id="arrived", role="status", className="unseen"),
            html.Main(id="page", tabIndex=-1),
        ],
        theme=THEME,
        defaultColorScheme="auto",
    )


def _header(needs_login: bool) -> html.Header:
    links = [dcc.Link(page.title, href=f"/{page.address}") for page in linked_pages(needs_login)]
    nav = html.Nav(
        [*links, html.A("API", href="/docs")],
        className="sideways",
        **attributes(aria_label="Pages"),
    )
    home = dcc.Link([logo(), html.Span("PruneLab")], href="/", className="home")
    return html.Header([home, nav, theme_toggle()], className="top")
