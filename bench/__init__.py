"""Workloads that measure Sodam against a peer and against a floor; `python -m bench` runs them."""
