"""Sending what waits in the outbox. Any 2xx is a delivery, whatever its body says; all else is tried again."""

from __future__ import annotations

import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, NamedTuple, Protocol

import msgspec

from sodam.apps.service import AppService
from sodam.apps.webhooks import COMMANDS, Webhooks
from sodam.c2c.histories import Histories
from sodam.clock import now as wall_clock
from sodam.observability.requests import done
from sodam.observability.requests import headers as trace_headers
from sodam.observability.series import SeriesBy
from sodam.outbound import Answer, Outbound, OutboundError
from sodam.outbound.inbox import URL as INBOX
from sodam.outbound.inbox import Inbox
from sodam.outbox.model import Entry, Failed, Schedule
from sodam.outbox.service import Outbox
from sodam.troubleshooting.service import TroubleshootingLog
from sodam.webhooks import bodies, content, requests
from sodam.webhooks.about import about
from sodam.webhooks.breaker import Breaker
from sodam.webhooks.content import COMMAND as CONTENT
from sodam.webhooks.model import TOPIC, Delivery, Event, StoredMessage, decode_event, decode_stored, encode
from sodam.webhooks.robots import COMMAND as SIGNAL

SECONDS: Final = 2.0
"""For a request, from the look-up of the name to the last byte that is read."""
SCHEDULE: Final = Schedule((1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000), 71)
"""1 s, 5 s, 30 s, 2 min, 10 min, then hourly for three days."""
_ORIGINAL_TRIES: Final = 3
_ORIGINAL_KINDS: Final = ("timeout", "connect")
_ANSWER: Final = 64 * 1024
_GOOD: Final = ("delivered", "answered")


class Log(Protocol):
    def add(self, one: Delivery) -> None: ...


class Sender:
    """Sends one request and writes it into the log; what before- and after-callbacks share."""

    def __init__(
        self,
        outbound: Outbound,
        log: Log,
        tls: Callable[[int], Awaitable[ssl.SSLContext | None]],
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        """``tls``: with which context requests of an app are made; None: the client's own."""
        self.outbound = outbound
        self._tls = tls
        self._log = log
        self._clock = clock
        self.seconds = SeriesBy()
        """By kind of callback and what came of it."""
        self.heard: Callable[[int, bool], None] | None = None
        """Is told of every request: the app's number, and whether it was answered well."""
        self.told: TroubleshootingLog | None = None
        self.inbox: Inbox | None = None
        """In development mode: it has every request, and takes those of apps without a receiver of their own."""

    async def send(
        self, app: int, config: Webhooks, event: Event, *, attempt: int, judge: Callable[[Answer], str]
    ) -> Answer:
        """``judge`` says what came of an answer, for the log; ``delivered`` and ``answered`` are good.

        Raises OutboundError, its ``kind`` in the log.
        """
        now = self._clock()
        started = time.perf_counter()
        body = bytes(event.body)
        outcome, status, answered = "", 0, b""
        try:
            answer = await self._post(app, config, event, int(now))
            outcome, status, answered = judge(answer), answer.status, answer.body
        except OutboundError as error:
            outcome, answered = error.kind, str(error).encode()
            raise
        finally:
            took = time.perf_counter() - started
            if self.heard is not None:
                self.heard(app, outcome in _GOOD)
            done(f"callback {event.command}", took, "outcome", outcome or "ended")
            known = COMMANDS.get(event.command)
            self.seconds[known.kind if known else "other", outcome or "ended"].observe(took)
            self._tell(app, event, outcome or "ended", status, int(took * 1000))
            self._log.add(
                Delivery(
                    app=app,
                    at=int(now * 1000),
                    event=event.id,
                    command=event.command,
                    attempt=attempt,
                    outcome=outcome or "ended",
                    status=status,
                    millis=int(took * 1000),
                    platform=event.platform,
                    client_ip=event.client_ip,
                    url=config.url,
                    request=body,
                    answer=answered,
                )
            )
        return answer

    async def _post(self, app: int, config: Webhooks, event: Event, now: int) -> Answer:
        body = bytes(event.body)
        address = requests.address(config, app, event, now)
        headers = requests.headers(config, event, body, now) + trace_headers()
        if self.inbox is not None:
            answer = self.inbox.add(app, "callback", event.command, address, headers, body)
            if config.url == INBOX:
                return answer
        tls = await self._tls(app) if config.url.startswith("https:") else None
        return await self.outbound.post(address, body, headers, seconds=SECONDS, most=_ANSWER, tls=tls, repeatable=True)

    def _tell(self, app: int, event: Event, outcome: str, status: int, millis: int) -> None:
        """Tell the troubleshooting log; of what was sent, only whom it is about."""
        good = outcome in _GOOD
        if self.told is None or not self.told.has_room(app, failed=not good):
            return
        user, peer = about(event.body)
        self.told.note(
            app,
            "callback",
            event.command,
            "0" if good else f"HTTP {status}" if outcome == "status" else outcome,
            failed=not good,
            user=user,
            peer=peer,
            platform=event.platform,
            address=event.client_ip,
            millis=millis,
        )


def delivered(answer: Answer) -> str:
    return "delivered" if 200 <= answer.status < 300 else "status"


class Deliveries:
    """The consumer of the outbox's topic."""

    def __init__(
        self,
        apps: AppService,
        outbox: Outbox,
        histories: Histories,
        sender: Sender,
        breaker: Breaker,
        recovered: Callable[[int], Awaitable[None]],
        paused: Callable[[int, str, int], Awaitable[None]],
    ) -> None:
        """``recovered`` is told of an app whose receiver answers again, ``paused`` of one that is left alone: the app,
        its URL and until when."""
        self._apps = apps
        self._outbox = outbox
        self._histories = histories
        self._sender = sender
        self._breaker = breaker
        self._recovered = recovered
        self._paused = paused

    async def __call__(self, entry: Entry) -> None:
        app = self._apps.get(entry.app)
        config = app.settings.webhooks if app is not None else Webhooks()
        if app is None or not config.url:
            return  # nobody to send it to any longer
        if entry.body[:1] != b"[":
            (entry,) = await self.prepare([entry])
        event = decode_event(entry.body)
        try:
            answer = await self._sender.send(entry.app, config, event, attempt=entry.tries + 1, judge=delivered)
        except OutboundError as error:
            kind, reason = error.kind, str(error)
        else:
            if 200 <= answer.status < 300:
                if self._breaker.good(entry.app):
                    await self._recovered(entry.app)
                    await self._outbox.hurry(TOPIC, entry.app)
                return
            kind, reason = "status", f"HTTP {answer.status}"
        if until := self._breaker.bad(entry.app, config.url):
            await self._paused(entry.app, config.url, until)
        original = config.retry == "original"
        final = original and (kind not in _ORIGINAL_KINDS or entry.tries + 1 >= _ORIGINAL_TRIES)
        raise Failed(reason, final=final, body=encode(event))

    async def prepare(self, entries: list[Entry]) -> list[Entry]:
        """Finish the events of stored messages at their first try: afterwards they are kept as they are."""
        stored = {entry.id: _stored(entry) for entry in entries if entry.body[:1] != b"["}
        if not stored:
            return entries
        unread = await self._unread(entries, stored)
        return [
            entry._replace(body=encode(_event(stored[entry.id], unread.get(entry.app, {}))))
            if entry.id in stored
            else entry
            for entry in entries
        ]

    async def _unread(self, entries: Sequence[Entry], stored: dict[int, _Stored]) -> dict[int, dict[str, int]]:
        """By app and user, how many messages are unread."""
        owners: dict[int, dict[str, None]] = {}
        for entry in entries:
            if entry.id in stored and not stored[entry.id].message.result:
                owners.setdefault(entry.app, {})[stored[entry.id].message.recipient] = None
        found = {}
        for number, names in owners.items():
            if (app := self._apps.get(number)) is not None:
                found[number] = await self._histories.unread_of(app, list(names))
        return found


class _Stored(NamedTuple):
    msg_time: int
    msg_seq: int
    message: StoredMessage


def _stored(entry: Entry) -> _Stored:
    msg_time, msg_seq, rest = entry.body.split(b" ", 2)
    return _Stored(int(msg_time), int(msg_seq), decode_stored(rest))


def _event(stored: _Stored, unread: dict[str, int]) -> Event:
    message = stored.message
    count = -1 if message.result else unread.get(message.recipient, 0)
    if message.command == CONTENT:
        body = {"CallbackCommand": CONTENT} | content.marked(message, stored.msg_time, stored.msg_seq)
    elif message.command == SIGNAL:
        body = bodies.signalled(message, stored.msg_time, stored.msg_seq)
    else:
        body = bodies.sent(message, stored.msg_time, stored.msg_seq, count)
    return Event(message.id, message.command, message.platform, message.client_ip, msgspec.Raw(encode(body)))
