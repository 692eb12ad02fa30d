"""Refused signatures get into the audit log, and cannot flood it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

from sodam.access.model import AccessKey
from sodam.audit.model import Event
from sodam.cloudapi.plane import ControlPlane
from sodam.cloudapi.refusals import EVERY_SECONDS, Refusals
from sodam.control import ControlError


class Plane:
    """As much of a control plane as is asked for."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.events: list[Event] = []
        self.audit, self.users = self, self

    def clock(self) -> float:
        return self.time

    def now(self) -> int:
        return int(self.time * 1000)

    async def add(self, event: Event) -> None:
        self.events.append(event)

    async def get_uin(self, uin: int) -> Any:
        return SimpleNamespace(uin=uin, name=f"user{uin}")


async def test_one_a_minute_for_each_key_with_the_number_of_the_others() -> None:
    plane = Plane()
    refusals = Refusals(cast(ControlPlane, plane))
    error = ControlError("AuthFailure.SignatureFailure", "the signature does not match")

    async def refuse(number: int) -> None:
        key = AccessKey(f"AKID{number}", number, "key", True, "", 0, 0)
        await refusals.note(key, error, claimed="cam:GetUser", ip="::1", agent="x" * 999, request_id="r")

    for _ in range(1000):
        await refuse(1)
    await refuse(2)
    plane.time += EVERY_SECONDS
    await refuse(1)
    found = [(e.uin, e.user_name, json.loads(e.after)["RefusedBefore"]) for e in plane.events]
    assert found == [(1, "user1", 0), (2, "user2", 0), (1, "user1", 999)]
    assert len(plane.events[0].user_agent) == 200
