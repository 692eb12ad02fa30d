"""Writers that keep writing while the server is killed and restarted, and remember what was acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from sodam_client import Client, RequestTimeoutError
from sodam_client.errors import ConnectionLostError
from tests.support.server import ServerProcess

_GIVE_UP_SECONDS = 120.0
_RECALLED = 20023
_AGAIN = (20005, 91000)
"""The server could not; the documentation says to try again."""


@dataclass
class Ledger:
    """What the writers know. Texts are unique, so that they tell messages apart."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    """Text to MsgTime, in the order of the acknowledgements."""
    unknown: set[str] = field(default_factory=set)
    """Sent, and the answer never came: there once or not at all."""
    order: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Acknowledged texts by (sender, recipient): each was sent after the one before it was acknowledged."""
    keys: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """MsgKeys by (sender, recipient)."""
    began: dict[str, int] = field(default_factory=dict)
    """Text to how many messages were acknowledged before it was sent: those stand before it in their conversation."""
    changed: int = 0
    """Deletions, recalls and read marks that were acknowledged."""
    stopping: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self, text: str) -> None:
        self.began[text] = len(self.acknowledged)

    def acknowledge(self, sender: str, recipient: str, text: str, time: int) -> None:
        assert text not in self.acknowledged
        self.acknowledged[text] = time
        self.order.setdefault((sender, recipient), []).append(text)
        self._news.set()

    async def wait_for(self, count: int, writers: list[asyncio.Task[None]]) -> None:
        """Until ``count`` messages are acknowledged. Fails when a writer fails, or when nothing moves."""
        async with asyncio.timeout(_GIVE_UP_SECONDS):
            while len(self.acknowledged) < count:
                self._news.clear()
                news = asyncio.create_task(self._news.wait())
                done, _ = await asyncio.wait([news, *writers], return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
                for task in done & set(writers):
                    task.result()


async def write_over_rest(
    servers: Sequence[ServerProcess], ledger: Ledger, sender: str, peers: list[str], dice: random.Random
) -> None:
    """Send one message after the other; one without an answer is sent again, the same, until it has one.

    Each goes to any of ``servers``, half of them without a MsgSeq.
    """
    async with httpx.AsyncClient(timeout=60) as client:
        for number in itertools.count(1):
            if ledger.stopping:
                return
            recipient, text = dice.choice(peers), f"{sender} {number}"
            body = {
                "From_Account": sender,
                "To_Account": recipient,
                "MsgSeq": dice.choice([0, dice.randrange(1 << 32)]),
                "MsgRandom": dice.randrange(1 << 32),
                "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": text}}],
            }
            ledger.begin(text)
            answer = await _until_answered(servers, client, "openim/sendmsg", body, dice)
            assert answer["ErrorCode"] == 0, answer
            ledger.acknowledge(sender, recipient, text, answer["MsgTime"])
            ledger.keys.setdefault((sender, recipient), []).append(answer["MsgKey"])


async def _until_answered(
    servers: Sequence[ServerProcess],
    client: httpx.AsyncClient,
    command: str,
    body: dict[str, Any],
    dice: random.Random,
) -> dict[str, Any]:
    while True:
        try:
            answer = await dice.choice(servers).rest(command, body, client=client)
        except httpx.TransportError:
            await asyncio.sleep(0.02)  # it is down: knock again
        else:
            if answer["ErrorCode"] not in _AGAIN:
                return answer


async def change_over_rest(servers: Sequence[ServerProcess], ledger: Ledger, dice: random.Random) -> None:
    """Delete, recall and read what was sent, which all lower somebody's unread number, or must not."""
    async with httpx.AsyncClient(timeout=60) as client:
        while not ledger.stopping:
            if not ledger.keys:
                await asyncio.sleep(0.01)
                continue
            (sender, recipient), keys = dice.choice(list(ledger.keys.items()))
            key = dice.choice(keys[-50:])
            owned = {"Operator_Account": recipient, "Peer_Account": sender}
            command, body = dice.choice(
                [
                    ("delete_c2c_msg_ramble", {**owned, "MsgKeyList": [key]}),
                    ("delete_c2c_msg_ramble", {**owned, "MsgKeyList": keys[-3:]}),
                    ("admin_msgwithdraw", {"From_Account": sender, "To_Account": recipient, "MsgKey": key}),
                    ("admin_set_msg_read", {"Report_Account": recipient, "Peer_Account": sender}),
                ]
            )
            answer = await _until_answered(servers, client, f"openim/{command}", body, dice)
            assert answer["ErrorCode"] in (0, _RECALLED), (command, answer)
            ledger.changed += 1
            await asyncio.sleep(dice.random() * 0.05)


async def write_over_websocket(
    server: ServerProcess, ledger: Ledger, sender: str, peers: list[str], dice: random.Random
) -> None:
    """As a bot does with the client library, which sends again by itself after a lost connection."""
    client = Client(server.ws_url, server.sdkappid, sender, lambda: server.usersig(sender), retry_delay=(0.02, 0.1))
    async with contextlib.AsyncExitStack() as stack:
        while True:  # the library goes on by itself once it was signed in, and the first kill may come before that
            try:
                await stack.enter_async_context(client)
                break
            except ConnectionLostError:
                await asyncio.sleep(0.02)
        for number in itertools.count(1):
            if ledger.stopping:
                return
            recipient, text = dice.choice(peers), f"{sender} {number}"
            ledger.begin(text)
            try:
                sent = await client.send_text(recipient, text)
            except (ConnectionLostError, RequestTimeoutError):
                ledger.unknown.add(text)
            else:
                ledger.acknowledge(sender, recipient, text, sent.time)
