"""`prunelab glossary`: what the words mean, on the command line."""

from __future__ import annotations

from itertools import groupby
from textwrap import fill
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from pruning.glossary.entries import Entry, all_entries
from pruning.glossary.finding import SeveralWordsError, UnknownWordError, containing, found
from pruning.glossary.plain import plain

_console = Console(emoji=False, highlight=False, markup=False)
_INDENT = "  "


def glossary(
    term: Annotated[
        str | None, typer.Argument(help="A name, such as lrp or criterion-lrp, or a part of one.")
    ] = None,
) -> None:
    """Explain a word: what it means, its formula, its papers, and a run that shows it."""
    if term is None:
        _list()
        return
    for entry in _asked(term):
        _tell(entry)


def _asked(term: str) -> list[Entry]:
    """The entry of this name, or those that have it in theirs."""
    try:
        return [found(term)]
    except SeveralWordsError as error:
        _fail(f"{error}; ask for one of them with its kind")
    except UnknownWordError as error:
        if parts := containing(term):
            return parts
        instead = error.suggestion or "`prunelab glossary` lists all"
        _fail(f"{error}; {instead}")


def _fail(message: str) -> NoReturn:
    typer.echo(f"prunelab: {message}", err=True)
    raise typer.Exit(1)


def _list() -> None:
    """All names, by what they are of."""
    for kind, entries in groupby(all_entries(), key=lambda entry: entry.kind):
        _console.print(kind.title, style="bold")
        for entry in entries:
            _say(f"{entry.short_name}  {entry.title}")
    _console.print("Explain one with: prunelab glossary NAME")


def _tell(entry: Entry) -> None:
    _console.print(f"{entry.title}  {entry.short_name}", style="bold")
    _say(entry.text)
    for formula in entry.formula:
        _say(plain(formula))
    if entry.where:
        _say(f"with {entry.where}")
    for paper in entry.references:
        _say(", ".join(filter(None, [paper.words, paper.url])))
    if entry.command:
        # On one line, to be copied.
        _console.print(_INDENT + entry.command, soft_wrap=True)


def _say(text: str) -> None:
    lines = fill(
        text,
        _console.width,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
    _console.print(lines, soft_wrap=True)
