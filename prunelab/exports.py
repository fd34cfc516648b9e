"""`prunelab export` and `prunelab import`: on the store itself, with no server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from pydantic import ValidationError

from backend.places import make_home
from backend.problems import Problem, invalid
from backend.settings import Settings

if TYPE_CHECKING:
    from backend.services import Services
    from frontend.exports.forms import FormName
    from frontend.sheets.base import Source

export = typer.Typer(
    name="export", help="Take runs, comparisons and dashboards away.", no_args_is_help=True
)


class Format(StrEnum):
    """The forms by the names that the command line takes."""

    csv = "csv"
    json = "json"
    png = "png"
    svg = "svg"
    gif = "gif"
    html = "html"
    zip = "zip"
    bib = "bib"
    md = "md"
    tex = "tex"


class By(StrEnum):
    """What a comparison puts beside each other."""

    criterion = "criterion"
    dataset = "dataset"
    run = "run"


# One picture of a named figure, or a zip of all of them.
_ALL: dict[str, FormName] = {
    "csv": "csv.zip",
    "png": "figures.zip",
    "svg": "figures.zip",
    "zip": "prunelab.zip",
}
_ONE: dict[str, FormName] = {"png": "png", "svg": "svg"}

FormatOption = Annotated[
    Format,
    typer.Option(
        "--format",
        help="csv: a zip of all tables; png, svg: a zip of all figures, or the one that --figure "
        "names; tex: all tables for a paper; zip: a .prunelab.zip for another PruneLab.",
    ),
]
Out = Annotated[
    Path | None, typer.Option(help="The file or folder to write to; - for the terminal.")
]
Figure = Annotated[
    str | None,
    typer.Option(
        help="A figure, or `panels` for all panels of a section in one picture; of a gif, a "
        "section."
    ),
]
At = Annotated[float | None, typer.Option(help="A place of the slider.")]
Dark = Annotated[bool, typer.Option("--dark", help="Light on dark.")]


@export.command("run")
def export_run(
    run_id: Annotated[str, typer.Argument(metavar="ID")],
    format: FormatOption,
    out: Out = None,
    figure: Figure = None,
    at: At = None,
    dark: Dark = False,
) -> None:
    """Take a run away."""
    from frontend.sheets.base import RunSource

    _write(RunSource(run=run_id), format, out, figure, at, dark=dark)


@export.command("compare")
def export_comparison(
    run_ids: Annotated[list[str], typer.Argument(metavar="ID ID …")],
    format: FormatOption,
    by: Annotated[By | None, typer.Option(help="What is put beside each other.")] = None,
    out: Out = None,
    figure: Figure = None,
    at: At = None,
    dark: Dark = False,
) -> None:
    """Take a comparison of runs away."""
    from frontend.sheets.base import ComparisonSource

    try:
        source = ComparisonSource.model_validate({"runs": run_ids, "by": by})
    except ValidationError as error:
        fail(invalid(error).detail)
    _write(source, format, out, figure, at, dark=dark)


@export.command("dashboard")
def export_dashboard(
    dashboard_id: Annotated[str, typer.Argument(metavar="ID")],
    format: FormatOption,
    out: Out = None,
    figure: Figure = None,
    at: At = None,
    dark: Dark = False,
) -> None:
    """Take a dashboard away."""
    from frontend.sheets.base import DashboardSource

    _write(DashboardSource(dashboard=dashboard_id), format, out, figure, at, dark=dark)


def import_file(
    file: Annotated[
        Path, typer.Argument(help="A .prunelab.zip.", exists=True, dir_okay=False, readable=True)
    ],
) -> None:
    """Take in what another PruneLab has written with `prunelab export … --format zip`."""
    from backend.packages.importing import import_package

    said = {"new": "imported", "known": "is here already", "renamed": "imported under a new id"}
    with opened_services() as services:
        for told in import_package(file, services):
            title = f"  {told.title}" if told.title else ""
            typer.echo(f"{told.kind} {told.id}{title}: {said[told.state]}")


def _write(
    source: Source,
    format: Format,
    out: Path | None,
    figure: str | None,
    at: float | None,
    *,
    dark: bool,
) -> None:
    from frontend.exports.forms import Wish
    from frontend.exports.forms import export as make

    name = format.value
    form = _ONE[name] if figure and name in _ONE else _ALL.get(name, name)
    wish = Wish(figure, at=at, dark=dark, format="svg" if name == "svg" else "png")
    with opened_services() as services:
        made = make(services, source, form, wish)  # type: ignore[arg-type]
        try:
            body = made.body if isinstance(made.body, bytes) else made.body.read_bytes()
            _keep(body, made.name, out)
        finally:
            if isinstance(made.body, Path):
                made.body.unlink()


def _keep(body: bytes, name: str, out: Path | None) -> None:
    if out == Path("-"):
        sys.stdout.buffer.write(body)
        return
    target = out or Path(name)
    if target.is_dir():
        target = target / name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    except OSError as error:
        fail(f"cannot write to {target} ({error.strerror}); name another place with --out")
    typer.echo(f"{target} ({len(body):,} bytes)")


@contextmanager
def opened_services() -> Iterator[Services]:
    """The services on a store that is up to date; problems end the command with a sentence."""
    from backend.services import make_services
    from backend.store.engine import migrate

    settings = Settings()
    make_home(settings.home)
    services = make_services(settings)
    try:
        migrate(services.engine)
        yield services
    except Problem as problem:
        fail(problem.detail)
    finally:
        services.engine.dispose()


def fail(message: str) -> NoReturn:
    """End the command with a sentence."""
    typer.echo(f"prunelab: {message}", err=True)
    raise typer.Exit(1)
