"""Pictures of the page, and the script that takes them."""
