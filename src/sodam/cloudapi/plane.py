"""What actions work with: the services of the chat plane and those of the control plane, in one object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sodam.access.login import LoginService
from sodam.access.model import Caller
from sodam.access.policies import Authority, PolicyService
from sodam.access.security import SecuritySettings
from sodam.access.sessions import Sessions
from sodam.access.users import UserService
from sodam.apps.deletion import AppDeletion
from sodam.apps.keys import AppKeys
from sodam.apps.orders import Orders
from sodam.audit.gather import Gatherer
from sodam.audit.service import AuditLog
from sodam.http import AsgiApp
from sodam.jobs.service import JobService
from sodam.services import Services


@dataclass(slots=True)
class ControlPlane:
    services: Services
    login: LoginService
    security: SecuritySettings
    sessions: Sessions
    users: UserService
    policies: PolicyService
    audit: AuditLog
    gatherer: Gatherer
    jobs: JobService
    app_keys: AppKeys
    orders: Orders
    deletion: AppDeletion
    clock: Callable[[], float]
    rest: AsgiApp | None = None
    """The edge of REST commands, where this process serves one."""
    made_root_password: str | None = None
    """The password that this start made for root."""

    @property
    def owner_uin(self) -> int:
        return self.login.owner_uin

    async def authority(self, caller: Caller) -> Authority:
        """What policies let a caller do, read anew for every request: a change counts at once, on every node."""
        if caller.user.root:
            return Authority(None)
        statements = await self.policies.statements_of(caller.user)
        return Authority(statements, await self.policies.boundary_of(caller.user))
