"""`prunelab layers`: what a model is made of, to name its layers in settings."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from backend.places import make_home
from backend.settings import Settings
from prunelab.exports import fail
from pruning.data.image_base import image_datasets
from pruning.models.base import models
from pruning.registry import UnknownNameError
from pruning.structure.described import Described, describe, kept_description

console = Console(emoji=False)


def layers(
    model: Annotated[str, typer.Argument(help="A model, such as resnet-20.")],
    dataset: Annotated[str, typer.Option(help="For whose images it is built.")] = "digits",
) -> None:
    """List the layers of a model, by the names that settings take."""
    try:
        built, images = models[model], image_datasets[dataset]
    except UnknownNameError as error:
        fail(str(error))
    if refusal := built.refusal(images.shape):
        fail(refusal)
    make_home(Settings().home)
    of, data_dir = Described(model, images.shape, len(images.classes)), Settings().data_dir
    found = kept_description(of, data_dir) or describe(of, data_dir)
    table = Table("layer", "kind", "units", "parameters", "multiply-adds", box=None)
    for each in found.layers:
        numbers = (each.units, each.parameters, each.multiply_adds)
        table.add_row(each.name, each.kind, *(f"{number:,}" for number in numbers))
    console.print(table)
