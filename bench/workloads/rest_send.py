"""An app's own server sending messages over REST to users who are online."""

from __future__ import annotations

import asyncio
import time

from bench.load.bulk import closed_loop
from bench.load.driver import ChatSession
from bench.load.errors import LoadError
from bench.plan import Figure
from bench.workloads.base import EVERYONE, Bench

_USERS = 200


class RestSend:
    """`openim/sendmsg` over 32 keep-alive connections; each receiver is signed in and every message must arrive."""

    name = "rest_send"
    title = "REST sendmsg, 32 connections"
    kinds = EVERYONE

    async def run(self, bench: Bench) -> list[Figure]:
        driver = bench.driver
        await driver.create_users(_USERS)
        received = sent = 0

        def on_message(_: ChatSession, __: int) -> None:
            nonlocal received
            received += 1

        def make(number: int) -> bytes:
            nonlocal sent
            sent += 1
            receiver = number % _USERS
            return driver.send_request((receiver + 1) % _USERS, receiver, number + 1)

        sessions = await asyncio.gather(*(driver.connect(user, on_message) for user in range(_USERS)))
        await asyncio.gather(*(session.synchronise() for session in sessions))
        figure = await closed_loop(driver, bench.meter(), make, (self.name, self.title, "message"))
        deadline = time.perf_counter() + 20
        while received < sent and time.perf_counter() < deadline:
            await asyncio.sleep(0.02)
        if received != sent or any(session.failures for session in sessions):
            raise LoadError(f"{sent} sent, {received} delivered, failures: {[s.failures for s in sessions][:3]}")
        await asyncio.gather(*(session.close() for session in sessions))
        return [figure]
