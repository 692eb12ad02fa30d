"""The floor with what a server of this protocol cannot leave out, written as barely as that: how near to the floor any
could come.

A sign-in has its UserSig checked, is answered a ticket that is sealed, and asks the database for the user's groups. A
message is no repetition of one before, gets its place in the conversation, can be found by it, moves the conversation,
and counts as unread. There are no limits, settings, plans, blacklists, statistics, logs, callbacks, other devices,
other apps or other nodes, bad input ends the connection, and memory grows.
"""

from __future__ import annotations

import asyncio
import binascii
import hmac
import os
import sys
import time
import zlib
from typing import Any

import apsw
import msgspec
import uvloop
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from picows import WSFrame, WSMsgType, WSTransport

from bench.targets.base import KEY, SDKAPPID
from bench.targets.floor_server import Frame, Head, Hub, Row, Session, Store, serve

_TABLES = """
CREATE TABLE message (
    id INTEGER PRIMARY KEY, conv TEXT, place INT, sender TEXT, seq INT, random INT, time INT, body BLOB
);
CREATE INDEX message_place ON message (conv, time, place);
CREATE TABLE head (conv TEXT PRIMARY KEY, place INT, time INT, unread_low INT, unread_high INT) WITHOUT ROWID;
CREATE TABLE joined (
    user_id TEXT, since INT, group_id TEXT, kind INT, PRIMARY KEY (user_id, since, group_id)
) WITHOUT ROWID;
WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 3000)
INSERT INTO joined SELECT 'somebody' || n, n, 'group', 1 FROM n;
"""
_HEAD = (
    "INSERT INTO head VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET place = place + excluded.place, "
    "time = excluded.time, unread_low = unread_low + excluded.unread_low, "
    "unread_high = unread_high + excluded.unread_high RETURNING place"
)
_INSERT = "INSERT INTO message (conv, place, sender, seq, random, time, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
_JOINED = "SELECT group_id, kind FROM joined WHERE user_id = ? ORDER BY since, group_id LIMIT 500"
_FROM_URLS = bytes.maketrans(b"*-_", b"+/=")
_TEXT = "TLS.identifier:%s\nTLS.sdkappid:%d\nTLS.time:%d\nTLS.expire:%d\n"


class Token(msgspec.Struct, gc=False):
    identifier: str = msgspec.field(name="TLS.identifier")
    sdkappid: int = msgspec.field(name="TLS.sdkappid")
    time: int = msgspec.field(name="TLS.time")
    expire: int = msgspec.field(name="TLS.expire")
    signature: str = msgspec.field(name="TLS.sig")


class LoginHead(msgspec.Struct, gc=False):
    identifier: str
    usersig: str


class Login(msgspec.Struct, gc=False):
    head: LoginHead


_decode = msgspec.json.Decoder(Frame).decode
_decode_login = msgspec.json.Decoder(Login).decode
_decode_token = msgspec.json.Decoder(Token).decode
_encode = msgspec.json.Encoder().encode
_signing, _sealing = HMAC(KEY.encode(), SHA256()), HMAC(os.urandom(32), SHA256())


def _mac(begun: HMAC, data: bytes) -> bytes:
    mac = begun.copy()
    mac.update(data)
    return mac.finalize()


class Conversations(Store):
    """Messages at their places, conversations that move."""

    tables = _TABLES

    def write(self, database: apsw.Connection, rows: list[Row]) -> None:
        of: dict[str, list[Row]] = {}
        for row in rows:
            sender, recipient = row[0], row[1]
            conv = f"{sender}\x1f{recipient}" if sender < recipient else f"{recipient}\x1f{sender}"
            of.setdefault(conv, []).append(row)
        stored: list[tuple[Any, ...]] = []
        for conv, some in of.items():
            low = sum(row[0] > row[1] for row in some)
            counts = (conv, len(some), some[-1][4], low, len(some) - low)
            place = database.execute(_HEAD, counts).get - len(some)
            for at, (sender, _, seq, random, now, body) in enumerate(some, place + 1):
                stored.append((conv, at, sender, seq, random, now, body))
        database.executemany(_INSERT, stored)


class Checked(Session):
    """One connection that has to sign in."""

    cursor: apsw.Cursor
    sent: set[int]

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != WSMsgType.BINARY:
            transport.disconnect()
            return
        payload = frame.get_payload_as_memoryview()
        request = _decode(payload)
        if request.head.servcmd == "openim.sendmsg":
            send = request.body
            key = hash((send.from_account, send.to_account, send.msg_seq, send.msg_random, bytes(send.msg_body)))
            if send.from_account == self._user and key not in self.sent:
                self.sent.add(key)
                self._send(request)
        elif request.head.servcmd == "im_open_status.wslogin":
            self._sign_in(request.head, _decode_login(payload).head)
        else:
            super().on_ws_frame(transport, frame)

    def _sign_in(self, head: Head, login: LoginHead) -> None:
        packed = binascii.a2b_base64(login.usersig.encode().translate(_FROM_URLS))
        token = _decode_token(zlib.decompress(packed))
        text = _TEXT % (token.identifier, token.sdkappid, token.time, token.expire)
        signed = hmac.compare_digest(_mac(_signing, text.encode()), binascii.a2b_base64(token.signature))
        if not signed or token.identifier != login.identifier or token.sdkappid != SDKAPPID:
            raise ValueError("the UserSig is not this user's")
        if token.time + token.expire < time.time():
            raise ValueError("the UserSig has expired")
        self.cursor.execute(_JOINED, (token.identifier,)).fetchall()
        ticket = _encode((SDKAPPID, token.identifier, 144115, 1, 7, token.time, token.time + token.expire))
        sealed = binascii.b2a_base64(_mac(_sealing, ticket)[:16] + ticket, newline=False).decode()
        self._user = token.identifier
        self._hub.sessions[self._user] = self
        self._answer(head, {"A2Key": sealed, "TinyId": "144115", "InstId": 1, "HelloInterval": 120})


async def _main(path: str, port: str, http_port: str) -> None:
    hub = Hub(Conversations(path, asyncio.get_running_loop()))
    Checked.cursor, Checked.sent = apsw.Connection(path).cursor(), set()
    await serve(hub, int(port), int(http_port), Checked)


if __name__ == "__main__":
    uvloop.run(_main(*sys.argv[1:]))
