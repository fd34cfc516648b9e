"""Which pixels belong to which element of a mask."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import adaptive_avg_pool2d, interpolate

from pruning.inputs.nearest import elements_of, resampling, upscaled

SIDES = [(28, 12), (32, 12), (28, 28), (28, 1), (9, 5), (44, 26), (46, 28), (8, 7), (100, 48)]


@pytest.mark.parametrize(("pixels", "elements"), SIDES)
def test_pixels_belong_to_elements_as_nearest_neighbour_upscaling_says(pixels, elements):
    numbers = torch.arange(elements * elements).view(1, 1, elements, elements)
    rows = columns = elements_of(pixels, elements)
    expected = interpolate(numbers.float(), size=(pixels, pixels), mode="nearest").long()
    assert torch.equal(rows[:, None] * elements + columns, expected[0, 0])
    assert torch.equal(upscaled(numbers.float(), pixels, pixels).long(), expected)


def test_every_element_has_pixels_and_they_lie_beside_each_other():
    for pixels in range(1, 130):
        for elements in range(1, pixels + 1):
            belongs = elements_of(pixels, elements)
            assert belongs.unique_consecutive().tolist() == list(range(elements))


@pytest.mark.parametrize(("cells", "elements"), [*SIDES, (5, 9), (1, 4), (7, 8), (4, 12)])
def test_an_element_is_the_mean_of_its_cells_or_the_nearest_cell(cells, elements):
    weights = resampling(cells, elements)
    values = torch.randn(cells, generator=torch.Generator().manual_seed(cells))
    for element in range(elements):
        if elements > cells:
            expected = interpolate(values[None, None], size=elements)[0, 0, element]
        else:
            belongs = elements_of(cells, elements) == element
            expected = sum(values[belongs].tolist()) / int(belongs.sum())
        assert float(weights[element] @ values) == pytest.approx(float(expected), abs=1e-6)


def test_where_cells_divide_evenly_means_are_those_of_an_average_pool():
    x = torch.randn(3, 2, 28, 24, generator=torch.Generator().manual_seed(1))
    pooled = resampling(28, 7) @ x @ resampling(24, 6).T
    torch.testing.assert_close(pooled, adaptive_avg_pool2d(x, (7, 6)))
