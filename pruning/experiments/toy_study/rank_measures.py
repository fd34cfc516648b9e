"""What rankings are compared by, and between what: names, and words for people.

Free of torch, since pages show these words.
"""

from __future__ import annotations

CASES = {
    "seeds": "One criterion across seeds",
    "criteria": "Two criteria, all pairs of seeds",
    "criteria_equal_seeds": "Two criteria, the same seed",
    "samples": "Two sample counts, all pairs of seeds",
    "samples_equal_seeds": "Two sample counts, the same seed",
}
DEPTHS = (125, 250, 500, 1000)


def measures(units: int) -> dict[str, str]:
    """The measures that rankings of so many units have, each with its title.

    ``first_K`` and ``last_K`` are the shares of units in common among the K that go first when a
    network is pruned, the lowest, and among the K that go last.
    """
    depths = [depth for depth in DEPTHS if depth <= units]
    return {
        "spearman": "Spearman's rho",
        "kendall": "Kendall's tau",
        **{f"first_{depth}": f"Share in common, lowest {depth}" for depth in depths},
        **{f"last_{depth}": f"Share in common, highest {depth}" for depth in depths},
    }
