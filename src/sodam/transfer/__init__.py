"""A whole app as a directory of JSON lines, and back: moving it to another server or engine."""
