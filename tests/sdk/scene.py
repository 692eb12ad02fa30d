"""Types of the fixtures that tests with the official web SDK use, and small helpers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from driver import SdkClient
from tests.gateway.raw_client import RawClient


class Server(Protocol):
    """What these tests need of a running server."""

    url: str
    sdkappid: int

    def usersig(self, user_id: str, *, expire: int = 86400, now: int | None = None) -> str: ...

    async def rest(self, command: str, body: Any) -> dict[str, Any]: ...

    async def listens(self, user_id: str) -> bool: ...


SignIn = Callable[..., Awaitable[SdkClient]]
UserId = Callable[[str], str]
Phone = Callable[[str], Awaitable[RawClient]]


def conversation(client: SdkClient, peer: str) -> dict[str, Any]:
    """The conversation with ``peer`` in the last CONVERSATION_LIST_UPDATED of ``client``; {} when not listed."""
    for event in reversed(client.events):
        if event.name == "CONVERSATION_LIST_UPDATED" and isinstance(event.data, list):
            found: list[Mapping[str, Any]] = [c for c in event.data if c["conversationID"] == f"C2C{peer}"]
            return dict(found[0]) if found else {}
    return {}


async def learned(group: str, *clients: SdkClient) -> None:
    """Wait until the SDK has made a group its own, into which its user was brought. (Who owns it is not told.)

    What is written before that the SDK may announce twice, or never: as it learns of the group it forgets the messages
    that came already, and announces what it reads anew, but for the first one.
    """
    for client in clients:
        await client.wait_event("GROUP_LIST_UPDATED", lambda data: group in [one["groupID"] for one in data])


def unread(client: SdkClient, peer: str) -> int:
    """Unread messages from ``peer`` as last reported; -1 when the conversation is not listed."""
    return int(conversation(client, peer).get("unreadCount", -1))
