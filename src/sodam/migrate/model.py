"""What a migration works with."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import msgspec

from sodam.migrate.remote import Remote, RemoteError
from sodam.migrate.store import Journal

T = TypeVar("T")
PROFILE_TAGS: Final = tuple(
    f"Tag_Profile_IM_{name}"
    for name in (
        *("Nick", "Gender", "BirthDay", "Location", "SelfSignature", "AllowType", "Language", "Image"),
        *("MsgSettings", "AdminForbidType", "Level", "Role"),
    )
)
RECALLED: Final = 8


@dataclass
class Run:
    """One migration. `dry`: only the source is asked, and nothing is kept of messages but their number."""

    source: Remote
    target: Remote
    journal: Journal
    dry: bool = False
    profile_tags: Sequence[str] = PROFILE_TAGS
    workers: int = 8
    say: Callable[[str], None] = field(default=lambda _: None)
    importing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def write(self, kind: str, name: str, command: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """Write to the target; None when it refused, which is noted for the report."""
        if self.dry:
            return {}
        try:
            return await self.target.call(command, body)
        except RemoteError as error:
            if not error.code:
                raise  # nobody answers: the migration goes on when somebody does
            self.journal.refuse(kind, name, error.code, f"{command}: {error.info}")
            return None

    async def read(self, kind: str, name: str, command: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """Read from the source; None when it refused, which is noted for the report."""
        try:
            return await self.source.call(command, body)
        except RemoteError as error:
            if not error.code:
                raise
            self.journal.refuse(kind, name, error.code, f"source, {command}: {error.info}")
            return None

    async def look(self, kind: str, name: str, command: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """Read from the target, as `read` does from the source."""
        try:
            return await self.target.call(command, body)
        except RemoteError as error:
            if not error.code:
                raise
            self.journal.refuse(kind, name, error.code, f"target, {command}: {error.info}")
            return None


Reader = Callable[[str, str, str, Mapping[str, Any]], Awaitable[dict[str, Any] | None]]
"""`Run.read` or `Run.look`."""


def refused_items(journal: Journal, kind: str, owner: str, answer: Mapping[str, Any] | None) -> int:
    """Note the items of an answer that failed; how many."""
    failed = 0
    for item in (answer or {}).get("ResultItem", ()):
        if item.get("ResultCode"):
            failed += 1
            journal.refuse(kind, f"{owner} {item.get('To_Account')}", int(item["ResultCode"]), str(item["ResultInfo"]))
    return failed


def parts(values: Sequence[T], size: int) -> list[Sequence[T]]:
    return [values[start : start + size] for start in range(0, len(values), size)]


class Digest:
    """Of a sequence of messages: sender, second and content of each, in their order."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.count = 0

    def add(self, message: Mapping[str, Any]) -> None:
        self.count += 1
        plain = [
            message["From_Account"],
            message["MsgTimeStamp"],
            message["MsgBody"],
            message.get("CloudCustomData") or "",
        ]
        self._hash.update(msgspec.json.encode(plain, order="deterministic"))

    def text(self) -> str:
        return f"{self.count}:{self._hash.hexdigest()[:32]}"
