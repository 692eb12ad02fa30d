"""Where a PostgreSQL URL leads, and what to say when that is nowhere: which host was tried, never the password."""

from __future__ import annotations

import socket
from typing import Final
from urllib.parse import parse_qs, urlsplit

import asyncpg

from sodam.storage.database import StorageError

ERRORS: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError, TimeoutError)
"""What connecting may raise."""
_TIMEOUT_S: Final = 10.0
_HINT: Final = (
    "; in a user name or password, letters such as @ : / # ? % are written percent-encoded (%40 %3A %2F %23 %3F %25)"
)


def hosts(url: str) -> str:
    """The host names or socket directories of a URL, as they were understood; several are separated by commas."""
    try:
        parts = urlsplit(url)
        listed = parts.netloc.rpartition("@")[2].split(",")
        named = parse_qs(parts.query).get("host", []) if parts.netloc in ("", "@") else []
    except ValueError:
        return "no host"
    found = [part.partition("]")[0] + "]" if part.startswith("[") else part.partition(":")[0] for part in listed]
    return ", ".join(filter(None, [*found, *named])) or "the default host"


def unreachable(url: str, error: BaseException) -> str:
    """One line that says which host was tried and why it failed, with a hint where the URL itself is suspicious."""
    readable = not isinstance(error, ValueError) or isinstance(error, asyncpg.InterfaceError)
    reason = (str(error).splitlines() or [type(error).__name__])[0] if readable else "the URL cannot be read"
    suspicious = not readable or isinstance(
        error, socket.gaierror | asyncpg.InvalidPasswordError | asyncpg.InvalidAuthorizationSpecificationError
    )
    hint = _HINT if suspicious or url.count("@") > 1 or "@" in url.partition("://")[2].partition("/")[2] else ""
    return f"PostgreSQL cannot be reached at {hosts(url)}: {reason or type(error).__name__}{hint}"


async def has_schema(url: str) -> bool:
    """Whether a server has kept its state in the database; makes nothing. Raises StorageError when it cannot tell."""
    try:
        connection = await asyncpg.connect(url, timeout=_TIMEOUT_S)
        try:
            return await connection.fetchval("SELECT to_regclass('schema_version')", timeout=_TIMEOUT_S) is not None
        finally:
            await connection.close(timeout=_TIMEOUT_S)
    except ERRORS as error:
        raise StorageError(unreachable(url, error)) from None
