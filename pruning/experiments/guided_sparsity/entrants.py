"""Who takes part: an arm with its coefficients; importable without torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pruning.experiments.outputs import Variant

ArmName = Literal["none", "l1", "group_lasso", "group_lasso_variance"]
ARMS: dict[ArmName, str] = {
    "none": "No penalty",
    "l1": "L1",
    "group_lasso": "Group lasso",
    "group_lasso_variance": "Group lasso + variance",
}


@dataclass(frozen=True)
class Entrant:
    """One network of a race.

    Attributes
    ----------
    arm
        What it is penalised by.
    l1, lasso, variance
        The coefficients; 0 of what the arm does without.
    """

    arm: ArmName
    l1: float = 0.0
    lasso: float = 0.0
    variance: float = 0.0

    @property
    def name(self) -> str:
        """What series, frames and rows of it are called."""
        return " ".join([self.arm, *self._told])

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{ARMS[self.arm]} {self.coefficients}".strip()

    @property
    def coefficients(self) -> str:
        """What the arm has of them; nothing of an arm without."""
        return " + ".join(self._told)

    @property
    def _told(self) -> list[str]:
        # So many digits that no two coefficients are told alike.
        return [f"{each:.12g}" for each in (self.l1, self.lasso, self.variance) if each]

    @property
    def cells(self) -> dict[str, str | float]:
        """The columns of tables that name it."""
        return {
            "arm": self.arm,
            "l1": self.l1,
            "lasso": self.lasso,
            "variance": self.variance,
            "coefficients": self.coefficients,
        }


def entrants(
    arm: ArmName, l1: Sequence[float], lasso: Sequence[float], variance: Sequence[float]
) -> Iterator[Entrant]:
    """An arm with every coefficient that it has."""
    match arm:
        case "none":
            yield Entrant(arm)
        case "l1":
            yield from (Entrant(arm, l1=each) for each in l1)
        case "group_lasso":
            yield from (Entrant(arm, lasso=each) for each in lasso)
        case "group_lasso_variance":
            for each in lasso:
                yield from (Entrant(arm, 0.0, each, other) for other in variance)


def variant(arm: ArmName) -> Variant:
    """An arm as what curves are of."""
    return Variant("arm", arm, ARMS[arm])
