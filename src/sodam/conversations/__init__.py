"""Conversations of every type as a user lists, pins, marks and groups them; what was said belongs to c2c and groups."""
