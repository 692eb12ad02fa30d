"""Who gives way when there are too many connections."""

from __future__ import annotations

import math

import pytest

from sodam.listener import Admission, network_of


class Socket:
    def __init__(self, admission: Admission, since: float, *, served: bool = False) -> None:
        self.address = ""
        self.since = since
        self.served = served
        self.dropped = False
        self.admission = admission

    def drop(self) -> None:
        self.dropped = True


@pytest.mark.parametrize(("files", "highest", "each"), [(160, 128, 64), (1024, 896, 448), (100_000, 99_744, 49_872)])
def test_a_reserve_is_kept(files: int, highest: int, each: int) -> None:
    admission = Admission(files)
    assert (admission.highest, admission.per_address) == (highest, each)
    assert Admission(files, 7).per_address == 7
    assert Admission(None).highest == math.inf


def test_the_longest_waiting_goes_first_then_those_that_were_served() -> None:
    admission = Admission(160)
    sockets = [Socket(admission, since, served=served) for since, served in ((3, False), (1, True), (2, False))]
    busy = Socket(admission, math.inf)
    for number, socket in enumerate([*sockets, busy]):
        assert admission.admit(socket, f"192.0.2.{number}", 20 + number)
    order = []
    for _ in range(3):
        new = Socket(admission, math.inf)
        assert admission.admit(new, "198.51.100.1", 128)
        order += [number for number, socket in enumerate(sockets) if socket.dropped and number not in order]
    assert order == [2, 0, 1]
    assert not admission.admit(Socket(admission, 9), "198.51.100.2", 128), "all are in use"
    assert not busy.dropped


def test_an_address_has_its_own_number() -> None:
    admission = Admission(None, 2)
    first, second, third = (Socket(admission, since) for since in (1, 2, 3))
    other = Socket(admission, 0)
    assert admission.admit(other, "192.0.2.2", 5)
    assert all(admission.admit(socket, "192.0.2.1", 6) for socket in (first, second, third))
    assert [s.dropped for s in (first, second, third, other)] == [True, False, False, False]
    second.since = third.since = math.inf
    assert not admission.admit(Socket(admission, 4), "192.0.2.1", 7)
    admission.leave(third)
    admission.leave(third)
    assert admission.admit(Socket(admission, 4), "192.0.2.1", 7)
    assert admission.move(other, "192.0.2.1")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("no:address", "no:address"),
    ],
)
def test_what_counts_as_one_address(address: str, network: str) -> None:
    assert network_of(address) == network
