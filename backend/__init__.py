"""The API, the store and the event log of PruneLab."""
