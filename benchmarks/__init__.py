"""What `make bench` runs: ratios, each of two things measured side by side in one run."""

import prunelab  # noqa: F401 - before torch, whose threads then wait as they do in the product
