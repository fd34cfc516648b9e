"""What `make bench` runs: ratios, each of two things measured side by side in one run."""
