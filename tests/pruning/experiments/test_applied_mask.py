"""A mask that was learned, applied to images: what it says, and that it is what the files say."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pruning.checks import check_experiment
from pruning.context import Context, Files
from pruning.events import Result, fold
from pruning.execution import execute
from pruning.experiments.applied_mask.config import AppliedMaskConfig
from pruning.experiments.applied_mask.engine import _limit
from pruning.experiments.applied_mask.main_result import main_result
from pruning.experiments.base import experiments
from pruning.experiments.input_selection.applying import SavedSelection, Sent
from pruning.experiments.input_selection.pictures import DARK_YELLOW
from tests.learned_masks import draw_images, learn

CONFIG: dict[str, Any] = {"run": "abc", "upload": "upload-0123456789ab"}


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("learned")
    learn(folder)
    return folder


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return draw_images(tmp_path_factory.mktemp("images"), 8)


@pytest.fixture(scope="module")
def files(learned: Path, images: list[Path]) -> Files:
    """What a worker would find."""
    uploaded = {f"images/{number}": path for number, path in enumerate(images)}

    def read(owner: str, path: str) -> Iterator[bytes]:
        if (owner, path) == (CONFIG["upload"], "images.json"):
            yield json.dumps([image.name for image in images]).encode()
        elif owner == CONFIG["upload"]:
            yield uploaded[path].read_bytes()
        elif owner == CONFIG["run"]:
            yield (learned / path).read_bytes()
        else:
            raise FileNotFoundError(path)

    return read


def applied(files: Files, folder: Path, **settings: Any) -> Result:
    study = experiments["applied_mask"]
    config = study.config.model_validate(CONFIG | settings)
    return fold(execute(study, config, Context(folder, artifacts=folder, files=files)))


def picture(result: Result, name: str) -> np.ndarray:
    return result.frames[name][0].arrays["image"].numpy()


def test_it_holds_what_it_declares(files: Files):
    check_experiment("applied_mask", CONFIG, CONFIG | {"kind": "dynamic", "repeat": 1}, files=files)


@pytest.mark.parametrize("kind", ["static", "dynamic"])
def test_rows_and_pictures_are_those_of_the_saved_selection(
    kind, files: Files, learned: Path, images: list[Path], tmp_path: Path
):
    result = applied(files, tmp_path, kind=kind, at=0.9, repeat=1)
    saved = SavedSelection.load(learned, kind, 0.9, 1)
    found = list(saved.send(images, tmp_path / "out"))
    table = result.tables["images"]
    assert table.rows == [[getattr(sent, name) for name in table.columns] for sent in found]
    with zipfile.ZipFile(tmp_path / "left.zip") as archive:
        for sent in found:
            alone = (tmp_path / "out" / sent.picture).read_bytes()
            assert archive.read(sent.picture) == alone
            left = np.asarray(Image.open(io.BytesIO(alone)))
            assert (picture(result, f"both/{sent.image}")[:, 9:] == left).all()
    assert (tmp_path / "sent.csv").read_text().count("\n") == 1 + len(images)


def test_the_first_images_stand_in_rows_above_what_is_left(files: Files, tmp_path: Path):
    first = picture(applied(files, tmp_path), "first")
    # Eight images of 8 pixels, six beside each other, with lines between: two rows, each twice.
    assert first.shape == (4 * 9 - 1, 6 * 9 - 1, 3)
    unsent = (first == DARK_YELLOW).all(2)
    assert not unsent[:8].any()
    assert unsent[9:17].any()
    assert (first[18:, 2 * 9 :] == 90).all(), "there is nothing where no image is"


def test_images_that_take_more_than_was_asked_for_are_told():
    config = AppliedMaskConfig(**CONFIG, at=0.3)
    frugal, needy = (Sent("a.png", "0", 1.0, q, round(64 * q), 64, "a.png") for q in (0.3, 0.5))
    assert list(_limit(config, [frugal, frugal])) == []
    (told,) = _limit(config, [frugal, needy])
    assert told.level == "warning"
    assert told.text.startswith("These images take 40.0 % on average, more than the 30 % asked for")
    assert list(_limit(AppliedMaskConfig(**CONFIG), [needy])) == []


def test_notes_say_which_mask_it_was_and_what_it_saves(files: Files, tmp_path: Path):
    result = applied(files, tmp_path, at=0.9)
    rows = result.tables["images"].rows
    sent = sum(row[4] for row in rows)
    mask, saving = (note.text for note in result.notes)
    assert mask.startswith("Static mask of repeat 0, epoch ")
    assert mask.endswith(" % right on test images.")
    share = f"{100 * sent / 512:.1f} %"
    assert saving == (
        "Made 8 × 8 pixels in grey, as the network takes them, the 8 images have 512 bytes: "
        f"{sent} are sent ({share}), {512 - sent} bytes are saved."
    )
    told = main_result(None, result)
    assert told is not None
    assert told.value == sent / 512
    assert told.text.endswith(" % of the bytes of 8 images sent")
    assert main_result(None, Result()) is None


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"run": "another"}, "there is no static mask of repeat 0 of run another here"),
        ({"run": ""}, "there is no static mask of repeat 0 of run (none is named) here"),
        ({"repeat": 7}, "there is no static mask of repeat 7 of run abc here"),
        ({"kind": "given"}, "there is no given mask of repeat 0 of run abc here"),
        ({"upload": "upload-ffffffffffff"}, "the images are not here"),
        ({"upload": ""}, "the images are not here"),
        ({"at": 0}, "none sends at most 0 %; the least is"),
    ],
)
def test_what_is_not_there_is_said(settings, words, files: Files, tmp_path: Path):
    result = applied(files, tmp_path, **settings)
    assert result.status == "failed"
    assert words in str(result.error)


def test_without_a_worker_there_are_no_files_of_runs(tmp_path: Path):
    study = experiments["applied_mask"]
    result = fold(execute(study, study.config.model_validate(CONFIG), Context(tmp_path)))
    assert "the images are not here" in str(result.error)
