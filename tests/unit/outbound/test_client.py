"""The client of the server's own requests: the address that is checked is the one that is connected to."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio

from sodam.outbound import Outbound, OutboundError
from sodam.outbound.addresses import refused
from tests.support.receiver import Got, Receiver, Reply, answering


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as started:
        yield started


def client(*answers: Sequence[str], private: bool = True) -> Outbound:
    """Names resolve to these addresses, one after the other; the last one stays."""
    left = list(answers)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return Outbound(private=private, resolve=resolve, user_agent="test")


@pytest.mark.parametrize(
    "address",
    [
        *("169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "fe80::1%eth0", "0.0.0.0", "::", "224.0.0.1"),
        *("100.100.100.200", "fd00:ec2::254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::169.254.169.254"),
        *("fd00:ec2::23", "fd20:ce::254", "fd00:42::42", "192.0.0.192", "168.63.129.16", "255.255.255.255"),
        *("64:ff9b:1::a9fe:a9fe", "64:ff9b:1:a9fe:a9:fe00::", "64:ff9b:1:0:a9:fea9:fe00:0"),  # /96, /48 and /64
        *("::ffff:0:a9fe:a9fe", "2001:470::5efe:a9fe:a9fe", "2001:470::200:5efe:a9fe:a9fe"),
        *("fe80::5efe:808:808", "2001:0:4136:e378:8000:63bf:5601:5601"),
    ],
)
def test_never(address: str) -> None:
    assert refused(address, private=True)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.9", "172.16.0.1", "::1", "fd12::1", "::ffff:10.0.0.1", "100.64.0.1"),
        *("fec0::1", "192.0.0.8", "192.88.99.1", "198.18.0.1", "64:ff9b::a01:203", "64:ff9b:1::a01:203"),
        *("fd12::1%eth0", "::ffff:0:7f00:1", "2001:470::5efe:7f00:1", "2002:7f00:1::", "2001:db8::1"),
    ],
)
def test_private_ones_unless_denied(address: str) -> None:
    assert not refused(address, private=True)
    assert refused(address, private=False)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822", "::ffff:93.184.216.34"]
)
def test_public_ones(address: str) -> None:
    assert not refused(address, private=False)


@pytest.mark.parametrize(
    "host",
    [
        *("2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "0xa9.254.0xa9.254", "169.254.43518", "169.16689662"),
        *("[fe80::1%25lo]", "[::ffff:a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]", "0", "0.0.0.0", "169.254.169.254."),
        *("169。254。169。254", "１６９.254.169.254", "169．254．169．254", "①⑥⑨.254.169.254"),
    ],
)
async def test_however_a_host_is_written(host: str) -> None:
    """Numbers of other bases, parts left out, zones, and letters that others take for digits and dots: with the
    machine's own resolver. None of them is connected to."""
    outbound = Outbound(user_agent="test")
    with pytest.raises(OutboundError) as error:
        await outbound.post(f"http://{host}:9/latest/meta-data", b"{}", seconds=60)
    assert error.value.kind in ("address", "dns"), error.value
    await outbound.close()


async def test_one_bad_address_of_several_is_enough(receiver: Receiver) -> None:
    with pytest.raises(OutboundError) as error:
        await client(["127.0.0.1", "169.254.169.254"]).post(f"http://name:{receiver.port}/", b"{}", seconds=60)
    assert error.value.kind == "address"
    assert receiver.got == []


async def test_a_name_that_changes_is_looked_up_and_checked_once(receiver: Receiver) -> None:
    """The first answer is what is connected to: a second one, which would be refused, is never asked for."""
    outbound = client(["127.0.0.1"], ["169.254.169.254"])
    answer = await outbound.post(f"http://name:{receiver.port}/a?b", b"{}", seconds=60)
    assert answer.status == 200
    assert receiver.got[0].headers["host"] == f"name:{receiver.port}"
    await outbound.close()


async def test_a_redirect_is_an_answer(receiver: Receiver) -> None:
    receiver.headers = f"Location: http://127.0.0.1:{receiver.port}/other\r\n"
    receiver.answer = answering(b"", status=302)
    outbound = client(["127.0.0.1"])
    assert (await outbound.post(receiver.url, b"{}", seconds=60)).status == 302
    assert len(receiver.got) == 1
    await outbound.close()


async def test_an_answer_is_read_so_far_only(receiver: Receiver) -> None:
    receiver.answer = answering(b"x" * 5_000_000)
    outbound = client(["127.0.0.1"])
    answer = await outbound.post(receiver.url, b"{}", seconds=60, most=1000)
    assert (len(answer.body), answer.whole) == (1000, False)
    receiver.answer = answering(b"small")
    assert (await outbound.post(receiver.url, b"{}", seconds=60, most=1000)).body == b"small"
    await outbound.close()


async def test_the_deadline_is_for_all_of_it(receiver: Receiver) -> None:
    receiver.answer = answering(b"late", after=20)
    outbound = client(["127.0.0.1"])
    begin = time.monotonic()
    with pytest.raises(OutboundError) as error:
        await outbound.post(receiver.url, b"{}", seconds=0.3)
    assert error.value.kind == "timeout"
    assert time.monotonic() - begin < 10
    await outbound.close()


async def test_a_request_looks_for_no_module(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that is missing is looked for in every folder, each time it is asked for."""
    asked: list[str] = []

    class Watch:
        @staticmethod
        def find_spec(name: str, path: object = None, target: object = None) -> None:
            asked.append(name)

    outbound = client(["127.0.0.1"])
    await outbound.post(receiver.url, b"{}", seconds=60)
    monkeypatch.setattr(sys, "meta_path", [Watch, *sys.meta_path])
    await outbound.post(receiver.url, b"{}", seconds=60)
    assert asked == []
    await outbound.close()


async def test_what_kept_it_from_an_answer(receiver: Receiver) -> None:
    async def no_word(got: Got) -> Reply | None:
        return None

    async def nowhere(host: str, port: int) -> Sequence[str]:
        raise OSError(-2, "Name or service not known")

    async def no_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"this is no TLS\r\n" * 10)
        await writer.drain()
        writer.close()

    plain = await asyncio.start_server(no_tls, "127.0.0.1", 0)
    outbound = client(["127.0.0.1"])
    receiver.answer = no_word
    kinds = []
    for one, url in (
        (outbound, receiver.url),
        (outbound, f"https://127.0.0.1:{plain.sockets[0].getsockname()[1]}"),
        (Outbound(resolve=nowhere, user_agent="test"), "http://none.example"),
    ):
        with pytest.raises(OutboundError) as error:
            await one.post(url, b"{}", seconds=60)
        kinds.append(error.value.kind)
    await receiver.stop()
    with pytest.raises(OutboundError) as error:
        await outbound.post(receiver.url, b"{}", seconds=60)
    kinds.append(error.value.kind)
    plain.close()
    assert kinds == ["broken", "tls", "dns", "connect"]
    await outbound.close()
