"""The pages: Dash components over the runs, with a little JavaScript for what must be live."""
