"""Experiments: a configuration's type and what runs it. Each module registers its own."""

# In the order in which people meet them: what is instant first.
ORDER = ("toy", "toy_study", "sweep", "input_selection", "guided_sparsity", "mint")
