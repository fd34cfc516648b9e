"""Masks over the inputs of a network: what of an image need not be sent."""
