"""The client: signs in, stays signed in, sends, and hands over what comes."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from functools import partial
from types import TracebackType
from typing import Any, Self

import msgspec

from sodam_client import catchup
from sodam_client.connection import Connection
from sodam_client.errors import (
    ClientClosedError,
    ConnectionLostError,
    KickedError,
    LoginError,
    RequestError,
    RequestTimeoutError,
    SodamError,
)
from sodam_client.frames import decode_body
from sodam_client.inbox import Inbox, newest
from sodam_client.models import Conversation, Element, History, Message, Sent, Stored
from sodam_client.pushes import Push, read_push
from sodam_client.session import Session, UserSig

logger = logging.getLogger("sodam_client")

Elements = Iterable[Element | Mapping[str, Any]]


class Client:
    """A signed-in user.

    `url` is the server's WebSocket address without `/binfo`, for example `ws://127.0.0.1:9000`; with `wss://` the
    certificates that the system trusts are trusted, or those of `ssl_context`. `usersig` is a signature, or a function
    that makes a fresh one whenever the server wants it anew. `on_push`, when given, is called with every push: a
    message, a notice, a change of a friend list; it must not block.

    After a lost connection the client comes back by itself (with growing pauses, `retry_delay`: 0.5 to 30 s), signs in
    with the ticket of its first login and fetches what it missed: `messages()` yields each message once, those of a
    conversation in order. `resume` is the `position` of an earlier client of this user: `messages()` then begins right
    behind it, with what came while no client ran. Without it, `messages()` begins with what comes after `open`.

    Times are in seconds. Raises ValueError when `resume` is no position of this user.
    """

    def __init__(
        self,
        url: str,
        sdkappid: int,
        user_id: str,
        usersig: UserSig,
        *,
        resume: str | None = None,
        on_push: Callable[[Push], None] | None = None,
        ssl_context: ssl.SSLContext | None = None,
        request_timeout: float = 15.0,
        heartbeat_interval: float = 10.0,
        queue_limit: int = 10_000,
        retry_delay: tuple[float, float] = (0.5, 30.0),
    ) -> None:
        self.user_id = user_id
        self._url = url.rstrip("/")
        self._session = Session(sdkappid, user_id, usersig)
        self._on_push = on_push
        self._ssl_context = ssl_context
        self._timeout = request_timeout
        self._heartbeat_interval = heartbeat_interval
        self._retry_delay = retry_delay
        self._inbox = Inbox(user_id, queue_limit, resume)
        self._connection: Connection | None = None
        self._online = asyncio.Event()
        self._ended: SodamError | None = ClientClosedError("the client is not open")
        self._supervisor: asyncio.Task[None] | None = None
        self._puller: asyncio.Task[None] | None = None
        self._behind = asyncio.Event()
        """Set when the server's store has messages that were not pushed, or may have."""
        self._seq = secrets.randbits(31)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Connect and sign in. Raises `LoginError` when refused, `ConnectionLostError` when nobody answers."""
        self._ended = None
        try:
            connection = await self._connect()
        except BaseException:
            self._ended = ClientClosedError("the client is not open")
            raise
        self._supervisor = asyncio.create_task(self._supervise(connection), name=f"sodam-client-{self.user_id}")

    async def close(self) -> None:
        """Sign out and close. May be called twice."""
        if self._supervisor is None:
            return
        supervisor, self._supervisor = self._supervisor, None
        connection = self._connection
        if connection is not None and self._ended is None and not connection.closed.done():
            try:
                body = {"wslogout_type": 0, "is_web_uniapp": 0}
                await connection.request(self._session.head(), "im_open_status.wslogout", body, timeout=2.0)
            except SodamError as error:
                logger.debug("sign-out was not answered: %s", error)
        self._end(ClientClosedError("the client was closed"))
        tasks = [task for task in (supervisor, self._puller) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- sending ---------------------------------------------------------------------------------------------------

    async def send_text(self, to: str, text: str) -> Sent:
        """Send a text to a user; returns when the server has stored it."""
        return await self.send(to, [Element("TIMTextElem", {"Text": text})])

    async def send(self, to: str, elements: Elements, *, custom_data: str = "", online_only: bool = False) -> Sent:
        """Send a message of any elements (at most 12 KB).

        After a lost connection the same message, with the same `MsgSeq` and `MsgRandom`, is sent again for up to
        `request_timeout` seconds, and the server drops the copies. Raises `RequestError` (90012 unknown user, 20007
        blocked, and so on); `RequestTimeoutError` and `ConnectionLostError` when it is unknown whether it is stored.
        """
        self._seq = (self._seq + 1) & 0xFFFFFFFF
        seq, number = self._seq, secrets.randbits(32)
        body: dict[str, Any] = {
            "From_Account": self.user_id,
            "To_Account": to,
            "MsgSeq": seq,
            "MsgRandom": number,
            "MsgClientTime": int(time.time()),
            "MsgBody": list(elements),
        }
        if custom_data:
            body["CloudCustomData"] = custom_data
        if online_only:
            body["MsgLifeTime"] = 0
        self._inbox.sending(to, seq, number)
        stored = decode_body(await self._ask_until_answered("openim.sendmsg", body), Stored)
        if not online_only:
            self._inbox.sent(to, stored.seq, number, stored.time, stored.place)
        return Sent(recipient=to, random=number, time=stored.time, seq=stored.seq, key=stored.key)

    async def mark_read(self, peer: str, up_to: int) -> None:
        """Mark the conversation with `peer` read up to a message's time (unix seconds)."""
        item = {"To_Account": peer, "LastedMsgTime": up_to, "Receipt": 1}
        await self._ask("openim.msgreaded", {"C2CMsgReaded": {"Cookie": "", "C2CMsgReadedItem": [item]}})

    async def recall(self, message: Sent | Message) -> None:
        """Take back a message of ours (within the app's time limit, else `RequestError`)."""
        info = {
            "From_Account": self.user_id,
            "To_Account": message.recipient,
            "MsgSeq": message.seq,
            "MsgRandom": message.random,
            "MsgTimeStamp": message.time,
            "MsgKey": message.key,
        }
        await self._ask("openim.msgwithdraw", {"MsgInfo": info})

    async def request(self, servcmd: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Any command of the protocol, for example `sns.friend_get`; returns the answer's body.

        Waits for the connection when it is down. Raises `RequestError`, `RequestTimeoutError`,
        `ConnectionLostError` when the connection broke between question and answer, and what ended the client.
        """
        return decode_body(await self._ask(servcmd, body), dict[str, Any])

    # -- reading ---------------------------------------------------------------------------------------------------

    async def messages(self) -> AsyncIterator[Message]:
        """One-to-one messages as they come, for ever: each once, and those of a conversation in order.

        What this user wrote with another client comes too. Ends when the client is closed. Raises `KickedError`,
        `LoginError` (the ticket and the signature are no longer accepted) and `SlowReaderError`.
        """
        while True:
            try:
                message = await self._inbox.get()
            except ClientClosedError:
                return
            yield message

    @property
    def position(self) -> str:
        """Where the reader of `messages()` stands: behind the message that it yielded last.

        Store it after you have dealt with a message, and give it to the next client as `resume`. Empty before `open`.
        """
        return self._inbox.position

    async def history(self, peer: str, limit: int = 20, before: History | None = None) -> History:
        """A page of the conversation with `peer`: the newest `limit` messages (1 to 100), or those before a page.

        `before` is the page that came last; when its `complete` is 1, there is nothing before it.
        """
        last_time, last_key = (before.last_time, before.last_key) if before is not None else (0, "")
        return await catchup.history(self._ask, peer, limit, last_time, last_key)

    async def conversations(self) -> list[Conversation]:
        """The whole conversation list with unread counts."""
        return await catchup.conversations(self._ask, self.user_id)

    async def _ask(self, servcmd: str, body: Mapping[str, Any]) -> msgspec.Raw:
        try:
            async with asyncio.timeout(self._timeout):
                while not self._online.is_set() and self._ended is None:
                    await self._online.wait()
        except TimeoutError as error:
            raise RequestTimeoutError(f"{servcmd}: not connected for {self._timeout} s") from error
        if self._ended is not None:
            raise self._ended
        assert self._connection is not None
        return await self._request(self._connection, servcmd, body, self._timeout)

    async def _ask_until_answered(self, servcmd: str, body: Mapping[str, Any]) -> msgspec.Raw:
        """As `_ask`, again after a lost connection: for commands that the server knows again."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._timeout
        while True:
            try:
                return await self._ask(servcmd, body)
            except ConnectionLostError:
                if loop.time() >= deadline:
                    raise
                await asyncio.sleep(0)  # the loss is noted now, and the next try waits for the next connection

    async def _request(
        self, connection: Connection, servcmd: str, body: Mapping[str, Any], timeout: float
    ) -> msgspec.Raw:
        """One request over this connection. An answer that says that we were signed out ends the client."""
        try:
            return await connection.request(self._session.head(), servcmd, body, timeout)
        except RequestError as error:
            if error.kick_type:
                self._end(KickedError(error.kick_type))
            raise

    async def _connect(self) -> Connection:
        """Open a socket and sign in; what was missed follows. The connection is closed again if any of it fails."""
        connection = await Connection.open(
            self._session.address(self._url), self._receive, self._timeout, self._ssl_context
        )
        self._inbox.hold()
        try:
            await self._session.login(connection, self._timeout)
            self._connection = connection
            self._online.set()
            connection.closed.add_done_callback(lambda _: self._note_offline(connection))
            self._behind.clear()
            if self._inbox.cookie:
                self._behind.set()
            else:
                await self._begin(connection)
        except BaseException:
            self._note_offline(connection)
            connection.close(code_is_clean=False)
            raise
        self._puller = asyncio.create_task(self._keep_up(connection), name=f"sodam-client-{self.user_id}-pull")
        return connection

    async def _supervise(self, connection: Connection) -> None:
        """Keep a connection alive; when it goes, come back unless someone said not to."""
        while True:
            await self._keep_alive(connection)
            self._note_offline(connection)
            if self._puller is not None:
                self._puller.cancel()
            if self._ended is not None:
                return
            try:
                connection = await self._reconnect()
            except (KickedError, LoginError) as error:
                self._end(error)
                return

    async def _keep_up(self, connection: Connection) -> None:
        """Pull whenever something may have been missed, as long as this connection lives."""
        online = False
        shortest, longest = self._retry_delay
        delay = shortest
        while True:
            await self._behind.wait()
            self._behind.clear()
            try:
                await self._pull(connection, online=online)
            except ConnectionLostError:
                return
            except SodamError as error:
                logger.warning("%s: what was missed cannot be read yet: %s", self.user_id, error)
                self._behind.set()
                await asyncio.sleep(delay)
                delay = min(delay * 2, longest)
            else:
                online, delay = True, shortest

    async def _begin(self, connection: Connection) -> None:
        """Find where `messages()` begins: behind what the answer to a cookie of now repeats of the last seconds."""
        request = partial(self._request, connection, timeout=self._timeout)
        now = self._session.server_time()
        cookie = ""
        async for page in catchup.missed(request, cookie, online=False):
            cookie = page.cookie
        async for page in catchup.missed(request, cookie, online=True):
            self._inbox.begin(page.msg_list, page.cookie, min(now, newest(page.msg_list) or now))
        if self._inbox.release():
            self._behind.set()

    async def _pull(self, connection: Connection, *, online: bool) -> None:
        """Fetch what was missed, as fast as the application reads it."""
        request = partial(self._request, connection, timeout=self._timeout)
        self._inbox.hold()
        now = self._session.server_time()
        async for page in catchup.missed(request, self._inbox.cookie, online=online):
            horizon = min(now, newest(page.msg_list) or now)
            self._inbox.missed(page.msg_list, page.cookie, horizon)
            await self._inbox.room()
        if self._inbox.release():
            self._behind.set()

    # -- the connection --------------------------------------------------------------------------------------------

    def _note_offline(self, connection: Connection) -> None:
        """Requests wait from now on; after the end they do not, since nothing will come back."""
        if self._ended is None and connection is self._connection:
            self._online.clear()

    async def _reconnect(self) -> Connection:
        shortest, longest = self._retry_delay
        delay = shortest
        while True:
            # Spread out, so that a restarted server is not met by everyone at once.
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311
            try:
                return await self._connect()
            except (KickedError, LoginError):
                raise
            except SodamError as error:
                logger.info("%s: still not connected: %s", self.user_id, error)
            delay = min(delay * 2, longest)

    async def _keep_alive(self, connection: Connection) -> None:
        """Return when the connection is gone; end it when the server is silent."""
        loop = asyncio.get_running_loop()
        hello_at = loop.time() + self._session.hello_interval
        while not connection.closed.done():
            await asyncio.wait([connection.closed], timeout=self._heartbeat_interval)
            try:
                if loop.time() >= hello_at:
                    hello_at = loop.time() + self._session.hello_interval
                    await self._request(connection, "im_open_status.wshello", {}, self._timeout)
                elif connection.silence() >= self._heartbeat_interval:
                    await self._request(connection, "heartbeat.alive", {}, timeout=3.0)
            except RequestError as error:
                logger.info("%s: %s", self.user_id, error)
            except SodamError as error:
                logger.info("%s: connection given up: %s", self.user_id, error)
                connection.close(code_is_clean=False)
                await asyncio.wait([connection.closed], timeout=3.0)
                return

    def _receive(self, connection: Connection, servcmd: str, body: msgspec.Raw) -> None:
        push = read_push(servcmd, body)
        if push is None:
            logger.warning("push %s could not be read", servcmd)
            return
        if push.session_data is not None:
            connection.notify(self._session.head(), "openim.ws_msg_push_ack", {"SessionData": push.session_data})
        if self._inbox.push(push.messages) or push.pull:
            self._behind.set()
        if self._on_push is not None:
            try:
                self._on_push(push)
            except Exception:
                logger.exception("on_push failed")
        if push.kick_type is not None:
            self._end(KickedError(push.kick_type))

    def _end(self, error: SodamError) -> None:
        """Stop for good; the first reason stays."""
        self._ended = self._ended or error
        self._inbox.fail(self._ended)
        self._online.set()  # whoever waits for a connection wakes and sees why there is none
        if self._connection is not None:
            self._connection.close()
