"""`make bench`: run every benchmark. A promise that is missed is marked, in red."""

from benchmarks import first_run

if __name__ == "__main__":
    first_run.main()
