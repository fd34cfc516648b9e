"""What an experiment without a face of its own looks like: made from what it declares."""

from frontend.views.default.comparable import declared_comparable
from frontend.views.default.view import declared_view

__all__ = ["declared_comparable", "declared_view"]
