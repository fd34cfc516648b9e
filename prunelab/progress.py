"""A progress bar for a run in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from pruning.events import Event, Fold, Note, Progress


def show_progress(events: Iterable[Event]) -> Iterator[Event]:
    """Pass events on while their progress is drawn on standard error, notes above it."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("Starting", total=None)
        folding = Fold()
        for event in events:
            if isinstance(event, Progress):
                folding.add(event)
                whole = folding.result.progress or event
                bar.update(task, completed=whole.done, total=whole.total, description=event.message)
            elif isinstance(event, Note):
                bar.console.print(f"{event.level}: {event.text}")
            yield event
