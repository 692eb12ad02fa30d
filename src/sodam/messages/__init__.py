"""Messages: what they may contain, and what happens to them from a send to a read."""
