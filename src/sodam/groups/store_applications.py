"""The SQL of applications and invitations that wait for a decision. Writers hold the group's row (store.lock)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from sodam.groups.types import Role
from sodam.storage import Database, Row, Tx, batches, in_list

_COLUMNS: Final = "a.num, a.group_id, a.applicant, a.invited, a.at, a.remark, a.token"


class Application(msgspec.Struct, frozen=True):
    num: int
    """The order of asking."""
    group_id: str
    applicant: str
    """Who applied, or who invites."""
    invited: str
    """'' for an application."""
    at: int
    """Unix seconds."""
    remark: str
    token: str


def _application(row: Row) -> Application:
    return Application(*row[:7])


async def put(tx: Tx, app: int, wanted: Application) -> str:
    """Keep what waits; one that waits already keeps its token and gets the new text. The token."""
    row = await tx.fetch_one(
        "INSERT INTO group_application (app, group_id, applicant, invited, at, remark, token)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)"
        " ON CONFLICT (app, group_id, applicant, invited) DO UPDATE SET at = excluded.at, remark = excluded.remark"
        " RETURNING token",
        app,
        wanted.group_id,
        wanted.applicant,
        wanted.invited,
        wanted.at,
        wanted.remark,
        wanted.token,
    )
    assert row is not None
    return str(row[0])


async def find(tx: Tx, app: int, group_id: str, applicant: str, invited: str) -> Application | None:
    row = await tx.fetch_one(
        f"SELECT {_COLUMNS} FROM group_application a"
        " WHERE a.app = $1 AND a.group_id = $2 AND a.applicant = $3 AND a.invited = $4",
        app,
        group_id,
        applicant,
        invited,
    )
    return None if row is None else _application(row)


async def remove(tx: Tx, app: int, num: int) -> None:
    await tx.execute("DELETE FROM group_application WHERE app = $1 AND num = $2", app, num)


async def waiting(tx: Tx, app: int, applicant: str) -> int:
    """How many applications and invitations of a user wait, in all groups."""
    row = await tx.fetch_one("SELECT count(*) FROM group_application WHERE app = $1 AND applicant = $2", app, applicant)
    return int(row[0]) if row else 0


async def drop(tx: Tx, app: int, group_id: str, user_ids: Iterable[str]) -> None:
    """These users are members now: nothing is to be decided on them any more."""
    for some in batches(user_ids):
        users = in_list(some, 3)
        await tx.execute(
            "DELETE FROM group_application WHERE app = $1 AND group_id = $2"
            f" AND ((invited = '' AND applicant IN {users}) OR invited IN {users})",
            app,
            group_id,
            *some,
        )


async def page(db: Database, app: int, user_id: str, before: int, limit: int) -> list[tuple[Application, str]]:
    """What a user may decide on, as owner or admin, newest first, with the types of the groups."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS}, g.type FROM group_member m"
        " JOIN chat_group g ON g.app = m.app AND g.group_id = m.group_id"
        " JOIN group_application a ON a.app = m.app AND a.group_id = m.group_id"
        " WHERE m.app = $1 AND m.user_id = $2 AND m.role >= $3 AND a.num < $4 ORDER BY a.num DESC LIMIT $5",
        app,
        user_id,
        int(Role.Admin),
        before,
        limit,
    )
    return [(_application(row), str(row[7])) for row in rows]


async def deciders(tx: Tx, app: int, group_id: str, least: Role) -> list[str]:
    """The members of a group from a role on."""
    rows = await tx.fetch(
        "SELECT user_id FROM group_member WHERE app = $1 AND group_id = $2 AND role >= $3 ORDER BY pos",
        app,
        group_id,
        int(least),
    )
    return [row[0] for row in rows]


async def erase_user(tx: Tx, app: int, user_id: str) -> None:
    await tx.execute("DELETE FROM group_application WHERE app = $1 AND (applicant = $2 OR invited = $2)", app, user_id)
