"""`make bench`: run every benchmark; the exit code says whether every promise was kept."""

import sys

from benchmarks import first_run

if __name__ == "__main__":
    sys.exit(0 if all([first_run.main()]) else 1)
