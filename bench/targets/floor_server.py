"""The floor server: our frames and our transport, one durable row a message, and no rules at all.

No signature is checked, no account exists, nothing is counted, limited or remembered but the message. What it costs is
what the transport, the JSON and the disk cost; a real server is measured by how little it adds.
"""

from __future__ import annotations

import asyncio
import queue
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import apsw
import msgspec
import uvicorn
import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

_BINARY_FRAME = 0x82
_REPLY = (
    b'{"head":{"servcmd":"%b","seq":%d},"body":{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0,'
    b'"MsgTime":%d,"MsgSeq":%d,"MsgKey":"%d_%d_%d"}}'
)
_PUSH = (
    b'{"head":{"servcmd":"im_open_push.msg_push","seq":0},"body":{"EventArray":[{"Event":9,"C2cMsgArray":[{'
    b'"From_Account":"%b","To_Account":"%b","MsgSeq":%d,"MsgRandom":%d,"MsgTimeStamp":%d,"MsgTime":%d,'
    b'"MsgClientTime":%d,"TinyId":"144115","MsgKey":"%d_%d_%d","MsgBody":%b}]}],"NeedAck":0,"SessionData":""}}'
)
_SEND_GROUP = "group_open_http_svc.send_group_msg"
_GROUP_REPLY = (
    b'{"head":{"servcmd":"group_open_http_svc.send_group_msg","seq":%d},"body":{"ActionStatus":"OK","ErrorInfo":"",'
    b'"ErrorCode":0,"MsgTime":%d,"MsgSeq":%d}}'
)
_GROUP_PUSH = (
    b'{"head":{"servcmd":"im_open_push.msg_push","seq":0},"body":{"EventArray":[{"Event":3,"GroupMsgArray":[{'
    b'"From_Account":"%b","ToGroupId":"%b","MsgSeq":%d,"MsgRandom":%d,"MsgTimeStamp":%d,"MsgClientTime":%d,'
    b'"MsgPriority":2,"GroupInfo":{"GroupId":"%b","GroupName":"bench","GroupType":"Public","From_AccountNick":"",'
    b'"From_AccountHeadurl":"","From_AccountLevel":0,"MsgFrom_AccountExtraInfo":{"NameCard":""}},"ClientSeq":%d,'
    b'"TinyId":"144115","MsgBody":%b,"CloudCustomData":"","NeedReadReceipt":0,"SupportMessageExtension":0}]}],'
    b'"NeedAck":0,"SessionData":""}}'
)
_FAN = "u0"
"""What is written to this user goes to everybody who is connected."""
_HTTP_REPLY = b'{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0,"MsgTime":%d,"MsgKey":"%d_%d_%d"}'
_TABLE = (
    "CREATE TABLE message (id INTEGER PRIMARY KEY, sender TEXT, recipient TEXT, seq INT, random INT, time INT,"
    " body BLOB)"
)
_INSERT = "INSERT INTO message (sender, recipient, seq, random, time, body) VALUES (?, ?, ?, ?, ?, ?)"

Row = tuple[str, str, int, int, int, bytes]


class Head(msgspec.Struct, gc=False):
    servcmd: str
    seq: int
    identifier: str = ""


class Send(msgspec.Struct, gc=False, rename="pascal"):
    from_account: str = msgspec.field(name="From_Account", default="")
    to_account: str = msgspec.field(name="To_Account", default="")
    group_id: str = ""
    random: int = 0
    msg_seq: int = 0
    msg_random: int = 0
    msg_client_time: int = 0
    msg_body: msgspec.Raw = msgspec.Raw()


class Frame(msgspec.Struct, gc=False):
    head: Head
    body: Send


_decode = msgspec.json.Decoder(Frame).decode
_decode_send = msgspec.json.Decoder(Send).decode


class Rows(Protocol):
    """Where messages are stored."""

    after_commit: Callable[[], None]

    def append(self, row: Row, stored: Callable[[], None]) -> None:
        """``stored`` is called when the row is on disk, ``after_commit`` when all of its commit were."""


class Store:
    """Durable rows. What gathers while a commit is in flight goes into the next: no timer, no batch size."""

    tables = _TABLE

    def __init__(self, path: str, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: list[tuple[Row, Callable[[], None]]] = []
        self._in_flight = False
        self._batches: queue.SimpleQueue[list[tuple[Row, Callable[[], None]]]] = queue.SimpleQueue()
        self.after_commit: Callable[[], None] = lambda: None
        self._database = apsw.Connection(path)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute(self.tables)
        threading.Thread(target=self._write, daemon=True).start()

    def write(self, database: apsw.Connection, rows: list[Row]) -> None:
        database.executemany(_INSERT, rows)

    def append(self, row: Row, stored: Callable[[], None]) -> None:
        if not self._waiting and not self._in_flight:
            self._loop.call_soon(self._hand_over)
        self._waiting.append((row, stored))

    def _hand_over(self) -> None:
        batch, self._waiting = self._waiting, []
        self._in_flight = True
        self._batches.put(batch)

    def _write(self) -> None:
        while True:
            batch = self._batches.get()
            with self._database:
                self.write(self._database, [row for row, _ in batch])
            self._loop.call_soon_threadsafe(self._committed, batch)

    def _committed(self, batch: list[tuple[Row, Callable[[], None]]]) -> None:
        self._in_flight = False
        if self._waiting:
            self._hand_over()
        for _, stored in batch:
            stored()
        self.after_commit()


class Hub:
    """Who is connected, and whose frames wait for this turn's single write."""

    def __init__(self, store: Rows) -> None:
        self.store = store
        self.sessions: dict[str, Session] = {}
        self.dirty: set[Session] = set()
        self._in_group = 0
        store.after_commit = self.flush

    def flush(self) -> None:
        dirty, self.dirty = self.dirty, set()
        for session in dirty:
            session.flush()

    def push(self, send: Send, now: int) -> None:
        session = self.sessions.get(send.to_account)
        if session is not None or send.to_account == _FAN:
            marks = (send.msg_seq, send.msg_random, now)
            names = (send.from_account.encode(), send.to_account.encode())
            frame = _PUSH % (*names, *marks, now, send.msg_client_time, *marks, send.msg_body)
            if session is not None:
                session.write(frame)
            else:
                self._to_all(framed(frame))

    def next_in_group(self) -> int:
        self._in_group += 1
        return self._in_group

    def push_to_others(self, sender: Session, send: Send, number: int, now: int) -> None:
        """Everybody who is connected is in the one group: a frame is made once, and is part of each one's write."""
        group = send.group_id.encode()
        frame = framed(
            _GROUP_PUSH
            % (
                send.from_account.encode(),
                group,
                number,
                send.random,
                now,
                send.msg_client_time,
                group,
                number,
                send.msg_body,
            )
        )
        for session in self.sessions.values():
            if session is not sender:
                session.queue(frame)

    def _to_all(self, frame: bytes) -> None:
        """The frame is made once, and written to every socket."""
        for session in self.sessions.values():
            session.write_at_once(frame)


def framed(payload: bytes) -> bytes:
    """A server's binary frame."""
    size = len(payload)
    if size < 126:
        return bytes((_BINARY_FRAME, size)) + payload
    assert size < 65536, "the floor sends small frames only"
    return bytes((_BINARY_FRAME, 126)) + size.to_bytes(2, "big") + payload


class Session(WSListener):
    """One connection."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._transport: WSTransport | None = None
        self._frames: list[bytes] = []
        self._user = ""

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if self._hub.sessions.get(self._user) is self:
            del self._hub.sessions[self._user]
        self._transport = None

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != WSMsgType.BINARY:
            transport.disconnect()
            return
        request = _decode(frame.get_payload_as_memoryview())
        if request.head.servcmd == "openim.sendmsg":
            self._send(request)
        elif request.head.servcmd == _SEND_GROUP:
            self._send_to_group(request)
        elif request.head.servcmd == "im_open_status.wslogin":
            self._login(request.head)
        else:
            self._answer(request.head, {})

    def _send(self, request: Frame) -> None:
        send, seq, now = request.body, request.head.seq, int(time.time())
        # The body points into the receive buffer: what outlives this call is copied.
        send.msg_body = body = msgspec.Raw(bytes(send.msg_body))
        row = (send.from_account, send.to_account, send.msg_seq, send.msg_random, now, bytes(body))

        def stored() -> None:
            marks = (send.msg_seq, send.msg_random, now)
            self.write(_REPLY % (b"openim.sendmsg", seq, now, send.msg_seq, *marks))
            self._hub.push(send, now)

        self._hub.store.append(row, stored)

    def _send_to_group(self, request: Frame) -> None:
        send, seq, now = request.body, request.head.seq, int(time.time())
        send.msg_body = body = msgspec.Raw(bytes(send.msg_body))
        number = self._hub.next_in_group()
        row = (send.from_account, send.group_id, number, send.random, now, bytes(body))

        def stored() -> None:
            self.write(_GROUP_REPLY % (seq, now, number))
            self._hub.push_to_others(self, send, number, now)

        self._hub.store.append(row, stored)

    def _login(self, head: Head) -> None:
        self._user = head.identifier
        self._hub.sessions[self._user] = self
        self._answer(head, {"A2Key": "a2", "TinyId": "144115", "InstId": 1, "HelloInterval": 120})

    def _answer(self, head: Head, fields: dict[str, Any]) -> None:
        body = {"ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 0, **fields}
        self.write(msgspec.json.encode({"head": {"servcmd": head.servcmd, "seq": head.seq}, "body": body}))
        self.flush()

    def write(self, payload: bytes) -> None:
        self.queue(framed(payload))

    def queue(self, frame: bytes) -> None:
        self._frames.append(frame)
        self._hub.dirty.add(self)

    def write_at_once(self, frame: bytes) -> None:
        if self._transport is not None:
            underlying = self._transport.underlying_transport
            if not underlying.is_closing():
                underlying.write(frame)

    def flush(self) -> None:
        frames, self._frames = self._frames, []
        if self._transport is not None and frames:
            underlying = self._transport.underlying_transport
            if not underlying.is_closing():
                underlying.write(b"".join(frames))


Receive = Callable[[], Awaitable[dict[str, Any]]]
Reply = Callable[[dict[str, Any]], Awaitable[None]]


def rest_application(hub: Hub) -> Callable[[dict[str, Any], Receive, Reply], Awaitable[None]]:
    """A raw ASGI application with one command: POST /v4/openim/sendmsg."""

    async def application(scope: dict[str, Any], receive: Receive, reply: Reply) -> None:
        event = await receive()
        content = event["body"]
        while event.get("more_body"):
            event = await receive()
            content += event["body"]
        send = _decode_send(content)
        now = int(time.time())
        done = asyncio.get_running_loop().create_future()
        row = (send.from_account, send.to_account, send.msg_seq, send.msg_random, now, bytes(send.msg_body))
        hub.store.append(row, lambda: done.set_result(None))
        await done
        hub.push(send, now)
        hub.flush()
        answer = _HTTP_REPLY % (now, send.msg_seq, send.msg_random, now)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        await reply({"type": "http.response.start", "status": 200, "headers": headers})
        await reply({"type": "http.response.body", "body": answer})

    return application


async def serve(hub: Hub, port: int, http_port: int, session: Callable[[Hub], WSListener] = Session) -> None:
    def listener(_: WSUpgradeRequest) -> WSListener:
        return session(hub)

    await ws_create_server(listener, "127.0.0.1", port, read_buffer_init_size=1024, backlog=4096)
    application: Any = rest_application(hub)
    config = uvicorn.Config(
        application, host="127.0.0.1", port=http_port, lifespan="off", access_log=False, log_level="warning"
    )
    await uvicorn.Server(config).serve()


async def _main(path: str, port: str, http_port: str) -> None:
    await serve(Hub(Store(path, asyncio.get_running_loop())), int(port), int(http_port))


if __name__ == "__main__":
    uvloop.run(_main(*sys.argv[1:]))
