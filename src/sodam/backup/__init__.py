"""A whole server as one file, taken while it runs, and back into an empty place."""
