"""Apps: their keys, administrators, plan and settings."""
