"""The command `prunelab`: starts processes by name; no logic lives here."""

import os

# Threads of torch spin while they wait for each other, and take the cores from all others: beside
# a few busy processes a step of training took 300 ms instead of 10. So they sleep after a short
# while. Read when torch is imported, which is never before this package.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")
