"""Criteria: functions that score what can be removed. Each module registers its own."""

# In the order in which people meet them: what is simple first, chance last.
ORDER = ("magnitude", "gradient", "relevance", "activation", "at_init", "uninformed")
