"""`make families`: what becomes of each family of torchvision's networks, as a table.

`make families ARGS='resnet vgg'` takes these alone.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.families.table import Outcome, outcome, prepare


def main() -> int:
    """Print a line for each; 1 if fewer end well than are promised: of some, all."""
    well = {"weight": 0, "unit": 0}
    with tempfile.TemporaryDirectory() as folder:
        families = prepare(Path(folder))
        asked = sys.argv[1:] or families
        for family in asked:
            for granularity in well:
                found = outcome(family, granularity, Path(folder))
                well[granularity] += not found.reason
                print(_line(found), flush=True)
    print(f"by weights {well['weight']}, by units {well['unit']} of {len(asked)}")
    least = {"weight": 15, "unit": 12} if asked == families else dict.fromkeys(well, len(asked))
    return int(any(well[granularity] < least[granularity] for granularity in well))


def _line(found: Outcome) -> str:
    begun = f"{found.family:20s} {found.granularity:7s} {found.seconds:6.1f} s  "
    if found.reason:
        return f"{begun}refused: {found.reason}"
    excluded = f", {found.excluded} layers excluded" if found.excluded else ""
    left = f"{found.parameters:.0%} of the parameters left"
    return f"{begun}trained, pruned, {left}{excluded}; {', '.join(found.files)}"


if __name__ == "__main__":
    sys.exit(main())
