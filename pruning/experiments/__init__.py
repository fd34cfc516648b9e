"""Experiments: a typed configuration in, a stream of events out. Each module registers its own."""
