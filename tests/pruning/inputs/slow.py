"""Masks as plain loops over numbers: nothing here is shared with what it checks."""

from __future__ import annotations

from math import exp, inf


def sigmoid(value: float) -> float:
    return 1 / (1 + exp(-value))


def softmax(values: list[float]) -> list[float]:
    powers = [exp(value - max(values)) for value in values]
    return [power / sum(powers) for power in powers]


def any_mask(logit: float, tau: float) -> tuple[float, float]:
    """Forward value, and its slope."""
    keep = sigmoid(logit / tau)
    return float(keep > 0.5), keep * (1 - keep) / tau


def xor_mask(logits: list[float], tau: float) -> tuple[list[float], list[list[float]]]:
    """Forward values, and ``slopes[i][j]``, that of value i by logit j."""
    chances = softmax([logit / tau for logit in logits])
    best = logits.index(max(logits))
    slopes = [
        [chances[i] * ((i == j) - chances[j]) / tau for j in range(len(logits))]
        for i in range(len(logits))
    ]
    return [float(i == best) for i in range(len(logits))], slopes


def element_of(pixel: int, pixels: int, elements: int) -> int:
    """Which element covers a pixel of a row, or of a column."""
    return pixel * elements // pixels


class Schedule:
    """λ and τ as they are published, fed with what each evaluation measured."""

    def __init__(self, init, factor, threshold, patience, tau_init, tau_factor, tau_min):
        self.weight, self.tau = init, tau_init
        self.factor, self.threshold, self.patience = factor, threshold, patience
        self.tau_init, self.tau_factor, self.tau_min = tau_init, tau_factor, tau_min
        self.best, self.bad = inf, 0

    def end_of_epoch(self, q_of_the_evaluation_before: float) -> None:
        if q_of_the_evaluation_before <= self.best - self.threshold:
            self.best, self.bad = q_of_the_evaluation_before, 0
        else:
            self.bad += 1
        if self.bad > self.patience:
            self.weight *= self.factor
            self.tau, self.bad = self.tau_init, 0
        else:
            self.tau = max(self.tau * self.tau_factor, self.tau_min)
