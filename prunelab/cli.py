"""The command line: `prunelab up`, `experiments`, `run`, and the parts that `up` starts."""

from __future__ import annotations

import json
import os
import signal
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table as RichTable

from backend.places import make_home, prepare
from backend.problems import invalid
from backend.settings import Settings
from frontend.schemas import groups
from prunelab.access import add_commands, checked
from prunelab.applying import apply
from prunelab.datasets import data
from prunelab.exports import export, import_file
from prunelab.glossary import glossary
from prunelab.importances import importances
from prunelab.layers import layers
from prunelab.networks import network
from prunelab.points import points
from prunelab.site import site
from pruning.context import Context
from pruning.events import Cell, Event, Fold, Result, TableData, fold
from pruning.execution import execute
from pruning.experiments.base import (
    Experiment,
    ExperimentConfig,
    Queue,
    experiments,
    result_document,
)
from pruning.experiments.criterion_settings import FIELD
from pruning.models.files import ModelFileError
from pruning.numbers import format_numbers
from pruning.recipes.base import recipe_of, recipes
from pruning.registry import Entry, Registry, UnknownNameError
from workers.launcher import end_with_launcher

cli = typer.Typer(
    name="prunelab",
    help="See what pruning does to a neural network.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
cli.add_typer(data)
cli.add_typer(importances)
cli.add_typer(points)
cli.add_typer(export)
cli.command("import")(import_file)
cli.command()(apply)
cli.command()(glossary)
cli.command()(site)
cli.command()(network)
cli.command()(layers)
add_commands(cli)
console = Console(emoji=False)

# A table that is longer is cut on the screen.
ROWS_SHOWN = 50

Port = Annotated[int, typer.Option(help="The port of the pages and the API.", min=1, max=65535)]
Host = Annotated[
    str,
    typer.Option(help="The address to listen on; one that others reach asks for a login."),
]


@cli.callback()
def _begin() -> None:
    try:
        prepare(Settings())
    except ModelFileError as error:
        _fail(str(error))


@cli.command()
def up(port: Port = 8050, host: Host = "127.0.0.1") -> None:
    """Start everything on this machine; Ctrl-C stops it."""
    from prunelab.up import CannotStartError
    from prunelab.up import up as start
    from workers.embedded import NoBrokerError

    _keep_private()
    try:
        start(port, checked(host))
    except (CannotStartError, NoBrokerError) as error:
        _fail(str(error))


@cli.command()
def web(port: Port = 8050, host: Host = "127.0.0.1") -> None:
    """Start the web server alone; REDIS_URL and DATABASE_URL say where the rest is."""
    import uvicorn

    os.environ["PRUNELAB_SERVED"] = checked(host)
    _keep_private()
    _make_home()
    _check_start()
    end_with_launcher()
    uvicorn.run(
        "frontend.app:create_app",
        factory=True,
        host=host,
        port=port,
        access_log=False,
        timeout_graceful_shutdown=3,
        limit_concurrency=Settings().most_connections,
        # Whoever is on this machine could say to be anybody, unless a proxy was named.
        proxy_headers=bool(os.environ.get("FORWARDED_ALLOW_IPS")),
        # Deflating frames costs a worker's core more than a loopback or a LAN costs bytes.
        ws_per_message_deflate=False,
    )


@cli.command()
def worker(
    queue: Annotated[Queue, typer.Argument(help="The queue to take runs from.")],
    concurrency: Annotated[int | None, typer.Option(help="Runs at the same time.", min=1)] = None,
) -> None:
    """Start one worker; REDIS_URL and DATABASE_URL say where the rest is."""
    from workers.app import app
    from workers.embedded import arguments
    from workers.stopped import end_stopped_children

    _keep_private()
    _make_home()
    _check_start()
    end_with_launcher(signal.SIGQUIT)
    end_stopped_children(2 * Settings().lease_seconds)
    app.worker_main(arguments(queue, concurrency))


@cli.command("experiments")
def list_experiments(
    as_json: Annotated[
        bool, typer.Option("--json", help="With the configurations' schemas.")
    ] = False,
) -> None:
    """List what can be run."""
    if as_json:
        schemas = {study.name: study.config.model_json_schema() for study in experiments}
        typer.echo(json.dumps(schemas, indent=2))
        return
    for study in experiments:
        console.print(f"[bold]{study.name}[/bold]  {study.title}\n  {study.description}")
        for name, field in study.config.model_fields.items():
            if name == FIELD:
                _list_settings(study.config)
                continue
            console.print(f"  --set {name}={_written(field.get_default())}", style="bold")
            console.print(f"      {_described(study.config, name)}", markup=False)
    console.print("What a name means: prunelab glossary NAME", markup=False)


@cli.command("recipes")
def list_recipes() -> None:
    """List the published studies that are ready to run."""
    for recipe in recipes:
        console.print(f"[bold]{recipe.name}[/bold]  {recipe.title}")
        console.print(f"  {recipe.description}\n  {recipe.paper}, {recipe.url}", highlight=False)
        for sentence in recipe.expect:
            console.print(f"  · {sentence}", highlight=False)
    console.print("Run one with: prunelab run --recipe NAME", markup=False)


@cli.command()
def run(
    experiment: Annotated[
        str | None, typer.Argument(help="An experiment; `prunelab experiments`.")
    ] = None,
    recipe: Annotated[
        str | None, typer.Option(help="A recipe, instead of an experiment; `prunelab recipes`.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="A configuration as JSON or TOML.", exists=True)
    ] = None,
    assignments: Annotated[
        list[str] | None, typer.Option("--set", help="key=value, as often as needed.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="A folder for result.json and events.jsonl.")
    ] = None,
    device: Annotated[str, typer.Option(help="A device by torch's name.")] = "cpu",
    only_estimate: Annotated[
        bool, typer.Option("--estimate", help="Only say how long it would take.")
    ] = False,
) -> None:
    """Run an experiment, or a recipe, in this process."""
    from prunelab.estimating import estimated
    from prunelab.progress import show_progress

    if (experiment is None) == (recipe is None):
        _fail("name an experiment or, with --recipe, a recipe")
    values = _read(config) if config else {}
    if recipe:
        chosen = _known(recipes, recipe)
        experiment, values = chosen.experiment, chosen.config | values
    study = _known(experiments, str(experiment))
    checked = _configure(study, values | _assigned(assignments or []))
    if only_estimate:
        _make_home()
        typer.echo(estimated(study.name, checked))
        return
    if recipe and recipe_of(study, checked) is None:
        typer.echo("With these changes nothing that was published stands beside it.", err=True)
    if out:
        _make_folder(out)
    _make_home()
    context = Context(Settings().data_dir, device, artifacts=out / "artifacts" if out else None)
    events = show_progress(execute(study, checked, context))
    result = _write(events, study, checked, out) if out else fold(events)
    for name, table in result.tables.items():
        _print_table(name, table)
    if result.status != "done":
        _fail(result.error or result.status)


def _written(value: Any) -> str:
    """A value as ``--set`` takes it."""
    if isinstance(value, float):
        return format_numbers([value])
    if isinstance(value, list) and value and not isinstance(value[0], str):
        return format_numbers(value).replace(" ", "")
    return ",".join(value) if isinstance(value, list) else str(value)


def _list_settings(config: type[ExperimentConfig]) -> None:
    """What criteria let people choose."""
    fields = {n: schema for group in groups(config).values() for n, schema in group.items()}
    for name, schema in fields.items():
        if "x-owner" in schema:
            default, choices = _written(schema["default"]), schema.get("enum", [])
            allowed = f" One of: {', '.join(choices)}." if choices else ""
            console.print(f"  --set {name}={default}", style="bold")
            console.print(f"      {schema['description']}{allowed}", markup=False)


def _described(config: type[ExperimentConfig], name: str) -> str:
    """What a field is, and the names that it takes where it takes names."""
    schema = config.model_json_schema()["properties"][name]
    names = schema.get("enum") or schema.get("items", {}).get("enum")
    allowed = f" One of: {', '.join(names)}." if names else ""
    return f"{schema['description']}{allowed}"


def _known(registry: Registry[Entry], name: str) -> Entry:
    try:
        return registry[name]
    except UnknownNameError as error:
        _fail(str(error))


def _assigned(assignments: list[str]) -> dict[str, str]:
    values = {}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals:
            _fail(f"--set {assignment}: write key=value")
        values[key] = value
    return values


def _configure(study: Experiment, values: dict[str, Any]) -> ExperimentConfig:
    try:
        checked_config = study.config.model_validate(values)
        checked_config.check_files()
        return checked_config
    except ValidationError as error:
        _fail(invalid(error).detail)


def _read(file: Path) -> dict[str, Any]:
    text = file.read_text()
    try:
        values = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
    except ValueError as error:
        _fail(f"{file}: {error}")
    if not isinstance(values, dict):
        _fail(f"{file}: a configuration is an object of keys and values")
    return values


def _write(
    events: Iterable[Event], study: Experiment, config: ExperimentConfig, out: Path
) -> Result:
    """Fold the events, writing each to ``events.jsonl`` as it comes and the result at the end."""
    folding = Fold()
    with (out / "events.jsonl").open("w") as log:
        for event in events:
            log.write(event.model_dump_json() + "\n")
            folding.add(event)
    document = result_document(study.name, config.model_dump(mode="json"), folding.result)
    (out / "result.json").write_text(json.dumps(document))
    return folding.result


def _make_folder(out: Path) -> None:
    try:
        (out / "artifacts").mkdir(parents=True, exist_ok=True)
        (out / "events.jsonl").touch()
    except OSError as error:
        _fail(f"cannot write to {out} ({error.strerror}); name another folder with --out")


def _keep_private() -> None:
    """What this process writes from here on only its user can read: data, sessions, passwords."""
    os.umask(0o077)


def _make_home() -> None:
    home = Settings().home
    try:
        make_home(home)
    except OSError as error:
        _fail(
            f"the data directory {home} cannot be made ({error.strerror}); "
            "set PRUNELAB_HOME to a folder that is or can be"
        )


def _check_start() -> None:
    from backend.starting import CannotOpenError, check

    try:
        check(Settings())
    except CannotOpenError as error:
        _fail(str(error))


def _print_table(name: str, table: TableData) -> None:
    drawn = RichTable(*table.columns, title=name)
    for row in table.rows[:ROWS_SHOWN]:
        drawn.add_row(*map(_cell, row))
    # A terminal that is too narrow breaks lines; columns of three letters would tell nothing.
    wide = console.measure(drawn, options=console.options.update(width=1000)).maximum
    Console(width=max(wide, console.width)).print(drawn)
    if len(table.rows) > ROWS_SHOWN:
        console.print(f"… and {len(table.rows) - ROWS_SHOWN:,} more rows; --out keeps them all")


def _cell(value: Cell) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _fail(message: str) -> NoReturn:
    typer.echo(f"prunelab: {message}", err=True)
    raise typer.Exit(1)


def main() -> None:
    """The entry point of the command `prunelab`."""
    cli()
