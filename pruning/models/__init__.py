"""Networks for images: one decorated function each, importable without torch."""
