"""The tables of a sheet as LaTeX for papers, with booktabs: a ``tabular`` for each.

One that does not fit on a page is a ``longtable``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version

from backend.problems import FieldError, Problem
from frontend.exports.cells import UNITS, written
from frontend.exports.latex_text import latex, needs_other_fonts
from frontend.exports.shown_rows import RowOf, shown_rows
from frontend.figures.tables import Column, StaticTable, TableView
from frontend.sheets.base import Item, Sheet, Stage, Voice
from frontend.sheets.staging import choices_of, start_of
from frontend.views.base import view_of_stored
from pruning.events import Result

# As near to 1 as makes no difference, as in pruning/evaluation/latency.py.
_EVEN = 0.01
# More rows than these do not fit on a page.
_MOST_ROWS = 45
_HEAD = """% {title}
% Written by PruneLab {version}. Load in the preamble:
%   \\usepackage[T1]{{fontenc}}
%   \\usepackage{{booktabs}}
{more}% and put this file where the tables are to stand, with \\input.
"""
_FONTS = "% It holds letters that pdfLaTeX has no fonts for: use XeLaTeX or LuaLaTeX.\n"
_LONG = "%   \\usepackage{longtable}\n"
_TABLE = """\\begin{{table}}
  \\centering
  \\caption{{{caption}}}
  \\label{{tab:{label}}}
  \\begin{{tabular}}{{{columns}}}
    \\toprule
    {head} \\\\
    \\midrule
{rows}
    \\bottomrule
  \\end{{tabular}}
\\end{{table}}
"""
_LONG_TABLE = """% {count} rows do not fit on a page: it goes on over several, in one column.
\\begin{{longtable}}{{{columns}}}
  \\caption{{{caption}}}\\label{{tab:{label}}} \\\\
  \\toprule
  {head} \\\\
  \\midrule
  \\endfirsthead
  \\toprule
  {head} \\\\
  \\midrule
  \\endhead
  \\bottomrule
  \\endlastfoot
{rows}
\\end{{longtable}}
"""


@dataclass(frozen=True)
class Printed:
    """A table as it is printed; its texts are not LaTeX yet.

    Attributes
    ----------
    columns
        For each ``l`` or ``r``: texts begin on the left, numbers end on the right.
    """

    name: str
    label: str
    caption: str
    columns: str
    head: list[str]
    rows: list[list[str]]

    @property
    def is_long(self) -> bool:
        """Whether it does not fit on a page."""
        return len(self.rows) > _MOST_ROWS


def tables_tex(
    sheet: Sheet,
    name: str | None = None,
    at: float | None = None,
    choices: Mapping[str, str] | None = None,
) -> tuple[str, str]:
    """The name that was asked for, and the LaTeX of that table, or else of all there are.

    Parameters
    ----------
    at, choices
        Where the slider stands and what is chosen, for tables that follow; as the page starts
        unless given.

    Raises
    ------
    Problem
        404 where there is no table with rows, 422 for an unknown name.
    """
    printed = list(_printed(sheet, at, choices or {}))
    names = list(dict.fromkeys(each.name for each in printed))
    if not printed or (name is not None and name not in names):
        detail = f"Choose one of the tables {', '.join(names)}." if names else "No table yet."
        field = FieldError(field="table", message=detail, allowed=names)
        raise Problem(422 if names else 404, "There is no such table", detail, [field])
    wanted = [each for each in printed if name in (None, each.name)]
    body = "\n".join(map(_tex, wanted))
    title = " ".join(sheet.title.split())
    more = _LONG if any(each.is_long for each in wanted) else ""
    head = _HEAD.format(title=title, version=version("prunelab"), more=more)
    fonts = _FONTS if needs_other_fonts(body) else ""
    return name or "", f"{head}{fonts}\n{body}"


def _printed(sheet: Sheet, at: float | None, choices: Mapping[str, str]) -> Iterator[Printed]:
    """The tables that have rows, from top to bottom, each with a label of its own.

    Below what sets compared runs apart come the tables of each.
    """
    labels: dict[str, int] = {}
    told = [
        (sheet.stages[item.stage], found)
        for item in sheet.items
        if item.stage
        for found in _of_item(item, sheet.stages[item.stage], at, choices)
    ]
    for stage, found in told:
        if not found.rows:
            continue
        scope = f"{stage.name}-" if len(sheet.stages) > 1 else ""
        label = re.sub(r"[^A-Za-z0-9]+", "-", f"{scope}{found.name}").strip("-").lower()
        labels[label] = count = labels.get(label, 0) + 1
        yield replace(found, label=label if count == 1 else f"{label}-{count}")


def _of_item(
    item: Item, stage: Stage, at: float | None, choices: Mapping[str, str]
) -> Iterator[Printed]:
    whose = stage.view.summary or stage.title
    match item.part:
        case TableView() as part:
            yield _table(part, stage, whose, at, choices)
        case StaticTable() as part:
            head = [column.title for column in part.columns]
            caption = _caption(part.title, whose, part.description)
            yield Printed("settings", "", caption, "l" * len(head), head, part.rows)
            for voice in stage.voices:
                yield from _of_voice(voice, stage.result, at, choices)


def _of_voice(
    voice: Voice, result: Result, at: float | None, choices: Mapping[str, str]
) -> Iterator[Printed]:
    """The tables of one of several runs that are compared, as its own page shows them."""
    run, start = voice.run, voice.prefix
    own = {n.removeprefix(start): t for n, t in result.tables.items() if n.startswith(start)}
    view = view_of_stored(run.experiment, run.config)
    stage = Stage(run.id, run.title, view, Result(tables=own), [voice])
    whose = " · ".join(filter(None, (run.title, view.summary)))
    for part in view.parts:
        if isinstance(part, TableView):
            found = _table(part, stage, whose, at, choices)
            yield replace(found, name=f"{start}{part.name}")


def _table(
    part: TableView, stage: Stage, whose: str, at: float | None, choices: Mapping[str, str]
) -> Printed:
    slider = stage.view.scrubber
    place = start_of(slider, stage.result) if slider and at is None else at
    table = stage.result.tables.get(part.name)
    rows = shown_rows(part, table, place, {**choices_of(stage), **choices}) if table else []
    here = ""
    if part.only_here and slider and place is not None:
        here = f"At {_label(stage, place)}."
    return Printed(
        part.name,
        "",
        _caption(part.title, whose, part.description, here),
        "".join("l" if column.format == "text" else "r" for column in part.columns),
        [_head(column) for column in part.columns],
        [[_cell(column, row) for column in part.columns] for row in rows],
    )


def _label(stage: Stage, place: float) -> str:
    slider = stage.view.scrubber
    assert slider
    fine = slider.finer or slider
    return fine.labels[fine.places.index(place)] if place in fine.places else f"{place:g}"


def _caption(title: str, whose: str, *more: str) -> str:
    told = f"{title}: {whose}" if whose else title
    return " ".join([f"{told}.", *filter(None, more)])


def _head(column: Column) -> str:
    unit = UNITS.get(column.format)
    return f"{column.title} ({unit})" if unit else column.title


def _cell(column: Column, row: RowOf) -> str:
    cell = row[column.name]
    text = column.titles.get(str(cell)) or written(cell, column.format)
    return f"{text} ≈ 1" if column.quartiles and _holds_one(row, *column.quartiles) else text


def _holds_one(row: RowOf, low: str, high: str) -> bool:
    """Whether a ratio with these quartiles cannot be told from 1."""
    q1, q3 = row.get(low), row.get(high)
    if q1 is None or q3 is None:
        return False
    return float(q1) <= 1 + _EVEN and float(q3) >= 1 - _EVEN


def _tex(table: Printed) -> str:
    return (_LONG_TABLE if table.is_long else _TABLE).format(
        count=len(table.rows),
        caption=latex(table.caption),
        label=table.label,
        columns=table.columns,
        head=" & ".join(map(latex, table.head)),
        rows="\n".join(f"    {' & '.join(map(latex, row))} \\\\" for row in table.rows),
    )
