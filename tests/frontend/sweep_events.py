"""What a sweep says, made up: curves that fall, histograms that empty, images that flip."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from pruning.data.image_base import image_datasets
from pruning.events import Array, Artifact, Event, Frame, Note, Point, Result, Table, fold
from pruning.experiments.sweep.config import SHUFFLED, SweepConfig

# What a network's own code calls a layer may look like anything.
LAYERS = {"hidden_1": 300, "hidden <b>2</b>": 100, "output": 10}
SUMMARY = [
    "criterion",
    "granularity",
    "sparsity",
    "sparsity_achieved",
    "seeds",
    "test_accuracy",
    "sd",
    "test_loss",
    "compression",
    "speedup_theoretical",
    "speedup_measured",
    "speedup_measured_q1",
    "speedup_measured_q3",
    "latency_ms",
    "latency_ms_q1",
    "latency_ms_q3",
    "channel_ratio",
    "parameter_ratio",
]
ACCURACY = [
    "criterion",
    "granularity",
    "seed",
    "sparsity_asked",
    "sparsity_achieved",
    "compression",
    "speedup_theoretical",
    "speedup_measured",
    "speedup_measured_q1",
    "speedup_measured_q3",
    "test_accuracy",
    "test_loss",
    "test_accuracy_before_finetune",
    "best_epoch_accuracy",
    "nonzero_parameters",
    "bytes",
]
LAYER = ["criterion", "granularity", "sparsity", "layer", "kept", "total", "removed"]
SENSITIVITY = ["criterion", "granularity", "layer", "sparsity", "test_accuracy"]
SIDE = 8
ABREAST = 6


def sweep_result(config: SweepConfig) -> Result:
    """All of them, folded."""
    return fold(sweep_events(config))


def without_quartiles(result: Result) -> Result:
    """What an earlier version would have said."""
    told = result.model_dump(mode="json")
    for series in told["series"].values():
        kinds = series["labels"].get("statistic", [""] * len(series["x"]))
        kept = [i for i, kind in enumerate(kinds) if kind not in ("q1", "q3")]
        columns = {name: [column[i] for i in kept] for name, column in series["labels"].items()}
        series.update({axis: [series[axis][i] for i in kept] for axis in "xy"}, labels=columns)
    for table in told["tables"].values():
        kept = [i for i, name in enumerate(table["columns"]) if not name.endswith(("_q1", "_q3"))]
        table["columns"] = [table["columns"][i] for i in kept]
        table["rows"] = [[row[i] for i in kept] for row in table["rows"]]
    return Result.model_validate(told)


def sweep_events(config: SweepConfig) -> Iterator[Event]:
    """In the order of a real run: training, dense, then one arm after another."""
    yield from _training(config)
    for measure, level in (("accuracy", 0.975), ("loss", 0.09)):
        yield from _statistics(f"{measure}/dense", 0, level, 0.002)
    for place, (name, granularity) in enumerate(config.arms):
        for sparsity in config.sparsities:
            yield from _pruned(config, name, granularity, place, sparsity)
    if config.sensitivity:
        yield from _sensitivity(config)
    yield Note(level="info", text="Latency: cpu, batches of 64 images, 1 thread.")
    yield from _artifacts(config)


def accuracy(place: int, granularity: str, sparsity: float) -> float:
    """Falls with sparsity, sooner for later criteria and for units."""
    knee = (0.93 if granularity == "weight" else 0.75) - 0.12 * place
    return 0.1 + 0.875 / (1 + math.exp(18 * (sparsity - knee)))


def _training(config: SweepConfig) -> Iterator[Point]:
    for seed in config.seeds:
        for epoch in range(1, config.epochs + 1):
            for name, gap in (("train", 0.0), ("validation", 0.02)):
                labels: dict[str, Any] = {"seed": seed, "set": name}
                loss = 2.3 * math.exp(-epoch / 3) + gap + 0.01 * math.sin(epoch + seed)
                yield Point(series="training/loss", x=epoch, y=loss, labels=labels)
                right = 1 - 0.4 * loss
                yield Point(series="training/accuracy", x=epoch, y=right, labels=labels)


def spread(speedup: float) -> list[float | None]:
    """The quartiles of a measured speed-up."""
    return [0.95 * speedup, 1.1 * speedup]


def _statistics(
    series: str, x: float, mean: float, sd: float, where: dict[str, Any] | None = None
) -> Iterator[Point]:
    for statistic, y in (("mean", mean), ("lower", mean - sd), ("upper", mean + sd)):
        yield Point(series=series, x=x, y=y, labels={**(where or {}), "statistic": statistic})


def _pruned(
    config: SweepConfig, name: str, granularity: str, place: int, sparsity: float
) -> Iterator[Event]:
    arm, right = f"{name}/{granularity}", accuracy(place, granularity, sparsity)
    loss, sd = -math.log(right), 0.01 + 0.03 * sparsity
    kept = 1 - sparsity
    ratios = [1 / kept, 1 / kept**1.2, 1 / kept**0.4 if granularity == "unit" else 1.0]
    latency = 2.4 / ratios[2]
    axes = ["sparsity", "compression", "speedup_theoretical", "speedup_measured"]
    for axis, x in zip(axes, [sparsity, *ratios], strict=True):
        where = {} if axis == "sparsity" else {"sparsity": sparsity}
        yield from _statistics(f"accuracy/{arm}/{axis}", x, right, sd, where)
        yield from _statistics(f"loss/{arm}/{axis}", x, loss, sd, where)
    quartiles = spread(ratios[2]) if sparsity else [None, None]
    for x, statistic in zip(quartiles, ("q1", "q3"), strict=True):
        for measure, y in (("accuracy", right), ("loss", loss)):
            series = f"{measure}/{arm}/speedup_measured"
            if x is not None:
                yield Point(series=series, x=x, y=y, labels={**where, "statistic": statistic})
    ratios += quartiles
    slow, fast = (2.4 / q if q else None for q in quartiles)
    row = [name, granularity, sparsity, sparsity, len(config.seeds), right, sd, loss, *ratios]
    row += [latency, fast, slow, kept, kept**1.2]
    yield Table(name="summary", columns=SUMMARY, key=SUMMARY[:3], rows=[row])
    for seed in config.seeds:
        measures = [*ratios, right, loss, right - 0.01, 0.98, round(266_200 * kept), 40_000]
        row = [name, granularity, seed, sparsity, sparsity, *measures]
        yield Table(name="accuracy", columns=ACCURACY, key=ACCURACY[:4], rows=[row])
    for epoch in range(1, config.finetune_epochs + 1 if sparsity else 0):
        better = right + (0.95 - right) * (1 - math.exp(-epoch))
        labels: dict[str, Any] = {"seed": config.seeds[0], "sparsity": sparsity}
        series = f"finetuning/accuracy/{arm}"
        yield Point(series=series, x=epoch, y=better, labels={**labels, "set": "validation"})
    yield from _layers(name, granularity, sparsity)
    if not name.endswith(SHUFFLED):
        yield from _pictures(config, arm, right, sparsity)


def _layers(name: str, granularity: str, sparsity: float) -> Iterator[Table]:
    for depth, (layer, units) in enumerate(LAYERS.items()):
        share = 0.0 if layer == "output" else sparsity ** (1 + 0.3 * depth)
        total = units if granularity == "unit" else 64 * units
        kept = round(total * (1 - share))
        row = [name, granularity, sparsity, layer, kept, total, 1 - kept / total]
        yield Table(name="layers", columns=LAYER, key=LAYER[:4], rows=[row])


def _sensitivity(config: SweepConfig) -> Iterator[Table]:
    for name, granularity in config.arms:
        for depth, layer in enumerate(LAYERS):
            for sparsity in config.sparsities:
                row = [name, granularity, layer, sparsity, 1 - sparsity**3 / (1 + depth)]
                yield Table(
                    name="sensitivity", columns=SENSITIVITY, key=SENSITIVITY[:4], rows=[row]
                )


def _pictures(config: SweepConfig, arm: str, right: float, at: float) -> Iterator[Frame]:
    for layer, units in LAYERS.items():
        for name, bins, spread in (("weights", 300, 0.08), ("units", 100, 1.0)):
            x = (np.arange(bins) + 0.5) / bins * 4 * spread
            y = 60 * units / bins * np.exp(-((x / spread) ** 2) / 2)
            y[: int(bins * at * 0.4)] = 0
            arrays = {"x": Array.of(x, "f4"), "y": Array.of(y, "u4")}
            yield Frame(name=f"{name}/{arm}/{layer}", at=at, arrays=arrays)
    yield Frame(name=f"filters/{arm}", at=at, arrays={"image": _filters(at)})
    classes = len(image_datasets[config.dataset].classes)
    wrong = np.random.default_rng(1).integers(0, 9, (classes, classes))
    counts = np.rint(wrong * (1 - right)) + np.diag(np.full(classes, round(90 * right)))
    yield Frame(name=f"confusion/{arm}", at=at, arrays={"counts": Array.of(counts, "u4")})
    yield _flips(arm, classes, round(26 * at), at)


def _filters(at: float) -> Array:
    draws = np.random.default_rng(2)
    tiles = draws.integers(0, 256, (36, SIDE, SIDE, 1)).astype(float)
    fade = np.where(np.arange(36) < 36 * at, 0.3, 1)[:, None, None, None]
    return _grid(127.5 + (tiles - 127.5) * fade)


def _flips(arm: str, classes: int, count: int, at: float) -> Frame:
    draws = np.random.default_rng(3)
    tiles = draws.integers(0, 256, (min(count, 24), SIDE, SIDE, 1)).astype(float)
    true = np.arange(len(tiles)) % classes
    arrays = {"image": _grid(tiles), "true": Array.of(true, "i2"), "before": Array.of(true, "i2")}
    arrays["after"] = Array.of((true + 3) % classes, "i2")
    return Frame(name=f"flips/{arm}", at=at, arrays=arrays)


def _grid(tiles: np.ndarray) -> Array:
    """Tiles of (side, side, 1) in rows of six, enlarged, a light line between them."""
    if not len(tiles):
        return Array.of(np.zeros((0, 0, 3)), "u1")
    times, rows = 3, math.ceil(len(tiles) / ABREAST)
    side = times * SIDE + 1
    grid = np.full((rows * side - 1, ABREAST * side - 1, 3), 255.0)
    for i, tile in enumerate(tiles):
        top, left = side * (i // ABREAST), side * (i % ABREAST)
        large = tile.repeat(times, axis=0).repeat(times, axis=1)
        grid[top : top + side - 1, left : left + side - 1] = large
    return Array.of(grid, "u1")


def _artifacts(config: SweepConfig) -> Iterator[Artifact]:
    kinds = {"safetensors": "safetensors", "ONNX": "onnx", "masks": "npz", "description": "json"}
    for name, granularity in config.arms[:4]:
        for i, (kind, suffix) in enumerate(kinds.items()):
            yield Artifact(
                name=f"{name.capitalize()}, {granularity}s, 80 % removed: {kind}",
                media_type="application/octet-stream",
                size=10 ** (i + 3) + 234,
                path=f"{name}-{granularity}/80.{suffix}",
            )
    yield Artifact(
        name="Training curves: TensorBoard",
        media_type="application/octet-stream",
        size=48_211,
        path="tensorboard/events.out.tfevents.1",
    )
