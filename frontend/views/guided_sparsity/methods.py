"""What a paper says of a run of guided sparsity."""

from __future__ import annotations

from collections.abc import Sequence

from frontend.views.prose import Sentences, cite, counted, number, percent, spread
from frontend.views.trained import (
    data_sentence,
    network_sentence,
    spared_sentence,
    training_sentence,
)
from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from pruning.experiments.guided_sparsity.entrants import ArmName


def guided_sparsity(config: GuidedSparsityConfig) -> Sentences:
    """The sentences of a run, by what they are about."""
    length = counted(config.steps, "step") if config.steps else ""
    return {
        "data": data_sentence(config),
        "network": network_sentence(config),
        "training": training_sentence(config, length),
        "arms": _arms(config),
        "step": _step(config),
        "threshold": _threshold(config),
        "levels": _levels(config),
        "seeds": _seeds(config),
    }


def _arms(config: GuidedSparsityConfig) -> str:
    words = [_arm(config, arm) for arm in config.arms]
    besides = f" {spared_sentence(config.spared)}" if config.spared and _penalised(config) else ""
    if len(words) == 1:
        return f"It was trained {words[0]}.{besides}"
    several = "; ".join([*words[:-1], f"and {words[-1]}"])
    return f"From the same initial weights it was trained {several}.{besides}"


def _penalised(config: GuidedSparsityConfig) -> bool:
    return any(config.penalties_of(each) for each in config.entrants)


def _arm(config: GuidedSparsityConfig, arm: ArmName) -> str:
    match arm:
        case "none":
            return "without a penalty"
        case "l1":
            return f"with {_numbers(config.l1)} times the sum of all |w| added to the loss"
        case "group_lasso":
            return f"with {_lasso(config)} added to the loss"
        case "group_lasso_variance":
            return (
                f"with {_lasso(config)} and {_numbers(config.variance)} times the sum over all "
                "layers of 1 / variance of the units' squared norms"
                f"{cite('torfi2018', 'torfi2019')} added to the loss"
            )


def _lasso(config: GuidedSparsityConfig) -> str:
    return (
        f"{_numbers(config.lasso)} times the group lasso{cite('yuan2006', 'wen2016')} (the sum "
        "over all units of the L2 norm of their weights)"
    )


def _numbers(values: Sequence[float]) -> str:
    return spread(values, number).replace(" and ", " or ")


def _step(config: GuidedSparsityConfig) -> str:
    if not any(each.lasso for each in config.entrants):
        return ""
    if config.lasso_step == "proximal":
        return (
            "Group lasso was a proximal step behind each step of the optimizer"
            f"{cite('parikh2014', 'yun2021')}, which brings units to exactly zero."
        )
    return (
        "Group lasso was followed by its subgradient, as published, which brings units close to "
        "zero."
    )


def _threshold(config: GuidedSparsityConfig) -> str:
    small = (
        f"Weights smaller than {number(config.threshold)} were set to zero"
        if config.threshold
        else "Weights of exactly zero counted as zeros"
    )
    return (
        f"{small} before each evaluation, every {counted(config.evaluate_every, 'step')} and at "
        "the end. Units without a weight were removed; the constants that their biases make were "
        "added to the biases of the layers that read them."
    )


def _levels(config: GuidedSparsityConfig) -> str:
    chosen = "held-out" if config.validation else "test"
    return (
        f"At {spread(config.levels, percent)} zeros among all weights, arms were compared by the "
        f"moment along training with the best accuracy on {chosen} images at which at least so "
        "many weights were zero, with the coefficients for which that was best."
    )


def _seeds(config: GuidedSparsityConfig) -> str:
    if len(config.seeds) == 1:
        return (
            f"One seed ({config.seeds[0]}) was used, which says nothing about which arm is ahead."
        )
    return (
        f"All of this was repeated with {counted(len(config.seeds), 'seed')} "
        f"({spread(config.seeds, str)}); we report the mean and one standard deviation, and call "
        "an arm ahead where it is better by more than the root of the sum of both variances."
    )
