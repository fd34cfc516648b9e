"""What lists of runs show, sort and search by; results without frames; stars and the bin.

Revision ID: 0006
Revises: 0005
"""

import gzip
import json
from statistics import fmean
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

SORTED_BY: dict[str, list[str]] = {
    **{name: ["search"] for name in ("created_at", "experiment", "status")},
    **{name: [] for name in ("sort_title", "dataset", "model", "criteria", "main_value")},
    **{name: [] for name in ("duration", "starred", "tag_line")},
}
TEXTS = ("dataset", "model", "criteria", "main_result", "sort_title", "tag_line", "search")
TITLES = {"toy": "Toy decision boundaries", "toy_study": "Toy study", "sweep": "Pruning sweep"}
LENGTH, LONGEST = 300, 2400

runs = sa.table(
    "runs",
    *(sa.column(name) for name in ("id", "experiment", "title", "parent_id", "shelf", *TEXTS)),
    *(sa.column(name, sa.JSON) for name in ("tags", "config")),
    *(sa.column(name, sa.DateTime(timezone=True)) for name in ("started_at", "finished_at")),
    sa.column("duration", sa.Float),
    sa.column("main_value", sa.Float),
)
records = sa.table(
    "run_records", sa.column("run_id"), *(sa.column(n, sa.LargeBinary) for n in ("result", "light"))
)


def upgrade() -> None:
    op.add_column(
        "runs", sa.Column("starred", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.add_column("runs", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("runs", sa.Column("duration", sa.Float, nullable=True))
    op.add_column("runs", sa.Column("main_value", sa.Float, nullable=True))
    for name in TEXTS:
        op.add_column("runs", sa.Column(name, sa.Text, nullable=False, server_default=""))
    light = sa.Column("light", sa.LargeBinary, nullable=False, server_default="")
    op.add_column("run_records", light)
    shelf = sa.Column("shelf", sa.String(8), nullable=False, server_default="listed")
    op.add_column("runs", shelf)
    _fill_runs(op.get_bind())
    _fill_records(op.get_bind())
    for name, covered in SORTED_BY.items():
        columns = list(dict.fromkeys(("shelf", name, "created_at", "id")))
        op.create_index(f"ix_runs_shelf_{name}", "runs", [*columns, *covered])


def downgrade() -> None:
    for name in SORTED_BY:
        op.drop_index(f"ix_runs_shelf_{name}", "runs")
    op.drop_column("run_records", "light")
    for name in ("starred", "deleted_at", "shelf", "duration", "main_value", *TEXTS):
        op.drop_column("runs", name)


def _fill_runs(connection: sa.Connection) -> None:
    """What follows from each configuration, as the application writes it down from now on."""
    parts = sa.update(runs).where(runs.c.parent_id.is_not(None))
    connection.execute(parts.values(shelf="part"))
    known = sa.select(
        *(runs.c[name] for name in ("id", "experiment", "title", "tags", "config")),
        *(runs.c[name] for name in ("started_at", "finished_at")),
    ).where(runs.c.parent_id.is_(None))
    for row in connection.execute(known).all():
        values = _facts(row)
        connection.execute(sa.update(runs).where(runs.c.id == row.id).values(**values))


def _facts(row: Any) -> dict[str, Any]:
    config = row.config
    study = TITLES.get(row.experiment, "")
    dataset = _listed(config, "dataset", "datasets")
    criteria = _listed(config, "criterion", "criteria")
    model = _listed(config, "model")
    if not model and isinstance(config.get("hidden"), list):
        model = f"mlp {'-'.join(map(str, config['hidden']))}"[:LENGTH]
    words = (row.title, row.id, row.experiment, study, dataset, model, criteria, *row.tags)
    both = row.started_at and row.finished_at
    return {
        "dataset": dataset,
        "model": model,
        "criteria": criteria,
        "duration": (row.finished_at - row.started_at).total_seconds() if both else None,
        "sort_title": (row.title or study or row.experiment).lower()[:LENGTH],
        "tag_line": _cut("".join(f"\n{tag}" for tag in row.tags).lower() + "\n"),
        "search": _cut(" ".join(filter(None, words)).lower()),
    }


def _cut(text: str) -> str:
    return text.encode()[:LONGEST].decode(errors="ignore")


def _listed(config: dict[str, Any], *names: str) -> str:
    for name in names:
        value = config.get(name)
        if value is not None:
            return (", ".join(map(str, value)) if isinstance(value, list) else str(value))[:LENGTH]
    return ""


def _fill_records(connection: sa.Connection) -> None:
    """Results without their frames, and the main result of each run."""
    for run_id in connection.execute(sa.select(records.c.run_id)).scalars().all():
        mine = records.c.run_id == run_id
        packed = connection.execute(sa.select(records.c.result).where(mine)).scalar_one()
        if not packed:
            # A part of a run has a log, but no result of its own.
            continue
        result = json.loads(gzip.decompress(packed))
        light = json.dumps({k: v for k, v in result.items() if k != "frames"}).encode()
        packed = gzip.compress(light, compresslevel=3)
        connection.execute(sa.update(records).where(mine).values(light=packed))
        one = runs.c.id == run_id
        run = connection.execute(sa.select(runs.c.experiment, runs.c.config).where(one)).one()
        text, value = _main_result(run.experiment, run.config, result)
        said = sa.update(runs).where(one).values(main_result=text, main_value=value)
        connection.execute(said)


def _main_result(
    experiment: str, config: dict[str, Any], result: dict[str, Any]
) -> tuple[str, float | None]:
    match experiment:
        case "toy":
            unpruned = _level(result, "accuracy/unpruned", "scenario", "test")
            return _most_removed(_rows(result, "accuracy"), unpruned)
        case "sweep":
            unpruned = _level(result, "accuracy/dense", "statistic", "mean")
            return _most_removed(_rows(result, "summary"), unpruned)
        case "toy_study":
            return _most_kept(_rows(result, "accuracy"), config)
    return "", None


def _most_removed(rows: list[dict[str, Any]], unpruned: float | None) -> tuple[str, float | None]:
    rows = [row for row in rows if row["sparsity"] > 0]
    if unpruned is None or not rows:
        return "", None
    kept = [row for row in rows if row["test_accuracy"] >= unpruned - 0.01 - 1e-9]
    if not kept:
        return "nothing removed within 1 point", 0.0
    best = max(kept, key=lambda row: (row["sparsity"], row["test_accuracy"]))
    what = f"{best.get('granularity', 'unit')}s"
    by = best["criterion"].replace("_shuffled", ", layer-shuffled,")
    share, accuracy = _percent(best["sparsity"]), _percent(best["test_accuracy"])
    return f"{share} of {what} by {by} at {accuracy}", best["sparsity"]


def _most_kept(rows: list[dict[str, Any]], config: dict[str, Any]) -> tuple[str, float | None]:
    cells: dict[Any, dict[str, float]] = {}
    for row in rows:
        if row["scenario"] == "test":
            cell = cells.setdefault((row["dataset"], row["reference_samples"]), {})
            cell[row["criterion"]] = row["mean"]
    names = config["criteria"]
    complete = [cell for cell in cells.values() if set(names) <= set(cell)]
    if not complete:
        return "", None
    means = {name: fmean(cell[name] for cell in complete) for name in names}
    best = max(means, key=lambda name: means[name])
    share = f"{_percent(config['fraction'])} of units removed"
    return f"{_percent(means[best])} by {best}, {share}", means[best]


def _rows(result: dict[str, Any], name: str) -> list[dict[str, Any]]:
    table = result["tables"].get(name, {"columns": [], "rows": []})
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]


def _level(result: dict[str, Any], series: str, label: str, wanted: str) -> float | None:
    found = result["series"].get(series, {"labels": {}})
    labels = found["labels"].get(label, [])
    return found["y"][labels.index(wanted)] if wanted in labels else None


def _percent(share: float) -> str:
    return f"{round(100 * share, 1):g} %"
