"""Tables and series as CSV: UTF-8, RFC 4180, and harmless when a spreadsheet opens them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import Any

from backend.problems import FieldError, Problem
from frontend.sheets.base import Sheet
from pruning.events import Result, SeriesData, TableData

# A spreadsheet takes a text that begins like this for a formula, and runs it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# The semicolon separates fields where the comma separates decimals.
_QUOTED = re.compile(r'[",;\r\n]')


def table_csv(result: Result, name: str | None) -> tuple[str, str]:
    """The name and the CSV of one table; the name may be left out where there is but one."""
    names = list(result.tables)
    if name is None and len(names) == 1:
        name = names[0]
    if name not in result.tables:
        detail = f"Choose one of the tables {', '.join(names)}." if names else "No table yet."
        field = FieldError(field="table", message=detail, allowed=names)
        raise Problem(422 if names else 404, "There is no such table", detail, [field])
    return name, _table(result.tables[name])


def tables_zip(sheet: Sheet) -> bytes:
    """Every table and every series of a sheet, with a list of what is what."""
    files = list(_files(sheet))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("README.txt", _readme(sheet, files))
        for path, _, text in files:
            pack.writestr(path, text)
    return file.getvalue()


def _files(sheet: Sheet) -> Iterator[tuple[str, str, str]]:
    """The path, what it is of, and the CSV of all there is."""
    taken: set[str] = set()
    for stage in sheet.stages.values():
        folder = f"{plain(stage.name)}/" if len(sheet.stages) > 1 else ""
        for name, table in stage.result.tables.items():
            path = _free(f"{folder}tables/{plain(name)}", taken)
            yield path, f"table {name} of {stage.title}", _table(table)
        for name, series in stage.result.series.items():
            path = _free(f"{folder}series/{plain(name)}", taken)
            yield path, f"series {name} of {stage.title}", _series(series)


def plain(name: str) -> str:
    """A name that any file system takes."""
    return re.sub(r"[^\w.-]+", "-", name).strip(".-") or "unnamed"


def _free(path: str, taken: set[str]) -> str:
    """A path that no other file has, not even where capitals do not count."""
    free, count = f"{path}.csv", 2
    while free.lower() in taken:
        free, count = f"{path}-{count}.csv", count + 1
    taken.add(free.lower())
    return free


def _readme(sheet: Sheet, files: Iterable[tuple[str, str, str]]) -> str:
    """What the files are, for whoever opens the archive in a year."""
    lines = [
        sheet.title,
        sheet.summary,
        "",
        *(f"run {run.id}: {run.title or run.experiment}, {run.status}" for run in sheet.runs),
        "",
        "Comma-separated values in UTF-8 with a line of names on top. An empty field is no value.",
        "A text that a spreadsheet would run as a formula has an apostrophe before it.",
        "",
        *(f"{path}: {what}" for path, what, _ in files),
        "",
        f"Written by PruneLab {version('prunelab')}.",
    ]
    return "\n".join(lines) + "\n"


def _table(table: TableData) -> str:
    return _csv([table.columns, *table.rows])


def _series(series: SeriesData) -> str:
    columns = [series.x, series.y, *series.labels.values()]
    return _csv([["x", "y", *series.labels], *zip(*columns, strict=True)])


def _csv(rows: Iterable[Iterable[Any]]) -> str:
    # A line with nothing in it would be skipped by whoever reads it.
    lines = (",".join(map(_field, row)) or '""' for row in rows)
    return "".join(f"{line}\r\n" for line in lines)


def _field(cell: Any) -> str:
    """A cell as a field; :mod:`csv` would leave a semicolon without quotes."""
    text = "" if cell is None else str(harmless(cell))
    if _QUOTED.search(text):
        return '"{}"'.format(text.replace('"', '""'))
    return text


def harmless(cell: Any) -> Any:
    """A cell as a spreadsheet may read it. Numbers stay what they are, negative ones too."""
    if isinstance(cell, str) and cell.startswith(_FORMULA) and not _is_number(cell):
        return f"'{cell}"
    return cell


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?", text) is not None
