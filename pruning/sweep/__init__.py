"""What the experiment ``sweep`` is made of."""
