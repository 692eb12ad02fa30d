"""Logs, metrics and health: what the server says about itself."""
