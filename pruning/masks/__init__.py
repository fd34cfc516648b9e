"""From scores to masks: ranking, schedules, applying them, many of them at once."""
