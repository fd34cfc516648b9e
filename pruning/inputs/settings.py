"""How a mask over the inputs is learned: settings, importable without torch."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class MaskSchedule:
    """How the weight λ of the share Q in the loss grows, and how the temperature τ falls.

    The defaults are those of the published code [oehmcke2022]_.

    Attributes
    ----------
    lambda_init
        λ of the first epoch, above zero.
    lambda_factor
        What λ is multiplied by each time, at least one.
    lambda_threshold
        By how much Q has to fall below its lowest so far to count as improved.
    lambda_patience
        After how many epochs in a row without it λ still stays; after one more it grows.
    tau_init
        τ of the first epoch, and of each with a new λ.
    tau_factor
        What τ is multiplied by after every other epoch, above zero and at most one.
    tau_min
        τ never falls below it.

    Raises
    ------
    ValueError
        If Q could never fall, or τ never move as it says; the message says what to change.
    """

    lambda_init: float = 1.0
    lambda_factor: float = 1.25
    lambda_threshold: float = 0.0025
    lambda_patience: int = 5
    tau_init: float = 1.0
    tau_factor: float = 1.0
    tau_min: float = 1.0

    def __post_init__(self) -> None:
        if not self.lambda_init > 0:
            raise ValueError(
                f"lambda_init is {self.lambda_init:g}, so that sending less is never rewarded: "
                "choose one above 0"
            )
        if not self.lambda_factor >= 1:
            raise ValueError(
                f"lambda_factor is {self.lambda_factor:g}, so that λ would shrink when Q stands "
                "still: choose one of at least 1"
            )
        if not (self.lambda_threshold >= 0 and self.lambda_patience >= 0):
            raise ValueError("lambda_threshold and lambda_patience have to be at least 0")
        if not 0 < self.tau_factor <= 1:
            raise ValueError(f"tau_factor is {self.tau_factor:g}: choose one above 0, at most 1")
        if not 0 < self.tau_min <= self.tau_init:
            raise ValueError(
                f"tau_min is {self.tau_min:g}: choose one above 0, at most tau_init, which is "
                f"{self.tau_init:g}"
            )


@dataclass(frozen=True)
class SelectionSettings:
    """What training a network behind a mask needs besides what every training does.

    Attributes
    ----------
    mask_rate
        The learning rate of the mask; that of the network is its training's.
    network_decay, mask_decay
        Decoupled weight decay.
    schedule
        How λ and τ go.
    interval
        The width of the intervals of Q of which each keeps its best epoch.
    floor
        Training ends after the first epoch whose Q is below it; at 0 it never does.
    """

    mask_rate: float = 0.001
    network_decay: float = 1e-4
    mask_decay: float = 1e-7
    schedule: MaskSchedule = field(default_factory=MaskSchedule)
    interval: float = 0.05
    floor: float = 0.0

    @property
    def edges(self) -> list[float]:
        """The upper ends of the intervals, from ``interval`` to 1."""
        count = round(1 / self.interval)
        return [(i + 1) / count for i in range(count)]
