"""Files that people bring, damaged at random: each is read, or refused with a sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
from torch import nn

from pruning.context import CannotRunError
from pruning.data.arrays import read_arrays
from pruning.data.folder import read_folder
from pruning.data.limits import ImportRefusedError
from pruning.data.points_file import read_points
from pruning.inputs.importance_files import read_importances
from pruning.models.weights import WeightsError, load_weights
from tests.damage import MUTATIONS, damaged
from tests.pruning.data.crafted import arrays_of, as_files, finish, some_images, write_tar


def zipped(files: dict[str, bytes], method: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def of_arrays(save: Callable[..., None]) -> bytes:
    file = io.BytesIO()
    save(file, **arrays_of(some_images(1, classes=2)))
    return file.getvalue()


def saved(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def network() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 2))


IMAGES = as_files(some_images(1, classes=2))
IMPORTANCES = np.linspace(0, 1, 64).reshape(8, 8)
# By the name of a file: what it holds before it is damaged.
FILES = {
    "stored.zip": zipped(IMAGES, zipfile.ZIP_STORED),
    "deflated.zip": zipped(IMAGES, zipfile.ZIP_DEFLATED),
    "stored.npz": of_arrays(np.savez),
    "deflated.npz": of_arrays(np.savez_compressed),
    "plain.tar": b"",
    "packed.tar.gz": b"",
    "packed.tar.xz": b"",
    "importances.npy": saved(IMPORTANCES),
    "weights.safetensors": safetensors.torch.save(network().state_dict()),
    "points.csv": b"x,y,class\n" + b"".join(b"%d.5,%d,c%d\n" % (i, i, i % 3) for i in range(40)),
}


def read(path: Path) -> None:
    match path.suffix:
        case ".npz":
            finish(read_arrays(path))
        case ".npy":
            with path.open("rb") as file:
                read_importances(file, (1, 8, 8))
        case ".safetensors":
            load_weights(network(), path)
        case ".csv":
            read_points(path.read_bytes())
        case _:
            finish(read_folder(path, None))


@pytest.fixture(params=FILES)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A whole file."""
    path = tmp_path / request.param
    if content := FILES[request.param]:
        path.write_bytes(content)
    else:
        write_tar(path, IMAGES)
    read(path)
    return path


def said_of(file: Path) -> str:
    """Why it is refused; nothing if it is not."""
    try:
        read(file)
    except (ImportRefusedError, CannotRunError, WeightsError) as error:
        return str(error)
    return ""


def test_whatever_is_damaged_is_read_or_refused(file: Path):
    whole, refused = file.read_bytes(), 0
    for seed in range(MUTATIONS):
        file.write_bytes(damaged(whole, seed))
        try:
            refused += bool(said_of(file))
        except Exception as error:
            raise AssertionError(f"mutation {seed} of {file.name}: {error!r}") from error
    assert refused > MUTATIONS // 10
