"""Models: what networks of them are made of."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend.api.dependencies import ServicesOf
from backend.problems import Problem, not_found, problem_answers, sentence
from pruning.data.image_base import image_datasets
from pruning.estimates.work import CannotCountError
from pruning.models.base import models
from pruning.structure.described import Described, NetworkDescription

router = APIRouter(prefix="/models", tags=["models"], responses=problem_answers(404, 409, 422))


@router.get("/{name}")
def describe_model(
    name: str,
    services: ServicesOf,
    dataset: Annotated[str, Query(description="For whose images and classes it is built.")],
) -> NetworkDescription:
    """The layers of a model, and which of them lose units together; built once to be known."""
    if name not in models.names():
        raise not_found(f"model {name!r}")
    if dataset not in image_datasets.names():
        raise not_found(f"dataset {dataset!r}")
    images = image_datasets[dataset]
    if refusal := models[name].refusal(images.shape):
        raise Problem(422, "The images do not fit", f"{refusal}.")
    asked = Described(name, images.shape, len(images.classes))
    try:
        return services.describer.described(asked)
    except CannotCountError as error:
        raise Problem(409, "The network cannot be built", sentence(error)) from error
