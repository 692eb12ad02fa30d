"""A client that speaks the wire protocol as it is, without any comfort: what the SDK hides, tests may do with this."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import websockets
from websockets.asyncio.client import ClientConnection

from tests.support.server import ServerProcess

TIMEOUT = 90.0
"""Seconds, only used up where something is wrong. What a lost hint said of a group is read after a minute."""


class Refused(Exception):
    """An answer with an ErrorCode; the whole body is the argument."""

    def __init__(self, body: dict[str, Any]) -> None:
        super().__init__(body)
        self.code = int(body["ErrorCode"])
        self.body = body


class RawClient:
    """One socket. ``pushes`` holds every event of a push in the order in which it came."""

    def __init__(self, server: ServerProcess, user_id: str) -> None:
        self.server = server
        self.user_id = user_id
        self.pushes: list[dict[str, Any]] = []
        self.head: dict[str, Any] = {}
        self.cookie = ""
        self.login_answer: dict[str, Any] = {}
        self.flags = 0
        """How often the server asked for a getmsg."""
        self.arrived: list[str] = []
        """The servcmd of every frame, in the order in which they came."""
        self.features = ""
        """The feature bits that were pushed last."""
        self._seq = itertools.count(1)
        self._random = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._changed = asyncio.Event()
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self, server: ServerProcess | None = None) -> None:
        self.server = server or self.server
        url = f"{self.server.ws_url}/binfo?sdkappid={self.server.sdkappid}&instanceid=0&platform=7"
        self._socket = await websockets.connect(
            url, max_size=None, compression=None, ping_interval=None, open_timeout=TIMEOUT
        )
        self._reader = asyncio.create_task(self._read(self._socket))

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            await self._reader

    @property
    def closed(self) -> bool:
        return self._reader is None or self._reader.done()

    @property
    def close_code(self) -> int | None:
        return self._socket.close_code if self._socket is not None else None

    async def sign_in(self, *, platform: int = 7, sync: bool = True) -> Self:
        """Log in with a fresh UserSig, or with the A2 key of an earlier login; then ``getmsg``, unless told not to.

        After ``getmsg`` what other nodes say from now on is heard, where there is a bus.
        """
        head = {"platform": platform}
        if "a2" in self.head:
            head |= self.head
        else:
            head |= {"identifier": self.user_id, "usersig": self.server.usersig(self.user_id)}
        answer = await self.call("im_open_status.wslogin", {"State": "Online"}, head=head)
        self.login_answer = answer
        self.head = {
            "a2": answer["A2Key"],
            "tinyid": answer["TinyId"],
            "status_instid": answer["InstId"],
            "platform": platform,
        }
        if sync:
            await self.sync()
            await self._listened()
        return self

    async def _listened(self) -> None:
        async with asyncio.timeout(TIMEOUT):
            while not self.closed and not self.notices("KickoutMsgNotify"):
                if await self.server.listens(self.user_id):
                    return
                await asyncio.sleep(0.01)

    async def sync(self) -> list[dict[str, Any]]:
        """``getmsg`` until it is complete; the messages, which a first sync leaves to the history."""
        found: list[dict[str, Any]] = []
        flag = 0
        while flag != 2:
            answer = await self.call("openim.getmsg", {"Cookie": self.cookie, "SyncFlag": flag, "IsOnlineSync": 0})
            self.cookie, flag = answer["Cookie"], answer["SyncFlag"]
            found += answer["MsgList"]
        return found

    async def call(
        self, command: str, body: Any, *, head: dict[str, Any] | None = None, timeout: float = TIMEOUT
    ) -> dict[str, Any]:
        """The answer's body. Raises Refused."""
        seq = next(self._seq)
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[seq] = future
        full = {"ver": "v4", "servcmd": command, "seq": seq, **(self.head if head is None else head)}
        await self.send({"head": full, "body": body})
        answer = await asyncio.wait_for(future, timeout)
        if answer.get("ErrorCode"):
            raise Refused(answer)
        return answer

    async def send(self, frame: Any) -> None:
        assert self._socket is not None
        await self._socket.send(frame if isinstance(frame, bytes) else json.dumps(frame).encode())

    async def send_text(self, to: str, text: str) -> str:
        """Send a message; its MsgKey."""
        number = next(self._random)
        body = {
            "From_Account": self.user_id,
            "To_Account": to,
            "MsgSeq": number,
            "MsgRandom": abs(hash((self.user_id, number))) % 2**32,
            "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": text}}],
        }
        return str((await self.call("openim.sendmsg", body))["MsgKey"])

    def messages(self) -> list[dict[str, Any]]:
        return [message for event in self.pushes for message in event.get("C2cMsgArray", ())]

    def texts(self) -> list[str]:
        return texts(self.messages())

    def notices(self, kind: str) -> list[dict[str, Any]]:
        """What one-to-one notices (Event 10) of this kind say."""
        return [item[kind] for event in self.pushes for item in event.get("C2cNotifyMsgArray", ()) if kind in item]

    async def wait(self, true: Callable[[], bool], timeout: float = TIMEOUT) -> None:
        """Wait for something that a push or the end of the connection makes true."""
        async with asyncio.timeout(timeout):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for data in socket:
                frame = json.loads(data)
                head, body = frame["head"], frame["body"]
                self.arrived.append(head["servcmd"])
                future = self._waiting.pop(head["seq"], None)
                if future is not None and not future.done():
                    future.set_result(body)
                elif head["servcmd"] == "im_open_push.msg_push":
                    self.flags += body.get("Flag", 0)
                    self.pushes.extend(body["EventArray"])
                elif head["servcmd"] == "im_sdk_config_mgr.push_imsdk_purchase_bitsv2":
                    self.features = body["str_purchase_bits"]
                self._changed.set()
        except websockets.ConnectionClosed:
            pass
        finally:
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(ConnectionError("the connection ended"))
                    future.exception()  # nobody may be waiting any more
            self._waiting.clear()
            self._changed.set()


def texts(messages: list[dict[str, Any]]) -> list[str]:
    return [message["MsgBody"][0]["MsgContent"]["Text"] for message in messages]
