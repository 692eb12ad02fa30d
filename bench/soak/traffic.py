"""The users of a soak: bots that talk and come and go, a back end over REST, an operator at the console."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from bench.soak.ledger import Ledger
from sodam import usersig
from sodam_client import Client, ConnectionLostError, RequestError, RequestTimeoutError, SodamError

PASSWORD = "Soak-and-dry-7"
BACK_END = "backend"
_CALL_SECONDS = 20.0
_REST_TRIES = 200
_SIGN_IN_TRIES = 100


@dataclass
class World:
    """One cluster under load. `urls` are its nodes; `pace` is the seconds between two acts of one actor, `stay` the
    longest for which a bot stays signed in."""

    urls: Sequence[str]
    sdkappid: int
    key: str
    dice: random.Random
    pace: float
    stay: float
    ledger: Ledger = field(default_factory=Ledger)
    everybody: asyncio.Barrier = field(default_factory=lambda: asyncio.Barrier(1))
    """Passed by all that send when every bot has signed in, as what is sent before is promised to nobody; and again at
    the end, when none of them sends any more and the bots wait for what they lack."""
    ending: bool = False
    begun: float = field(default_factory=time.monotonic)

    def usersig(self, user: str) -> str:
        """A signature for a day."""
        return usersig.generate(self.sdkappid, self.key, user, expire=86_400, now=int(time.time()))

    async def rest(self, http: httpx.AsyncClient, node: int, command: str, body: dict[str, Any]) -> dict[str, Any]:
        """One REST call as an administrator, again while nobody answers or the database is away; the answer."""
        query = {
            "sdkappid": str(self.sdkappid),
            "identifier": "administrator",
            "usersig": self.usersig("administrator"),
            "random": str(self.dice.randrange(1 << 32)),
            "contenttype": "json",
        }
        for attempt in range(_REST_TRIES):
            url = self.urls[(node + attempt) % len(self.urls)]
            try:
                response = await http.post(f"{url}/v4/{command}", params=query, json=body)
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
                continue
            answer: dict[str, Any] = response.json()
            if answer["ErrorCode"] not in _AWAY:
                return answer
            await asyncio.sleep(0.1)
        raise RuntimeError(f"{command} was not answered {_REST_TRIES} times")


_AWAY = (1003, 20005, 30006, 40006, 50004, 70500, 90992, 90994, 91000)
"""Codes of a server that cannot reach its database now; the same call comes again."""


class Bot:
    """A user with the client library: writes to its peers, reads, and signs out and in again now and then."""

    def __init__(self, world: World, name: str, node: int, peers: Sequence[str]) -> None:
        self.world = world
        self.name = name
        self.node = node
        self.peers = peers
        self.numbers = {peer: itertools.count(1) for peer in peers}
        self._position: str | None = None
        self.reconnects = 0

    async def run(self) -> None:
        """Until the world ends, and then until everything that was sent to this bot was read."""
        while True:
            client = await self._sign_in()
            if self._position is None:
                self._position = client.position
                await self.world.everybody.wait()
            reading = asyncio.create_task(self._read(client))
            try:
                await self._live(client, reading)
                if self.world.ending:
                    await self.world.everybody.wait()
                    await self._finish(reading)
                    return
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)
                await client.close()
            self._position = client.position
            self.reconnects += 1
            self.node += 1

    async def _sign_in(self) -> Client:
        """A client that is open; while nobody answers, another node is tried."""
        for _ in range(_SIGN_IN_TRIES):
            client = self._client()
            try:
                await client.open()
            except (ConnectionLostError, RequestTimeoutError):
                self.world.ledger.calls["sign-ins cut off"] += 1
                self.node += 1
                await asyncio.sleep(0.2)
            else:
                return client
        raise RuntimeError(f"{self.name} could not sign in {_SIGN_IN_TRIES} times")

    def _client(self) -> Client:
        world = self.world
        url = world.urls[self.node % len(world.urls)].replace("http", "ws", 1)
        return Client(
            url,
            world.sdkappid,
            self.name,
            lambda: world.usersig(self.name),
            resume=self._position,
            retry_delay=(0.1, 1),
        )

    async def _read(self, client: Client) -> None:
        async for message in client.messages():
            if message.sender == self.name:
                raise AssertionError(f"{self.name} got its own message back: {message.text}")
            self.world.ledger.received[message.sender, self.name].append(int(message.text))

    async def _live(self, client: Client, reading: asyncio.Task[None]) -> None:
        """Write, and do what clients do, for some time."""
        world = self.world
        until = time.monotonic() + world.stay * world.dice.uniform(0.1, 1)
        while time.monotonic() < until and not world.ending:
            if reading.done():
                reading.result()
            await self._write(client, world.dice.choice(self.peers))
            if world.dice.random() < 0.1:
                await self._look_around(client)
            await asyncio.sleep(world.pace * world.dice.uniform(0.5, 1.5))

    async def _write(self, client: Client, peer: str) -> None:
        pair, number = (self.name, peer), next(self.numbers[peer])
        try:
            await client.send_text(peer, str(number))
        except RequestError as error:
            if error.code not in _AWAY:
                raise
            self.world.ledger.unknown[pair].add(number)
        except SodamError:
            self.world.ledger.unknown[pair].add(number)
        else:
            self.world.ledger.stored(pair, number)

    async def _look_around(self, client: Client) -> None:
        """Read a conversation, the list, a friend list; mark as read."""
        peer = self.world.dice.choice(self.peers)
        acts: list[Callable[[], Awaitable[Any]]] = [
            lambda: client.history(peer, limit=50),
            client.conversations,
            lambda: client.mark_read(peer, int(time.time())),
            lambda: client.request("sns.friend_get", {"From_Account": self.name, "StartIndex": 0}),
        ]
        try:
            await self.world.dice.choice(acts)()
        except SodamError:
            self.world.ledger.calls["client calls refused"] += 1
        else:
            self.world.ledger.calls["client calls"] += 1

    async def _finish(self, reading: asyncio.Task[None]) -> None:
        deadline = time.monotonic() + 60
        while self.world.ledger.missing(self.name) and time.monotonic() < deadline and not reading.done():
            await asyncio.sleep(0.1)
        if reading.done():
            reading.result()


async def back_end(world: World, node: int, users: Sequence[str]) -> None:
    """Send over REST, and change relations: friends come and go, people are blocked and forgiven."""
    numbers = {user: itertools.count(1) for user in users}
    async with httpx.AsyncClient(timeout=_CALL_SECONDS) as http:
        sender = f"{BACK_END}{node}"
        await world.everybody.wait()
        while not world.ending:
            user = world.dice.choice(users)
            number = next(numbers[user])
            body = {
                "SyncOtherMachine": 2,
                "From_Account": sender,
                "To_Account": user,
                "MsgSeq": number,
                "MsgRandom": world.dice.randrange(1, 1 << 32),
                "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": str(number)}}],
            }
            answer = await world.rest(http, node, "openim/sendmsg", body)
            if answer["ErrorCode"]:
                raise RuntimeError(f"openim/sendmsg: {answer}")
            world.ledger.stored((sender, user), number)
            if world.dice.random() < 0.3:
                await _relate(world, http, node)
            await asyncio.sleep(world.pace * world.dice.uniform(0.5, 1.5))
    await world.everybody.wait()


async def _relate(world: World, http: httpx.AsyncClient, node: int) -> None:
    owner, other = (f"rel{number}" for number in world.dice.sample(range(30), 2))
    kind = world.dice.choice(["add", "delete", "block", "forgive", "list"])
    if kind == "add":
        item = {"To_Account": other, "AddSource": "AddSource_Type_Soak"}
        body: dict[str, Any] = {"From_Account": owner, "AddFriendItem": [item], "ForceAddFlags": 1}
        await world.rest(http, node, "sns/friend_add", body)
    elif kind == "delete":
        body = {"From_Account": owner, "To_Account": [other], "DeleteType": "Delete_Type_Both"}
        await world.rest(http, node, "sns/friend_delete", body)
    elif kind == "list":
        body = {"From_Account": owner, "StartIndex": 0, "StandardSequence": 0, "CustomSequence": 0}
        await world.rest(http, node, "sns/friend_get", body)
    else:
        command = "black_list_add" if kind == "block" else "black_list_delete"
        await world.rest(http, node, f"sns/{command}", {"From_Account": owner, "To_Account": [other]})
    world.ledger.calls["relations"] += 1


async def operator(world: World, node: int) -> None:
    """Sign in to the console and read its pages; sign in anew now and then."""
    pages = ["im/DescribeIMAppList", "im/DescribeAccountList", "cloudaudit/DescribeEvents", "cam/DescribeSubAccounts"]
    while not world.ending:
        url = world.urls[node % len(world.urls)]
        async with httpx.AsyncClient(base_url=url, timeout=_CALL_SECONDS) as http:
            token = await _console(world, http, "session/Login", {"UserName": "root", "Password": PASSWORD, "Code": ""})
            for _ in range(20):
                if world.ending:
                    return
                page = world.dice.choice(pages)
                fields = {"SDKAppID": world.sdkappid} if page == "im/DescribeAccountList" else {}
                await _console(world, http, page, fields, token)
                await asyncio.sleep(10 * world.pace * world.dice.uniform(0.5, 1.5))


async def _console(world: World, http: httpx.AsyncClient, action: str, fields: dict[str, Any], token: str = "") -> str:
    try:
        response = await http.post(f"/console/api/{action}", json=fields, headers={"x-csrf-token": token})
        answer = response.json()
    except (httpx.HTTPError, ValueError):
        world.ledger.calls["console calls refused"] += 1
        await asyncio.sleep(0.5)
        return token
    refused = "Error" in answer
    world.ledger.calls[f"console calls{' refused' if refused else ''}"] += 1
    if refused and action == "session/Login":
        await asyncio.sleep(0.5)
    return str(answer.get("Data", {}).get("CsrfToken", token)) if not refused else token


async def histories(world: World) -> list[str]:
    """Read every conversation back from the store over REST, and say what is wrong."""
    faults: list[str] = []
    async with httpx.AsyncClient(timeout=_CALL_SECONDS) as http:
        for sender, recipient in list(world.ledger.acknowledged):
            found = await _history(world, http, sender, recipient)
            faults += world.ledger.faults((sender, recipient), found, "stored")
    return faults


async def _history(world: World, http: httpx.AsyncClient, sender: str, recipient: str) -> list[int]:
    """The numbers of one direction, oldest first."""
    found: list[int] = []
    body: dict[str, Any] = {
        "Operator_Account": recipient,
        "Peer_Account": sender,
        "MaxCnt": 100,
        "MinTime": 0,
        "MaxTime": int(time.time()) + 60,
    }
    for _ in range(10_000):
        answer = await world.rest(http, 0, "openim/admin_getroammsg", body)
        if answer["ErrorCode"]:
            raise RuntimeError(f"openim/admin_getroammsg: {answer}")
        page = [m for m in answer["MsgList"] if m["From_Account"] == sender]
        found = [int(m["MsgBody"][0]["MsgContent"]["Text"]) for m in page] + found
        if answer["Complete"]:
            return found
        body |= {"MaxTime": answer["LastMsgTime"], "LastMsgKey": answer["LastMsgKey"]}
    raise RuntimeError(f"the history of {sender} and {recipient} does not end")
