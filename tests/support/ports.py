"""Ports for servers that start more than once: see bench/ports.py, which benchmarks have in common with the tests."""

from __future__ import annotations

from bench.ports import Reserved

__all__ = ["Reserved"]
