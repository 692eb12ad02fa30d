"""Profiles stand on accounts, and so do their tests."""

from tests.unit.accounts.conftest import world

__all__ = ["world"]
