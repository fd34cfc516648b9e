"""What becomes of one family: trained, pruned, slimmed and exported, or the reason why not."""

from __future__ import annotations

import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pruning.context import Context
from pruning.data.importing import import_dataset
from pruning.data.places import look_in
from pruning.events import fold
from pruning.execution import execute
from pruning.experiments.base import experiments
from pruning.models.files import register_file

CLASSES = 4
# Of a picture's side, where 64 pixels will not do.
SIDES = {"inception": 96, "maxvit": 56}
_PREFIX = "family-"


@dataclass(frozen=True)
class Outcome:
    """What a sweep of one family over one granularity has come to.

    Attributes
    ----------
    excluded
        The layers that had to be left out, as the refusal before it said.
    reason
        Why it did not end well; nothing where it did.
    parameters
        The share of the parameters that is left at half of the weights or units.
    files
        Which files of the pruned network there are to take away.
    """

    family: str
    granularity: str
    seconds: float
    excluded: int = 0
    reason: str = ""
    parameters: float = 1.0
    files: tuple[str, ...] = ()


def prepare(home: Path) -> list[str]:
    """Register the families, make the pictures that they look at, and return their names."""
    look_in(home)
    names = register_file(Path(__file__).with_name("models.py"))
    for side in {64, *SIDES.values()}:
        source = home / f"pictures-{side}.npz"
        np.savez(source, **_pictures(side))
        for _ in import_dataset(source, home, f"pictures-{side}"):
            pass
    return [name.removeprefix(_PREFIX) for name in names]


def outcome(family: str, granularity: str, home: Path) -> Outcome:
    """Sweep a family; where layers are refused, once more without them."""
    begun = time.monotonic()
    exclude = ["output"]
    for _ in range(2):
        try:
            result = _swept(family, granularity, exclude, home)
        except ValueError as error:
            failed = str(error)
        else:
            failed = result.error or ""
        refused = re.search(r"exclude ([^;]*)$", failed)
        if not refused:
            break
        exclude += refused[1].split(", ")
    seconds, excluded = time.monotonic() - begun, len(exclude) - 1
    if failed:
        return Outcome(family, granularity, seconds, excluded, failed.partition(";")[0])
    table = result.tables["summary"]
    left = dict(zip(table.columns, table.rows[-1], strict=True))["parameter_ratio"]
    files = tuple(sorted(each.name.rpartition(": ")[2] for each in result.artifacts))
    return Outcome(family, granularity, seconds, excluded, "", left, files)


def _swept(family: str, granularity: str, exclude: list[str], home: Path):
    study = experiments["sweep"]
    config = study.config(
        model=f"{_PREFIX}{family}",
        dataset=f"pictures-{SIDES.get(family, 64)}",
        criteria=["weight"],
        granularities=[granularity],
        sparsities=[0, 0.5],
        seeds=[0],
        epochs=1,
        batch_size=16,
        latency_batch=4,
        exclude=exclude,
        take_away=["safetensors", "onnx", "torch_export"],
    )
    with tempfile.TemporaryDirectory() as folder:
        context = Context(home, artifacts=Path(folder))
        return fold(list(execute(study, config, context)))


def _pictures(side: int) -> dict[str, np.ndarray]:
    """Classes of one colour each, under noise."""
    draws = np.random.default_rng(0)
    found = {}
    for part, count in (("train", 48), ("test", 16)):
        y = np.arange(count) % CLASSES
        x = draws.integers(0, 128, (count, side, side, 3)) + 32 * y[:, None, None, None]
        found |= {f"x_{part}": x.astype(np.uint8), f"y_{part}": y}
    return found
