"""Webhooks: an app's own server is notified of what happens there, and asked about some of it before (webhooks.md)."""
