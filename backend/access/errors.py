"""What is wrong with how access is set up."""

from __future__ import annotations


class AccessError(Exception):
    """Why nobody could be let in safely, in one line that says what to set."""
