"""Points in the plane whose classes no straight line separates.

The generators are a few lines of numpy each. ``moon`` and ``circle`` are scikit-learn's
``make_moons`` and ``make_circles``, written out because importing scikit-learn takes longer than
a whole run.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt

from pruning.data.base import Classes, Points, dataset

Plane = npt.NDArray[np.float64]


def _labelled(clouds: list[Plane]) -> tuple[Points, Classes]:
    """Stack one cloud of points per class and label them."""
    classes = np.repeat(np.arange(len(clouds)), [len(cloud) for cloud in clouds])
    return np.concatenate(clouds).astype(np.float32), classes.astype(np.int64)


def _polar(radius: npt.ArrayLike, angle: npt.ArrayLike) -> Plane:
    """Points at ``radius`` and ``angle``, measured from the y axis."""
    return np.stack(np.broadcast_arrays(radius * np.sin(angle), radius * np.cos(angle)), axis=-1)


@dataset(
    "moon",
    title="Moons",
    description="Two interleaved half moons with gaussian noise.",
    classes=2,
    noise=0.1,
    papers=("pedregosa2011",),
)
def moon(per_class: int, noise: float, seed: int) -> tuple[Points, Classes]:
    """Draw two half moons, each point moved by ``N(0, noise)``."""
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, np.pi, per_class)
    outer = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    inner = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=-1)
    return _labelled([arc + rng.normal(0, noise, arc.shape) for arc in (outer, inner)])


@dataset(
    "circle",
    title="Circles",
    description="A small circle inside a large one, with gaussian noise.",
    classes=2,
    noise=0.1,
    papers=("pedregosa2011",),
)
def circle(per_class: int, noise: float, seed: int) -> tuple[Points, Classes]:
    """Draw circles of radius 1 and 0.3, each point moved by ``N(0, noise)``."""
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, per_class, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return _labelled([r * ring + rng.normal(0, noise, ring.shape) for r in (1.0, 0.3)])


def _arms(arms: int, turn: float, per_class: int, noise: float, seed: int) -> list[Plane]:
    """Spiral arms from the origin to radius 1; arm j turns from ``turn * j`` on by ``turn``."""
    rng = np.random.default_rng(seed)
    radius = np.linspace(0, 1, per_class)
    starts = [np.linspace(turn * arm, turn * (arm + 1), per_class) for arm in range(arms)]
    return [_polar(radius, start + rng.normal(0, noise, per_class)) for start in starts]


@dataset(
    "mult",
    title="Four spiral arms",
    description="Four interleaved spiral arms, one per class; the noise turns the angle.",
    classes=4,
    noise=0.2,
    papers=("yeom2021",),
)
def mult(per_class: int, noise: float, seed: int) -> tuple[Points, Classes]:
    """Draw four arms; arm j turns from angle 4j to 4(j+1), give or take ``N(0, noise)``.

    With one point per class every point lies at the origin: that is the published generator.
    """
    return _labelled(_arms(4, 4.0, per_class, noise, seed))


@dataset(
    "spiral",
    title="Two spiral arms",
    description="Two arms wound around each other, with gaussian noise.",
    classes=2,
    noise=0.02,
)
def spiral(per_class: int, noise: float, seed: int) -> tuple[Points, Classes]:
    """Draw two arms of one and a half turns, each point moved by ``N(0, noise)``."""
    rng = np.random.default_rng(seed)
    progress = np.sqrt(rng.uniform(0.02, 1, (2, per_class)))
    arms = [_polar(r, 3 * np.pi * r + half * np.pi) for half, r in enumerate(progress)]
    return _labelled([arm + rng.normal(0, noise, arm.shape) for arm in arms])


@dataset(
    "xor",
    title="Exclusive or",
    description="Four squares like a chessboard: opposite corners share a class.",
    classes=2,
    noise=0.05,
)
def xor(per_class: int, noise: float, seed: int) -> tuple[Points, Classes]:
    """Draw points of the square, class 1 where x and y differ in sign, moved by ``N(0, noise)``."""
    rng = np.random.default_rng(seed)
    sides = rng.uniform(0, 1, (2, per_class, 2))
    flips = rng.choice([-1.0, 1.0], (2, per_class, 1))
    same = sides * flips * np.array([[[1, 1]], [[1, -1]]])
    return _labelled([cloud + rng.normal(0, noise, cloud.shape) for cloud in same])


@dataset(
    "blobs",
    title="Four blobs",
    description="Four round gaussian clouds, one per class.",
    classes=4,
    noise=0.3,
)
def blobs(per_class: int, noise: float, seed: int) -> tuple[Points, Classes]:
    """Draw a cloud of standard deviation ``noise`` around each of four corners."""
    rng = np.random.default_rng(seed)
    corners = np.array(list(product((-0.7, 0.7), repeat=2)))
    return _labelled([corner + rng.normal(0, noise, (per_class, 2)) for corner in corners])
