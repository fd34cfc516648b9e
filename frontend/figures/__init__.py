"""Figures without Dash: what they are made of, and what fills them."""
