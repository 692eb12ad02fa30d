"""Development mode: data to begin with, and a clock that can be moved forward (docs/guide.md, Trying rules of time).

It is a mode of a data directory: it begins in an empty one only, and such a directory is not served without it. So no
real data is ever moved in time, and no moved data is taken for real.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec
import structlog

from sodam import clock
from sodam.apps.model import App
from sodam.apps.webhooks import SWITCHES, Webhooks, in_order
from sodam.errors import ApiError
from sodam.http import Receive, Scope, Send, read_body, respond
from sodam.outbound.inbox import URL as INBOX_URL
from sodam.outbound.inbox import Inbox
from sodam.push.model import Device
from sodam.rest import table
from sodam.server import Server
from sodam.storage import Tx, state
from sodam.wire import Call, decode_request

log = structlog.get_logger(__name__)
PATH: Final = "/dev"
_MARK: Final = "development"
_MOST: Final = 10 * 366 * 86400
"""Seconds by which the clock may be ahead."""
_SHOWN: Final = 200
"""Requests of the inbox that one answer has."""
_AT_ONCE: Final = 4
"""Answers of the inbox under way: each may be as large as the inbox, for as long as its reader takes."""
_PART: Final = 64 * 1024
_PATIENCE: Final = 60.0
"""Seconds that a reader has for an answer."""
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SPAN: Final = re.compile(r"(\d{1,9})([smhd])")
USERS: Final = {"alice": "Alice", "bob": "Bob", "mina": "미나", "xiaoming": "小明", "yuki": "ゆき"}


class Mark(msgspec.Struct):
    """What is kept of the mode."""

    ahead: float = 0.0
    seeded: bool = False


class NotForDevelopment(Exception):
    """The data is not of the mode that was asked for; one line for whoever starts the server."""


def seconds_of(span: str) -> int:
    """``90s``, ``5m``, ``3h``, ``8d``. Raises ValueError."""
    found = _SPAN.fullmatch(span.strip())
    if found is None:
        raise ValueError("a span of time is a number with s, m, h or d behind it, as 8d")
    return int(found[1]) * _UNITS[found[2]]


async def begin(server: Server, *, wanted: bool) -> None:
    """Before anything is served. Raises NotForDevelopment where data and mode do not belong together."""
    found = await state.get(server.db, _MARK)
    if not wanted:
        if found is not None:
            raise NotForDevelopment("this data was made in development mode: start with --dev, or with other data")
        return
    if server.db.engine != "sqlite":
        raise NotForDevelopment("development mode is for one process with a data directory, without a database URL")
    if found is None and server.apps.all():
        raise NotForDevelopment("development mode begins in an empty data directory: this one holds apps")
    mark = msgspec.json.decode(found, type=Mark) if found is not None else Mark()
    await server.db.write(lambda tx: _put(tx, mark))
    clock.set_ahead(mark.ahead)
    server.dev = True
    _catch(server)


def _catch(server: Server) -> None:
    """What goes out stays here: pushes, and the callbacks of apps without a receiver of their own."""
    services, inbox = server.services, Inbox()
    services.inbox = services.webhooks.sender.inbox = services.push.sending.inbox = inbox
    server.apps.webhooks = Webhooks(url=INBOX_URL, commands=in_order(SWITCHES))


async def _put(tx: Tx, mark: Mark) -> None:
    await state.put(tx, _MARK, msgspec.json.encode(mark))


async def _mark(server: Server) -> Mark:
    found = await state.get(server.db, _MARK)
    return msgspec.json.decode(found, type=Mark) if found is not None else Mark()


async def advance(server: Server, seconds: int) -> None:
    """Move the clock forward, and do what is due then. Raises ValueError beyond ten years in all."""
    mark = await _mark(server)
    mark.ahead += seconds
    if not 0 <= seconds <= _MOST or mark.ahead > _MOST:
        raise ValueError("the clock moves forward only, ten years at most")
    await server.db.write(lambda tx: _put(tx, mark))
    clock.set_ahead(mark.ahead)
    log.warning("the clock was moved", seconds=seconds, ahead=int(mark.ahead))
    await server.periodic.tick()


async def seed(server: Server, app: App) -> None:
    """Users, friends, groups and messages, through the commands that an app's own server sends; once."""
    mark = await _mark(server)
    if mark.seeded:
        return
    for command, body in _seeds(int(clock.now())):
        await _rest(server, app, command, body)
    await _devices(server, app)
    mark.seeded = True
    await server.db.write(lambda tx: _put(tx, mark))


async def _rest(server: Server, app: App, path: str, body: dict[str, Any]) -> None:
    service, _, name = path.partition("/")
    command = table.SERVICES[service].commands[name]
    call = Call(server.services, app, "administrator", admin=True)
    await command.handler(call, decode_request(command, json.dumps(body).encode()))


async def _devices(server: Server, app: App) -> None:
    """A device of every user, so that messages to whoever is away are pushed."""
    push = server.services.push
    fields = {"PackageName": "org.example.chat", "AppId": "1", "AppSecret": "development"}
    one = await push.certificates.put(app.sdkappid, "xiaomi", "Development", fields)
    for user in USERS:
        token = f"development-{user}"
        await push.devices.report(Device(app.sdkappid, one.id, token, "", user, model="Phone of the inbox"))


def _text(words: str) -> list[dict[str, Any]]:
    return [{"MsgType": "TIMTextElem", "MsgContent": {"Text": words}}]


def _seeds(now: int) -> list[tuple[str, dict[str, Any]]]:
    accounts = [{"UserID": user, "Nick": nick} for user, nick in USERS.items()]
    found: list[tuple[str, dict[str, Any]]] = [("im_open_login_svc/multiaccount_import", {"AccountList": accounts})]
    others = [user for user in USERS if user != "alice"]
    friends = [{"To_Account": user, "AddSource": "AddSource_Type_Server"} for user in others[:3]]
    add = {"From_Account": "alice", "AddFriendItem": friends, "AddType": "Add_Type_Both", "ForceAddFlags": 1}
    found.append(("sns/friend_add", add))
    asking = [{"To_Account": "alice", "AddSource": "AddSource_Type_Server", "AddWording": "Hello!"}]
    needs = [{"Tag": "Tag_Profile_IM_AllowType", "Value": "AllowType_Type_NeedConfirm"}]
    found.append(("profile/portrait_set", {"From_Account": "alice", "ProfileItem": needs}))
    found.append(("sns/friend_add", {"From_Account": "yuki", "AddFriendItem": asking}))
    for number, (one, two, words) in enumerate(
        (
            ("bob", "alice", "Are you there?"),
            ("alice", "bob", "I am. What is it?"),
            ("mina", "alice", "점심 같이 먹을까요?"),
            ("xiaoming", "alice", "他们住在杭州西边"),
            ("bob", "alice", "Never mind, found it."),
        )
    ):
        at = now - 6 * 86400 + number * 86400
        message = {"From_Account": one, "To_Account": two, "MsgRandom": number, "MsgBody": _text(words)}
        found.append(("openim/importmsg", message | {"SyncFromOldSystem": 5, "MsgTimeStamp": at}))
    for kind, group_id, name in (("Public", "team", "The team"), ("ChatRoom", "meeting", "Monday meeting")):
        members = [{"Member_Account": user} for user in others[:3]]
        made = {"Type": kind, "GroupId": group_id, "Name": name, "Owner_Account": "alice", "MemberList": members}
        found.append(("group_open_http_svc/create_group", made))
        said = {"GroupId": group_id, "From_Account": "bob", "Random": 1, "MsgBody": _text(f"Welcome to {name}")}
        found.append(("group_open_http_svc/send_group_msg", said))
    return found


class DevelopmentApp:
    """``GET /dev/clock``, ``POST /dev/clock`` with ``{"Advance": "8d"}``, and ``GET /dev/inbox?SDKAppID=...``: what
    would have gone out, the newest first. Only there in development mode."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._reading = 0
        """Answers of the inbox under way."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == f"{PATH}/inbox" and scope["method"] == "GET":
            await self._show(scope["query_string"], send)
            return
        if scope["path"] != f"{PATH}/clock" or scope["method"] not in ("GET", "POST"):
            await respond(send, 404, b"text/plain; charset=utf-8", b"not found\n")
            return
        status = 200
        answer: dict[str, str | int] = {}
        if scope["method"] == "POST":
            try:
                span = json.loads(await read_body(receive, 1024) or b"{}")["Advance"]
                await advance(self._server, seconds_of(str(span)))
            except (ValueError, KeyError, TypeError, ApiError) as error:
                status, answer = 400, {"Error": str(error)}
        answer |= {"Now": int(clock.now()), "Ahead": int(clock.ahead())}
        await respond(send, status, b"application/json", json.dumps(answer).encode() + b"\n")

    async def _show(self, query: bytes, send: Send) -> None:
        if self._reading >= _AT_ONCE:
            await respond(send, 503, b"text/plain; charset=utf-8", b"busy\n", (b"retry-after", b"1"))
            return
        self._reading += 1
        try:  # in parts: each waits until its reader has taken those before
            async with asyncio.timeout(_PATIENCE):
                body = self._inbox(query)
                headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                for at in range(0, len(body), _PART):
                    part = body[at : at + _PART]
                    await send({"type": "http.response.body", "body": part, "more_body": at + _PART < len(body)})
        finally:
            self._reading -= 1

    def _inbox(self, query: bytes) -> bytes:
        asked = parse_qs(query.decode("latin-1")).get("SDKAppID", [""])[0]
        inbox = self._server.services.inbox
        found = inbox.of(int(asked), _SHOWN) if inbox is not None and asked.isdecimal() and len(asked) <= 10 else []
        return msgspec.json.encode([msgspec.to_builtins(one) for one in found]) + b"\n"
