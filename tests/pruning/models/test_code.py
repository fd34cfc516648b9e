"""Which changes of a model's code count: a corrected model is trained anew, a comment is not."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pruning.context import CannotRunError
from pruning.models import base, files
from pruning.models.base import models
from pruning.models.code import code_digest
from pruning.registry import Registry

MODEL = """
import helper_of_a_model
from pruning.models.base import model


@model("mine", title="Mine", description="Mine.", paper="None.")
def mine(shape, classes):
    from torch import nn
    from inner_helper_of_a_model import act
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 32), act(), nn.Linear(32, classes))
"""
HELPERS = {
    "helper_of_a_model": "width = 32\n",
    "inner_helper_of_a_model": "from deep_helper_of_a_model import chosen as act\n",
    "deep_helper_of_a_model": "from torch import nn\nchosen = nn.Identity\n",
}
Change = Callable[[str], str]


class Files:
    """A model file and what it imports, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        for name, text in {"mine": MODEL, **HELPERS}.items():
            (folder / f"{name}.py").write_text(text)

    def change(self, name: str, change: Change) -> None:
        path = self.folder / f"{name}.py"
        text = path.read_text()
        assert change(text) != text
        path.write_text(change(text))

    @property
    def digest(self) -> str:
        """As a process would see it that is started now."""
        with base.collect() as found:
            exec(compile((self.folder / "mine.py").read_text(), self.folder / "mine.py", "exec"))
        return code_digest(found[0].build)


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    monkeypatch.syspath_prepend(tmp_path)
    for name in HELPERS:
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield Files(tmp_path)
    for name in HELPERS:
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("mine", "nn.Flatten(), ", "nn.Flatten(), nn.ReLU(), "),
        ("mine", "nn.Linear(32, classes)", "nn.Linear(32, classes, bias=False)"),
        ("helper_of_a_model", "32", "33"),
        ("inner_helper_of_a_model", "chosen as act", "other as act"),
        ("deep_helper_of_a_model", "Identity", "ReLU"),
    ],
)
def test_a_change_of_what_is_carried_out_counts(mine: Files, name: str, old: str, new: str):
    before = mine.digest
    mine.change(name, lambda text: text.replace(old, new))
    assert mine.digest != before


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + "\n# A comment.\n",
        lambda text: "\n\n" + text.replace("(shape, classes):", "(shape, classes):  # why"),
        lambda text: '"""A docstring."""\n' + text,
        lambda text: text.replace("(shape, classes):", "(shape: tuple, classes: int) -> object:"),
        lambda text: text.replace("classes):", "classes):\n    '''Build it.'''"),
        lambda text: text.replace('title="Mine"', 'title="My own"'),
    ],
)
def test_what_people_read_does_not(mine: Files, change: Change):
    before = mine.digest
    mine.change("mine", change)
    assert mine.digest == before


def test_where_the_file_lies_does_not(mine: Files, tmp_path: Path, monkeypatch):
    before = mine.digest
    moved = Files(tmp_path / "elsewhere")
    monkeypatch.syspath_prepend(tmp_path / "elsewhere")
    assert moved.digest == before


def test_models_of_one_file_that_other_files_do_not_import_are_told_apart():
    digests = {name: code_digest(models[name].build) for name in models.names()}
    assert digests["lenet5"] != digests["mlp-wide"] != digests["vgg16-bn"]
    assert digests["resnet-20"] == code_digest(models["resnet-20"].build)


def test_what_a_house_model_imports_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    before = code_digest(models["resnet-20"].build)
    lenet = code_digest(models["mlp-mint"].build)
    residual = Path(sys.modules["pruning.models.base"].__file__ or "").parent / "_residual.py"
    read = Path.read_bytes

    def changed(path: Path) -> bytes:
        text = read(path)
        return text.replace(b"relu", b"tanh") if path.name == residual.name else text

    monkeypatch.setattr(Path, "read_bytes", changed)
    assert code_digest(models["resnet-20"].build) != before
    assert code_digest(models["mlp-mint"].build) == lenet


def test_code_that_changed_since_the_start_is_not_run_as_if_it_were_new(
    mine: Files, monkeypatch: pytest.MonkeyPatch
):
    registry: Registry[base.Model] = Registry("model", "pruning.models")
    monkeypatch.setattr(files, "models", registry)
    monkeypatch.setattr(files, "_registered", {})
    files.register_file(mine.folder / "mine.py")
    entry = registry["mine"]
    assert entry.code == entry.loaded
    mine.change("deep_helper_of_a_model", lambda text: text.replace("Identity", "ReLU"))
    with pytest.raises(CannotRunError, match=r"Mine has changed since .* start it again"):
        assert entry.code
