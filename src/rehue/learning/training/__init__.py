"""A recipe, and what it takes to run it."""
