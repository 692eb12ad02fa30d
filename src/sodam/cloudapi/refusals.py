"""Refused signatures in the audit log: somebody who knows a SecretId tries keys, or a program has a wrong clock.

Nobody is authenticated here, so what gets into the log is bounded: only SecretIds that exist, each at most once a
minute on each node, with the number of refusals since the last time. Without a bound the log were a door for flooding.
"""

from __future__ import annotations

from typing import Final

import structlog

from sodam.access.model import AccessKey
from sodam.audit.model import Event
from sodam.audit.service import document
from sodam.cloudapi.plane import ControlPlane
from sodam.control import ControlError

log = structlog.get_logger(__name__)
EVERY_SECONDS: Final = 60
ACTION: Final = "cloudapi:Authenticate"


class Refusals:
    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._said: dict[str, float] = {}
        self._more: dict[str, int] = {}

    async def note(
        self, key: AccessKey, error: ControlError, *, claimed: str, ip: str, agent: str, request_id: str
    ) -> None:
        """Record a refusal, or count it. ``claimed`` is the action that the caller names, believed by nobody.

        The caller gets the reason, whether or not the log can take it.
        """
        now = self._plane.clock()
        if now - self._said.get(key.secret_id, 0) < EVERY_SECONDS:
            self._more[key.secret_id] = self._more.get(key.secret_id, 0) + 1
            return
        self._said[key.secret_id] = now
        facts = {"SecretId": key.secret_id, "Action": claimed[:128], "RefusedBefore": self._more.pop(key.secret_id, 0)}
        try:
            user = await self._plane.users.get_uin(key.uin)
            await self._plane.audit.add(
                Event(
                    time_ms=self._plane.audit.now(),
                    uin=user.uin,
                    user_name=user.name,
                    edge="cloudapi",
                    action=ACTION,
                    resource="*",
                    outcome="refused",
                    error_code=error.code,
                    after=document(facts),
                    ip=ip,
                    user_agent=agent[:200],
                    request_id=request_id,
                )
            )
        except Exception:
            log.exception("the audit log could not be written", action=ACTION, code=error.code)
