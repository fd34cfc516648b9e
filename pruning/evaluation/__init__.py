"""What a network is worth: accuracy, loss, latency."""
