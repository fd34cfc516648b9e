"""`prunelab apply`: send images through a mask that a run has learned."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from prunelab.exports import fail, opened_services
from pruning.experiments.input_selection.config import Kind

if TYPE_CHECKING:
    from pruning.experiments.input_selection.applying import Sent

console = Console(emoji=False)


def apply(
    run: Annotated[str, typer.Argument(help="The id of a run, or a folder of `run --out`.")],
    images: Annotated[
        list[Path], typer.Argument(help="PNG, JPEG or BMP.", exists=True, dir_okay=False)
    ],
    out: Annotated[Path, typer.Option(help="The folder for what is left of the images.")],
    kind: Annotated[Kind, typer.Option(help="Which of the run's masks.")] = "static",
    at: Annotated[
        float | None,
        typer.Option(help="The best checkpoint that sends at most this share.", min=0, max=1),
    ] = None,
    repeat: Annotated[int | None, typer.Option(help="Of this repeat; else of the best.")] = None,
) -> None:
    """Send images through a mask of an input selection, and count the bytes that it takes."""
    from pruning.data.limits import ImportRefusedError
    from pruning.experiments.input_selection.applying import TABLE, SavedSelection, write_table

    with _files(run) as folder:
        try:
            saved = SavedSelection.load(folder, kind, at, repeat)
            found = list(saved.send(images, out))
        except (ValueError, ImportRefusedError) as error:
            fail(str(error))
    write_table(found, out / TABLE)
    console.print(saved.words)
    console.print(_table(found))
    console.print(f"{out}: what is left of each image, and all of this as {TABLE}")


@contextmanager
def _files(run: str) -> Iterator[Path]:
    """The folder with what a run gave away; of one in the store a copy."""
    folder = Path(run)
    if folder.is_dir():
        artifacts = folder / "artifacts"
        yield artifacts if artifacts.is_dir() else folder
        return
    with tempfile.TemporaryDirectory() as copies, opened_services() as services:
        result, _ = services.runs.result(run)
        for artifact in result.artifacts:
            path = Path(copies) / Path(artifact.path).name
            with path.open("wb") as file:
                file.writelines(services.artifacts.read(run, artifact.path))
        yield Path(copies)


def _table(found: list[Sent]) -> Table:
    table = Table("image", "taken for", "probability", "Q", "bytes sent", "of", "left")
    for each in found:
        table.add_row(
            each.image,
            each.predicted,
            f"{100 * each.probability:.1f} %",
            f"{100 * each.q:.1f} %",
            f"{each.bytes_sent:,}",
            f"{each.bytes_whole:,}",
            each.picture,
        )
    return table
