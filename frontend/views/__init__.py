"""Result → figures: one module per experiment."""
