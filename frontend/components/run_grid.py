"""The table of runs: its columns, its rows, and the script that draws it.

Rows come from the server a page at a time; ``assets/pages/run_table.js`` draws the cells, in which
every text stays a text, and does what is asked of a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast, get_args

import dash_ag_grid

from backend.run_list import Sort, Wanted
from backend.runs import Run
from frontend.components.run_list import STATUS, took
from frontend.durations import ago
from frontend.naming import experiment_title
from frontend.scripts import script
from frontend.views.base import face_of
from pruning.experiments.base import experiments

GRID = "run-grid"
PAGE = 50
_SCRIPT = "dash_ag_grid.min.js"
# The columns with a filter of their own, and what it narrows the list by.
_FILTERED = {"dataset": "dataset", "model": "model", "criteria": "criteria", "tags": "tag"}
_BEST = (
    "What is highest or best is so of several on the test set: to find a run by, no estimate for a "
    "new network."
)

# Dash would put a megabyte into every page for the one that has a table; that page asks for it.
for _resource in dash_ag_grid._js_dist:
    if _resource["relative_package_path"] == _SCRIPT:
        _resource["dynamic"] = True


def script_address() -> str:
    """Where Dash serves the table's script."""
    return script(dash_ag_grid, _SCRIPT).address


def run_grid(wanted: Wanted) -> dict[str, Any]:
    """The table, as Dash sends a component; the browser puts it up once its script is there."""
    parts = {name: getattr(wanted, field) for name, field in _FILTERED.items()}
    grid = dash_ag_grid.AgGrid(
        id=GRID,
        rowModelType="infinite",
        columnDefs=_columns(wanted),
        filterModel={
            name: {"filterType": "text", "type": _kind(name), "filter": part}
            for name, part in parts.items()
            if part
        },
        defaultColDef={"resizable": True, "suppressMovable": True, "minWidth": 80},
        getRowId="params.data.id",
        eventListeners={"cellKeyDown": ["prunelabRunKey(params)"]},
        style={"height": "100%"},
        dashGridOptions={
            "rowHeight": 56,
            "headerHeight": 40,
            "pagination": True,
            "paginationPageSize": PAGE,
            "paginationPageSizeSelector": [20, PAGE, 100],
            "cacheBlockSize": PAGE,
            "maxConcurrentDatasourceRequests": 1,
            "blockLoadDebounceMillis": 20,
            "rowSelection": {
                "mode": "multiRow",
                "headerCheckbox": False,
                "enableClickSelection": False,
            },
            "selectionColumnDef": {"pinned": "left", "width": 42, "suppressHeaderMenuButton": True},
            "suppressMultiSort": True,
            "stopEditingWhenCellsLoseFocus": True,
            "enableCellTextSelection": True,
            "suppressCellFocus": False,
            "animateRows": False,
            "ensureDomOrder": True,
            "noRowsOverlayComponent": "RunsNone",
        },
    )
    return cast("dict[str, Any]", grid.to_plotly_json())


def _kind(name: str) -> str:
    return "equals" if name == "tags" else "contains"


def _columns(wanted: Wanted) -> list[dict[str, Any]]:
    contains: dict[str, Any] = {
        "cellClass": "wrap",
        "filter": "agTextColumnFilter",
        "filterParams": {
            "filterOptions": ["contains"],
            "maxNumConditions": 1,
            "debounceMs": 300,
            "buttons": ["reset"],
        },
    }
    equals: dict[str, Any] = {
        "filter": "agTextColumnFilter",
        "filterParams": {**contains["filterParams"], "filterOptions": ["equals"]},
    }
    title = _column("title", "Run", "RunName", 200, flex=2, minWidth=160)
    tags = _column("tags", "Tags", "RunTags", 110, **equals)
    if not wanted.bin:
        # Enter opens the run, as a click does; F2 renames it.
        keys = {"suppressKeyboardEvent": {"function": "prunelabOwnKey(params)"}}
        title |= {"editable": True, "cellEditorParams": {"maxLength": 200}, **keys}
        tags |= {"editable": True, **keys}
    result = {"cellClass": "wrap", "flex": 1, "minWidth": 140, "headerTooltip": _main_result()}
    columns = [
        _column("starred", "★", "RunStar", 44, minWidth=44, headerTooltip="Star"),
        _column("status", "Status", "RunStatus", 106),
        title,
        _column("dataset", "Dataset", None, 104, **contains),
        _column("model", "Model", None, 112, **contains),
        _column("criteria", "Criteria", None, 124, **contains),
        _column("result", "Main result", "RunResult", 168, **result),
        _column("duration", "Duration", None, 102, cellClass="wrap number"),
        tags,
        _column("created", "Started", "RunTime", 98, cellClass="wrap"),
        _column("actions", "", "RunActions", 46, minWidth=46, sortable=False, pinned="right"),
    ]
    for column in columns:
        if column["field"] == wanted.sort:
            column["initialSort"] = "desc" if wanted.descending else "asc"
    return [column for column in columns if not (wanted.bin and column["field"] == "starred")]


def _main_result() -> str:
    """How main results are to be read; runs of which it is the same are named together."""
    called: dict[str, list[str]] = {}
    for study in experiments:
        face = face_of(study.name)
        called.setdefault(face.main_result, []).append(face.called)
    said = [f"Of {' or '.join(runs)}: {what}." for what, runs in called.items() if what]
    return " ".join([*said, _BEST])


def _column(
    field: str, title: str, renderer: str | None, width: int, **more: Any
) -> dict[str, Any]:
    sorting = {"sortable": True, "sortingOrder": ["desc", "asc"]}
    drawing = {"cellRenderer": renderer} if renderer else {}
    return {"field": field, "headerName": title, "width": width, **sorting, **drawing, **more}


def row_of(
    run: Run,
    details: str,
    progress: float | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """What the table shows of a run; ``progress`` is how much of it is done, from 0 to 1."""
    started = run.started_at or run.created_at
    study = experiment_title(run)
    return {
        "id": run.id,
        "starred": run.starred,
        "status": run.status,
        "status_title": STATUS[run.status],
        "title": run.title,
        "name": run.title or study,
        "besides": " · ".join(filter(None, (study if run.title else "", details))),
        "progress": progress,
        "dataset": run.dataset,
        "model": run.model,
        "criteria": ", ".join(run.criteria),
        "result": run.main_result,
        "duration": took(run),
        "tags": ", ".join(run.tags),
        "created": ago((now or datetime.now(UTC)) - started),
        "moment": started.isoformat(),
        "ended": run.ended,
    }


def wanted_of(
    request: Mapping[str, Any],
    *,
    search: str | None = "",
    status: list[str] | None = None,
    experiment: str | None = None,
    starred: bool = False,
    binned: bool = False,
) -> Wanted:
    """What the table and the controls above it ask for."""
    sort = next(iter(request.get("sortModel") or []), {"colId": "created", "sort": "desc"})
    filters = {
        _FILTERED[name]: found["filter"]
        for name, found in (request.get("filterModel") or {}).items()
        if name in _FILTERED and found.get("filter")
    }
    return Wanted(
        **filters,
        experiment=experiment or "",
        status=tuple(status or ()),
        search=(search or "")[:200],
        starred=starred,
        bin=binned,
        sort=cast("Sort", sort["colId"] if sort["colId"] in get_args(Sort) else "created"),
        descending=sort["sort"] == "desc",
    )
