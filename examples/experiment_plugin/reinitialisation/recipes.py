"""Registers the recipe that comes with the experiment, and says where its papers are."""

from pathlib import Path

from pruning.recipes.base import read_recipe, recipes

_FOLDER = Path(__file__).parent
REFERENCES = _FOLDER / "references.toml"

recipes.add(read_recipe(_FOLDER / "zhang2022-layers.toml"))
