"""Registers the recipes of this folder, a study before its variants: their names are longer."""

from pathlib import Path

from pruning.recipes.base import read_recipe, recipes

# In the order in which people meet them; what is not named comes behind.
ORDER = ("yeom2021", "magnitude", "lottery", "snip", "synflow")


def _place(file: Path) -> tuple[int, int, str]:
    study = file.stem.partition("-")[0]
    rank = ORDER.index(study) if study in ORDER else len(ORDER)
    return rank, len(file.stem), file.stem


for file in sorted(Path(__file__).parent.glob("*.toml"), key=_place):
    recipes.add(read_recipe(file), __name__)
