"""The SQL of console sessions."""

from __future__ import annotations

from typing import Final

from sodam.storage import Database, Row, Tx, Value, in_list

FIELDS: Final = ("token_hash", "uin", "mfa", "created_at", "seen_at", "expires_at", "ip", "user_agent")
_COLUMNS: Final = ", ".join(FIELDS)


async def insert(tx: Tx, values: list[Value]) -> None:
    """``values`` are those of ``FIELDS``."""
    await tx.execute(f"INSERT INTO console_session ({_COLUMNS}) VALUES {in_list(FIELDS)}", *values)


async def get(source: Database, token_hash: str) -> Row | None:
    return await source.fetch_one(f"SELECT {_COLUMNS} FROM console_session WHERE token_hash = $1", token_hash)


async def of(source: Database, uin: int, seen_since: int) -> list[Row]:
    """Last used first; at most 100."""
    sql = f"SELECT {_COLUMNS} FROM console_session WHERE uin = $1 AND seen_at >= $2 ORDER BY seen_at DESC LIMIT 100"
    return await source.fetch(sql, uin, seen_since)


async def seen(database: Database, token_hash: str, now: int) -> None:
    await database.execute("UPDATE console_session SET seen_at = $2 WHERE token_hash = $1", token_hash, now)


async def delete(database: Database, token_hash: str, uin: int) -> bool:
    sql = "DELETE FROM console_session WHERE token_hash = $1 AND uin = $2"
    return bool(await database.execute(sql, token_hash, uin))


async def delete_all(tx: Tx, uin: int, but: str) -> None:
    await tx.execute("DELETE FROM console_session WHERE uin = $1 AND token_hash <> $2", uin, but)


async def delete_ended(tx: Tx, now: int, seen_before: int) -> None:
    await tx.execute("DELETE FROM console_session WHERE expires_at < $1 OR seen_at < $2", now, seen_before)
