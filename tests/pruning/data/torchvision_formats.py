"""Tiny files in the formats that torchvision reads, and what it believes of them."""

from __future__ import annotations

import gzip
import hashlib
import io
import pickle
import struct
import tarfile

import numpy as np
import numpy.typing as npt
import pytest
import scipy.io

from pruning.data.image_base import Images
from pruning.vision import torchvision
from tests.pruning.data.crafted import Files, some_images

CIFAR_FOLDER = "cifar-10-batches-py"


def fashion_mnist(seed: int = 0) -> tuple[Images, Files]:
    """Ten classes in LeCun's IDX format: a magic number, the sides, the bytes."""
    images = some_images(seed, classes=10, channels=1, side=(28, 28))
    files = {}
    for name, x, y in (("train", *images[:2]), ("t10k", *images[2:])):
        folder = "FashionMNIST/raw"
        files[f"{folder}/{name}-images-idx3-ubyte"] = _idx(x[:, 0])
        files[f"{folder}/{name}-labels-idx1-ubyte"] = _idx(y.astype(np.uint8))
    return images, files


def _idx(array: npt.NDArray[np.uint8]) -> bytes:
    sides = struct.pack(f">{array.ndim}I", *array.shape)
    return struct.pack(">HBB", 0, 8, array.ndim) + sides + array.tobytes()


def cifar10(seed: int = 0) -> tuple[Images, Files]:
    """Ten classes in five pickled batches for training, one to test, and the names."""
    images = some_images(seed, classes=10, side=(32, 32))
    shares = np.array_split(np.arange(len(images.y_train)), 5)
    files = {
        f"data_batch_{i}": _batch(images.x_train[s], images.y_train[s])
        for i, s in enumerate(shares, 1)
    }
    files["test_batch"] = _batch(images.x_test, images.y_test)
    files["batches.meta"] = pickle.dumps({"label_names": list("abcdefghij")})
    return images, {f"{CIFAR_FOLDER}/{name}": content for name, content in files.items()}


def _batch(x: npt.NDArray[np.uint8], y: npt.NDArray[np.int64]) -> bytes:
    return pickle.dumps({"data": x.reshape(len(x), -1), "labels": y.tolist()})


def svhn(seed: int = 0) -> tuple[Images, Files]:
    """Ten classes in MATLAB's format, the image last, 0 called 10."""
    images = some_images(seed, classes=10, side=(32, 32))
    files = {}
    for name, x, y in (("train", *images[:2]), ("test", *images[2:])):
        file = io.BytesIO()
        labels = np.where(y == 0, 10, y).astype(np.uint8)[:, None]
        scipy.io.savemat(file, {"X": x.transpose(2, 3, 1, 0), "y": labels})
        files[f"{name}_32x32.mat"] = file.getvalue()
    return images, files


def believe(monkeypatch: pytest.MonkeyPatch, files: Files, server: str = "") -> Files:
    """Have torchvision take these files for its own; what a server has to offer of them."""
    kinds = torchvision.datasets
    offered = {}
    for path, content in files.items():
        name = path.rpartition("/")[2]
        if "idx" in name:
            offered[f"{name}.gz"] = gzip.compress(content)
        elif name.endswith(".mat"):
            offered[name] = content
    md5 = {name: _md5(content) for name, content in offered.items()}
    if CIFAR_FOLDER in next(iter(files)):
        sums = {path.rpartition("/")[2]: _md5(content) for path, content in files.items()}
        offered = {kinds.CIFAR10.filename: _packed(files)}
        monkeypatch.setattr(
            kinds.CIFAR10, "train_list", [[k, v] for k, v in sums.items() if k[:4] == "data"]
        )
        monkeypatch.setattr(kinds.CIFAR10, "test_list", [["test_batch", sums["test_batch"]]])
        meta = kinds.CIFAR10.meta | {"md5": sums["batches.meta"]}
        monkeypatch.setattr(kinds.CIFAR10, "meta", meta)
        monkeypatch.setattr(kinds.CIFAR10, "tgz_md5", _md5(offered[kinds.CIFAR10.filename]))
        monkeypatch.setattr(kinds.CIFAR10, "url", server + kinds.CIFAR10.filename)
    monkeypatch.setattr(kinds.FashionMNIST, "mirrors", [server])
    idx = [(name, sum_) for name, sum_ in md5.items() if name.endswith(".gz")]
    monkeypatch.setattr(kinds.FashionMNIST, "resources", idx or kinds.FashionMNIST.resources)
    mat = {n.split("_")[0]: [server + n, n, s] for n, s in md5.items() if n.endswith(".mat")}
    monkeypatch.setattr(kinds.SVHN, "split_list", mat or kinds.SVHN.split_list)
    return offered


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _packed(files: Files) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return file.getvalue()
