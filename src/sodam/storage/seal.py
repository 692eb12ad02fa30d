"""Secrets that a database keeps for others, under a key of the server: whoever has the database alone cannot read them.

The key is the setting ``secret_key``; without one, SQLite's stands in a file beside the database, and a PostgreSQL
cluster keeps it in the database itself, where it protects from nothing but a careless look at single tables.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sodam.storage import state
from sodam.storage.database import Database, Tx
from sodam.storage.private import opener

_FILE: Final = "secret.key"
_NAME: Final = "secret_key"
_PROOF: Final = "secret_key_proof"
_NONCE: Final = 12


class Unsealable(Exception):
    """It was sealed with another key."""


class Seal:
    def __init__(self, secret: bytes) -> None:
        self._key = AESGCM(hashlib.sha256(b"sodam seal" + secret).digest())

    def close(self, text: bytes, purpose: str) -> bytes:
        """``purpose`` must be the same when it is opened: what is moved to another row opens no more."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._key.encrypt(nonce, text, purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """Raises Unsealable."""
        try:
            return self._key.decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError):
            raise Unsealable from None


async def open_seal(db: Database, setting: str | None, data_dir: Path) -> Seal:
    """With the server's key; whoever comes first makes one where none is set. Raises OSError."""
    if setting:
        return Seal(setting.encode())
    if db.engine == "sqlite":
        return Seal(await asyncio.to_thread(_key_in, data_dir / _FILE))
    drawn = secrets.token_bytes(32)
    return Seal(await db.write(lambda tx: state.claim(tx, _NAME, drawn)))


async def is_another(db: Database, seal: Seal) -> bool:
    """Whether the key is another one than at the start before: what that one closed opens no more. This one is known
    from now on, so that a change is told once."""

    async def run(tx: Tx) -> bool:
        found = await state.claim(tx, _PROOF, seal.close(b"", _PROOF))
        try:
            seal.open(found, _PROOF)
        except Unsealable:
            await state.put(tx, _PROOF, seal.close(b"", _PROOF))
            return True
        return False

    return await db.write(run)


def _key_in(path: Path) -> bytes:
    if path.exists():
        with open(path, "rb", opener=opener) as file:
            return file.read()
    key = secrets.token_bytes(32)
    # It has its name only when it is whole and on disk: what it seals would be lost with it.
    made = path.with_suffix(".new")
    with open(made, "wb", opener=opener) as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    made.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return key
