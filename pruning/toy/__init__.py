"""What the toy experiments are made of: a small network in the plane, and many masks at once."""
