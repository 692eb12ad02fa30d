"""The control plane of two nodes over one gate, with a few users, groups, policies and an app that are made anew for
every run, each a step below its limit."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sodam import server
from sodam.access import passwords, policies, policy_store, totp, user_store, users
from sodam.access.model import AccessKey, Caller, User
from sodam.access.policy_store import Attachment
from sodam.cloudapi.plane import ControlPlane
from sodam.cloudapi.run import run
from sodam.cloudapi.table import TABLE
from sodam.console.session_actions import SESSION_ACTIONS, SessionCall
from sodam.console.session_actions import run as run_session
from sodam.control import ControlError
from sodam.errors import ApiError
from sodam.jobs import store as job_store
from sodam.jobs.model import Job
from sodam.settings import Settings
from sodam.storage import Tx
from tests.support.barrier import Call, Gate

MINA, OTO = 100_000_000_101, 100_000_000_102
CREW, P, Q = 11, 21, 22
ADMINISTRATOR = 1_000_000_001
APP = 1_400_000_042
PASSWORD, OTHER = "Correct-horse-9", "Another-horse-8"
CODE = "123456"
"""The one-time code that is always right."""
JOB, SESSION = "0" * 24, "kept"
NOW = 1_800_000_000
DENY = '{"version":"2.0","statement":[{"effect":"deny","action":"im:RemoveUser","resource":"*"}]}'
MOST = {
    "users": 3,
    "groups": 2,
    "policies": 3,
    "attached": 2,
    "of a group": 2,
    "of a user": 1,
    "versions": 5,
    "keys": 2,
}
_NO_JOB: Any = {"params": "{}", "position": "", "message": "", "user_name": "", "lease_owner": ""} | dict.fromkeys(
    (
        "done",
        "total",
        "refused",
        "has_file",
        "cancel_wanted",
        "uin",
        "created_at",
        "started_at",
        "ended_at",
        "lease_until",
    ),
    0,
)
TABLES = (
    "cam_user WHERE root = 0",
    "cam_group",
    "cam_member",
    "cam_policy",
    "cam_policy_version",
    "cam_preset_alias",
    "cam_attachment",
    "cam_access_key",
    "console_session",
    "login_attempt",
    "audit_event",
    "job",
    "job_part",
    "job_refusal",
    "app",
    "app_key",
    "app_admin",
    "account",
    "account_count",
    "account_deleted",
    "plan_order",
)


def small_limits(patch: pytest.MonkeyPatch) -> None:
    """Limits that two can reach, and passwords that cost nothing."""
    patch.setattr(users, "MAX_USERS", MOST["users"])
    patch.setattr(users, "MAX_GROUPS", MOST["groups"])
    patch.setattr(users, "MAX_USERS_PER_GROUP", MOST["of a group"])
    patch.setattr(users, "MAX_GROUPS_PER_USER", MOST["of a user"])
    patch.setattr(policies, "MAX_POLICIES", MOST["policies"])
    patch.setattr(policies, "MAX_ATTACHED", MOST["attached"])

    async def hashed(password: str) -> str:
        return f"hash of {password}"

    async def verify(stored: str, password: str) -> bool:
        return stored == f"hash of {password}"

    patch.setattr(totp, "accept", lambda secret, code, now, last: last + 1 if code == CODE else 0)
    patch.setattr(passwords, "hash_password", hashed)
    patch.setattr(passwords, "verify", verify)


@dataclass
class World:
    gate: Gate
    nodes: list[server.Server]

    @property
    def plane(self) -> ControlPlane:
        return self.nodes[0].plane

    async def fresh(self) -> None:
        for node in self.nodes:
            node.apps._apps.clear()
        await self.gate.write(self._fill)
        await self.plane.services.apps.create("app", sdkappid=APP)
        for node in self.nodes:
            node.apps._apps.clear()
            await node.apps._load(APP)
            node.accounts._held.clear()

    async def _fill(self, tx: Tx) -> None:
        for table in TABLES:
            await tx.execute(f"DELETE FROM {table}")
        for uin, name in ((MINA, "mina"), (OTO, "oto")):
            user = User(uin=uin, root=False, name=name, uid=uin, console_login=True, password=f"hash of {PASSWORD}")
            user = msgspec.structs.replace(user, totp_next="begun")
            await user_store.insert(tx, user)
        await user_store.insert_key(tx, AccessKey("AKIDmina", MINA, "x", True, "", NOW, 0))
        await user_store.insert_key(tx, AccessKey("AKIDoto", OTO, "x", False, "", NOW, 0))
        await tx.execute("INSERT INTO cam_group (id, name, remark, created_at) VALUES ($1, 'crew', '', 0)", CREW)
        await user_store.add_member(tx, CREW, OTO, NOW)
        for number, name in ((P, "p"), (Q, "q")):
            await tx.execute(
                "INSERT INTO cam_policy (id, name, description, create_mode, tags, created_at, updated_at,"
                " default_version, last_version) VALUES ($1, $2, '', 2, '{}', 0, 0, 1, 4)",
                number,
                name,
            )
            for version in range(1, 5):
                await tx.execute(
                    "INSERT INTO cam_policy_version VALUES ($1, $2, $3, 0)",
                    number,
                    version,
                    DENY.replace("deny", "allow"),
                )
        job = Job(id=JOB, kind="ExportAccounts", about_app=APP, state="queued", **_NO_JOB)
        await job_store.insert(tx, job)
        await tx.execute(
            "INSERT INTO console_session VALUES ($1, $2, 0, $3, $3, $3, '', '')", SESSION, MINA, int(time.time()) + 9999
        )
        await policy_store.attach(tx, Attachment(ADMINISTRATOR, "user", MINA, NOW, 0))
        await policy_store.attach(tx, Attachment(P, "group", CREW, NOW, 0))

    def act(self, name: str, node: int = 0, **body: Any) -> Call:
        """A call of an action by root, at one of the nodes."""
        plane = self.nodes[node].plane
        service, _, action_name = name.partition(":")
        encoded = json.dumps(body).encode()

        async def call() -> Any:
            if service == "session":
                return await self._session(plane, action_name, encoded)
            action = TABLE.find(service, action_name)
            assert action is not None, name
            root = await plane.users.get_uin(plane.owner_uin)
            return await run(plane, action, Caller(user=root, owner_uin=plane.owner_uin, ip="192.0.2.1"), encoded, "id")

        return call

    async def _session(self, plane: ControlPlane, name: str, body: bytes) -> Any:
        """As mina, who is signed in for everything but signing in."""
        call = SessionCall(plane, ip="192.0.2.7", user_agent="", request_id="id")
        if name != "Login":
            user = await plane.users.get_uin(MINA)
            call.token, call.session = await plane.sessions.open(user, mfa=False, ip=call.ip, user_agent="")
            call.caller = Caller(user=user, owner_uin=plane.owner_uin, ip=call.ip, session=call.session.id)
        return await run_session(call, SESSION_ACTIONS[name], body)

    async def faults(self) -> list[str]:
        """What must never be, however two writes meet; empty when all is well."""
        found = []
        for text, sql in _NEVER.items():
            if rows := await self.gate.scan(sql):
                found.append(f"{text}: {[tuple(row) for row in rows]}")
        return found


@asynccontextmanager
async def control_world(gate: Gate, directory: Path, patch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    async def opened(*_: object, **__: object) -> Gate:
        return gate

    async def stays_open() -> None:  # whoever gave the gate closes what is behind it
        return

    patch.setattr(server, "open_database", opened)
    patch.setattr(gate, "close", stays_open)
    small_limits(patch)
    settings = Settings(data_dir=directory, root_password=PASSWORD)
    nodes = [await server.build(settings) for _ in range(2)]
    for node in nodes:
        await node.plane.login.start(PASSWORD)
    try:
        yield World(gate, nodes)
    finally:
        for node in nodes:
            await node.close()


REFUSALS = (ControlError, ApiError)
_USERS, _GROUPS, _POLICIES = "(SELECT uin FROM cam_user)", "(SELECT id FROM cam_group)", "(SELECT id FROM cam_policy)"
_NEVER = {
    "a membership of nobody": f"SELECT * FROM cam_member WHERE uin NOT IN {_USERS} OR group_id NOT IN {_GROUPS}",
    "a key of nobody": f"SELECT secret_id, uin FROM cam_access_key WHERE uin NOT IN {_USERS}",
    "a session of nobody": f"SELECT uin FROM console_session WHERE uin NOT IN {_USERS}",
    "a policy attached to nobody": "SELECT policy_id, kind, target FROM cam_attachment WHERE"
    f" (kind = 'user' AND target NOT IN {_USERS}) OR (kind = 'group' AND target NOT IN {_GROUPS})",
    "an attachment of no policy": "SELECT policy_id, target FROM cam_attachment"
    f" WHERE policy_id < 1000000000 AND policy_id NOT IN {_POLICIES}",
    "a boundary that is no policy": "SELECT uin, boundary FROM cam_user"
    f" WHERE boundary > 0 AND boundary < 1000000000 AND boundary NOT IN {_POLICIES}",
    "a version of no policy": f"SELECT policy_id FROM cam_policy_version WHERE policy_id NOT IN {_POLICIES}",
    "a policy in force without text": "SELECT id, default_version FROM cam_policy p WHERE NOT EXISTS"
    " (SELECT 1 FROM cam_policy_version v WHERE v.policy_id = p.id AND v.version_id = p.default_version)",
    "too many versions": "SELECT policy_id, COUNT(*) FROM cam_policy_version GROUP BY policy_id"
    f" HAVING COUNT(*) > {MOST['versions']}",
    "too many keys": f"SELECT uin, COUNT(*) FROM cam_access_key GROUP BY uin HAVING COUNT(*) > {MOST['keys']}",
    "too many users": f"SELECT COUNT(*) FROM cam_user WHERE root = 0 HAVING COUNT(*) > {MOST['users']}",
    "too many groups": f"SELECT COUNT(*) FROM cam_group HAVING COUNT(*) > {MOST['groups']}",
    "too many policies": f"SELECT COUNT(*) FROM cam_policy HAVING COUNT(*) > {MOST['policies']}",
    "too many policies of one": "SELECT kind, target, COUNT(*) FROM cam_attachment GROUP BY kind, target"
    f" HAVING COUNT(*) > {MOST['attached']}",
    "too many users in a group": "SELECT group_id FROM cam_member GROUP BY group_id"
    f" HAVING COUNT(*) > {MOST['of a group']}",
    "too many groups of a user": f"SELECT uin FROM cam_member GROUP BY uin HAVING COUNT(*) > {MOST['of a user']}",
    "one login name twice": "SELECT LOWER(name) FROM cam_user GROUP BY LOWER(name) HAVING COUNT(*) > 1",
    "an app without a key, or with too many": "SELECT a.sdkappid FROM app a WHERE (SELECT COUNT(*) FROM app_key k"
    " WHERE k.sdkappid = a.sdkappid) NOT BETWEEN 1 AND 2",
    "too many administrators": "SELECT sdkappid FROM app_admin GROUP BY sdkappid HAVING COUNT(*) > 10",
    "a key of no app": "SELECT sdkappid FROM app_key WHERE sdkappid NOT IN (SELECT sdkappid FROM app)",
    "accounts counted wrongly": "SELECT a.sdkappid FROM app a WHERE"
    " (SELECT COUNT(*) FROM account c WHERE c.app = a.sdkappid)"
    " <> COALESCE((SELECT SUM(value) FROM account_count n WHERE n.app = a.sdkappid), 0)",
    "accounts of no app": "SELECT user_id FROM account WHERE app NOT IN (SELECT sdkappid FROM app)",
    "two deletions of one app": "SELECT about_app FROM job WHERE kind = 'DeleteApp' AND state IN ('queued', 'running')"
    " GROUP BY about_app HAVING COUNT(*) > 1",
    "parts of no job": "SELECT job_id FROM job_part WHERE job_id NOT IN (SELECT id FROM job)",
}
