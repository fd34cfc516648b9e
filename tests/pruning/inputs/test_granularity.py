"""Granularities: their names, their shapes, and what does not fit."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pruning.inputs.granularity import GRIDS, parse_granularity

IMAGE = (3, 48, 60)


@pytest.mark.parametrize(
    ("name", "elements"),
    [
        ("subpixel", (3, 48, 60)),
        ("pixel", (1, 48, 60)),
        ("channel", (3, 1, 1)),
        ("version", (1, 1, 1)),
        ("7x7", (1, 7, 7)),
        ("sub7x7", (3, 7, 7)),
        ("quadrant", (1, 2, 2)),
        ("nondrant", (1, 3, 3)),
        ("5drant", (1, 5, 5)),
        ("CXLIVdrant", (1, 12, 12)),
        ("48drant", (1, 48, 48)),
        ("subquadrant", (3, 2, 2)),
        ("subnondrant", (3, 3, 3)),
        ("sub5drant", (3, 5, 5)),
        ("subCXLIVdrant", (3, 12, 12)),
        ("sub48drant", (3, 48, 48)),
    ],
)
def test_a_name_says_how_many_elements_there_are(name: str, elements: tuple[int, int, int]):
    granularity = parse_granularity(name)
    assert granularity.elements(IMAGE) == elements
    assert parse_granularity(str(granularity)) == granularity


@pytest.mark.parametrize("name", [*GRIDS, *(f"sub{name}" for name in GRIDS)])
def test_a_published_name_is_another_one_of_a_grid(name: str):
    side = GRIDS[name.removeprefix("sub")]
    assert str(parse_granularity(name)) == f"{'sub' * name.startswith('sub')}{side}x{side}"


def test_a_grid_of_one_block_is_the_whole_image():
    assert parse_granularity("1x1") == parse_granularity("version")
    assert parse_granularity("sub1x1") == parse_granularity("channel")


@pytest.mark.parametrize(
    "name", ["", "sub", "subsubpixel", "subversion", "Pixel", "4x5", "0x0", "-2x-2", "2x2x2", "x"]
)
def test_another_name_is_refused_with_those_that_there_are(name: str):
    with pytest.raises(ValueError, match="choose subpixel, pixel, channel, version"):
        parse_granularity(name)


@pytest.mark.parametrize("name", ["9x9", "sub9x9", "48drant"])
def test_blocks_that_are_smaller_than_a_pixel_are_refused(name: str):
    with pytest.raises(ValueError, match="choose at most 8x8"):
        parse_granularity(name).elements((3, 20, 8))
    assert parse_granularity("8x8").elements((3, 20, 8)) == (1, 8, 8)


@pytest.mark.parametrize("module", ["granularity", "versions", "settings"])
def test_forms_can_ask_without_torch(module: str):
    code = f"import sys, pruning.inputs.{module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
