"""The science of PruneLab: data, models, criteria, masks and experiments.

Usable alone, from a notebook or a script; it knows nothing of the web, the queue or the store.
"""
