"""What one can take away from a run, one file format each."""
