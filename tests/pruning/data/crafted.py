"""Small datasets in every form in which people bring them."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image

from pruning.data.image_base import Images
from pruning.events import Progress

Returned = TypeVar("Returned")
Files = dict[str, bytes]


def finish(steps: Generator[Progress, None, Returned]) -> tuple[list[Progress], Returned]:
    """What a generator says and what it returns."""
    said = []
    while True:
        try:
            said.append(next(steps))
        except StopIteration as end:
            return said, end.value


def returned(steps: Generator[Progress, None, Returned]) -> Returned:
    return finish(steps)[1]


def some_images(
    seed: int = 0, classes: int = 3, channels: int = 3, side: tuple[int, int] = (6, 5)
) -> Images:
    """Noise, with four training and two test images per class, ordered by class."""
    rng = np.random.default_rng(seed)
    y_train, y_test = (np.repeat(np.arange(classes), each) for each in (4, 2))
    x_train, x_test = (
        rng.integers(0, 256, (len(y), channels, *side), dtype=np.uint8) for y in (y_train, y_test)
    )
    return Images(x_train, y_train, x_test, y_test)


def encoded(pixels: npt.NDArray[Any], kind: str = "PNG") -> bytes:
    """One image, shape ``(channels, height, width)``, as a file."""
    image = Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0))
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def as_files(images: Images, top: str = "", kind: str = "PNG") -> Files:
    """An image folder as paths and contents; class 0 is called ``a`` and so on."""
    files = {}
    for name, x, y in (("train", *images[:2]), ("test", *images[2:])):
        for place, (pixels, label) in enumerate(zip(x, y, strict=True)):
            path = f"{top}{name}/{chr(97 + label)}/{place:03}.{kind.lower()}"
            files[path] = encoded(pixels, kind)
    return files


def write_folder(path: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def write_zip(path: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def write_tar(path: Path, files: Mapping[str, bytes]) -> Path:
    """A tar archive, compressed as its suffix says."""
    compression = {".gz": "w:gz", ".tgz": "w:gz", ".xz": "w:xz", ".txz": "w:xz"}.get(
        path.suffix, "w"
    )
    with tarfile.open(path, compression) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return path


def write_npz(path: Path, **arrays: Any) -> Path:
    np.savez_compressed(path, **arrays)
    return path


def arrays_of(images: Images) -> dict[str, npt.NDArray[Any]]:
    return dict(images._asdict())
