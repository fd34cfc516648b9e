"""What the words mean that forms, figures and tables use: the one source of these texts."""
