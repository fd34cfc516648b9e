"""The database: what runs exist, who works on them, and what came of them."""
