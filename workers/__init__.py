"""The workers of PruneLab: they take runs from the queues and carry them out."""
