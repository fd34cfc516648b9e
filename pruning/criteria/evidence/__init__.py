"""What criteria look at in a network."""
