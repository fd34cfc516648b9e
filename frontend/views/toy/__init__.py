"""How a toy run looks."""

from frontend.views.toy import comparable, view

__all__ = ["comparable", "view"]
