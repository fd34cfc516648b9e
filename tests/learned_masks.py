"""Masks that are learned within seconds, and images to send through them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pruning.context import Context
from pruning.events import Event
from pruning.execution import execute
from pruning.experiments.base import experiments

CONFIG: dict[str, Any] = {
    "kinds": ["static", "dynamic"],
    "epochs": 6,
    "warmup_epochs": 2,
    "seeds": [0, 1],
    "training_images": 400,
    "test_images": 100,
    "batch_size": 64,
    "logit_init": 0.5,
    "mask_learning_rate": 0.1,
    "lambda_patience": 0,
    "lambda_threshold": 1,
}


def learn(folder: Path) -> list[Event]:
    """Run an input selection; the files that it gives away lie in ``folder``."""
    study = experiments["input_selection"]
    context = Context(folder / "data", artifacts=folder)
    return list(execute(study, study.config.model_validate(CONFIG), context))


def draw_images(folder: Path, count: int = 3) -> list[Path]:
    """Some images of noise, each of another size, by turns grey and coloured."""
    folder.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(0)
    paths = []
    for number in range(count):
        shape = (8 + number, 9, 3)[: 2 + number % 2]
        path = folder / f"photo {number}.png"
        Image.fromarray(noise.integers(0, 256, shape, dtype=np.uint8)).save(path)
        paths.append(path)
    return paths
