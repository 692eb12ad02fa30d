"""Offline push: credentials, devices, who gets a push, and the vendors' services (rest-operations-push.md, 4 and 5)."""
