"""Masks over the inputs: which pixels, channels, blocks or versions need not be sent."""
