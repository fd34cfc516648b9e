"""How a toy study looks."""

from frontend.views.toy_study import comparable, view

__all__ = ["comparable", "view"]
