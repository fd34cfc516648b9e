"""Who may use this installation: users, passwords, sessions, tokens, and the guard."""
