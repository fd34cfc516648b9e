"""Independent slow re-implementations, and what the studies published."""

# zennit imports torchvision, which may need help: see there.
import pruning.vision  # noqa: F401
