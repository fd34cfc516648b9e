"""How arms are told apart, and the entrants of one arm."""

from __future__ import annotations

from collections.abc import Sequence

from frontend.figures.chooser import Chooser
from frontend.figures.colours import faded, variant_colour
from frontend.figures.panels import Reading, Toggle
from frontend.views.base import Look
from pruning.experiments.guided_sparsity.config import GuidedSparsityConfig
from pruning.experiments.guided_sparsity.entrants import ARMS, ArmName, Entrant, variant
from pruning.experiments.guided_sparsity.outputs import NOBODY
from pruning.experiments.outputs import Variant

# What accuracy spans at least, with room for marks at its end.
ACCURACY_SPAN = {"least": [0.9, 1.005], "room": 0.03}
# How strong the colour of the weakest coefficients is; that of the strongest is whole.
_FAINTEST = 0.55
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")


def arms(config: GuidedSparsityConfig) -> list[Variant]:
    """All of them as what curves are of."""
    return [variant(arm) for arm in config.arms]


def entrants_of(config: GuidedSparsityConfig, arm: ArmName) -> list[Entrant]:
    """Those of an arm, the weakest coefficients first."""
    return [each for each in config.entrants if each.arm == arm]


def entrant_colour(config: GuidedSparsityConfig, entrant: Entrant, alpha: float = 1) -> str:
    """The colour of its arm, the stronger the stronger its coefficients are."""
    every = entrants_of(config, entrant.arm)
    weaker = len(every) - 1 - every.index(entrant)
    strength = 1 - (1 - _FAINTEST) * weaker / max(1, len(every) - 1)
    return faded(variant_colour(variant(entrant.arm)), round(alpha * strength, 3))


def entrant_dash(config: GuidedSparsityConfig, entrant: Entrant) -> str:
    """What else tells entrants of an arm apart; the line of the strongest coefficients is whole."""
    every = entrants_of(config, entrant.arm)
    return _DASHES[(len(every) - 1 - every.index(entrant)) % len(_DASHES)]


def shown(config: GuidedSparsityConfig, arm: ArmName) -> str:
    """The entrant of an arm that is looked at, as bindings name it."""
    every = entrants_of(config, arm)
    return every[0].name if len(every) == 1 else f"{{{_choice(arm)}}}"


def title(config: GuidedSparsityConfig, arm: ArmName) -> str:
    """What a picture of an arm is called, with its coefficients where they cannot be chosen."""
    every = entrants_of(config, arm)
    return every[0].title if len(every) == 1 else ARMS[arm]


def coefficients(config: GuidedSparsityConfig, arm: ArmName) -> list[Reading]:
    """Which of them are looked at, where they can be chosen."""
    every = entrants_of(config, arm)
    return [Reading("", chosen={_choice(arm): _told(every)})] if len(every) > 1 else []


def choosers(config: GuidedSparsityConfig) -> list[Chooser]:
    """By which coefficients an arm is looked at, where it has several."""
    found = {arm: every for arm in config.arms if len(every := entrants_of(config, arm)) > 1}
    return [Chooser(_choice(arm), ARMS[arm], _told(every)) for arm, every in found.items()]


def _told(every: Sequence[Entrant]) -> dict[str, str]:
    return {each.name: each.coefficients for each in every}


def _choice(arm: ArmName) -> str:
    return f"of_{arm}"


def toggles(config: GuidedSparsityConfig) -> list[Toggle]:
    """What shows and hides each arm."""
    return [Toggle(each.name, each.title, variant_colour(each)) for each in arms(config)]


def titles(config: GuidedSparsityConfig) -> dict[str, dict[str, str]]:
    """What cells of the tables are called that name an arm or an entrant."""
    named: dict[str, str] = {arm: ARMS[arm] for arm in config.arms}
    return {
        **dict.fromkeys(("arm", "first", "second"), named),
        "verdict": {**named, NOBODY: "none"},
        "entrant": {each.name: each.title for each in config.entrants},
    }


def colours(config: GuidedSparsityConfig) -> dict[str, dict[str, str]]:
    """The colours of these cells."""
    of_arms = {each.name: variant_colour(each) for each in arms(config)}
    return {
        **dict.fromkeys(("arm", "first", "second", "verdict"), of_arms),
        "entrant": {each.name: of_arms[each.arm] for each in config.entrants},
    }


def looks(config: GuidedSparsityConfig, _: str) -> list[Look]:
    """How the curves of each arm look."""
    return [Look(each.name, each.title, variant_colour(each)) for each in arms(config)]
