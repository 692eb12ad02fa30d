"""The SQL of policies, their versions and attachments. Preset policies are code: only their attachments are here."""

from __future__ import annotations

from typing import Literal

import msgspec

from sodam.storage import Database, Row, Tx, batches, fetch_locked, in_list

Kind = Literal["user", "group"]
_POLICY = "id, name, description, create_mode, tags, created_at, updated_at, default_version, last_version"


class Policy(msgspec.Struct, frozen=True):
    id: int
    name: str
    description: str
    create_mode: int
    tags: dict[str, str]
    created_at: int
    updated_at: int
    default_version: int
    last_version: int


class Version(msgspec.Struct, frozen=True):
    policy_id: int
    version_id: int
    document: str
    created_at: int


class Attachment(msgspec.Struct, frozen=True):
    policy_id: int
    kind: Kind
    target: int
    created_at: int
    created_by: int


def _policy(row: Row) -> Policy:
    tags = msgspec.json.decode(row[4], type=dict[str, str])
    return Policy(row[0], row[1], row[2], row[3], tags, row[5], row[6], row[7], row[8])


async def insert(
    tx: Tx, name: str, description: str, create_mode: int, tags: dict[str, str], document: str, now: int
) -> int | None:
    """The new policy's id; None when the name is taken."""
    row = await tx.fetch_one(
        "INSERT INTO cam_policy (name, description, create_mode, tags, created_at, updated_at, default_version,"
        " last_version) VALUES ($1, $2, $3, $4, $5, $5, 1, 1) ON CONFLICT DO NOTHING RETURNING id",
        name,
        description,
        create_mode,
        msgspec.json.encode(tags).decode(),
        now,
    )
    if row is None:
        return None
    await tx.execute("INSERT INTO cam_policy_version VALUES ($1, 1, $2, $3)", row[0], document, now)
    return int(row[0])


async def get(source: Database | Tx, policy_id: int) -> Policy | None:
    row = await source.fetch_one(f"SELECT {_POLICY} FROM cam_policy WHERE id = $1", policy_id)
    return _policy(row) if row else None


async def lock(tx: Tx, policy_id: int) -> Policy | None:
    """As ``get``; nobody else changes the policy or its versions, or attaches it, until this transaction ends."""
    rows = await fetch_locked(tx, f"SELECT {_POLICY} FROM cam_policy WHERE id = $1", policy_id)
    return _policy(rows[0]) if rows else None


async def named(source: Database | Tx, name: str) -> Policy | None:
    row = await source.fetch_one(f"SELECT {_POLICY} FROM cam_policy WHERE name = $1", name)
    return _policy(row) if row else None


async def all_policies(source: Database | Tx) -> list[Policy]:
    """At most ``MAX_POLICIES``, newest first."""
    return [_policy(row) for row in await source.fetch(f"SELECT {_POLICY} FROM cam_policy ORDER BY id DESC")]


async def count(source: Database | Tx) -> int:
    row = await source.fetch_one("SELECT COUNT(*) FROM cam_policy")
    return int(row[0]) if row else 0


async def describe(tx: Tx, policy_id: int, description: str, now: int) -> None:
    await tx.execute(
        "UPDATE cam_policy SET description = $2, updated_at = $3 WHERE id = $1", policy_id, description, now
    )


async def delete(tx: Tx, policy_id: int) -> None:
    await tx.execute("DELETE FROM cam_attachment WHERE policy_id = $1", policy_id)
    await tx.execute("DELETE FROM cam_policy_version WHERE policy_id = $1", policy_id)
    await tx.execute("DELETE FROM cam_policy WHERE id = $1", policy_id)


# Versions


async def versions(source: Database | Tx, policy_id: int) -> list[Version]:
    rows = await source.fetch(
        "SELECT policy_id, version_id, document, created_at FROM cam_policy_version WHERE policy_id = $1"
        " ORDER BY version_id DESC",
        policy_id,
    )
    return [Version(row[0], row[1], row[2], row[3]) for row in rows]


async def version(source: Database | Tx, policy_id: int, version_id: int) -> Version | None:
    row = await source.fetch_one(
        "SELECT policy_id, version_id, document, created_at FROM cam_policy_version"
        " WHERE policy_id = $1 AND version_id = $2",
        policy_id,
        version_id,
    )
    return Version(row[0], row[1], row[2], row[3]) if row else None


async def add_version(tx: Tx, policy: Policy, document: str, now: int, *, default: bool) -> int:
    """Version numbers are never used twice."""
    number = policy.last_version + 1
    await tx.execute("INSERT INTO cam_policy_version VALUES ($1, $2, $3, $4)", policy.id, number, document, now)
    await tx.execute("UPDATE cam_policy SET last_version = $2, updated_at = $3 WHERE id = $1", policy.id, number, now)
    if default:
        await set_default(tx, policy.id, number, now)
    return number


async def set_default(tx: Tx, policy_id: int, version_id: int, now: int) -> None:
    await tx.execute(
        "UPDATE cam_policy SET default_version = $2, updated_at = $3 WHERE id = $1", policy_id, version_id, now
    )


async def delete_version(tx: Tx, policy_id: int, version_id: int) -> None:
    await tx.execute("DELETE FROM cam_policy_version WHERE policy_id = $1 AND version_id = $2", policy_id, version_id)


async def documents(source: Database | Tx, policy_ids: list[int]) -> list[tuple[int, str, str]]:
    """Id, name and default document of custom policies."""
    found: list[tuple[int, str, str]] = []
    for ids in batches(policy_ids):
        rows = await source.fetch(
            "SELECT p.id, p.name, v.document FROM cam_policy p JOIN cam_policy_version v"
            f" ON v.policy_id = p.id AND v.version_id = p.default_version WHERE p.id IN {in_list(ids)}",
            *ids,
        )
        found += [(row[0], row[1], row[2]) for row in rows]
    return found


# Attachments

_ATTACHMENT = "policy_id, kind, target, created_at, created_by"


def _attachment(row: Row) -> Attachment:
    return Attachment(row[0], row[1], row[2], row[3], row[4])


async def attach(tx: Tx, item: Attachment) -> bool:
    """False when it was attached already."""
    return bool(
        await tx.execute(
            f"INSERT INTO cam_attachment ({_ATTACHMENT}) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            item.policy_id,
            item.kind,
            item.target,
            item.created_at,
            item.created_by,
        )
    )


async def detach(tx: Tx, policy_id: int, kind: Kind, target: int) -> bool:
    return bool(
        await tx.execute(
            "DELETE FROM cam_attachment WHERE policy_id = $1 AND kind = $2 AND target = $3", policy_id, kind, target
        )
    )


async def attached(source: Database | Tx, kind: Kind, target: int) -> list[Attachment]:
    """At most ``MAX_ATTACHED``, newest first."""
    rows = await source.fetch(
        f"SELECT {_ATTACHMENT} FROM cam_attachment WHERE kind = $1 AND target = $2 ORDER BY created_at DESC, policy_id",
        kind,
        target,
    )
    return [_attachment(row) for row in rows]


async def entities(source: Database | Tx, policy_id: int) -> list[Attachment]:
    rows = await source.fetch(
        f"SELECT {_ATTACHMENT} FROM cam_attachment WHERE policy_id = $1 ORDER BY created_at DESC, kind, target",
        policy_id,
    )
    return [_attachment(row) for row in rows]


async def attachment_counts(source: Database | Tx) -> dict[int, int]:
    rows = await source.fetch("SELECT policy_id, COUNT(*) FROM cam_attachment GROUP BY policy_id")
    return {row[0]: row[1] for row in rows}


async def bounded(source: Database | Tx, policy_id: int) -> list[tuple[int, str]]:
    """Number and name of the sub-users that a policy bounds, by name."""
    rows = await source.fetch("SELECT uin, name FROM cam_user WHERE boundary = $1 ORDER BY name", policy_id)
    return [(row[0], row[1]) for row in rows]


async def boundary_counts(source: Database | Tx) -> dict[int, int]:
    rows = await source.fetch("SELECT boundary, COUNT(*) FROM cam_user WHERE boundary <> 0 GROUP BY boundary")
    return {row[0]: row[1] for row in rows}


async def effective(source: Database | Tx, uin: int) -> list[int]:
    """Ids of the policies that a user has, directly and through groups."""
    rows = await source.fetch(
        "SELECT policy_id FROM cam_attachment WHERE kind = 'user' AND target = $1 UNION"
        " SELECT a.policy_id FROM cam_attachment a JOIN cam_member m ON a.kind = 'group' AND a.target = m.group_id"
        " WHERE m.uin = $1",
        uin,
    )
    return [row[0] for row in rows]


async def aliases(source: Database | Tx) -> dict[int, str]:
    rows = await source.fetch("SELECT policy_id, alias FROM cam_preset_alias")
    return {row[0]: row[1] for row in rows}


async def set_alias(tx: Tx, policy_id: int, alias: str) -> None:
    await tx.execute(
        "INSERT INTO cam_preset_alias VALUES ($1, $2) ON CONFLICT (policy_id) DO UPDATE SET alias = excluded.alias",
        policy_id,
        alias,
    )
