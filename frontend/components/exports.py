"""What people take away of a run, a comparison or a dashboard, and bring back: a menu, a button.

``assets/pages/export_menus.js`` closes menus, fetches what is asked for and says so while that
takes time; without it the entries are plain links. ``assets/pages/import_package.js`` sends a
package.
"""

from __future__ import annotations

from urllib.parse import urlencode

from dash import html

from frontend.components.attributes import attributes
from frontend.components.icons import icon
from frontend.sheets.base import ComparisonSource, RunSource, Source

# What it is, what for, and the form. Those with figures take a browser at the server.
_ENTRIES = (
    ("Self-contained page", "HTML, works offline", "html"),
    ("Website", "zip, for any static host", "site.zip"),
    ("Tables and series", "CSV, zipped", "csv.zip"),
    ("Tables for a paper", "LaTeX, booktabs", "tex"),
    ("Results", "JSON", "json"),
    ("Methods paragraph", "Markdown", "md"),
    ("Papers", "BibTeX", "bib"),
    ("Package", "for another PruneLab", "prunelab.zip"),
)


def export_menu(source: Source) -> html.Details:
    """A menu of all the forms in which a source can be taken away."""
    links = [_entry(source, *entry) for entry in _ENTRIES]
    entries = html.Ul([*links, _print()], className="menu-entries")
    return html.Details(
        [
            html.Summary([icon("download"), "Export"], className="button-link"),
            html.Div([entries, _pictures(source), _said()], className="menu-body"),
        ],
        className="menu export-menu",
        **attributes(
            data_testid="export-menu",
            data_menu="",
            data_figures=address(source, "figures"),
        ),
    )


def address(source: Source, what: str, **query: str) -> str:
    """Where the API has something of a source."""
    match source:
        case RunSource():
            path = f"/api/runs/{source.run}/{what}"
        case ComparisonSource():
            path, query = f"/api/compare/{what}", {**_of(source), **query}
        case _:
            path = f"/api/dashboards/{source.dashboard}/{what}"
    return f"{path}?{urlencode(query, safe=',')}" if query else path


def _of(source: ComparisonSource) -> dict[str, str]:
    by: dict[str, str] = {"by": source.by} if source.by else {}
    return {"runs": ",".join(source.runs), **by}


def _entry(source: Source, title: str, what: str, form: str) -> html.Li:
    # A plain link: Dash's and Mantine's would take the address for a page.
    words = [html.Span(title), html.Span(what, className="quiet")]
    link = html.A(words, href=address(source, f"export.{form}"), **attributes(data_export=form))
    return html.Li(link)


def _print() -> html.Li:
    words = [html.Span("Print"), html.Span("on paper, or as PDF", className="quiet")]
    return html.Li(html.Button(words, type="button", **attributes(data_action="print")))


def _pictures(source: Source) -> html.Fieldset:
    """Which figure, how, and in which form; ``assets/pages/export_menus.js`` asks for names."""
    every = html.Option("All figures, zipped", value="")
    figure = html.Select([every], **attributes(data_picture="figure", aria_label="Figure"))
    dark = html.Div(
        [_switch("Light on dark"), html.Span("Light on dark", **attributes(aria_hidden="true"))],
        className="menu-check",
    )
    return html.Fieldset(
        [
            html.Legend("Pictures"),
            figure,
            dark,
            html.Div(
                [_picture(source, form) for form in ("png", "svg", "gif")], className="menu-forms"
            ),
        ],
        className="menu-pictures",
    )


def _switch(title: str) -> html.Button:
    states = attributes(data_picture="dark", aria_checked="false", aria_label=title)
    return html.Button(type="button", role="switch", **states)


def _picture(source: Source, form: str) -> html.A:
    href = address(source, f"export.{form}")
    return html.A(form.upper(), href=href, className="button-link", **attributes(data_export=form))


def _said() -> html.P:
    return html.P(className="menu-said", role="status", **attributes(data_menu_said=""))


def import_button(most_bytes: int | None = None) -> html.Div:
    """A button, and a page to drop a file on, that take a ``.prunelab.zip`` in.

    A file of more than ``most_bytes`` is not even sent.
    """
    limit = {} if most_bytes is None else {"data_most": str(most_bytes)}
    return html.Div(
        [
            html.Button(
                [icon("upload"), "Import"],
                type="button",
                className="button-link",
                title="Take in a .prunelab.zip; it can be dropped here as well",
                **attributes(data_action="import"),
            ),
            html.Div(className="import-said", role="status", **attributes(data_import_said="")),
        ],
        className="import",
        **attributes(data_import="", data_testid="import", **limit),
    )
