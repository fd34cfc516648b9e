"""Registers the recipes of this folder."""

from pathlib import Path

from pruning.recipes.base import read_recipe, recipes

for file in sorted(Path(__file__).parent.glob("*.toml")):
    recipes.add(read_recipe(file))
