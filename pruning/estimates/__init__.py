"""How long a run will take: operations counted beforehand, and what runs here have taken."""
