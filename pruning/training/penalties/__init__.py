"""Penalties: terms of the loss that depend on weights alone. Each module registers its own."""

ORDER = ("magnitude", "group")
