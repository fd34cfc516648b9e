"""`prunelab importances`: list, add and remove files that say how important inputs are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from backend.places import make_home
from backend.settings import Settings
from pruning.context import CannotRunError
from pruning.inputs.importance_files import (
    check_size,
    importance_files,
    keep_importances,
    remove_importances,
)
from pruning.inputs.names import dimensions

importances = typer.Typer(
    name="importances",
    help="Importances of inputs, for the given masks of input_selection.",
    no_args_is_help=True,
)


@importances.command("list")
def list_importances() -> None:
    """List the files."""
    for file in importance_files(Settings().data_dir):
        typer.echo(f"{file.name}  {dimensions(file.shape)}")


@importances.command("add")
def add_importances(
    path: Annotated[
        Path,
        typer.Argument(
            help="A .npy with a number for each pixel: height × width, or with channels first."
        ),
    ],
) -> None:
    """Check a file and keep it; its name goes into --set importances=."""
    settings = Settings()
    try:
        check_size(path.stat().st_size)
        content = path.read_bytes()
    except CannotRunError as error:
        _fail(f"{path.name}: {error}")
    except OSError as error:
        _fail(f"cannot read {path} ({error.strerror})")
    try:
        make_home(settings.home)
        added = keep_importances(content, path.name, settings.data_dir)
    except CannotRunError as error:
        _fail(f"{path.name}: {error}")
    except OSError as error:
        _fail(f"cannot write to the data directory ({error})")
    typer.echo(f"{added.name}: {dimensions(added.shape)}")


@importances.command("remove")
def remove(name: Annotated[str, typer.Argument(help="The file's name.")]) -> None:
    """Delete a file."""
    try:
        remove_importances(name, Settings().data_dir)
    except LookupError as error:
        _fail(f"{error.args[0]}; `prunelab importances list` lists them")


def _fail(message: str) -> NoReturn:
    typer.echo(f"prunelab: {message}", err=True)
    raise typer.Exit(1)
