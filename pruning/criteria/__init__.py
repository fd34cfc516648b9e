"""Criteria: functions that score what can be removed. Each module registers its own."""
