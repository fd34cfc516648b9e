"""One module per page; each has a `layout` and, where it answers, its callbacks."""
