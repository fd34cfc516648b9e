"""`python -m prunelab`."""

from prunelab.cli import main

main()
