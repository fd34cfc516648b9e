"""`prunelab points`: list, add and remove points in the plane for the toy experiments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from backend.places import make_home
from backend.settings import Settings
from pruning.data.adding_points import Called, add_formula, add_points
from pruning.data.base import Dataset, datasets
from pruning.data.limits import ImportRefusedError
from pruning.data.own_points import remove_points
from pruning.data.points_file import check_points_size

points = typer.Typer(
    name="points", help="Points in the plane, for the toy experiments.", no_args_is_help=True
)


@points.command("list")
def list_points() -> None:
    """List the datasets of points."""
    for dataset in datasets:
        typer.echo(f"{dataset.name}  {dataset.title}\n  {dataset.description}")


@points.command("add")
def add(
    path: Annotated[
        Path | None,
        typer.Argument(help="A CSV of x, y and class; commas, semicolons, tabs or spaces."),
    ] = None,
    formula: Annotated[
        str | None, typer.Option(help="Such as 'y > sin(3 x)', instead of a file.")
    ] = None,
    classes: Annotated[
        int | None, typer.Option(help="How many classes a formula makes that is no comparison.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="What to call it in --set dataset=.")] = None,
    title: Annotated[str | None, typer.Option(help="What people call it.")] = None,
) -> None:
    """Check points, or a formula, and add them as a dataset of your own."""
    if (path is None) == (formula is None):
        _fail("name a file or, with --formula, a formula")
    if path and classes:
        _fail("--classes goes with --formula; a file has its classes in it")
    called, settings = Called(name, title), Settings()
    try:
        make_home(settings.home)
        if path:
            added = _of_file(path, called, settings)
        else:
            added = add_formula(str(formula), classes, called, settings.data_dir)
    except ImportRefusedError as error:
        _fail(f"{path.name}: {error}" if path else str(error))
    except OSError as error:
        _fail(f"cannot write to the data directory ({error})")
    typer.echo(f"{added.name}: {added.description}")


def _of_file(path: Path, called: Called, settings: Settings) -> Dataset:
    try:
        check_points_size(path.stat().st_size)
        content = path.read_bytes()
    except OSError as error:
        _fail(f"cannot read {path} ({error.strerror})")
    return add_points(content, path.name, called, settings.data_dir)


@points.command("remove")
def remove(name: Annotated[str, typer.Argument(help="One of your own.")]) -> None:
    """Delete points of your own."""
    try:
        remove_points(name, Settings().data_dir)
    except LookupError as error:
        _fail(f"{error.args[0]}; `prunelab points list` lists them")


def _fail(message: str) -> NoReturn:
    typer.echo(f"prunelab: {message}", err=True)
    raise typer.Exit(1)
