"""A signed-in WebSocket of the client protocol, for Sodam and for the floor."""

from __future__ import annotations

import asyncio
import socket
import zlib
from typing import Final

import msgspec
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.load.driver import TEXT, Coalescer, OnMessage
from bench.load.errors import LoadError

_PUSH, _SEND = "im_open_push.msg_push", "openim.sendmsg"
_SEND_GROUP = "group_open_http_svc.send_group_msg"
_LOGIN, _SYNC = "im_open_status.wslogin", "openim.getmsg"
_NO_MASK = b"\x00\x00\x00\x00"
_BIND_ADDRESS_NO_PORT: Final = 24
"""IP_BIND_ADDRESS_NO_PORT of Linux, which Python does not name: the port is chosen when both ends are known. Otherwise
the kernel looks for one that no closed connection of a storm still holds, for longer and longer."""


async def _connected(host: str, port: int, source: str) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.setsockopt(socket.IPPROTO_IP, _BIND_ADDRESS_NO_PORT, 1)
        made.bind((source, 0))
        await asyncio.get_running_loop().sock_connect(made, (host, port))
    except BaseException:
        made.close()
        raise
    return made


class _Head(msgspec.Struct, gc=False):
    servcmd: str


class _C2c(msgspec.Struct, gc=False):
    sender: str = msgspec.field(name="From_Account", default="")
    number: int = msgspec.field(name="MsgRandom", default=0)


class _Event(msgspec.Struct, gc=False):
    messages: list[_C2c] = msgspec.field(name="C2cMsgArray", default_factory=list)
    of_groups: list[_C2c] = msgspec.field(name="GroupMsgArray", default_factory=list)


class _Body(msgspec.Struct, gc=False):
    code: int = msgspec.field(name="ErrorCode", default=0)
    info: str = msgspec.field(name="ErrorInfo", default="")
    events: list[_Event] = msgspec.field(name="EventArray", default_factory=list)
    need_ack: int = msgspec.field(name="NeedAck", default=0)
    session_data: str = msgspec.field(name="SessionData", default="")
    a2: str = msgspec.field(name="A2Key", default="")
    tiny_id: str = msgspec.field(name="TinyId", default="")
    inst_id: int = msgspec.field(name="InstId", default=0)


class _Frame(msgspec.Struct, gc=False):
    head: _Head
    body: _Body


_decode = msgspec.json.Decoder(_Frame).decode
_ENTER = "group_open_http_svc.apply_join_group"
_MESSAGE = (
    b'"servcmd":"openim.sendmsg","seq":%d},"body":{"From_Account":"u%d","To_Account":"u%d","MsgSeq":%d,"MsgRandom":%d,'
    b'"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"' + TEXT.encode() + b'"}}],"CloudCustomData":"",'
    b'"MsgClientTime":1790000000,"IsNeedReadReceipt":0,"SupportMessageExtension":0,"IsRelayMsg":0}}'
)
_GROUP_MESSAGE = (
    b'"servcmd":"group_open_http_svc.send_group_msg","seq":%d},"body":{"From_Account":"u%d","GroupId":"%b","Random":%d,'
    b'"MsgPriority":"Normal","MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"' + TEXT.encode() + b'"}}],'
    b'"CloudCustomData":"","MsgClientTime":1790000000,"NeedReadReceipt":0,"SupportMessageExtension":0,"IsRelayMsg":0}}'
)


def _masked(payload: bytes) -> bytes:
    """A client's binary frame. The mask is zero, which the protocol allows and which costs the client nothing."""
    size = len(payload)
    if size < 126:
        return bytes((0x82, 0x80 | size)) + _NO_MASK + payload
    return b"\x82\xfe" + size.to_bytes(2, "big") + _NO_MASK + payload


class WebSocketSession(WSListener):
    """One user on one connection; implements `ChatSession`."""

    def __init__(self, user: int, coalescer: Coalescer, on_message: OnMessage) -> None:
        self.user = user
        self.unanswered = 0
        self.failures: list[str] = []
        self._name = f"u{user}"
        self._coalescer = coalescer
        self._on_message = on_message
        self._transport: WSTransport | None = None
        self._head = b""
        self._seq = 0
        self._frames: list[bytes] = []
        self._synced: asyncio.Future[None] | None = None
        self._entered: asyncio.Future[None] | None = None
        self._login: asyncio.Future[_Body] = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(
        cls, url: str, sdkappid: int, user: int, usersig: str, coalescer: Coalescer, on_message: OnMessage, source: str
    ) -> WebSocketSession:
        """Connect from the loopback address `source`, upgrade and sign in. Raises `LoadError` when refused."""
        session = cls(user, coalescer, on_message)
        await ws_connect(
            lambda: session,
            url,
            read_buffer_init_size=2048,
            use_aiofastnet=False,
            socket_factory=lambda to: _connected(to.host, to.port, source),
            websocket_handshake_timeout=30,
        )
        plain = f'"ver":"v4","platform":7,"sdkappid":{sdkappid},"contenttype":"json","reqtime":1790000000'
        session._request(
            f'{{"head":{{{plain},"identifier":"u{user}","usersig":"{usersig}",'
            f'"servcmd":"{_LOGIN}","seq":1}},"body":{{"State":"Online","InstType":"Web","is_web_uniapp":0}}}}'.encode()
        )
        async with asyncio.timeout(30):
            answer = await session._login
        if answer.code:
            raise LoadError(f"login of u{user}: {answer.code} {answer.info}")
        ticket = f'"a2":"{answer.a2}","tinyid":"{answer.tiny_id}","status_instid":{answer.inst_id}'
        session._head = f'{{"head":{{{plain},{ticket},'.encode()
        session._seq = 1
        return session

    async def synchronise(self) -> None:
        self._seq += 1
        self._synced = asyncio.get_running_loop().create_future()
        body = b'{"Cookie":"","SyncFlag":0,"NeedAbstract":0,"IsOnlineSync":0}'
        self._queue(b'"servcmd":"%b","seq":%d},"body":%b}' % (_SYNC.encode(), self._seq, body))
        async with asyncio.timeout(30):
            await self._synced

    def send(self, to: int, number: int) -> None:
        self._seq += 1
        self.unanswered += 1
        self._queue(_MESSAGE % (self._seq, self.user, to, number, number))

    def send_to_group(self, group: str, number: int) -> None:
        """As ``send``, to all members of a group."""
        self._seq += 1
        self.unanswered += 1
        self._queue(_GROUP_MESSAGE % (self._seq, self.user, group.encode(), number))

    async def enter_group(self, group: str) -> None:
        """Nothing: who is signed in hears the groups of its user."""

    async def enter(self, room: str) -> None:
        """Enter a live room; a refusal is among the failures."""
        self._seq += 1
        self._entered = asyncio.get_running_loop().create_future()
        self._queue(b'"servcmd":"%b","seq":%d},"body":{"GroupId":"%b"}}' % (_ENTER.encode(), self._seq, room.encode()))
        async with asyncio.timeout(30):
            await self._entered

    def heartbeat(self) -> None:
        self._seq += 1
        self._queue(b'"servcmd":"heartbeat.alive","seq":%d},"body":{}}' % self._seq)

    async def close(self) -> None:
        if self._transport is not None:
            self._transport.disconnect()
            await self._transport.wait_disconnected()

    def _queue(self, rest: bytes) -> None:
        if not self._frames:
            self._coalescer.later(self._flush)
        self._frames.append(_masked(self._head + rest))

    def _flush(self) -> None:
        frames, self._frames = self._frames, []
        if self._transport is not None and not self._transport.is_disconnected:
            self._transport.underlying_transport.write(b"".join(frames))

    def _request(self, frame: bytes) -> None:
        assert self._transport is not None
        self._transport.underlying_transport.write(_masked(frame))

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != WSMsgType.BINARY:
            if frame.msg_type == WSMsgType.CLOSE:
                self._fail(f"closed by the server: {frame.get_close_code()} {frame.get_close_reason()}")
                transport.disconnect()
            return
        payload = frame.get_payload_as_bytes()
        if payload.startswith(b"COMP"):
            payload = zlib.decompress(payload[4:], zlib.MAX_WBITS | 32)
        decoded = _decode(payload)
        if decoded.head.servcmd == _PUSH:
            self._pushed(decoded.body)
        elif decoded.head.servcmd in (_SEND, _SEND_GROUP):
            self.unanswered -= 1
            if decoded.body.code:
                self._fail(f"sendmsg: {decoded.body.code} {decoded.body.info}")
        elif decoded.head.servcmd == _LOGIN:
            self._login.set_result(decoded.body)
        elif decoded.head.servcmd == _SYNC and self._synced is not None:
            if decoded.body.code:
                self._fail(f"getmsg: {decoded.body.code} {decoded.body.info}")
            self._synced.set_result(None)
        elif decoded.head.servcmd == _ENTER and self._entered is not None:
            if decoded.body.code:
                self._fail(f"apply_join_group: {decoded.body.code} {decoded.body.info}")
            self._entered.set_result(None)

    def _pushed(self, body: _Body) -> None:
        for event in body.events:
            for message in event.messages or event.of_groups:
                if message.sender != self._name:
                    self._on_message(self, message.number)
        if body.need_ack:
            self._seq += 1
            data = body.session_data.encode()
            self._queue(
                b'"servcmd":"openim.ws_msg_push_ack","seq":%d},"body":{"SessionData":"%b"}}' % (self._seq, data)
            )

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._fail("disconnected")

    def _fail(self, why: str) -> None:
        self.failures.append(why)
        if not self._login.done():
            self._login.set_exception(LoadError(f"login of {self._name}: {why}"))
