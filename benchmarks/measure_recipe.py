"""Run recipes and write down what their cards show of it: ``measure_recipe.py NAME …``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pruning.events import TableData
from pruning.recipes import base
from pruning.recipes.base import Measured, Recipe
from pruning.recipes.published import shown

FOLDER = Path(base.__file__).parent / "measured"
DIGITS = 4


def measure(recipe: Recipe) -> Measured:
    command = ["python", "-m", "prunelab", "run", "--recipe", recipe.name]
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        subprocess.run([sys.executable, *command[1:], "--out", out], check=True)
        seconds = time.perf_counter() - start
        result = json.loads((Path(out) / "result.json").read_text())
    return summary(recipe, result["tables"], seconds)


def summary(recipe: Recipe, tables: dict[str, dict], seconds: float, more: str = "") -> Measured:
    """Of a result's tables what the card needs, and nothing else."""
    found = {name: TableData.model_validate(table) for name, table in tables.items()}
    return Measured(
        command=f"python -m prunelab run --recipe {recipe.name}",
        conditions=f"{os.cpu_count()} cores{more}",
        seconds=round(seconds, 1),
        tables={name: _rounded(table) for name, table in shown(recipe, found).items()},
    )


def _rounded(table: TableData) -> TableData:
    rows = [[round(c, DIGITS) if isinstance(c, float) else c for c in row] for row in table.rows]
    return TableData(columns=table.columns, rows=rows)


def write(recipe: Recipe, measured: Measured) -> None:
    content = measured.model_dump_json(indent=None)
    (FOLDER / f"{recipe.name}.json").write_text(content + "\n")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        write(base.recipes[name], measure(base.recipes[name]))
