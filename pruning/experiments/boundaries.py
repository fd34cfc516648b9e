"""The frames of decision boundaries, which all experiments with toy networks draw alike."""

from __future__ import annotations

from pruning.experiments.outputs import FrameOutput, Quantity

POINTS = {"x": "coordinates", "y": "coordinates", "class": "classes"}
_DECISIONS = {
    "class": "classes of the grid, a row for each y",
    "confidence": "their probabilities in percent",
    "train_class": "classes of the training points",
    "train_confidence": "their probabilities in percent",
    "reference_class": "classes of the reference samples",
    "reference_confidence": "their probabilities in percent",
}


def boundary_frames(
    scope: str = "", *, boundaries: Quantity, references: Quantity | None = None
) -> tuple[FrameOutput, ...]:
    """What a :class:`~pruning.toy.canvas.Canvas` draws.

    Parameters
    ----------
    scope
        What the names of the frames begin with.
    boundaries, references
        What the slider moves boundaries, and reference samples, along.
    """
    return (
        FrameOutput(f"{scope}points/train", "Training points", POINTS),
        FrameOutput(
            f"{scope}grid", "Grid of the boundaries", {"x": "of its columns", "y": "of its rows"}
        ),
        FrameOutput(f"{scope}points/reference", "Reference samples", POINTS, references),
        FrameOutput(f"{scope}boundary/{{network}}", "Decision boundary", _DECISIONS, boundaries),
    )
