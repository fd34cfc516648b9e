"""All forms in which a run, a comparison or a dashboard can be taken away.

REST, the command line and the page's menu offer what is listed here.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from backend.exports import run_document
from backend.packages.drafts import draft
from backend.packages.writing import write_package
from backend.problems import Problem
from backend.services import Services
from frontend.documents.document import document
from frontend.documents.snapshots import snapshot_of
from frontend.exports.animation import animation
from frontend.exports.browser import Format
from frontend.exports.figures import figure_of, figures_of
from frontend.exports.grids import grid, is_grid
from frontend.exports.latex import tables_tex
from frontend.exports.methods import bibtex_of, methods_of
from frontend.exports.pictures import Look, pictures, pictures_zip
from frontend.exports.results import results_json
from frontend.exports.site.pages import site_page
from frontend.exports.site.site import made
from frontend.exports.tables import plain, table_csv, tables_zip
from frontend.sheets.base import DashboardSource, RunSource, Sheet, Source
from frontend.sheets.opening import sheet_of

FormName = Literal[
    "json", "csv", "csv.zip", "png", "svg", "figures.zip", "gif", "html", "bib", "md", "tex",
    "site.zip", "prunelab.zip",
]  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """What of a source is wanted, and how it is to look.

    Attributes
    ----------
    figure
        The name of a figure, of an animation that of a section; the first unless given. All
        panels of a section in one picture are ``panels-SECTION``, those of the first ``panels``.
    at
        A place of the slider; where it starts unless given.
    choices
        Of pictures, options by their choosers; what the page starts with unless given.
    place
        Where an HTML page stands when it is opened, as the fragment of its address has it.
    """

    figure: str | None = None
    table: str | None = None
    at: float | None = None
    dark: bool = False
    format: Format = "png"
    choices: Mapping[str, str] = field(default_factory=dict)
    place: str = ""

    def look(self, format: Format) -> Look:
        """How pictures are to look, in this form."""
        return Look(format, self.at, self.choices, self.dark)


@dataclass(frozen=True)
class Asked:
    """Something that is to be taken away."""

    services: Services
    source: Source
    wish: Wish

    @cached_property
    def sheet(self) -> Sheet:
        """What there is, with everything that its runs have said so far."""
        return sheet_of(self.services, self.source)

    @property
    def stem(self) -> str:
        """What the names of its files begin with."""
        match self.source:
            case RunSource():
                return self.source.run
            case DashboardSource():
                return f"dashboard-{self.source.dashboard}"
        return "comparison"


@dataclass(frozen=True)
class Export:
    """A file to be taken away; a large one lies on the disk, and whoever takes it deletes it."""

    name: str
    media_type: str
    body: bytes | Path


@dataclass(frozen=True)
class Form:
    """One of the forms.

    Attributes
    ----------
    make
        ``make(asked)`` gives what is added to the file's name, and the file.
    is_drawn
        Whether a browser has to draw it, which takes seconds.
    """

    media_type: str
    suffix: str
    make: Callable[[Asked], tuple[str, bytes | Path]]
    is_drawn: bool = False


def export(services: Services, source: Source, form: FormName, wish: Wish | None = None) -> Export:
    """Make a file of a source. It may take seconds: never call it from an event loop.

    Raises
    ------
    Problem
        For what does not exist, cannot be drawn, or is not there yet.
    """
    chosen, asked = FORMS[form], Asked(services, source, wish or Wish())
    detail, body = chosen.make(asked)
    name = "-".join(filter(None, (asked.stem, plain(detail) if detail else "")))
    return Export(f"{name}.{chosen.suffix}", chosen.media_type, body)


def _json(asked: Asked) -> tuple[str, bytes]:
    runs, source = asked.services.runs, asked.source
    if isinstance(source, RunSource):
        return "", run_document(runs, source.run)
    return "", results_json(runs, asked.sheet)


def _csv(asked: Asked) -> tuple[str, bytes]:
    results = [stage.result for stage in asked.sheet.stages.values()]
    name = asked.wish.table
    # Of several stages the first that has the table.
    chosen = next((result for result in results if name in result.tables), None)
    if chosen is None and not results:
        raise Problem(404, "There is no such table", "There is no table here.")
    table, text = table_csv(chosen or results[0], name)
    return table, text.encode()


def _tex(asked: Asked) -> tuple[str, bytes]:
    wish = asked.wish
    name, text = tables_tex(asked.sheet, wish.table, wish.at, wish.choices)
    return name or "tables", text.encode()


def _picture(format: Format) -> Callable[[Asked], tuple[str, bytes]]:
    def make(asked: Asked) -> tuple[str, bytes]:
        look = asked.wish.look(format)
        name = asked.wish.figure
        if name and is_grid(name):
            return grid(asked.sheet, name, look)
        drawn = figure_of(asked.sheet, name)
        [image] = pictures([drawn], look)
        return drawn.name, image

    return make


def _pictures(asked: Asked) -> tuple[str, bytes]:
    wish = asked.wish
    figures = figures_of(asked.sheet)
    if not figures:
        figure_of(asked.sheet, None)
    return wish.format, pictures_zip(figures, wish.look(wish.format))


def _html(asked: Asked) -> tuple[str, bytes]:
    return "", document(snapshot_of(asked.sheet), place=asked.wish.place).encode()


def _site(asked: Asked) -> tuple[str, Path]:
    page = site_page(asked.services, asked.source, asked.wish.place)
    with _written(asked) as path, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        for part in made(asked.services, [page]):
            for name, content in part.files.items():
                pack.writestr(name, content)
    return "", path


def _package(asked: Asked) -> tuple[str, Path]:
    source, services = asked.source, asked.services
    boards = [source.dashboard] if isinstance(source, DashboardSource) else []
    runs = [source.run] if isinstance(source, RunSource) else [run.id for run in asked.sheet.runs]
    title = "" if isinstance(source, RunSource) else asked.sheet.title
    with _written(asked) as path:
        write_package(path, services, title, runs, boards)
    return "", path


@contextmanager
def _written(asked: Asked) -> Iterator[Path]:
    """A file on the disk, which is gone if it could not be written."""
    with draft(asked.services.settings.home) as file:
        path = Path(file.name)
    try:
        yield path
    except BaseException:
        path.unlink()
        raise


FORMS: dict[FormName, Form] = {
    "json": Form("application/json", "json", _json),
    "csv": Form("text/csv; charset=utf-8", "csv", _csv),
    "csv.zip": Form("application/zip", "csv.zip", lambda a: ("", tables_zip(a.sheet))),
    "png": Form("image/png", "png", _picture("png"), is_drawn=True),
    "svg": Form("image/svg+xml", "svg", _picture("svg"), is_drawn=True),
    "figures.zip": Form("application/zip", "zip", _pictures, is_drawn=True),
    "gif": Form(
        "image/gif",
        "gif",
        lambda a: animation(a.sheet, a.wish.figure, a.wish.choices, dark=a.wish.dark),
        is_drawn=True,
    ),
    "html": Form("text/html; charset=utf-8", "html", _html),
    "bib": Form("text/plain; charset=utf-8", "bib", lambda a: ("", bibtex_of(a.sheet).encode())),
    "md": Form(
        "text/markdown; charset=utf-8", "md", lambda a: ("methods", methods_of(a.sheet).encode())
    ),
    "tex": Form("application/x-tex; charset=utf-8", "tex", _tex),
    "site.zip": Form("application/zip", "site.zip", _site, is_drawn=True),
    "prunelab.zip": Form("application/zip", "prunelab.zip", _package),
}
