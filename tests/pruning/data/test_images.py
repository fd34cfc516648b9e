"""The datasets that come with the program: from files, by download, and without either."""

from __future__ import annotations

import io
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
from PIL import Image

from pruning.data.image_base import MissingDataError, UnreadableDataError, image_datasets
from pruning.data.picture import draw, drawn_path, picture
from pruning.data.places import look_in
from pruning.vision import torchvision
from tests.pruning.checks_images import check_image_dataset
from tests.pruning.data import torchvision_formats as formats
from tests.pruning.data.conftest import SHARED
from tests.pruning.data.crafted import Files, finish, returned, some_images, write_folder

FORMATS = {
    "fashion_mnist": formats.fashion_mnist,
    "cifar10": formats.cifar10,
    "svhn": formats.svhn,
}
# From Python 3.12 on, tarfile asks torchvision to say how it unpacks.
pytestmark = pytest.mark.filterwarnings("ignore:Python 3.14 will:DeprecationWarning")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise URLError("there is no network")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)


@pytest.mark.parametrize("name", image_datasets.names())
def test_every_dataset_passes_the_common_suite_where_it_is_at_hand(tmp_path: Path, name: str):
    look_in(tmp_path, SHARED)
    dataset = image_datasets[name]
    if not dataset.at_hand(tmp_path):
        pytest.skip(f"{name} is not at hand")
    check_image_dataset(dataset, tmp_path)


def test_digits_come_first_and_need_neither_network_nor_files(no_network, data_dir: Path):
    assert image_datasets.names()[:5] == ["digits", "mnist", "fashion_mnist", "cifar10", "svhn"]
    assert len(returned(image_datasets["digits"].load(data_dir)).x_train) == 1437
    assert not data_dir.exists()


def test_digits_are_those_of_scikit_learn_in_proportion(data_dir: Path):
    from sklearn.datasets import load_digits

    images = returned(image_datasets["digits"].load(data_dir))
    source = load_digits()
    found = np.concatenate([images.x_train, images.x_test])[:, 0]
    assert sorted(map(bytes, found)) == sorted(
        map(bytes, np.rint(source.images * 255 / 16).astype(np.uint8))
    )
    shares = np.bincount(images.y_test) / np.bincount(source.target)
    assert np.abs(shares - 0.2).max() < 0.01
    assert [len(part) for part in images] == [1437, 1437, 360, 360]


@pytest.mark.parametrize("place", ["own", "shared"])
def test_real_mnist_where_it_is_at_hand(no_network, shared_data: Path, tmp_path: Path, place: str):
    data_dir = shared_data if place == "own" else tmp_path
    look_in(data_dir, shared_data)
    mnist = image_datasets["mnist"]
    images = returned(mnist.load(data_dir))
    assert images.y_train[:5].tolist() == [5, 0, 4, 1, 9]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("seed", [1, 2])
def test_files_in_torchvisions_layout_are_read(
    no_network, data_dir: Path, tmp_path: Path, monkeypatch, name: str, seed: int
):
    dataset = image_datasets[name]
    assert not dataset.at_hand(data_dir)
    images, files = FORMATS[name](seed)
    formats.believe(monkeypatch, files)
    shared = write_folder(tmp_path / "shared", files)
    look_in(data_dir, shared)
    for folder in (data_dir, shared):
        assert dataset.at_hand(folder)
        found = returned(dataset.load(folder))
        assert all(map(np.array_equal, found, images))
    assert not data_dir.exists(), "what others fill is only read"


class Server(ThreadingHTTPServer):
    """Serves what it is given, counting."""

    files: Files
    asked: list[str]


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        name = self.path.strip("/")
        self.server.asked.append(name)
        content = self.server.files.get(name)
        self.send_response(200 if content is not None else 404)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        for start in range(0, len(content or b""), 4096):
            self.wfile.write(content[start : start + 4096])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), _Handler) as server:
        server.files, server.asked = {}, []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_port}/"


@pytest.mark.parametrize("name", FORMATS)
def test_a_download_says_how_far_it_is_and_is_done_once(
    server: Server, data_dir: Path, monkeypatch, name: str
):
    # A server of this machine would have sent it all before anything could be said.
    monkeypatch.setattr("pruning.data.download._SAY_EVERY_SECONDS", -1)
    monkeypatch.setattr("pruning.data.download._PIECE", 1024)
    images, files = FORMATS[name]()
    server.files = formats.believe(monkeypatch, files, address(server))
    dataset = image_datasets[name]
    said, found = finish(dataset.load(data_dir))
    assert all(map(np.array_equal, found, images))
    for file, content in server.files.items():
        steps = [step for step in said if f"Downloading {file}: " in step.message]
        assert [steps[0].done, steps[-1].done] == [0, len(content)]
        assert {step.total for step in steps} == {len(content)}
        assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert any(len(content) > 4096 for content in server.files.values())
    assert any(0 < step.done < step.total for step in said)
    asked = list(server.asked)
    assert sorted(asked) == sorted(server.files)
    assert all(map(np.array_equal, returned(dataset.load(data_dir)), images))
    assert server.asked == asked
    kept = {path.relative_to(data_dir).as_posix() for path in data_dir.rglob("*") if path.is_file()}
    assert kept == set(files), "neither archives nor drafts are left"


def test_a_download_that_is_given_up_leaves_nothing(server: Server, data_dir: Path, monkeypatch):
    _, files = formats.svhn()
    server.files = formats.believe(monkeypatch, files, address(server))
    loading = image_datasets["svhn"].load(data_dir)
    while "test_32x32.mat" not in next(loading).message:
        pass
    loading.close()
    assert list(data_dir.iterdir()) == []


def test_files_that_were_downloaded_by_hand_need_no_network(no_network, data_dir, monkeypatch):
    images, files = formats.fashion_mnist()
    offered = formats.believe(monkeypatch, files)
    write_folder(data_dir / "FashionMNIST" / "raw", offered)
    found = returned(image_datasets["fashion_mnist"].load(data_dir))
    assert all(map(np.array_equal, found, images))


def test_the_next_mirror_is_asked_when_one_is_gone_or_wrong(server, data_dir, monkeypatch):
    images, files = formats.fashion_mnist()
    offered = formats.believe(monkeypatch, files)
    server.files = offered | {f"bad/{name}": b"words" for name in offered}
    mirrors = ["http://127.0.0.1:1/", f"{address(server)}bad/", address(server)]
    monkeypatch.setattr(torchvision.datasets.FashionMNIST, "mirrors", mirrors)
    found = returned(image_datasets["fashion_mnist"].load(data_dir))
    assert all(map(np.array_equal, found, images))


@pytest.mark.parametrize("name", ["mnist", *FORMATS])
def test_without_network_and_files_the_directory_is_named(no_network, data_dir: Path, name: str):
    dataset = image_datasets[name]
    started = time.monotonic()
    with pytest.raises(MissingDataError) as error:
        returned(dataset.load(data_dir))
    assert time.monotonic() - started < 10
    said = str(error.value)
    assert str(data_dir) in said
    assert "there is no network" in said
    assert "digits, which works offline" in said
    assert list(data_dir.iterdir()) == []


def test_what_no_server_has_as_it_should_be_is_missing(server: Server, data_dir, monkeypatch):
    _, files = formats.svhn()
    offered = formats.believe(monkeypatch, files, address(server))
    server.files = dict.fromkeys(offered, b"words")
    with pytest.raises(MissingDataError, match="did not arrive as it should be"):
        returned(image_datasets["svhn"].load(data_dir))
    server.files = {}
    with pytest.raises(MissingDataError, match="Not Found"):
        returned(image_datasets["svhn"].load(data_dir))


def test_a_data_directory_that_cannot_be_made_is_told(no_network, tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(MissingDataError, match="Not a directory"):
        returned(image_datasets["svhn"].load(tmp_path / "file" / "data"))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("damage", [b"", b"words"])
def test_damaged_files_are_told_with_their_folder(no_network, data_dir, monkeypatch, name, damage):
    _, files = FORMATS[name]()
    formats.believe(monkeypatch, files)
    write_folder(data_dir, files | {next(iter(files)): damage})
    with pytest.raises(UnreadableDataError, match="are damaged; delete them") as error:
        returned(image_datasets[name].load(data_dir))
    assert str(data_dir) in str(error.value)


@pytest.mark.parametrize("wrong", ["a class", "a length"])
def test_files_that_contradict_each_other_are_told(no_network, data_dir: Path, wrong: str):
    images, files = formats.fashion_mnist()
    labels = images.y_test.astype(np.uint8)
    labels = labels + 200 if wrong == "a class" else labels[:-1]
    path = "FashionMNIST/raw/t10k-labels-idx1-ubyte"
    write_folder(data_dir, files | {path: formats._idx(labels)})
    with pytest.raises(UnreadableDataError):
        returned(image_datasets["fashion_mnist"].load(data_dir))


@pytest.mark.parametrize(
    ("classes", "size"), [(2, (4, 1)), (3, (6, 1)), (10, (10, 2)), (12, (10, 2))]
)
@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_shows_a_few_of_every_class(classes: int, size: tuple[int, int], channels: int):
    images = some_images(classes=classes, channels=channels, side=(4, 4))
    images.x_test[:] = 20 * images.y_test[:, None, None, None]
    with Image.open(io.BytesIO(picture(images))) as drawn:
        columns, rows = size
        assert drawn.size == (4 * columns, 4 * rows)
        pixels = np.asarray(drawn.convert("L"))
    shown = pixels[::4, ::4].ravel() // 20
    np.testing.assert_array_equal(shown, np.arange(columns * rows) % classes)


def test_a_picture_is_drawn_of_a_dataset_that_is_at_hand(data_dir: Path):
    draw("digits", data_dir)
    assert drawn_path("digits", data_dir).read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in (data_dir / "pictures").iterdir()] == ["digits.png"]
