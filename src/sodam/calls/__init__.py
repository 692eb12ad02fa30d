"""Calls: credentials that end by themselves, for media servers that the operator runs. See docs/guide.md."""
