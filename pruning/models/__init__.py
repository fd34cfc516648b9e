"""Networks to prune."""
