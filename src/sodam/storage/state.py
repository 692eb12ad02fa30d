"""Facts of the whole cluster by name, in the table ``server_state``: rules of the console, marks of periodic work."""

from __future__ import annotations

from sodam.storage.database import Database, Tx

_PUT = "INSERT INTO server_state VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = "


async def get(source: Database | Tx, name: str) -> bytes | None:
    row = await source.fetch_one("SELECT value FROM server_state WHERE name = $1", name)
    return row[0] if row else None


async def put(tx: Tx, name: str, value: bytes) -> None:
    await tx.execute(f"{_PUT}excluded.value", name, value)


async def claim(tx: Tx, name: str, value: bytes) -> bytes:
    """What stands there, or ``value`` if nothing did; nobody else writes it until this transaction ends."""
    # Written before it is read, so that two nodes cannot both find nothing.
    await tx.execute(f"{_PUT}server_state.value", name, value)
    found = await get(tx, name)
    assert found is not None
    return found


async def drop(tx: Tx, name: str) -> None:
    await tx.execute("DELETE FROM server_state WHERE name = $1", name)
