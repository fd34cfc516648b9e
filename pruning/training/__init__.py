"""The one training loop: what it takes, what it says, and what is kept of it."""
