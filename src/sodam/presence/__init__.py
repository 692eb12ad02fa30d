"""Presence: who is online, on which devices, wherever in the cluster they are connected."""
