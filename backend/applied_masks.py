"""Masks that runs have learned, applied to images that people send: checked, kept, submitted."""

from __future__ import annotations

import json
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

from backend.artifacts import Artifacts
from backend.problems import FieldError, Problem
from backend.run_model import Run
from backend.runs import Runs
from pruning.context import CannotRunError
from pruning.data.limits import ImportRefusedError, in_mib
from pruning.data.pictures import decode
from pruning.experiments.applied_mask.upload import INDEX, path_of
from pruning.experiments.input_selection.config import KindName
from pruning.experiments.input_selection.description import (
    SelectionDescription,
    choose,
    descriptions_in,
)

MOST_IMAGES = 100
# Of a request as a whole: images as base64, which takes a third more than they do.
MOST_BYTES = 64 * 2**20
# Of a name, which a worker gives a file.
_NAME_BYTES = 200
_LEARNS = "input_selection"


class SentImage(BaseModel):
    """An image, sent in a request."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="What it is called in tables and archives.")
    content: Base64Bytes = Field(description="The PNG, JPEG or BMP file, as base64.")


class ApplyRequest(BaseModel):
    """Which mask is applied, and to what."""

    model_config = ConfigDict(extra="forbid")

    kind: KindName = Field("static", description="Which of the run's masks.")
    at: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, description="The best checkpoint that sends at most this share; else the best of all."
    )
    repeat: int | None = Field(None, ge=0, le=1000, description="Of this repeat; else of the best.")
    images: list[SentImage] = Field(min_length=1, max_length=MOST_IMAGES)


class AppliedMasks:
    """Submits runs that apply masks of other runs."""

    def __init__(self, runs: Runs, artifacts: Artifacts) -> None:
        self._runs = runs
        self._artifacts = artifacts

    def submit(self, run_id: str, asked: ApplyRequest) -> Run:
        """Put a run into its queue that applies a mask of this run.

        Raises
        ------
        Problem
            404, 409 or 422 if the run has no such mask, 422 if an image cannot be read, 503 if
            nobody could take the run.
        """
        described = self._chosen(self._source(run_id), asked)
        _check(asked.images)
        upload = self._keep(asked.images)
        config = {
            "run": run_id,
            "kind": asked.kind,
            "at": asked.at,
            "repeat": described.repeat,
            "upload": upload,
        }
        try:
            return self._runs.submit("applied_mask", config)
        except BaseException:
            self._artifacts.remove(upload)
            raise

    def _source(self, run_id: str) -> Run:
        """The run whose mask it is."""
        run = self._runs.get(run_id)
        if run.experiment != _LEARNS:
            detail = (
                f"{run_id} is a run of {run.experiment}; name one of {_LEARNS}, which has them."
            )
            raise Problem(422, "This run has no masks over inputs", detail)
        if run.status != "done":
            detail = f"Run {run_id} is {run.status}; name one that is done."
            raise Problem(409, "The run is not done", detail)
        return run

    def _chosen(self, run: Run, asked: ApplyRequest) -> SelectionDescription:
        """Which of its masks is meant; its best repeat unless one is named."""
        result, _ = self._runs.light_result(run.id)
        texts = [
            b"".join(self._artifacts.read(run.id, artifact.path))
            for artifact in result.artifacts
            if artifact.path.endswith(".json") and self._artifacts.has(run.id, artifact.path)
        ]
        known = descriptions_in(texts)
        if not known:
            detail = f"Run {run.id} gave no masks away; run it again, then apply those."
            raise Problem(409, "There are no masks", detail)
        try:
            return choose(known, asked.kind, asked.at, asked.repeat)[0]
        except CannotRunError as error:
            message = str(error)
            raise Problem(
                422, "There is no such mask", f"{message[0].upper()}{message[1:]}."
            ) from error

    def _keep(self, images: Sequence[SentImage]) -> str:
        """Put images where workers find them; under which name."""
        upload = f"upload-{secrets.token_hex(6)}"
        index = json.dumps([image.name for image in images]).encode()
        files = {INDEX: index} | {path_of(i): image.content for i, image in enumerate(images)}
        try:
            with tempfile.TemporaryDirectory() as folder:
                draft = Path(folder) / "draft"
                for path, content in files.items():
                    draft.write_bytes(content)
                    self._artifacts.put(upload, path, draft)
        except BaseException:
            self._artifacts.remove(upload)
            raise
        return upload


def too_large() -> Problem:
    """What is said of a request with too much in it."""
    detail = (
        f"A request has at most {in_mib(MOST_BYTES)}, in which images are a third larger than as "
        "files. Send fewer at once, or use `prunelab apply`."
    )
    return Problem(413, "The images are too large", detail)


def _check(images: Sequence[SentImage]) -> None:
    """Refuse what is no image, or has no name of its own."""
    taken: set[str] = set()
    for number, image in enumerate(images):
        if message := _name_refusal(image.name, taken):
            raise _refused(number, message)
        taken.add(image.name)
        try:
            decode(PurePosixPath(image.name), image.content)
        except ImportRefusedError as error:
            raise _refused(number, str(error)) from error


def _name_refusal(name: str, taken: set[str]) -> str:
    """What is wrong with a name, if something is."""
    is_plain = name.isprintable() and not {"/", "\\"} & set(name) and name.strip(". ")
    if not is_plain:
        return f"{name!r} cannot be an image's name; take a plain one, without folders"
    if len(name.encode()) > _NAME_BYTES:
        return f"{name[:20]}… has too long a name; take one of {_NAME_BYTES} letters or fewer"
    return f"Two images are called {name}; rename one" if name in taken else ""


def _refused(number: int, message: str) -> Problem:
    field = FieldError(field=f"images.{number}", message=message)
    return Problem(422, "An image cannot be taken", f"{message}.", [field])
