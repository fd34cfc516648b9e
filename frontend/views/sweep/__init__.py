"""How a sweep looks."""

from frontend.views.sweep import comparable, view

__all__ = ["comparable", "view"]
