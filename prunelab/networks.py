"""`prunelab network`: take a network of a sweep away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console

from backend.operating_points import OF
from backend.places import make_home
from backend.problems import invalid
from backend.settings import Settings
from prunelab.exports import fail, opened_services
from prunelab.progress import show_progress
from pruning.context import CannotRunError, Context
from pruning.events import Result, fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.experiments.main_results import rows
from pruning.experiments.operating_point.asked import AskedPoint, point_of
from pruning.experiments.operating_point.config import OperatingPointConfig
from pruning.experiments.sweep.granularities import Granularity

console = Console(emoji=False)


def network(
    run: Annotated[str, typer.Argument(help="The id of a sweep, or a folder of `run --out`.")],
    criterion: Annotated[str, typer.Option(help="As the sweep's table of every network says it.")],
    sparsity: Annotated[float, typer.Option(help="One of the sweep's.", min=0, max=1)],
    out: Annotated[Path, typer.Option(help="The folder for the files.")],
    granularity: Annotated[Granularity, typer.Option(help="What was removed.")] = "unit",
    seed: Annotated[int, typer.Option(help="One of the sweep's.")] = 0,
    fine_tune: Annotated[
        int, typer.Option(metavar="EPOCHS", help="Epochs of fine-tuning from there.", min=0)
    ] = 0,
    device: Annotated[str, typer.Option(help="A device by torch's name.")] = "cpu",
) -> None:
    """Make one network of a sweep again, in this process, and take it away."""
    asked = AskedPoint(criterion, granularity, seed, sparsity, fine_tune)
    config = _config(run, asked)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"cannot write to {out} ({error.strerror}); name another folder with --out")
    make_home(Settings().home)
    context = Context(Settings().data_dir, device, artifacts=out)
    result = fold(show_progress(execute(experiments["operating_point"], config, context)))
    if result.status != "done":
        fail(result.error or result.status)
    for row in rows(result, "networks"):
        console.print(
            f"{row['network']}: {row['test_accuracy']:.1%} of the test images correct, "
            f"{row['nonzero_parameters']:,} parameters, {row['bytes']:,} bytes"
        )
    for artifact in result.artifacts:
        console.print(f"{out / artifact.path}: {artifact.name}", highlight=False)


def _config(run: str, asked: AskedPoint) -> OperatingPointConfig:
    sweep, result = _told(run)
    try:
        return point_of(sweep, result, asked)
    except CannotRunError as error:
        fail(str(error))
    except ValidationError as error:
        fail(invalid(error).detail)


def _told(run: str) -> tuple[dict[str, Any], Result]:
    """The configuration of a sweep, and what it said."""
    folder = Path(run)
    if folder.is_dir():
        try:
            told = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            fail(f"{folder} has no result that can be read ({error}): name what `run --out` wrote")
        experiment, config = told.pop("experiment"), told.pop("config")
        result = Result.model_validate(told)
    else:
        with opened_services() as services:
            stored = services.runs.get(run)
            experiment, config = stored.experiment, stored.config
            result, _ = services.runs.light_result(run)
    if experiment != OF:
        fail(f"{run} is a run of {experiment}; name one of {OF}")
    return config, result
