"""Runs of every experiment while whatever they need is killed: `make chaos`."""
