"""An entry of the outbox."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """One thing to be done by the consumer of its topic."""

    id: int
    app: int
    topic: str
    body: bytes
    conv: str
    """With ``seq``: the place of a stored message; empty for anything else."""
    seq: int
    tries: int
    """How often it was tried before."""


class New(NamedTuple):
    """An entry that is still to be written. Its fields are those of ``Entry``."""

    app: int
    topic: str
    body: bytes = b""
    conv: str = ""
    seq: int = 0
