"""What a job is."""

from __future__ import annotations

from typing import Literal

import msgspec

from sodam.control import Explanation

State = Literal["queued", "running", "done", "failed", "cancelled"]
INPUT = 0
"""Stream that a job reads."""
OUTPUT = 1
"""Stream that a job writes: its file."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    kind: str
    about_app: int
    state: State
    params: str
    """JSON."""
    position: str
    """JSON: where to go on."""
    done: int
    total: int
    """0: not known yet."""
    refused: int
    message: str
    """What came of it, as ``Explanation.stored``."""
    has_file: bool
    cancel_wanted: bool
    uin: int
    user_name: str
    created_at: int
    """Unix milliseconds, as the other times."""
    started_at: int
    ended_at: int
    lease_owner: str
    lease_until: int

    @property
    def explanation(self) -> Explanation:
        return Explanation.read(self.message)


class Scope(msgspec.Struct, frozen=True):
    """Which jobs: those about the apps of ``only`` (None: any), and none about those of ``but``. 0 is about no app."""

    only: list[int] | None = None
    but: list[int] = []

    def holds(self, about_app: int) -> bool:
        return (self.only is None or about_app in self.only) and about_app not in self.but


class Refusal(msgspec.Struct, frozen=True):
    """A row of an import that was not taken. ``line`` counts from 1."""

    line: int
    user_id: str
    code: int
    """The chat plane's number; 0: the file is at fault."""
    reason: str
    """As ``Explanation.stored``."""
