"""Result → figures: a folder per experiment, with its face."""
