"""Registers the recipes of this folder, a study before its variants: their names are longer."""

from pathlib import Path

from pruning.recipes.base import read_recipe, recipes

for file in sorted(Path(__file__).parent.glob("*.toml"), key=lambda file: (len(file.stem), file)):
    recipes.add(read_recipe(file))
