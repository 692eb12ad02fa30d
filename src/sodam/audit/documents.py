"""What the audit log says of a value: JSON without what signs in, and of a bounded length."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

MAX_DOCUMENT: Final = 65536
"""Characters of a document: five policies of the greatest length, each at most 12 KiB as JSON."""
_CUTS: Final = ((16384, 200), (4096, 200), (1024, 100), (256, 50), (64, 20))
"""Letters of a text, and entries of a list or an object, that are kept: the first pair that makes it fit."""
_SECRET_NAMES: Final = frozenset(("code", "content", "privatemapkey", "secretaccesskey"))
"""One-time codes, files, and what the endings miss. Whole names: ``ErrorCode`` and ``ContentFilter`` are no secrets."""
_SECRET_ENDINGS: Final = (
    "password",
    "passwords",
    "secret",
    "secretkey",
    "privatekey",
    "usersig",
    "token",
    "totp",
    "totpnext",
)
_BLOT: Final = "***"


def document(value: Any) -> str:
    """A value as JSON; empty for None. Texts that are secrets are blotted out, what is long is cut and says so.

    It stays JSON however much is cut. Numbers and flags are no secrets: rules about passwords are readable.
    """
    if value is None:
        return ""
    try:
        return _fitted(blotted(msgspec.to_builtins(value)))
    except RecursionError:
        return msgspec.json.encode({"…": "nested too deeply"}).decode()


def _fitted(facts: Any) -> str:
    text = ""
    for letters, entries in _CUTS:
        text = msgspec.json.encode(_cut(facts, letters, entries)).decode()
        if len(text) <= MAX_DOCUMENT:
            return text
    return msgspec.json.encode({"…": text[: MAX_DOCUMENT // 4]}).decode()


def blotted(value: Any, name: str = "") -> Any:
    """The value without the texts that sign in, found by the names of their fields; lists have their field's name."""
    if isinstance(value, Mapping):
        return {key: blotted(one, str(key)) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [blotted(one, name) for one in value]
    if isinstance(value, str) and value and (_secret(name) or _carries_secret(value)):
        return _BLOT
    return value


def _secret(name: str) -> bool:
    low = name.lower().replace("_", "")
    return low in _SECRET_NAMES or low.endswith(_SECRET_ENDINGS)


def _carries_secret(text: str) -> bool:
    """Forms that are secrets whatever the field is called: an authenticator's address, a private key."""
    return text.startswith("otpauth://") or "PRIVATE KEY-----" in text


def _cut(value: Any, letters: int, entries: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= letters else f"{value[:letters]}… ({len(value) - letters} more)"
    if isinstance(value, dict):
        kept = {key: _cut(one, letters, entries) for key, one in list(value.items())[:entries]}
        return kept | {"…": f"{len(value) - entries} more"} if len(value) > entries else kept
    if isinstance(value, list):
        found = [_cut(one, letters, entries) for one in value[:entries]]
        return [*found, f"… ({len(value) - entries} more)"] if len(value) > entries else found
    return value
