"""What can be looked at as a whole, as data: a run, a comparison, a dashboard."""
