"""Datasets of images over REST; an import answers with JSON lines that say how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, cast

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import HTTPConnection
from starlette.responses import FileResponse, Response, StreamingResponse

from backend.datasets import DatasetDescription, Datasets
from backend.problems import Problem, file_answer, problem_answers
from pruning.data.importing import ImportOptions
from pruning.data.limits import LEAST_SIDE, SIDE
from pruning.events import Progress

router = APIRouter(
    prefix="/datasets", tags=["datasets"], responses=problem_answers(404, 409, 413, 415, 422, 507)
)

# No form can send it, and a page elsewhere would have to ask first, which is not granted.
UPLOAD_TYPE = "application/octet-stream"


def _datasets(connection: HTTPConnection) -> Datasets:
    return cast("Datasets", connection.app.state.services.datasets)


DatasetsOf = Annotated[Datasets, Depends(_datasets)]
Name = Annotated[
    str | None, Query(description="What to call it; made of the file's name unless given.")
]
Title = Annotated[str | None, Query(description="What people call it.")]

_SIDE = "Scale and crop images of all sizes to squares of so many pixels a side."
Side = Annotated[int | None, Query(ge=LEAST_SIDE, le=SIDE, description=_SIDE)]


class PlacedRequest(BaseModel):
    """A file or folder in the data directory's `datasets` to be imported."""

    model_config = ConfigDict(extra="forbid")

    file: str = Field(description="Its name there.", examples=["flowers.zip"])
    name: str | None = None
    title: str | None = None
    side: int | None = Field(None, ge=LEAST_SIDE, le=SIDE, description=_SIDE)


@router.get("")
def list_datasets(datasets: DatasetsOf) -> list[DatasetDescription]:
    """All datasets of images, the built-in ones first."""
    return datasets.everything()


@router.get("/placed")
def list_placed(datasets: DatasetsOf) -> list[str]:
    """What lies in the data directory's `datasets` and waits to be imported."""
    return datasets.waiting()


@router.post(
    "",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {UPLOAD_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload_dataset(
    request: Request,
    datasets: DatasetsOf,
    file: Annotated[str, Query(description="The file's name, such as flowers.zip.")],
    name: Name = None,
    title: Title = None,
    side: Side = None,
    content_length: Annotated[int, Header(ge=0)] = 0,
) -> StreamingResponse:
    """Upload a .zip, .tar, .tar.gz or .tar.xz of image folders, or an .npz, as the body.

    The answer is a line of JSON per step: `{"progress": …}`, and as the last one `{"dataset": …}`
    or `{"problem": …}`.
    """
    if request.headers.get("content-type") != UPLOAD_TYPE:
        detail = f"Send the file itself as the body, with the Content-Type {UPLOAD_TYPE}."
        raise Problem(415, "The body is of another type", detail)
    options = ImportOptions(name, title, side)
    await asyncio.to_thread(datasets.check_upload, file, options, content_length)
    source = await datasets.receive(file, request.stream())
    return _lines(datasets.take_upload(source, options))


@router.post("/placed")
async def import_placed(request: PlacedRequest, datasets: DatasetsOf) -> StreamingResponse:
    """Import what lies in the data directory's `datasets`; the answer is that of an upload."""
    source = await asyncio.to_thread(datasets.find_placed, request.file)
    options = ImportOptions(request.name, request.title, request.side)
    return _lines(datasets.take(source, options))


@router.delete("/{name}", status_code=204)
def delete_dataset(name: str, datasets: DatasetsOf) -> None:
    """Remove a dataset that was imported."""
    datasets.remove(name)


@router.get("/{name}/picture.png", response_class=Response, responses=file_answer("image/png"))
async def get_picture(name: str, datasets: DatasetsOf) -> FileResponse:
    """A few of the images."""
    path = await datasets.picture(name)
    # Another dataset may get the name.
    return FileResponse(path, media_type="image/png", headers={"Cache-Control": "no-cache"})


def _lines(steps: AsyncIterator[Progress | DatasetDescription | Problem]) -> StreamingResponse:
    # Compressed, lines would wait for each other.
    headers = {"Content-Encoding": "identity"}
    return StreamingResponse(_encoded(steps), media_type="application/x-ndjson", headers=headers)


async def _encoded(
    steps: AsyncIterator[Progress | DatasetDescription | Problem],
) -> AsyncIterator[bytes]:
    async for step in steps:
        if isinstance(step, Problem):
            document: BaseModel = step.document
            key = "problem"
        else:
            document = step
            key = "progress" if isinstance(step, Progress) else "dataset"
        yield orjson.dumps({key: document.model_dump()}) + b"\n"
