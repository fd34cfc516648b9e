"""`make bench`: run every benchmark. A promise that is missed is marked, in red.

`make bench ARGS=toy_study` runs one of them alone.
"""

import sys

from benchmarks import (
    convolutions,
    estimates,
    first_run,
    image_networks,
    information,
    magnitude,
    many_runs,
    penalties,
    toy_page,
    toy_study,
    watching,
)

BENCHMARKS = {
    "first_run": first_run.main,
    "toy_page": toy_page.main,
    "many_runs": many_runs.main,
    "toy_study": toy_study.main,
    "image_networks": image_networks.main,
    "convolutions": convolutions.main,
    "information": information.main,
    "magnitude": magnitude.main,
    "penalties": penalties.main,
    "estimates": estimates.main,
    "watching": watching.main,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHMARKS:
        BENCHMARKS[name]()
