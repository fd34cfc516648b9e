"""Datasets of points in the plane over REST: people draw, write or compute their own."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request

from backend.api.datasets import UPLOAD_TYPE
from backend.api.dependencies import ServicesOf
from backend.bodies import received
from backend.points import FormulaRequest, PointsDescription, ShownPoints, check_size
from backend.points_preview import (
    FormulaAsked,
    FormulaPreview,
    PointsPreview,
    formula_preview,
    points_preview,
)
from backend.problems import Problem, problem_answers
from pruning.data.adding_points import DRAWN, Called

router = APIRouter(
    prefix="/datasets/points",
    tags=["datasets"],
    responses=problem_answers(404, 409, 413, 415, 422, 507),
)


# A table comes as it is.
_TABLE = {
    "requestBody": {
        "required": True,
        "content": {UPLOAD_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}
File = Annotated[
    str,
    Query(
        description=f"The file's name, such as rings.csv; {DRAWN} for points of the square "
        "that are to stay where they are."
    ),
]
Announced = Annotated[int, Header(alias="content-length", ge=0)]


@router.get("")
def list_points(services: ServicesOf) -> list[PointsDescription]:
    """All datasets of points, the built-in ones first."""
    return services.points.everything()


@router.post("", status_code=201, openapi_extra=_TABLE)
async def upload_points(
    request: Request,
    services: ServicesOf,
    file: File = "points.csv",
    name: Annotated[
        str | None, Query(description="What to call it; made of title or file unless given.")
    ] = None,
    title: Annotated[str | None, Query(description="What people call it.")] = None,
    content_length: Announced = 0,
) -> PointsDescription:
    """Upload a CSV of x, y and class as the body, with or without a head.

    Columns stand between commas, semicolons, tabs or spaces. Points that do not fit into the square
    from -1.5 to 1.5 are scaled, and the description says so.
    """
    called = Called(name, title)
    _check_type(request)
    services.points.check_name(called)
    content = await received(request.stream(), content_length, check_size)
    return await asyncio.to_thread(services.points.add, content, file, called)


@router.post("/preview", openapi_extra=_TABLE)
async def preview_points(
    request: Request, file: File = "points.csv", content_length: Announced = 0
) -> PointsPreview:
    """Where the points of a CSV would lie, and how many each class has; nothing is kept.

    What is wrong with it is said in the answer, as of a formula.
    """
    _check_type(request)
    content = await received(request.stream(), content_length, check_size)
    return await asyncio.to_thread(points_preview, content, file)


def _check_type(request: Request) -> None:
    if request.headers.get("content-type") != UPLOAD_TYPE:
        detail = f"Send the file itself as the body, with the Content-Type {UPLOAD_TYPE}."
        raise Problem(415, "The body is of another type", detail)


@router.post("/formula", status_code=201)
def add_formula(asked: FormulaRequest, services: ServicesOf) -> PointsDescription:
    """Keep a formula, such as `y > sin(3 x)`: points are drawn in the square as runs need them."""
    return services.points.add_formula(asked)


@router.post("/formula/preview")
def preview_formula(asked: FormulaAsked) -> FormulaPreview:
    """The classes that a formula gives to a grid of points, or what is wrong with it."""
    return formula_preview(asked)


@router.get("/{name}")
def some_points(name: str, services: ServicesOf) -> ShownPoints:
    """Some of the points that a network would learn."""
    return services.points.shown(name)


@router.delete("/{name}", status_code=204)
def delete_points(name: str, services: ServicesOf) -> None:
    """Remove points of one's own; runs that used them keep their results."""
    services.points.remove(name)
