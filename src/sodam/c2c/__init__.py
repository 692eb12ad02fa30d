"""One-to-one messages: sending, histories, conversations of two, later changes."""
