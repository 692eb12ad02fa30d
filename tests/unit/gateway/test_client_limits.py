"""How often a client may ask."""

from __future__ import annotations

import pytest

from sodam.errors import ApiError, Code
from sodam.gateway import table
from sodam.gateway.limits import ALWAYS, MAX_USERS, PER_USER, ClientLimits


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def allowed(limits: ClientLimits, bucket: object, path: str, times: int, user: str = "u") -> int:
    refused: list[ApiError] = []
    for _ in range(times):
        try:
            limits.check(bucket, 1, user, path)  # type: ignore[arg-type]
        except ApiError as error:
            refused.append(error)
    assert {error.code for error in refused} <= {Code.TOO_FREQUENT}
    return times - len(refused)


def test_a_connection_has_a_rate_and_a_burst() -> None:
    clock = Clock()
    limits = ClientLimits(10, documented=False, clock=clock)
    bucket, other = limits.bucket(), limits.bucket()
    assert allowed(limits, bucket, "openim/sendmsg", 100) == 20
    clock.now += 1
    assert allowed(limits, bucket, "openim/sendmsg", 100) == 10
    assert allowed(limits, other, "openim/sendmsg", 100) == 20
    assert allowed(limits, other, "openim/delete_c2c_msg_ramble", 3) == 0
    assert allowed(ClientLimits(0, documented=False), bucket, "openim/sendmsg", 5000) == 5000


def test_documented_rates_are_those_of_a_user() -> None:
    clock = Clock()
    limits = ClientLimits(0, documented=True, clock=clock)
    bucket = limits.bucket()
    assert allowed(limits, bucket, "openim/delete_c2c_msg_ramble", 5) == 1
    assert allowed(limits, limits.bucket(), "openim/delete_c2c_msg_ramble", 5) == 0, "another device of the same user"
    assert allowed(limits, bucket, "openim/delete_c2c_msg_ramble", 5, "v") == 1
    assert allowed(limits, bucket, "im_open_status/ws_status_subscribe", 50) == 20
    clock.now += 1
    assert allowed(limits, bucket, "openim/delete_c2c_msg_ramble", 5) == 1
    assert allowed(limits, bucket, "im_open_status/ws_status_subscribe", 50) == 4


def test_every_documented_command_exists() -> None:
    assert set(PER_USER) | set(ALWAYS) <= {command.path for command in table.commands().values()}


def test_counts_of_users_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_USERS > 1000
    monkeypatch.setattr("sodam.gateway.limits.MAX_USERS", 50)
    limits = ClientLimits(0, documented=True, clock=Clock())
    bucket = limits.bucket()
    for number in range(500):
        allowed(limits, bucket, "openim/read_all_unread_msg", 1, f"u{number}")
    assert len(limits._users) <= 50


def test_what_tells_many_is_limited_without_the_documented_rates() -> None:
    clock = Clock()
    limits = ClientLimits(0, documented=False, clock=clock)
    path = "im_open_status/ws_set_custom_status"
    assert allowed(limits, limits.bucket(), path, 50) == 10
    assert allowed(limits, limits.bucket(), path, 50) == 0, "another device of the same user"
    assert allowed(limits, limits.bucket(), path, 50, "v") == 10
    clock.now += 3
    assert allowed(limits, limits.bucket(), path, 50) == 3
