"""Short runs of every experiment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_SMALL: dict[str, Any] = {"dataset": "digits", "training_images": 200, "test_images": 100}

SHORT: dict[str, dict[str, Any]] = {
    "toy": {"hidden": [8, 8], "grid": 20, "criteria": ["weight", "lrp"], "reference_samples": 4},
    "toy_study": {
        "datasets": ["circle"],
        "criteria": ["weight", "grad"],
        "hidden": [8, 8],
        "reference_samples": [4],
        "seeds": 3,
    },
    "sweep": {
        **_SMALL,
        "model": "lenet-300-100",
        "epochs": 1,
        "criteria": ["weight"],
        "granularities": ["weight"],
        "sparsities": [0, 0.5],
        "seeds": [0],
        "latency_batch": 2,
    },
    "guided_sparsity": {
        **_SMALL,
        "arms": ["none", "group_lasso"],
        "epochs": 2,
        "evaluate_every": 5,
        "levels": [0.1],
        "seeds": [0],
        "latency_batch": 2,
    },
    "mint": {
        **_SMALL,
        "epochs": 1,
        "retrain_epochs": 1,
        "groups": [5],
        "samples_per_class": [10],
        "variants": ["mint"],
        "prune_layers": ["fc2"],
        "second_draw": False,
        "permuted": False,
        "percentages": [80],
        "seeds": [0],
        "latency_batch": 2,
    },
    "input_selection": {
        **_SMALL,
        "kinds": ["static"],
        "epochs": 2,
        "warmup_epochs": 1,
        "seeds": [0],
        "lambda_patience": 0,
        "lambda_threshold": 1,
        "logit_init": 0.5,
        "mask_learning_rate": 0.1,
    },
}
# Names of columns and series that are measured in time, and differ from run to run.
CLOCKS = ("speedup", "latency", "seconds", "duration")


def without_clocks(result: dict[str, Any]) -> dict[str, Any]:
    """What is to be the same whatever happened on the way, in an order of its own.

    Parts of a run end in any order; what is measured in time is left out.
    """
    return {
        "series": {
            name: sorted(zip(*_columns(data), strict=True), key=repr)
            for name, data in result["series"].items()
            if not _is_clock(name)
        },
        "tables": {
            name: sorted(_rows(table), key=repr) for name, table in result["tables"].items()
        },
        "frames": {
            name: sorted(frames, key=lambda frame: frame["at"])
            for name, frames in result["frames"].items()
            if not _is_clock(name)
        },
        "artifacts": sorted(each["path"] for each in result["artifacts"]),
    }


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """What two results differ in: kind, name, the first of each."""
    return [
        f"{kind}/{name}: {_first(one[kind].get(name), other[kind].get(name))}"
        for kind in ("series", "tables", "frames")
        for name in sorted(one[kind].keys() | other[kind].keys())
        if one[kind].get(name) != other[kind].get(name)
    ] + [f"artifacts: {one['artifacts']}" for _ in [0] if one["artifacts"] != other["artifacts"]]


def _first(one: list[Any] | None, other: list[Any] | None) -> str:
    pairs = zip(one or [], other or [], strict=False)
    found = next(((mine, theirs) for mine, theirs in pairs if mine != theirs), None)
    return (
        f"{found[0]} for {found[1]}"[:300] if found else f"{len(one or [])} for {len(other or [])}"
    )


def _columns(data: dict[str, Any]) -> Iterator[list[Any]]:
    yield data["x"]
    yield data["y"]
    yield from (data["labels"][name] for name in sorted(data["labels"]))


def _rows(table: dict[str, Any]) -> list[list[Any]]:
    kept = [place for place, name in enumerate(table["columns"]) if not _is_clock(name)]
    return [[row[place] for place in kept] for row in table["rows"]]


def _is_clock(name: str) -> bool:
    return any(clock in name for clock in CLOCKS)
