"""Datasets, drawn or loaded. Each module registers its own."""
