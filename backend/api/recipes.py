"""Published studies, ready to run."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from pruning.recipes.base import Published, Recipe, recipes

router = APIRouter(prefix="/recipes", tags=["recipes"])


class RecipeDescription(BaseModel):
    """A recipe; its experiment and configuration are what `POST /api/runs` takes."""

    name: str
    title: str
    description: str
    paper: str
    url: str
    experiment: str
    config: dict[str, Any]
    expect: list[str]
    published: Published | None

    @classmethod
    def of(cls, recipe: Recipe) -> "RecipeDescription":
        """Describe ``recipe``, its configuration with every default in it."""
        config = recipe.checked_config().model_dump(mode="json")
        told = {"paper": recipe.paper, "url": recipe.url, "config": config}
        return cls(**(dict(recipe) | told))


@router.get("")
def list_recipes() -> list[RecipeDescription]:
    """All recipes with their configurations and published figures."""
    return [RecipeDescription.of(recipe) for recipe in recipes]
