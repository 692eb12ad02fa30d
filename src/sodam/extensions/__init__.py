"""What users add to a message that was sent: key-value pairs (extensions) and reactions."""
