"""The network in the page: what its evaluator says under masks, held against plain numpy.

The reference multiplies matrices in double precision, from the very weights that the page is given.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from typing import Any

import numpy as np
import pytest
import torch

from pruning.data.base import datasets
from pruning.events import Array
from pruning.randomness import torch_generator
from pruning.toy.canvas import Canvas
from pruning.toy.mlp import MLP
from pruning.toy.page_network import halved
from pruning.toy.settings import ToyTraining
from pruning.toy.training import train
from tests.browser.evaluator import Evaluator
from tests.browser.network_reference import Floats, Labels, Mask, Network

DATASETS = ["moon", "circle", "mult", "spiral", "xor", "blobs"]
HIDDEN = [(24,), (20, 12), (60, 50, 40), (16, 14, 12, 10)]
MASKS = 20
GRID = 25
# Logits that lie closer than this share of their size may be told apart either way.
CLOSE = 1e-3

EVALUATE = """async ({ weights, biases, x, masks, points, labels }) => {
  const { Evaluator, Masked, networkOf, unitOutputs } = await import("#network/evaluator.js");
  const { decide, measure } = await import("#network/decisions.js");
  const floats = (rows) => rows.map((row) => Float32Array.from(row));
  const network = networkOf(floats(weights), floats(biases), 2);
  const masked = new Masked(new Evaluator(network, floats(x)));
  return masks.map(({ removed, cuts }) => {
    masked.set(removed, cuts);
    const logits = masked.logits();
    const { classes, confidence } = decide(logits, 0, points);
    const outputs = unitOutputs(masked).map((row) => Array.from(row.subarray(0, 50)));
    return {
      classes: Array.from(classes),
      confidence: Array.from(confidence),
      outputs,
      ...measure(logits, points, labels),
    };
  });
}"""


@dataclass(frozen=True)
class Case:
    network: Network
    x: Floats
    labels: Labels


@cache
def case(dataset: str, hidden: tuple[int, ...]) -> Case:
    """A network that has learned something, in half precision; a grid, then labelled points."""
    data = datasets[dataset]
    x, y = data.sample(200, data.noise, 3)
    network = MLP(2, hidden, data.classes, torch_generator("initial weights", 3))
    generator = torch_generator("training of a toy network", 3)
    points, classes = torch.from_numpy(x), torch.from_numpy(y)
    for _ in train(network, points, classes, generator, ToyTraining(steps=150)):
        pass
    layers = [*halved(network).hidden_layers, halved(network).output]
    return Case(
        Network(
            [layer.weight.detach().double().numpy() for layer in layers],
            [layer.bias.detach().double().numpy() for layer in layers],
        ),
        Canvas(GRID, (x, y)).points().double().numpy(),
        y,
    )


def random_masks(case: Case, seed: int) -> list[Mask]:
    """From nothing to almost all; steps of one unit, as a slider moves, and leaps; back again."""
    rng = np.random.default_rng(seed)
    network = case.network
    units, sizes = sum(network.widths), [2, *network.widths, len(network.biases[-1])]
    masks = [Mask()]
    for turn in range(MASKS - 1):
        gone = set(masks[-1].units)
        if turn % 3:
            gone ^= {int(rng.integers(units))}
        else:
            gone = {*rng.choice(units, rng.integers(units), replace=False).tolist()}
        cuts = [random_cut(rng, sizes) for _ in range(rng.integers(5))] if turn % 4 == 3 else []
        masks.append(Mask(sorted(gone), cuts))
    return masks


def random_cut(rng: np.random.Generator, sizes: list[int]) -> tuple[int, int, int]:
    layer = int(rng.integers(len(sizes) - 1))
    return layer, int(rng.integers(sizes[layer])), int(rng.integers(sizes[layer + 1]))


@pytest.mark.parametrize(("dataset", "hidden"), list(zip(DATASETS, cycle(HIDDEN), strict=False)))
def test_the_page_says_what_numpy_says(evaluator: Evaluator, dataset, hidden):
    made = case(dataset, hidden)
    masks = random_masks(made, seed=DATASETS.index(dataset))
    asked = {
        "weights": [weight.ravel().tolist() for weight in made.network.weights],
        "biases": [bias.tolist() for bias in made.network.biases],
        "x": made.x.T.tolist(),
        "masks": [mask.to_json(sum(hidden)) for mask in masks],
        "points": GRID**2,
        "labels": made.labels.tolist(),
    }
    for mask, said in zip(masks, evaluator.page.evaluate(EVALUATE, asked), strict=True):
        outputs, logits = made.network.forward(made.x, mask)
        check_classes(said, logits[: GRID**2])
        check_measures(said, logits[GRID**2 :], made.labels)
        wanted = np.concatenate(outputs, axis=1).T[:, :50]
        assert np.allclose(said["outputs"], wanted, rtol=1e-4, atol=1e-4)


def check_classes(said: dict[str, Any], logits: Floats) -> None:
    best, second = -np.partition(-logits, 1, axis=1)[:, :2].T
    sure = best - second > CLOSE * np.abs(logits).max(axis=1)
    assert np.array_equal(np.array(said["classes"])[sure], logits.argmax(axis=1)[sure])
    shifted = np.exp(logits - best[:, None])
    confidence = 100 / shifted.sum(axis=1)
    assert np.abs(np.array(said["confidence"]) - confidence).max() <= 0.51


def check_measures(said: dict[str, Any], logits: Floats, labels: Labels) -> None:
    assert abs(said["accuracy"] - (logits.argmax(axis=1) == labels).mean()) <= 0.01
    shifted = logits - logits.max(axis=1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]
    assert said["loss"] == pytest.approx(losses.mean(), rel=1e-3, abs=1e-5)


def test_rounding_does_not_add_up_over_thousands_of_steps(evaluator: Evaluator):
    """Whoever scrubs back and forth for an hour sees what a reload would show."""
    made = case("moon", (60, 50, 40))
    rng = np.random.default_rng(0)
    ends = """async ({ weights, biases, x, steps }) => {
      const { Evaluator, Masked, networkOf } = await import("#network/evaluator.js");
      const floats = (rows) => rows.map((row) => Float32Array.from(row));
      const evaluator = new Evaluator(networkOf(floats(weights), floats(biases), 2), floats(x));
      const [walked, fresh] = [new Masked(evaluator), new Masked(evaluator)];
      const removed = new Uint8Array(evaluator.network.units);
      for (const unit of steps) {
        removed[unit] = 1 - removed[unit];
        walked.set(removed);
      }
      fresh.set(removed);
      return [walked, fresh].map((each) => Array.from(each.logits()[0]));
    }"""
    asked = {
        "weights": [weight.ravel().tolist() for weight in made.network.weights],
        "biases": [bias.tolist() for bias in made.network.biases],
        "x": made.x.T.tolist(),
        "steps": rng.integers(150, size=3000).tolist(),
    }
    walked, fresh = evaluator.page.evaluate(ends, asked)
    assert np.allclose(walked, fresh, rtol=1e-4, atol=1e-4)


def test_every_number_of_half_precision_is_read_as_numpy_reads_it(evaluator: Evaluator):
    bits = np.arange(1 << 16, dtype=np.uint16)
    told = Array(
        dtype="f2", bdata=base64.b64encode(bits.tobytes()).decode(), shape=str(len(bits))
    ).model_dump()
    script = """async (told) => {
      const { decode } = await import("#results/fold.js");
      return Array.from(new Uint32Array(decode(told).values.buffer));
    }"""
    found = np.array(evaluator.page.evaluate(script, told), np.uint32).view(np.float32)
    assert np.array_equal(found, bits.view(np.float16).astype(np.float32), equal_nan=True)
