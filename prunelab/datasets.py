"""`prunelab data`: list, add and remove datasets of images."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from backend.places import make_home
from backend.settings import Settings
from pruning.data.image_base import image_datasets
from pruning.data.importing import import_dataset, placed, placed_folder
from pruning.data.limits import LEAST_SIDE, SIDE, ImportRefusedError
from pruning.data.names import plain_name
from pruning.data.own import own_names, remove

data = typer.Typer(name="data", help="Datasets of images.", no_args_is_help=True)
console = Console()


@data.command("list")
def list_datasets() -> None:
    """List the datasets, and what waits in the data directory to be added."""
    data_dir = Settings().data_dir
    own = own_names(data_dir)
    for dataset in image_datasets:
        channels, height, width = dataset.shape
        counts = " + ".join(f"{count:,}" for count in dataset.counts or ())
        where = (
            "your own"
            if dataset.name in own
            else "at hand"
            if dataset.at_hand(data_dir)
            else "downloaded when first used"
        )
        console.print(f"[bold]{dataset.name}[/bold]  {dataset.title}", highlight=False)
        console.print(
            f"  {height}×{width}×{channels}, {len(dataset.classes)} classes, {counts} images, "
            f"{where}",
            highlight=False,
        )
    for name in placed(data_dir):
        path = shlex.quote(str(placed_folder(data_dir) / name))
        typer.echo(f"waiting: prunelab data add {path}")


@data.command("add")
def add_dataset(
    path: Annotated[
        Path,
        typer.Argument(
            help="train/CLASS/*.png and test/CLASS/*.png (or val), or CLASS/*.png alone, as a "
            "folder, .zip or .tar(.gz, .xz); or an .npz of x_train, y_train, x_test, y_test."
        ),
    ],
    name: Annotated[str | None, typer.Option(help="What to call it in --set dataset=.")] = None,
    title: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    side: Annotated[
        int | None,
        typer.Option(
            min=LEAST_SIDE,
            max=SIDE,
            help="Scale and crop images of all sizes to squares of so many pixels a side.",
        ),
    ] = None,
) -> None:
    """Check images and add them as a dataset of your own."""
    from prunelab.progress import show_progress

    path = path.expanduser().resolve()
    settings = Settings()
    try:
        make_home(settings.home)
        for _ in show_progress(import_dataset(path, settings.data_dir, name, title, side)):
            pass
    except ImportRefusedError as error:
        _fail(f"{path.name}: {error}")
    except OSError as error:
        _fail(f"cannot write to the data directory ({error})")
    added = image_datasets[name or plain_name(path.name)]
    typer.echo(f"{added.name}: {added.description}")
    for note in added.notes:
        typer.echo(f"  {note}")


@data.command("remove")
def remove_dataset(name: Annotated[str, typer.Argument(help="One of your own.")]) -> None:
    """Delete a dataset of your own."""
    try:
        remove(name, Settings().data_dir)
    except LookupError as error:
        _fail(f"{error.args[0]}; `prunelab data list` lists them")


def _fail(message: str) -> NoReturn:
    typer.echo(f"prunelab: {message}", err=True)
    raise typer.Exit(1)
