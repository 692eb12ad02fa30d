"""The bus of a single process: there is nobody else to tell."""

from __future__ import annotations

from collections.abc import Callable

from sodam.bus.interface import Handler


class _Nothing:
    def cancel(self) -> None:
        return


class LocalBus:
    clustered = False

    def connected(self) -> bool:
        return True

    def heard(self) -> bool:
        return self.clustered

    def publish(self, subject: str, data: bytes) -> None:
        return

    def subscribe(self, subject: str, handler: Handler) -> _Nothing:
        return _Nothing()

    def on_reconnect(self, callback: Callable[[], None]) -> None:
        return

    async def close(self) -> None:
        return
