"""A small picture of a dataset: a few images of every class in a grid.

``python -m pruning.data.picture NAME DATA_DIR [FOLDER …]`` draws that of a dataset that is at hand,
in a process of its own: a web server that shows it need not load what loads the dataset.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from pruning.data.image_base import Classes, Images, Pixels, image_datasets
from pruning.data.places import look_in
from pruning.whole_files import whole

_COLUMNS, _ROWS = 10, 2
# Of a single image; larger ones are made smaller.
_SIDE = 64


def picture(images: Images) -> bytes:
    """A PNG of up to 20 test images, the classes taking turns."""
    chosen = by_turns(images.y_test)[: _COLUMNS * _ROWS]
    columns = min(_COLUMNS, len(chosen))
    rows = len(chosen) // columns
    drawn = Image.fromarray(_grid(images.x_test[chosen[: columns * rows]], rows))
    drawn.thumbnail((columns * _SIDE, rows * _SIDE))
    file = io.BytesIO()
    drawn.save(file, "PNG", optimize=True)
    return file.getvalue()


def by_turns(y: Classes) -> npt.NDArray[np.int64]:
    """All indices: the first of every class, then the second of every class, and so on."""
    together = np.argsort(y, kind="stable")
    counts = np.bincount(y)
    turn = np.empty(len(y), np.int64)
    turn[together] = np.arange(len(y)) - np.repeat(counts.cumsum() - counts, counts)
    return np.lexsort((y, turn))


def _grid(x: Pixels, rows: int) -> Pixels:
    """Images side by side, shape ``(height, width)`` or with 3 channels behind."""
    n, channels, height, width = x.shape
    tiles = x.reshape(rows, n // rows, channels, height, width).transpose(0, 3, 1, 4, 2)
    grid = tiles.reshape(rows * height, n // rows * width, channels)
    return np.ascontiguousarray(grid[..., 0] if channels == 1 else grid)


def drawn_path(name: str, data_dir: Path) -> Path:
    """Where the picture of a dataset that was not imported is kept."""
    return data_dir / "pictures" / f"{name}.png"


def draw(name: str, data_dir: Path) -> None:
    """Load a dataset and keep its picture."""
    images = _loaded(name, data_dir)
    with whole(drawn_path(name, data_dir)) as draft:
        draft.write_bytes(picture(images))


def _loaded(name: str, data_dir: Path) -> Images:
    loading = image_datasets[name].load(data_dir)
    while True:
        try:
            next(loading)
        except StopIteration as end:
            images: Images = end.value
            return images


if __name__ == "__main__":
    look_in(Path(sys.argv[2]), *map(Path, sys.argv[3:]))
    draw(sys.argv[1], Path(sys.argv[2]))
