"""Python to copy that loads a network from its files and classifies an image."""

from __future__ import annotations

from pruning.takeaway.description import Description
from pruning.takeaway.using import uses

# The file that it is in.
PYTHON = "load.py"


def python_for(described: Description, stem: str) -> str:
    """What to copy; its files lie in the folder where it is run.

    Parameters
    ----------
    stem
        What the files of weights and description are called, without their endings.
    """
    (use,) = uses(["safetensors"], described.shape, stem)
    accuracy = described.measures["test_accuracy"]
    return f"{use.python}# {accuracy:.1%} of the test images are classified correctly.\n"
