"""Sign-ins through the listener and the gateway without sockets: what the server's own code costs, in one process.

    .venv/bin/python -m bench.inprocess_logins                        # CPU microseconds a sign-in
    .venv/bin/python -m bench.inprocess_logins --profile              # in which functions they are
    PYTHONPATH=OTHER/src .venv/bin/python -m bench.inprocess_logins   # the same of another tree

A sign-in here is a connection's first bytes with the upgrade, the login's frame with a fresh UserSig, the answer, and
the end of the connection; 32 at a time, as the workload ``login`` has it. The kernel's part is left out.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import cProfile
import gc
import itertools
import os
import pstats
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, cast

import uvloop
from uvicorn.server import ServerState

from sodam import usersig
from sodam.gateway.picows_ws import upgrade_protocol
from sodam.listener.admission import Admission
from sodam.listener.front import Listener
from sodam.server import build
from sodam.settings import BootstrapApp, Settings

_APP, _KEY = 1400000000, "k" * 64
_AT_ONCE = 32
_USERS = 900
_UPGRADE = (
    b"GET /binfo?sdkappid=%d&instanceid=1&random=2 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %b\r\nUser-Agent: bench\r\n\r\n"
)
_LOGIN = (
    b'{"head":{"ver":"v4","platform":7,"sdkappid":%d,"contenttype":"json","reqtime":1790000000,"identifier":"%b",'
    b'"usersig":"%b","servcmd":"im_open_status.wslogin","seq":1},"body":{"State":"Online","InstType":"Web"}}'
)
_numbers = itertools.count(1)


class _Wire:
    """A transport, and the socket of one, that keeps what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.protocol: Any = None

    def get_extra_info(self, name: str, default: object = None) -> object:
        return {"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2), "socket": self}.get(name, default)

    def fileno(self) -> int:
        return 5

    def setsockopt(self, *_: object) -> None:
        return

    def getsockopt(self, *_: object) -> int:
        return 0

    def write(self, data: bytes) -> None:
        self.written.append(bytes(data))

    def writelines(self, parts: list[bytes]) -> None:
        self.write(b"".join(parts))

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        return

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        return

    abort = close

    def set_protocol(self, protocol: object) -> None:
        self.protocol = protocol


def _masked(payload: bytes) -> bytes:
    return b"\x82\xfe" + len(payload).to_bytes(2, "big") + b"\x00\x00\x00\x00" + payload


def _client() -> tuple[bytes, bytes]:
    """What a client sends: the upgrade and the login."""
    number = next(_numbers)
    user = f"u{number % _USERS}"
    signature = usersig.generate(_APP, _KEY, user, expire=86_400 + number, now=int(time.time()))
    upgrade = _UPGRADE % (_APP, base64.b64encode(os.urandom(16)))
    return upgrade, _masked(_LOGIN % (_APP, user.encode(), signature.encode()))


def _feed(front: Any, data: bytes) -> None:
    front.get_buffer(len(data))[: len(data)] = data
    front.buffer_updated(len(data))


async def _sign_in(listener: Listener, clients: list[tuple[bytes, bytes]]) -> None:
    state = ServerState()
    for at in range(0, len(clients), _AT_ONCE):
        signing: list[tuple[Any, _Wire, bytes]] = []
        for upgrade, login in clients[at : at + _AT_ONCE]:
            front, wire = listener.protocol(cast(Any, None), state, {}), _Wire()
            front.connection_made(cast(asyncio.Transport, wire))
            _feed(front, upgrade)
            signing.append((front, wire, login))
        await asyncio.sleep(0)
        for front, _, login in signing:
            _feed(front, login)
        for _, wire, _ in signing:
            while len(wire.written) < 2:
                await asyncio.sleep(0)
            assert b'"ErrorCode":0' in wire.written[1], wire.written
            protocol, wire.protocol = wire.protocol, None
            protocol.connection_lost(None)


async def _main(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(dir=options.dir) as folder:
        server = await build(Settings(data_dir=Path(folder), bootstrap_apps=(BootstrapApp(_APP, _KEY, "Flagship"),)))
        try:
            listener = Listener(upgrade_protocol(server.hub.accept, server.proxies.client), Admission(4096))
            await _sign_in(listener, [_client() for _ in range(2 * _USERS)])
            gc.collect()
            gc.freeze()
            gc.set_threshold(20_000)
            await _measured(listener, options)
        finally:
            await server.close()


async def _measured(listener: Listener, options: argparse.Namespace) -> None:
    if options.profile:
        clients, profile = [_client() for _ in range(options.logins)], cProfile.Profile()
        profile.enable()
        await _sign_in(listener, clients)
        profile.disable()
        pstats.Stats(profile).strip_dirs().sort_stats("tottime").print_stats(60)
        return
    figures = []
    for _ in range(options.rounds):
        clients = [_client() for _ in range(options.logins)]
        started = time.thread_time()
        await _sign_in(listener, clients)
        figures.append((time.thread_time() - started) / options.logins * 1e6)
    print(f"CPU microseconds a sign-in: {statistics.median(figures):.1f} (median), {min(figures):.1f} (least)")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.inprocess_logins")
    parser.add_argument("--logins", type=int, default=1500, help="of a round")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--dir", default="/var/tmp")
    parser.add_argument("--profile", action="store_true", help="show functions instead of the cost")
    uvloop.run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()
