"""What a target is to the runner."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.plan import Address

SDKAPPID = 1400000001
KEY = "5d0a" * 16
"""The secret of the app that every run starts with; it guards nothing."""


@dataclass(frozen=True)
class Started:
    """A running target: where it listens and whose CPU is counted."""

    address: Address
    server: tuple[int, ...]
    database: tuple[int, ...] = ()
    beside: tuple[int, ...] = ()
    """Other processes at the same database: what it does for them is not counted."""


class Target(Protocol):
    """A server that can be started fresh, and says by itself why it cannot."""

    name: str

    def unavailable(self) -> str:
        """Empty, or why this target cannot run here."""

    def version(self) -> str:
        """Name and version of everything that is measured, in one line."""

    def start(self, folder: Path, workload: str) -> AbstractContextManager[Started]:
        """Start with fresh data in an empty folder, fit for a workload; ready when entered, stopped when left."""
