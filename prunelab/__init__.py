"""The command `prunelab`: starts processes by name; no logic lives here."""
