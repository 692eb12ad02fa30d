"""A tiny server of the client protocol: it records what it is asked and answers what the test tells it to."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from typing import Any, Self

import msgspec
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

Answer = Callable[[dict[str, Any]], dict[str, Any] | None]


class FakeServer:
    """`answers` maps a servcmd to what is answered (None: silence); `requests` holds every frame that came."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.connections: list[WSTransport] = []
        self.compress = False
        self.answers: dict[str, Answer] = {
            "heartbeat.alive": lambda _: {},
            "im_open_status.wslogin": lambda _: {"A2Key": "a2", "TinyId": "144", "InstId": 7, "HelloInterval": 120},
            "im_open_status.wslogout": lambda _: {},
            "openim.getmsg": lambda _: {"Cookie": "c1", "SyncFlag": 2, "MsgList": []},
            "openim.ws_msg_push_ack": lambda _: {},
            "recentcontact.page_get": lambda _: {"CompleteFlag": 1, "SessionItem": []},
            "openim.sendmsg": lambda f: {"MsgTime": 100, "MsgSeq": f["body"]["MsgSeq"], "MsgKey": "k"},
        }
        self._server: asyncio.Server | None = None
        self._arrived = asyncio.Condition()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await ws_create_server(self._listener, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.drop()

    def asked(self, servcmd: str) -> list[dict[str, Any]]:
        return [frame for frame in self.requests if frame["head"]["servcmd"] == servcmd]

    async def wait_for(self, servcmd: str, count: int = 1) -> dict[str, Any]:
        async with asyncio.timeout(5), self._arrived:
            await self._arrived.wait_for(lambda: len(self.asked(servcmd)) >= count)
        return self.asked(servcmd)[count - 1]

    def push(self, body: dict[str, Any], servcmd: str = "im_open_push.msg_push") -> None:
        self.send(self.connections[-1], {"head": {"servcmd": servcmd, "seq": 0}, "body": body})

    def push_messages(self, *messages: dict[str, Any], **more: Any) -> None:
        self.push({"EventArray": [{"Event": 9, "C2cMsgArray": list(messages)}], **more})

    def send(self, transport: WSTransport, frame: dict[str, Any]) -> None:
        payload = msgspec.json.encode(frame)
        transport.send(WSMsgType.BINARY, b"COMP" + gzip.compress(payload) if self.compress else payload)

    def drop(self) -> None:
        for transport in self.connections:
            transport.disconnect(graceful=False)

    def _listener(self, request: WSUpgradeRequest) -> WSListener:
        self.paths.append(request.path.decode())
        return _Listener(self)

    async def record(self, frame: dict[str, Any]) -> None:
        async with self._arrived:
            self.requests.append(frame)
            self._arrived.notify_all()


class _Listener(WSListener):
    def __init__(self, server: FakeServer) -> None:
        self._server = server
        self._tasks: set[asyncio.Task[None]] = set()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._server.connections.append(transport)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()
            return
        task = asyncio.ensure_future(self._serve(transport, msgspec.json.decode(frame.get_payload_as_bytes())))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, transport: WSTransport, frame: dict[str, Any]) -> None:
        await self._server.record(frame)
        unknown = {"ActionStatus": "FAIL", "ErrorCode": 60009, "ErrorInfo": "unknown command"}
        body = self._server.answers.get(frame["head"]["servcmd"], lambda _: unknown)(frame)
        if body is not None:
            head = {"servcmd": frame["head"]["servcmd"], "seq": frame["head"]["seq"]}
            self._server.send(transport, {"head": head, "body": {"ActionStatus": "OK", "ErrorCode": 0, **body}})


def message(number: int, sender: str = "bob", recipient: str = "alice", time: int = 1000) -> dict[str, Any]:
    """A C2C message as the server sends it; `number` tells it from others."""
    return {
        "From_Account": sender,
        "To_Account": recipient,
        "MsgSeq": number,
        "MsgRandom": number,
        "MsgTimeStamp": time,
        "MsgKey": f"{number}_{number}_{time}",
        "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": f"text {number}"}}],
    }
