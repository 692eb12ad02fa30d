"""Webhooks: an app's own server is told what happens there, and asked about some of it before (webhooks.md)."""
