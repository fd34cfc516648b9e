"""From a map of logits to the elements of the mask, where their numbers differ."""

from __future__ import annotations

from torch import Tensor, nn

from pruning.inputs.names import Shape, Size
from pruning.inputs.nearest import resampling


class Fit(nn.Module):
    """Takes maps to as many rows and columns as the mask has.

    Each element is the mean over the cells that belong to it, or the nearest cell where there are
    fewer cells than elements, along each side [oehmcke2022]_. Two small matrices do it, because
    torch's adaptive pools add up in any order on a GPU, so that trainings would not repeat.

    Parameters
    ----------
    cells
        Rows and columns of the maps.
    logits
        Of the mask's elements: channels, rows, columns.
    """

    rows: Tensor
    columns: Tensor

    def __init__(self, cells: Size, logits: Shape) -> None:
        super().__init__()
        self._same = cells == logits[1:]
        # They follow from the shapes: no need to keep them in files.
        self.register_buffer("rows", resampling(cells[0], logits[1]), persistent=False)
        self.register_buffer("columns", resampling(cells[1], logits[2]).T, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Maps of shape ``(b, c, h, w)`` from maps of the shape that was announced."""
        return x if self._same else self.rows @ x @ self.columns
