"""How a run of guided sparsity is divided among workers."""

from __future__ import annotations

from pruning.experiments.base import Part
from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig


def parts(config: GuidedSparsityConfig) -> list[Part]:
    """A race of all arms for each seed, and then what they come to together."""
    steps = len(config.entrants) * config.total_steps
    races = [Part(race_of(seed), steps) for seed in config.seeds]
    return [*races, Part("comparison", 1, tuple(part.name for part in races))]


def race_of(seed: int) -> str:
    """The part in which the networks of a seed are trained."""
    return f"race/{seed}"
