"""Groups: their types, members, roles and mutes."""
