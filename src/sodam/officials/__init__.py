"""Official accounts: users subscribe to them, and what they say goes to all subscribers."""
